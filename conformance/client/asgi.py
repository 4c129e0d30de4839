"""The transport that calls an ASGI application in this process, without sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.client import responses
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from conformance.client.live import constant_headers
from conformance.client.protocol import StreamedRequest, TransportFailed, heard
from conformance.model.exchange import Exchange, Request, Response, headers_of
from conformance.wire.urls import DEFAULT_PORTS, split_url

Event = MutableMapping[str, Any]
AsgiApplication = Callable[[Event, Callable[[], Awaitable[Event]], Callable[[Event], Awaitable[None]]], Awaitable[None]]

_BODY = "http.response.body"
_OK = 200
_ASGI = {"version": "3.0", "spec_version": "2.4"}


def _nobody() -> None:
    """Who is not told of events."""


class AsgiTransport:
    """Calls an application by the ASGI 3.0 interface, on an event loop of its own.

    The lifespan protocol is run at the first request and ended by ``close``, where the application supports it.
    """

    def __init__(self, application: AsgiApplication) -> None:
        self._application = application
        self._runner = asyncio.Runner()
        self._lifespan: _Lifespan | None = None

    def send(self, request: Request) -> Exchange:
        """Call the application with a request; an exception it lets out becomes ``TransportFailed``."""
        if self._lifespan is None:
            self._lifespan = _Lifespan(self._application)
            self._runner.run(self._lifespan.start())
        sent = Request(request.method, request.url, constant_headers(request), request.body)
        state = dict(self._lifespan.state)
        if isinstance(request, StreamedRequest):
            return Exchange(sent, self._followed(request, sent, state))
        return Exchange(sent, self._runner.run(self._answer(sent, state)))

    def close(self) -> None:
        """End the lifespan and the event loop."""
        if self._lifespan is not None:
            self._runner.run(self._lifespan.stop())
            self._lifespan = None
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _followed(self, request: StreamedRequest, sent: Request, state: dict[str, Any]) -> Response:
        """The answer as it comes, cut where enough was heard; between its pieces others can be asked for."""
        events: list[Event] = []
        news = asyncio.Event()
        loop = self._runner.get_loop()
        task: asyncio.Task[None] = loop.create_task(self._call(sent, state, events, news.set))
        told = 0
        try:
            while True:
                self._runner.run(_until_news(task, news, request))
                ended = task.done()
                while told < len(events):
                    event = events[told]
                    told += 1
                    is_heard = event["type"] == _BODY and events[0].get("status") == _OK
                    wanted = heard(request, bytes(event.get("body", b""))) if is_heard else None
                    if wanted is not None:
                        return _response(sent, [*events[: told - 1], {**event, "body": event["body"][:wanted]}])
                if ended:
                    task.result()
                    return _response(sent, events)
        finally:
            task.cancel()
            self._runner.run(_settled(task))

    async def _answer(self, request: Request, state: dict[str, Any]) -> Response:
        events: list[Event] = []
        await self._call(request, state, events)
        return _response(request, events)

    async def _call(
        self, request: Request, state: dict[str, Any], events: list[Event], tell: Callable[[], None] = _nobody
    ) -> None:
        """Let the application answer into ``events``, each of which is told of."""
        incoming = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> Event:
            if incoming:
                return incoming.pop()
            await asyncio.Event().wait()  # the client never hangs up
            raise AssertionError

        async def send(event: Event) -> None:
            await asyncio.sleep(0)
            events.append(event)
            tell()

        try:
            await self._application(_scope(request, state), receive, send)
        except Exception as problem:
            raise TransportFailed(
                f"{request.method} {request.url}: the application raised {type(problem).__name__}: {problem}"
            ) from problem


async def _until_news(task: asyncio.Task[None], news: asyncio.Event, request: StreamedRequest) -> None:
    """Wait until an answer goes on or ends; ``TransportFailed`` when it does neither for too long."""
    waiting = asyncio.create_task(news.wait())
    done, _ = await asyncio.wait({task, waiting}, timeout=request.patience, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    news.clear()
    if not done:
        raise TransportFailed(f"{request.method} {request.url}: nothing was heard for {request.patience:g} s")


async def _settled(task: asyncio.Task[None]) -> None:
    await asyncio.gather(task, return_exceptions=True)


def _response(request: Request, events: Sequence[Event]) -> Response:
    """What the events of an answer amount to."""
    starts = [event for event in events if event["type"] == "http.response.start"]
    if len(starts) != 1:
        raise TransportFailed(f"{request.method} {request.url}: the application sent {len(starts)} answers")
    headers = headers_of(
        (bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in starts[0].get("headers", ())
    )
    body = b"".join(bytes(event.get("body", b"")) for event in events if event["type"] == _BODY)
    status = int(starts[0]["status"])
    return Response(status, responses.get(status, ""), headers, body)


def _scope(request: Request, state: dict[str, Any]) -> Event:
    parts = urlsplit(request.url)
    _, target = split_url(request.url)
    path, _, query = target.partition("?")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "", port),
        "state": state,
    }


class _Lifespan:
    """The lifespan protocol of one application: started, held open, stopped."""

    def __init__(self, application: AsgiApplication) -> None:
        self._application = application
        self._to_application: asyncio.Queue[Event] = asyncio.Queue()
        self._from_application: asyncio.Queue[Event] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        answer = await self._say("lifespan.startup")
        if answer is not None and answer["type"] == "lifespan.startup.failed":
            raise TransportFailed(f"the application did not start: {answer.get('message', '')}")

    async def stop(self) -> None:
        await self._say("lifespan.shutdown")
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _say(self, kind: str) -> Event | None:
        """Send an event and wait for its answer; ``None`` from an application that knows no lifespan."""
        assert self._task is not None
        if self._task.done():
            return None
        await self._to_application.put({"type": kind})
        answer = asyncio.create_task(self._from_application.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        return None

    async def _run(self) -> None:
        try:
            await self._application(
                {"type": "lifespan", "asgi": _ASGI, "state": self.state},
                self._to_application.get,
                self._from_application.put,
            )
        except Exception:  # noqa: BLE001  ASGI: raising on a lifespan scope means that the application supports none
            return
