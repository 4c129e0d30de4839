"""The members of an event in a request body, read into the domain's fields: one table for POST and PATCH."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import Attendee, CalendarItem, Role
from reference_impl.domain.recurrence import Recurrence
from reference_impl.domain.series import zone_of_series
from reference_impl.domain.timezone import zone
from reference_impl.graph.fields.values import IMPORTANCE, ROLES, SENSITIVITY, SHOW_AS
from reference_impl.graph.reading.location import read_location, read_locations
from reference_impl.graph.reading.recurrence import read_recurrence
from reference_impl.graph.reading.values import read_body, read_moment, read_person

Writer = Callable[[Any], Mapping[str, Any]]


def _plain(name: str) -> Writer:
    return lambda value: {name: value}


def _word(name: str, words: Mapping[Any, str]) -> Writer:
    known = {spelt: word for word, spelt in words.items()}
    return lambda value: {name: known[value]}


def _edge(name: str) -> Writer:
    def write(value: Any) -> Mapping[str, Any]:
        moment, zone_name = read_moment(value, name)
        return {name: moment, f"{name}_zone": zone_name}

    return write


def _attendees(value: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any]:
    """The people as sent; the act resolves names, drops doubles and keeps the answers of those who stay."""
    return {
        "attendees": tuple(
            [
                Attendee(read_person(each), _ROLES[each["type"]] if "type" in each else Role.REQUIRED)
                for each in value or ()
            ]
        )
    }


_ROLES: Final = {spelt: role for role, spelt in ROLES.items()}

WRITERS: Final[Mapping[str, Writer]] = {
    "subject": lambda value: {"subject": value or ""},
    "body": lambda value: {"body": read_body(value)},
    "start": _edge("start"),
    "end": _edge("end"),
    "isAllDay": _plain("is_all_day"),
    "locations": read_locations,
    "location": read_location,
    "attendees": _attendees,
    "responseRequested": _plain("response_requested"),
    "allowNewTimeProposals": _plain("allow_new_time_proposals"),
    "hideAttendees": _plain("hide_attendees"),
    "showAs": _word("show_as", SHOW_AS),
    "importance": _word("importance", IMPORTANCE),
    "sensitivity": _word("sensitivity", SENSITIVITY),
    "categories": lambda value: {"categories": tuple(value or ())},
    "isReminderOn": _plain("reminder_is_set"),
    "reminderMinutesBeforeStart": _plain("reminder_minutes"),
    "isOnlineMeeting": _plain("is_online_meeting"),
    "onlineMeetingProvider": _plain("online_meeting_provider"),
    "transactionId": _plain("transaction_id"),
    "recurrence": lambda value: {"recurrence": None if value is None else read_recurrence(value)},
}
"""Member to domain fields. ``location`` stands after ``locations``: where both are sent it decides."""


def draft_values(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an EventDraft."""
    values = changed_values(sent)
    if "recurrence" in values:
        start_zone, is_all_day = values.get("start_zone", "UTC"), values.get("is_all_day", False)
        values["recurrence"] = _with_zone(values["recurrence"], start_zone, is_all_day=is_all_day)
    return values


def changed_values(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the members of a PATCH set."""
    values: dict[str, Any] = {}
    for member, write in WRITERS.items():
        if member in sent:
            values.update(write(sent[member]))
    return values


def _with_zone(recurrence: Recurrence | None, start_zone: str, *, is_all_day: bool) -> Recurrence | None:
    """A recurrence whose zone is named only if it is another than that of the start; all-day series have but one."""
    if recurrence is None or not (is_all_day or zone(recurrence.zone or start_zone) == zone(start_zone)):
        return recurrence
    return replace(recurrence, zone="")


def edited(stored: CalendarItem, values: Mapping[str, Any]) -> CalendarItem:
    """The stored item with the fields of ``changed_values``.

    The zones given at creation stay, unless the item runs all day and so needs the zone of its midnights; an online
    meeting stays one (event resource, isOnlineMeeting). A series that is moved to another day starts on that day.
    """
    kept: set[str] = set()
    if not values.get("is_all_day", stored.is_all_day):
        kept |= {"start_zone", "end_zone"}
    if stored.is_online_meeting:
        kept |= {"is_online_meeting", "online_meeting_provider"}
    after = replace(stored, **{name: value for name, value in values.items() if name not in kept})
    if "recurrence" in values:
        return replace(after, recurrence=_with_zone(after.recurrence, after.start_zone, is_all_day=after.is_all_day))
    if after.recurrence is not None and _day(after.start, after) != _day(stored.start, after):
        return replace(after, recurrence=replace(after.recurrence, start=_day(after.start, after)))
    return after


def _day(moment: datetime, series: CalendarItem) -> date:
    return moment.astimezone(zone(zone_of_series(series))).date()
