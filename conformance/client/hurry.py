"""A network whose waits end at a deadline, whatever a server trickles."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


class Deadline:
    """When the request that this thread sends must have its answer."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._of_thread = threading.local()

    def set(self, seconds: float) -> None:
        """Let it be so many seconds from now."""
        self._of_thread.end = self._now() + seconds

    def shortened(self, timeout: float | None) -> float:
        """A wait that does not outlast it; httpcore.ReadTimeout where it has passed."""
        left = float(getattr(self._of_thread, "end", self._now())) - self._now()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole answer took too long")
        return left if timeout is None else min(timeout, left)


class HurriedBackend(httpcore.SyncBackend):
    """TCP by sockets, under a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, before the deadline."""
        wait = self._deadline.shortened(timeout)
        return _HurriedStream(super().connect_tcp(host, port, wait, local_address, socket_options), self._deadline)


class _HurriedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.shortened(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.shortened(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait = self._deadline.shortened(timeout)
        return _HurriedStream(self._stream.start_tls(ssl_context, server_hostname, wait), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
