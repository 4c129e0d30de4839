"""Where a server of ours listens, read from ``[HOST:]PORT``, and what ends it."""

from __future__ import annotations

import os
import re
import signal
import socket
from asyncio import AbstractEventLoop
from collections.abc import Callable

_LISTEN = re.compile(r"(?:(?P<host>[^:\[\]\s]+|\[[0-9A-Fa-f:.]+\]):)?(?P<port>\d{1,5})")


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port; the host is 127.0.0.1 where none is given, port 0 is any free one. ``ValueError`` otherwise."""
    found = _LISTEN.fullmatch(text.strip())
    if not found or int(found["port"]) > 65535:
        raise ValueError(
            f"expected [HOST:]PORT with a port from 0 to 65535, such as 8025 or 0.0.0.0:8025, got {text!r}"
        )
    return (found["host"] or "127.0.0.1").strip("[]"), int(found["port"])


def url_of(host: str, port: int) -> str:
    """The URL of a plain HTTP server at this address."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def why_not(host: str, port: int) -> str:
    """Why nothing can listen there, in words; empty when it can."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as problem:
        words = os.strerror(problem.errno) if problem.errno and problem.errno > 0 else str(problem.strerror or problem)
        return f"cannot listen on {host}:{port}: {words}"
    return ""


def on_stop_signal(loop: AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call ``stop`` in the event loop when SIGINT or SIGTERM comes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
