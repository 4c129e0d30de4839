"""HTTP/1.1 as uvicorn speaks it, with an object for each connection that the application finds in the ASGI scope."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from reference_impl.connection import STATE, Connection


class _Connected(asyncio.Protocol):
    """Makes the connection's object when the connection is, and tells it when the connection is lost."""

    app_state: dict[str, Any]
    connection: Connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connection = Connection()
        self.app_state = self.app_state | {STATE: self.connection}
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connection.ending.set()
        super().connection_lost(exc)


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
