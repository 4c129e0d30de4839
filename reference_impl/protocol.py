"""HTTP/1.1 as uvicorn speaks it, with an object for each connection that the application finds in the ASGI scope."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from reference_impl.connection import STATE, Connection
from reference_impl.transport import Gathering

HEAD_LIMIT: Final = 64 * 1024
"""How many bytes the head of a request may have that arrives in pieces."""
HEAD_SECONDS: Final = 30
"""How long it may take to arrive."""


class _Connected(asyncio.Protocol):
    """Makes the connection's object when the connection is, tells it when that is lost, and does not wait for ever."""

    app_state: dict[str, Any]
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    cycle: Any  # uvicorn's request and response, of which there is none before the first
    connection: Connection
    _head: int = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connection = Connection()
        self.app_state = self.app_state | {STATE: self.connection}
        super().connection_made(transport)
        self.transport = Gathering(self.transport, self.loop)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.connection.is_whole = self.cycle is not None and not self.cycle.more_body
        if self.cycle is not None and (self.cycle.more_body or not self.cycle.response_complete):
            self._stop_waiting()
        elif not self.transport.is_closing():
            self._wait()
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                self.send_400_response(f"The head of a request may have {HEAD_LIMIT} bytes at most.")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.connection.ending.set()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, and close the connection."""
        raise NotImplementedError

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        self._head = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class H11(_Connected, H11Protocol):
    """The parser that is always there."""

    def shutdown(self) -> None:
        """The server stops: so do answers that are still being sent."""
        self.connection.ending.set()
        super().shutdown()


def http_protocol() -> type[asyncio.Protocol]:
    """The protocol class of a server's connections: httptools is much the faster parser, where there is one."""
    if find_spec("httptools") is None:
        return H11
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class HttpTools(_Connected, HttpToolsProtocol):
        """The parser in C."""

        def shutdown(self) -> None:
            """The server stops: so do answers that are still being sent."""
            self.connection.ending.set()
            super().shutdown()

    return HttpTools
