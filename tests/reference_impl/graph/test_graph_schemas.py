"""The shared schemas against the server: the index names every route, and no answer can lose or gain anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes import ROUTES

FOLDER = Path(__file__).parents[3] / "schemas" / "graph"
DOCUMENTS = {path: json.loads(path.read_text()) for path in FOLDER.rglob("*.schema.json")}
REGISTRY = Registry().with_resources([(each["$id"], Resource.from_contents(each)) for each in DOCUMENTS.values()])
INDEX = json.loads((FOLDER / "index.json").read_text())
OPERATIONS = [each for path in FOLDER.glob(INDEX["operations"]) for each in json.loads(path.read_text())]


def names_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "$ref":
                yield value
            yield from names_in(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from names_in(each)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_schema_is_one_and_its_references_resolve(path):
    document = DOCUMENTS[path]
    Draft202012Validator.check_schema(document)
    assert document["$id"] == INDEX["base"] + path.relative_to(FOLDER).as_posix()
    resolver = REGISTRY.resolver(base_uri=document["$id"])
    for name in names_in(document):
        resolver.lookup(name)


def written_out(path: str) -> Iterator[str]:
    """The paths that one with a place at its beginning stands for."""
    place, found, tail = path.removeprefix("<").partition(">")
    heads = [head for each in INDEX["places"][place] for head in written_out(each)] if found else [""]
    yield from (head + (tail if found else path) for head in heads)


def addresses(route: Route) -> set[str]:
    """The paths of a route as the index writes them: from the version on, calls without or with some arguments."""
    tails = {re.sub(r"\(\w[\w,]*\)", "({arguments})", path).replace("()", "") for path in route.paths}
    prefixes = ("",) if route.reach is Reach.SERVICE else ("/me", "/users/{user}")
    return {prefix + tail for prefix in prefixes for tail in tails}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_index_and_the_routes_name_the_same_addresses(route):
    (indexed,) = [each for each in OPERATIONS if each["name"] == route.name]
    paths = {full for path in indexed["paths"] for full in written_out(path)}
    assert (indexed["method"], paths) == (route.method, addresses(route))


def test_the_index_names_no_other_operations():
    assert {each["name"] for each in OPERATIONS} == {route.name for route in ROUTES}


def answers(office, lunch) -> list[tuple[str, Any]]:
    """(schema, body) of one answer of every kind, in both versions."""
    found: list[tuple[str, Any]] = []

    def keep(schema: str, answer: Any) -> Any:
        found.append((schema, answer.json))
        return answer

    people = {"attendees": [*lunch["attendees"], {"emailAddress": {"address": "nobody@elsewhere.test"}}]}
    body = {**lunch, **people, "isOnlineMeeting": False, "transactionId": "one", "categories": ["Red"]}
    for version in ("v1.0", "beta"):
        body["transactionId"] += version
        alex, adele, root = office.alex, office.adele, f"/{version}/me"
        key = keep("event.schema.json#/$defs/entity", alex.post(f"{root}/events", body))["id"]
        copy_of = adele.get(f"{root}/events")["value"][-1]["id"]
        slot = {"start": {"dateTime": "2026-02-03T12:00:00"}, "end": {"dateTime": "2026-02-03T13:00:00"}}
        adele.post(f"{root}/events/{copy_of}/tentativelyAccept", {"proposedNewTime": slot, "comment": "x"})
        keep("event.schema.json#/$defs/entity", alex.get(f"{root}/events/{key}"))
        keep("event.schema.json#/$defs/collection", alex.get(f"{root}/events?$top=1&$count=true"))
        new = {"end": {"dateTime": "2026-02-02T14:00:00"}, "location": {"displayName": "Cafe"}}
        alex.patch(f"{root}/events/{key}", new)
        expand = "$expand=microsoft.graph.eventMessage/event"
        keep("anyMessage.schema.json#/$defs/collection", alex.get(f"{root}/messages?{expand}&$top=100"))
        alex.post(f"{root}/events/{key}/cancel")
        inbox = keep("anyMessage.schema.json#/$defs/collection", adele.get(f"{root}/messages?$top=100"))
        for message in inbox["value"]:
            keep("anyMessage.schema.json#/$defs/entity", adele.get(f"{root}/messages/{message['id']}?{expand}"))
        ask = {
            "schedules": ["AlexW@contoso.com", "AdeleV@contoso.com", "nobody@nowhere.test", "list0@example.com"],
            "startTime": {"dateTime": "2026-02-01T00:00:00"},
            "endTime": {"dateTime": "2026-02-08T00:00:00"},
        }
        alex.post(f"{root}/events", {**lunch, "attendees": []})
        schedule = alex.post(f"{root}/calendar/getSchedule", ask)
        keep("scheduleInformation.schema.json#/$defs/collection", schedule)
        keep("calendar.schema.json#/$defs/entity", alex.get(f"{root}/calendar"))
        keep("calendar.schema.json#/$defs/collection", alex.get(f"{root}/calendars"))
        keep("mailFolder.schema.json#/$defs/entity", alex.get(f"{root}/mailFolders/inbox"))
        keep("mailFolder.schema.json#/$defs/collection", alex.get(f"{root}/mailFolders"))
        keep("user.schema.json#/$defs/entity", alex.get(root))
        keep("mailboxSettings.schema.json", alex.get(f"{root}/mailboxSettings"))
        keep("mailboxSettings.schema.json#/$defs/simple", alex.get(f"{root}/mailboxSettings/timeZone"))
        for name in ("workingHours", "language", "automaticRepliesSetting"):
            keep(f"mailboxSettings.schema.json#/$defs/{name}", alex.get(f"{root}/mailboxSettings/{name}"))
        zones = alex.get(f"{root}/outlook/supportedTimeZones").json
        found.append(("timeZoneInformation.schema.json#/$defs/collection", {**zones, "value": zones["value"][:2]}))
        keep("error.schema.json", alex.get(f"{root}/nothing"))
    return found


def test_no_answer_can_lose_gain_or_change_the_type_of_a_member(office, lunch, see_damage):
    found = answers(office, lunch)
    assert see_damage(found) > 700
    assert len({name for name, _ in found}) == 17
