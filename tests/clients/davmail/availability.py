"""When people are busy."""

from __future__ import annotations

from calendars import address, at, calendar_of, invitation, principal, tell, told


def live() -> object:
    """What the organizer is told of everybody's day."""
    organizer = principal("organizer0")
    times = ("DTSTART:20260302T100000Z", "DTEND:20260302T113000Z")
    calendar_of(organizer).add_event(
        invitation("budget", "SUMMARY:Budget", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", *times, attendees=("attendee0",))
    )
    people = [address(person) for person in ("organizer0", "attendee0", "attendee1")]
    told_of = organizer.freebusy_request(at(2, 0), at(3, 0), people)
    return {person: periods(told_of[person]) for person in people}


def periods(reply: object) -> list[list[str]]:
    """The periods of one person: how busy, from when, until when."""
    (component,) = reply.icalendar_instance.walk("VFREEBUSY")
    found = component.get("FREEBUSY", [])
    entries = found if isinstance(found, list) else [found]
    return [[entry.params["FBTYPE"], told(entry.dt[0]), told(entry.dt[1])] for entry in entries]


tell(live)
