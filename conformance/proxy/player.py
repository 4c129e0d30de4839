"""An HTTP server that answers every request by a function: recordings, played to any client.

Built on asyncio and h11, which comes with httpx, so that playing needs neither the server's nor the proxy's extra.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import h11

from conformance.model.exchange import Headers, Request, Response, header
from conformance.proxy.listening import on_stop_signal, url_of, why_not
from conformance.proxy.moving import moved_request, moved_response, origin_of
from conformance.proxy.origins import Origin, Rewriting

Answer = Callable[[Request], Response]

# Of one connection, not of the answer (RFC 9110, section 7.6.1); the length is told anew.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}
)
_RETOLD = _HOP_BY_HOP | {"content-length"}
_CHUNK = 65536


class CannotListen(OSError):
    """The address or port cannot be had."""


def play(answer: Answer, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is told the URL once it listens. ``CannotListen`` if it never does."""
    if words := why_not(host, port):
        raise CannotListen(words)
    asyncio.run(_serve(answer, host, port, ready))


def with_links(answer: Answer, recorded: Origin | None) -> Answer:
    """An answer function whose recordings speak of one origin, made to speak of the one that the client asked."""
    if recorded is None:
        return answer

    def answer_here(request: Request) -> Response:
        here = origin_of(request.url)
        if here is None:
            return answer(request)
        response = answer(moved_request(request, Rewriting(here, recorded), recorded))
        return moved_response(response, Rewriting(recorded, here))

    return answer_here


async def _serve(answer: Answer, host: str, port: int, ready: Callable[[str], None]) -> None:
    stopping = asyncio.Event()
    on_stop_signal(asyncio.get_running_loop(), stopping.set)
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_Connection(answer, reader, writer).run())
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, host, port)
    async with server:
        ready(url_of(*server.sockets[0].getsockname()[:2]))
        await stopping.wait()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


class _Connection:
    """One client's connection, kept alive from request to request."""

    def __init__(self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._answer = answer
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)

    async def run(self) -> None:
        try:
            while (request := await self._request()) is not None:
                self._send(request, self._answer(request))
                await self._writer.drain()
                if set(self._protocol.states.values()) != {h11.DONE}:
                    break
                self._protocol.start_next_cycle()
        except h11.RemoteProtocolError as problem:
            self._refuse(problem)
        except ConnectionError:
            pass  # the client left
        finally:
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()

    async def _request(self) -> Request | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._protocol.next_event()
            if event is h11.NEED_DATA:
                if self._protocol.they_are_waiting_for_100_continue:
                    self._write(h11.InformationalResponse(status_code=100, headers=[]))
                self._protocol.receive_data(await self._reader.read(_CHUNK))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                assert head is not None
                return _request_of(head, bytes(body), self._own_authority())
            else:
                return None

    def _own_authority(self) -> str:
        host, port, *_ = self._writer.get_extra_info("sockname")
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
        self._writer.write(b"".join(self._protocol.send(event) or b"" for event in events))


def _request_of(head: h11.Request, body: bytes, authority: str) -> Request:
    headers: Headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items()
    )
    named = header(headers, "Host") or authority
    target = head.target.decode("latin-1")
    url = target if "://" in target.partition("?")[0] else f"http://{named}{target}"
    return Request(head.method.decode("ascii"), url, headers, body, f"HTTP/{head.http_version.decode('ascii')}")
