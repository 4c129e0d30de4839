"""What came of mirroring, in numbers and in lines for people, with each kind of divergence told once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.proxy.shadow.mirroring import NotMirrored, Why
from conformance.tape.diff import Difference
from conformance.tape.shapes import kind_of

SAME, DIVERGED, UNKNOWN = 0, 1, 2
"""What a shadow ends with: no divergence, divergences, could not tell."""


@dataclass(slots=True)
class Kind:
    """Divergences of one operation at one place, whichever entry of a list it is: how many, and the first one."""

    first: Difference
    count: int = 0


class Tally:
    """Counts what every thread of a shadow tells, in constant memory but for the kinds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: Counter[Why] = Counter()
        self._kinds: dict[tuple[str, str], Kind] = {}
        self.seen = 0
        self.compared = 0
        self.diverged = 0
        self.accepted = 0
        self.untold = 0
        self.unwritten = 0

    def see(self) -> None:
        """Count an exchange of the primary's."""
        with self._lock:
            self.seen += 1

    def leave(self, left: NotMirrored) -> tuple[str, ...]:
        """Count a request that stays with the primary; a line for the first of its kind, unless it is a write."""
        with self._lock:
            self._left[left.why] += 1
            is_first = self._left[left.why] == 1 and left.why is not Why.WRITE
        return (f"not mirrored: {left}; others {left.why} are counted",) if is_first else ()

    def miss(self, words: str) -> tuple[str, ...]:
        """Count an exchange of which nothing can be said, such as one without an answer; a line for the first."""
        with self._lock:
            self.untold += 1
            is_first = self.untold == 1
        return (f"could not be compared: {words}; others are counted",) if is_first else ()

    def lose(self, words: str) -> tuple[str, ...]:
        """Count a pair of answers that could not be written down; a line for the first."""
        with self._lock:
            self.unwritten += 1
            is_first = self.unwritten == 1
        return (f"not recorded: {words}; others are counted",) if is_first else ()

    def compare(self, differences: tuple[Difference, ...], accepted: int = 0) -> tuple[Difference, ...]:
        """Count two answers side by side; the differences that are first of their kinds, not counting the accepted."""
        first = []
        with self._lock:
            self.compared += 1
            self.diverged += bool(differences)
            self.accepted += accepted
            for each in differences:
                kind = self._kinds.setdefault(kind_of(each), Kind(each))
                kind.count += 1
                if kind.count == 1:
                    first.append(each)
        return tuple(first)

    @property
    def exit_code(self) -> int:
        """0 where everything compared is the same, 1 where something diverged, 2 where that could not be told."""
        if self.diverged:
            return DIVERGED
        return UNKNOWN if self.untold or not self.compared else SAME

    def lines(self) -> Iterator[str]:
        """How things stand, in lines."""
        with self._lock:
            left, kinds = dict(self._left), len(self._kinds)
        diverging = f"{self.diverged} of them diverge, in {kinds} {'kind' if kinds == 1 else 'kinds'}"
        yield f"{self.seen} exchanges: {self.compared} compared, {diverging if self.diverged else 'none diverges'}"
        if left:
            yield "not mirrored: " + ", ".join(f"{left[why]} {why}" for why in Why if why in left)
        if self.accepted:
            yield f"{self.accepted} differences passed over by accepted rules"
        if self.untold:
            yield f"{self.untold} could not be compared"
        if self.unwritten:
            yield f"{self.unwritten} not recorded"

    def kinds(self) -> Iterator[str]:
        """Each kind of divergence in a line, the most frequent first, with the first one's words."""
        with self._lock:
            kinds = sorted(self._kinds.values(), key=lambda kind: -kind.count)
        for kind in kinds:
            yield f"{kind.count:>6} times {kind.first.words}"
            yield f"             {': '.join(kind_of(kind.first))}"
