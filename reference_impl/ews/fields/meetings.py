"""The properties of meeting requests, responses and cancellations ([MS-OXWSMTGS]), in schema order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.items import (
    Attendee,
    CalendarItem,
    EventKind,
    Item,
    MeetingFacts,
    Message,
    MessageKind,
    RequestKind,
    Response,
    Role,
    TimeSlot,
)
from reference_impl.ews import words, xml
from reference_impl.ews.fields import people
from reference_impl.ews.fields.common import common_fields
from reference_impl.ews.fields.messages import READ_ONLY_CONTENT, message_fields
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.readers import flag, item_id, text, time
from reference_impl.ews.fields.recurrence import KINDS, occurrence_fields, recurrence_field
from reference_impl.ews.fields.shared import (
    neighbour_fields,
    show_as,
    wall_clock_fields,
    zone_element,
    zone_text,
)
from reference_impl.ews.states import told_state
from reference_impl.ews.times import format_duration
from reference_impl.ews.view import View


def _facts(item: Item) -> MeetingFacts:
    assert isinstance(item, Message)
    assert item.meeting is not None
    return item.meeting


def _message(item: Item) -> Message:
    assert isinstance(item, Message)
    return item


def _of(value: Callable[[MeetingFacts], Any]) -> Callable[[Item], Any]:
    return lambda item: value(_facts(item))


def _stamp(item: Item) -> datetime:
    return _message(item).sent or item.created


def _associated(view: View) -> str | None:
    event = view.associated
    return None if event is None else item_id("AssociatedCalendarItemId", event)


def _answer(view: View) -> str:
    """The answer a message carries, or the reader's own to a request."""
    if view.message.kind is MessageKind.RESPONSE:
        return words.OWN_RESPONSE[view.facts.response or Response.NONE]
    event = view.associated
    if event is not None:
        return words.OWN_RESPONSE[event.my_response]
    return words.OWN_RESPONSE[Response.NOT_RESPONDED]


def _request_kind(view: View) -> str:
    kind = RequestKind.OUTDATED if view.message.is_out_of_date else view.facts.request_kind or RequestKind.NEW
    known = kind if view.call.version.has("Exchange2010") else words.BEFORE_2010.get(kind, kind)
    return xml.leaf("MeetingRequestType", words.REQUEST_KIND[known])


def _attendees(element: str, role: Role) -> Field:
    def read(view: View) -> str | None:
        entries: tuple[Attendee, ...] = tuple(entry for entry in view.facts.attendees if entry.role is role)
        return people.attendees(element, entries, view, answers=False)

    return Field(uri=f"calendar:{element}", element=element, read=read, found=False)


def _highlights(view: View) -> str | None:
    """What an update changed, with the values before it (R559)."""
    facts = view.facts
    if facts.request_kind in {None, RequestKind.NEW}:
        return None
    before = facts.previous
    parts = [xml.leaf("HasLocationChanged", facts.previous_location is not None)]
    if facts.previous_location is not None:
        parts.append(xml.leaf("Location", facts.previous_location))
    for name, old, new in _times(facts, before):
        parts.append(xml.leaf(f"Has{name}TimeChanged", old is not None and old != new))
        if old is not None and old != new:
            parts.append(f"<t:{name}>{view.call.time(old)}</t:{name}>")
    return xml.node("ChangeHighlights", "".join(parts))


def _times(facts: MeetingFacts, before: TimeSlot | None) -> tuple[tuple[str, datetime | None, datetime], ...]:
    return (
        ("Start", None if before is None else before.start, facts.start),
        ("End", None if before is None else before.end, facts.end),
    )


def _is_organizer(view: View) -> str:
    return xml.leaf("IsOrganizer", view.facts.organizer.key == view.owner.person.key)


def _meeting_message_fields() -> Table:
    return (
        Field(
            uri="meeting:AssociatedCalendarItemId",
            element="AssociatedCalendarItemId",
            read=_associated,
        ),
        Field(
            uri="meeting:IsDelegated",
            element="IsDelegated",
            read=flag("IsDelegated", lambda item: _message(item).is_delegated),
            kind=Kind.FLAG,
            value=lambda item: _message(item).is_delegated,
        ),
        Field(
            uri="meeting:IsOutOfDate",
            element="IsOutOfDate",
            read=flag("IsOutOfDate", lambda item: _message(item).is_out_of_date),
            kind=Kind.FLAG,
            value=lambda item: _message(item).is_out_of_date,
        ),
        Field(
            uri="meeting:HasBeenProcessed",
            element="HasBeenProcessed",
            read=flag("HasBeenProcessed", lambda item: _message(item).has_been_processed),
            kind=Kind.FLAG,
            value=lambda item: _message(item).has_been_processed,
        ),
        Field(
            uri="meeting:ResponseType",
            element="ResponseType",
            read=lambda view: xml.leaf("ResponseType", _answer(view)),
            kind=Kind.CHOICE,
        ),
        Field(
            uri="calendar:UID",
            element="UID",
            read=text("UID", _of(lambda facts: facts.uid)),
            value=_of(lambda facts: facts.uid),
        ),
        Field(
            uri="calendar:RecurrenceId",
            element="RecurrenceId",
            read=time("RecurrenceId", _of(lambda facts: facts.original_start)),
            kind=Kind.TIME,
            value=_of(lambda facts: facts.original_start),
        ),
        Field(
            uri="calendar:DateTimeStamp",
            element="DateTimeStamp",
            read=time("DateTimeStamp", _stamp),
            kind=Kind.TIME,
            value=_stamp,
        ),
        Field(
            uri="calendar:IsOrganizer",
            element="IsOrganizer",
            read=_is_organizer,
            since="Exchange2013",
        ),
    )


def _start(since: str | None) -> Field:
    start = _of(lambda facts: facts.start)
    return Field(
        uri="calendar:Start", element="Start", read=time("Start", start), since=since, kind=Kind.TIME, value=start
    )


def _end(since: str | None) -> Field:
    end = _of(lambda facts: facts.end)
    return Field(uri="calendar:End", element="End", read=time("End", end), since=since, kind=Kind.TIME, value=end)


def _location(since: str | None) -> Field:
    location = _of(lambda facts: facts.location)
    return Field(
        uri="calendar:Location", element="Location", read=text("Location", location), since=since, value=location
    )


def _item_type(since: str | None) -> Field:
    return Field(
        uri="calendar:CalendarItemType",
        element="CalendarItemType",
        read=text("CalendarItemType", _of(_kind)),
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


def _is_recurring(facts: MeetingFacts) -> bool:
    return facts.recurrence is not None or facts.day is not None


def _series(view: View) -> CalendarItem | None:
    """The series as a request tells of it, with the ids that its occurrences have in the reader's calendar."""
    event, facts = view.associated, view.facts
    if event is None or facts.recurrence is None:
        return None
    return replace(
        event,
        start=facts.start,
        end=facts.end,
        start_zone=facts.start_zone,
        recurrence=facts.recurrence,
        exceptions=facts.exceptions,
        deleted=facts.deleted,
    )


def _absent(uri: str, element: str, since: str | None = None) -> Field:
    """A property that this kind of message has by the schema, but never a value."""
    return Field(uri=uri, element=element, read=lambda _view: None, since=since)


def _proposal(element: str, moment: Callable[[TimeSlot], datetime]) -> Field:
    def value(item: Item) -> datetime | None:
        proposal = _facts(item).proposal
        return None if proposal is None else moment(proposal)

    return Field(
        uri=f"meeting:{element}",
        element=element,
        read=time(element, value),
        since="Exchange2013",
        kind=Kind.TIME,
        value=value,
    )


def _reply_time(view: View) -> str | None:
    event = view.associated
    if event is None or event.reply_time is None:
        return None
    return f"<t:AppointmentReplyTime>{view.call.time(event.reply_time)}</t:AppointmentReplyTime>"


def _yes(element: str) -> Field:
    return Field(
        uri=f"calendar:{element}",
        element=element,
        read=flag(element, lambda _item: True),
        kind=Kind.FLAG,
        value=lambda _item: True,
    )


def _request_fields() -> Table:
    allows = _of(lambda facts: facts.allow_new_time_proposals)
    all_day = _of(lambda facts: facts.is_all_day)
    cancelled = _of(lambda facts: facts.is_cancelled)
    return (
        Field(
            uri="meetingRequest:MeetingRequestType",
            element="MeetingRequestType",
            read=_request_kind,
            kind=Kind.CHOICE,
        ),
        Field(
            uri="meetingRequest:IntendedFreeBusyStatus",
            element="IntendedFreeBusyStatus",
            read=lambda view: xml.leaf(
                "IntendedFreeBusyStatus", show_as(view.facts.intended_show_as, view.call.version)
            ),
            kind=Kind.CHOICE,
        ),
        _start(None),
        _end(None),
        Field(
            uri="calendar:OriginalStart",
            element="OriginalStart",
            read=time("OriginalStart", _of(lambda facts: facts.original_start)),
            kind=Kind.TIME,
            value=_of(lambda facts: facts.original_start),
        ),
        Field(
            uri="calendar:IsAllDayEvent",
            element="IsAllDayEvent",
            read=flag("IsAllDayEvent", all_day),
            kind=Kind.FLAG,
            value=all_day,
        ),
        _absent("calendar:LegacyFreeBusyStatus", "LegacyFreeBusyStatus"),
        _location(None),
        _absent("calendar:When", "When"),
        _yes("IsMeeting"),
        Field(
            uri="calendar:IsCancelled",
            element="IsCancelled",
            read=flag("IsCancelled", cancelled),
            kind=Kind.FLAG,
            value=cancelled,
        ),
        Field(
            uri="calendar:IsRecurring",
            element="IsRecurring",
            read=flag("IsRecurring", _of(_is_recurring)),
            kind=Kind.FLAG,
            value=_of(_is_recurring),
        ),
        _yes("MeetingRequestWasSent"),
        _item_type(None),
        Field(
            uri="calendar:MyResponseType",
            element="MyResponseType",
            read=lambda view: xml.leaf("MyResponseType", _answer(view)),
            kind=Kind.CHOICE,
        ),
        Field(
            uri="calendar:Organizer",
            element="Organizer",
            read=lambda view: people.single("Organizer", view.facts.organizer, view),
            value=_of(lambda facts: facts.organizer.name or facts.organizer.address),
        ),
        _attendees("RequiredAttendees", Role.REQUIRED),
        _attendees("OptionalAttendees", Role.OPTIONAL),
        _absent("calendar:Resources", "Resources"),
        *neighbour_fields(),
        Field(
            uri="calendar:Duration",
            element="Duration",
            read=text("Duration", _of(lambda facts: format_duration(facts.end - facts.start))),
        ),
        Field(
            uri="calendar:TimeZone",
            element="TimeZone",
            read=lambda view: zone_text(view.call, view.facts.start_zone, is_recurring=_is_recurring(view.facts)),
        ),
        Field(uri="calendar:AppointmentReplyTime", element="AppointmentReplyTime", read=_reply_time),
        Field(
            uri="calendar:AppointmentSequenceNumber",
            element="AppointmentSequenceNumber",
            read=lambda view: xml.leaf("AppointmentSequenceNumber", view.facts.sequence),
            kind=Kind.NUMBER,
            value=_of(lambda facts: facts.sequence),
        ),
        Field(
            uri="calendar:AppointmentState",
            element="AppointmentState",
            read=lambda view: xml.leaf("AppointmentState", told_state(view.facts)),
            kind=Kind.NUMBER,
            value=_of(told_state),
        ),
        recurrence_field(lambda view: view.facts.recurrence),
        *occurrence_fields(_series),
        _absent("calendar:MeetingTimeZone", "MeetingTimeZone"),
        Field(
            uri="calendar:StartTimeZone",
            element="StartTimeZone",
            read=lambda view: zone_element("StartTimeZone", view.facts.start_zone),
            since="Exchange2010",
        ),
        Field(
            uri="calendar:EndTimeZone",
            element="EndTimeZone",
            read=lambda view: zone_element("EndTimeZone", view.facts.end_zone),
            since="Exchange2010",
        ),
        _absent("calendar:ConferenceType", "ConferenceType"),
        Field(
            uri="calendar:AllowNewTimeProposal",
            element="AllowNewTimeProposal",
            read=flag("AllowNewTimeProposal", allows),
            kind=Kind.FLAG,
            value=allows,
        ),
        _absent("calendar:IsOnlineMeeting", "IsOnlineMeeting"),
        _absent("calendar:MeetingWorkspaceUrl", "MeetingWorkspaceUrl"),
        _absent("calendar:NetShowUrl", "NetShowUrl"),
        Field(
            uri="meetingRequest:ChangeHighlights",
            element="ChangeHighlights",
            read=_highlights,
            since="Exchange2013",
            found=False,
        ),
        *wall_clock_fields(lambda view: view.facts),
        _absent("calendar:DoNotForwardMeeting", "DoNotForwardMeeting", "V2017_01_07"),
    )


def _received_content(table: Table) -> Table:
    """A received message's content stands; only its reader's own marks can be set."""
    return tuple(
        field
        if field.uri == "message:IsRead"
        else replace(field, create=None, update=READ_ONLY_CONTENT.get(field.uri), append=None, delete=None)
        for field in table
    )


def _message_of_meeting(item_class: str) -> Table:
    return _received_content((*common_fields(item_class), *message_fields(), *_meeting_message_fields()))


MEETING_MESSAGE: Final[Table] = _message_of_meeting("IPM.Schedule.Meeting")
"""MeetingMessage, in schema order: a forward notification, or whatever is no request, response or cancellation."""

MEETING_REQUEST: Final[Table] = (*_message_of_meeting("IPM.Schedule.Meeting.Request"), *_request_fields())
"""MeetingRequest, in schema order."""

_SINCE_2013: Final = "Exchange2013"

MEETING_RESPONSE: Final[Table] = (
    *_message_of_meeting("IPM.Schedule.Meeting.Resp"),
    _start(_SINCE_2013),
    _end(_SINCE_2013),
    _location(_SINCE_2013),
    recurrence_field(lambda view: view.facts.recurrence, since=_SINCE_2013),
    _item_type(_SINCE_2013),
    _proposal("ProposedStart", lambda proposal: proposal.start),
    _proposal("ProposedEnd", lambda proposal: proposal.end),
)
"""MeetingResponse, in schema order; its own elements came with Exchange2013."""

MEETING_CANCELLATION: Final[Table] = (
    *_message_of_meeting("IPM.Schedule.Meeting.Canceled"),
    _start(_SINCE_2013),
    _end(_SINCE_2013),
    _location(_SINCE_2013),
    recurrence_field(lambda view: view.facts.recurrence, since=_SINCE_2013),
    _item_type(_SINCE_2013),
    _absent("calendar:DoNotForwardMeeting", "DoNotForwardMeeting", "V2017_01_07"),
)
"""MeetingCancellation, in schema order; its own elements came with Exchange2013."""
