"""Occurrences and exceptions: found, read, changed, answered and called off, one by one and by their master."""

from __future__ import annotations

from typing import Any

import pytest

VIEW = "startDateTime=2026-02-01T00:00:00Z&endDateTime=2026-02-20T00:00:00Z"
DAILY = {
    "pattern": {"type": "daily", "interval": 1},
    "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 5},
}


@pytest.fixture
def series(office, lunch) -> str:
    """The id of five lunches in Alex's mailbox, to which Adele is invited."""
    return str(office.alex.post("/v1.0/me/events", lunch | {"recurrence": DAILY})["id"])


def occurrences(caller, version: str = "v1.0") -> list[dict[str, Any]]:
    return caller.get(f"/{version}/me/calendarView?{VIEW}&$top=100")["value"]


def at(day: int, hour: int) -> dict[str, str]:
    return {"dateTime": f"2026-02-{day:02d}T{hour:02d}:00:00", "timeZone": "UTC"}


def inbox(caller) -> list[tuple[str, str]]:
    found = caller.get("/v1.0/me/mailFolders/inbox/messages?$top=100")["value"]
    return [(each["meetingMessageType"], each["subject"]) for each in found]


@pytest.mark.requirement("GRAPH-REC-014", "GRAPH-REC-020", "GRAPH-REC-024", "GRAPH-VIEW-002", "GRAPH-EVT-023")
def test_instances_are_the_occurrences_with_ids_and_days_of_their_own(office, series):
    found = office.alex.get(f"/beta/me/events/{series}/instances?{VIEW}")["value"]
    master = office.alex.get(f"/beta/me/events/{series}").json
    assert [each["type"] for each in found] == ["occurrence"] * 5
    assert {each["seriesMasterId"] for each in found} == {series}
    assert {each["recurrence"] for each in found} == {None}
    assert {each["uid"] for each in found} == {master["uid"]}
    assert len({each["iCalUId"] for each in found} | {master["iCalUId"]}) == 6
    assert master["iCalUId"] == master["uid"]
    assert [each["originalStart"] for each in found] == [f"2026-02-{day:02d}T12:00:00Z" for day in range(2, 7)]
    assert [each["occurrenceId"] for each in found] == [f"OID.{series}.2026-02-{day:02d}" for day in range(2, 7)]
    assert [each["iCalUId"] for each in occurrences(office.adele)] == [each["iCalUId"] for each in found]
    assert "originalStart" not in master
    assert "occurrenceId" not in office.alex.get(f"/v1.0/me/events/{found[0]['id']}").json
    assert [each["id"] for each in office.alex.get("/v1.0/me/events")["value"]] == [series]


@pytest.mark.requirement("GRAPH-REC-013")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "ErrorInvalidParameter"),
        ("?startDateTime=2026-02-01", "ErrorInvalidParameter"),
        ("?endDateTime=2026-02-01", "ErrorInvalidParameter"),
        ("?startDateTime=noon&endDateTime=2026-02-01", "ErrorInvalidParameter"),
        ("?startDateTime=2026-02-02&endDateTime=2026-02-01", "ErrorInvalidParameter"),
        ("?startDateTime=2026-02-02&endDateTime=2036-02-01", "ErrorInvalidRequest"),
    ],
)
def test_instances_need_a_window(office, series, query, code):
    answer = office.alex.get(f"/v1.0/me/events/{series}/instances{query}")
    assert (answer.status, answer.code) == (400, code)


def test_instances_are_paged_sorted_and_filtered_like_events(office, series):
    address = f"/v1.0/me/events/{series}/instances?{VIEW}"
    first = office.alex.get(f"{address}&$top=2&$count=true&$select=start&$orderby=start/dateTime desc")
    assert first["@odata.count"] == 5
    assert [each["start"]["dateTime"][:10] for each in first["value"]] == ["2026-02-06", "2026-02-05"]
    second = office.alex.get(first["@odata.nextLink"].removeprefix("http://server.test:8080"))
    third = office.alex.get(second["@odata.nextLink"].removeprefix("http://server.test:8080"))
    assert [each["start"]["dateTime"][:10] for each in third["value"]] == ["2026-02-02"]
    assert "@odata.nextLink" not in third.json
    later = office.alex.get(f"{address}&$filter=start/dateTime ge '2026-02-05T00:00'".replace(" ", "%20"))
    assert len(later["value"]) == 2


@pytest.mark.parametrize("tail", ["instances", "exceptionOccurrences"])
def test_only_a_series_has_occurrences(office, lunch, tail):
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    answer = office.alex.get(f"/v1.0/me/events/{key}/{tail}?{VIEW}")
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")


@pytest.mark.requirement("GRAPH-REC-016", "GRAPH-REC-017", "GRAPH-REC-020")
def test_a_changed_occurrence_is_an_exception_that_the_master_tells_of(office, series):
    second, third = (each["id"] for each in occurrences(office.alex)[1:3])
    moved = office.alex.patch(f"/v1.0/me/events/{second}", {"start": at(3, 15), "end": at(3, 16)})
    assert (moved.status, moved["type"], moved["id"]) == (200, "exception", second)
    assert moved["originalStart"] == "2026-02-03T12:00:00Z"
    office.alex.patch(f"/v1.0/me/events/{third}", {"subject": "Brunch", "categories": ["Red"]})
    expanded = office.alex.get(f"/v1.0/me/events/{series}?$expand=exceptionOccurrences")
    told = [
        (each["type"], each["start"]["dateTime"][8:13], each["subject"]) for each in expanded["exceptionOccurrences"]
    ]
    assert told == [("exception", "03T15", "Lunch"), ("exception", "04T12", "Brunch")]
    chosen = office.alex.get(f"/v1.0/me/events/{series}?$select=subject&$expand=exceptionOccurrences($select=subject)")
    assert [set(each) for each in chosen["exceptionOccurrences"]] == [{"@odata.etag", "id", "subject"}] * 2
    assert (
        office.alex.get(f"/v1.0/me/events/{series}/exceptionOccurrences")["value"] == expanded["exceptionOccurrences"]
    )
    assert "exceptionOccurrences" not in office.alex.get(f"/v1.0/me/events/{series}").json
    assert [each["type"] for each in occurrences(office.adele)] == ["occurrence", "exception", "exception"] + [
        "occurrence"
    ] * 2


@pytest.mark.parametrize(
    "expansion",
    ["nothing", "instances", "exceptionOccurrences,exceptionOccurrences", "exceptionOccurrences($top=1)", "", "a(b"],
)
def test_an_expansion_that_is_not_offered_is_refused(office, series, expansion):
    answer = office.alex.get(f"/v1.0/me/events/{series}?$expand={expansion}")
    assert (answer.status, answer.code) == (400, "BadRequest")


@pytest.mark.requirement("GRAPH-REC-018", "GRAPH-REC-019", "GRAPH-CAN-004")
@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_an_occurrence_called_off_is_told_by_its_day(office, series, how):
    third = occurrences(office.alex)[2]["id"]
    if how == "cancel":
        assert office.alex.post(f"/v1.0/me/events/{third}/cancel", {"Comment": "Not then"}).status == 202
    else:
        assert office.alex.delete(f"/v1.0/me/events/{third}").status == 204
    chosen = office.alex.get(f"/v1.0/me/events/{series}?$select=cancelledOccurrences")
    assert chosen["cancelledOccurrences"] == [f"OID.{series}.2026-02-04"]
    assert "cancelledOccurrences" not in office.alex.get(f"/v1.0/me/events/{series}").json
    assert len(occurrences(office.alex)) == 4
    assert office.alex.get(f"/v1.0/me/events/{third}").code == "ErrorItemNotFound"
    assert ("meetingCancelled", "Canceled: Lunch") in inbox(office.adele)
    theirs = occurrences(office.adele)
    assert [each["isCancelled"] for each in theirs] == [False, False, True, False, False]
    assert theirs[2]["showAs"] == "free"


def test_the_last_occurrence_takes_its_series_with_it(office, series):
    for each in occurrences(office.alex):
        assert office.alex.delete(f"/v1.0/me/events/{each['id']}").status == 204
    assert office.alex.get(f"/v1.0/me/events/{series}").code == "ErrorItemNotFound"


@pytest.mark.requirement("GRAPH-CAN-011")
def test_deleting_the_master_deletes_every_occurrence(office, series):
    key = occurrences(office.alex)[1]["id"]
    assert office.alex.delete(f"/v1.0/me/events/{series}").status == 204
    assert occurrences(office.alex) == []
    assert office.alex.get(f"/v1.0/me/events/{key}").status == 404
    assert {each["isCancelled"] for each in occurrences(office.adele)} == {True}


@pytest.mark.requirement("GRAPH-REC-021")
@pytest.mark.parametrize("day", [2, 4, 1, 5])
def test_an_occurrence_is_not_moved_to_or_past_the_day_of_its_neighbour(office, series, day):
    second = occurrences(office.alex)[1]
    answer = office.alex.patch(f"/v1.0/me/events/{second['id']}", {"start": at(day, 15), "end": at(day, 16)})
    assert (answer.status, answer.code) == (400, "ErrorOccurrenceCrossingBoundary")
    assert occurrences(office.alex)[1] == second


@pytest.mark.parametrize(
    ("act", "answer", "showing"),
    [("accept", "accepted", "busy"), ("tentativelyAccept", "tentativelyAccepted", "tentative")],
)
def test_one_occurrence_is_answered_apart_from_the_others(office, series, act, answer, showing):
    second = occurrences(office.adele)[1]["id"]
    assert office.adele.post(f"/v1.0/me/events/{second}/{act}").status == 202
    theirs = occurrences(office.adele)
    assert [each["responseStatus"]["response"] for each in theirs] == [
        "notResponded",
        answer,
        "notResponded",
        "notResponded",
        "notResponded",
    ]
    assert theirs[1]["showAs"] == showing
    mine = [each["attendees"][0]["status"]["response"] for each in occurrences(office.alex)]
    assert mine == ["none", answer, "none", "none", "none"]


def test_declining_one_occurrence_takes_it_off_the_calendar(office, series):
    second = occurrences(office.adele)[1]["id"]
    slot = {"start": at(3, 18), "end": at(3, 19)}
    assert office.adele.post(f"/v1.0/me/events/{second}/decline", {"proposedNewTime": slot}).status == 202
    assert len(occurrences(office.adele)) == 4
    entry = occurrences(office.alex)[1]["attendees"][0]
    assert (entry["status"]["response"], entry["proposedNewTime"]["start"]["dateTime"][:13]) == (
        "declined",
        "2026-02-03T18",
    )


def test_the_answer_to_the_master_is_that_to_every_occurrence(office, series):
    (master,) = office.adele.get("/v1.0/me/events")["value"]
    assert office.adele.post(f"/v1.0/me/events/{master['id']}/accept").status == 202
    assert {each["responseStatus"]["response"] for each in occurrences(office.adele)} == {"accepted"}
    mine = office.alex.get(f"/v1.0/me/events/{series}")
    assert mine["attendees"][0]["status"]["response"] == "accepted"
    assert {each["attendees"][0]["status"]["response"] for each in occurrences(office.alex)} == {"accepted"}


def test_an_organizer_answers_neither_a_series_nor_an_occurrence_and_an_attendee_calls_off_neither(office, series):
    for key in (series, occurrences(office.alex)[0]["id"]):
        answer = office.alex.post(f"/v1.0/me/events/{key}/accept")
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    (master,) = office.adele.get("/v1.0/me/events")["value"]
    for key in (master["id"], occurrences(office.adele)[0]["id"]):
        answer = office.adele.post(f"/v1.0/me/events/{key}/cancel")
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")


@pytest.mark.requirement("GRAPH-REC-023")
def test_a_change_of_the_series_tells_of_it_and_keeps_the_exceptions(office, series):
    second = occurrences(office.alex)[1]["id"]
    office.alex.patch(f"/v1.0/me/events/{second}", {"location": {"displayName": "Garden"}})
    told = len(inbox(office.adele))
    office.alex.patch(f"/v1.0/me/events/{series}", {"subject": "Supper"})
    assert len(inbox(office.adele)) == told + 1
    for caller in (office.alex, office.adele):
        found = occurrences(caller)
        assert {each["subject"] for each in found} == {"Supper"}
        assert [each["location"]["displayName"] for each in found].count("Garden") == 1


def test_ids_that_name_no_occurrence_of_the_series_name_nothing(office, series):
    first = occurrences(office.alex)[0]["id"]
    assert office.alex.delete(f"/v1.0/me/events/{first}").status == 204
    assert office.alex.delete(f"/v1.0/me/events/{first}").code == "ErrorItemNotFound"
    assert office.alex.patch(f"/v1.0/me/events/{first}", {"subject": "x"}).code == "ErrorItemNotFound"
