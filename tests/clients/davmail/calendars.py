"""Calendars behind DavMail, opened by the library caldav, unmodified; a workflow tells what it saw as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import caldav
from caldav.elements.base import BaseElement
from caldav.elements.dav import GetEtag

_, URL, PASSWORD = sys.argv
PEOPLE = ("attendee0", "attendee1", "attendee2")
MARCH = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)


class _CollectionTag(BaseElement):
    tag = "{http://calendarserver.org/ns/}getctag"


def address(person: str) -> str:
    """The calendar address of a person at example.com."""
    return f"mailto:{person}@example.com"


def principal(person: str) -> caldav.Principal:
    """Somebody who has logged in."""
    client = caldav.DAVClient(url=URL, username=f"{person}@example.com", password=PASSWORD)
    return client.principal()


def calendar_of(who: caldav.Principal) -> caldav.Calendar:
    """The one calendar that a person has."""
    (calendar,) = who.calendars()
    return calendar


def collection_tag(calendar: caldav.Calendar) -> str:
    """What is another as soon as something in the calendar is."""
    return calendar.get_properties([_CollectionTag()])[_CollectionTag.tag]


def listing(calendar: caldav.Calendar) -> dict[str, str]:
    """The entity tags of all that is in a calendar."""
    return {str(event.url): event.props[GetEtag.tag] for event in calendar.get_objects_by_sync_token()}


def march(calendar: caldav.Calendar, *, expand: bool = False) -> list[caldav.Event]:
    """What is in a calendar in March 2026; a series is one event, or each of its occurrences if it is expanded."""
    start, end = MARCH
    return calendar.search(start=start, end=end, event=True, expand=expand)


def only(calendar: caldav.Calendar) -> caldav.Event:
    """The one event of March 2026."""
    (event,) = march(calendar)
    return event


def at(day: int, hour: int) -> datetime:
    """A time in March 2026."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def told(moment: datetime) -> str:
    """A moment as tests write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def answers(event: caldav.Event) -> dict[str, str]:
    """What is known of the attendees' answers."""
    people = event.icalendar_component["ATTENDEE"]
    people = people if isinstance(people, list) else [people]
    return {str(one).lower().removeprefix("mailto:"): one.params["PARTSTAT"] for one in people}


def answer(calendar: caldav.Calendar, person: str, status: str) -> None:
    """Answer the one invitation in somebody's calendar."""
    event = only(calendar)
    event.change_attendee_status(attendee=address(person), partstat=status)
    event.save()


def change(event: caldav.Event, **properties: Any) -> None:
    """Write other values into an event and save it."""
    component = event.icalendar_component
    for name, value in properties.items():
        component.pop(name.upper(), None)
        component.add(name.upper(), value)
    event.save()


def shown(event: caldav.Event) -> list[str]:
    """The subject, the start and the place of an event."""
    component = event.icalendar_component
    return [str(component["SUMMARY"]), told(component["DTSTART"].dt), str(component.get("LOCATION", ""))]


def invitation(uid: str, *lines: str, attendees: tuple[str, ...] = ()) -> str:
    """A meeting of organizer0, as calendars write it."""
    invited = (
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:{address(person)}" for person in attendees
    )
    inside = "\r\n".join((*lines, f"ORGANIZER:{address('organizer0')}", *invited))
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Calendar//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260227T080000Z\r\n{inside}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def tell(workflow: Callable[[], object]) -> None:
    """Run a workflow and print what it tells."""
    print(json.dumps(workflow()))  # noqa: T201  the one who started the script reads it
