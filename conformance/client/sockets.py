"""A fence around replay: no socket may connect inside it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


class SocketsBlocked(OSError):
    """Something tried to reach the network where only recordings may be played."""


_WAYS_OUT = ("connect", "connect_ex", "sendto")


@contextmanager
def blocked() -> Iterator[None]:
    """Let every attempt to connect a socket or to look up a name in this process raise ``SocketsBlocked``."""

    def refuse_socket(_: socket.socket, *arguments: Any) -> NoReturn:
        raise SocketsBlocked(f"sockets are blocked while recordings are played; tried to reach {arguments[-1]!r}")

    def refuse_name(host: Any, *_: Any, **__: Any) -> NoReturn:
        raise SocketsBlocked(f"sockets are blocked while recordings are played; tried to look up {host!r}")

    look_up = socket.getaddrinfo
    originals = {name: socket.socket.__dict__.get(name) for name in _WAYS_OUT}
    for name in _WAYS_OUT:
        setattr(socket.socket, name, refuse_socket)
    try:
        socket.getaddrinfo = refuse_name
        yield
    finally:
        socket.getaddrinfo = look_up
        for name, original in originals.items():
            if original is None:
                delattr(socket.socket, name)  # inherited from the C socket
            else:
                setattr(socket.socket, name, original)
