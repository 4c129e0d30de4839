"""The indexed columns of an item's row, and which attributes a write changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from reference_impl.domain.items import Attachment, Attendee, CalendarItem, Item, Message, MessageKind
from reference_impl.domain.reminders import earliest_reminder
from reference_impl.domain.series import span
from reference_impl.store.codec import encode
from reference_impl.store.schema import ABSENT, ENDLESS, NEVER, moment, span_class, uid_key

EVENT = "event"
SERIES = "series"

KINDS: Mapping[str, type[CalendarItem | Message]] = {
    EVENT: CalendarItem,
    SERIES: CalendarItem,
    **{str(kind): Message for kind in MessageKind},
}

# Kept by the store itself, so their change says nothing of what a writer did.
_BOOKKEEPING = frozenset({"version", "arrival", "modified", "id", "lasting_id", "folder_id"})


def columns(item: Item) -> dict[str, object]:
    """The indexed columns of an item, all but its numbers, id, mailbox and folder."""
    created, uid = moment(item.created), uid_of(item)
    common: dict[str, object] = {
        "uid": uid_key(uid) if uid else None,
        "lasting": item.lasting_id or None,
        "created": created,
        "modified": moment(item.modified),
        "subject": item.subject.casefold(),
        "associated": int(item.is_associated),
        "payload": encode(item),
    }
    if isinstance(item, CalendarItem):
        start, end = (item.start, item.end) if item.recurrence is None else span(item)
        return common | {
            "kind": kind_of(item),
            "remind": _remind(item),
            "begins": moment(item.start),
            "ends": moment(item.end),
            "received": created,
            "sent": created,
            "unread": 0,
            **_extent(start, end),
        }
    return common | {
        "kind": kind_of(item),
        "remind": None,
        "span": None,
        "start": moment(item.meeting.start) if item.meeting else 0,
        "end": moment(item.meeting.end) if item.meeting else 0,
        "begins": moment(item.meeting.start) if item.meeting else ABSENT,
        "ends": moment(item.meeting.end) if item.meeting else ABSENT,
        "received": moment(item.received) if item.received else created,
        "sent": moment(item.sent) if item.sent else created,
        "unread": share_of(item).unread,
    }


def uid_of(item: Item) -> str:
    """The uid of the meeting that an item is or tells of, empty if of none."""
    if isinstance(item, CalendarItem):
        return item.uid
    return item.meeting.uid if item.meeting is not None else ""


def kind_of(item: Item) -> str:
    """The word for the kind of an item's row."""
    if isinstance(item, Message):
        return str(item.kind)
    return EVENT if item.recurrence is None else SERIES


def _remind(event: CalendarItem) -> int | None:
    time = earliest_reminder(event)
    return None if time is None else moment(time)


def _extent(start: datetime, end: datetime | None) -> dict[str, object]:
    if end is None:
        return {"span": ENDLESS, "start": moment(start), "end": NEVER}
    return {"span": span_class(end - start), "start": moment(start), "end": moment(end)}


class Share(NamedTuple):
    """What an item adds to the numbers of its folder, or several items together."""

    total: int = 0
    unread: int = 0
    associated: int = 0
    events: int = 0
    messages: int = 0


def share_of(item: Item) -> Share:
    """One item more, perhaps unread, or one that only belongs to the folder and does not count in it."""
    if item.is_associated:
        return Share(associated=1)
    if isinstance(item, CalendarItem):
        return Share(total=1, events=1)
    return Share(total=1, unread=int(not item.is_read), messages=int(item.kind is not MessageKind.TASK))


def contents_of(item: Item) -> Counter[str]:
    """The digests of everything attached to an item, its exceptions included, and how often each is."""
    attached: list[Attachment] = list(item.attachments)
    exceptions = item.exceptions if isinstance(item, CalendarItem) else item.meeting.exceptions if item.meeting else ()
    for exception in exceptions:
        attached += exception.changes.get("attachments", ())
    return Counter(attachment.digest for attachment in attached)


def changed_fields(before: Item, after: Item) -> frozenset[str]:
    """The names of the properties in which two states of one item differ.

    For attendees ``attendees`` means that people or roles changed, ``answers`` that somebody's response did.
    """
    names = {
        name
        for name in before.__struct_fields__
        if name not in _BOOKKEEPING and getattr(before, name) != getattr(after, name)
    }
    if "attendees" in names and isinstance(before, CalendarItem) and isinstance(after, CalendarItem):
        names.discard("attendees")
        if _invited(before.attendees) != _invited(after.attendees):
            names.add("attendees")
        old, new = _answers(before.attendees), _answers(after.attendees)
        if any(old[key] != new[key] for key in old.keys() & new.keys()):
            names.add("answers")
    return frozenset(names)


def _invited(attendees: tuple[Attendee, ...]) -> list[tuple[str, str]]:
    return [(attendee.person.key, attendee.role) for attendee in attendees]


def _answers(attendees: tuple[Attendee, ...]) -> dict[str, tuple[object, ...]]:
    return {
        attendee.person.key: (attendee.response, attendee.response_time, attendee.proposal) for attendee in attendees
    }
