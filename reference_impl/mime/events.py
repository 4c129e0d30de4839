"""Calendar items as VEVENTs ([MS-OXCICAL] 2.1.3.1.1.20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from icalendar import Alarm, Event, vBinary, vDDDLists, vDDDTypes, vText

from reference_impl.domain.items import (
    Attachment,
    AttachmentKind,
    BodyType,
    CalendarItem,
    ShowAs,
)
from reference_impl.domain.mailbox import Person
from reference_impl.domain.series import deleted_starts, exceptions_of, zone_of_series
from reference_impl.domain.timezone import zone
from reference_impl.mime import words
from reference_impl.mime.bodies import as_text
from reference_impl.mime.people import address_of, attendee_of
from reference_impl.mime.recurrences import utc_until, write_rule
from reference_impl.mime.zones import is_utc, tzid_of

Content = Callable[[Attachment], bytes]
"""The bytes of a file that hangs on an item."""

_STATUSES: Final = {ShowAs.TENTATIVE: "TENTATIVE"}
_X: Final = "X-MICROSOFT-"


def events_of(item: CalendarItem, owner: Person, content: Content) -> list[Event]:
    """The VEVENT of somebody's item; a series is followed by its changed occurrences."""
    changed = exceptions_of(item) if item.recurrence is not None else ()
    return [event_of(each, owner, content) for each in (item, *changed)]


def event_of(item: CalendarItem, owner: Person, content: Content) -> Event:
    """One VEVENT: of a single item, of the master of a series, or of an occurrence."""
    event = Event()
    _add_people(event, item, owner)
    _add_text(event, "DESCRIPTION", as_text(item.body))
    if item.body.type is BodyType.HTML:
        event.add("X-ALT-DESC", vText(words.clean(item.body.content), params={"FMTTYPE": "text/html"}))
    _add_recurrence(event, item)
    _add_text(event, "UID", item.uid)
    if item.original_start is not None:
        _add(event, "RECURRENCE-ID", _moment(item.original_start, item.start_zone))
    _add_text(event, "SUMMARY", item.subject)
    _add(event, "DTSTART", _moment(item.start, zone_of_series(item)))
    _add(event, "DTEND", _moment(item.end, item.start_zone if item.is_all_day else item.end_zone))
    event.add("CLASS", words.CLASSES[item.sensitivity])
    event.add("PRIORITY", words.PRIORITIES[item.importance])
    event.add("DTSTAMP", item.modified.replace(microsecond=0))
    event.add("TRANSP", "TRANSPARENT" if item.show_as is ShowAs.FREE else "OPAQUE")
    event.add("STATUS", "CANCELLED" if item.is_cancelled else _STATUSES.get(item.show_as, "CONFIRMED"))
    event.add("SEQUENCE", item.sequence)
    _add_text(event, "LOCATION", item.location)
    if item.categories:
        event.add("CATEGORIES", [words.clean(name) for name in item.categories])
    _add_exchange_properties(event, item)
    _add_files(event, item.attachments, content)
    if item.reminder_is_set:
        event.add_component(_alarm(item.reminder_minutes))
    return event


def _add(event: Event, name: str, value: Any) -> None:
    """A value that is in its final form."""
    event.add(name, value, encode=False)


def _add_text(event: Event, name: str, text: str) -> None:
    if text:
        event.add(name, vText(words.clean(text)))


def _add_people(event: Event, item: CalendarItem, owner: Person) -> None:
    """The organizer's item has everybody's answers, that of an attendee the own one."""
    if not item.is_meeting:
        return
    _add(event, "ORGANIZER", address_of(item.organizer))
    for entry in item.attendees:
        is_own = not item.is_organizer and entry.person.is_same(owner)
        answer = item.my_response if is_own else entry.response
        _add(event, "ATTENDEE", attendee_of(entry, answer, asks=item.response_requested))


def _add_recurrence(event: Event, item: CalendarItem) -> None:
    if item.recurrence is None:
        return
    series_zone = zone(zone_of_series(item))
    hour = item.start.astimezone(series_zone).time()
    _add(event, "RRULE", write_rule(item.recurrence, utc_until(series_zone, hour)))
    deleted = deleted_starts(item)
    if deleted:
        _add(event, "EXDATE", _moments(deleted, zone_of_series(item)))


def _moment(moment: datetime, zone_name: str) -> vDDDTypes:
    """A moment on the clock of a zone; in UTC where that clock shows it for the second time."""
    wall = moment.astimezone(zone(zone_name)).replace(tzinfo=None, fold=0)
    if is_utc(zone_name) or wall.replace(tzinfo=zone(zone_name)).astimezone(UTC) != moment:
        return vDDDTypes(moment.astimezone(UTC))
    value = vDDDTypes(wall)
    value.params["TZID"] = tzid_of(zone_name)
    return value


def _moments(moments: Iterable[datetime], zone_name: str) -> vDDDLists:
    if is_utc(zone_name):
        return vDDDLists([moment.astimezone(UTC) for moment in moments])
    value = vDDDLists([moment.astimezone(zone(zone_name)).replace(tzinfo=None) for moment in moments])
    value.params["TZID"] = tzid_of(zone_name)
    return value


def _add_exchange_properties(event: Event, item: CalendarItem) -> None:
    properties = {
        "CDO-APPT-SEQUENCE": str(item.sequence),
        "CDO-BUSYSTATUS": words.BUSY[item.show_as],
        "CDO-INTENDEDSTATUS": words.BUSY[item.intended_show_as],
        "CDO-ALLDAYEVENT": _truth(value=item.is_all_day),
        "CDO-IMPORTANCE": str(words.IMPORTANCES.index(item.importance)),
        "CDO-INSTTYPE": words.INSTANCES[item.kind],
        "DONOTFORWARDMEETING": _truth(value=item.do_not_forward),
        "DISALLOW-COUNTER": _truth(value=not item.allow_new_time_proposals),
    }
    for name, value in properties.items():
        event.add(_X + name, vText(value))


def _truth(*, value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _add_files(event: Event, attachments: Iterable[Attachment], content: Content) -> None:
    """Files; items that are attached have no place in a calendar."""
    for attachment in attachments:
        if attachment.kind is AttachmentKind.FILE:
            value = vBinary(content(attachment))
            if attachment.content_type:
                value.params["FMTTYPE"] = words.line(attachment.content_type)
            value.params["X-FILENAME"] = words.line(attachment.name)
            _add(event, "ATTACH", value)


def _alarm(minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("DESCRIPTION", "REMINDER")
    alarm.add("TRIGGER", timedelta(minutes=-minutes), parameters={"RELATED": "START"})
    alarm.add("ACTION", "DISPLAY")
    return alarm
