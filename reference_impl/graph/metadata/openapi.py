"""The operations described in OpenAPI 3.1.0, of one version, from the routes, the field tables and the shared schemas.

Graph has no such document; this one is for tests and generators of clients. Each operation stands under each of its
paths, with keys between slashes and without the namespace of actions, and listings that can be counted once more with
/$count. Single properties of entities, which can be addressed too, are left out. Schemas are common to both versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from reference_impl.domain.errors import StaleVersion
from reference_impl.graph.delta import TOKENS
from reference_impl.graph.derived import COUNT, COUNTED
from reference_impl.graph.fields.attachment import ATTACHMENT
from reference_impl.graph.fields.calendar import CALENDAR, GROUP, PERMISSION
from reference_impl.graph.fields.category import CATEGORY
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.fields.field import Table
from reference_impl.graph.fields.folder import MAIL_FOLDER
from reference_impl.graph.fields.message import MESSAGE
from reference_impl.graph.fields.person import USER
from reference_impl.graph.fields.place import ROOM, ROOM_LIST
from reference_impl.graph.fields.reminder import REMINDER
from reference_impl.graph.fields.subscription import SUBSCRIPTION
from reference_impl.graph.metadata.model import operations_by_name
from reference_impl.graph.metadata.statuses import HEADERS, PARTICULAR, may_be_minimal, may_be_unchanged, refused_with
from reference_impl.graph.metadata.types import documents
from reference_impl.graph.negotiation import ANYTHING, BYTES, JSON, TEXT
from reference_impl.graph.odata.options import LARGEST_TOP
from reference_impl.graph.router import Reach, Route

OPENAPI: Final = "3.1.0"
COMPONENTS: Final = "#/components/schemas/"

_TABLES: Final[Mapping[str, tuple[Table[Any], str | None]]] = {
    "event": (EVENT, None),
    "anyMessage": (MESSAGE, None),
    "eventMessageRequest": (MESSAGE, "eventMessageRequest"),
    "eventMessageResponse": (MESSAGE, "eventMessageResponse"),
    "attachment": (ATTACHMENT, None),
    "calendar": (CALENDAR, None),
    "calendarGroup": (GROUP, None),
    "calendarPermission": (PERMISSION, None),
    "masterCategory": (CATEGORY, None),
    "mailFolder": (MAIL_FOLDER, None),
    "user": (USER, None),
    "room": (ROOM, None),
    "roomList": (ROOM_LIST, None),
    "place": (ROOM, None),
    "reminder": (REMINDER, None),
    "subscription": (SUBSCRIPTION, None),
}
"""The field table behind each schema of answers, and the type that all of its subjects are of."""

_STRING: Final = {"type": "string"}
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "$top": {"type": "integer", "minimum": 1, "maximum": LARGEST_TOP},
    "$skip": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    "$count": {"type": "boolean"},
    "$format": {"type": "string", "enum": ["json", JSON]},
}
_CALL: Final = re.compile(r"([\w.]+)\(([\w,]*)\)")
_BODIES_NEEDED: Final = frozenset({"calendar.getSchedule"})
"""Actions with parameters that a code of their own is missed with, so that the schemas do not require them."""

_KEY: Final = re.compile(r"\{(\w+)\}")


def openapi_of(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The description of these routes below /v1.0 or /beta, as JSON values."""
    every = tuple(routes)
    readable = {path: route for route in every if route.method == "GET" for path in addresses(route)}
    paths: dict[str, dict[str, Any]] = {}
    for route in every:
        for index, path in enumerate(addresses(route)):
            operation = _operation(route, path, index, version, readable.get(path))
            paths.setdefault(path, {})[route.method.lower()] = operation
            if COUNT in route.options:
                paths.setdefault(f"{path}/{COUNT}", {})["get"] = _counting(route, path, index)
    return {
        "openapi": OPENAPI,
        "info": {"title": "Meetings and mail of Microsoft Graph, as the reference server has them", "version": version},
        "servers": [{"url": f"/{version}"}],
        "paths": paths,
        "components": {
            "schemas": {_component(path): _moved(document, path) for path, document in documents().items()},
            "headers": dict(HEADERS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def addresses(route: Route) -> Iterator[str]:
    """The paths of a route from the version on; of a function, with the names of its arguments as keys."""
    prefixes = ("",) if route.reach is Reach.SERVICE else ("/me", "/users/{user}")
    for prefix in prefixes:
        for path in route.paths:
            yield prefix + _CALL.sub(_called, path)


def _called(call: re.Match[str]) -> str:
    arguments = ",".join(f"{name}='{{{name}}}'" for name in call[2].split(",") if name)
    return f"{call[1]}({arguments})" if arguments else call[1]


def _operation(route: Route, path: str, index: int, version: str, reader: Route | None) -> dict[str, Any]:
    """What is sent and answered at one path; ``reader`` is what GET of the path leads to."""
    row = operations_by_name()[route.name]
    described: dict[str, Any] = {
        "operationId": f"{route.name}.{index}" if index else route.name,
        "tags": [route.name.partition(".")[0]],
        "parameters": [*_keys(path), *_query(route, version), *_headers(route)],
        "responses": {**_successes(route, row), **_refusals(route, path, reader)},
        "security": _security(route),
    }
    if "request" in row or route.consumes != (JSON,):
        described["requestBody"] = _body(route, row.get("request"))
    return described


def _counting(route: Route, path: str, index: int) -> dict[str, Any]:
    """Of how many there are in a listing (OData 4.01 URL conventions, 4.8)."""
    number = {"description": "How many there are.", "content": {TEXT: {"schema": {"type": "integer", "minimum": 0}}}}
    return {
        "operationId": f"{route.name}.count.{index}" if index else f"{route.name}.count",
        "tags": [route.name.partition(".")[0]],
        "parameters": [
            *_keys(path),
            *(_in_query(name, _STRING) for name in sorted(route.options & COUNTED)),
            *(_in_query(name, _STRING) for name in route.parameters),
        ],
        "responses": {"200": number, **_refusals(route, path, None)},
        "security": _security(route),
    }


def _security(route: Route) -> list[dict[str, list[str]]]:
    """The permissions of which one is needed; nothing where everybody is answered."""
    if route.is_public:
        return [{}]
    return [{"token": [scope]} for scope in sorted(route.scopes)] or [{"token": []}]


def _keys(path: str) -> list[dict[str, Any]]:
    filled = {"type": "string", "minLength": 1}
    return [{"name": name, "in": "path", "required": True, "schema": filled} for name in _KEY.findall(path)]


def _query(route: Route, version: str) -> list[dict[str, Any]]:
    offered = route.options | ({"$format"} if route.method == "GET" and route.produces == JSON else set())
    table, within = _TABLES.get(_shown(route), (None, None))
    found = []
    for name in sorted(offered):
        schema: Mapping[str, Any] = _OPTIONS.get(name, _STRING)
        if table is not None and name == "$select":
            schema = _listed({word: word for word in table.selectable(version, within)})
        elif table is not None and name == "$orderby" and not route.options & TOKENS:
            schema = _listed({each: each for path in table.sortable() for each in (path, f"{path} desc")})
        found.append(_in_query(name, schema))
    return [*found, *(_in_query(name, _STRING) for name in route.parameters)]


def _in_query(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """One parameter; the elements of a list stand between commas."""
    style = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
    return {"name": name, "in": "query", "schema": schema, **style}


def _listed(words: Iterable[str]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "enum": sorted(words)}}


def _headers(route: Route) -> list[dict[str, Any]]:
    names = ["Prefer", "client-request-id", *(["Content-Range"] if BYTES in route.consumes else [])]
    if route.method in {"PATCH", "PUT", "DELETE"} or route.name in PARTICULAR[StaleVersion]:
        names.append("If-Match")
    elif may_be_unchanged(route):
        names.append("If-None-Match")
    return [{"name": name, "in": "header", "schema": _STRING} for name in names]


def _body(route: Route, request: str | None) -> dict[str, Any]:
    """The body in each form that it may have; that of an action which needs no parameter may be left out."""
    content: dict[str, Any] = {media_type: {"schema": _STRING} for media_type in route.consumes if media_type == TEXT}
    if BYTES in route.consumes:
        content[BYTES] = {}
    if JSON in route.consumes and request is not None:
        content[JSON] = {"schema": _reference(request)}
    return {"required": request is None or _is_needed(route, request), "content": content}


def _is_needed(route: Route, request: str) -> bool:
    is_entity = request.removesuffix(".schema.json").endswith((".create", ".update"))
    return is_entity or route.name in _BODIES_NEEDED or bool(documents()[request].get("required"))


def _successes(route: Route, row: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of requests that are carried out, from the index."""
    found: dict[str, Any] = {}
    for status, answer in row["responses"].items():
        described: dict[str, Any] = {"description": "Done."}
        if answer is not None and "media" in answer:
            media_type = answer["media"]
            described["content"] = {media_type: {} if media_type == ANYTHING else {"schema": _STRING}}
        elif answer is not None:
            references = list(dict.fromkeys((answer["schema"], answer.get("selected", answer["schema"]))))
            schemas = [_reference(each) for each in references]
            described["content"] = {JSON: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}
        found[status] = described
    if may_be_minimal(route):
        found["204"] = {"description": "Done, and nothing shown, as Prefer: return=minimal has it."}
    if may_be_unchanged(route):
        found["304"] = {"description": "The state that If-None-Match names."}
    return found


def _refusals(route: Route, path: str, reader: Route | None) -> dict[str, Any]:
    """The statuses of refusals, each with the envelope."""
    content = {JSON: {"schema": _reference("error.schema.json")}}
    return {
        str(status): {
            "description": reason,
            "content": content,
            **({"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers}} if headers else {}),
        }
        for status, reason, headers in refused_with(route, path, reader)
    }


def _shown(route: Route) -> str:
    """The schema of what a route answers with, by the name of its file."""
    answers = operations_by_name()[route.name]["responses"].values()
    return next((each["schema"].partition(".schema.json")[0] for each in answers if each and "schema" in each), "")


@cache
def _component(path: str) -> str:
    """What a schema is called among the components: by its path, with dots for slashes."""
    return path.removesuffix(".schema.json").replace("/", ".")


def _reference(name: str) -> dict[str, Any]:
    file, _, pointer = name.partition("#")
    return {"$ref": f"{COMPONENTS}{_component(file)}{pointer}"}


def _moved(schema: Any, path: str) -> Any:
    """A schema with its references leading to the components; it has no address of its own there."""
    if isinstance(schema, list):
        return [_moved(each, path) for each in schema]
    if not isinstance(schema, dict):
        return schema
    moved = {name: _moved(value, path) for name, value in schema.items() if name not in {"$id", "$schema"}}
    reference = moved.get("$ref")
    if isinstance(reference, str):
        file, _, pointer = reference.partition("#")
        folder = path.rpartition("/")[0]
        whole = f"{folder}/{file}".lstrip("/") if file else path
        moved["$ref"] = f"{COMPONENTS}{_component(whole)}{pointer}"
    return moved
