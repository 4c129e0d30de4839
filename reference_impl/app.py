"""The ASGI application: routes a request to its dialect, authenticates it, and writes the answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Final, Protocol

from reference_impl.asgi import Receive, Scope, Send, read_body, stream_answer, write_answer
from reference_impl.auth.authenticator import Authenticator
from reference_impl.auth.schemes import Schemes, choose_schemes
from reference_impl.connection import STATE, Connection
from reference_impl.ews.service import EwsEndpoint
from reference_impl.faults import deviate
from reference_impl.graph.service import GraphEndpoint
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.oauth import EWS, GRAPH, TokenIssuer
from reference_impl.service.world import World

BODY_LIMIT: Final = 32 * 1024 * 1024
TEXT: Final = (("Content-Type", "text/plain; charset=utf-8"),)
UNAUTHORIZED: Final = b"Credentials of a mailbox are needed.\n"
NOT_HERE: Final = (
    b"Nothing is served here. EWS is at /EWS/Exchange.asmx, Graph at /v1.0 and /beta, tokens at /oauth2/v2.0/token.\n"
)

log = logging.getLogger("meetproof.server")


class Endpoint(Protocol):
    """Who answers below a path, each in the words of its own protocol."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request."""

    def too_large(self, request: HttpRequest, limit: int) -> HttpAnswer:
        """The refusal of a body of more than ``limit`` bytes."""

    def failed(self, request: HttpRequest) -> HttpAnswer:
        """The answer where the server is at fault."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path pattern, the schemes it takes, who answers, and what the web server in front refuses itself.

    ``guarded`` means that this web server lets nobody in without credentials.
    """

    pattern: re.Pattern[str]
    dialect: str
    schemes: frozenset[str]
    endpoint: Endpoint
    guarded: bool = False
    refuse: Callable[[HttpRequest], HttpAnswer | None] = lambda _request: None


class Application:
    """One server: both dialects and the token endpoint over one world."""

    def __init__(self, world: World, schemes: Schemes | None = None) -> None:
        self._token_key = world.ids.token(32)
        self._schemes = schemes or choose_schemes()
        self.use(world)

    def use(self, world: World) -> None:
        """Serve this world from the next request on; tokens given before stay good."""
        self.world = world
        tokens = TokenIssuer(world, self._token_key)
        self._authenticator = Authenticator(world, tokens, self._schemes)
        ews, graph = EwsEndpoint(world), GraphEndpoint(world)
        chosen, bearer = frozenset(self._schemes.names), frozenset({"bearer"})
        self._routes = (
            Route(
                re.compile(r"/ews/exchange\.asmx/?", re.IGNORECASE),
                EWS,
                chosen,
                ews,
                guarded=True,
                refuse=_refused_before_ews,
            ),
            Route(re.compile(r"/(v1\.0|beta)(/.*)?", re.IGNORECASE), GRAPH, bearer, graph),
            Route(re.compile(r"(/[^/]+)?/oauth2/v2\.0/token", re.IGNORECASE), "", frozenset(), tokens),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        body = await read_body(receive, BODY_LIMIT)
        connection = _connection(scope)
        answer = await self.answer(scope, body)
        date = format_datetime(self.world.clock.now(), usegmt=True)
        answer = replace(answer, headers=(*answer.headers, ("Date", date)))
        if answer.chunks is None:
            await write_answer(send, answer)
        else:
            await stream_answer(receive, send, answer, answer.chunks, (connection or Connection()).ending)

    async def answer(self, scope: Scope, body: bytes | None) -> HttpAnswer:
        """The answer to one request whose body is complete, or nothing where it is too large."""
        self.world.clock.tick()
        path = scope.get("raw_path", scope["path"].encode()).decode("ascii", "replace")
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        for route in self._routes:
            if route.pattern.fullmatch(path):
                connection = _connection(scope)
                verdict = self._authenticator.judge(
                    headers.get("authorization", ""),
                    route.dialect,
                    route.schemes,
                    connection.login if connection else None,
                )
                caller = verdict.caller
                request = HttpRequest(
                    method=scope["method"],
                    path=path,
                    query=scope.get("query_string", b"").decode("ascii", "replace"),
                    headers=headers,
                    body=body or b"",
                    origin=f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}",
                    actor=caller.mailbox if caller else None,
                    scopes=caller.scopes if caller else frozenset(),
                    application=caller.application if caller else False,
                )
                if body is None:
                    return route.endpoint.too_large(request, BODY_LIMIT)
                if route.guarded and caller is None:
                    return HttpAnswer(401, (*verdict.challenges, *TEXT), UNAUTHORIZED)
                answer = await self.world.run(_answered, route, request)
                if caller is not None:
                    answer = replace(answer, headers=(*verdict.challenges, *answer.headers))
                return deviate(self.world.faults, request, answer)
        return HttpAnswer(404, TEXT, NOT_HERE)


def _connection(scope: Scope) -> Connection | None:
    found: Connection | None = scope.get("state", {}).get(STATE)
    return found


def _refused_before_ews(request: HttpRequest) -> HttpAnswer | None:
    """EWS leaves methods and media types, as credentials, to the web server: bare answers ([MS-OXWSMTGS] 2.1)."""
    if request.method != "POST":
        return HttpAnswer(405, (("Allow", "POST"), *TEXT), b"EWS takes POST requests with a SOAP body.\n")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and not media_type.endswith(("/xml", "+xml")):
        return HttpAnswer(415, TEXT, b"EWS takes SOAP 1.1 envelopes; expected Content-Type: text/xml.\n")
    return None


def _answered(route: Route, request: HttpRequest) -> HttpAnswer:
    try:
        return route.refuse(request) or route.endpoint.answer(request)
    except Exception:  # the last line of defence; the tests demand that it is never reached
        log.exception("%s %s failed", request.method, request.path)
        return route.endpoint.failed(request)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
