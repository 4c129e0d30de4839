"""An ASGI application that records itself: what it is asked and answers goes to cassettes, with no proxy between."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from conformance.model.exchange import Headers, header
from conformance.proxy.captured import Captured, Route
from conformance.proxy.options import PREFIX
from conformance.proxy.origins import Origin, parse_origin
from conformance.proxy.settings import Settings, prepare, settings
from conformance.proxy.writing import Writing
from conformance.wire.urls import DEFAULT_PORTS

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
        self._application = application
        self._writing = Writing(wanted, _say)
        self._connections: OrderedDict[object, int] = OrderedDict()
        self._connected = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """The time of the application's work; at its end the cassettes are closed."""
        try:
            async with self._application.running():
                yield
        finally:
            self._writing.close()

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
                self._writing.write(_captured(scope, heard, self._connection(scope.get("client"))))

    def _connection(self, client: Any) -> int:
        """The number of a connection: clients are told apart by their address and port."""
        key = tuple(client) if client else None
        if key not in self._connections:
            self._connected += 1
            self._connections[key] = self._connected
            if len(self._connections) > _CONNECTIONS:
                self._connections.popitem(last=False)
        return self._connections[key]


def _say(words: str, *, full: str = "") -> None:
    del full  # the traffic passes though the disk is full
    if words:
        log.warning("%s", words)


def _captured(scope: Message, heard: _Heard, connection: int) -> Captured:
    """What was heard of an exchange, of a client that asked the server by its own name."""
    headers = _headers(scope["headers"])
    origin = _origin(scope, header(headers, "Host", "") or "")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    version = f"HTTP/{scope['http_version']}"
    return Captured(
        method=scope["method"],
        target=f"{path}?{query}" if query else path,
        version=version,
        headers=headers,
        body=b"".join(heard.body),
        status=heard.status,
        reason="",
        answer_version=version,
        answer_headers=heard.headers,
        answer=b"".join(heard.answer),
        route=Route(None, origin, origin),
        case=None,
        notes={} if heard.is_complete else {"response_cut": "the client left"},
        connection=connection,
        started=heard.began,
        finished=time.time(),
    )


def _origin(scope: Message, host: str) -> Origin:
    """Where the server is as the client named it, if that is a name."""
    scheme = scope.get("scheme", "http")
    try:
        return parse_origin(f"{scheme}://{host}")
    except ValueError:
        return Origin(scheme, "localhost", DEFAULT_PORTS[scheme])


def _headers(pairs: Any) -> Headers:
    return tuple((bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in pairs)
