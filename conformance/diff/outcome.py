"""What comes of laying two recordings side by side, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from conformance.equivalence import Gap
from conformance.model.exchange import Exchange
from conformance.noise import Rules, Weight, weigh
from conformance.tape.alignment import Pair
from conformance.tape.diff import Difference

SAME, DIFFERENT, UNKNOWN = 0, 1, 2
"""The exit codes."""


class Verdict(StrEnum):
    """What came of two recordings."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "could not tell"


@dataclass(frozen=True, slots=True)
class Recording:
    """One side: what was said, what is known of its making, and what of it could not be read."""

    exchanges: Sequence[Exchange]
    head: Mapping[str, Any] = field(default_factory=dict)
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two recordings of one name, and what came of comparing them.

    ``pairs`` are places of exchanges side by side, counted from 0, in ``left`` and ``right``; ``problem`` says why it
    could not be told, or not to the end; ``volatile`` values differ where they may; ``repeats`` are reads that one side
    repeated more often. ``weights`` are what the differences weigh, one by one, where somebody asked for it;
    ``passed_over`` exchanges of a recording were not made again to a live server. Recordings of two protocols are
    compared by the acts and ``things`` that both have, and have ``gaps``: what one protocol has and the other has not.
    """

    name: str
    differences: tuple[Difference, ...] = ()
    problem: str = ""
    pairs: tuple[Pair, ...] = ()
    volatile: int = 0
    repeats: int = 0
    left: Sequence[Exchange] = ()
    right: Sequence[Exchange] = ()
    weights: tuple[Weight, ...] = ()
    passed_over: int = 0
    gaps: tuple[Gap, ...] = ()
    things: int = 0

    @property
    def counted(self) -> tuple[tuple[Difference, Weight | None], ...]:
        """The differences that are to be looked at, each with what it weighs: all, unless they were weighed."""
        told = zip_longest(self.differences, self.weights)
        return tuple((one, weight) for one, weight in told if weight is None or weight.counts)

    @property
    def exchanges(self) -> int:
        """How many exchanges were set side by side."""
        return sum(1 for one, other in self.pairs if one is not None and other is not None)

    @property
    def verdict(self) -> Verdict:
        """Different where anything is that counts, else unknown where something could not be told."""
        if self.counted:
            return Verdict.DIFFERENT
        return Verdict.UNKNOWN if self.problem else Verdict.SAME

    def weighed(self, rules: Rules) -> Compared:
        """The same with what its differences weigh."""
        return replace(self, weights=weigh(self.differences, self.left, self.right, rules))

    def without_exchanges(self) -> Compared:
        """The same without what was said."""
        return replace(self, left=(), right=())


def exit_code(results: Iterable[Compared]) -> int:
    """0 the same, 1 different, 2 it could not be told, of some or for want of anything to compare."""
    verdicts = {result.verdict for result in results}
    if Verdict.DIFFERENT in verdicts:
        return DIFFERENT
    return SAME if verdicts == {Verdict.SAME} else UNKNOWN
