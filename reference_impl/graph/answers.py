"""How results and refusals are written as HTTP answers: the headers that all have, entity tags, preferences applied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import orjson

from reference_impl.domain.errors import DomainError
from reference_impl.graph import ids, refusals
from reference_impl.graph.call import Call, Result
from reference_impl.graph.delta import SKIP
from reference_impl.graph.errors import ERRORS, envelope
from reference_impl.graph.fields.field import Shown
from reference_impl.graph.negotiation import MEDIA_TYPES, Metadata, without_metadata
from reference_impl.graph.refusals import Refusal
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service.world import World

CHALLENGE: Final = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'client_id="00000003-0000-0000-c000-000000000000"'
)
_SERVER: Final = {"DataCenter": "Meetproof", "Slice": "E", "Ring": "1", "ScaleUnit": "001", "RoleInstance": "MEETPROOF"}
_DIAGNOSTIC: Final = ("x-ms-ags-diagnostic", orjson.dumps({"ServerInfo": _SERVER}).decode())
_PRIVATE: Final = ("Cache-Control", "private")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,128}")
_VARIANT: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_ETAG: Final = "@odata.etag"
_ODATA: Final = (("OData-Version", "4.0"),)

Headers = tuple[tuple[str, str], ...]


class Said(msgspec.Struct, frozen=True, gc=False):
    """What every answer says of its request."""

    request_id: str
    client_request_id: str

    @property
    def headers(self) -> Headers:
        """The headers of every answer."""
        return (
            _PRIVATE,
            ("request-id", self.request_id),
            ("client-request-id", self.client_request_id),
            _DIAGNOSTIC,
        )


def said_of(world: World, request: HttpRequest) -> Said:
    """A fresh id for the answer, and the client's own for the request, if it sent one."""
    request_id = _random_guid(world.ids.token(16))
    given = request.headers.get("client-request-id", "").strip()
    return Said(request_id, given if given and _PRINTABLE.fullmatch(given) else request_id)


def _random_guid(data: bytes) -> str:
    """A GUID of 16 random bytes, which say so in two digits (RFC 9562 section 5.4)."""
    digits = data.hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"


def written(call: Call, result: Result, said: Said, metadata: Metadata) -> HttpAnswer:
    """The answer that a result is: 304 for an entity that the client has, 204 where it wants none back."""
    if result.content is not None:
        typed = (("Content-Type", result.content.media_type),)
        return HttpAnswer(result.status, (*typed, *said.headers, *result.headers), result.content.data)
    if result.body is None:
        return HttpAnswer(result.status, (*said.headers, *result.headers))
    preferences, method = call.preferences, call.request.method
    tag = result.body.get(_ETAG)
    tagged: Headers = (("ETag", str(tag)),) if tag is not None else ()
    if tagged and method == "GET" and _is_known(call, str(tag)):
        return HttpAnswer(304, (*said.headers, *tagged))
    applied = list(preferences.applied)
    if preferences.tracks_changes and _is_of_a_round(result.body):
        applied.append("odata.track-changes")
    if preferences.returns and tagged and method in {"POST", "PATCH"} and call.world.settings.minimal_is_honoured:
        applied.append(f"return={preferences.returns}")
        if preferences.returns == "minimal":
            name = ("OData-EntityId", location_in(result.headers) or call.request.origin + call.request.path)
            headers = (*said.headers, *_ODATA, *tagged, _applied(applied), *result.headers, name)
            return HttpAnswer(204, headers)
    if metadata is Metadata.NONE:
        data = orjson.dumps(without_metadata(result.body))
    else:
        data = _json(result.context, result.body)
    preferred = (_applied(applied),) if applied else ()
    headers = (("Content-Type", MEDIA_TYPES[metadata]), *said.headers, *_ODATA, *tagged, *preferred, *result.headers)
    return HttpAnswer(result.status, headers, data)


def _json(context: str, body: Mapping[str, Any]) -> bytes:
    """The context and the members, of which those of items are not written anew."""
    head = {"@odata.context": context} if context else {}
    if context and isinstance(body, Shown):
        return b"%b,%b" % (orjson.dumps(head)[:-1], orjson.dumps(body.json)[1:])
    rows = body.get("value")
    if isinstance(rows, list):
        written = [row.json if isinstance(row, Shown) else row for row in rows]
        return orjson.dumps({**head, **body, "value": written})
    return orjson.dumps({**head, **body})


def refused(world: World, problem: DomainError | Refusal, said: Said) -> HttpAnswer:
    """The envelope of a refusal."""
    status, code = ERRORS[type(problem)]
    further: Headers = ()
    if isinstance(problem, refusals.Unauthenticated):
        further = (("WWW-Authenticate", CHALLENGE),)
    elif isinstance(problem, refusals.MethodNotAllowed):
        further = (("Allow", str(problem.data["offered"])),)
    elif isinstance(problem, refusals.Throttled):
        further = (("Retry-After", str(problem.data["seconds"])),)
    return enveloped(status, code, str(problem), world.clock.now(), said, further)


def enveloped(status: int, code: str, text: str, now: datetime, said: Said, further: Headers = ()) -> HttpAnswer:
    """The error envelope with a status and a code."""
    body = envelope(code, text, now, said.request_id, said.client_request_id)
    return HttpAnswer(status, (("Content-Type", "application/json"), *said.headers, *further), orjson.dumps(body))


def location_in(headers: Headers) -> str | None:
    """The address of what was made."""
    return next((value for name, value in headers if name == "Location"), None)


def _applied(preferences: list[str]) -> tuple[str, str]:
    return ("Preference-Applied", ", ".join(preferences))


def _is_of_a_round(body: Mapping[str, Any]) -> bool:
    """Whether an answer is a page of changes (delta query overview)."""
    return "@odata.deltaLink" in body or f"{SKIP}=" in body.get("@odata.nextLink", "")


def _is_known(call: Call, tag: str) -> bool:
    """Whether the client names this state among those it has (RFC 9110, 13.1.2)."""
    condition = call.request.headers.get("if-none-match")
    return condition is not None and call.world.settings.unchanged_is_304 and ids.names_tag(condition, tag)
