"""Connections that speak HTTP/1.1, one request at a time: kept alive, every wait on the network bounded."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import h11

_IDLE = 60.0  # seconds for which a connection is kept
_HEAD = 100 * 2**10  # bytes that the head of an answer may have
_READ = 64 * 2**10  # bytes read at once
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)

Answered = h11.Response | h11.InformationalResponse


class Lost(Exception):
    """No connection could be made, or it broke, or what came is not HTTP; the message says how."""


class Late(Lost):
    """What was waited for did not come in time."""


class Place(NamedTuple):
    """Where a server listens, and whether it speaks TLS there."""

    host: str
    port: int
    is_secure: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """How many seconds are waited to connect and to send (``step``), and for the next piece (``silence``).

    ``end`` is when all of the answer must have come, by ``time.monotonic``, however it trickles.
    """

    step: float
    silence: float
    end: float

    def left(self, seconds: float) -> float:
        """A wait that does not outlast the end; Late where that has passed."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise Late("the whole answer took too long")
        return min(seconds, left)


class Connection:
    """A connection to one place. Lost and Late end it: what is not ``ended`` whole is to be closed."""

    def __init__(self, place: Place, connected: socket.socket) -> None:
        self.place = place
        self._socket = connected
        self._timeout = connected.gettimeout()
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
        self._selector = _Selector()
        self._selector.register(connected, selectors.EVENT_READ)
        self._is_broken = False
        self._since = 0.0

    def ask(
        self, method: str, target: str, headers: list[tuple[bytes, bytes]], pieces: Iterable[bytes], waits: Waits
    ) -> Answered:
        """Send a request, in as few packets as it takes; the head of its answer."""
        protocol = self._protocol
        try:
            sent = [protocol.send(h11.Request(method=method, target=target, headers=headers)) or b""]
            sent += [protocol.send(h11.Data(data=piece)) or b"" for piece in pieces]
            sent.append(protocol.send(h11.EndOfMessage()) or b"")
        except h11.LocalProtocolError as problem:
            raise Lost(str(problem)) from problem
        self._send(b"".join(sent), waits)
        while True:
            event = self._next(waits)
            if isinstance(event, Answered) and (event.status_code >= 200 or event.status_code == 101):
                return event

    def pieces(self, waits: Waits) -> Iterator[bytes]:
        """The body of the answer as it comes."""
        while isinstance(event := self._next(waits), h11.Data):
            yield bytes(event.data)

    def ended(self) -> bool:
        """Whether question and answer have both come to their end, so that the next may be asked."""
        protocol = self._protocol
        if self._is_broken or protocol.our_state is not h11.DONE or protocol.their_state is not h11.DONE:
            return False
        protocol.start_next_cycle()
        self._since = time.monotonic()
        return True

    def is_alive(self) -> bool:
        """Whether the server still listens, as far as can be told: of an idle connection it says only that it ends."""
        return time.monotonic() - self._since < _IDLE and not self._selector.select(0)

    def close(self) -> None:
        """Hang up."""
        self._selector.close()
        self._socket.close()

    def _send(self, data: bytes, waits: Waits) -> None:
        left = memoryview(data)
        try:
            while left:
                self._wait_at_most(waits.left(waits.step))
                left = left[self._socket.send(left) :]
        except TimeoutError as problem:
            raise Late(str(problem)) from problem
        except OSError:
            # Who refuses a request may hang up before all of it was sent, and have answered.
            self._is_broken = True

    def _next(self, waits: Waits) -> h11.Event | type[h11.PAUSED]:
        protocol = self._protocol
        while True:
            try:
                event = protocol.next_event()
                if event is not h11.NEED_DATA:
                    return event  # type: ignore[return-value]  # what is needed is ruled out above
                data = self._received(waits)
                if not data and protocol.their_state is h11.SEND_RESPONSE:
                    raise Lost("the server hung up without an answer")
                protocol.receive_data(data)
            except h11.RemoteProtocolError as problem:
                raise Lost(str(problem)) from problem

    def _received(self, waits: Waits) -> bytes:
        try:
            self._wait_at_most(waits.left(waits.silence))
            return self._socket.recv(_READ)
        except TimeoutError as problem:
            raise Late(str(problem)) from problem
        except OSError as problem:
            raise Lost(str(problem)) from problem

    def _wait_at_most(self, seconds: float) -> None:
        if seconds != self._timeout:  # setting it asks the system
            self._socket.settimeout(seconds)
            self._timeout = seconds


class Connections:
    """Connections to any places, kept while nobody uses them; several threads may take some."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        self._trusted = trusted
        trusted.set_alpn_protocols(["http/1.1"])
        self._idle: dict[Place, list[Connection]] = {}
        self._lock = threading.Lock()

    def take(self, place: Place, waits: Waits) -> Connection:
        """A connection that is kept, or a new one; nobody else has it until it is given back."""
        while (kept := self._kept(place)) is not None:
            if kept.is_alive():
                return kept
            kept.close()
        return Connection(place, _connected(place, self._trusted, waits))

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request, or close it where it can take none."""
        if not connection.ended():
            connection.close()
            return
        with self._lock:
            self._idle.setdefault(connection.place, []).append(connection)

    def close(self) -> None:
        """Close those that nobody uses."""
        with self._lock:
            kept = [connection for idle in self._idle.values() for connection in idle]
            self._idle.clear()
        for connection in kept:
            connection.close()

    def _kept(self, place: Place) -> Connection | None:
        with self._lock:
            idle = self._idle.get(place)
            return idle.pop() if idle else None


def _connected(place: Place, trusted: ssl.SSLContext, waits: Waits) -> socket.socket:
    with contextlib.ExitStack() as stack:
        try:
            connected = stack.enter_context(socket.create_connection((place.host, place.port), waits.left(waits.step)))
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if place.is_secure:
                connected.settimeout(waits.left(waits.step))
                connected = stack.enter_context(trusted.wrap_socket(connected, server_hostname=place.host))
        except TimeoutError as problem:
            raise Late(str(problem)) from problem
        except OSError as problem:
            raise Lost(str(problem)) from problem
        stack.pop_all()
        return connected
