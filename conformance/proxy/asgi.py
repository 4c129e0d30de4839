"""An ASGI application that records itself: what it is asked and answers goes to cassettes, with no proxy between."""

from __future__ import annotations

import logging
import os
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from conformance.model.exchange import Exchange, Headers, Request, Response, header
from conformance.proxy.actors import Actors
from conformance.proxy.bodies import plain
from conformance.proxy.options import PREFIX
from conformance.proxy.settings import Settings, prepare, settings
from conformance.proxy.shelf import Rotation, Shelf
from conformance.tape.actors import ACTOR
from conformance.tape.policies import masking_of
from conformance.tape.redact import redacted_request
from conformance.tape.shelving import instant

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_CONNECTIONS: Final = 10_000  # numbers of connections that are remembered
_LISTED: Final = ("policy", "split", "rotate_size", "rotate_time")

log = logging.getLogger("meetproof.record")


class Application(Protocol):
    """An ASGI 3 application that is at work while ``running``, not only while it answers."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """The time of its work."""
        ...


@dataclass(slots=True)
class _Heard:
    """What has passed of one exchange."""

    began: float
    body: list[bytes] = field(default_factory=list)
    status: int = 0
    headers: Headers = ()
    answer: list[bytes] = field(default_factory=list)
    is_complete: bool = False


def recorded(application: Application, argument: str) -> Recorded:
    """The application, recording itself; ``argument`` is the folder, then settings: ``tapes,policy=people``.

    The settings are policy, split, rotate_size and rotate_time, as ``meetproof record`` has them. ValueError for an
    argument that is none of that, OSError for a folder that cannot be written.
    """
    out, *others = argument.split(",")
    given: dict[str, Any] = {}
    for other in others:
        name, equals, value = other.partition("=")
        if not equals or name not in _LISTED:
            raise ValueError(f"expected FOLDER[,NAME=VALUE...] with names of {', '.join(_LISTED)}; got {other!r}")
        given[name] = value
    try:
        wanted = settings(out=out, **given)
    except ValueError as problem:
        raise ValueError(str(problem).removeprefix(PREFIX)) from None
    prepare(wanted.out)
    return Recorded(application, wanted)


class Recorded:
    """Writes each exchange of an application down once it is over, secrets redacted; the traffic never fails for it."""

    def __init__(self, application: Application, wanted: Settings) -> None:
        self._application, self._settings = application, wanted
        rotation = Rotation(wanted.rotate_size, wanted.rotate_time)
        self._shelf = Shelf(wanted.out, rotation=rotation, masking=masking_of(wanted.policy, os.environ))
        self._actors = Actors()
        self._connections: OrderedDict[object, int] = OrderedDict()
        self._connected = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """The time of the application's work; at its end the cassettes are closed."""
        try:
            async with self._application.running():
                yield
        finally:
            self._shelf.close()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request and write it down."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        heard = _Heard(time.time())

        async def received() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                heard.body.append(message.get("body", b""))
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                heard.status, heard.headers = message["status"], _headers(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                heard.answer.append(message.get("body", b""))
                heard.is_complete = not message.get("more_body", False)
            await send(message)

        try:
            await self._application(scope, received, sent)
        finally:
            if heard.status:
                self._record(scope, heard)

    def _record(self, scope: Message, heard: _Heard) -> None:
        request = _request(scope, b"".join(heard.body))
        try:
            self._write_down(scope, heard, request)
        except Exception as problem:  # noqa: BLE001  the traffic passes on whatever becomes of the record
            url = redacted_request(Request(request.method, request.url)).url
            log.warning("not recorded: %s %s: %s", request.method, url, problem)

    def _write_down(self, scope: Message, heard: _Heard, request: Request) -> None:
        bare = plain(heard.headers, b"".join(heard.answer))
        notes: dict[str, Any] = {
            "connection": self._connection(scope.get("client")),
            "started": instant(heard.began),
            "finished": instant(time.time()),
        }
        if bare.coding:
            notes["response_coding"] = bare.coding
        if bare.body is None:
            notes["response_left_out"] = f"a body that cannot be decoded as {bare.coding}"
        if not heard.is_complete:
            notes["response_cut"] = "the client left"
        response = Response(heard.status, "", bare.headers, bare.body or b"", request.http_version)
        if actor := self._actors.of(request):
            notes[ACTOR] = actor
        exchange = Exchange(request, response, notes)
        self._actors.learn(exchange)
        scheme, _, rest = request.url.partition("://")
        authority = rest.partition("/")[0]
        name = authority if self._settings.split == "host" else "session"
        self._shelf.append(name, {"origin": f"{scheme}://{authority}"}, exchange)

    def _connection(self, client: Any) -> int:
        """The number of a connection: clients are told apart by their address and port."""
        key = tuple(client) if client else None
        if key not in self._connections:
            self._connected += 1
            self._connections[key] = self._connected
            if len(self._connections) > _CONNECTIONS:
                self._connections.popitem(last=False)
        return self._connections[key]


def _headers(pairs: Any) -> Headers:
    return tuple((bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in pairs)


def _request(scope: Message, body: bytes) -> Request:
    headers = _headers(scope["headers"])
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    url = f"{scope.get('scheme', 'http')}://{header(headers, 'Host') or 'localhost'}{path}{'?' if query else ''}{query}"
    return Request(scope["method"], url, headers, body, f"HTTP/{scope['http_version']}")
