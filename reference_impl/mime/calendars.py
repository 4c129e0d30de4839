"""Calendar items, and what messages say of meetings, as iCalendar objects (RFC 5546, [MS-OXCICAL])."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from icalendar import Calendar, Event, vDDDTypes

from reference_impl.domain.copying import replace
from reference_impl.domain.items import (
    Attendee,
    CalendarItem,
    MeetingFacts,
    Message,
    MessageKind,
    Response,
    ShowAs,
)
from reference_impl.domain.mailbox import Person
from reference_impl.domain.series import exceptions_of, zone_of_series
from reference_impl.mime import words
from reference_impl.mime.events import Content, event_of, events_of
from reference_impl.mime.zones import tzid_of, write_zone

_PRODUCT: Final = "-//Meetproof//Reference server//EN"


def calendar_of(item: CalendarItem, owner: Person, content: Content) -> bytes:
    """Somebody's calendar item: published, or as the request for a meeting."""
    method = words.REQUEST if item.is_meeting else words.PUBLISH
    return _calendar(method, item, events_of(item, owner, content))


def method_of(message: Message) -> str | None:
    """What a message asks a calendar to do; None where it asks nothing."""
    if message.meeting is None:
        return None
    return "COUNTER" if message.meeting.proposal is not None else words.METHODS.get(message.kind)


def calendar_in(message: Message) -> bytes | None:
    """The calendar that a message of a meeting brings with it, its attachments left out; None where there is none."""
    method, facts = method_of(message), message.meeting
    if method is None or facts is None:
        return None
    item = _meeting_of(message, facts)
    if message.kind is MessageKind.RESPONSE:
        return _calendar(method, item, [_answer(item, message, facts)])
    return _calendar(method, item, events_of(item, message.sender, _no_content))


def _calendar(method: str, item: CalendarItem, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("METHOD", method)
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    for name, year in _zones_of(item):
        calendar.add_component(write_zone(name, year))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _zones_of(item: CalendarItem) -> list[tuple[str, int]]:
    """The zones that the item's times are written in, and the years whose rules hold."""
    found: dict[str, tuple[str, int]] = {}
    for each in (item, *(exceptions_of(item) if item.recurrence is not None else ())):
        zones = ((each.start_zone, each.start), (each.end_zone, each.end), (zone_of_series(each), each.start))
        for name, moment in zones:
            found.setdefault(tzid_of(name), (name, moment.year))
    return list(found.values())


def _meeting_of(message: Message, facts: MeetingFacts) -> CalendarItem:
    """The meeting as its message tells of it."""
    return CalendarItem(
        id="",
        mailbox_id="",
        folder_id="",
        version=0,
        uid=facts.uid,
        start=facts.start,
        end=facts.end,
        subject=message.subject,
        body=message.body,
        start_zone=facts.start_zone,
        end_zone=facts.end_zone,
        is_all_day=facts.is_all_day,
        location=facts.location,
        show_as=ShowAs.FREE if facts.is_cancelled else ShowAs.TENTATIVE,
        intended_show_as=facts.intended_show_as,
        organizer=facts.organizer,
        is_organizer=False,
        attendees=facts.attendees,
        my_response=facts.response or Response.NONE,
        response_requested=facts.response_requested,
        allow_new_time_proposals=facts.allow_new_time_proposals,
        sequence=facts.sequence,
        is_cancelled=facts.is_cancelled,
        sensitivity=message.sensitivity,
        importance=message.importance,
        categories=message.categories,
        reminder_is_set=False,
        do_not_forward=facts.do_not_forward,
        recurrence=facts.recurrence,
        exceptions=facts.exceptions,
        deleted=facts.deleted,
        series_id=None if facts.day is None else "",
        day=facts.day,
        original_start=facts.original_start,
        created=message.created,
        modified=message.sent or message.modified,
    )


def _answer(item: CalendarItem, message: Message, facts: MeetingFacts) -> Event:
    """What a responder answers: nobody else is named, and a proposal stands in the place of the times."""
    assert facts.response is not None, "a response without an answer"
    answered = replace(item, attendees=(Attendee(message.sender, response=facts.response),), response_requested=False)
    proposal = facts.proposal
    if proposal is None:
        return event_of(answered, message.sender, _no_content)
    event = event_of(replace(answered, start=proposal.start, end=proposal.end), message.sender, _no_content)
    event.add("X-MS-OLK-ORIGINALSTART", vDDDTypes(facts.start), encode=False)
    event.add("X-MS-OLK-ORIGINALEND", vDDDTypes(facts.end), encode=False)
    return event


def _no_content(_attachment: object) -> bytes:
    return b""
