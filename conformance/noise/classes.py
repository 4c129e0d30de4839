"""What each difference weighs: its class, and what puts it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.catalogue import cite, standard_catalogue
from conformance.model.exchange import Exchange
from conformance.model.verdict import Verdict
from conformance.noise.rules import NO_RULES, Rules
from conformance.noise.variations import documented
from conformance.passive import Seen, Watch
from conformance.tape.actors import speaker_of
from conformance.tape.diff import Difference, Place
from conformance.tape.shapes import general

Broken = frozenset[tuple[int, str, str]]
"""Exchange, general path and requirement of what one side breaks."""


class Class(StrEnum):
    """What a difference weighs, the heaviest first."""

    VIOLATION = "violation"  # one side breaks a requirement there
    UNKNOWN = "unknown"
    SERVER_SPECIFIC = "server-specific"  # people have accepted it
    DOCUMENTED = "documented variation"

    @property
    def counts(self) -> bool:
        """Whether differences of this class are to be looked at."""
        return self in {Class.VIOLATION, Class.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Weight:
    """The class of a difference; ``citation`` is the requirement or the ruling, ``because`` says in words why."""

    kind: Class
    citation: str = ""
    because: str = ""

    @property
    def counts(self) -> bool:
        """Whether a difference of this weight is one to look at."""
        return self.kind.counts


def weigh(
    found: Sequence[Difference], left: Iterable[Exchange], right: Iterable[Exchange], rules: Rules = NO_RULES
) -> tuple[Weight, ...]:
    """What the differences of two recordings weigh, one by one.

    A violation is a requirement that passive checks find broken at the place on one side and not on the other. What
    is no violation may be a documented variation, or fall under a rule that somebody accepted.
    """
    if not found:
        return ()
    ours, theirs = broken(left), broken(right)
    return tuple(_weight(each, ours, theirs, rules) for each in found)


def broken(exchanges: Iterable[Exchange]) -> Broken:
    """What passive checks find broken in a recording, and where."""
    watch = Watch()
    found: set[tuple[int, str, str]] = set()
    for number, exchange in enumerate(exchanges, start=1):
        for finding in watch.see(Seen(exchange, number, speaker_of(exchange), is_open=True)):
            if finding.verdict is Verdict.FAIL:
                found.add((number, general(finding.path), finding.requirement))
    return frozenset(found)


def _weight(found: Difference, left: Broken, right: Broken, rules: Rules) -> Weight:
    accepted = rules.accepted(found)
    here, there = set(_at(found, found.left_at, left)), set(_at(found, found.right_at, right))
    if requirement := min(here ^ there, default=""):
        side = "left" if requirement in here else "right"
        return Weight(Class.VIOLATION, requirement, f"on the {side}: {_sentence(requirement)}")
    if (variation := documented(found)) is not None:
        return Weight(Class.DOCUMENTED, variation.citation, _sentence(variation.citation))
    if accepted is not None:
        return Weight(Class.SERVER_SPECIFIC, "", accepted.reason)
    return Weight(Class.UNKNOWN)


def _at(found: Difference, place: Place | None, side: Broken) -> Iterator[str]:
    """The requirements that a side breaks at the place of a difference."""
    if place is None or not found.path:
        return
    path = general(found.path)
    holder = general(place.path) if None in (found.left, found.right) else ""
    for exchange, where, requirement in side:
        if exchange == place.exchange and (where in {path, holder} or where.startswith((f"{path}/", f"{path}."))):
            yield requirement


def _sentence(citation: str) -> str:
    """What is cited, in words: a requirement with its level and sources, a ruling by its title."""
    catalogue = standard_catalogue()
    if citation in catalogue.rulings:
        return f"ruling {citation}: {catalogue.rulings[citation].title}"
    requirement = catalogue.requirement(citation)
    return f"{requirement.level}: {requirement.sentence} ({cite(requirement, catalogue.rulings)})"
