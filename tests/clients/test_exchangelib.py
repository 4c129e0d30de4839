"""exchangelib, unmodified, with Basic authentication, lives a meeting on the reference server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from exchangelib import Account, CalendarItem
from exchangelib.items import (
    ID_ONLY,
    SEND_TO_ALL_AND_SAVE_COPY,
    MeetingCancellation,
    MeetingRequest,
    MeetingResponse,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def invite(organizer: Account, *attendees: str, **fields: object) -> CalendarItem:
    zone = organizer.default_timezone
    item = CalendarItem(
        account=organizer,
        folder=organizer.calendar,
        subject="Budget",
        body="Numbers, please.",
        location="Room 4",
        start=START.astimezone(zone),
        end=(START + timedelta(hours=1)).astimezone(zone),
        required_attendees=list(attendees),
        **fields,
    )
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    return item


def received(account: Account, kind: type):
    return next(item for item in account.inbox.all() if isinstance(item, kind))


def answers(item: CalendarItem) -> dict[str, str]:
    item.refresh()
    return {attendee.mailbox.email_address: attendee.response_type for attendee in item.required_attendees}


def test_the_organizer_sees_an_acceptance_and_a_tentative_acceptance(account):
    organizer = account("organizer0@example.com")
    meeting = invite(organizer, "attendee0@example.com", "attendee1@example.com")
    assert answers(meeting) == {"attendee0@example.com": "Unknown", "attendee1@example.com": "Unknown"}

    received(account("attendee0@example.com"), MeetingRequest).accept(body="I come.")
    received(account("attendee1@example.com"), MeetingRequest).tentatively_accept(body="Perhaps.")

    assert answers(meeting) == {"attendee0@example.com": "Accept", "attendee1@example.com": "Tentative"}
    subjects = {item.subject for item in organizer.inbox.all() if isinstance(item, MeetingResponse)}
    assert subjects == {"Accepted: Budget", "Tentative: Budget"}


def test_an_attendee_proposes_a_time_and_the_organizer_moves_the_meeting(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    meeting = invite(organizer, "attendee0@example.com", allow_new_time_proposal=True)
    later = (START + timedelta(days=1)).astimezone(attendee.default_timezone)
    received(attendee, MeetingRequest).decline(proposed_start=later, proposed_end=later + timedelta(hours=1))

    response = received(organizer, MeetingResponse)
    assert response.proposed_start == later
    assert response.associated_calendar_item_id.id == meeting.id

    meeting.refresh()
    meeting.start, meeting.end = later, later + timedelta(hours=1)
    meeting.save(update_fields=["start", "end"], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    assert [item.start for item in attendee.calendar.view(start=later, end=later + timedelta(hours=1))] == [later]
    assert answers(meeting) == {"attendee0@example.com": "Unknown"}


def test_a_cancelled_meeting_reaches_the_attendee(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    meeting = invite(organizer, "attendee0@example.com")
    meeting.cancel(body="Not needed any more.")
    cancellation = received(attendee, MeetingCancellation)
    assert cancellation.subject == "Canceled: Budget"
    assert [item.is_cancelled for item in attendee.calendar.all()] == [True]


def test_items_are_found_by_restrictions_and_order(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com")
    assert organizer.calendar.filter(subject__contains="udge").count() == 1
    assert organizer.calendar.filter(subject="Other").count() == 0
    assert [item.subject for item in organizer.sent.all().order_by("-datetime_received")] == ["Budget"]
    assert organizer.calendar.all().only("subject").get().subject == "Budget"
    assert ID_ONLY


def test_free_busy_shows_the_meeting(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com")
    zone = organizer.default_timezone
    day = START.replace(hour=0).astimezone(zone)
    views = list(
        organizer.protocol.get_free_busy_info(
            accounts=[(organizer, "Organizer", False), ("attendee0@example.com", "Required", False)],
            start=day,
            end=day + timedelta(days=1),
            merged_free_busy_interval=60,
        )
    )
    assert [[event.busy_type for event in view.calendar_events] for view in views] == [["Busy"], ["Tentative"]]
