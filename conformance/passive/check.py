"""What a passive check is: the requirements it speaks of, and a way to begin watching."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from lxml import etree

from conformance.model.verdict import Verdict
from conformance.passive.finding import Finding, judged
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol

_Thing = TypeVar("_Thing")

Watching = Callable[[Seen], Iterable[Finding]]
"""Told each exchange in turn, gives what it finds in it."""


@dataclass(frozen=True, slots=True)
class PassiveCheck:
    """A row of ``CHECKS``: ``begin`` starts watching one recording, and what it keeps is bounded.

    ``requirements`` are all the catalogue ids that its findings may name, ``protocol`` is the only one whose exchanges
    say anything to it, None where any may.
    """

    name: str
    requirements: tuple[str, ...]
    begin: Callable[[], Watching]
    protocol: Protocol | None = None


def stateless(name: str, requirements: Iterable[str], look: Watching) -> PassiveCheck:
    """A check that keeps nothing from one exchange to the next."""
    return PassiveCheck(name, tuple(requirements), lambda: look)


class Reading(NamedTuple):
    """What a rule read of one thing: whether it is as it should be, and the words for when it is not.

    ``at`` is the path of what was read, or an element of the answer.
    """

    is_met: bool
    about: str
    expected: str = ""
    actual: object = ""
    at: str | etree._Element = ""


def reading(requirement: str, read: Reading) -> Finding:
    """A reading as a finding for a requirement."""
    return judged(requirement, read.is_met, read.about, expected=read.expected, actual=read.actual, at=read.at)


def by_rules(
    name: str,
    things: Callable[[Seen], Iterable[_Thing]],
    rules: Mapping[str, Callable[[_Thing], Iterable[Reading]]],
) -> PassiveCheck:
    """A check that holds each thing of an exchange to a table of rules, each the rule of one requirement.

    A rule gives no reading of a thing of which it does not speak.
    """
    rows = [(requirement, rule, Finding(requirement, Verdict.PASS)) for requirement, rule in rules.items()]

    def look(seen: Seen) -> Iterator[Finding]:
        for thing in things(seen):
            for requirement, rule, met in rows:
                for read in rule(thing):
                    yield met if read.is_met else reading(requirement, read)

    return stateless(name, rules, look)
