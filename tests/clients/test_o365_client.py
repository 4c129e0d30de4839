"""O365, unmodified, lives a meeting on the reference server over Graph."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from O365 import Account

from tests.clients.listener import listening
from tests.clients.o365_clients import o365_accounts

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def account(meetproof_server):
    with o365_accounts(meetproof_server) as open_account:
        yield open_account


def invite(organizer: Account, *attendees: str):
    event = organizer.schedule().get_default_calendar().new_event("Budget")
    event.start, event.end = START, START + timedelta(hours=1)
    event.location = "Room 4"
    for attendee in attendees:
        event.attendees.add(attendee)
    assert event.save()
    return event


def own_event(account: Account):
    calendar = account.schedule().get_default_calendar()
    return next(iter(calendar.get_events(include_recurring=False)))


def status(account: Account) -> dict[str, str]:
    return {attendee.address: attendee.response_status.status.value for attendee in own_event(account).attendees}


def test_the_organizer_sees_an_acceptance_and_a_tentative_acceptance(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com", "attendee1@example.com")
    assert own_event(account("attendee0@example.com")).accept_event("I come.")
    assert own_event(account("attendee1@example.com")).accept_event("Perhaps.", tentatively=True)
    assert status(organizer) == {
        "attendee0@example.com": "accepted",
        "attendee1@example.com": "tentatively_accepted",
    }


def test_the_invitation_in_the_inbox_leads_to_the_attendees_event(account):
    invite(account("organizer0@example.com"), "attendee0@example.com")
    attendee = account("attendee0@example.com")
    message = next(iter(attendee.mailbox().inbox_folder().get_messages()))
    assert message.is_event_message
    assert message.get_event().subject == "Budget"


def test_a_cancelled_meeting_is_cancelled_for_the_attendee(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com")
    assert own_event(organizer).cancel_event("Not needed any more.")
    assert own_event(account("attendee0@example.com")).is_cancelled


def test_an_invitation_is_declined_and_the_meeting_moved_and_deleted(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    event = invite(organizer, "attendee0@example.com")
    assert own_event(attendee).decline_event("Not then.")
    assert status(organizer) == {"attendee0@example.com": "declined"}
    [answer] = organizer.mailbox().inbox_folder().get_messages()
    assert answer.is_event_message
    assert answer.subject == "Declined: Budget"
    event.start, event.end = START + timedelta(days=1), START + timedelta(days=1, hours=1)
    event.location = "Room 5"
    assert event.save()
    copy = own_event(attendee)
    assert (copy.start, copy.location["displayName"]) == (START + timedelta(days=1), "Room 5")
    assert status(organizer) == {"attendee0@example.com": "not_responded"}
    assert event.delete()
    assert own_event(attendee).is_cancelled


def test_a_day_is_listed_with_the_occurrences_of_a_series(account):
    organizer = account("organizer0@example.com")
    calendar = organizer.schedule().get_default_calendar()
    series = calendar.new_event("Jour fixe")
    series.start, series.end = START, START + timedelta(hours=1)
    series.recurrence.set_weekly(1, days_of_week=["monday"], first_day_of_week="monday", start=START.date())
    series.recurrence.occurrences = 4
    series.attendees.add("attendee0@example.com")
    assert series.save()
    found = list(calendar.get_events(start_recurring=START, end_recurring=START + timedelta(days=14)))
    assert [event.start for event in found] == [START, START + timedelta(days=7)]
    assert {event.event_type.value for event in found} == {"occurrence"}
    every = list(calendar.get_event(series.object_id).get_occurrences(START, START + timedelta(days=60)))
    assert [event.start for event in every] == [START + timedelta(weeks=week) for week in range(4)]
    query = calendar.q().startswith("subject", "Jour")
    assert [event.subject for event in calendar.get_events(query=query, include_recurring=False)] == ["Jour fixe"]


@pytest.mark.requirement("GRAPH-SCH-001", "GRAPH-SCH-002")
def test_free_times_are_told(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com")
    people = ["organizer0@example.com", "attendee0@example.com"]
    begin, end = START - timedelta(hours=1), START + timedelta(hours=2)
    mine, theirs = organizer.schedule().get_availability(people, begin, end, 60)
    assert mine["availabilityView"] == ["free", "busy", "free"]
    assert theirs["availabilityView"] == ["free", "tentative", "free"]
    assert mine["scheduleItems"][0]["start"] == START


def test_calendars_come_and_go(account):
    schedule = account("organizer0@example.com").schedule()
    made = schedule.new_calendar("Projects")
    assert {calendar.name for calendar in schedule.list_calendars()} >= {"Calendar", "Projects"}
    event = schedule.get_calendar(calendar_name="Projects").new_event("Kick-off")
    event.start, event.end = START, START + timedelta(hours=1)
    assert event.save()
    made.name = "Plans"
    assert made.update()
    assert schedule.get_calendar(calendar_name="Plans").calendar_id == made.calendar_id
    assert made.delete()
    assert schedule.get_calendar(calendar_name="Plans") is None


def test_settings_and_categories_are_kept(account):
    organizer = account("organizer0@example.com")
    assert organizer.mailbox().set_automatic_reply("Away.", "Away, too.")
    replies = organizer.mailbox().get_settings().automaticrepliessettings
    assert (replies.status.value, replies.internal_reply_message) == ("alwaysEnabled", "Away.")
    made = organizer.outlook_categories().create_category("Customers")
    assert "Customers" in {each.name for each in organizer.outlook_categories().get_categories()}
    assert made.delete()
    assert organizer.get_current_user_data().mail == "organizer0@example.com"


@pytest.mark.requirement("GRAPH-SUB-001", "GRAPH-SUB-011", "GRAPH-SUB-015", "GRAPH-SUB-017")
def test_changes_are_notified_until_the_subscription_ends(account):
    organizer = account("organizer0@example.com")
    subscriptions = organizer.subscriptions()
    with listening() as listener:
        made = subscriptions.create_subscription(
            listener.url, "/me/events", ["created", "deleted"], expiration_minutes=60, client_state="ours"
        )
        assert [each["id"] for each in subscriptions.list_subscriptions()] == [made["id"]]
        event = invite(organizer, "attendee0@example.com")
        assert listener.wait_for("created")["resourceData"]["id"] == event.object_id
        renewed = subscriptions.renew_subscription(made["id"], expiration_minutes=120)
        assert renewed["expirationDateTime"] > made["expirationDateTime"]
        assert event.delete()
        assert listener.wait_for("deleted")["clientState"] == "ours"
        assert subscriptions.delete_subscription(made["id"])
        assert list(subscriptions.list_subscriptions()) == []
