"""The Graph endpoint: authorises, routes and answers one request; every refusal becomes the error envelope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import quote
from uuid import UUID

import orjson

from reference_impl.domain.errors import DomainError
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph import refusals
from reference_impl.graph.access import admit
from reference_impl.graph.address import literal, read_address
from reference_impl.graph.call import Asking, Call, Result
from reference_impl.graph.errors import ERRORS, envelope
from reference_impl.graph.odata.options import Options, read_options
from reference_impl.graph.prefer import Preferences, read_prefer
from reference_impl.graph.refusals import Refusal
from reference_impl.graph.router import Router
from reference_impl.graph.routes import ROUTES
from reference_impl.http import Heard, HttpAnswer, HttpRequest, Pending
from reference_impl.service.world import World

JSON: Final = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
CHALLENGE: Final = 'Bearer realm="", client_id="00000003-0000-0000-c000-000000000000"'

_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class _Said:
    """What every answer says of its request."""

    request_id: str
    client_request_id: str

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Cache-Control", "private"),
            ("request-id", self.request_id),
            ("client-request-id", self.client_request_id),
        )


class GraphEndpoint:
    """Microsoft Graph's calendar and mail over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._router = Router(ROUTES)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to one request whose path begins with /v1.0 or /beta."""
        said = self._said_of(request)
        try:
            if request.actor is None:
                raise refusals.Unauthenticated
            preferences = read_prefer(request.headers.get("prefer", ""))
            result = self._result(request, request.actor, preferences)
        except (DomainError, Refusal) as refused:
            return self._refused(refused, said)
        if isinstance(result, Asking):
            return HttpAnswer(
                HTTPStatus.SERVICE_UNAVAILABLE,
                pending=Pending(result.questions, partial(self._gone_on, result, said, preferences)),
            )
        return _written(result, said, preferences)

    def _gone_on(
        self, asking: Asking, said: _Said, preferences: Preferences, heard: Sequence[Heard | None]
    ) -> HttpAnswer:
        try:
            result = asking.answer(heard)
        except (DomainError, Refusal) as refused:
            return self._refused(refused, said)
        return _written(result, said, preferences)

    def _result(self, request: HttpRequest, actor: Mailbox, preferences: Preferences) -> Result | Asking:
        address = read_address(request.path)
        found = self._router.find(request.method, address)
        _check_accept(request.headers.get("accept", ""))
        owner = admit(self._world, request, actor, address, found.route)
        options = read_options(request.query, found.route.options)
        call = Call(
            world=self._world,
            request=request,
            version=address.version,
            owner=owner,
            by=None if request.application else actor,
            user_key=owner.id if address.user is None else quote(address.user, safe=""),
            keys={name: _meant(key, options) for name, key in found.keys.items()},
            options=options,
            preferences=preferences,
        )
        return found.route.answer(call)

    def failed(self, request: HttpRequest) -> HttpAnswer:
        """The envelope that owns up to a mistake of this server."""
        text = "An internal server error occurred; the server's log tells why."
        return self._envelope(500, "ErrorInternalServerError", text, self._said_of(request))

    def too_large(self, request: HttpRequest, limit: int) -> HttpAnswer:
        """The envelope for a body of more than ``limit`` bytes, which was not read."""
        text = f"A request may have {limit} bytes at most."
        return self._envelope(413, "ErrorMessageSizeExceeded", text, self._said_of(request))

    def _said_of(self, request: HttpRequest) -> _Said:
        request_id = str(UUID(bytes=self._world.ids.token(16), version=4))
        given = request.headers.get("client-request-id", "").strip()
        return _Said(request_id, given if _PRINTABLE.fullmatch(given) else request_id)

    def _refused(self, refused: DomainError | Refusal, said: _Said) -> HttpAnswer:
        status, code = ERRORS[type(refused)]
        further: tuple[tuple[str, str], ...] = ()
        if isinstance(refused, refusals.Unauthenticated):
            further = (("WWW-Authenticate", CHALLENGE),)
        elif isinstance(refused, refusals.MethodNotAllowed):
            further = (("Allow", str(refused.data["offered"])),)
        return self._envelope(status, code, str(refused), said, further)

    def _envelope(
        self, status: int, code: str, text: str, said: _Said, further: tuple[tuple[str, str], ...] = ()
    ) -> HttpAnswer:
        body = envelope(code, text, self._world.clock.now(), said.request_id, said.client_request_id)
        return HttpAnswer(status, (("Content-Type", "application/json"), *said.headers, *further), orjson.dumps(body))


def _meant(key: str, options: Options) -> str:
    """A key, or what its parameter alias stands for (OData 4.01 URL conventions, 5.3)."""
    return (
        literal(options.parameters[key.lower()]) if key.startswith("@") and key.lower() in options.parameters else key
    )


def _check_accept(accept: str) -> None:
    """JSON is acceptable unless the header names only other media types (RFC 9110 section 12.5.1)."""
    ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()]
    if ranges and not any(each in {"*/*", "*", "application/*", "application/json"} for each in ranges):
        raise refusals.NotAcceptable(accept=accept)


def _written(result: Result, said: _Said, preferences: Preferences) -> HttpAnswer:
    """A success as it is sent."""
    if result.body is None:
        return HttpAnswer(result.status, (*said.headers, *result.headers))
    applied = (("Preference-Applied", ", ".join(preferences.applied)),) if preferences.applied else ()
    headers = (("Content-Type", JSON), *said.headers, *applied, *result.headers)
    return HttpAnswer(result.status, headers, orjson.dumps(result.body))
