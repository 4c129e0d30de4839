"""An HTTP server that answers every request by a function: recordings, played to any client.

Built on asyncio and h11, which comes with httpx, so that playing needs neither the server's nor the proxy's extra.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

import h11

from conformance.model.exchange import Headers, Request, Response, header
from conformance.proxy.listening import on_stop_signal, url_of, why_not
from conformance.wire.urls import split_url

Answer = Callable[[Request], Response]

# Of one connection, not of the answer (RFC 9110, section 7.6.1); the length is told anew.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}
)
_RETOLD = _HOP_BY_HOP | {"content-length"}


class CannotListen(OSError):
    """The address or port cannot be had."""


def play(answer: Answer, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is told the URL once it listens. ``CannotListen`` if it never does."""
    if words := why_not(host, port):
        raise CannotListen(words)

    async def serve() -> None:
        stopping = asyncio.Event()
        on_stop_signal(asyncio.get_running_loop(), stopping.set)
        await _serve(answer, host, port, ready, stopping)

    asyncio.run(serve())


@contextmanager
def playing(answer: Answer) -> Iterator[str]:
    """Serve in a thread, at a free port of loopback, for the length of a block, which gets the URL."""
    started: Future[tuple[str, asyncio.AbstractEventLoop]] = Future()
    stopping = asyncio.Event()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        await _serve(answer, "127.0.0.1", 0, lambda url: started.set_result((url, loop)), stopping)

    def run() -> None:
        try:
            asyncio.run(serve())
        except OSError as problem:
            started.set_exception(CannotListen(str(problem)))

    thread = Thread(target=run, name="meetproof-replay", daemon=True)
    thread.start()
    url, loop = started.result()
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()


async def _serve(answer: Answer, host: str, port: int, ready: Callable[[str], None], stopping: asyncio.Event) -> None:
    connections: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer, connections), host, port)
    async with server:
        ready(url_of(*server.sockets[0].getsockname()[:2]))
        try:
            await stopping.wait()
        finally:
            for connection in tuple(connections):
                connection.transport.abort()


class _Connection(asyncio.Protocol):
    """One client's connection, kept alive from request to request; what is slow to take answers is read no further."""

    transport: asyncio.Transport

    def __init__(self, answer: Answer, connections: set[_Connection]) -> None:
        self._answer = answer
        self._connections = connections
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        self._head: h11.Request | None = None
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._connections.discard(self)

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        self._go_on()

    def eof_received(self) -> bool:
        self._protocol.receive_data(b"")
        self._go_on()
        return False

    def _go_on(self) -> None:
        """Answer the requests that have come whole, while there is room for answers."""
        try:
            while self.transport.is_reading() and (request := self._request()) is not None:
                self._send(request, self._answer(request))
                if set(self._protocol.states.values()) != {h11.DONE}:
                    self.transport.close()
                    return
                self._protocol.start_next_cycle()
        except h11.RemoteProtocolError as problem:
            self._refuse(problem)
            self.transport.close()

    def _request(self) -> Request | None:
        """The next request, where it has come whole."""
        while True:
            event = self._protocol.next_event()
            if event is h11.NEED_DATA:
                if self._protocol.they_are_waiting_for_100_continue:
                    self._write(h11.InformationalResponse(status_code=100, headers=[]))
                return None
            if isinstance(event, h11.Request):
                self._head = event
            elif isinstance(event, h11.Data):
                self._body += event.data
            elif isinstance(event, h11.EndOfMessage):
                assert self._head is not None
                request = _request_of(self._head, bytes(self._body), self._own_authority())
                self._head, self._body = None, bytearray()
                return request
            else:
                self.transport.close()
                return None

    def _own_authority(self) -> str:
        host, port, *_ = self.transport.get_extra_info("sockname")
        return url_of(host, port).removeprefix("http://")

    def _send(self, request: Request, response: Response) -> None:
        bodiless = response.status in {204, 304}
        headers = [(name, value) for name, value in response.headers if name.casefold() not in _RETOLD]
        length = str(len(response.body))
        if request.method == "HEAD":
            length = response.header("Content-Length") or length
        if not bodiless:
            headers.append(("Content-Length", length))
        head = h11.Response(
            status_code=response.status,
            reason=response.reason.encode("latin-1", "replace"),
            headers=[(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
        )
        body = b"" if bodiless or request.method == "HEAD" else response.body
        self._write(head, *([h11.Data(data=body)] if body else []), h11.EndOfMessage())

    def _refuse(self, problem: h11.RemoteProtocolError) -> None:
        if self._protocol.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            words = f"not a request: {problem}\n".encode()
            headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(words))), ("Connection", "close")]
            head = h11.Response(status_code=problem.error_status_hint, headers=headers)
            self._write(head, h11.Data(data=words), h11.EndOfMessage())

    def _write(self, *events: h11.Event) -> None:
        self.transport.write(b"".join(self._protocol.send(event) or b"" for event in events))


def _request_of(head: h11.Request, body: bytes, authority: str) -> Request:
    headers: Headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items()
    )
    named = header(headers, "Host") or authority
    target = head.target.decode("latin-1")
    url = target if "://" in target.partition("?")[0] else f"http://{named}{target}"
    try:
        split_url(url)
    except ValueError as problem:
        raise h11.RemoteProtocolError(str(problem)) from None
    return Request(head.method.decode("ascii"), url, headers, body, f"HTTP/{head.http_version.decode('ascii')}")
