"""What messages say of their meeting: the properties that several kinds of them have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_impl.domain.items import EventKind, Item, MeetingFacts, Message, MessageKind, Response
from reference_impl.ews import words
from reference_impl.ews.fields.model import Field, Kind
from reference_impl.ews.fields.readers import flag, text, time
from reference_impl.ews.fields.recurrence import KINDS
from reference_impl.ews.view import View


def _facts(item: Item) -> MeetingFacts:
    assert isinstance(item, Message)
    assert item.meeting is not None
    return item.meeting


def message_of(item: Item) -> Message:
    """The item, which is a message."""
    assert isinstance(item, Message)
    return item


def of(value: Callable[[MeetingFacts], Any]) -> Callable[[Item], Any]:
    """A value of the meeting that a message tells of, for tables of messages that all tell of one."""
    return lambda item: value(_facts(item))


def start(since: str | None) -> Field:
    """The meeting's start."""
    value = of(lambda facts: facts.start)
    return Field(
        uri="calendar:Start", element="Start", read=time("Start", value), since=since, kind=Kind.TIME, value=value
    )


def end(since: str | None) -> Field:
    """The meeting's end."""
    value = of(lambda facts: facts.end)
    return Field(uri="calendar:End", element="End", read=time("End", value), since=since, kind=Kind.TIME, value=value)


def location(since: str | None) -> Field:
    """The meeting's place."""
    value = of(lambda facts: facts.location)
    return Field(uri="calendar:Location", element="Location", read=text("Location", value), since=since, value=value)


def item_type(since: str | None) -> Field:
    """What the meeting is within a series."""
    return Field(
        uri="calendar:CalendarItemType",
        element="CalendarItemType",
        read=text("CalendarItemType", of(_kind)),
        since=since,
        kind=Kind.CHOICE,
    )


def _kind(facts: MeetingFacts) -> str:
    """A whole series, a single meeting, or one occurrence: a request for one says how it differs from its series."""
    if facts.recurrence is not None:
        return KINDS[EventKind.RECURRING_MASTER]
    if facts.day is None:
        return KINDS[EventKind.SINGLE]
    return KINDS[EventKind.OCCURRENCE if facts.request_kind is None else EventKind.EXCEPTION]


def is_recurring(facts: MeetingFacts) -> bool:
    """Whether the meeting is a series or belongs to one."""
    return facts.recurrence is not None or facts.day is not None


def do_not_forward() -> Field:
    """Whether the organizer asks that the meeting be passed on to nobody."""
    value = of(lambda facts: facts.do_not_forward)
    return Field(
        uri="calendar:DoNotForwardMeeting",
        element="DoNotForwardMeeting",
        read=flag("DoNotForwardMeeting", value),
        since="V2017_01_07",
        kind=Kind.FLAG,
        value=value,
    )


def absent(uri: str, element: str, since: str | None = None) -> Field:
    """A property that this kind of message has by the schema, but never a value."""
    return Field(uri=uri, element=element, read=lambda _view: None, since=since)


def answer(view: View) -> str:
    """The answer a message carries, or the reader's own to a request."""
    if view.message.kind is MessageKind.RESPONSE:
        return words.OWN_RESPONSE[view.facts.response or Response.NONE]
    event = view.associated
    if event is not None:
        return words.OWN_RESPONSE[event.my_response]
    return words.OWN_RESPONSE[Response.NOT_RESPONDED]
