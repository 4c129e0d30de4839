"""Delta rounds of events and views: what a client keeps that follows them is what the calendar shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ORIGIN = "http://server.test:8080"
WINDOW = "startDateTime=2026-02-02T00:00:00Z&endDateTime=2026-02-09T00:00:00Z"
VIEW = f"/v1.0/me/calendarView/delta?{WINDOW}"
EVENTS = "/v1.0/me/events/delta"
VOLATILE = {"@odata.type", "@odata.etag", "changeKey", "lastModifiedDateTime"}


class Client:
    """Somebody who keeps what the rounds tell."""

    def __init__(self, caller: Any, address: str, size: int = 3, **headers: str) -> None:
        self.caller, self.address, self.headers = caller, address, {"prefer": f"odata.maxpagesize={size}", **headers}
        self.size = size
        self.kept: dict[str, dict[str, Any]] = {}

    def follow(self) -> list[dict[str, Any]]:
        """Go through one round; the entries that it told."""
        told: list[dict[str, Any]] = []
        while True:
            page = self.caller.get(self.address, **self.headers)
            assert page.status == 200, page.json
            assert page["@odata.context"].endswith("/$metadata#Collection(event)")
            assert len(page["value"]) <= self.size
            told += page["value"]
            self.address = page.json.get("@odata.nextLink", page.json.get("@odata.deltaLink")).removeprefix(ORIGIN)
            for entry in page["value"]:
                if "@removed" in entry:
                    self.kept.pop(entry["id"], None)
                else:
                    self.kept[entry["id"]] = entry
            if "@odata.deltaLink" in page.json:
                return told


def shown(caller, address: str, **headers: str) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in caller.get(f"{address}$top=1000", **headers)["value"]}


def plain(events: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {key: {n: v for n, v in event.items() if n not in VOLATILE} for key, event in events.items()}


def agrees(client: Client, caller) -> bool:
    is_view = "calendarView" in client.address
    headers = {name: value for name, value in client.headers.items() if name != "prefer"}
    if "IdType" in client.headers["prefer"]:
        headers["prefer"] = 'IdType="ImmutableId"'
    address = f"/v1.0/me/calendarView?{WINDOW}&" if is_view else "/v1.0/me/events?"
    return plain(client.kept) == plain(shown(caller, address, **headers))


def at(day: int, hour: int = 12) -> dict[str, str]:
    return {"dateTime": f"2026-02-{day:02d}T{hour:02d}:00:00", "timeZone": "UTC"}


def slot(day: int, hour: int = 12) -> dict[str, Any]:
    return {"start": at(day, hour), "end": at(day, hour + 1)}


def series(day: int, count: int, interval: int = 1) -> dict[str, Any]:
    extent = {"type": "numbered", "startDate": f"2026-02-{day:02d}", "numberOfOccurrences": count}
    return {**slot(day), "recurrence": {"pattern": {"type": "daily", "interval": interval}, "range": extent}}


@pytest.mark.requirement("GRAPH-VIEW-007", "GRAPH-VIEW-008", "GRAPH-VIEW-009", "GRAPH-VIEW-014", "GRAPH-PREF-014")
def test_a_round_tells_everything_and_the_next_one_what_changed(office, lunch):
    keys = [office.alex.post("/v1.0/me/events", lunch | slot(day))["id"] for day in (2, 3, 4, 5)]
    office.alex.post("/v1.0/me/events", lunch | slot(20))
    client = Client(office.alex, VIEW)
    assert {entry["id"] for entry in client.follow()} == set(keys)
    assert client.follow() == []
    office.alex.patch(f"/v1.0/me/events/{keys[1]}", {"subject": "Supper"})
    office.alex.delete(f"/v1.0/me/events/{keys[2]}")
    new = office.alex.post("/v1.0/me/events", lunch | slot(6))["id"]
    told = client.follow()
    assert {entry["id"] for entry in told} == {keys[1], keys[2], new}
    assert agrees(client, office.alex)


@pytest.mark.requirement("GRAPH-VIEW-010")
def test_what_is_deleted_is_told_by_its_id_alone(office, invited):
    client = Client(office.alex, EVENTS)
    client.follow()
    office.alex.delete(f"/v1.0/me/events/{invited[0]}")
    expected = {"@odata.type": "#microsoft.graph.event", "id": invited[0], "@removed": {"reason": "deleted"}}
    assert client.follow() == [expected]


@pytest.mark.requirement("GRAPH-VIEW-011")
def test_what_leaves_the_window_is_told_as_removed(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | slot(3))["id"]
    client = Client(office.alex, VIEW)
    client.follow()
    office.alex.patch(f"/v1.0/me/events/{key}", slot(12))
    assert [("@removed" in entry, entry["id"]) for entry in client.follow()] == [(True, key)]
    office.alex.patch(f"/v1.0/me/events/{key}", slot(4))
    assert [("@removed" in entry, entry["id"]) for entry in client.follow()] == [(False, key)]


def test_a_series_is_one_of_the_events_and_its_occurrences_are_those_of_the_view(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | series(5, 10))["id"]
    events, view = Client(office.alex, EVENTS), Client(office.alex, VIEW)
    assert [entry["type"] for entry in events.follow()] == ["seriesMaster"]
    told = view.follow()
    assert [(entry["type"], entry["seriesMasterId"]) for entry in told] == [("occurrence", key)] * 4
    second = told[1]["id"]
    office.alex.patch(f"/v1.0/me/events/{second}", {"subject": "Brunch"})
    assert [(entry["type"], entry["id"]) for entry in view.follow()] == [("exception", second)]
    assert [entry["type"] for entry in events.follow()] == ["seriesMaster"]
    office.alex.delete(f"/v1.0/me/events/{second}")
    assert [("@removed" in entry, entry["id"]) for entry in view.follow()] == [(True, second)]
    office.alex.delete(f"/v1.0/me/events/{key}")
    view.follow()
    events.follow()
    assert (view.kept, events.kept) == ({}, {})


@pytest.mark.parametrize(
    "change",
    [
        series(3, 3, 2),
        {"recurrence": None},
        slot(4, 23),
        {"recurrence": {**series(2, 9)["recurrence"]}, **slot(2)},
        {"subject": "Supper"},
    ],
    ids=["another pattern", "no series", "another hour", "earlier", "another subject"],
)
def test_a_changed_series_leaves_nothing_behind(office, lunch, change):
    key = office.alex.post("/v1.0/me/events", lunch | series(3, 5))["id"]
    mine, theirs = Client(office.alex, VIEW), Client(office.adele, VIEW)
    mine.follow()
    theirs.follow()
    second = sorted(mine.kept.values(), key=lambda each: each["start"]["dateTime"])[1]
    office.alex.patch(f"/v1.0/me/events/{second['id']}", {"subject": "Brunch"})
    office.alex.patch(f"/v1.0/me/events/{key}", change)
    for client, caller in ((mine, office.alex), (theirs, office.adele)):
        client.follow()
        assert agrees(client, caller)


@pytest.mark.requirement("GRAPH-VIEW-012")
@pytest.mark.parametrize("option", ["$select=subject", "$filter=isAllDay eq true", "$orderby=subject", "$expand=x"])
def test_delta_takes_no_options(office, option):
    for address in (f"{VIEW}&{option}", f"{EVENTS}?{option}"):
        answer = office.alex.get(address.replace(" ", "%20"))
        assert (answer.status, answer.code) == (400, "BadRequest")


@pytest.mark.parametrize("query", ["", "?startDateTime=2026-02-01", "?startDateTime=x&endDateTime=y"])
def test_the_first_round_of_a_view_needs_a_window(office, query):
    answer = office.alex.get(f"/v1.0/me/calendarView/delta{query}")
    assert (answer.status, answer.code) == (400, "ErrorInvalidParameter")


@pytest.mark.requirement("GRAPH-VIEW-013")
def test_a_token_of_another_kind_folder_mailbox_or_making_is_gone(office, invited):
    client = Client(office.alex, VIEW)
    client.follow()
    token = client.address.rpartition("=")[2]
    other = office.alex.post("/v1.0/me/calendars", {"name": "Other"})["id"]
    for caller, address in (
        (office.alex, f"{EVENTS}?$deltatoken={token}"),
        (office.adele, f"/v1.0/me/calendarView/delta?$deltatoken={token}"),
        (office.alex, f"/v1.0/me/calendars/{other}/calendarView/delta?$deltatoken={token}"),
        (office.alex, "/v1.0/me/calendarView/delta?$deltatoken=abc"),
        (office.alex, "/v1.0/me/calendarView/delta?$skiptoken="),
    ):
        answer = caller.get(address)
        assert (answer.status, answer.code) == (410, "SyncStateNotFound")


def test_a_calendar_has_rounds_of_its_own(office, lunch):
    other = office.alex.post("/v1.0/me/calendars", {"name": "Other"})["id"]
    key = office.alex.post(f"/v1.0/me/calendars/{other}/events", lunch | slot(3))["id"]
    office.alex.post("/v1.0/me/events", lunch | slot(4))
    client = Client(office.alex, f"/v1.0/me/calendars/{other}/calendarView/delta?{WINDOW}")
    assert [entry["id"] for entry in client.follow()] == [key]


def test_ids_that_last_are_told_where_they_are_wanted(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | series(3, 5))["id"]
    client = Client(office.alex, VIEW, prefer='IdType="ImmutableId", odata.maxpagesize=3')
    client.follow()
    assert agrees(client, office.alex)
    office.alex.delete(f"/v1.0/me/events/{key}")
    client.follow()
    assert client.kept == {}


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "single",
                "series",
                "move",
                "pattern",
                "end series",
                "subject",
                "drop",
                "occurrence",
                "cut",
                "follow",
                "reply",
            )
        ),
        st.integers(0, 20),
        st.integers(1, 14),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(acts=ACTS, size=st.integers(1, 4))
def test_whoever_follows_the_rounds_keeps_what_the_calendar_shows(make_office, lunch, acts, size):
    office = make_office()
    clients = [Client(caller, address, size) for caller in (office.alex, office.adele) for address in (VIEW, EVENTS)]
    office.alex.post("/v1.0/me/events", lunch | series(3, 5))
    for client in clients:
        client.follow()
    for act, which, day in acts:
        carried_out(office, lunch, clients, act, which, day)
    for client in clients:
        client.follow()
        assert agrees(client, client.caller)


def carried_out(office, lunch, clients, act: str, which: int, day: int) -> None:
    events = office.alex.get("/v1.0/me/events?$top=100")["value"]
    views = office.alex.get(f"/v1.0/me/calendarView?{WINDOW}&$top=100")["value"]
    event = events[which % len(events)]["id"] if events else None
    occurrence = views[which % len(views)] if views else None
    if act == "single":
        office.alex.post("/v1.0/me/events", lunch | slot(day))
    elif act == "series":
        office.alex.post("/v1.0/me/events", lunch | series(day, which % 9 + 1, which % 3 + 1))
    elif act == "follow":
        clients[which % len(clients)].follow()
    elif act == "reply":
        theirs = office.adele.get(f"/v1.0/me/calendarView?{WINDOW}&$top=100")["value"]
        if theirs:
            answer = ("accept", "decline", "tentativelyAccept")[day % 3]
            office.adele.post(f"/v1.0/me/events/{theirs[which % len(theirs)]['id']}/{answer}")
    elif event is None or occurrence is None:
        return
    elif act == "drop":
        office.alex.delete(f"/v1.0/me/events/{event}")
    elif act == "occurrence":
        office.alex.patch(f"/v1.0/me/events/{occurrence['id']}", {"subject": f"Day {day}"})
    elif act == "cut":
        office.alex.delete(f"/v1.0/me/events/{occurrence['id']}")
    else:
        change = {
            "move": slot(day),
            "pattern": series(day, which % 5 + 1),
            "end series": {"recurrence": None},
            "subject": {"subject": f"Lunch {day}"},
        }[act]
        office.alex.patch(f"/v1.0/me/events/{event}", change)
