"""The description of the operations holds: whatever is sent, no answer fails and none has a form it does not name."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reference_impl.app import Application
from reference_impl.graph.errors import ERRORS
from reference_impl.graph.metadata.openapi import addresses, openapi_of
from reference_impl.graph.metadata.statuses import PARTICULAR
from reference_impl.graph.negotiation import BYTES
from reference_impl.graph.router import Route
from reference_impl.graph.routes import (
    ROUTES,
    calendars,
    directory,
    events,
    mail_folders,
    mailbox,
    messages,
    places,
    service,
    subscriptions,
    uploads,
)
from reference_impl.server import Options, application

ORIGIN = "http://server.test"
VERSION = "v1.0"
KEY = re.compile(r"\{(\w+)\}")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
GENERATED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
DOCUMENTS = {version: openapi_of(ROUTES, version) for version in ("v1.0", "beta")}
NAMES = {route.name for route in ROUTES}
GROUPS = {
    module.__name__.rpartition(".")[2]: module.ROUTES
    for module in (
        calendars,
        directory,
        events,
        mail_folders,
        mailbox,
        messages,
        places,
        service,
        subscriptions,
        uploads,
    )
}

ALEX, ADELE = "AlexW@contoso.com", "AdeleV@contoso.com"
START, END = {"dateTime": "2026-02-02T12:00:00"}, {"dateTime": "2026-02-02T13:00:00"}
SLOT = {"start": START, "end": END}
FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGk="}
BIG = {"AttachmentItem": {"attachmentType": "file", "name": "big", "size": 4_000_000}}
NOTE = {"subject": "Hello", "toRecipients": [{"emailAddress": {"address": ALEX}}]}
PERMISSION = {"emailAddress": {"address": ADELE, "name": "Adele"}, "role": "read"}
DAILY = {
    "pattern": {"type": "daily", "interval": 1},
    "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3},
}

GOOD: dict[str, Any] = {
    "event.create": {"subject": "Lunch", **SLOT, "attendees": [{"emailAddress": {"address": ADELE}}]},
    "event.update": {"subject": "Supper"},
    "event.forward": {"toRecipients": [{"emailAddress": {"address": "MeganB@contoso.com"}}]},
    "event.snoozeReminder": {"newReminderTime": {"dateTime": "2026-02-02T11:00:00", "timeZone": "UTC"}},
    "message.create": NOTE,
    "message.update": {"isRead": True},
    "message.sendMail": {"message": NOTE},
    "message.reply": {"comment": "Yes"},
    "message.forward": {"comment": "See", "toRecipients": [{"emailAddress": {"address": ADELE}}]},
    "message.move": {"destinationId": "archive"},
    "mailFolder.create": {"displayName": "Made"},
    "mailFolder.update": {"displayName": "Renamed"},
    "mailFolder.move": {"destinationId": "archive"},
    "attachment.create": FILE,
    "attachment.createUploadSession": BIG,
    "calendar.create": {"name": "Made"},
    "calendar.update": {"color": "lightBlue"},
    "calendar.getSchedule": {"schedules": [ADELE], "startTime": START, "endTime": END},
    "calendarGroup.create": {"name": "Made"},
    "calendarGroup.update": {"name": "Renamed"},
    "calendarPermission.create": PERMISSION,
    "calendarPermission.update": {"role": "write"},
    "masterCategory.create": {"displayName": "Made", "color": "preset1"},
    "masterCategory.update": {"color": "preset2"},
    "mailboxSettings.update": {"timeZone": "UTC"},
    "extension.create": {"extensionName": "Com.Contoso.Made", "colour": "red"},
    "extension.update": {"colour": "blue"},
    "batch.run": {"requests": [{"id": "1", "method": "GET", "url": "/me/events"}]},
}
"""Bodies that are carried out, by the names of requests."""

SENSIBLE: dict[str, tuple[Any, ...]] = {
    "address": (ADELE, "MeganB@contoso.com"),
    "dateTime": ("2026-02-02T12:00:00", "2026-02-03T13:30:00"),
    "timeZone": ("UTC", "Pacific Standard Time"),
    "id": ("String {00020329-0000-0000-C000-000000000046} Name Colour",),
    "contentBytes": ("aGk=",),
    "expirationDateTime": ("2026-01-05T12:00:00Z",),
    "destinationId": ("inbox", "deleteditems"),
}
"""Values of members that can be understood."""

OPTIONS: dict[str, tuple[str, ...]] = {
    "startDateTime": ("2026-01-01T00:00:00Z",),
    "endDateTime": ("2026-03-01T00:00:00Z",),
    "TimeZoneStandard": ("Iana", "Windows"),
    "$filter": ("subject eq 'Lunch'", "contains(subject,'u')", "id ne 'x'", "displayName ge 'A'", "isRead eq false"),
    "$expand": ("attachments", "microsoft.graph.eventMessage/event", "instances"),
    "$search": ('"lunch"',),
    "changeType": ("created", "deleted"),
    "includeHiddenFolders": ("true",),
}
PREFERENCES = ("return=minimal", 'outlook.timezone="Asia/Tokyo"', 'IdType="ImmutableId"', "odata.maxpagesize=2")

PIECE = 320 * 1024

FURTHER = re.compile(r"\.(\d+|count|count\.\d+)$")
ALL_ALLOWED = frozenset({"upload.send", "upload.cancel"})
"""Operations of which no request breaks the description: they take any key, and any piece."""

UNREACHED = {
    "eventMessageResponse.get": "the message is no response",
    "roomList.rooms": "there is no list of rooms",
    "subscription.create": "nobody listens",
    "subscription.get": "nobody listens",
    "subscription.update": "nobody listens",
    "subscription.delete": "nobody listens",
    "subscription.reauthorize": "nobody listens",
}
"""Operations that no generated request is good enough for, and why."""


class Server:
    """One server in this process, and somebody signed in."""

    def __init__(self, run: Callable[[Any], Any]) -> None:
        self.app: Application = application(Options(seed="openapi"))
        self._run = run
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=ORIGIN)
        self._known: dict[str, dict[str, str]] = {}
        self._made = 0
        self.token = self._signed_in(ALEX)
        self._other = self._signed_in(ADELE)

    def _signed_in(self, address: str) -> dict[str, str]:
        form = {"grant_type": "password", "username": address, "password": "meetproof"}
        granted = self.send(httpx.Request("POST", f"{ORIGIN}/oauth2/v2.0/token", data=form))
        return {"Authorization": f"Bearer {granted.json()['access_token']}"}

    def send(self, request: httpx.Request) -> httpx.Response:
        answer: httpx.Response = self._run(self._client.send(request))
        return answer

    def made(self, path: str, body: Any, token: dict[str, str] | None = None) -> Any:
        """What the server answers of something that it is to make."""
        url = f"{ORIGIN}/{VERSION}{path}"
        answer = self.send(httpx.Request("POST", url, json=body, headers=token or self.token))
        assert answer.status_code in {201, 202}, answer.text
        return answer.json() if answer.content else None

    def listed(self, path: str) -> list[Any]:
        answer = self.send(httpx.Request("GET", f"{ORIGIN}/{VERSION}{path}", headers=self.token))
        return list(answer.json()["value"])

    def first(self, path: str) -> str:
        return str(self.listed(path)[0]["id"])

    def close(self) -> None:
        self._run(self._client.aclose())
        self.app.world.store.close()

    def keys(self, path: str, *, fresh: bool) -> dict[str, str]:
        """The keys of things at a path, which are made anew if what is there now may be gone."""
        if fresh or path not in self._known:
            keys: dict[str, str] = {}
            for name in KEY.findall(path):
                so_far = KEY.sub(lambda key: keys.get(key[1], key[0]), path)
                keys[name] = self._key(name, so_far.partition(f"/{{{name}}}")[0], path)
            if fresh:
                return keys
            self._known[path] = keys
        return self._known[path]

    def _key(self, name: str, above: str, path: str) -> str:
        """The key of something below what is ``above`` it in a path."""
        self._made += 1
        found: dict[str, Callable[[], str]] = {
            "user": lambda: ALEX,
            "place": lambda: self.first("/places/microsoft.graph.room"),
            "subscription": lambda: "none",
            "upload": self._upload,
            "permission": lambda: self._permission(above),
        }
        if path.endswith(("/accept", "/tentativelyAccept", "/decline")):
            found |= {"calendar": lambda: self.first(above), "group": lambda: self.first(above)}
            found["event"] = lambda: self._invited("/me/events")
        if "/microsoft.graph.eventMessage" in path:
            found["message"] = lambda: self._invited("/me/mailFolders/inbox/messages")
        elif path.endswith(("/reply", "/replyAll", "/forward", "/createReply", "/createReplyAll", "/createForward")):
            found["message"] = self._received
        if name in OPTIONS:
            return OPTIONS[name][0]
        return found[name]() if name in found else str(self.made(above, self._new(name, path))["id"])

    def _new(self, name: str, path: str) -> dict[str, Any]:
        """The body that makes a thing."""
        title = f"{name} {self._made}"
        is_series = "nstances" in path or "ccurrences" in path
        return {
            "event": GOOD["event.create"] | ({"recurrence": DAILY} if is_series else {}),
            "message": NOTE,
            "attachment": FILE,
            "extension": {"extensionName": title.replace(" ", ".")},
            "calendar": {"name": title},
            "group": {"name": title},
            "folder": {"displayName": title},
            "child": {"displayName": title},
            "category": {"displayName": title, "color": "preset1"},
        }[name]

    def _upload(self) -> str:
        draft = self.made("/me/messages", NOTE)["id"]
        session = self.made(f"/me/messages/{draft}/attachments/createUploadSession", BIG)
        return str(session["uploadUrl"].rpartition("/")[2])

    def _permission(self, above: str) -> str:
        """One more, unless a new calendar has it from the one above."""
        known = {row["emailAddress"].get("address"): row["id"] for row in self.listed(above)}
        return str(known.get(ADELE) or self.made(above, PERMISSION)["id"])

    def _received(self) -> str:
        subject = f"Sent {self._made}"
        self.made("/me/sendMail", {"message": NOTE | {"subject": subject}}, self._other)
        return self.first(f"/me/mailFolders/inbox/messages?$filter=subject eq '{subject}'")

    def _invited(self, place: str) -> str:
        subject = f"Invited {self._made}"
        self.made(
            "/me/events", {"subject": subject, **SLOT, "attendees": [{"emailAddress": {"address": ALEX}}]}, self._other
        )
        return self.first(f"{place}?$filter=subject eq '{subject}'")


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    """The described operations, ready to make requests of, by their ids."""
    schema = schemathesis.openapi.from_dict(DOCUMENTS[VERSION])
    schema.config.update(base_url=f"{ORIGIN}/{VERSION}")
    found = (result.ok() for result in schema.get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.fixture
def server() -> Iterator[Server]:
    with asyncio.Runner() as runner:
        made = Server(runner.run)
        yield made
        made.close()


def mended(value: Any, draw: Callable[..., Any]) -> Any:
    """The same with sensible values of members where these are known."""
    if isinstance(value, list):
        return [mended(each, draw) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: draw(st.sampled_from(SENSIBLE[name])) if name in SENSIBLE else mended(each, draw)
        for name, each in value.items()
    }


def better(case: Any, keys: dict[str, str], draw: Callable[..., Any]) -> None:
    """Let a request name what there is, and say what can be understood."""
    raw = case.operation.definition.raw
    for name, key in keys.items():
        case.path_parameters[name] = key
    query = {name: value for name, value in (case.query or {}).items() if "token" not in name}
    query |= {name: draw(st.sampled_from(OPTIONS[name])) for name in query if name in OPTIONS}
    offered = {each["name"] for each in raw["parameters"] if each["in"] == "query"}
    case.query = query | {name: OPTIONS[name][0] for name in ("startDateTime", "endDateTime") if name in offered}
    if "Prefer" in (case.headers or {}):
        case.headers["Prefer"] = draw(st.sampled_from(PREFERENCES))
    for name in ("If-Match", "If-None-Match"):
        if name in (case.headers or {}):
            case.headers[name] = draw(st.sampled_from(("*", 'W/"x"')))
    if "Content-Range" in {each["name"] for each in raw["parameters"]}:
        case.headers = {**case.headers, "Content-Range": f"bytes 0-{PIECE - 1}/4000000"}
        case.body, case.media_type = bytes(PIECE), "application/octet-stream"
    reference = (
        raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    )
    good = GOOD.get(reference.rpartition("/requests.")[2])
    if good is not None and draw(st.sampled_from((True, False))):
        case.body, case.media_type = good, "application/json"
        case.query = {
            name: value for name, value in case.query.items() if name in {"$top", "startDateTime", "endDateTime"}
        }
    elif isinstance(case.body, dict | list):
        case.body = mended(case.body, draw)


def sent(case: Any, server: Server) -> httpx.Response:
    """The answer of the server to a case, in the name of who is signed in."""
    told = case.as_transport_kwargs(headers=server.token)
    parts = ("method", "url", "headers", "params", "json", "data", "cookies")
    prepared = requests.Request(**{name: told[name] for name in parts if name in told}).prepare()
    headers = [(name.encode("latin-1"), value.encode()) for name, value in prepared.headers.items()]
    return server.send(httpx.Request(prepared.method, prepared.url, headers=headers, content=prepared.body))


def chosen(routes: tuple[Route, ...]) -> Iterator[tuple[str, str]]:
    """Ids and paths of the operations to try: each route with its first path and with another, and what counts."""
    for route in routes:
        paths = list(addresses(route))
        yield route.name, paths[0]
        if len(paths) > 1:
            index = 1 + len(route.name) % (len(paths) - 1)
            yield f"{route.name}.{index}", paths[index]
        if "$count" in route.options:
            yield f"{route.name}.count", paths[0]


def tried(operation: Any, mode: GenerationMode, server: Server, keys: dict[str, str] | None) -> Counter[int]:
    """How often an operation answered with which status; each answer is checked against the description.

    With ``keys``, most requests make sense.
    """
    seen: Counter[int] = Counter()

    @settings(GENERATED, max_examples=3 if operation.definition.raw["operationId"] in NAMES else 2)
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def answers_as_described(case, data):
        if keys is not None and data.draw(st.sampled_from((True, True, False))):
            better(case, keys, data.draw)
        answer = sent(case, server)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    answers_as_described()
    return seen


@pytest.mark.parametrize("group", GROUPS)
def test_no_generated_request_gets_an_answer_that_is_not_described(operations, server, group):
    reached = set()
    for name, path in chosen(GROUPS[group]):
        operation = operations[name]
        keys = server.keys(path, fresh=operation.method.upper() != "GET")
        statuses = tried(operation, GenerationMode.POSITIVE, server, keys)
        if any(status < 300 for status in statuses):
            reached.add(FURTHER.sub("", name))
        if name in NAMES and name not in ALL_ALLOWED:
            tried(operation, GenerationMode.NEGATIVE, server, None)
    assert {route.name for route in GROUPS[group]} - reached == UNREACHED.keys() & {each.name for each in GROUPS[group]}


@pytest.mark.parametrize("version", DOCUMENTS)
def test_the_description_is_one(version):
    schemathesis.openapi.from_dict(DOCUMENTS[version]).validate()
    described = [each for path in DOCUMENTS[version]["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in described]
    assert len(names) == len(set(names))
    assert {FURTHER.sub("", name) for name in names} == NAMES


@pytest.mark.parametrize("version", DOCUMENTS)
def test_its_references_resolve(version):
    document = DOCUMENTS[version]

    def check(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                check(each)
        elif isinstance(value, dict):
            if isinstance(reference := value.get("$ref"), str):
                found = document
                for step in reference.removeprefix("#/").split("/"):
                    found = found[step]
            for each in value.values():
                check(each)

    check(document)


def test_every_refusal_is_described_somewhere():
    statuses = {status for status, _ in ERRORS.values()}
    every = [each for path in DOCUMENTS[VERSION]["paths"].values() for each in path.values()]
    assert statuses <= {int(status) for each in every for status in each["responses"]}


def test_a_refusal_that_some_operations_have_alone_says_which():
    assert {problem for problem, (status, _) in ERRORS.items() if status in {409, 416}} <= PARTICULAR.keys()
    assert set().union(*PARTICULAR.values()) <= NAMES


def test_members_of_beta_are_offered_in_beta_only():
    def selectable(version: str) -> list[str]:
        operation = DOCUMENTS[version]["paths"]["/me/events"]["get"]
        (option,) = [each for each in operation["parameters"] if each["name"] == "$select"]
        return option["schema"]["items"]["enum"]

    assert set(selectable("beta")) - set(selectable("v1.0")) == {"uid", "occurrenceid"}


def described(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = DOCUMENTS[VERSION]["paths"][next(addresses(route))][route.method.lower()]
    return operation


def url_of(route: Route, server: Server) -> str:
    path = next(addresses(route))
    keys = server.keys(path, fresh=True)
    return f"{ORIGIN}/{VERSION}{KEY.sub(lambda key: keys[key[1]], path)}"


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_listed_can_be_selected_and_sorted_by(server, group):
    for route in GROUPS[group]:
        listed = [each for each in described(route)["parameters"] if each["schema"].get("type") == "array"]
        if route.method != "GET" or not listed or route.name in UNREACHED:
            continue
        url, window = url_of(route, server), {name: OPTIONS[name][0] for name in route.parameters if name in OPTIONS}
        for option in listed:
            for word in option["schema"]["items"]["enum"]:
                query = {**window, option["name"]: word}
                answer = server.send(httpx.Request("GET", url, params=query, headers=server.token))
                assert answer.status_code == 200, (route.name, word)


@pytest.mark.parametrize("group", GROUPS)
def test_a_body_may_be_left_out_where_the_description_says_so_and_nowhere_else(server, group):
    for route in GROUPS[group]:
        body = described(route).get("requestBody")
        if body is None or route.consumes == (BYTES,) or "{subscription}" in route.paths[0]:
            continue
        answer = server.send(httpx.Request(route.method, url_of(route, server), headers=server.token))
        is_missed = answer.status_code == 400 and answer.json()["error"]["code"] == "BadRequest"
        assert is_missed is body["required"], route.name
