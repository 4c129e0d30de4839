"""Two plays of one story laid side by side: what differs, in the words of meetings, and what cannot be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.actor.equivalence import EQUIVALENCES, Equivalence
from conformance.actor.views import MessageKind, ResponseState
from conformance.equivalence.facts import ATTENDEE, Deed, Here, Played, Thing
from conformance.equivalence.playing import DONE
from conformance.equivalence.scenarios import Scenario
from conformance.equivalence.sight import ORIGINAL_START, PROPOSED
from conformance.model.contrast import ABSENT, PRESENT, contrast

CONCEPTS: Mapping[str, Equivalence] = {row.concept: row for row in EQUIVALENCES}
# What follows names rows of the equivalence map by their concepts. Facts that only one protocol tells:
_UNTOLD = {"sequence number": "sequence number", PROPOSED: "proposal in an entry"}
# Values of one fact that are the same to both protocols, that of EWS first:
_SAME = {(ResponseState.NONE.value, ResponseState.NOT_RESPONDED.value): "response after a reset, at the organizer"}
# Messages that lie in Deleted Items for one protocol and in the Inbox for the other, once acted upon:
ACTED_UPON = frozenset({MessageKind.REQUEST.value, MessageKind.CANCELLATION.value})
INBOX, DELETED = "inbox", "deleted items"
_EVENTS = frozenset({"meeting", "series", "occurrence", "exception"})
_OCCURRENCES = {"exception": "occurrence"}
_ROLE = re.compile(r"\b(?:organizer|attendee|room)\d+\b")


@dataclass(frozen=True, slots=True)
class At:
    """Where one side shows a difference."""

    exchange: int = 0
    operation: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: whose mailbox, which folder, what of it, and the value on each side with its place.

    Mailbox and folder are empty where an act itself went otherwise.
    """

    mailbox: str
    folder: str
    about: str
    left: str
    right: str
    left_at: At
    right_at: At

    @property
    def words(self) -> str:
        """The difference as a line."""
        told = contrast(self.about, self.left, self.right)
        return ": ".join(part for part in (self.mailbox, self.folder, told) if part)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that one protocol has and the other has not: the row of the equivalence map that says so."""

    concept: str
    meaning: str
    ews: str
    graph: str
    source: str

    @property
    def words(self) -> str:
        """The gap as a line."""
        return f"{self.concept} ({self.meaning}): EWS has {self.ews or 'nothing'}, Graph has {self.graph or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it; ``problem`` says why it cannot be told whether there are differences."""

    differences: tuple[Difference, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problem: str = ""


def gap_of(scenario: Scenario, protocols: Sequence[str]) -> Gap | None:
    """The gap that keeps a story from being told in all of these protocols."""
    for step in scenario.steps:
        if step.concept and any(not getattr(CONCEPTS[step.concept], protocol) for protocol in protocols):
            return gap_called(step.concept)
    return None


def compare(left: Played, right: Played) -> Compared:
    """The differences between two plays of one story, and the facts that only one side's protocol tells."""
    if left.problem or right.problem:
        told = (f"{name}: {one.problem}" for name, one in (("left", left), ("right", right)) if one.problem)
        return Compared(problem="; ".join(told))
    deeds = tuple(_deeds(left.deeds, right.deeds))
    stuck = [_stop(one.deeds) for one in (left, right)]
    names = _names(left.people, right.people)
    if any(stuck):
        if deeds:
            return Compared(tuple(_told(one, names) for one in deeds))
        stop = stuck[0]
        assert stop is not None, "both sides stopped alike"
        return Compared(problem=_named(f"both sides: {stop.words}: {_outcome(stop)}", names))
    differences, gaps = list(deeds), dict[str, Gap]()
    for mailbox, things in left.mailboxes.items():
        sides = Sides(mailbox, left.protocol, right.protocol)
        for found in sides.between(things, right.mailboxes.get(mailbox, ())):
            if isinstance(found, Gap):
                gaps.setdefault(found.concept, found)
            else:
                differences.append(found)
    return Compared(tuple(_told(one, names) for one in differences), tuple(gaps.values()))


def _names(left: Mapping[str, str], right: Mapping[str, str]) -> Mapping[str, str]:
    """What people are called by role: by name where both sides have the same."""
    locals_of = ({role: address.partition("@")[0] for role, address in side.items()} for side in (left, right))
    ours, theirs = locals_of
    return {role: name for role, name in ours.items() if theirs.get(role) == name}


def _named(text: str, names: Mapping[str, str]) -> str:
    return _ROLE.sub(lambda found: names.get(found[0], found[0]), text)


def _told(difference: Difference, names: Mapping[str, str]) -> Difference:
    return replace(
        difference,
        mailbox=_named(difference.mailbox, names),
        about=_named(difference.about, names),
        left=_named(difference.left, names),
        right=_named(difference.right, names),
    )


def _stop(deeds: Sequence[Deed]) -> Deed | None:
    return next((one for one in deeds if one.outcome != DONE and not one.may_be_refused), None)


def _deeds(left: Sequence[Deed], right: Sequence[Deed]) -> Iterator[Difference]:
    for one, other in zip(left, right, strict=False):
        if one.outcome != other.outcome:
            places = (At(deed.here.exchange, deed.here.operation) for deed in (one, other))
            yield Difference("", "", f"{one.words}: the outcome", _outcome(one), _outcome(other), *places)


def _outcome(deed: Deed) -> str:
    return f"{deed.outcome} ({deed.code})" if deed.code else deed.outcome


def things_side_by_side(left: Sequence[Thing], right: Sequence[Thing]) -> Iterator[tuple[Thing | None, Thing | None]]:
    """What corresponds: things of one kind in one folder, those with the fewest differences first."""
    keys = dict.fromkeys((*map(_key, left), *map(_key, right)))
    for key in keys:
        ours = [thing for thing in left if _key(thing) == key]
        theirs = [thing for thing in right if _key(thing) == key]
        ranked = sorted(
            ((_distance(one, other), i, j) for i, one in enumerate(ours) for j, other in enumerate(theirs)),
        )
        taken: dict[int, int] = {}
        for _, i, j in ranked:
            if i not in taken and j not in taken.values():
                taken[i] = j
        yield from ((one, theirs[taken[i]] if i in taken else None) for i, one in enumerate(ours))
        yield from ((None, other) for j, other in enumerate(theirs) if j not in taken.values())


def _key(thing: Thing) -> tuple[str, str, str]:
    original = thing.facts.get(ORIGINAL_START)
    kind = _OCCURRENCES.get(thing.kind, thing.kind)
    return thing.folder, kind, original.value if original and kind == "occurrence" else ""


def _distance(one: Thing, other: Thing) -> int:
    names = one.facts.keys() | other.facts.keys()
    known = (name for name in names if not one.leaves_open(name) and not other.leaves_open(name))
    return sum(_value(one, name) != _value(other, name) for name in known)


def _value(thing: Thing, name: str) -> str:
    fact = thing.facts.get(name)
    return fact.value if fact else ABSENT


@dataclass(frozen=True, slots=True)
class Sides:
    """One mailbox seen in two protocols, or twice in one."""

    mailbox: str
    left: str
    right: str

    @property
    def is_mixed(self) -> bool:
        """Whether the two are told in different protocols."""
        return self.left != self.right

    def between(self, left: Sequence[Thing], right: Sequence[Thing]) -> Iterator[Difference | Gap]:
        """What differs, thing by thing."""
        pairs = list(things_side_by_side(left, right))
        moved = list(_moved(pairs)) if self.is_mixed else []
        for ours, theirs in moved:
            yield gap_called("message acted upon")
            yield from self._facts(_called(ours), ours, theirs)
        apart = {id(thing) for pair in moved for thing in pair}
        for one, other in pairs:
            if not apart & {id(one), id(other)}:
                yield from self._between(one, other)

    def _between(self, one: Thing | None, other: Thing | None) -> Iterator[Difference | Gap]:
        here = one or other
        assert here is not None, "a pair has at least one side"
        if one is None or other is None:
            if self.is_mixed and here.folder == DELETED and here.kind in _EVENTS:
                yield gap_called("deleted calendar item")
                return
            values = (PRESENT, ABSENT) if one else (ABSENT, PRESENT)
            yield Difference(self.mailbox, here.folder, _called(here), *values, _whole(one), _whole(other))
            return
        if one.kind != other.kind:
            about = f"{_called(one)}: kind"
            yield Difference(self.mailbox, one.folder, about, one.kind, other.kind, _whole(one), _whole(other))
        yield from self._facts(_called(one), one, other)

    def _facts(self, about: str, one: Thing, other: Thing) -> Iterator[Difference | Gap]:
        for name in dict.fromkeys((*one.facts, *other.facts)):
            if one.leaves_open(name) or other.leaves_open(name):
                continue
            whole, detail, part = name.partition(": ")
            if detail and (whole in one.facts) != (whole in other.facts):
                continue  # the whole entry is missing on one side, which is told once
            values = _value(one, name), _value(other, name)
            concept = self._concept(name, part or name, *values)
            if concept is not None:
                yield gap_called(concept)
            elif values[0] != values[1]:
                places = _place(one, name), _place(other, name)
                yield Difference(self.mailbox, one.folder, f"{about}: {name}", *values, *places)

    def _concept(self, name: str, part: str, left: str, right: str) -> str | None:
        """The row of the equivalence map by which two values need not be equal."""
        if left == right:
            return None
        if ABSENT in {left, right} and (self.is_mixed or part == PROPOSED):
            return _UNTOLD.get(part)
        if self.is_mixed and name.startswith(ATTENDEE):
            return _SAME.get((left, right) if self.left == "ews" else (right, left))
        return None


def _moved(pairs: Sequence[tuple[Thing | None, Thing | None]]) -> Iterator[tuple[Thing, Thing]]:
    """Messages acted upon that are in one folder on the left and in another on the right."""
    ours = [one for one, other in pairs if one is not None and other is None and one.kind in ACTED_UPON]
    theirs = [other for one, other in pairs if one is None and other is not None]
    for one in ours:
        for other in theirs:
            if one.kind == other.kind and {one.folder, other.folder} == {INBOX, DELETED}:
                yield one, other
                theirs.remove(other)
                break


def _called(thing: Thing) -> str:
    _, kind, original = _key(thing)
    return kind + (f" of {original}" if original else "")


def _place(thing: Thing, name: str) -> At:
    fact = thing.facts.get(name)
    return _at(thing.here, fact.path if fact else thing.path)


def _whole(thing: Thing | None) -> At:
    return _at(thing.here, thing.path) if thing else At()


def _at(here: Here, path: str) -> At:
    return At(here.exchange, here.operation, path)


def gap_called(concept: str) -> Gap:
    """The gap of a row of the equivalence map."""
    row = CONCEPTS[concept]
    return Gap(row.concept, row.meaning, row.ews, row.graph, row.source)
