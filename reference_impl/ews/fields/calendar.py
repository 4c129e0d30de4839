"""The properties of calendar items ([MS-OXWSMTGS] CalendarItemType), in schema order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, EventKind, Item, Role
from reference_impl.ews import words, xml
from reference_impl.ews.custom_zones import read_meeting_zone, read_zone, write_meeting_zone
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields import people
from reference_impl.ews.fields.common import common_fields
from reference_impl.ews.fields.mail_reminders import MAIL_REMINDERS
from reference_impl.ews.fields.model import Field, Kind, Setter, Table, Writing
from reference_impl.ews.fields.places import place_field
from reference_impl.ews.fields.readers import flag, lasting, text, time, word
from reference_impl.ews.fields.recurrence import KINDS, occurrence_fields, recurrence_field
from reference_impl.ews.fields.setters import erase, set_choice, set_flag, set_number, set_text, text_of
from reference_impl.ews.fields.shared import (
    neighbour_fields,
    show_as,
    wall_clock_fields,
    zone_element,
    zone_text,
)
from reference_impl.ews.times import format_duration, read_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.ews.zones import year_of
from reference_impl.mapi.states import appointment_state


def _of(value: Callable[[CalendarItem], Any]) -> Callable[[Item], Any]:
    """A value of a calendar item, for tables that only ever hold calendar items."""
    return value  # type: ignore[return-value]


def _original_start(event: CalendarItem) -> datetime | None:
    """When an occurrence of a series would be; of what has left its series, as by being deleted, nothing is told."""
    return None if event.series_id is None else event.original_start


def _set_zone(attribute: str) -> Setter:
    def set_(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
        return {attribute: read_zone(element)}

    return set_


def _set_meeting_zone(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    name = read_meeting_zone(element)
    return {"start_zone": name, "end_zone": name}


def _set_start(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    return {"start": read_time(text_of(element), writing.start_zone)}


def _set_end(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    return {"end": read_time(text_of(element), writing.end_zone)}


def _set_own_terms(attribute: str) -> Setter:
    """A flag that only the organizer may set (DOC allownewtimeproposal)."""

    def set_(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
        if not getattr(target, "is_organizer", True):
            raise ResponseError("ErrorInvalidPropertySet", "Only the organizer can set this property.")
        return set_flag(attribute)(target, element, writing)

    return set_


def _set_online(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """Settable up to Exchange2013, read-only from Exchange2016 (R2301)."""
    if writing.call.version.has("Exchange2016"):
        raise ResponseError("ErrorInvalidPropertySet", "IsOnlineMeeting is read-only.")
    return set_flag("is_online_meeting")(target, element, writing)


def _erase_role(role: Role) -> Callable[[Any], Mapping[str, Any]]:
    return lambda target: {"attendees": tuple(entry for entry in target.attendees if entry.role is not role)}


def _attendees(element: str, role: Role) -> Callable[[View], str | None]:
    def read(view: View) -> str | None:
        entries = (entry for entry in view.event.attendees if entry.role is role)
        return people.attendees(element, entries, view, answers=view.event.is_organizer)

    return read


def attendee_field(element: str, role: Role) -> Field:
    """One of the three attendee lists of a calendar item."""
    return Field(
        uri=f"calendar:{element}",
        element=element,
        read=_attendees(element, role),
        found=False,
        create=people.set_attendees(role),
        update=people.set_attendees(role),
        append=people.append_attendees(role),
        delete=_erase_role(role),
    )


def _time(name: str, element: str, setter: Setter) -> Field:
    value = _of(attrgetter(name))
    return Field(
        uri=f"calendar:{element}",
        element=element,
        read=time(element, value),
        kind=Kind.TIME,
        value=value,
        create=setter,
        update=setter,
    )


def _flag(name: str, element: str, setter: Setter | None = None) -> Field:
    value = _of(attrgetter(name))
    return Field(
        uri=f"calendar:{element}",
        element=element,
        read=flag(element, value),
        kind=Kind.FLAG,
        value=value,
        create=setter,
        update=setter,
    )


def _text(name: str, element: str) -> Field:
    value = _of(attrgetter(name))
    return Field(
        uri=f"calendar:{element}",
        element=element,
        read=text(element, value),
        value=value,
        create=set_text(name),
        update=set_text(name),
        delete=erase(name, ""),
    )


def _is_recurring(view: View) -> bool:
    """Occurrences are recurring; whether the stored master is too, servers differ in."""
    if view.event.recurrence is not None:
        return view.call.world.settings.masters_are_recurring
    return view.event.series_id is not None


def _meeting_zone(view: View) -> str | None:
    """Only 2007 tells of it, and only for series (R1053, R715)."""
    if view.event.recurrence is None or view.call.version.has("Exchange2010"):
        return None
    return write_meeting_zone(view.event.start_zone, year_of(view.event.start))


def _conference(view: View) -> str | None:
    kind = view.event.conference_type
    return None if kind is None else xml.leaf("ConferenceType", kind)


_STATUSES: Final = {told: xml.leaf("LegacyFreeBusyStatus", told) for told in words.SHOW_AS.values()}

CALENDAR_ITEM: Final[Table] = (
    *common_fields("CalendarItem"),
    Field(
        uri="calendar:UID",
        element="UID",
        read=text("UID", _of(lambda event: event.uid)),
        value=_of(lambda event: event.uid),
        create=lambda _target, element, _writing: {"uid": text_of(element) or None},
    ),
    Field(
        uri="calendar:RecurrenceId",
        element="RecurrenceId",
        read=time("RecurrenceId", _of(lambda event: event.original_start)),
        kind=Kind.TIME,
        value=_of(lambda event: event.original_start),
    ),
    Field(
        uri="calendar:DateTimeStamp",
        element="DateTimeStamp",
        read=time("DateTimeStamp", lambda item: item.created),
        kind=Kind.TIME,
        value=lambda item: item.created,
    ),
    _time("start", "Start", _set_start),
    _time("end", "End", _set_end),
    Field(
        uri="calendar:OriginalStart",
        element="OriginalStart",
        read=time("OriginalStart", _of(_original_start)),
        kind=Kind.TIME,
        value=_of(_original_start),
    ),
    _flag("is_all_day", "IsAllDayEvent", set_flag("is_all_day")),
    Field(
        uri="calendar:LegacyFreeBusyStatus",
        element="LegacyFreeBusyStatus",
        read=lasting(lambda view: _STATUSES[show_as(view.event.show_as, view.call.version)]),
        kind=Kind.CHOICE,
        value=_of(lambda event: words.SHOW_AS[event.show_as]),
        create=set_choice("show_as", words.SHOW_AS_OF),
        update=set_choice("show_as", words.SHOW_AS_OF),
    ),
    _text("location", "Location"),
    _text("when", "When"),
    _flag("is_meeting", "IsMeeting"),
    _flag("is_cancelled", "IsCancelled"),
    Field(
        uri="calendar:IsRecurring",
        element="IsRecurring",
        read=lambda view: xml.leaf("IsRecurring", _is_recurring(view)),
        kind=Kind.FLAG,
        value=_of(lambda event: event.series_id is not None),
    ),
    Field(
        uri="calendar:MeetingRequestWasSent",
        element="MeetingRequestWasSent",
        read=flag("MeetingRequestWasSent", _of(lambda event: event.request_sent or not event.is_organizer)),
        kind=Kind.FLAG,
        value=_of(lambda event: event.request_sent or not event.is_organizer),
    ),
    _flag("response_requested", "IsResponseRequested", _set_own_terms("response_requested")),
    Field(
        uri="calendar:CalendarItemType",
        element="CalendarItemType",
        read=word("CalendarItemType", KINDS, _of(lambda event: KINDS[event.kind])),
        kind=Kind.CHOICE,
        value=_of(lambda event: KINDS[event.kind]),
    ),
    Field(
        uri="calendar:MyResponseType",
        element="MyResponseType",
        read=word("MyResponseType", words.OWN_RESPONSE, _of(lambda event: words.OWN_RESPONSE[event.my_response])),
        kind=Kind.CHOICE,
        value=_of(lambda event: words.OWN_RESPONSE[event.my_response]),
    ),
    Field(
        uri="calendar:Organizer",
        element="Organizer",
        read=lasting(lambda view: people.single("Organizer", view.event.organizer, view)),
        value=_of(lambda event: event.organizer.name or event.organizer.address),
    ),
    attendee_field("RequiredAttendees", Role.REQUIRED),
    attendee_field("OptionalAttendees", Role.OPTIONAL),
    attendee_field("Resources", Role.RESOURCE),
    MAIL_REMINDERS,
    *neighbour_fields(),
    Field(
        uri="calendar:Duration",
        element="Duration",
        read=text("Duration", _of(lambda event: format_duration(event.duration))),
    ),
    Field(
        uri="calendar:TimeZone",
        element="TimeZone",
        read=lambda view: zone_text(
            view.call, view.event.start_zone, is_recurring=view.event.kind is not EventKind.SINGLE
        ),
    ),
    Field(
        uri="calendar:AppointmentReplyTime",
        element="AppointmentReplyTime",
        read=time("AppointmentReplyTime", _of(lambda event: event.reply_time)),
        kind=Kind.TIME,
        value=_of(lambda event: event.reply_time),
    ),
    Field(
        uri="calendar:AppointmentSequenceNumber",
        element="AppointmentSequenceNumber",
        read=lambda view: xml.leaf("AppointmentSequenceNumber", view.event.sequence),
        kind=Kind.NUMBER,
        value=_of(lambda event: event.sequence),
    ),
    Field(
        uri="calendar:AppointmentState",
        element="AppointmentState",
        read=lambda view: xml.leaf("AppointmentState", appointment_state(view.event)),
        kind=Kind.NUMBER,
        value=_of(appointment_state),
    ),
    recurrence_field(lambda view: view.event.recurrence, is_settable=True),
    *occurrence_fields(lambda view: view.event if view.event.recurrence is not None else None),
    Field(
        uri="calendar:MeetingTimeZone",
        element="MeetingTimeZone",
        read=_meeting_zone,
        found=False,
        create=_set_meeting_zone,
        update=_set_meeting_zone,
    ),
    Field(
        uri="calendar:StartTimeZone",
        element="StartTimeZone",
        read=lambda view: zone_element("StartTimeZone", view.event.start_zone),
        since="Exchange2010",
        create=_set_zone("start_zone"),
        update=_set_zone("start_zone"),
    ),
    Field(
        uri="calendar:EndTimeZone",
        element="EndTimeZone",
        read=lambda view: zone_element("EndTimeZone", view.event.end_zone),
        since="Exchange2010",
        create=_set_zone("end_zone"),
        update=_set_zone("end_zone"),
    ),
    Field(
        uri="calendar:ConferenceType",
        element="ConferenceType",
        read=_conference,
        kind=Kind.NUMBER,
        value=_of(lambda event: event.conference_type),
        create=set_number("conference_type"),
        update=set_number("conference_type"),
        delete=erase("conference_type", None),
    ),
    _flag("allow_new_time_proposals", "AllowNewTimeProposal", _set_own_terms("allow_new_time_proposals")),
    _flag("is_online_meeting", "IsOnlineMeeting", _set_online),
    _text("meeting_workspace_url", "MeetingWorkspaceUrl"),
    _text("net_show_url", "NetShowUrl"),
    place_field(lambda view: view.event, is_settable=True),
    *wall_clock_fields(lambda view: view.event),
    Field(
        uri="meetingRequest:IntendedFreeBusyStatus",
        element="IntendedFreeBusyStatus",
        read=lambda view: xml.leaf("IntendedFreeBusyStatus", show_as(view.event.intended_show_as, view.call.version)),
        since="Exchange2013",
    ),
    Field(
        uri="calendar:JoinOnlineMeetingUrl",
        element="JoinOnlineMeetingUrl",
        read=lambda view: xml.leaf("JoinOnlineMeetingUrl", view.event.join_url) if view.event.join_url else None,
        since="Exchange2013",
        ignored=True,
    ),
    Field(
        uri="calendar:OnlineMeetingSettings",
        element="OnlineMeetingSettings",
        read=lambda _view: None,
        since="Exchange2013",
        ignored=True,
    ),
    Field(
        uri="calendar:IsOrganizer",
        element="IsOrganizer",
        read=flag("IsOrganizer", _of(lambda event: event.is_organizer)),
        since="Exchange2013",
        kind=Kind.FLAG,
        value=_of(lambda event: event.is_organizer),
    ),
    Field(
        uri="calendar:CalendarActivityData",
        element="CalendarActivityData",
        read=lambda _view: None,
        since="Exchange2016",
        ignored=True,
    ),
    replace(_flag("do_not_forward", "DoNotForwardMeeting", _set_own_terms("do_not_forward")), since="V2017_01_07"),
)
"""CalendarItem, in schema order."""
