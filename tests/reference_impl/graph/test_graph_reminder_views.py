"""reminderView, which tells what EWS's GetReminders does."""

from __future__ import annotations

import pytest

from reference_impl.graph import address

ME = "/v1.0/me"


def view(start: str, end: str) -> str:
    return f"{ME}/reminderView(startDateTime='{start}',endDateTime='{end}')"


DAY = view("2026-02-02T00:00:00.0000000", "2026-02-03T00:00:00.0000000")


@pytest.fixture
def event(office, lunch):
    """An event at noon that reminds a quarter of an hour before."""
    return office.alex.post(f"{ME}/events", {**lunch, "attendees": [], "reminderMinutesBeforeStart": 15})


@pytest.mark.requirement("GRAPH-MBX-009")
def test_reminders_that_come_in_the_window_are_told(office, event):
    (reminder,) = office.alex.get(DAY)["value"]
    assert reminder["eventId"] == event["id"]
    assert (reminder["eventSubject"], reminder["eventLocation"]["displayName"]) == ("Lunch", "Harry's Bar")
    assert (reminder["changeKey"], reminder["eventWebLink"]) == (event["changeKey"], event["webLink"])
    assert reminder["reminderFireTime"] == {"dateTime": "2026-02-02T11:45:00.0000000", "timeZone": "UTC"}
    assert reminder["eventStartTime"]["dateTime"] == "2026-02-02T12:00:00.0000000"
    assert reminder["eventEndTime"]["dateTime"] == "2026-02-02T13:00:00.0000000"


@pytest.mark.parametrize(
    ("start", "end", "is_there"),
    [
        ("2026-02-02T11:45:00", "2026-02-02T11:46:00", True),
        ("2026-02-02T11:44:00Z", "2026-02-02T11:45:00Z", True),
        ("2026-02-02T12:45:00+01:00", "2026-02-02T12:46:00+01:00", True),
        ("2026-02-02T11:46:00", "2026-02-02T13:00:00", False),
        ("2026-02-02T00:00:00", "2026-02-02T11:44:00", False),
    ],
)
def test_the_time_of_the_reminder_decides_not_that_of_the_event(office, event, start, end, is_there):
    assert bool(office.alex.get(view(start, end))["value"]) is is_there


def test_times_follow_the_preferred_zone(office, event):
    (reminder,) = office.alex.get(DAY, prefer='outlook.timezone="Tokyo Standard Time"')["value"]
    assert reminder["reminderFireTime"] == {
        "dateTime": "2026-02-02T20:45:00.0000000",
        "timeZone": "Tokyo Standard Time",
    }


def test_snoozed_and_dismissed_reminders_are_told_as_they_are(office, event):
    later = {"newReminderTime": {"dateTime": "2026-02-02T11:55:00", "timeZone": "UTC"}}
    assert office.alex.post(f"{ME}/events/{event['id']}/snoozeReminder", later).status == 200
    (reminder,) = office.alex.get(DAY)["value"]
    assert reminder["reminderFireTime"]["dateTime"] == "2026-02-02T11:55:00.0000000"
    assert office.alex.post(f"{ME}/events/{event['id']}/dismissReminder").status == 200
    assert office.alex.get(DAY)["value"] == []


def test_events_without_a_reminder_and_in_deleted_items_do_not_remind(office, event, lunch):
    silent = office.alex.post(f"{ME}/events", {**lunch, "attendees": [], "isReminderOn": False})
    assert [each["eventId"] for each in office.alex.get(DAY)["value"]] == [event["id"]]
    assert silent["isReminderOn"] is False
    office.alex.delete(f"{ME}/events/{event['id']}")
    assert office.alex.get(DAY)["value"] == []


def test_they_come_in_the_order_of_their_times_and_in_pages(office, event, lunch):
    first = office.alex.post(f"{ME}/events", {**lunch, "attendees": [], "reminderMinutesBeforeStart": 60})
    page = office.alex.get(f"{DAY}?$top=1&$count=true&$select=eventSubject")
    assert page["@odata.count"] == 2
    assert page["value"] == [{"eventId": first["id"], "eventSubject": "Lunch"}]
    following = office.alex.get(page["@odata.nextLink"].partition(":8080")[2])
    assert [each["eventId"] for each in following["value"]] == [event["id"]]


def test_a_window_may_be_written_as_msgraph_sdk_writes_it(office, event, monkeypatch):
    target = f"{ME}/reminderView(StartDateTime='2026-02-02T00%3A00%3A00'EndDateTime='2026-02-03T00%3A00%3A00')"
    assert office.alex.get(target)["value"] == office.alex.get(DAY)["value"] != []
    monkeypatch.setattr(address, "FREEDOMS", {})
    assert office.alex.get(target).code == "BadRequest"
    assert len(office.alex.get(DAY)["value"]) == 1


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (view("soon", "2026-02-03T00:00:00"), "ErrorInvalidParameter"),
        (view("2026-02-03T00:00:00", "2026-02-02T00:00:00"), "ErrorInvalidParameter"),
        (f"{ME}/reminderView(startDateTime='2026-02-02T00:00:00')", "BadRequest"),
        (f"{ME}/reminderView", "BadRequest"),
    ],
)
def test_a_window_that_is_none_is_refused(office, target, code):
    answer = office.alex.get(target)
    assert (answer.status, answer.code) == (400, code)


def test_reminders_are_their_owners_alone(office, event):
    share = {"emailAddress": {"address": "AdeleV@contoso.com"}, "role": "delegateWithPrivateEventAccess"}
    assert office.alex.post(f"{ME}/calendar/calendarPermissions", share).status == 201
    answer = office.adele.get(DAY.replace("/me/", "/users/AlexW@contoso.com/"))
    assert (answer.status, answer.code) == (403, "ErrorAccessDenied")
    application = office.caller("organizer0@example.com", application=True)
    assert len(application.get(DAY.replace("/me/", "/users/AlexW@contoso.com/"))["value"]) == 1


def test_answers_about_reminders_are_whole(office, event, see_damage):
    assert see_damage([("reminder.schema.json#/$defs/collection", office.alex.get(DAY).json)])
