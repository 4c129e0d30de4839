"""One thing that was read, and what may be expected of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Sized
from dataclasses import dataclass
from typing import Any

from conformance.expect.show import show

Note = Callable[[bool, tuple[str, ...], str], None]


class CaseStopped(Exception):
    """A case cannot go on: what it would do next needs what it failed to find. Its other requirements stay open."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was read, with the questions one may ask of it.

    Each question notes its outcome and returns whether it was met. With ``stops`` an unmet one ends the case
    (CaseStopped). Comparing never raises: values of the wrong type do not meet an expectation.
    """

    about: str
    actual: Any
    note: Note
    stops: bool = False

    def equals(self, expected: object) -> bool:
        """It is this value."""
        return self._judge(self.actual == expected, show(expected))

    def differs_from(self, other: object) -> bool:
        """It is there, and is not this value."""
        return self._judge(self.actual is not None and self.actual != other, f"something other than {show(other)}")

    def is_one_of(self, *alternatives: object) -> bool:
        """It is one of these values, each as good as the others."""
        met = any(self.actual == alternative for alternative in alternatives)
        return self._judge(met, *(show(alternative) for alternative in alternatives))

    def is_present(self) -> bool:
        """It is there: neither nothing nor an empty text or collection."""
        empty = isinstance(self.actual, Sized) and len(self.actual) == 0
        return self._judge(self.actual is not None and not empty, "something")

    def is_absent(self) -> bool:
        """It is not there: nothing, or an empty text or collection."""
        empty = isinstance(self.actual, Sized) and len(self.actual) == 0
        return self._judge(self.actual is None or empty, "nothing")

    def is_true(self) -> bool:
        """It is true, and not merely something that counts as such."""
        return self._judge(self.actual is True, "true", actual=_boolean(self.actual))

    def is_false(self) -> bool:
        """It is false, and not merely nothing."""
        return self._judge(self.actual is False, "false", actual=_boolean(self.actual))

    def contains(self, *parts: object) -> bool:
        """Every one of these is in it: parts of a text, members of a collection."""
        missing = [part for part in parts if not _holds(self.actual, part)]
        return self._judge(not missing, f"to contain {_and(parts)}")

    def lacks(self, *parts: object) -> bool:
        """It is there, and none of these is in it."""
        met = isinstance(self.actual, Container) and not any(_holds(self.actual, part) for part in parts)
        return self._judge(met, f"not to contain {' or '.join(show(part) for part in parts)}")

    def has_members(self, expected: Iterable[object]) -> bool:
        """It holds exactly these, in any order, as often as they are given."""
        wanted = list(expected)
        met = _same_members(self.actual, wanted)
        return self._judge(met, f"exactly, in any order: {show(wanted)}")

    def has_length(self, length: int) -> bool:
        """It has so many members or characters."""
        found = len(self.actual) if isinstance(self.actual, Sized) else None
        return self._judge(found == length, f"length {length}", actual=f"length {found}: {show(self.actual)}")

    def starts_with(self, prefix: str) -> bool:
        """It is a text that begins so."""
        met = isinstance(self.actual, str) and self.actual.startswith(prefix)
        return self._judge(met, f"a text that begins with {show(prefix)}")

    def matches(self, pattern: str) -> bool:
        """It is a text that matches a regular expression from end to end."""
        met = isinstance(self.actual, str) and re.fullmatch(pattern, self.actual) is not None
        return self._judge(met, f"a text like /{pattern}/")

    def is_at_least(self, bound: Any) -> bool:
        """It is this or more."""
        return self._judge(self._compare(lambda actual: bool(actual >= bound)), f"{show(bound)} or more")

    def is_at_most(self, bound: Any) -> bool:
        """It is this or less."""
        return self._judge(self._compare(lambda actual: bool(actual <= bound)), f"{show(bound)} or less")

    def is_more_than(self, bound: Any) -> bool:
        """It is above this."""
        return self._judge(self._compare(lambda actual: bool(actual > bound)), f"more than {show(bound)}")

    def is_less_than(self, bound: Any) -> bool:
        """It is below this."""
        return self._judge(self._compare(lambda actual: bool(actual < bound)), f"less than {show(bound)}")

    def holds(self, predicate: Callable[[Any], object], sentence: str) -> bool:
        """A condition of the case's own; ``sentence`` says what is expected. A type error in it counts as unmet."""
        return self._judge(self._compare(lambda actual: bool(predicate(actual))), sentence)

    def _compare(self, question: Callable[[Any], bool]) -> bool:
        try:
            return question(self.actual)
        except (TypeError, AttributeError, LookupError, ValueError):
            return False

    def _judge(self, met: bool, *expected: str, actual: str | None = None) -> bool:
        self.note(met, expected, show(self.actual) if actual is None else actual)
        if not met and self.stops:
            raise CaseStopped(f"{self.about}: expected {' or '.join(expected)}, got {show(self.actual)}")
        return met


def _boolean(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else show(value)


def _and(parts: Collection[object]) -> str:
    return " and ".join(show(part) for part in parts)


def _holds(container: Any, part: object) -> bool:
    try:
        return container is not None and part in container
    except TypeError:
        return False


def _same_members(actual: Any, wanted: list[object]) -> bool:
    if not isinstance(actual, Collection) or isinstance(actual, str | bytes) or len(actual) != len(wanted):
        return False
    left = list(wanted)
    for member in actual:
        if member not in left:
            return False
        left.remove(member)
    return True
