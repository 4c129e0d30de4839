"""Exchanges checked against the shared schemas: the XSD of the requested version, the JSON Schema of the operation."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, unquote

import orjson

from conformance.model.exchange import Exchange, Request, Response
from conformance.wire import ews, graph
from conformance.wire.json_schema import breaches, index
from conformance.wire.namespaces import FAULT, PREFIXES
from conformance.wire.operation import Protocol, protocol
from conformance.wire.path import path_of
from conformance.wire.schemas import Direction, NoSuchVersion, ews_schema
from conformance.wire.urls import parts_of

_URI = re.compile(r"\{([^}]*)\}")
_PREFIX_OF = {uri: f"{prefix}:" for prefix, uri in PREFIXES.items()}
_PUSHED = "SendNotification"
_NOTIFICATION = "changeNotification.schema.json"
_OF_NOTIFICATIONS = (b'"value"', b'"subscriptionId"')
_NEWS = frozenset({"changeType", "lifecycleEvent"})
_NO_CONTENT, _NOT_MODIFIED = 204, 304
_ERROR = 400  # from this status on an answer of Graph is an error envelope


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a schema: where (``request`` or ``response``, then the path in the body), and what."""

    path: str
    message: str


def violations(exchange: Exchange, *, is_open: bool = False) -> tuple[Violation, ...]:
    """What of the answer breaks the schema of its protocol, in the body's order; nothing when it is valid.

    An EWS answer is held to the version its request asked for. Traffic of neither protocol, and what has no schema (an
    HTTP error without SOAP, an operation of Graph that the index does not know), breaks none. ``is_open`` holds answers
    to the open variants of the schemas, which demand no more than what is published.
    """
    match protocol(exchange.request):
        case Protocol.EWS:
            return tuple(_ews_answer(exchange, is_open))
        case Protocol.GRAPH:
            return tuple(_graph_answer(exchange, is_open))
        case _:
            return ()


def request_violations(request: Request) -> tuple[Violation, ...]:
    """What of a request breaks the schema of its protocol."""
    match protocol(request):
        case Protocol.EWS:
            return tuple(_ews_request(request))
        case Protocol.GRAPH:
            return tuple(_graph_request(request))
        case _:
            return ()


def is_notification(request: Request) -> bool:
    """Whether a request is what Graph sends to a listener: changes, or news of subscriptions themselves."""
    if request.method.upper() != "POST" or not all(name in request.body for name in _OF_NOTIFICATIONS):
        return False
    try:
        entries = orjson.loads(request.body)["value"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False
    return isinstance(entries, list) and any(
        isinstance(each, dict) and "subscriptionId" in each and not each.keys().isdisjoint(_NEWS) for each in entries
    )


def notification_violations(request: Request, *, is_open: bool = False) -> tuple[Violation, ...]:
    """What of a request, which a server of either protocol sends to a listener, breaks its schema."""
    if not is_notification(request):
        return push_violations(request, is_open=is_open)
    kind = "lifecycle" if b'"lifecycleEvent"' in request.body else "changes"
    return tuple(_json_schema(request.body, f"{_NOTIFICATION}#/$defs/{kind}", "request", is_open))


def push_violations(request: Request, *, is_open: bool = False) -> tuple[Violation, ...]:
    """What of a SendNotification, which an EWS server sends to a listener, breaks its schema."""
    try:
        version = _known(ews.read_envelope(request.body).version)
        return tuple(_xsd(request.body, version, Direction.PUSH, "request", is_open))
    except ews.NotXml as problem:
        return (Violation("request", str(problem)),)


def _ews_request(request: Request) -> Iterator[Violation]:
    try:
        yield from _xsd(request.body, ews.read_envelope(request.body).version, Direction.REQUEST, "request")
    except ews.NotXml as problem:
        yield Violation("request", str(problem))


def _ews_answer(exchange: Exchange, is_open: bool) -> Iterator[Violation]:
    response = exchange.response
    try:
        content = ews.read_envelope(response.body).content
    except ews.NotXml as problem:
        if response.status == 200:
            yield Violation("response", f"the answer is no SOAP envelope: {problem}")
        return
    if ews.operation(exchange.request.body) == _PUSHED:  # a listener's reply
        yield from _xsd(response.body, ews.DEFAULT_VERSION, Direction.PUSH, "response")
        return
    is_fault = content is not None and content.tag == FAULT
    try:
        version = ews.read_envelope(exchange.request.body).version
    except ews.NotXml:
        version = ews.DEFAULT_VERSION
    if is_fault:
        version = _known(version)
    direction = Direction.FAULT if is_fault else Direction.ANSWER
    for found in _xsd(response.body, version, direction, "response", is_open):
        # SOAP 1.1 leaves the detail to whoever fails, and its text may say that it is one.
        if not (is_open and is_fault and ("/detail/" in found.path or "/faultstring" in found.path)):
            yield found


def _known(version: str) -> str:
    """The version, or the default for a fault that answers a version nobody knows."""
    try:
        ews_schema(version, Direction.FAULT)
    except NoSuchVersion:
        return ews.DEFAULT_VERSION
    return version


def _xsd(body: bytes, version: str, direction: Direction, side: str, is_open: bool = False) -> Iterator[Violation]:
    try:
        schema = ews_schema(version, direction, is_open)
    except NoSuchVersion as problem:
        yield Violation(f"{side}/s:Header/t:RequestServerVersion/@Version", str(problem))
        return
    if schema.validate(root := ews.read(body)):
        return
    paths = root.getroottree()
    for error in cast("Any", schema.error_log):
        yield Violation(f"{side}{_readable(str(error.path), paths)}", _URI.sub(_prefix, error.message))


def _readable(path: str, tree: Any) -> str:
    """A path as libxml2 writes it in the way paths are written here, from the SOAP body's content on."""
    found = tree.xpath(path, namespaces=_namespaces(tree))
    return path_of(found[0]) if found else path


def _namespaces(tree: Any) -> dict[str, str]:
    """The prefixes that a document itself declares, which is how libxml2 writes its paths."""
    return {
        prefix: uri
        for element in tree.iter()
        if isinstance(element.tag, str)
        for prefix, uri in element.nsmap.items()
        if prefix
    }


def _prefix(found: re.Match[str]) -> str:
    return _PREFIX_OF.get(found[1], found[0])


@dataclass(frozen=True, slots=True)
class _Operation:
    """One row of the index of Graph's operations."""

    name: str
    request: str | None
    responses: Mapping[str, Mapping[str, str] | None]


@functools.lru_cache(maxsize=1)
def _patterns() -> Mapping[str, list[tuple[re.Pattern[str], _Operation]]]:
    """Patterns and operations of each method; those with fewer keys first, so that a literal step wins."""
    rows: dict[str, list[tuple[re.Pattern[str], _Operation]]] = {}
    told = [(path.count("{"), path, each) for each in index()["operations"] for path in each["paths"]]
    for _, path, each in sorted(told, key=lambda row: row[0]):
        found = _Operation(each["name"], each.get("request"), each["responses"])
        rows.setdefault(each["method"], []).append((_pattern(path), found))
    return rows


def _pattern(path: str) -> re.Pattern[str]:
    steps = [
        re.escape(part) if not part.startswith("{") else "[^/]+" for part in re.split(r"(\{[^}]*\})", _plain(path))
    ]
    return re.compile("".join(steps) + r"\Z", re.IGNORECASE)


def _plain(path: str) -> str:
    """A path as the index compares it: keys as steps, no qualifiers."""
    path = re.sub(r"(?<=/)microsoft\.graph\.", "", path)
    path = re.sub(r"\((?:id=)?('?)([^()'={]+={0,2})\1\)", r"/\2", path)
    return path.removesuffix("()")


def graph_operation(method: str, url: str) -> str:
    """The name by which the index knows an operation, such as ``event.accept``; "" when it does not."""
    found = _operation(method, url)
    return found.name if found else ""


@functools.lru_cache(maxsize=256)
def _operation(method: str, url: str) -> _Operation | None:
    wanted = unquote(_plain(graph.below_root(url)))
    rows = _patterns().get(method.upper(), ())
    return next((found for pattern, found in rows if pattern.match(wanted)), None)


def _graph_request(request: Request) -> Iterator[Violation]:
    found = _operation(request.method, request.url)
    if found is None or found.request is None:
        return
    yield from _json_schema(request.body or b"{}", found.request, "request")


def _graph_answer(exchange: Exchange, is_open: bool) -> Iterator[Violation]:
    response = exchange.response
    if response.status >= _ERROR:
        if response.body:
            yield from _json_schema(response.body, index()["errors"], "response", is_open)
        return
    found = _operation(exchange.request.method, exchange.request.url)
    if found is None:
        return
    if _is_empty_by_wish(exchange):
        yield from _nothing(response)
        return
    if str(response.status) not in found.responses:
        expected = " or ".join(found.responses)
        yield Violation("response.status", f"{found.name} answers {expected}, got {response.status}")
        return
    described = found.responses[str(response.status)]
    if described is None:
        yield from _nothing(response)
        return
    if "media" in described:
        yield from _of_media(response, described["media"])
        return
    selected = _selection(exchange.request.url)
    reference = described.get("selected", described["schema"]) if selected else described["schema"]
    breaches_found = _json_schema(response.body, reference, "response", is_open)
    yield from filter(_is_no_annotation, breaches_found) if _is_without_metadata(response) else breaches_found
    if selected and "selected" in described:
        yield from _all_selected(response.body, selected)


def _is_empty_by_wish(exchange: Exchange) -> bool:
    """Whether an answer has no body because the client wanted none, or has it already."""
    request, status = exchange.request, exchange.response.status
    if status == _NOT_MODIFIED:
        return request.method.upper() == "GET" and bool(request.header("if-none-match"))
    return status == _NO_CONTENT and "return=minimal" in (request.header("prefer") or "").replace(" ", "").casefold()


_ANNOTATION = re.compile(r"'@odata\.\w+' is a required property")


def _is_no_annotation(breach: Violation) -> bool:
    return _ANNOTATION.fullmatch(breach.message) is None


def _is_without_metadata(response: Response) -> bool:
    """Whether an answer says that it leaves annotations out (OData JSON Format 4.01, section 3.1.3)."""
    return "odata.metadata=none" in (response.header("content-type") or "").replace(" ", "").casefold()


def _nothing(response: Response) -> Iterator[Violation]:
    if response.body:
        yield Violation("response", f"expected no body, got {len(response.body)} bytes")
    if response.header("content-type"):
        yield Violation("response.headers.content-type", "an answer without a body has no content type")


def _of_media(response: Response, expected: str) -> Iterator[Violation]:
    """The media type, parameters apart; ``*/*`` is any."""
    got = (response.header("content-type") or "").partition(";")[0].strip()
    if expected != "*/*" and got.casefold() != expected:
        yield Violation("response.headers.content-type", f"expected {expected}, got {got!r}")


def _selection(url: str) -> tuple[str, ...]:
    """The members that ``$select`` names."""
    asked = parse_qs(parts_of(url).query)
    names = next((values[0] for name, values in asked.items() if name.casefold() in {"$select", "select"}), "")
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _all_selected(body: bytes, selected: tuple[str, ...]) -> Iterator[Violation]:
    """Every selected member must be in the entity, or in each entity of a collection."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    if not isinstance(document, dict):
        return
    whole = document.get("value")
    entities = (
        [("$", document)]
        if not isinstance(whole, list)
        else [(f"$.value[{at}]", each) for at, each in enumerate(whole)]
    )
    for path, entity in entities:
        names = {name.casefold() for name in entity} if isinstance(entity, dict) else set()
        for name in selected:
            if name.partition("/")[0].casefold() not in names:
                yield Violation(f"response{path}", f"the selected member {name!r} is missing")


def _json_schema(body: bytes, reference: str, side: str, is_open: bool = False) -> Iterator[Violation]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        yield Violation(side, f"the body is no JSON: {problem}")
        return
    for path, message in breaches(document, reference, is_open=is_open):
        yield Violation(f"{side}{path}", message)
