"""What one person of a recording has been shown of the own mailbox, in the words that both protocols share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from conformance.actor import ews_requests
from conformance.actor.views import Slot
from conformance.equivalence.facts import ATTENDEE, Thing
from conformance.equivalence.sight import CALENDAR, FOLDERS
from conformance.model.exchange import Exchange
from conformance.tape.volatile import in_one_alphabet

WELL_KNOWN: Final = {ews_requests.FOLDERS[folder]: name for folder, name in FOLDERS.items()} | {"calendar": CALENDAR}
"""The folders that both protocols call by the same names, with what people call them."""

UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError)
"""What reading raises where too little is told to know what something is, or it is not what it should be."""

_OCCURRENCES: Final = frozenset({"occurrence", "exception"})
# Facts that are not compared: which id something has, and a text that is not plain.
_ID, _TEXT = "event", "text"


@dataclass(slots=True)
class Mailbox:
    """What one person has been shown: the things there are, by id, and the folders looked into."""

    things: dict[str, Thing] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    _listings: dict[tuple[str, str, bytes], tuple[str, set[str]]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    windows: list[Slot] = field(default_factory=list)

    def slot(self, exchange: int, path: str) -> Slot | None:
        """When what an exchange showed at a path takes place."""
        return next((self.slots.get(key) for key, one in self.things.items() if _is_at(one, exchange, path)), None)

    def is_occurrence(self, exchange: int, path: str) -> bool:
        """Whether what an exchange showed at a path is one of a series, which only a view of the calendar lists."""
        kinds = (one.kind for one in self.things.values() if _is_at(one, exchange, path))
        return next(kinds, "") in _OCCURRENCES

    def is_vague(self, folder: str) -> bool:
        """Whether a folder holds something that was listed and never told of."""
        told = {key for key, one in self.things.items() if one.kind}
        return any(ids - told for where, ids in self._listings.values() if where == folder)

    def has_viewed(self, slot: Slot | None) -> bool:
        """Whether a view of the calendar took in a time."""
        return slot is not None and any(one.start < slot.end and slot.start < one.end for one in self.windows)

    def see(self, thing: Thing, raw_subject: str, slot: Slot | None = None) -> None:
        """Take over what is shown of a thing; what is known of it stays where it is not told again.

        Of one that lists its people all is told: what is missing is no longer there.
        """
        key = in_one_alphabet(thing.id)
        before = self.things.get(key)
        self.tell(thing.id, raw_subject)
        if slot is not None:
            self.slots[key] = slot
        if before is not None:
            thing = replace(
                thing,
                kind=thing.kind or before.kind,
                folder=thing.folder or before.folder,
                facts=thing.facts if thing.lists_people else {**before.facts, **thing.facts},
                lists_people=thing.lists_people or before.lists_people,
            )
        self.things[key] = thing

    def see_all(self, told: Iterator[Thing]) -> None:
        """Take over several things, up to what is not as it should be."""
        try:
            for thing in told:
                self.see(thing, "")
        except UNREADABLE:
            return

    def tell(self, identity: str, subject: str) -> None:
        """Note the subject of something; one of what was called off stays what it was."""
        if subject:
            self.subjects.setdefault(in_one_alphabet(identity), subject)

    def lost(self, identity: str) -> None:
        """Note that something is not there."""
        self.things.pop(in_one_alphabet(identity), None)

    def listing(self, exchange: Exchange, folder: str, ids: Iterable[str], *, looks: bool) -> None:
        """Note what a question listed: what it listed before and does no longer is not there.

        ``looks`` tells that it looked through a folder, and not only at some hours of the calendar.
        """
        request = exchange.request
        key = request.method, request.url, request.body
        now = {in_one_alphabet(each) for each in ids}
        for gone in self._listings.get(key, ("", set[str]()))[1] - now:
            if gone in self.things and self.things[gone].folder in {"", folder}:
                del self.things[gone]
        self._listings[key] = folder, now
        if folder and looks:
            self.looked.add(folder)
        for each in now:
            if each in self.things and folder:
                self.things[each] = replace(self.things[each], folder=folder)


def _is_at(thing: Thing, exchange: int, path: str) -> bool:
    return (thing.here.exchange, thing.path) == (exchange, path)


def partial(thing: Thing, shown: Callable[[str], bool], *, is_plain: bool, lists_people: bool) -> Thing:
    """A thing with those facts alone whose paths below it are shown, and those of people; ids say nothing elsewhere."""
    facts = {
        name: replace(fact, path=f"response{fact.path}")
        for name, fact in thing.facts.items()
        if name != _ID
        and (is_plain or name != _TEXT)
        and (name.startswith(ATTENDEE) or shown(fact.path.removeprefix(thing.path).lstrip("/.")))
    }
    return replace(thing, facts=facts, path=f"response{thing.path}", partial=True, lists_people=lists_people)
