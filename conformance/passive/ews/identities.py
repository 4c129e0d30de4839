"""What ids and change keys promise from one exchange to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from lxml import etree

from conformance.catalogue import EWS_VERSIONS
from conformance.passive.check import PassiveCheck
from conformance.passive.ews.asked import Answered, answered, mailbox
from conformance.passive.ews.items import CALENDAR_ITEM, Item, address, items, moment
from conformance.passive.finding import Finding, judged
from conformance.passive.memory import Recent
from conformance.passive.seen import Seen
from conformance.wire.namespaces import m, t

SAME_KEY, NEW_KEY, STALE, GONE, THERE = "EWS-SEEN-120", "EWS-SEEN-121", "EWS-SEEN-122", "EWS-SEEN-123", "EWS-SEEN-124"
SAME_UID, SEQUENCE, MESSAGE_UID = "EWS-SEEN-125", "EWS-SEEN-126", "EWS-SEEN-127"
AS_CREATED, AS_INVITED = "EWS-SEEN-128", "EWS-SEEN-129"

_CREATE, _GET, _UPDATE, _DELETE, _MOVE = (
    m(name) for name in ("CreateItem", "GetItem", "UpdateItem", "DeleteItem", "MoveItem")
)
_GOES = frozenset({"HardDelete", "MoveToDeletedItems"})
_NOT_FOUND = "ErrorItemNotFound"
_TEXTS = ("Subject", "Location", "LegacyFreeBusyStatus", "Sensitivity", "Importance", "IsAllDayEvent", "IsCancelled")
_TIMES = ("Start", "End")
_YOUNG = "WorkingElsewhere"  # a LegacyFreeBusyStatus that older versions are told otherwise (MS-OXWSCDATA 2.2.5.17)
_OLD = EWS_VERSIONS[: EWS_VERSIONS.index("Exchange2013")]
_SHORTENED = 250  # characters from which on FindItem may show less of a text
_FORMER = 8  # change keys remembered of one item beside its present one
_GUESTS = 100  # attendees remembered of one meeting


class _Value(NamedTuple):
    """What an item showed, and whether that was told to a version that knows fewer values."""

    text: str
    to_old: bool


@dataclass(slots=True)
class _Known:
    """What is known of one item: its present change key, what it showed under it, and its earlier keys."""

    change_key: str = ""
    values: dict[str, _Value] = field(default_factory=dict)
    as_created: frozenset[str] = frozenset()  # the names of values that were asked for and not yet shown
    former: tuple[str, ...] = ()
    sequence: int | None = None
    guests: dict[str, str] = field(default_factory=dict)


class Identities:
    """Watches one recording. Ids are compared within one mailbox only, and only the latest are remembered."""

    def __init__(self) -> None:
        self._items: Recent[tuple[str, str], _Known] = Recent()
        self._uids: Recent[tuple[str, str], str] = Recent()
        self._gone: Recent[tuple[str, str], str] = Recent()
        self._made: tuple[int, str, frozenset[str]] = (0, "", frozenset())

    def __call__(self, seen: Seen) -> Iterator[Finding]:
        """What the next exchange shows of ids."""
        if seen.question is None or seen.answer is None:
            return
        owner = mailbox(seen)
        entries = list(answered(seen))
        for entry in entries:
            yield from self._gone_stays_gone(owner, entry)
            yield from self._made_is_there(owner, entry, seen)
            if entry.operation == _UPDATE:
                yield from self._written(owner, entry, seen)
            elif entry.operation == _CREATE and entry.succeeded:
                self._created(owner, entry, seen)
        for item in items(seen):
            yield from self._shown(owner, item)
        for entry in entries:
            self._removed(owner, entry)
        self._remember_made(owner, entries, seen)

    # What is gone, and what was just made

    def _gone_stays_gone(self, owner: str, entry: Answered) -> Iterator[Finding]:
        how = self._gone.get((owner, entry.id)) if entry.id else None
        if how is not None and entry.operation in {_GET, _UPDATE, _DELETE}:
            about = f"the answer about an id after {how}"
            yield judged(
                GONE, not entry.succeeded, about, expected=_NOT_FOUND, actual=entry.response_class, at=entry.message
            )

    def _removed(self, owner: str, entry: Answered) -> None:
        if not entry.succeeded or not entry.id:
            return
        if entry.operation == _DELETE and (how := entry.question.get("DeleteType", "")) in _GOES:
            self._gone[owner, entry.id] = f"DeleteItem with {how}"
        elif entry.operation == _MOVE and all(each != entry.id for each in _ids(entry)):
            self._gone[owner, entry.id] = "MoveItem"

    def _made_is_there(self, owner: str, entry: Answered, seen: Seen) -> Iterator[Finding]:
        number, maker, ids = self._made
        if entry.operation == _GET and (number + 1, maker) == (seen.number, owner) and entry.id in ids:
            is_met = entry.code != _NOT_FOUND
            about = "GetItem right after the answer that told the id"
            yield judged(THERE, is_met, about, expected="the item", actual=entry.code, at=entry.message)

    def _remember_made(self, owner: str, entries: list[Answered], seen: Seen) -> None:
        made = {id_ for entry in entries if entry.operation == _CREATE and entry.succeeded for id_ in _ids(entry)}
        self._made = (seen.number, owner, frozenset(made))

    # Change keys

    def _written(self, owner: str, entry: Answered, seen: Seen) -> Iterator[Finding]:
        known = self._items.get((owner, entry.id)) if entry.id else None
        if entry.question.get("ConflictResolution") == "NeverOverwrite" and known and entry.change_key in known.former:
            about = "UpdateItem with NeverOverwrite and a change key that is no longer the item's"
            yield judged(
                STALE,
                not entry.succeeded,
                about,
                expected="ErrorIrresolvableConflict",
                actual=entry.response_class,
                at=entry.message,
            )
        if not entry.succeeded:
            return
        for item in entry.items(seen):
            known = self._items.get((owner, item.id))
            before = {entry.change_key if item.id == entry.id else "", known.change_key if known else ""} - {""}
            if item.change_key and before:
                about = "the change key in the answer to UpdateItem"
                expected = f"another than {' and '.join(sorted(before))}"
                is_met = item.change_key not in before
                yield judged(NEW_KEY, is_met, about, expected=expected, actual=item.change_key, at=item.element)
            if known is not None:
                # The write may have changed anything, even where it left the change key.
                known.values, known.as_created, known.guests = {}, frozenset(), {}

    def _created(self, owner: str, entry: Answered, seen: Seen) -> None:
        for item in entry.items(seen):
            if item.kind == CALENDAR_ITEM and item.id and entry.entry.tag == t(CALENDAR_ITEM):
                asked = Item(seen, entry.entry)
                values = _values(asked, _TEXTS if asked.flag("IsAllDayEvent") else (*_TEXTS, *_TIMES))
                known = _Known(item.change_key, values, frozenset(values), guests=_guests(asked))
                self._items[owner, item.id] = known

    def _shown(self, owner: str, item: Item) -> Iterator[Finding]:
        if not item.id:
            return
        key = (owner, item.id)
        known = self._items.get(key) or _Known()
        if item.change_key and item.change_key != known.change_key:
            former = (known.change_key, *known.former) if known.change_key else ()
            known = _Known(item.change_key, {}, former=former[:_FORMER], sequence=known.sequence)
        elif item.change_key:
            yield from _compared(item, known)
        known.values.update(_values(item, (*_TEXTS, *_TIMES)))
        yield from _invited(item, known)
        yield from _counted(item, known)
        yield from self._uid(owner, item)
        self._items[key] = known

    # Names of meetings

    def _uid(self, owner: str, item: Item) -> Iterator[Finding]:
        uid = item.text("UID")
        if not uid:
            return
        if item.kind == CALENDAR_ITEM:
            yield from self._same_uid(SAME_UID, owner, item.id, uid, item.element)
        else:
            associated = item.find("AssociatedCalendarItemId")
            if associated is not None and (named := associated.get("Id")):
                yield from self._same_uid(MESSAGE_UID, owner, named, uid, item.element)

    def _same_uid(self, requirement: str, owner: str, id_: str, uid: str, at: etree._Element) -> Iterator[Finding]:
        known = self._uids.get((owner, id_))
        if known is not None:
            yield judged(requirement, uid == known, "the UID of one meeting", expected=known, actual=uid, at=at)
        else:
            self._uids[owner, id_] = uid


def _ids(entry: Answered) -> list[str]:
    return [each.get("Id", "") for each in entry.message.iterfind(f"{m('Items')}/*/{t('ItemId')}")]


def _values(item: Item, names: tuple[str, ...]) -> dict[str, _Value]:
    """What an item shows, by name: texts with single blanks, times as minutes, and only those with a zone."""
    found: dict[str, _Value] = {}
    is_old = item.seen.version in _OLD
    for name in names:
        text = item.text(name)
        if text is None or len(text) > _SHORTENED:
            continue
        if name not in _TIMES:
            found[name] = _Value(" ".join(text.split()), is_old)
        elif (when := moment(text)) is not None:
            found[name] = _Value(str(int(when.timestamp() // 60)), is_old)
    return found


def _compared(item: Item, known: _Known) -> Iterator[Finding]:
    for name, value in _values(item, (*_TEXTS, *_TIMES)).items():
        before = known.values.get(name)
        if before is None or (before.to_old is not value.to_old and _YOUNG in {before.text, value.text}):
            continue
        asked = name in known.as_created
        about = f"{name} as the item was created" if asked else f"{name} under one change key"
        requirement = AS_CREATED if asked else SAME_KEY
        expected, actual = (_instant(one.text) if name in _TIMES else one.text for one in (before, value))
        at = item.properties[name]
        yield judged(requirement, value.text == before.text, about, expected=expected, actual=actual, at=at)
    known.as_created -= item.properties.keys()


def _instant(text: str) -> str:
    return datetime.fromtimestamp(60 * int(text), UTC).isoformat()


def _invited(item: Item, known: _Known) -> Iterator[Finding]:
    for name, guest in item.attendees:
        before = known.guests.get(address(guest))
        if before is not None:
            about = f"where {address(guest)} is listed"
            yield judged(AS_INVITED, name == before, about, expected=before, actual=name, at=guest)


def _guests(asked: Item) -> dict[str, str]:
    """Where each address is invited; not those invited twice, and nobody of a crowd."""
    often = Counter(address(guest) for _, guest in asked.attendees)
    guests = {address(guest): name for name, guest in asked.attendees if often[address(guest)] == 1}
    return guests if len(guests) <= _GUESTS else {}


def _counted(item: Item, known: _Known) -> Iterator[Finding]:
    number = item.number("AppointmentSequenceNumber")
    if item.kind == CALENDAR_ITEM and number is not None:
        if known.sequence is not None:
            is_met = number >= known.sequence
            expected = f"{known.sequence} or more"
            about = "AppointmentSequenceNumber of one item"
            yield judged(SEQUENCE, is_met, about, expected=expected, actual=number, at=item.element)
        known.sequence = number


CHECK = PassiveCheck(
    "ews-identities",
    (SAME_KEY, NEW_KEY, STALE, GONE, THERE, SAME_UID, SEQUENCE, MESSAGE_UID, AS_CREATED, AS_INVITED),
    Identities,
)
