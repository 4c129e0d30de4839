"""One person's mailbox as two recordings show it: which of it can be compared, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.diff.across.deeds import Done, plain
from conformance.diff.across.mailbox import Mailbox
from conformance.equivalence.comparing import (
    ACTED_UPON,
    DELETED,
    INBOX,
    At,
    Difference,
    Gap,
    Sides,
    gap_called,
    things_side_by_side,
)
from conformance.equivalence.facts import Thing
from conformance.equivalence.sight import ORIGINAL_START
from conformance.model.contrast import ABSENT, PRESENT


@dataclass(frozen=True, slots=True)
class Shown:
    """What one recording shows of a mailbox, the protocol that its owner speaks, and all that was done."""

    mailbox: Mailbox
    protocol: str
    deeds: Sequence[Done]

    def comparable(self, other: Shown) -> list[Thing]:
        """The things here of which both sides may know the same.

        Their folder is known, and whether they are one or a series; and they were seen when as much had been done about
        them as when the other side saw its own.
        """
        theirs = list(other._told(self))
        found = []
        for thing in self._told(other):
            peers = [one for one in theirs if _about(one) == _about(thing)]
            after = self._done_after(thing)
            if any(other._done_after(one) == after for one in peers) if peers else not after:
                found.append(thing)
        return found

    def _told(self, other: Shown) -> Iterator[Thing]:
        known = {_name_and_time(one): one for one in other.mailbox.things.values() if one.kind}
        for thing in self.mailbox.things.values():
            one = thing if thing.kind else _like(thing, known.get(_name_and_time(thing)))
            if one is not None and one.folder:
                yield one

    def _done_after(self, thing: Thing) -> int:
        """How many acts came after something was seen that were, or may have been, upon it."""
        name = _name(thing)
        after = (one for one in self.deeds if one.number > thing.here.exchange)
        return sum(not name or one.subject in {name, ""} for one in after)


def common(left: Shown, right: Shown) -> int:
    """How many things are comparable and on both sides."""
    sides = things_side_by_side(left.comparable(right), right.comparable(left))
    return sum(one is not None and other is not None for one, other in sides)


def between(who: str, left: Shown, right: Shown) -> Iterator[Difference | Gap]:
    """What differs between the two, in the words of meetings; things that one side was never shown say nothing."""
    for found in Sides(who, left.protocol, right.protocol).between(left.comparable(right), right.comparable(left)):
        if isinstance(found, Gap) or {found.left, found.right} != {ABSENT, PRESENT}:
            yield found
            continue
        has, lacks, at = (right, left, found.right_at) if found.left == ABSENT else (left, right, found.left_at)
        if has.protocol != lacks.protocol == "ews" and _is_moved_away(found, lacks.mailbox):
            yield gap_called("message acted upon")
        elif _would_show(lacks.mailbox, found.folder, has.mailbox, at):
            yield found


def _is_moved_away(found: Difference, lacks: Mailbox) -> bool:
    """Whether a message is where only EWS puts what was acted upon, and nobody looked."""
    return found.about in ACTED_UPON and found.folder == INBOX and DELETED not in lacks.looked


def _would_show(lacks: Mailbox, folder: str, has: Mailbox, at: At) -> bool:
    """Whether a mailbox would have shown something that the other one has at a place."""
    if lacks.is_vague(folder):
        return False
    if folder in lacks.looked and not has.is_occurrence(at.exchange, at.path):
        return True
    return lacks.has_viewed(has.slot(at.exchange, at.path))


def _like(thing: Thing, other: Thing | None) -> Thing | None:
    """A thing of which it is not told whether it is a series, as the one of its name and time on the other side."""
    if other is None:
        return None
    original = {name: fact for name, fact in other.facts.items() if name == ORIGINAL_START}
    return replace(thing, kind=other.kind, facts={**thing.facts, **original})


def _name(thing: Thing) -> str:
    return plain(thing.facts["subject"].value) if "subject" in thing.facts else ""


def _about(thing: Thing) -> tuple[str, str]:
    return thing.folder, _name(thing) or thing.kind


def _name_and_time(thing: Thing) -> tuple[str, str]:
    return _name(thing), thing.facts["time"].value if "time" in thing.facts else ""
