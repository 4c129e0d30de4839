"""A meeting's whole life: called, answered in three ways, moved, and cancelled."""

from __future__ import annotations

import time

from caldav.lib.error import ETagMismatchError
from calendars import (
    PEOPLE,
    answer,
    answers,
    at,
    calendar_of,
    change,
    collection_tag,
    invitation,
    listing,
    march,
    only,
    principal,
    shown,
    tell,
)


def live() -> object:
    """What organizer and attendees see of it."""
    organizer, attendees = principal("organizer0"), [principal(person) for person in PEOPLE]
    calendar, copies = calendar_of(organizer), [calendar_of(attendee) for attendee in attendees]
    listings = [listing(calendar)]

    called = invitation(
        "budget",
        "SUMMARY:Budget",
        "DESCRIPTION:Numbers\\, please.",
        "LOCATION:Room 4",
        "DTSTART:20260302T100000Z",
        "DTEND:20260302T110000Z",
        attendees=PEOPLE,
    )
    calendar.add_event(called)
    listings.append(listing(calendar))
    invited = [shown(only(copy)) for copy in copies]
    inbox = [item.is_invite_request() for item in attendees[0].schedule_inbox().get_items()]
    outdated = only(calendar)

    for copy, person, status in zip(copies, PEOPLE, ("ACCEPTED", "TENTATIVE", "DECLINED"), strict=True):
        answer(copy, person, status)
    answered = answers(only(calendar))
    own = answers(only(copies[0]))["attendee0@example.com"]

    tags = [collection_tag(calendar)]
    time.sleep(1.1)  # tags tell seconds
    change(only(calendar), dtstart=at(2, 14), dtend=at(2, 15), location="Room 5")
    moved = [shown(only(calendar)), shown(only(copies[0]))]
    tags.append(collection_tag(calendar))
    asked_again = answers(only(copies[0]))["attendee0@example.com"]
    try:
        change(outdated, location="Room 6")
        refused = False
    except ETagMismatchError:
        refused = True

    listings.append(listing(calendar))
    only(calendar).delete()
    listings.append(listing(calendar))
    cancelled = only(copies[0])
    return {
        "calendar": calendar.get_display_name(),
        "listed": [len(each) for each in listings],
        "same": [tags[0] == tags[1], listings[1] == listings[2], listings[1].keys() == listings[2].keys()],
        "invited": invited,
        "inbox": inbox,
        "answered": answered,
        "own": own,
        "moved": moved,
        "asked_again": asked_again,
        "refused": refused,
        "cancelled": [*shown(cancelled), str(cancelled.icalendar_component["STATUS"])],
        "left": len(march(calendar)),
    }


tell(live)
