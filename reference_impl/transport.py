"""A transport that sends what is written one right after the other together: the head of an answer and its body."""

from __future__ import annotations

import asyncio
from typing import Any, Final

MOST_HELD: Final = 64 * 1024
"""Bytes that wait at most; with more of them the transport itself must tell when the client reads too slowly."""


class Gathering(asyncio.Transport):
    """A transport as HTTP needs it, over another one: what is written in one round of the loop leaves it as one.

    Each write wakes the client up, which costs more than all that it does to a short answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send this soon."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(bytes(data))
        self._size += len(data)
        if self._size > MOST_HELD:
            self._send()

    def close(self) -> None:
        """Send what was written, and close the connection."""
        self._send()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is closed or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the other transport tells."""
        return self._transport.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol have the connection."""
        self._transport.set_protocol(protocol)

    def _send(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.writelines(held)
