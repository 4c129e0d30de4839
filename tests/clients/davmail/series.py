"""A series, of which one occurrence is moved and one is cancelled."""

from __future__ import annotations

from caldav import Event
from calendars import (
    PEOPLE,
    at,
    calendar_of,
    invitation,
    march,
    only,
    principal,
    shown,
    tell,
)
from icalendar import Event as Component


def exception_of(master: Component) -> Component:
    """The second occurrence, as it was moved to a Tuesday."""
    moved = Component()
    moved.add("UID", master["UID"])
    moved.add("DTSTAMP", at(1, 0))
    moved.add("RECURRENCE-ID", at(9, 10))
    moved.add("DTSTART", at(10, 12))
    moved.add("DTEND", at(10, 13))
    moved.add("SUMMARY", "Jour fixe on Tuesday")
    for name in ("ORGANIZER", "ATTENDEE", "LOCATION"):
        moved[name] = master[name]
    return moved


def change(event: Event) -> None:
    """Move the second occurrence and take the third one out."""
    calendar = event.icalendar_instance
    (master,) = calendar.walk("VEVENT")
    master.add("EXDATE", at(16, 10))
    calendar.add_component(exception_of(master))
    event.data = calendar.to_ical().decode()
    event.save()


def live() -> object:
    """What organizer and attendees see of it."""
    calendar = calendar_of(principal("organizer0"))
    copy = calendar_of(principal("attendee0"))
    called = invitation(
        "jour-fixe",
        "SUMMARY:Jour fixe",
        "LOCATION:Room 4",
        "DTSTART:20260302T100000Z",
        "DTEND:20260302T110000Z",
        "RRULE:FREQ=WEEKLY;UNTIL=20260323T100000Z;BYDAY=MO",
        attendees=PEOPLE,
    )
    calendar.add_event(called)
    invited = [shown(event) for event in march(copy, expand=True)]
    change(only(calendar))
    left = {
        "organizer": [shown(event) for event in march(calendar, expand=True)],
        "attendee": [shown(event) for event in march(copy, expand=True)],
    }
    only(calendar).delete()
    return {"invited": invited, "left": left, "ended": [shown(event)[0] for event in march(copy)]}


tell(live)
