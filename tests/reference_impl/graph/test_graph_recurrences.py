"""Recurrences in requests: every pattern and range, what each needs, and the days that follow."""

from __future__ import annotations

import copy
from typing import Any

import pytest

VIEW = "startDateTime=2026-02-01T00:00:00Z&endDateTime=2027-02-01T00:00:00Z"
PATTERNS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "daily": ({"type": "daily", "interval": 3}, ["2026-02-02", "2026-02-05", "2026-02-08"]),
    "weekly": (
        {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "thursday"], "firstDayOfWeek": "monday"},
        ["2026-02-02", "2026-02-05", "2026-02-16"],
    ),
    "weekly from Sunday": (
        {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "sunday"]},
        ["2026-02-02", "2026-02-15", "2026-02-16"],
    ),
    "absoluteMonthly": (
        {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
        ["2026-02-28", "2026-03-31", "2026-04-30"],
    ),
    "relativeMonthly": (
        {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
        ["2026-02-27", "2026-03-27", "2026-04-24"],
    ),
    "relativeMonthly of several days, first by default": (
        {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["wednesday", "tuesday"]},
        ["2026-02-03", "2026-03-03", "2026-04-01"],
    ),
    "absoluteYearly": (
        {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 4, "month": 7},
        ["2026-07-04", "2027-07-04", "2028-07-04"],
    ),
    "relativeYearly": (
        {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["monday"], "index": "second", "month": 3},
        ["2026-03-09", "2027-03-08", "2028-03-13"],
    ),
}
RANGES: dict[str, dict[str, Any]] = {
    "numbered": {"type": "numbered", "numberOfOccurrences": 3},
    "endDate": {"type": "endDate", "endDate": "2028-12-31"},
    "noEnd": {"type": "noEnd"},
}


def recurring(pattern: dict[str, Any], extent: dict[str, Any]) -> dict[str, Any]:
    return {"recurrence": {"pattern": pattern, "range": {"startDate": "2026-02-02", **extent}}}


def days_of(caller, key: str, until: str = "2029-01-01") -> list[str]:
    window = f"startDateTime=2026-01-01T00:00:00Z&endDateTime={until}T00:00:00Z"
    found = caller.get(f"/v1.0/me/events/{key}/instances?{window}&$top=1000")["value"]
    return [each["start"]["dateTime"][:10] for each in found]


@pytest.mark.requirement("GRAPH-REC-001", "GRAPH-REC-002", "GRAPH-REC-009", "GRAPH-REC-010", "GRAPH-REC-012")
@pytest.mark.parametrize("extent", RANGES)
@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_with_every_range_makes_a_series_of_its_days(office, lunch, name, extent):
    pattern, days = PATTERNS[name]
    made = office.alex.post("/v1.0/me/events", lunch | recurring(pattern, RANGES[extent]))
    assert (made.status, made["type"], made["seriesMasterId"]) == (201, "seriesMaster", None)
    assert made["start"]["dateTime"] == f"{days[0]}T12:00:00.0000000"
    until = "2029-01-01" if "Yearly" in pattern["type"] else "2026-09-01"
    found = days_of(office.alex, made["id"], until)
    assert found[:3] == days
    if extent == "numbered":
        assert found == days
    told = made["recurrence"]
    expected = {"firstDayOfWeek": "sunday", "index": "first", **pattern}
    assert {name: told["pattern"][name] for name in expected if name != "daysOfWeek"} == {
        name: value for name, value in expected.items() if name != "daysOfWeek"
    }
    assert set(told["pattern"].get("daysOfWeek", ())) == set(pattern.get("daysOfWeek", ()))
    assert told["range"].items() >= {"startDate": "2026-02-02", **RANGES[extent]}.items()
    assert days_of(office.adele, office.adele.get("/v1.0/me/events")["value"][0]["id"], until) == found


@pytest.mark.requirement("GRAPH-REC-009")
def test_what_a_pattern_or_range_has_no_use_for_is_told_as_nothing(office, lunch):
    weekly = {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"], "month": 5, "dayOfMonth": 9, "index": "last"}
    made = office.alex.post("/v1.0/me/events", lunch | recurring(weekly, {"type": "noEnd", "endDate": "2026-03-01"}))
    assert made["recurrence"] == {
        "pattern": {
            "type": "weekly",
            "interval": 1,
            "month": 0,
            "dayOfMonth": 0,
            "daysOfWeek": ["tuesday"],
            "firstDayOfWeek": "sunday",
            "index": "first",
        },
        "range": {
            "type": "noEnd",
            "startDate": "2026-02-02",
            "endDate": "0001-01-01",
            "recurrenceTimeZone": "UTC",
            "numberOfOccurrences": 0,
        },
    }
    again = office.alex.patch(f"/v1.0/me/events/{made['id']}", {"recurrence": made["recurrence"]})
    assert again["recurrence"] == made["recurrence"]


DAILY = {"type": "daily", "interval": 1}
FIVE = {"type": "numbered", "numberOfOccurrences": 5}
BAD: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no interval": ({"type": "daily"}, FIVE, "RequestBodyRead"),
    "an interval of nothing": ({"type": "daily", "interval": 0}, FIVE, "ErrorPropertyValidationFailure"),
    "too long an interval": (
        {"type": "weekly", "interval": 100, "daysOfWeek": ["monday"]},
        FIVE,
        "ErrorPropertyValidationFailure",
    ),
    "a week without days": ({"type": "weekly", "interval": 1}, FIVE, "ErrorPropertyValidationFailure"),
    "a week of no days": (
        {"type": "weekly", "interval": 1, "daysOfWeek": []},
        FIVE,
        "ErrorPropertyValidationFailure",
    ),
    "a month without a day": ({"type": "absoluteMonthly", "interval": 1}, FIVE, "ErrorPropertyValidationFailure"),
    "a month without days of the week": (
        {"type": "relativeMonthly", "interval": 1},
        FIVE,
        "ErrorPropertyValidationFailure",
    ),
    "a year without a month": (
        {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 1},
        FIVE,
        "ErrorPropertyValidationFailure",
    ),
    "a relative year without a month": (
        {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["monday"]},
        FIVE,
        "ErrorPropertyValidationFailure",
    ),
    "the thirty-second": (
        {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 32},
        FIVE,
        "ErrorPropertyValidationFailure",
    ),
    "an unused thirty-second": ({**DAILY, "dayOfMonth": 32}, FIVE, "ErrorPropertyValidationFailure"),
    "an unused thirteenth month": ({**DAILY, "month": 13}, FIVE, "ErrorPropertyValidationFailure"),
    "an unused negative count": (
        DAILY,
        {"type": "noEnd", "numberOfOccurrences": -1},
        "ErrorPropertyValidationFailure",
    ),
    "an unknown day": ({"type": "weekly", "interval": 1, "daysOfWeek": ["noday"]}, FIVE, "RequestBodyRead"),
    "an unused unknown index": ({**DAILY, "index": "fifth"}, FIVE, "RequestBodyRead"),
    "an unused end that is no date": (DAILY, {"type": "noEnd", "endDate": "2026-02-30"}, "RequestBodyRead"),
    "an unknown pattern": ({"type": "hourly", "interval": 1}, FIVE, "RequestBodyRead"),
    "no count": (DAILY, {"type": "numbered"}, "ErrorPropertyValidationFailure"),
    "a count of nothing": (
        DAILY,
        {"type": "numbered", "numberOfOccurrences": 0},
        "ErrorPropertyValidationFailure",
    ),
    "too many": (DAILY, {"type": "numbered", "numberOfOccurrences": 1000}, "ErrorPropertyValidationFailure"),
    "no end date": (DAILY, {"type": "endDate"}, "ErrorPropertyValidationFailure"),
    "an end before the start": (DAILY, {"type": "endDate", "endDate": "2026-02-01"}, "ErrorRecurrenceHasNoOccurrence"),
    "an end too late": (DAILY, {"type": "endDate", "endDate": "9999-12-31"}, "ErrorPropertyValidationFailure"),
    "a start in no calendar": (DAILY, {**FIVE, "startDate": "0001-01-01"}, "ErrorPropertyValidationFailure"),
    "a start with a time": (DAILY, {**FIVE, "startDate": "2026-02-02T12:00"}, "RequestBodyRead"),
    "no start": (DAILY, {**FIVE, "startDate": None}, "RequestBodyRead"),
    "an unknown zone": (DAILY, {**FIVE, "recurrenceTimeZone": "Nowhere"}, "TimeZoneNotSupportedException"),
    "a custom zone": (
        DAILY,
        {**FIVE, "recurrenceTimeZone": "tzone://Microsoft/Custom"},
        "TimeZoneNotSupportedException",
    ),
    "an unknown member": ({**DAILY, "hour": 5}, FIVE, "RequestBodyRead"),
}


@pytest.mark.requirement(
    "GRAPH-REC-003", "GRAPH-REC-004", "GRAPH-REC-005", "GRAPH-REC-006", "GRAPH-REC-007", "GRAPH-EVT-037"
)
@pytest.mark.parametrize("name", BAD)
def test_a_bad_recurrence_is_refused_and_changes_nothing(office, lunch, name):
    pattern, extent, code = BAD[name]
    series = office.alex.post("/v1.0/me/events", lunch | recurring(DAILY, FIVE))
    before = office.alex.get("/beta/me/events").json["value"]
    body = recurring(pattern, extent)
    answer = office.alex.post("/v1.0/me/events", lunch | body)
    assert (answer.status, answer.code) == (400, code)
    answer = office.alex.patch(f"/v1.0/me/events/{series['id']}", {"subject": "x", **body})
    assert (answer.status, answer.code) == (400, code)
    assert office.alex.get("/beta/me/events").json["value"] == before


def test_half_a_recurrence_is_none(office, lunch):
    for half in ({"pattern": DAILY}, {"range": {**FIVE, "startDate": "2026-02-02"}}, {}, []):
        answer = office.alex.post("/v1.0/me/events", lunch | {"recurrence": half})
        assert (answer.status, answer.code) == (400, "RequestBodyRead")


@pytest.mark.requirement("GRAPH-REC-008")
def test_the_day_on_which_a_range_ends_belongs_to_it(office, lunch):
    made = office.alex.post("/v1.0/me/events", lunch | recurring(DAILY, {"type": "endDate", "endDate": "2026-02-04"}))
    assert days_of(office.alex, made["id"]) == ["2026-02-02", "2026-02-03", "2026-02-04"]


def local(text: str, zone: str) -> dict[str, str]:
    return {"dateTime": f"2026-03-{text}", "timeZone": zone}


@pytest.mark.requirement("GRAPH-REC-011", "GRAPH-REC-015")
def test_the_hour_is_that_of_the_starts_zone_across_the_change_of_the_clocks(office, lunch):
    pacific = "Pacific Standard Time"
    slot = {"start": local("07T09:00:00", pacific), "end": local("07T10:00:00", pacific)}
    extent = {"type": "numbered", "numberOfOccurrences": 3, "startDate": "2026-03-07"}
    made = office.alex.post("/v1.0/me/events", lunch | slot | recurring(DAILY, extent))
    assert made["recurrence"]["range"]["recurrenceTimeZone"] == pacific
    found = office.alex.get(f"/v1.0/me/events/{made['id']}/instances?{VIEW}")["value"]
    assert [each["start"]["dateTime"][8:13] for each in found] == ["07T17", "08T16", "09T16"]


@pytest.mark.requirement("GRAPH-REC-011", "GRAPH-REC-015", "GRAPH-EVT-011")
def test_a_recurrence_may_have_a_zone_of_its_own(office, lunch):
    slot = {"start": local("08T06:30:00", "UTC"), "end": local("08T07:30:00", "UTC")}
    extent = {"type": "numbered", "numberOfOccurrences": 3, "startDate": "2026-03-07"}
    extent["recurrenceTimeZone"] = "America/Los_Angeles"
    body = lunch | slot | recurring(DAILY, extent)
    made = office.alex.post("/v1.0/me/events", body)
    assert made["originalStartTimeZone"] == "UTC"
    assert made["recurrence"]["range"]["recurrenceTimeZone"] == "America/Los_Angeles"
    for caller in (office.alex, office.adele):
        key = caller.get("/v1.0/me/events")["value"][0]["id"]
        found = caller.get(f"/v1.0/me/events/{key}/instances?{VIEW}")["value"]
        assert [each["start"]["dateTime"][8:16] for each in found] == ["08T06:30", "09T05:30", "10T05:30"]
    same = copy.deepcopy(body)
    same["recurrence"]["range"]["recurrenceTimeZone"] = "Etc/UTC"
    assert office.alex.post("/v1.0/me/events", same)["recurrence"]["range"]["recurrenceTimeZone"] == "UTC"


def test_a_series_of_whole_days_has_the_zone_of_its_days(office, lunch):
    pacific = "Pacific Standard Time"
    slot = {"isAllDay": True, "start": local("07T00:00:00", pacific), "end": local("08T00:00:00", pacific)}
    extent = {"type": "numbered", "numberOfOccurrences": 3, "startDate": "2026-03-07", "recurrenceTimeZone": "UTC"}
    made = office.alex.post("/v1.0/me/events", lunch | slot | recurring(DAILY, extent))
    assert made["recurrence"]["range"]["recurrenceTimeZone"] == pacific
    assert days_of(office.alex, made["id"]) == ["2026-03-07", "2026-03-08", "2026-03-09"]


@pytest.mark.requirement("GRAPH-REC-022")
def test_null_takes_the_recurrence_away(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | recurring(DAILY, FIVE))["id"]
    second = office.alex.get(f"/v1.0/me/events/{key}/instances?{VIEW}")["value"][1]["id"]
    office.alex.patch(f"/v1.0/me/events/{second}", {"subject": "Other"})
    single = office.alex.patch(f"/v1.0/me/events/{key}", {"recurrence": None})
    assert (single["type"], single["recurrence"]) == ("singleInstance", None)
    for caller in (office.alex, office.adele):
        (event,) = caller.get("/v1.0/me/events")["value"]
        assert event["type"] == "singleInstance"
        assert len(caller.get(f"/v1.0/me/calendarView?{VIEW}")["value"]) == 1
    assert office.alex.patch(f"/v1.0/me/events/{key}", {"recurrence": None}).status == 200


def test_a_single_event_can_become_a_series(office, invited):
    made = office.alex.patch(f"/v1.0/me/events/{invited[0]}", recurring(DAILY, FIVE))
    assert made["type"] == "seriesMaster"
    (theirs,) = office.adele.get("/v1.0/me/events")["value"]
    assert (theirs["type"], theirs["recurrence"]) == ("seriesMaster", made["recurrence"])


@pytest.mark.requirement("GRAPH-REC-012")
def test_a_series_that_is_moved_to_another_day_starts_on_that_day(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | recurring(DAILY, FIVE))["id"]
    slot = {"start": {"dateTime": "2026-02-09T15:00:00"}, "end": {"dateTime": "2026-02-09T16:00:00"}}
    moved = office.alex.patch(f"/v1.0/me/events/{key}", slot)
    assert moved["recurrence"]["range"]["startDate"] == "2026-02-09"
    assert days_of(office.alex, key) == [f"2026-02-{day:02d}" for day in range(9, 14)]


def test_a_new_pattern_puts_an_end_to_exceptions_and_the_same_one_does_not(office, lunch):
    made = office.alex.post("/v1.0/me/events", lunch | recurring(DAILY, FIVE))
    second, third = (
        each["id"] for each in office.alex.get(f"/v1.0/me/events/{made['id']}/instances?{VIEW}")["value"][1:3]
    )
    office.alex.patch(f"/v1.0/me/events/{second}", {"subject": "Other"})
    office.alex.delete(f"/v1.0/me/events/{third}")
    address = f"/v1.0/me/events/{made['id']}"
    office.alex.patch(address, {"recurrence": made["recurrence"], "subject": "Supper"})
    assert len(days_of(office.alex, made["id"])) == 4
    assert len(office.alex.get(f"{address}/exceptionOccurrences")["value"]) == 1
    office.alex.patch(address, recurring(DAILY, {"type": "numbered", "numberOfOccurrences": 4}))
    assert len(days_of(office.alex, made["id"])) == 4
    assert office.alex.get(f"{address}/exceptionOccurrences")["value"] == []


def test_an_occurrence_takes_no_recurrence(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | recurring(DAILY, FIVE))["id"]
    second = office.alex.get(f"/v1.0/me/events/{key}/instances?{VIEW}")["value"][1]["id"]
    answer = office.alex.patch(f"/v1.0/me/events/{second}", recurring(DAILY, FIVE))
    assert (answer.status, answer.code) == (400, "ErrorPropertyValidationFailure")
    answer = office.alex.patch(f"/v1.0/me/events/{second}", {"recurrence": None, "subject": "Other"})
    assert (answer.status, answer["type"]) == (200, "exception")
