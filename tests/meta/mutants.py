"""Alterations of one recorded answer: its values, its parts, its headers, its HTTP status, or another in its place."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from conformance.client.protocol import Transport
from conformance.model.exchange import Exchange, Request, Response
from conformance.passive import passive_requirements
from conformance.suites.stage import Stage
from conformance.tape.cassette import Cassette
from conformance.wire import path as paths
from conformance.wire.operation import operation
from tests.meta.additions import additions, entries_of, names_of
from tests.meta.parts import ADDED, DOUBLED, REMOVED, SWAPPED, branches, changed_body, entries
from tests.meta.playing import (
    altered,
    checks,
    failed,
    in_particular,
    judged,
    live_stage,
    of_cases,
    playables,
    tape,
    taped,
    unmet,
)

STATUSES = (200, 400, 404, 500)
HEADERS = (
    "allow",
    "content-type",
    "date",
    "etag",
    "location",
    "preference-applied",
    "request-id",
    "client-request-id",
    "retry-after",
    "www-authenticate",
)
Message = TypeVar("Message", Request, Response)
AGAIN = "again"
_WORD = re.compile(r"[A-Za-z]{5,}")
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

    The path "status" stands for the HTTP status, "headers.NAME" for a header, "answer" for the whole answer: the value
    then is the number of the exchange whose answer is given instead. "again" has the exchange of that number happen
    once more after this one, "word" has a word say another everywhere. A path after ``ADDED`` is of what is added to.
    """

    stem: str
    exchange: int
    operation: str
    path: str
    value: Any  # REMOVED, DOUBLED, SWAPPED, or the new value
    live: bool = False  # made of an answer of a fresh server, so that what is asked because of it is answered too

    def applied(self, exchange: Exchange) -> Exchange:
        """The altered exchange. Raises LookupError where the path is not there any more."""
        if operation(exchange.request) != self.operation:
            raise LookupError(f"exchange {self.exchange} of {self.stem} is {operation(exchange.request)} now")
        side = "request" if is_heard(self.stem, exchange) else "response"
        message = getattr(exchange, side)
        if self.path == "status":
            return replace(exchange, response=replace(exchange.response, status=self.value))
        if self.path == "answer":
            other = tape(self.stem).exchanges[self.value - 1]
            if operation(other.request) != self.operation:
                raise LookupError(f"exchange {self.value} of {self.stem} is {operation(other.request)} now")
            return replace(exchange, response=other.response)
        if self.path.startswith("headers."):
            name = self.path.removeprefix("headers.")
            return replace(exchange, **{side: with_header(message, name, self.value)})
        body = message.body
        if self.path == "word":
            changed = body.replace(self.value.encode(), b"x" + self.value.encode())
        else:
            changed = changed_body(body, self.path, self.value)
        return replace(exchange, **{side: replace(message, body=changed)})

    def tape(self) -> Cassette:
        """The whole tape, with the alteration. Raises LookupError as ``applied`` does."""
        whole = tape(self.stem)
        if self.path != AGAIN:
            return altered(whole, self.exchange, self.applied)
        before, after = whole.exchanges[: self.exchange], whole.exchanges[self.exchange :]
        return replace(whole, exchanges=(*before, whole.exchanges[self.value - 1], *after))

    def reds(self) -> frozenset[str]:
        """The requirements that the case finds unmet on the altered tape; if it finds none, those of passive checks."""
        with self._stage() as stage:
            reds = in_particular(failed(judged(playables()[self.stem], stage)))
        return reds - passive_requirements() or of_cases(reds) or reds

    def own_reds(self) -> frozenset[str]:
        """Those among ``reds`` that the case itself checks, which takes a quarter of the time."""
        with self._stage() as stage:
            return unmet(playables()[self.stem], stage)

    def _stage(self) -> AbstractContextManager[Stage]:
        if not self.live:
            return nullcontext(taped(playables()[self.stem], self.tape()))
        before = tape(self.stem).exchanges[: self.exchange - 1]
        count = sum(operation(one.request) == self.operation for one in before)
        return live_stage(playables()[self.stem], around=lambda inner: Altered(inner, self, count))


class Altered:
    """A server with one answer altered: that to the request for an operation after so many for the same one."""

    def __init__(self, inner: Transport, mutant: Mutant, before: int) -> None:
        self._inner, self._mutant, self._left = inner, mutant, before

    def send(self, request: Request) -> Exchange:
        """The server's answer, or what the mutant makes of it."""
        exchange = self._inner.send(request)
        if operation(request) != self._mutant.operation:
            return exchange
        self._left -= 1
        return self._mutant.applied(exchange) if self._left == -1 else exchange


def is_heard(stem: str, exchange: Exchange) -> bool:
    """Whether the server sent this of its own accord, to the suite's listener."""
    listener = tape(stem).head.get("listener")
    return bool(listener) and exchange.request.url.startswith(listener)


def told(stem: str, exchange: Exchange) -> Request | Response:
    """What the server said in an exchange: its answer, or what it sent of its own accord."""
    return exchange.request if is_heard(stem, exchange) else exchange.response


def with_header(message: Message, name: str, value: str) -> Message:
    """A message with another value of a header, or without it."""
    kept = tuple((key, told) for key, told in message.headers if key.casefold() != name)
    return replace(message, headers=kept if value == REMOVED else (*kept, (name, value)))


def mutants(stem: str) -> Iterator[Mutant]:
    """Every alteration of a tape's answers, part by part, that the search tries; the least damage first."""
    for number, exchange in enumerate(tape(stem).exchanges, start=1):
        alter = functools.partial(Mutant, stem, number, operation(exchange.request))
        yield from (alter("status", status) for status in STATUSES if status != exchange.response.status)
        for name in HEADERS:
            if (value := told(stem, exchange).header(name)) is not None:
                yield alter(f"headers.{name}", f"x{value}")
                yield alter(f"headers.{name}", REMOVED)
        yield from (alter(path, value) for path, value in _body_alterations(told(stem, exchange).body))


def _body_alterations(body: bytes) -> Iterator[tuple[str, Any]]:
    leaves = leaves_of(body)
    inner = list(branches(body)) if leaves else []
    for path, value in leaves:
        yield from ((path, other) for other in neighbours(value))
        yield path, REMOVED
    for path, is_followed in entries([*(path for path, _ in leaves), *inner]):
        if is_followed:
            yield path, SWAPPED
        yield path, DOUBLED
    for path in inner:
        yield path, REMOVED


def added(stem: str) -> Iterator[Mutant]:
    """What a tape's answers might have held besides, words of theirs altered, and what was heard heard again."""
    done = checks(stem)
    exchanges = tape(stem).exchanges
    names = names_of(done)
    spoken = [names_of(one for one in done if one.exchange == number) for number in range(1, len(exchanges) + 1)]
    listed = entries_of(body for one in exchanges for body in (one.request.body, one.response.body))
    heard = [number for number, one in enumerate(exchanges, start=1) if is_heard(stem, one)]
    words = dict.fromkeys(word for one in done for word in _WORD.findall(one.actual))
    ids = dict.fromkeys(value for one in exchanges for path, value in leaves_of(told(stem, one).body) if is_id(path))
    for number, exchange in enumerate(exchanges, start=1):
        alter = functools.partial(Mutant, stem, number, operation(exchange.request))
        body = told(stem, exchange).body
        yield from (alter(ADDED + path, value) for path, value in additions(body, spoken[number - 1], listed))
        yield from (alter("word", word) for word in words if word.encode() in body)
        yield from (alter(AGAIN, other) for other in heard if other <= number)
        for path, value in leaves_of(body):
            if is_id(path):
                yield from (alter(path, other) for other in ids if other != value)
    for number, exchange in enumerate(exchanges, start=1):
        others = [name for name in names if name not in spoken[number - 1]]
        for path, value in additions(told(stem, exchange).body, others, []):
            yield Mutant(stem, number, operation(exchange.request), ADDED + path, value)


def lively(stem: str) -> Iterator[Mutant]:
    """Alterations that lead a case on to ask for more, to be made before a server."""
    looked_at = {one.exchange for one in checks(stem)}
    every = [*exchanged(stem), *(one for one in added(stem) if isinstance(one.value, dict) or is_id(one.path))]
    yield from (replace(one, live=True) for one in every if one.exchange in looked_at)


def is_id(path: str) -> bool:
    """Whether a path leads to the id of something."""
    return path.endswith(("/@Id", ".id"))


def leaves_of(body: bytes) -> list[tuple[str, Any]]:
    """Every value of a body with its path; none where it is neither XML nor JSON."""
    try:
        return list(paths.leaves(body)) if body else []
    except ValueError:
        return []


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
        yield (moved - timedelta(hours=1) if moved.year > 1 else moved.replace(year=2026)).isoformat() + tail
        return
    if value.startswith("Error"):
        yield "NoError"
    if value.isdecimal():
        yield str(int(value) + 1) if len(value) < 12 else value[:-1] + ("1" if value[-1] != "1" else "2")
        return
    rows = [row for row in WORDS if value in row]
    for row in rows:
        yield from (word for word in row if word != value)
    if not rows:
        yield "x" + value
