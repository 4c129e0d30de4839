"""What was done and what is seen, as values that belong to neither protocol: texts, each with the place it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ATTENDEE = "attendee "
"""What the names of facts about attendees begin with."""


@dataclass(frozen=True, slots=True)
class Here:
    """An exchange of a play: its number (1 is the first, 0 none) and its operation."""

    exchange: int = 0
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value in words, and the path that it was read at."""

    value: str
    path: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A calendar item, a message or an answer about free and busy times, as one mailbox shows it.

    ``facts`` are named as people call them; a name of the form ``attendee ann: role`` is a detail of ``attendee ann``.
    Of one that is ``partial`` only what was asked for is known: what is not among its facts may be anything, but for
    its attendees where it ``lists_people``.
    """

    folder: str
    kind: str
    facts: Mapping[str, Fact]
    here: Here
    path: str
    id: str = ""
    uid: str = ""
    partial: bool = False
    lists_people: bool = False

    def leaves_open(self, name: str) -> bool:
        """Whether nothing is known here of a fact."""
        if not self.partial or name in self.facts:
            return False
        return not (self.lists_people and name.startswith(ATTENDEE) and ": " not in name)


@dataclass(frozen=True, slots=True)
class Deed:
    """One step of a story: what was done, whether it was done or refused, and by which code."""

    words: str
    outcome: str
    code: str
    here: Here
    may_be_refused: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """A story as it went: its deeds, and what each mailbox shows at the end; ``problem`` says why it is not known.

    People are called by role in all of it; ``people`` are their addresses.
    """

    protocol: str
    people: Mapping[str, str] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    mailboxes: Mapping[str, tuple[Thing, ...]] = field(default_factory=dict)
    problem: str = ""
