"""The ASGI application: routes a request to its dialect, authenticates it, and writes the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from reference_impl.asgi import Disconnected, Receive, Scope, Send, read_body, stream_answer, write_answer
from reference_impl.auth.authenticator import Authenticator
from reference_impl.auth.login import Login
from reference_impl.auth.schemes import Schemes, choose_schemes
from reference_impl.connection import STATE, Connection
from reference_impl.delivering import delivering
from reference_impl.domain.copying import replace
from reference_impl.faults import deviate
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.notify.delivery import Deliveries
from reference_impl.oauth.ledger import Ledger
from reference_impl.oauth.tokens import Tokens
from reference_impl.routes import TEXT, Route, routes
from reference_impl.service.delivery import deliver_due
from reference_impl.service.world import World

BODY_LIMIT: Final = 32 * 1024 * 1024
BODY_SECONDS: Final = 120
TOO_SLOW: Final = b"The request did not arrive in time.\n"
FORBIDDEN: Final = b"The token holds no permission for this service.\n"
UNAUTHORIZED: Final = b"Credentials of a mailbox are needed.\n"
NOT_HERE: Final = (
    b"Nothing is served here. EWS is at /EWS/Exchange.asmx, Graph at /v1.0 and /beta, tokens at /oauth2/v2.0/token, "
    b"Autodiscover below /autodiscover.\n"
)

log = logging.getLogger("meetproof.server")


class Application:
    """One server: both dialects and the token endpoint over one world."""

    def __init__(self, world: World, schemes: Schemes | None = None) -> None:
        self._token_key = world.ids.token(32)
        self._ledger = Ledger()
        self._schemes = schemes or choose_schemes()
        self._deliveries = Deliveries(lambda: self.world)
        self.use(world)

    def use(self, world: World) -> None:
        """Serve this world from the next request on; tokens given before stay good."""
        self.world = world
        tokens = Tokens(world, self._token_key)
        self._authenticator = Authenticator(world, tokens, self._schemes)
        self._routes = routes(world, self._schemes, tokens, self._ledger)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """What the server does besides answering requests: within this context it delivers mail and pushes events."""
        async with delivering(lambda: self.world), self._deliveries.running():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send, self.running())
            return
        if scope["type"] != "http":
            return
        connection: Connection | None = scope.get("state", {}).get(STATE)
        try:
            body = await _body(scope, receive, connection)
        except Disconnected:
            return
        except TimeoutError:
            await write_answer(send, HttpAnswer(408, (("Connection", "close"), *TEXT), TOO_SLOW))
            return
        answer = await self.answer(scope, body, connection.login if connection else None)
        date = ("Date", _date(int(self.world.clock.now().timestamp())))
        if answer.chunks is None:
            await write_answer(send, answer, date)
        else:
            ending = (connection or Connection()).ending
            await stream_answer(receive, send, answer, answer.chunks, ending, date)

    async def answer(self, scope: Scope, body: bytes | None, login: Login | None = None) -> HttpAnswer:
        """The answer to a request over a connection with this login, if any; a body that is too large is nothing."""
        self.world.clock.tick()
        path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
        headers = _headers(scope["headers"])
        for route in self._routes:
            if route.leads(path):
                break
        else:
            return HttpAnswer(404, TEXT, NOT_HERE)
        verdict = self._authenticator.judge(headers.get("authorization", ""), route.dialect, route.schemes, login)
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
            client_id=caller.client_id if caller else "",
        )
        if body is None:
            return route.endpoint.too_large(request, BODY_LIMIT)
        if route.guarded and verdict.is_forbidden:
            return HttpAnswer(403, TEXT, FORBIDDEN)
        if route.guarded and caller is None:
            return HttpAnswer(401, (*verdict.challenges, *TEXT), UNAUTHORIZED)
        try:
            answer = await self.world.run(_answered, self.world, route, request)
            while answer.pending is not None:
                heard = await self._deliveries.ask(answer.pending.questions)
                answer = await self.world.run(answer.pending.answer, heard)
        except Exception:  # the last line of defence; the tests demand that it is never reached
            log.exception("%s %s failed", request.method, request.path)
            answer = route.endpoint.failed(request)
        if caller is not None and verdict.challenges:
            answer = replace(answer, headers=(*verdict.challenges, *answer.headers))
        return deviate(self.world.faults, request, answer)


async def _body(scope: Scope, receive: Receive, connection: Connection | None) -> bytes | None:
    """The body of a request, or nothing where it is too large. Raises Disconnected, TimeoutError."""
    if connection is not None and connection.is_whole:
        return await read_body(receive, BODY_LIMIT)
    if _declared_size(scope) > BODY_LIMIT:
        return None
    async with asyncio.timeout(BODY_SECONDS):
        return await read_body(receive, BODY_LIMIT)


def _declared_size(scope: Scope) -> int:
    sizes = [value for name, value in scope["headers"] if name == b"content-length" and value.isdigit()]
    return int(sizes[-1]) if sizes else 0


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers of a request by name; values of one that is repeated make a list (RFC 9110 section 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = _name(raw_name), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


@lru_cache(maxsize=512)
def _name(raw: bytes) -> str:
    return raw.decode("latin-1").lower()


@lru_cache(maxsize=16)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True)


def _answered(world: World, route: Route, request: HttpRequest) -> HttpAnswer:
    if world.settings.delivery_delay:
        deliver_due(world)
    return route.refuse(request) or route.endpoint.answer(request)


async def _lifespan(receive: Receive, send: Send, running: AbstractAsyncContextManager[None]) -> None:
    assert (await receive())["type"] == "lifespan.startup"
    async with running:
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
    await send({"type": "lifespan.shutdown.complete"})
