"""getSchedule: order, digits, details by permission, limits."""

from __future__ import annotations

from typing import Any

import pytest

from reference_impl.domain.copying import replace
from reference_impl.domain.permissions import Level


def ask(
    *addresses: str, start: str = "2026-02-02T00:00:00", end: str = "2026-02-03T00:00:00", **more: Any
) -> dict[str, Any]:
    window = {"startTime": {"dateTime": start, "timeZone": "UTC"}, "endTime": {"dateTime": end, "timeZone": "UTC"}}
    return {"schedules": list(addresses), **window, **more}


def schedule(caller, *addresses: str, **more: Any) -> list[dict[str, Any]]:
    answer = caller.post("/v1.0/me/calendar/getSchedule", ask(*addresses, **more))
    assert answer.status == 200
    return answer["value"]


@pytest.fixture
def busy(office, lunch):
    """Adele's day: one hour of each status from 8 to 13 UTC."""
    for hour, status in enumerate(("free", "tentative", "busy", "oof", "workingElsewhere"), start=8):
        body = {
            "subject": f"{status} at {hour}",
            "start": {"dateTime": f"2026-02-02T{hour:02d}:00:00"},
            "end": {"dateTime": f"2026-02-02T{hour + 1:02d}:00:00"},
            "location": {"displayName": "Desk"},
            "showAs": status,
        }
        assert office.adele.post("/v1.0/me/events", body).status == 201
    return office


@pytest.mark.requirement("GRAPH-SCH-001", "GRAPH-SCH-008")
def test_there_is_one_entry_per_address_in_the_order_asked(busy):
    addresses = ["nobody@nowhere.test", "AdeleV@contoso.com", "alexw@contoso.com", "list0@example.com"]
    entries = schedule(busy.alex, *addresses)
    assert [entry["scheduleId"] for entry in entries] == addresses
    assert entries[0]["error"]["responseCode"] == "5009"
    assert all("error" not in entry for entry in entries[1:])


@pytest.mark.requirement("GRAPH-SCH-005", "GRAPH-SCH-006")
def test_each_status_has_its_digit(busy):
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com", availabilityViewInterval=60)
    assert entry["availabilityView"] == "0" * 8 + "01230" + "0" * 11
    assert [item["status"] for item in entry["scheduleItems"]] == [
        "free",
        "tentative",
        "busy",
        "oof",
        "workingElsewhere",
    ]


@pytest.mark.requirement("GRAPH-SCH-002", "GRAPH-SCH-004", "GRAPH-SCH-007")
def test_the_slot_shows_the_strongest_status_and_a_partial_one_counts(busy):
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com", availabilityViewInterval=1000)
    assert entry["availabilityView"] == "30"
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com")
    assert len(entry["availabilityView"]) == 48
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com", start="2026-02-02T10:30:00", end="2026-02-02T11:20:00")
    assert entry["availabilityView"] == "23"
    assert entry["scheduleItems"][0]["start"]["dateTime"] == "2026-02-02T10:00:00.0000000"


@pytest.mark.requirement("GRAPH-SCH-011")
def test_times_follow_the_preferred_zone_and_it_is_echoed(busy):
    prefer = 'outlook.timezone="Tokyo Standard Time"'
    answer = busy.alex.post("/v1.0/me/calendar/getSchedule", ask("AdeleV@contoso.com"), prefer=prefer)
    item = answer["value"][0]["scheduleItems"][0]
    assert item["start"] == {"dateTime": "2026-02-02T17:00:00.0000000", "timeZone": "Tokyo Standard Time"}
    assert answer.headers["preference-applied"] == prefer


@pytest.mark.requirement("GRAPH-SCH-012")
def test_working_hours_are_those_of_the_settings(busy):
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com")
    assert entry["workingHours"] == busy.adele.get("/v1.0/me/mailboxSettings")["workingHours"]
    hours = {"daysOfWeek": ["friday"], "startTime": "06:00:00", "timeZone": {"name": "Europe/Berlin"}}
    changed = busy.adele.patch("/v1.0/me/mailboxSettings", {"workingHours": hours})["workingHours"]
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com")
    assert entry["workingHours"] == changed
    assert (changed["startTime"], changed["timeZone"]) == ("06:00:00.0000000", {"name": "Europe/Berlin"})


def test_others_see_the_time_alone_and_the_owner_sees_everything(busy):
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com")
    assert all(set(item) == {"status", "start", "end"} for item in entry["scheduleItems"])
    (entry,) = schedule(busy.adele, "AdeleV@contoso.com")
    assert entry["scheduleItems"][2]["subject"] == "busy at 10"
    assert entry["scheduleItems"][2]["location"] == "Desk"
    assert entry["scheduleItems"][2]["isPrivate"] is False


@pytest.mark.requirement("GRAPH-SCH-009", "GRAPH-SCH-010")
@pytest.mark.parametrize("sensitivity", ["normal", "personal", "private", "confidential"])
def test_a_shared_calendar_shows_details_of_normal_and_personal_items_only(office, lunch, sensitivity):
    opened = replace(office.adele.actor, default_access=Level.TIME_SUBJECT_LOCATION)
    office.world.store.populate([opened], office.world.ids, office.world.clock.now())
    office.adele.post("/v1.0/me/events", {**lunch, "attendees": [], "sensitivity": sensitivity})
    (entry,) = schedule(office.alex, "AdeleV@contoso.com")
    (item,) = entry["scheduleItems"]
    assert ("subject" in item) is (sensitivity in {"normal", "personal"})
    (own,) = schedule(office.adele, "AdeleV@contoso.com")[0]["scheduleItems"]
    assert own["subject"] == "Lunch"
    assert own["isPrivate"] is (sensitivity in {"private", "confidential"})


def test_a_server_that_tells_private_details_tells_them_in_schedules(make_office, lunch):
    office = make_office(faults=frozenset({"private-details-told"}))
    opened = replace(office.adele.actor, default_access=Level.TIME_SUBJECT_LOCATION)
    office.world.store.populate([opened], office.world.ids, office.world.clock.now())
    office.adele.post("/v1.0/me/events", {**lunch, "attendees": [], "sensitivity": "private"})
    (entry,) = schedule(office.alex, "AdeleV@contoso.com")
    assert entry["scheduleItems"][0]["subject"] == "Lunch"


def test_a_closed_calendar_is_an_error_of_its_entry(office):
    closed = replace(office.adele.actor, default_access=Level.NONE)
    office.world.store.populate([closed], office.world.ids, office.world.clock.now())
    first, second = schedule(office.alex, "AdeleV@contoso.com", "AlexW@contoso.com")
    assert first["error"]["responseCode"] == "5016"
    assert "error" not in second


def test_a_list_is_the_merge_of_its_members(office, lunch):
    for number, hour in ((0, 9), (3, 11)):
        body = {
            **lunch,
            "attendees": [],
            "start": {"dateTime": f"2026-02-02T{hour:02d}:00:00"},
            "end": {"dateTime": f"2026-02-02T{hour + 1:02d}:00:00"},
        }
        office.caller(f"attendee{number}@example.com").post("/v1.0/me/events", body)
    (entry,) = schedule(office.alex, "list0@example.com", availabilityViewInterval=60)
    assert entry["availabilityView"] == "0" * 9 + "202" + "0" * 12
    assert entry["scheduleItems"] == []


@pytest.mark.requirement("GRAPH-SCH-019")
def test_cancelled_and_declined_meetings_leave_the_time_free(office, invited):
    def view() -> str:
        return str(schedule(office.alex, "AdeleV@contoso.com", availabilityViewInterval=60)[0]["availabilityView"])

    assert view()[12] == "1"
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    assert view()[12] == "2"
    office.alex.post(f"/v1.0/me/events/{invited[0]}/cancel")
    assert view()[12] == "0"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "interval too short": (ask("a@b.c", availabilityViewInterval=4), "ErrorInvalidMergedFreeBusyInterval"),
    "interval too long": (ask("a@b.c", availabilityViewInterval=1441), "ErrorInvalidMergedFreeBusyInterval"),
    "interval longer than the window": (
        ask("a@b.c", end="2026-02-02T01:00:00", availabilityViewInterval=61),
        "ErrorInvalidMergedFreeBusyInterval",
    ),
    "interval that is no number": (ask("a@b.c", availabilityViewInterval="soon"), "RequestBodyRead"),
    "window reversed": (ask("a@b.c", end="2026-02-01T00:00:00"), "ErrorInvalidTimeInterval"),
    "window empty": (ask("a@b.c", end="2026-02-02T00:00:00"), "ErrorInvalidTimeInterval"),
    "window of 63 days": (ask("a@b.c", end="2026-04-06T00:00:00"), "ErrorTimeIntervalTooBig"),
    "no end": ({**ask("a@b.c"), "endTime": None}, "RequestBodyRead"),
    "no times": ({"schedules": ["a@b.c"]}, "ErrorInvalidTimeInterval"),
    "101 addresses": (ask(*(f"a{n}@b.c" for n in range(101))), "ErrorMailboxDataArrayTooBig"),
    "no addresses": (ask(), "ErrorInvalidParameter"),
    "addresses that are no texts": ({**ask(), "schedules": [5]}, "RequestBodyRead"),
    "unknown zone": (
        {**ask("a@b.c"), "startTime": {"dateTime": "2026-02-02T00:00:00", "timeZone": "Mars"}},
        "TimeZoneNotSupportedException",
    ),
}


@pytest.mark.requirement("GRAPH-SCH-003", "GRAPH-SCH-014", "GRAPH-SCH-015", "GRAPH-SCH-016")
@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_asked_is_refused(office, name):
    body, code = WRONG[name]
    answer = office.alex.post("/v1.0/me/calendar/getSchedule", body)
    assert (answer.status, answer.code) == (400, code)


def test_the_days_of_the_window_are_those_of_the_zone_of_its_start(office):
    """In 62 days of Berlin's autumn the clock goes back once."""
    body = ask("a@b.c", start="2026-10-01T00:00:00", end="2026-12-02T00:00:00")
    assert office.alex.post("/v1.0/me/calendar/getSchedule", body).status == 200
    for name in ("startTime", "endTime"):
        body[name]["timeZone"] = "W. Europe Standard Time"
    assert office.alex.post("/v1.0/me/calendar/getSchedule", body).status == 200
    body["endTime"]["dateTime"] = "2026-12-02T00:00:01"
    assert office.alex.post("/v1.0/me/calendar/getSchedule", body).code == "ErrorTimeIntervalTooBig"


@pytest.mark.requirement("GRAPH-SCH-002", "GRAPH-SCH-013", "GRAPH-SCH-015")
def test_the_limits_themselves_are_allowed(office):
    calendar = office.alex.get("/v1.0/me/calendar")["id"]
    for body in (
        ask("a@b.c", end="2026-04-05T00:00:00"),
        ask(*(f"a{n}@b.c" for n in range(100))),
        ask("a@b.c", availabilityViewInterval=5),
        ask("a@b.c", availabilityViewInterval=1440),
        ask("a@b.c", availabilityViewInterval=None),
    ):
        for place in ("calendar", f"calendars/{calendar}"):
            assert office.alex.post(f"/v1.0/me/{place}/getSchedule", body).status == 200


@pytest.mark.requirement("GRAPH-SCH-017")
def test_only_the_default_calendar_counts(office, lunch):
    other = office.adele.post("/v1.0/me/calendars", {"name": "Private life"})["id"]
    office.adele.post(f"/v1.0/me/calendars/{other}/events", {**lunch, "attendees": []})
    (entry,) = schedule(office.alex, "AdeleV@contoso.com", availabilityViewInterval=60)
    assert (entry["availabilityView"], entry["scheduleItems"]) == ("0" * 24, [])


@pytest.mark.requirement("GRAPH-SCH-018")
def test_parameters_may_be_in_any_case_and_numbers_may_be_texts(busy):
    asked = ask("AdeleV@contoso.com", availabilityViewInterval="60")
    body = {name[0].upper() + name[1:]: value for name, value in asked.items()}
    body["StartTime"] = {name.upper(): value for name, value in asked["startTime"].items()}
    answer = busy.alex.post("/v1.0/me/calendar/microsoft.graph.getSchedule", body)
    assert answer["value"] == schedule(busy.alex, "AdeleV@contoso.com", availabilityViewInterval=60)


@pytest.mark.requirement("GRAPH-SCH-020")
def test_a_declined_meeting_leaves_the_time_free(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/decline")
    (entry,) = schedule(office.alex, "AdeleV@contoso.com", availabilityViewInterval=60)
    assert entry["availabilityView"] == "0" * 24


@pytest.mark.requirement("GRAPH-SCH-021")
def test_too_many_events_are_an_error_of_their_entry(make_office):
    office = make_office(free_busy_events=2)
    for hour in (8, 10, 12):
        body = {
            "start": {"dateTime": f"2026-02-02T{hour:02d}:00:00"},
            "end": {"dateTime": f"2026-02-02T{hour + 1:02d}:00:00"},
        }
        office.adele.post("/v1.0/me/events", body)
    first, second = schedule(office.alex, "AdeleV@contoso.com", "AlexW@contoso.com")
    assert first["error"]["responseCode"] == "5006"
    assert "error" not in second
    (fewer,) = schedule(office.alex, "AdeleV@contoso.com", end="2026-02-02T12:00:00")
    assert len(fewer["scheduleItems"]) == 2


@pytest.mark.parametrize(
    ("role", "members"),
    [
        ("freeBusyRead", {"status", "start", "end"}),
        ("limitedRead", {"status", "start", "end", "subject", "location", "isPrivate"}),
        ("read", {"status", "start", "end", "subject", "location", "isPrivate"}),
        ("delegateWithPrivateEventAccess", {"status", "start", "end", "subject", "location", "isPrivate"}),
    ],
)
def test_what_is_seen_follows_from_the_role_in_the_calendar(busy, role, members):
    share = {"emailAddress": {"address": "AlexW@contoso.com"}, "role": role}
    assert busy.adele.post("/v1.0/me/calendar/calendarPermissions", share).status == 201
    (entry,) = schedule(busy.alex, "AdeleV@contoso.com")
    assert all(set(item) == members for item in entry["scheduleItems"])
    (entry,) = schedule(busy.caller("organizer0@example.com"), "AdeleV@contoso.com")
    assert all(set(item) == {"status", "start", "end"} for item in entry["scheduleItems"])


def test_a_list_of_too_many_members_is_an_error_of_its_entry(make_office):
    office = make_office(free_busy_list_members=4)
    (entry,) = schedule(office.alex, "list0@example.com")
    assert entry["error"]["responseCode"] == "5016"
