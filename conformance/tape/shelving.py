"""Exchanges put into order and into groups: for cassettes that are merged, split and summed up."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from conformance.model.exchange import Exchange
from conformance.tape.actors import actor_of
from conformance.wire import graph
from conformance.wire.operation import operation

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.@-]+")


def _host(exchange: Exchange) -> str:
    try:
        return urlsplit(exchange.request.url).netloc.casefold()
    except ValueError:
        return ""


def _mailbox(exchange: Exchange) -> str:
    """The mailbox that a request of Graph names in its path, or else that of who asks."""
    if graph.is_graph(exchange.request):
        named = graph.mailbox(exchange.request.url)
        if named not in {"", "me"}:
            return named.casefold()
    return actor_of(exchange)


def _noted(name: str) -> Callable[[Exchange], str]:
    return lambda exchange: str(exchange.meta.get(name, ""))


TRAITS: Final[Mapping[str, Callable[[Exchange], str]]] = {
    "actor": actor_of,
    "connection": _noted("connection"),
    "host": _host,
    "mailbox": _mailbox,
    "operation": lambda exchange: operation(exchange.request),
    "status": lambda exchange: str(exchange.response.status),
    "worker": _noted("worker"),
}
"""What exchanges can be told apart by; each gives an empty text for an exchange of which nothing is known."""


def instant(seconds: float) -> str:
    """A moment, in seconds of the Unix epoch, as recordings have it: in UTC, in a form that sorts as a text."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def started(exchange: Exchange) -> str:
    """When an exchange began, as ``instant`` has it; empty where that was not noted."""
    told = exchange.meta.get("started", "")
    return told if isinstance(told, str) else ""


def merged(recordings: Sequence[Iterable[Exchange]]) -> Iterator[Exchange]:
    """The exchanges of several recordings in the order in which they began, each recording's own order kept.

    An exchange whose time was not noted follows the one before it in its recording; recordings without any times
    follow each other.
    """
    timed = (_timed(place, recording) for place, recording in enumerate(recordings))
    for _, _, exchange in heapq.merge(*timed, key=lambda entry: entry[:2]):
        yield exchange


def _timed(place: int, recording: Iterable[Exchange]) -> Iterator[tuple[str, int, Exchange]]:
    latest = ""
    for exchange in recording:
        latest = max(latest, started(exchange))
        yield latest, place, exchange


@dataclass(slots=True)
class Totals:
    """What a recording holds in numbers, counted exchange by exchange; bytes are those of bodies."""

    exchanges: int = 0
    sent: int = 0
    received: int = 0
    first: str = ""
    last: str = ""
    by: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in TRAITS})

    def count(self, exchange: Exchange) -> None:
        """Count one exchange more."""
        self.exchanges += 1
        self.sent += len(exchange.request.body)
        self.received += len(exchange.response.body)
        if time := started(exchange):
            self.first = min(self.first or time, time)
            self.last = max(self.last, time)
        for name, trait in TRAITS.items():
            if value := trait(exchange):
                self.by[name][value] += 1


def file_stem(name: str) -> str:
    """A text, such as an address or a host and port, as the name of a file without its ending."""
    return _UNSAFE.sub("_", name).strip("._") or "unnamed"
