"""A recording of EWS against one of Graph: what each request did, and what both show of the mailboxes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance.diff.across.deeds import Done, done, pairs, plain
from conformance.diff.across.mailbox import Mailbox
from conformance.diff.across.seen import Seen, called, reading_of
from conformance.diff.across.shown import Shown, between, common
from conformance.diff.outcome import Compared, Recording
from conformance.equivalence.comparing import At, Gap, gap_called
from conformance.equivalence.comparing import Difference as Told
from conformance.equivalence.reading import Reading
from conformance.model.contrast import ABSENT, PRESENT, contrast
from conformance.model.exchange import Exchange
from conformance.tape.actors import actor_of
from conformance.tape.diff import Difference, Place
from conformance.tape.volatile import in_one_alphabet
from conformance.wire import batch
from conformance.wire.operation import Protocol, protocol

_ADDRESS: Final = re.compile(rb"[\w.+-]+@[\w.-]+\w")
_NO_ROW: Final = "an act that the map of acts does not name, which is compared with nothing"


def speaks(exchanges: Iterable[Exchange]) -> Mapping[str, frozenset[str]]:
    """Which protocols each person of a recording speaks."""
    found: dict[str, set[str]] = {}
    for exchange in exchanges:
        spoken = protocol(exchange.request)
        if spoken in {Protocol.EWS, Protocol.GRAPH}:
            found.setdefault(_local(actor_of(exchange)), set()).add(spoken)
    return {who: frozenset(each) for who, each in found.items()}


def are_across(left: Sequence[Exchange], right: Sequence[Exchange]) -> bool:
    """Whether two recordings tell of the same people in different protocols."""
    ours, theirs = speaks(left), speaks(right)
    shared = ours.keys() & theirs.keys()
    if shared:
        return any(ours[who] != theirs[who] for who in shared)
    return bool(ours and theirs) and set(ours.values()) != set(theirs.values())


def compare_across(name: str, left: Recording, right: Recording) -> Compared:
    """What differs between two recordings of the same meetings in two protocols.

    Things that one side was not shown, and facts that it did not ask for, say nothing. What one protocol cannot tell or
    do is a gap.
    """
    ours, theirs = _read(left), _read(right)
    shared = sorted(ours.mailboxes.keys() & theirs.mailboxes.keys())
    mailboxes = [(who, ours.shown(who), theirs.shown(who)) for who in shared]
    acts = pairs(ours.deeds, theirs.deeds)
    differences: list[Difference] = []
    gaps: dict[str, Gap] = {}
    for found in (*_deeds(acts), *(one for each in mailboxes for one in between(*each))):
        if isinstance(found, Gap):
            gaps.setdefault(found.words, found)
        else:
            differences.append(found if isinstance(found, Difference) else _told(found))
    things = sum(one is not None and other is not None for one, other in acts)
    things += sum(common(*sides) for _, *sides in mailboxes)
    problem = "; ".join(told for told in (left.damage, right.damage) if told)
    if not things and not differences:
        problem = problem or "the recordings have neither an act nor anything seen in common"
    return Compared(
        name,
        tuple(differences),
        problem,
        left=left.exchanges,
        right=right.exchanges,
        gaps=tuple(gaps.values()),
        things=things,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A recording as it was read: the mailboxes by person, the protocols by person, and what was done."""

    mailboxes: Mapping[str, Mailbox]
    spoken: Mapping[str, frozenset[str]]
    deeds: Sequence[Done]

    def shown(self, who: str) -> Shown:
        """The mailbox of one person."""
        protocol = "ews" if "ews" in self.spoken.get(_local(who), ()) else "graph"
        return Shown(self.mailboxes[who], protocol, self.deeds)


def _read(recording: Recording) -> _Read:
    """What was seen and what was done."""
    reading = reading_of(recording, _names(recording))
    seen, deeds = Seen(reading), []
    for number, exchange, base in _alone(recording.exchanges):
        deed = done(number, called(exchange, reading), exchange)
        if deed is not None:
            deeds.append(_about(deed, seen, reading))
        seen.take(number, exchange, base)
    known = [deed if deed.subject else _about(deed, seen, reading) for deed in deeds]
    return _Read(seen.mailboxes, speaks(recording.exchanges), known)


def _alone(exchanges: Iterable[Exchange]) -> Iterator[tuple[int, Exchange, str]]:
    """Exchanges with their numbers, a batch as its parts; with each where its answer stands."""
    for number, exchange in enumerate(exchanges, start=1):
        parts = batch.parts(exchange)
        yield from ((number, part.exchange, f"$.responses[{part.place}].body") for part in parts)
        if not parts:
            yield number, exchange, "$"


def _about(deed: Done, seen: Seen, reading: Reading) -> Done:
    """A deed with the subject of what it was done upon, as far as that was seen before."""
    known = seen.mailboxes[deed.who].subjects if deed.who in seen.mailboxes else {}
    told = [known[key] for each in deed.upon if (key := in_one_alphabet(each)) in known]
    subject = told[0] if told else deed.subject
    return replace(deed, subject=plain(reading.text(subject)) if subject else "")


def _names(recording: Recording) -> Mapping[str, str]:
    """What people are called: by what stands before the @, where that is nobody else's."""
    people = {actor_of(exchange).casefold() for exchange in recording.exchanges}
    for exchange in recording.exchanges:
        for body in (exchange.request.body, exchange.response.body):
            people |= {found.decode("ascii").casefold() for found in _ADDRESS.findall(body)}
    counts = Counter(_local(person) for person in people if "@" in person)
    return {person: person if counts[_local(person)] > 1 else _local(person) for person in people}


def _local(person: str) -> str:
    return person.casefold().partition("@")[0]


def _deeds(acts: Iterable[tuple[Done | None, Done | None]]) -> Iterator[Difference | Gap]:
    for one, other in acts:
        here = one or other
        assert here is not None, "a pair has at least one side"
        if here.act is None:
            sides = ("", here.operation) if " " in here.operation else (here.operation, "")  # Graph's have a method
            yield Gap(here.operation, _NO_ROW, *sides, "conformance/diff/across/deeds.py")
        elif one is None or other is None:
            if here.act.concept:
                yield gap_called(here.act.concept)
                continue
            values = [None if each is None else each.told for each in (one, other)]
            words = contrast(_said(here), *(ABSENT if each is None else PRESENT for each in (one, other)))
            yield Difference("", values[0], values[1], words, here.operation, _at(one), _at(other))
        elif one.outcome != other.outcome:
            words = contrast(f"{_said(here)}: the outcome", one.told, other.told)
            yield Difference("response", one.told, other.told, words, one.operation, _at(one), _at(other))


def _said(deed: Done) -> str:
    who = f"{deed.who} " if deed.who else ""
    upon = f' "{deed.subject}"' if deed.subject else ""
    return f"{who}{deed.act.words if deed.act else deed.operation}{upon}"


def _at(deed: Done | None) -> Place | None:
    return Place(deed.number, "response", deed.operation) if deed is not None else None


def _told(found: Told) -> Difference:
    places = (_place(found.left_at), _place(found.right_at))
    path = found.left_at.path if found.left_at.exchange else found.right_at.path
    left, right = (None if value == ABSENT else value for value in (found.left, found.right))
    operation = found.left_at.operation or found.right_at.operation
    return Difference(path, left, right, found.words, operation, *places)


def _place(at: At) -> Place | None:
    return Place(at.exchange, at.path, at.operation) if at.exchange else None
