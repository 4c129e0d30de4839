"""Which statuses an operation can answer with besides those of its index row, from the one table of refusals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from reference_impl.domain import errors as domain
from reference_impl.graph import refusals
from reference_impl.graph.delta import TOKENS
from reference_impl.graph.errors import ERRORS
from reference_impl.graph.metadata.model import operations_by_name
from reference_impl.graph.metadata.types import documents
from reference_impl.graph.negotiation import ANYTHING
from reference_impl.graph.router import Reach, Route

HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "WWW-Authenticate": {"schema": {"type": "string", "pattern": "^Bearer "}, "required": True},
    "Allow": {"schema": {"type": "string", "minLength": 3}, "required": True},
    "Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}, "required": True},
}
"""The headers of refusals that have one of their own."""

_REASONS: Final[Mapping[int, tuple[str, tuple[str, ...]]]] = {
    400: ("The request cannot be understood, or breaks a rule of what it is about.", ()),
    401: ("There is no good token.", ("WWW-Authenticate",)),
    403: ("The caller may not.", ()),
    404: ("What the path or the body names is not there.", ()),
    405: ("What the path leads to does not take this method.", ("Allow",)),
    406: ("The answer has none of the media types that the request accepts.", ()),
    409: ("There is one already.", ()),
    410: ("The token of the round is no longer good.", ()),
    412: ("What is to be changed is no longer in the state that If-Match names.", ()),
    413: ("Too large.", ()),
    415: ("The body is packed, or of another media type.", ()),
    416: ("The piece is not the next one.", ()),
    429: ("Too many requests.", ("Retry-After",)),
}
_ANYWHERE: Final = frozenset({400, 413, 415, 429})
"""What every request can be refused with: for an option, its size, its encoding, or the others that came before it."""

PARTICULAR: Final[Mapping[type[Exception], frozenset[str]]] = {
    domain.DuplicateTransaction: frozenset({"event.create"}),
    domain.FolderExists: frozenset(
        {
            "calendar.create",
            "calendar.update",
            "mailFolder.create",
            "mailFolder.update",
            "mailFolder.move",
            "mailFolder.copy",
        }
    ),
    domain.CalendarGroupExists: frozenset({"calendarGroup.create", "calendarGroup.update"}),
    domain.CategoryExists: frozenset({"masterCategory.create"}),
    domain.ShareExists: frozenset({"calendarPermission.create"}),
    domain.DelegateExists: frozenset(),  # delegates are for EWS to make
    domain.ExtensionExists: frozenset({"event.extensions.create"}),
    domain.StaleVersion: frozenset({"event.permanentDelete", "message.permanentDelete"}),
    domain.UploadOutOfOrder: frozenset({"upload.send"}),
    refusals.SubscriptionExists: frozenset({"subscription.create"}),
    refusals.MethodNotAllowed: frozenset({"event.attachments.value", "message.attachments.value"}),
    refusals.UserUnknown: frozenset({"subscription.create"}),
}
"""Refusals that some operations have alone, or for reasons of their own, and which these are."""


def refused_with(route: Route, path: str, reader: Route | None) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """(status, reason, headers) of the refusals that are possible at a path; ``reader`` is what GET of it leads to."""
    held = {ERRORS[problem][0] for problem, names in PARTICULAR.items() if route.name in names}
    conditions = {
        401: not route.is_public,
        403: bool(route.scopes) or route.reach is not Reach.SERVICE,
        404: "{" in path or route.reach is not Reach.SERVICE,
        405: path.endswith("}"),
        406: route.produces != ANYTHING,
        410: bool(route.options & TOKENS),
        412: route.method in {"PATCH", "PUT", "DELETE"} and reader is not None and _is_tagged(reader),
    }
    possible = held | _ANYWHERE | {status for status, holds in conditions.items() if holds}
    yield from ((status, *_REASONS[status]) for status in sorted(possible))


def may_be_minimal(route: Route) -> bool:
    """Whether the answer may be left out where Prefer says return=minimal."""
    return route.method in {"POST", "PATCH"} and _has(route, frozenset({"@odata.etag"}))


def may_be_unchanged(route: Route) -> bool:
    """Whether an answer may be spared a client that has it."""
    return route.method == "GET" and _has(route, frozenset({"@odata.etag"}))


def _is_tagged(route: Route) -> bool:
    return _has(route, frozenset({"@odata.etag", "changeKey"}))


@cache
def _has(route: Route, names: frozenset[str]) -> bool:
    """Whether a route answers with an entity that has one of these members."""
    answers = operations_by_name()[route.name]["responses"].values()
    schemas = [each["schema"] for each in answers if each and "schema" in each]
    return any(not names.isdisjoint(_members({"$ref": each}, each.partition("#")[0])) for each in schemas)


def _members(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """The names that a schema of an object declares, annotations too."""
    while "$ref" in schema:
        target, _, pointer = schema["$ref"].partition("#")
        path = f"{path.rpartition('/')[0]}/{target}".lstrip("/") if target else path
        schema = documents()[path]
        for step in filter(None, pointer.split("/")):
            schema = schema[step]
    yield from schema.get("properties", {})
    for keyword in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(keyword, ()):
            yield from _members(part, path)
    for keyword in ("then", "else"):
        if keyword in schema:
            yield from _members(schema[keyword], path)
