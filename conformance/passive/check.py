"""What a passive check is: the requirements it speaks of, and a way to begin watching."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conformance.passive.finding import Finding
from conformance.passive.seen import Seen

Watching = Callable[[Seen], Iterable[Finding]]
"""Told each exchange in turn, gives what it finds in it."""


@dataclass(frozen=True, slots=True)
class PassiveCheck:
    """A row of ``CHECKS``: ``begin`` starts watching one recording, and what it keeps is bounded.

    ``requirements`` are all the catalogue ids that its findings may name.
    """

    name: str
    requirements: tuple[str, ...]
    begin: Callable[[], Watching]


def stateless(name: str, requirements: Iterable[str], look: Watching) -> PassiveCheck:
    """A check that keeps nothing from one exchange to the next."""
    return PassiveCheck(name, tuple(requirements), lambda: look)
