"""Alterations of one recorded answer: a value replaced or removed, or another HTTP status."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from conformance.model.exchange import Exchange
from conformance.passive import passive_requirements
from conformance.wire import path as paths
from conformance.wire.operation import operation
from tests.meta.playing import altered, failed, in_particular, of_cases, play, playables, tape, unmet, with_body

REMOVED = "removed"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
# Values that protocols choose from; a mutant takes a neighbour of the same row.
WORDS = (
    ("Success", "Warning", "Error"),
    ("Accept", "Tentative", "Decline", "Unknown", "Organizer", "NoResponseReceived"),
    ("Free", "Tentative", "Busy", "OOF", "NoData"),
    ("NewMeetingRequest", "FullUpdate", "InformationalUpdate", "Outdated"),
    ("Single", "Occurrence", "Exception", "RecurringMaster"),
    ("MergedOnly", "FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged"),
    ("ErrorItemNotFound", "ErrorAccessDenied", "NoError"),
    ("accepted", "tentativelyAccepted", "declined", "none", "notResponded", "organizer"),
    ("free", "tentative", "busy", "oof", "workingElsewhere"),
    ("meetingRequest", "meetingCancelled", "meetingAccepted", "meetingTenativelyAccepted", "meetingDeclined"),
    ("newMeetingRequest", "fullUpdate", "informationalUpdate"),
    ("singleInstance", "occurrence", "exception", "seriesMaster"),
    ("required", "optional", "resource"),
    ("html", "text"),
    ("low", "normal", "high"),
    ("Text", "HTML"),
    ("UTC", "Pacific Standard Time"),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One alteration of what the server said: in which tape, in which exchange (from 1), at which path.

    The path "status" stands for the HTTP status, "answer" for the whole answer: the value then is the number of the
    exchange whose answer is given instead.
    """

    stem: str
    exchange: int
    operation: str
    path: str
    value: Any  # REMOVED, or the new value

    def applied(self, exchange: Exchange) -> Exchange:
        """The altered exchange. Raises LookupError where the path is not there any more."""
        if operation(exchange.request) != self.operation:
            raise LookupError(f"exchange {self.exchange} of {self.stem} is {operation(exchange.request)} now")
        if self.path == "status":
            return replace(exchange, response=replace(exchange.response, status=self.value))
        if self.path == "answer":
            other = tape(self.stem).exchanges[self.value - 1]
            if operation(other.request) != self.operation:
                raise LookupError(f"exchange {self.value} of {self.stem} is {operation(other.request)} now")
            return replace(exchange, response=other.response)
        body = told(self.stem, exchange)
        changed = paths.remove(body, self.path) if self.value == REMOVED else paths.replace(body, self.path, self.value)
        if is_heard(self.stem, exchange):
            return replace(exchange, request=replace(exchange.request, body=changed))
        return with_body(exchange, changed)

    def reds(self) -> frozenset[str]:
        """The requirements that the case finds unmet on the altered tape; if it finds none, those of passive checks."""
        reds = failed(play(playables()[self.stem], altered(tape(self.stem), self.exchange, self.applied)))
        reds = in_particular(reds)
        return reds - passive_requirements() or of_cases(reds) or reds

    def own_reds(self) -> frozenset[str]:
        """Those among ``reds`` that the case itself checks, which takes a quarter of the time."""
        return unmet(playables()[self.stem], altered(tape(self.stem), self.exchange, self.applied))


def is_heard(stem: str, exchange: Exchange) -> bool:
    """Whether the server sent this of its own accord, to the suite's listener."""
    listener = tape(stem).head.get("listener")
    return bool(listener) and exchange.request.url.startswith(listener)


def told(stem: str, exchange: Exchange) -> bytes:
    """What the server said in an exchange: its answer, or what it sent of its own accord."""
    return exchange.request.body if is_heard(stem, exchange) else exchange.response.body


def mutants(stem: str) -> Iterator[Mutant]:
    """Every alteration of a tape's answers, part by part, that the search tries."""
    for number, exchange in enumerate(tape(stem).exchanges, start=1):
        name = operation(exchange.request)
        response, body = exchange.response, told(stem, exchange)
        yield Mutant(stem, number, name, "status", 500 if response.status < 500 else 200)
        try:
            leaves = list(paths.leaves(body)) if body else []
        except ValueError:
            continue
        for path, value in leaves:
            for other in neighbours(value):
                yield Mutant(stem, number, name, path, other)
            yield Mutant(stem, number, name, path, REMOVED)


def exchanged(stem: str) -> Iterator[Mutant]:
    """Each answer of a tape replaced by another to the same operation, the nearest first: as if nothing happened."""
    places: dict[str, list[int]] = {}
    for number, exchange in enumerate(tape(stem).exchanges, start=1):
        places.setdefault(operation(exchange.request), []).append(number)
    for name, numbers in places.items():
        pairs = [(one, other) for one in numbers for other in numbers if one != other]
        for number, other in sorted(pairs, key=lambda pair: abs(pair[0] - pair[1])):
            yield Mutant(stem, number, name, "answer", other)


def neighbours(value: Any) -> Iterator[Any]:
    """Other values of the same kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield from _texts(value)


def _texts(value: str) -> Iterator[str]:
    if value in {"true", "false"}:
        yield "false" if value == "true" else "true"
        return
    if _MOMENT.match(value):
        head, tail = value[:19], value[19:]
        moved = datetime.fromisoformat(head)
        yield (moved + timedelta(hours=1) if moved.year < 9000 else moved).isoformat() + tail
        return
    if value.isdecimal():
        yield str(int(value) + 1) if len(value) < 12 else value[:-1] + ("1" if value[-1] != "1" else "2")
        return
    rows = [row for row in WORDS if value in row]
    for row in rows:
        yield from (word for word in row if word != value)
    if not rows:
        yield "x" + value
