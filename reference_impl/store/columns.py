"""The indexed columns of an item's row, and which attributes a write changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

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


COLUMNS: Final = (
    *("lasting", "uid", "span", "start", "end", "remind", "begins", "ends"),
    *("received", "sent", "created", "modified", "unread", "associated", "subject", "payload"),
)
"""The columns of an item's row that follow from the item alone, but for its id and its kind."""


def columns(item: Item) -> tuple[object, ...]:
    """What stands in ``COLUMNS``."""
    return _of_event(item) if isinstance(item, CalendarItem) else _of_message(item)


def _of_event(event: CalendarItem) -> tuple[object, ...]:
    created, start, end = moment(event.created), moment(event.start), moment(event.end)
    extent = (span_class(event.end - event.start), start, end) if event.recurrence is None else _extent(event)
    return (
        event.lasting_id,
        uid_key(event.uid) if event.uid else None,
        *extent,
        _remind(event),
        start,
        end,
        created,
        created,
        created,
        moment(event.modified),
        0,
        int(event.is_associated),
        event.subject.casefold(),
        encode(event),
    )


def _of_message(message: Message) -> tuple[object, ...]:
    created, meeting = moment(message.created), message.meeting
    start, end = (0, 0) if meeting is None else (moment(meeting.start), moment(meeting.end))
    return (
        message.lasting_id,
        uid_key(meeting.uid) if meeting is not None and meeting.uid else None,
        -1,
        start,
        end,
        ABSENT,
        ABSENT if meeting is None else start,
        ABSENT if meeting is None else end,
        moment(message.received) if message.received else created,
        moment(message.sent) if message.sent else created,
        created,
        moment(message.modified),
        share_of(message).unread,
        int(message.is_associated),
        message.subject.casefold(),
        encode(message),
    )


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


def _remind(event: CalendarItem) -> int:
    time = earliest_reminder(event)
    return ABSENT if time is None else moment(time)


def _extent(master: CalendarItem) -> tuple[int, int, int]:
    """The class of the length of a whole series, its start and its end."""
    start, end = span(master)
    if end is None:
        return ENDLESS, moment(start), NEVER
    return max(1, span_class(end - start)), moment(start), moment(end)


class Share(NamedTuple):
    """What an item adds to the numbers of its folder, or several items together."""

    total: int = 0
    unread: int = 0
    associated: int = 0
    events: int = 0
    messages: int = 0


_ASSOCIATED: Final = Share(associated=1)
_EVENT: Final = Share(total=1, events=1)
_TASK: Final = MessageKind.TASK
_TASKS: Final = (Share(total=1, unread=1), Share(total=1))
_MESSAGES: Final = (Share(total=1, unread=1, messages=1), Share(total=1, messages=1))


def share_of(item: Item) -> Share:
    """One item more, perhaps unread, or one that only belongs to the folder and does not count in it."""
    if item.is_associated:
        return _ASSOCIATED
    if isinstance(item, CalendarItem):
        return _EVENT
    return (_TASKS if item.kind is _TASK else _MESSAGES)[item.is_read]


def contents_of(item: Item) -> Counter[str]:
    """The digests of everything attached to an item, its exceptions included, and how often each is."""
    exceptions = item.exceptions if isinstance(item, CalendarItem) else item.meeting.exceptions if item.meeting else ()
    if not item.attachments and not exceptions:
        return _NOTHING_ATTACHED
    attached: list[Attachment] = list(item.attachments)
    for exception in exceptions:
        attached += exception.changes.get("attachments", ())
    return Counter(attachment.digest for attachment in attached)


_NOTHING_ATTACHED: Final[Counter[str]] = Counter()


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
