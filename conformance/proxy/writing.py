"""What becomes of what the proxy captured: exchanges in cassettes, redacted, and files beside them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.proxy.actors import Actors
from conformance.proxy.captured import Captured, Passed, Route, handed_exchange, recorded
from conformance.proxy.passing import Spool
from conformance.proxy.settings import Settings
from conformance.proxy.shelf import Closed, Rotation, Shelf
from conformance.tape.actors import ACTOR
from conformance.tape.cassette import NotWritten
from conformance.tape.policies import masking_of
from conformance.tape.redact import redacted_request
from conformance.tape.shelving import instant


class Said(Protocol):
    """Hears what could not be written: in words, and whether nothing more can be because the disk is full."""

    def __call__(self, words: str, *, full: str = "") -> None:
        """Take the words; ``full`` says why nothing more can be written."""


class Writing:
    """Writes down what is told of the traffic, in the order in which it is told.

    What cannot be written is said and, where a case lacks it, told again when the case is closed; nothing is raised.
    With ``take`` the exchanges of no case are given to it, and not written here.
    """

    def __init__(self, settings: Settings, said: Said, take: Callable[[Exchange], None] | None = None) -> None:
        self._settings, self._said, self._taken_by = settings, said, take
        self._shelf = Shelf(
            settings.out,
            secrets_shared=not settings.deterministic,
            rotation=Rotation(settings.rotate_size, settings.rotate_time),
            masking=masking_of(settings.policy, os.environ),
        )
        self._actors = Actors()
        self._spools: dict[int, Spool] = {}

    def write(self, seen: Captured) -> Exchange | None:
        """Write a flow down; what is to be written, not yet redacted, or ``None`` if that is nothing."""
        exchange = None
        try:
            exchange = self._exchange(seen)
            if exchange is not None and seen.case is None and self._taken_by is not None:
                self._taken_by(exchange)
            elif exchange is not None:
                self._write(seen, exchange)
        except Exception as problem:  # noqa: BLE001  the traffic passes on whatever becomes of the record
            self._unwritten(seen.case, Request(seen.method, f"{seen.route.recorded}{seen.target}"), problem)
        return exchange

    def begin(self, number: int, request: Request, told: Headers, *, is_text: bool) -> None:
        """Expect the pieces of a large body under a number, of a request or of an answer with such headers to it."""
        secrets = self._shelf.secrets
        secrets.learn(Exchange(request, Response(0, "", told)))
        self._spools[number] = Spool(self._settings.out, secrets, is_text=is_text)

    def piece(self, number: int, piece: bytes) -> None:
        """Take the next piece of a large body."""
        self._spools[number](piece)

    def drop(self, number: int) -> None:
        """Keep nothing of a large body."""
        if spool := self._spools.pop(number, None):
            spool.drop()

    def refuse(self, case: str | None, words: str) -> None:
        """Say that an exchange is lacking, and why."""
        self._said(words)
        if case is not None:
            self._shelf.note_refusal(case, words)

    def has_case(self, stem: str) -> bool:
        """Whether a case's cassette is open."""
        return self._shelf.has_case(stem)

    def open_case(self, stem: str, head: Mapping[str, Any]) -> Path:
        """Begin a case's cassette; ``CaseIsOpen`` if it is begun already."""
        return self._shelf.open_case(stem, head)

    def close_case(self, stem: str) -> Closed:
        """End a case's cassette; ``CaseUnknown`` if it is not open."""
        return self._shelf.close_case(stem)

    def hand(self, stem: str, exchange: Exchange, route: Route) -> None:
        """Write to the cassette of a case what is handed in, which did not pass the proxy or not whole."""
        taken = handed_exchange(exchange, route)
        notes = dict(taken.meta)
        if actor := self._actors.of(taken.request):
            notes[ACTOR] = actor
        if not self._settings.deterministic:
            now = instant(time.time())
            notes |= {"connection": 0, "started": now, "finished": now}
        try:
            self._shelf.append_to_case(stem, replace(taken, meta=notes))
        except Exception as problem:  # noqa: BLE001  what cannot be written down is told when the case is closed
            self._unwritten(stem, taken.request, problem)

    def close(self) -> tuple[Closed, ...]:
        """End every cassette."""
        for number in list(self._spools):
            self.drop(number)
        return self._shelf.close()

    def _exchange(self, seen: Captured) -> Exchange | None:
        exchange = recorded(seen)
        notes = {**exchange.meta}
        for part, passed in (("request", seen.sent), ("response", seen.received)):
            if passed is not None:
                notes |= self._beside(part, passed)
        if actor := self._actors.of(exchange.request):
            notes[ACTOR] = actor
        self._actors.learn(exchange)
        exchange = replace(exchange, meta=notes)
        return exchange if seen.case is not None or self._settings.only.takes(exchange) else None

    def _write(self, seen: Captured, exchange: Exchange) -> None:
        origin, case = seen.route.recorded, seen.case
        head: dict[str, Any] = {"origin": str(origin)}
        if case is None:
            name = origin.authority if self._settings.split == "host" else "session"
            self._shelf.append(name, head, exchange)
        elif self._shelf.has_case(case):
            self._shelf.append_to_case(case, exchange)
        else:
            self._shelf.append(case, {"case": case, **head}, exchange)

    def _beside(self, part: str, passed: Passed) -> dict[str, Any]:
        """What the record says of a body that it does not hold."""
        kept, problem = self._spools.pop(passed.number).kept()
        return {f"{part}_left_out": problem} if kept is None else kept.note(part)

    def _unwritten(self, case: str | None, asked: Request, problem: Exception) -> None:
        told = redacted_request(Request(asked.method, asked.url))
        words = f"not recorded: {told.method} {told.url}: {problem}"
        if isinstance(problem, NotWritten):
            self._said("", full=str(problem))
        self.refuse(case, words)
