"""A Graph endpoint over the default population, and a caller that checks every answer against the shared schemas."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from reference_impl.directory.population import default_population
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph.metadata.openapi import openapi_of
from reference_impl.graph.routes import ROUTES
from reference_impl.graph.service import GraphEndpoint
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service import directory
from reference_impl.service.settings import Settings
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

ORIGIN = "http://server.test:8080"
SCHEMAS = Path(__file__).parents[3] / "schemas" / "graph"
DOCUMENTS = {
    document["$id"]: document for document in (json.loads(p.read_text()) for p in SCHEMAS.rglob("*.schema.json"))
}
REGISTRY = Registry().with_resources([(name, Resource.from_contents(each)) for name, each in DOCUMENTS.items()])
FAST_REGISTRY = jsonschema_rs.Registry(list(DOCUMENTS.items()))
DRAFT = "https://json-schema.org/draft/2020-12/schema"
INDEX = json.loads((SCHEMAS / "index.json").read_text())
OPERATIONS = [each for path in sorted(SCHEMAS.glob(INDEX["operations"])) for each in json.loads(path.read_text())]


def written_out(path: str) -> Iterator[str]:
    """The paths that one with a place at its beginning stands for."""
    place, found, tail = path.removeprefix("<").partition(">")
    heads = [head for each in INDEX["places"][place] for head in written_out(each)] if found else [""]
    yield from (head + (tail if found else path) for head in heads)


ROWS = sorted(
    (
        (template, operation)
        for operation in OPERATIONS
        for path in operation["paths"]
        for template in written_out(path)
    ),
    key=lambda row: row[0].count("{"),
)
"""Every address with its operation, those with fewer keys first."""


def keyed(path: str) -> list[str]:
    """Segments below the version, keys and casts brought to the index's form."""
    segments: list[str] = []
    for piece in urlsplit(path).path.strip("/").split("/")[1:]:
        text = unquote(piece)
        if match := re.fullmatch(r"(\w+)\((?:id=)?'?([^()=]+?)'?\)", text):
            segments += [match[1], match[2]]
        else:
            segments.append(text.removesuffix("()"))
    return segments


def fits(template: str, segments: list[str]) -> bool:
    parts = template.strip("/").split("/")
    return len(parts) == len(segments) and all(
        re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(part)), given, re.IGNORECASE)
        or part.lower() == given.lower().removeprefix("microsoft.graph.")
        for part, given in zip(parts, segments, strict=True)
    )


@cache
def described_statuses() -> Mapping[str, frozenset[int]]:
    """The statuses that the description of the operations names, by operation."""
    found: dict[str, set[int]] = {}
    for path in openapi_of(ROUTES, "v1.0")["paths"].values():
        for each in path.values():
            name = re.sub(r"(\.count)?(\.\d+)?$", "", each["operationId"])
            found.setdefault(name, set()).update(int(status) for status in each["responses"])
    return {name: frozenset(statuses) for name, statuses in found.items()}


@lru_cache(maxsize=4096)
def operation_of(method: str, target: str) -> dict[str, Any] | None:
    """The operation that a request is for, None where the index has none."""
    segments = keyed(target)
    rows = (each for template, each in ROWS if each["method"] == method and fits(template, segments))
    return next(rows, None)


def schema_of(method: str, target: str, status: int) -> dict[str, Any] | None:
    """The schema that the index names for an answer, or its media type; None where it says there is no body."""
    if status >= 400:
        return {"$ref": INDEX["base"] + INDEX["errors"]}
    if status == 304 or target.partition("?")[0].lower().endswith("/$count"):
        return None if status == 304 else {"media": "text/plain"}
    found = operation_of(method, target)
    assert found, f"the index has no {method} {target}"
    responses = found["responses"]
    if status == 204 and "204" not in responses:
        return None
    answer = responses[str(status)]
    if answer is None:
        return None
    if "media" in answer:
        return answer
    name = "selected" if "$select=" in unquote(target) else "schema"
    return {"$ref": INDEX["base"] + answer.get(name, answer["schema"])}


@cache
def validator(reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference}, registry=REGISTRY)


def complaints(schema: Mapping[str, Any], body: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(schema["$ref"]).iter_errors(body)]


@dataclass(frozen=True)
class Answer:
    """One checked answer."""

    status: int
    headers: dict[str, str]
    json: Any
    body: bytes = b""

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    def __getitem__(self, name: str) -> Any:
        return self.json[name]


@dataclass
class Caller:
    """Somebody with a token; every answer is checked on its way."""

    endpoint: GraphEndpoint
    actor: Mailbox | None
    scopes: frozenset[str] = frozenset({"*"})
    application: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        return self._checked(method, target, self.sent(method, target, body, **headers))

    def sent(self, method: str, target: str, body: Any = None, **headers: str) -> HttpAnswer:
        path, _, query = target.partition("?")
        sent = {**self.headers, **{name.replace("_", "-").lower(): value for name, value in headers.items()}}
        if body is None:
            raw = b""
        else:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        self.endpoint._world.clock.tick()
        return self.endpoint.answer(
            HttpRequest(
                method=method,
                path=path,
                query=query,
                headers=sent,
                body=raw,
                origin=ORIGIN,
                actor=self.actor,
                scopes=self.scopes if self.actor else frozenset(),
                application=self.application,
            )
        )

    def _checked(self, method: str, target: str, answer: Any) -> Answer:
        headers = {name.lower(): value for name, value in answer.headers}
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["request-id"])
        assert answer.status < 500
        operation = operation_of(method, target)
        assert operation is None or answer.status in described_statuses()[operation["name"]]
        schema = schema_of(method, target, answer.status)
        if schema is None:
            assert answer.body == b""
            assert "content-type" not in headers
            return Answer(answer.status, headers, None)
        if "media" in schema:
            assert schema["media"] in {"*/*", headers["content-type"].partition(";")[0]}
            return Answer(answer.status, headers, None, answer.body)
        assert headers["content-type"].startswith("application/json")
        body = json.loads(answer.body)
        assert complaints(schema, body) == []
        return Answer(answer.status, headers, body, answer.body)

    def bare(self, target: str, **headers: str) -> Answer:
        """An answer in a form that the schemas do not describe."""
        answer = self.sent("GET", target, None, **headers)
        told = {name.lower(): value for name, value in answer.headers}
        return Answer(answer.status, told, json.loads(answer.body), answer.body)

    def get(self, target: str, **headers: str) -> Answer:
        return self("GET", target, **headers)

    def post(self, target: str, body: Any = None, **headers: str) -> Answer:
        return self("POST", target, body, **headers)

    def patch(self, target: str, body: Any, **headers: str) -> Answer:
        return self("PATCH", target, body, **headers)

    def delete(self, target: str, **headers: str) -> Answer:
        return self("DELETE", target, **headers)


@dataclass
class Office:
    """One world and its callers."""

    world: World
    endpoint: GraphEndpoint

    def caller(self, address: str, **options: Any) -> Caller:
        mailbox = directory.find_mailbox(self.world, address)
        assert mailbox is not None
        return Caller(self.endpoint, mailbox, **options)

    @property
    def alex(self) -> Caller:
        return self.caller("AlexW@contoso.com")

    @property
    def adele(self) -> Caller:
        return self.caller("AdeleV@contoso.com")

    @property
    def nobody(self) -> Caller:
        return Caller(self.endpoint, None)


@pytest.fixture
def make_office() -> Callable[..., Office]:
    def make(faults: frozenset[str] = frozenset(), **settings: Any) -> Office:
        clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        store = open_store()
        world = World(store=store, clock=clock, ids=SeededIds("graph"), settings=Settings(**settings), faults=faults)
        store.populate(default_population(), world.ids, clock.now())
        return Office(world, GraphEndpoint(world))

    return make


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    return make_office()


@pytest.fixture
def lunch() -> dict[str, Any]:
    """A request body for a lunch of Alex and Adele."""
    return {
        "subject": "Lunch",
        "body": {"contentType": "html", "content": "Shall we?"},
        "start": {"dateTime": "2026-02-02T12:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-02-02T13:00:00", "timeZone": "UTC"},
        "location": {"displayName": "Harry's Bar"},
        "attendees": [{"emailAddress": {"address": "AdeleV@contoso.com", "name": "Adele Vance"}, "type": "required"}],
    }


@pytest.fixture
def invited(office: Office, lunch: dict[str, Any]) -> tuple[str, str]:
    """Ids of the lunch in Alex's and in Adele's mailbox."""
    mine = office.alex.post("/v1.0/me/events", lunch)["id"]
    theirs = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    return mine, theirs


OPTIONAL = {"@odata.nextLink", "@odata.count", "transactionId", "proposedNewTime"}
"""Members that an answer may lack: they tell of something that need not be."""


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every member of every object."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield (*path, name)
            yield from places(value, (*path, name))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from places(value, (*path, index))


def holder(body: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body


def type_at(body: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    """What tells objects of one place apart: their derived type and the members they have."""
    place = holder(body, path)
    return (place.get("@odata.type"), *sorted(place)) if isinstance(place, dict) else ()


@pytest.fixture
def see_damage() -> Callable[..., int]:
    """Damages answers at every place, and demands that their schemas see it; gives the number of places tried.

    An answer is a pair of the reference to its schema and its body. Members in ``optional`` may be missing.
    """

    def see(answers: list[tuple[str, Any]], optional: frozenset[str] = frozenset()) -> int:
        tried: set[Any] = set()
        for name, body in answers:
            quick = jsonschema_rs.validator_for(
                {"$schema": DRAFT, "$ref": INDEX["base"] + name}, registry=FAST_REGISTRY
            )
            assert quick.is_valid(body), name
            for path in places(body):
                shape = (name, "/beta/" in str(body), *("*" if isinstance(step, int) else step for step in path))
                if (shape, type_at(body, path)) in tried:
                    continue
                tried.add((shape, type_at(body, path)))
                for change in ("lose", "retype", "gain"):
                    if change == "lose" and path[-1] in OPTIONAL | optional:
                        continue
                    damaged = copy.deepcopy(body)
                    place = holder(damaged, path)
                    if change == "lose":
                        del place[path[-1]]
                    elif change == "retype":
                        place[path[-1]] = {"unexpected": 1}
                    else:
                        place["unexpected"] = 1
                    assert not quick.is_valid(damaged), (name, path, change)
        return len(tried)

    return see
