"""Server processes, and requests for them: sent over kept connections as fast as answers come, every answer checked."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import http.client
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ask:
    """One request, the status of a right answer, and how often each of some texts occurs in it."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    expected: Mapping[bytes, int]
    method: str = "POST"
    status: int = 200

    @cached_property
    def request(self) -> bytes:
        """All that is sent."""
        headers = {"Host": "127.0.0.1", **self.headers, "Content-Length": len(self.body)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + self.body

    def check(self, status: int, answer: bytes) -> None:
        """Raise AssertionError for a wrong answer."""
        assert status == self.status, f"status {status}: {answer[:1500].decode()}"
        for text, times in self.expected.items():
            found = answer.count(text)
            assert found == times, f"{found} times {text[:80]!r} instead of {times} in {answer[:1500].decode()}"


@dataclass(frozen=True)
class Load:
    """How much was answered in how many seconds, of which the server's processor time."""

    answers: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds

    @property
    def cost(self) -> float:
        """The server's processor time per answer, in milliseconds."""
        return self.cpu / self.answers * 1000


class Connection(asyncio.Protocol):
    """Asks, waits for the whole answer, checks it, and asks again until the time is over."""

    def __init__(self, asks: Iterator[Ask]) -> None:
        self._asks = asks
        self._received = b""
        self._length = 0
        self.answers = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def start(self, until: float) -> None:
        self._until = until
        self._send()

    def _send(self) -> None:
        ask = next(self._asks, None)
        if ask is None:
            self.done.set_result(None)
            return
        self._ask = ask
        self._received, self._length = b"", 0
        self._transport.write(self._ask.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._length:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            length = self._received[:end].lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._length = end + 4 + int(length)
        if len(self._received) < self._length:
            return
        try:
            self._ask.check(int(self._received[9:12]), self._received)
        except AssertionError as wrong:
            self.done.set_exception(wrong)
            return
        self.answers += 1
        if time.perf_counter() < self._until:
            self._send()
        else:
            self.done.set_result(None)

    def connection_lost(self, problem: Exception | None) -> None:
        self.lost.set()
        if not self.done.done():
            self.done.set_exception(problem or ConnectionError("the server closed the connection"))


@dataclass(frozen=True)
class Served:
    """A server in a process of its own."""

    port: int
    clock: int

    def cpu(self) -> float:
        """Seconds of processor time so far, its own and the kernel's for it."""
        return time.clock_gettime(self.clock)

    def load(self, asks: Sequence[Ask], seconds: float, connections: int) -> Load:
        """Ask the requests round and round over some connections."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(self._load(cycle(asks), seconds, connections))

    def once(self, asks: Sequence[Ask], connections: int) -> Load:
        """Ask each of the requests once, over some connections."""
        for ask in asks:
            assert ask.request  # made now, not while the time runs
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(self._load(iter(asks), math.inf, connections))

    async def _load(self, asks: Iterator[Ask], seconds: float, connections: int) -> Load:
        loop = asyncio.get_running_loop()
        opened = [
            await loop.create_connection(lambda: Connection(asks), "127.0.0.1", self.port) for _ in range(connections)
        ]
        try:
            cpu, began = self.cpu(), time.perf_counter()
            for _, connection in opened:
                connection.start(began + seconds)
            await asyncio.gather(*(connection.done for _, connection in opened))
            took = time.perf_counter() - began, self.cpu() - cpu
        finally:
            for transport, _ in opened:
                transport.abort()
            await asyncio.gather(*(connection.lost.wait() for _, connection in opened))
        return Load(sum(connection.answers for _, connection in opened), *took)

    def answer(self, ask: Ask) -> bytes:
        """The body of the answer to one request, on a connection of its own. Raises AssertionError for a wrong one."""
        status, body = self.send(ask.method, ask.path, ask.headers, ask.body)
        ask.check(status, body)
        return body

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer to one request, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()


def cpu_clock(pid: int) -> int:
    """The clock of a process's processor time (POSIX clock_getcpuclockid)."""
    clock = ctypes.c_int()
    problem = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if problem:
        raise OSError(problem, os.strerror(problem))
    return clock.value


@contextlib.contextmanager
def served(module: str, *arguments: str) -> Iterator[Served]:
    """``python -m module arguments``, a program that tells its port on a first line of JSON."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            yield Served(urlsplit(ready["ews"]).port or 0, cpu_clock(process.pid))
        finally:
            process.terminate()
            process.wait(20)
