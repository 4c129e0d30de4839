"""Writing in a process of its own, so that redaction holds up no traffic while there is a processor for it.

The proxy tells it what it captured over a socket and waits for nothing but room in it: a writer that is slower than
the traffic slows it, and nothing queues up in memory. Once the proxy is gone, however it went, the writer writes down
what it was told and ends.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from conformance.model.exchange import Exchange, Headers, Request
from conformance.proxy.captured import Captured, Route
from conformance.proxy.settings import Settings
from conformance.proxy.shelf import CaseIsOpen, CaseUnknown, Closed
from conformance.proxy.writing import Said, Writing
from conformance.tape.cassette import CassetteError

_ROOM: Final = 4 * 2**20  # bytes that may be on their way
_ROUTE: Final = Captured._fields.index("route")
_ENDED: Final = "the process that writes has ended: nothing more is recorded"
_TOLD: Final = (CaseIsOpen, CaseUnknown)  # what a question may raise


class Apart:
    """The same as ``Writing``, in a process of its own. What it says comes from another thread."""

    def __init__(self, settings: Settings, said: Said) -> None:
        self._said = said
        ours, its = socket.socketpair()
        for side in (ours, its):
            side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        paths = os.pathsep.join(path for path in sys.path if path)
        with its:
            self._process = subprocess.Popen(  # noqa: S603  this program itself
                [sys.executable, "-m", __name__, str(its.fileno())],
                pass_fds=(its.fileno(),),
                env={**os.environ, "PYTHONPATH": paths},
            )
        self._connection = Connection(ours.detach())
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._is_gone = False
        self._route: Route | None = None  # the last one told
        self._hearing = threading.Thread(target=self._hear, daemon=True)
        self._connection.send(settings)
        self._hearing.start()

    def write(self, seen: Captured) -> None:
        """Write a flow down; its route is told where it is another than the last one's."""
        route, self._route = self._route, seen.route
        self._tell("write", seen[:_ROUTE], None if route is seen.route else seen.route, seen[_ROUTE + 1 :])

    def begin(self, number: int, request: Request, told: Headers, *, is_text: bool) -> None:
        """Expect the pieces of a large body under a number, of a request or of an answer with such headers to it."""
        self._tell("begin", number, request, told, is_text=is_text)

    def piece(self, number: int, piece: bytes) -> None:
        """Take the next piece of a large body."""
        self._tell("piece", number, piece)

    def drop(self, number: int) -> None:
        """Keep nothing of a large body."""
        self._tell("drop", number)

    def refuse(self, case: str | None, words: str) -> None:
        """Say that an exchange is lacking, and why."""
        self._tell("refuse", case, words)

    def has_case(self, stem: str) -> bool:
        """Whether a case's cassette is open."""
        return bool(self._ask("has_case", stem))

    def open_case(self, stem: str, head: Mapping[str, Any]) -> Path:
        """Begin a case's cassette; ``CaseIsOpen`` if it is begun already."""
        return Path(self._ask("open_case", stem, head))

    def close_case(self, stem: str) -> Closed:
        """End a case's cassette; ``CaseUnknown`` if it is not open."""
        closed: Closed = self._ask("close_case", stem)
        return closed

    def hand(self, stem: str, exchange: Exchange, route: Route) -> None:
        """Write to the cassette of a case what is handed in."""
        self._tell("hand", stem, exchange, route)

    def close(self) -> tuple[Closed, ...]:
        """End every cassette, and the process."""
        try:
            closed: tuple[Closed, ...] = self._ask("close")
        except EOFError:
            closed = ()
        self._process.wait()
        self._hearing.join()
        self._connection.close()
        return closed

    def _tell(self, name: str, *arguments: Any, **named: Any) -> None:
        """Ask for something that has no answer; what is lost because the process has ended is said once."""
        if self._is_gone:
            return
        try:
            self._connection.send_bytes(pickle.dumps((name, arguments, named, False), pickle.HIGHEST_PROTOCOL))
        except OSError:
            self._lose()

    def _ask(self, name: str, *arguments: Any) -> Any:
        if not self._is_gone:
            try:
                self._connection.send((name, arguments, {}, True))
            except OSError:
                self._lose()
        answer = self._answers.get() if not self._is_gone else EOFError(_ENDED)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _lose(self) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._said(_ENDED, full=_ENDED)

    def _hear(self) -> None:
        while True:
            try:
                kind, value = self._connection.recv()
            except (EOFError, OSError):
                if self._process.wait() != 0:
                    self._lose()
                self._answers.put(EOFError(_ENDED))
                return
            if kind == "said":
                self._said(value[0], full=value[1])
            else:
                self._answers.put(value)


def main(descriptor: int) -> None:
    """Do what is told over a socket until nobody is there any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # meant for the proxy, which says when all is told
    connection = Connection(descriptor)

    def say(words: str, *, full: str = "") -> None:
        _send(connection, ("said", (words, full)))

    writing = Writing(connection.recv(), say)
    route: Route | None = None
    for name, arguments, named, is_asked in _heard(connection):
        act: Callable[..., Any] = getattr(writing, name)
        given = arguments
        if name == "write":
            before, other, after = arguments
            route = route if other is None else other
            given = (Captured._make((*before, route, *after)),)
        try:
            answer = act(*given, **named)
        except _TOLD as problem:
            answer = problem
        except Exception as problem:  # noqa: BLE001  whatever cannot be written, the rest can
            answer = CassetteError(str(problem))
            if not is_asked:
                say(f"not recorded: {problem}")
        if is_asked:
            _send(connection, ("answer", answer))
        if name == "close":
            return
    writing.close()


def _heard(connection: Connection) -> Iterator[Any]:
    """What the proxy says, while it is there."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            yield connection.recv()


def _send(connection: Connection, told: Any) -> None:
    with contextlib.suppress(OSError):  # the proxy is gone; what it told is still written down
        connection.send(told)


if __name__ == "__main__":
    main(int(sys.argv[1]))
