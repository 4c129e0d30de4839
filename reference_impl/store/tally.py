"""Counting what is passed on one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Tally(Generic[Thing]):
    """Things passed on one by one and counted."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._things = iter(things)
        self.count = 0

    def __iter__(self) -> Iterator[Thing]:
        return self

    def __next__(self) -> Thing:
        thing = next(self._things)
        self.count += 1
        return thing

    def all(self) -> int:
        """How many there were, after the rest has been passed over."""
        for _ in self:
            pass
        return self.count
