"""How request bodies are read: names and literals in any case, annotations, read-only members, clients' liberties."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from reference_impl.graph.reading import body as reading
from reference_impl.graph.reading import durations
from reference_impl.graph.reading.body import read_json
from reference_impl.graph.reading.liberties import FREEDOMS, LIBERTIES, Freedom, Made
from reference_impl.graph.refusals import BodyInvalid

PASCAL = {
    "Subject": "Pascal",
    "Body": {"ContentType": "HTML", "Content": "x"},
    "Start": {"DateTime": "2026-02-02T12:00:00", "TimeZone": "UTC"},
    "END": {"datetime": "2026-02-02T13:00:00", "timezone": "UTC"},
    "Attendees": [{"EmailAddress": {"Address": "AdeleV@contoso.com"}, "Type": "Optional"}],
    "ShowAs": "WorkingElsewhere",
    "Importance": "HIGH",
    "Sensitivity": "Personal",
    "Categories": ["One", "two"],
    "IsReminderOn": False,
    "ReminderMinutesBeforeStart": 5,
}


@pytest.mark.requirement("GRAPH-WIRE-016", "GRAPH-WIRE-017")
def test_names_and_literals_are_matched_in_any_case_and_shown_in_their_own(office):
    event = office.alex.post("/v1.0/me/events", PASCAL)
    assert event["subject"] == "Pascal"
    assert event["showAs"] == "workingElsewhere"
    assert event["importance"] == "high"
    assert event["sensitivity"] == "personal"
    assert event["categories"] == ["One", "two"]
    assert (event["isReminderOn"], event["reminderMinutesBeforeStart"]) == (False, 5)
    assert event["attendees"][0]["type"] == "optional"
    assert event["attendees"][0]["emailAddress"] == {"name": "Adele Vance", "address": "AdeleV@contoso.com"}


def test_annotations_are_passed_over(office, lunch):
    lunch |= {"@odata.type": "#microsoft.graph.event", "attendees@odata.type": "#Collection(x)"}
    lunch["attendees"][0] |= {"@odata.type": "#microsoft.graph.attendee"}
    assert office.alex.post("/v1.0/me/events", lunch).status == 201


@pytest.mark.requirement("GRAPH-EVT-030", "GRAPH-EVT-031")
def test_read_only_members_change_nothing(office, invited):
    key = invited[0]
    before = office.alex.get(f"/beta/me/events/{key}").json
    sent = {name: value for name, value in before.items() if name not in {"start", "end", "subject", "@odata.context"}}
    sent |= {
        "id": "x",
        "createdDateTime": "2020-01-01T00:00:00Z",
        "type": "occurrence",
        "isCancelled": True,
        "iCalUId": "1",
    }
    sent |= {"organizer": {}, "responseStatus": {"response": "declined"}, "webLink": 5, "transactionId": "late"}
    sent = copy.deepcopy(sent)
    sent["attendees"][0]["status"] = {"response": "accepted", "time": "2020-01-01T00:00:00Z"}
    answer = office.alex.patch(f"/beta/me/events/{key}", sent)
    volatile = {"@odata.etag", "changeKey", "lastModifiedDateTime"}
    assert {n: v for n, v in answer.json.items() if n not in volatile} == {
        n: v for n, v in before.items() if n not in volatile
    }


@pytest.mark.requirement("GRAPH-WIRE-018", "GRAPH-WIRE-019")
def test_the_parameters_of_acts_may_be_texts(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept", {"SendResponse": "False", "Comment": "silent"})
    attendee = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]
    assert attendee["status"]["response"] == "none"
    assert office.adele.get(f"/v1.0/me/events/{invited[1]}")["responseStatus"]["response"] == "accepted"
    body = {
        "Schedules": ["AdeleV@contoso.com"],
        "StartTime": {"DateTime": "2026-02-02T00:00:00", "TimeZone": "UTC"},
        "EndTime": {"DateTime": "2026-02-03T00:00:00", "TimeZone": "UTC"},
        "AvailabilityViewInterval": "60",
    }
    answer = office.alex.post("/v1.0/me/calendar/getSchedule", body)
    assert len(answer["value"][0]["availabilityView"]) == 24


@pytest.mark.requirement("GRAPH-RSP-003")
@pytest.mark.parametrize("body", [None, b"", b"{}", {"comment": None, "sendResponse": None, "proposedNewTime": None}])
def test_an_act_needs_no_parameters(office, invited, body):
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/decline", body).status == 202


SAMPLES: dict[tuple[str, Made], Any] = {
    ("isOnlineMeeting", Made.CONVERTED): {"isOnlineMeeting": "false"},
    ("transactionId", Made.ABSENT): {"transactionId": None},
    ("attendees.*.emailAddress.name", Made.ABSENT): {
        "attendees": [{"emailAddress": {"address": "a@b.c", "name": None}}]
    },
}
READ: dict[Made, Any] = {Made.CONVERTED: {"isOnlineMeeting": False}}


@pytest.mark.parametrize("liberty", LIBERTIES, ids=lambda each: f"{each.request}-{each.member}")
def test_each_liberty_of_a_client_is_taken_because_the_table_says_so(liberty, monkeypatch):
    sample = json.dumps(SAMPLES[liberty.member, liberty.made]).encode()
    taken = read_json(liberty.request, sample, "application/json")
    if liberty.made is Made.ABSENT and liberty.member.startswith("attendees"):
        assert taken == {"attendees": [{"emailAddress": {"address": "a@b.c"}}]}
    else:
        assert taken == READ.get(liberty.made, {})
    rest = {place: made for place, made in reading.BY_PLACE.items() if place != (liberty.request, liberty.member)}
    monkeypatch.setattr(reading, "BY_PLACE", rest)
    with pytest.raises(BodyInvalid):
        read_json(liberty.request, sample, "application/json")


@pytest.mark.requirement("GRAPH-WIRE-016", "GRAPH-WIRE-017", "GRAPH-WIRE-018", "GRAPH-WIRE-019")
@pytest.mark.parametrize(
    ("freedom", "request_name", "sample", "read"),
    [
        (Freedom.NAMES, "event.accept", {"Comment": "x"}, {"comment": "x"}),
        (Freedom.NAMES, "event.create", {"Body": {"CONTENT": "x"}}, {"body": {"content": "x"}}),
        (Freedom.WORDS, "event.create", {"showAs": "WorkingElsewhere"}, {"showAs": "workingElsewhere"}),
        (Freedom.PARAMETERS, "event.accept", {"sendResponse": "True"}, {"sendResponse": True}),
        (
            Freedom.PARAMETERS,
            "calendar.getSchedule",
            {"availabilityViewInterval": "15"},
            {"availabilityViewInterval": 15},
        ),
    ],
)
def test_each_freedom_of_writing_is_taken_because_the_table_says_so(freedom, request_name, sample, read, monkeypatch):
    raw = json.dumps(sample).encode()
    assert read_json(request_name, raw, "application/json") == read
    monkeypatch.setattr(reading, "FREEDOMS", {each: source for each, source in FREEDOMS.items() if each is not freedom})
    with pytest.raises(BodyInvalid):
        read_json(request_name, raw, "application/json")


def test_a_duration_with_colons_is_taken_because_the_table_says_so(monkeypatch):
    assert durations.read_minutes("1:30:00", "x") == durations.read_minutes("PT1H30M", "x") == 90
    monkeypatch.setattr(durations, "FREEDOMS", {})
    with pytest.raises(BodyInvalid):
        durations.read_minutes("1:30:00", "x")


def test_the_parameters_of_an_entity_are_no_freedom():
    with pytest.raises(BodyInvalid):
        read_json("event.create", b'{"isAllDay": "true"}', "application/json")


def test_each_liberty_names_its_client_and_source():
    assert set(FREEDOMS) == set(Freedom)
    assert all(FREEDOMS.values())
    assert all(liberty.client and liberty.source for liberty in LIBERTIES)
    assert len({(liberty.request, liberty.member) for liberty in LIBERTIES}) == len(LIBERTIES)


def test_undeclared_members_are_passed_over_where_the_server_is_lenient(make_office, lunch):
    office = make_office(unknown_members_refused=False)
    lunch |= {"colour": "red"}
    lunch["location"] |= {"planet": "Mars"}
    event = office.alex.post("/v1.0/me/events", lunch)
    assert event.status == 201
    key = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    slot = {"start": {"dateTime": "2026-02-03T12:00:00"}, "end": {"dateTime": "2026-02-03T13:00:00"}}
    assert office.adele.post(f"/v1.0/me/events/{key}/accept", {"proposedNewTime": slot}).status == 202
    attendee = office.alex.get(f"/v1.0/me/events/{event['id']}")["attendees"][0]
    assert attendee["status"]["response"] == "accepted"
    assert "proposedNewTime" not in attendee


@pytest.mark.requirement("GRAPH-RSP-010")
def test_a_comment_that_is_not_sent_is_refused_where_the_server_is_strict(make_office, lunch):
    office = make_office(comment_needs_response=True)
    office.alex.post("/v1.0/me/events", lunch)
    key = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    answer = office.adele.post(f"/v1.0/me/events/{key}/accept", {"comment": "x", "sendResponse": False})
    assert (answer.status, answer.code) == (400, "ErrorInvalidParameter")
    assert office.adele.get(f"/v1.0/me/events/{key}")["responseStatus"]["response"] == "notResponded"
    assert office.adele.post(f"/v1.0/me/events/{key}/accept", {"comment": "", "sendResponse": False}).status == 202


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-02-02T12:00", "2026-02-02T12:00:00.0000000"),
        ("2026-02-02T12:00:00.5", "2026-02-02T12:00:00.5000000"),
        ("2026-02-02T12:00:00.1234567", "2026-02-02T12:00:00.1234560"),
        ("2026-02-02T12:00:00Z", "2026-02-02T12:00:00.0000000"),
        ("2026-02-02T14:00:00+02:00", "2026-02-02T12:00:00.0000000"),
    ],
)
def test_a_start_has_up_to_seven_digits_of_fraction_and_an_offset_counts(office, lunch, text, shown):
    lunch["start"] = {"dateTime": text}
    assert office.alex.post("/v1.0/me/events", lunch)["start"] == {"dateTime": shown, "timeZone": "UTC"}
