"""The properties of meeting requests alone ([MS-OXWSMTGS] MeetingRequestMessageType), in schema order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from reference_impl.domain.copying import replace
from reference_impl.domain.items import Attendee, CalendarItem, MeetingFacts, RequestKind, Role, TimeSlot
from reference_impl.ews import words, xml
from reference_impl.ews.custom_zones import write_meeting_zone
from reference_impl.ews.fields import people
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.places import place_field
from reference_impl.ews.fields.readers import flag, text, time
from reference_impl.ews.fields.recurrence import occurrence_fields, recurrence_field
from reference_impl.ews.fields.shared import neighbour_fields, show_as, wall_clock_fields, zone_element, zone_text
from reference_impl.ews.fields.told import (
    absent,
    answer,
    do_not_forward,
    end,
    is_recurring,
    item_type,
    location,
    of,
    start,
)
from reference_impl.ews.times import format_duration
from reference_impl.ews.view import View
from reference_impl.ews.zones import year_of
from reference_impl.mapi.states import told_state


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


def _given(element: str, value: Callable[[MeetingFacts], str | int | None]) -> Field:
    """A property that a request shows where the organizer gave it."""

    def read(view: View) -> str | None:
        told = value(view.facts)
        return None if told is None else xml.leaf(element, told)

    return Field(uri=f"calendar:{element}", element=element, read=read)


def _meeting_zone(view: View) -> str | None:
    """Only 2007 tells of it, and only for series (R1090, R706)."""
    facts = view.facts
    if facts.recurrence is None or view.call.version.has("Exchange2010"):
        return None
    return write_meeting_zone(facts.start_zone, year_of(facts.start))


def request_fields() -> Table:
    """The block of properties that only requests have."""
    allows = of(lambda facts: facts.allow_new_time_proposals)
    all_day = of(lambda facts: facts.is_all_day)
    cancelled = of(lambda facts: facts.is_cancelled)
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
        start(None),
        end(None),
        Field(
            uri="calendar:OriginalStart",
            element="OriginalStart",
            read=time("OriginalStart", of(lambda facts: facts.original_start)),
            kind=Kind.TIME,
            value=of(lambda facts: facts.original_start),
        ),
        Field(
            uri="calendar:IsAllDayEvent",
            element="IsAllDayEvent",
            read=flag("IsAllDayEvent", all_day),
            kind=Kind.FLAG,
            value=all_day,
        ),
        absent("calendar:LegacyFreeBusyStatus", "LegacyFreeBusyStatus"),
        location(None),
        absent("calendar:When", "When"),
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
            read=flag("IsRecurring", of(is_recurring)),
            kind=Kind.FLAG,
            value=of(is_recurring),
        ),
        _yes("MeetingRequestWasSent"),
        item_type(None),
        Field(
            uri="calendar:MyResponseType",
            element="MyResponseType",
            read=lambda view: xml.leaf("MyResponseType", answer(view)),
            kind=Kind.CHOICE,
        ),
        Field(
            uri="calendar:Organizer",
            element="Organizer",
            read=lambda view: people.single("Organizer", view.facts.organizer, view),
            value=of(lambda facts: facts.organizer.name or facts.organizer.address),
        ),
        _attendees("RequiredAttendees", Role.REQUIRED),
        _attendees("OptionalAttendees", Role.OPTIONAL),
        absent("calendar:Resources", "Resources"),
        *neighbour_fields(),
        Field(
            uri="calendar:Duration",
            element="Duration",
            read=text("Duration", of(lambda facts: format_duration(facts.end - facts.start))),
        ),
        Field(
            uri="calendar:TimeZone",
            element="TimeZone",
            read=lambda view: zone_text(view.call, view.facts.start_zone, is_recurring=is_recurring(view.facts)),
        ),
        Field(uri="calendar:AppointmentReplyTime", element="AppointmentReplyTime", read=_reply_time),
        Field(
            uri="calendar:AppointmentSequenceNumber",
            element="AppointmentSequenceNumber",
            read=lambda view: xml.leaf("AppointmentSequenceNumber", view.facts.sequence),
            kind=Kind.NUMBER,
            value=of(lambda facts: facts.sequence),
        ),
        Field(
            uri="calendar:AppointmentState",
            element="AppointmentState",
            read=lambda view: xml.leaf("AppointmentState", told_state(view.facts)),
            kind=Kind.NUMBER,
            value=of(told_state),
        ),
        recurrence_field(lambda view: view.facts.recurrence),
        *occurrence_fields(_series),
        Field(uri="calendar:MeetingTimeZone", element="MeetingTimeZone", read=_meeting_zone, found=False),
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
        _given("ConferenceType", lambda facts: facts.conference_type),
        Field(
            uri="calendar:AllowNewTimeProposal",
            element="AllowNewTimeProposal",
            read=flag("AllowNewTimeProposal", allows),
            kind=Kind.FLAG,
            value=allows,
        ),
        _given("IsOnlineMeeting", lambda facts: facts.is_online_meeting or None),
        _given("MeetingWorkspaceUrl", lambda facts: facts.meeting_workspace_url or None),
        _given("NetShowUrl", lambda facts: facts.net_show_url or None),
        place_field(lambda view: view.facts),
        Field(
            uri="meetingRequest:ChangeHighlights",
            element="ChangeHighlights",
            read=_highlights,
            since="Exchange2013",
            found=False,
        ),
        *wall_clock_fields(lambda view: view.facts),
        do_not_forward(),
    )
