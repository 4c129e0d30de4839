"""A shadow: each exchange that the primary answered, asked of the candidate too, compared and written down."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final

import orjson

from conformance.client.protocol import Transport, TransportFailed, apart
from conformance.model.exchange import Exchange
from conformance.proxy.moving import moved_request, moved_response, origin_of
from conformance.proxy.origins import Origin, Rewriting
from conformance.proxy.shadow.credentials import Credentials
from conformance.proxy.shadow.mirroring import Mirroring, NotMirrored, Why
from conformance.proxy.shadow.tally import Tally
from conformance.proxy.shelf import NEVER, Rotation, Shelf
from conformance.tape.actors import actor_of
from conformance.tape.besides import beside
from conformance.tape.cassette import CassetteError
from conformance.tape.diff import Difference, study
from conformance.tape.leaks import Secrets, leaks_of_value
from conformance.tape.policies import Masking, Policy
from conformance.tape.redact import redact
from conformance.tape.renaming import Names
from conformance.tape.shapes import kind_of
from conformance.tape.shelving import instant
from conformance.wire.operation import operation
from conformance.wire.path import Scalar

PRIMARY: Final = "primary"
CANDIDATE: Final = "candidate"
DIVERGENCES: Final = "divergences.jsonl"
"""What a shadow writes: two folders of cassettes that answer each other, and a file of divergences."""

_CASSETTE: Final = "session"
_STATUS: Final = "response.status"
_LANES: Final = 4  # requests asked at once; those of one speaker one after another
_LONGEST: Final = 500  # characters of a value that are told beside its cassette
_PATIENCE: Final = 10.0  # seconds in which what is waiting at the end may still be asked


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shadow is to do. ``waiting`` is how many exchanges may wait for the candidate before others are dropped;
    ``every`` is the number of seconds after which it tells how things stand.
    """

    candidate: Origin
    out: Path
    writes: bool = False
    same_ids: bool = False
    credentials: Credentials = field(default_factory=Credentials)
    waiting: int = 1000
    every: float = 300.0
    rotation: Rotation = NEVER


class Shadow:
    """Asks the candidate what the primary was asked, behind its back: nobody waits for it.

    ``take`` is given each exchange as the recorder has it, secrets and all; ``tell`` is given lines for people. Reads
    go over four ways at once, those of one person in order; where writes are mirrored too, everything is asked in the
    order in which the primary answered. ``accepted`` gives something for a difference that says nothing, by people's
    rules.
    """

    def __init__(
        self,
        wanted: Wanted,
        transport: Transport,
        tell: Callable[[str], None],
        now: Callable[[], float],
        masking: Masking | None = None,
        accepted: Callable[[Difference], object] = lambda _: None,
    ) -> None:
        self._wanted, self._transport, self._tell, self._now = wanted, transport, tell, now
        self._accepted = accepted
        self._names = Names()
        self._mirroring = Mirroring(
            self._names,
            credentials=wanted.credentials,
            writes=wanted.writes,
            same_ids=wanted.same_ids,
        )
        self._masking = masking or Masking(Policy.SECRETS)
        self._secrets = Secrets()
        self._shelves = {
            side: Shelf(
                wanted.out / side, masking=self._masking, rotation=wanted.rotation, now=now, secrets=self._secrets
            )
            for side in (PRIMARY, CANDIDATE)
        }
        self._file: IO[bytes] | None = None
        self._turn = threading.Lock()
        self._numbers = {PRIMARY: 0, CANDIDATE: 0}
        lanes = 1 if wanted.writes else _LANES
        self._lanes: list[queue.Queue[Exchange | None]] = [
            queue.Queue(max(1, wanted.waiting // lanes)) for _ in range(lanes)
        ]
        self._threads: list[threading.Thread] = []
        self._ending = threading.Event()
        self._is_closed = False
        self._told = now()
        self.tally = Tally()

    def start(self) -> None:
        """Begin to ask what is taken."""
        self._threads = [threading.Thread(target=self._work, args=(lane,), daemon=True) for lane in self._lanes]
        for thread in self._threads:
            thread.start()

    def take(self, exchange: Exchange) -> None:
        """Have an exchange mirrored in its turn, without waiting; it is dropped where too many are before it."""
        for part in ("request", "response"):
            if (kept := beside(exchange, part)) is not None:
                kept.path(self._wanted.out).unlink(missing_ok=True)  # nothing will speak of it
        self.tally.see()
        speaker = actor_of(exchange) or exchange.meta.get("connection", "")
        try:
            self._lanes[hash(speaker) % len(self._lanes)].put_nowait(exchange)
        except queue.Full:
            self._tell_all(self.tally.leave(NotMirrored(Why.FULL, operation(exchange.request))))

    def stop(self, patience: float = _PATIENCE) -> None:
        """Ask what waits for so many seconds, drop the rest, and close what is written."""
        deadline = time.monotonic() + patience
        for lane in self._lanes:
            with contextlib.suppress(queue.Full):
                lane.put(None, timeout=max(0.0, deadline - time.monotonic()))
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._ending.set()
        for lane in self._lanes:
            self._drop(lane)
        with self._turn:
            self._is_closed = True
            for shelf in self._shelves.values():
                shelf.close()
            if self._file is not None:
                self._file.close()

    def mirror(self, exchange: Exchange, transport: Transport) -> None:
        """Ask the candidate what the primary was asked, and tell the two answers apart."""
        here, there = origin_of(exchange.request.url), self._wanted.candidate
        assert here is not None, "the recorder writes absolute addresses"
        try:
            request = self._mirroring.mirrored(exchange)
        except NotMirrored as left:
            self._tell_all(self.tally.leave(left))
            return
        sent = moved_request(self._mirroring.sent(request, actor_of(exchange)), Rewriting(here, there), there)
        begun = self._now()
        try:
            answer = transport.send(sent).response
        except TransportFailed as problem:
            words = str(problem).replace(f"{sent.method} {sent.url}", operation(request))  # which may hold a secret
            self._tell_all(self.tally.miss(words))
            return
        times = {"started": instant(begun), "finished": instant(self._now())}
        other = Exchange(request, moved_response(answer, Rewriting(there, here)), {**exchange.meta, **times})
        self._mirroring.tokens.learn(exchange, other)
        self._compare(exchange, other, Exchange(sent, answer))

    def _compare(self, exchange: Exchange, other: Exchange, sent: Exchange) -> None:
        with self._turn:  # one at a time: what is known to be secret grows, and the proxy needs the interpreter
            if self._is_closed:
                return
            self._secrets.learn(sent)
            found = study((_answered(exchange),), (_answered(other),), contradicts=self._names.contradicts)
            self._names.learn(found.naming)
            differences = _essential(found.differences)
            written = self._write_pair(exchange, other)
            if differences and self._masking.policy is not Policy.SECRETS:
                differences = _as_written(differences, written)
            differences = tuple(self._without_secrets(each) for each in differences)
            told = tuple(each for each in differences if not self._accepted(each))
            first = self.tally.compare(told, len(differences) - len(told))
            try:
                for each in told:
                    self._write_divergence(each, written, is_first=each in first)
            except OSError as problem:
                self._tell_all(self.tally.lose(f"{self._wanted.out / DIVERGENCES}: {problem.strerror}"))
        for each in first:
            self._tell(f"new divergence: {each.words}")
            self._tell(f"    {each.operation}: {each.path}")
        self._tell_at_times()

    def _write_pair(self, exchange: Exchange, other: Exchange) -> tuple[Exchange, Exchange] | None:
        """Both exchanges as they are written down; None where one of them could not be."""
        if any(shelf.is_full(_CASSETTE) for shelf in self._shelves.values()):
            for side, shelf in self._shelves.items():  # both at once, so that their cassettes answer each other
                shelf.close()
                self._numbers[side] = 0
        pair = []
        for side, each in ((PRIMARY, exchange), (CANDIDATE, other)):
            origin = origin_of(each.request.url)
            try:
                pair.append(self._shelves[side].append(_CASSETTE, {"origin": str(origin), "shadow": side}, each))
            except CassetteError as problem:
                self._tell_all(self.tally.lose(str(problem)))
                continue
            self._numbers[side] += 1
        return (pair[0], pair[1]) if len(pair) == len(self._shelves) else None

    def _without_secrets(self, found: Difference) -> Difference:
        told = [found.words, str(found.left), str(found.right)]
        return _untold(found) if leaks_of_value("divergence", told, self._secrets) else found

    def _write_divergence(
        self, found: Difference, written: tuple[Exchange, Exchange] | None, *, is_first: bool
    ) -> None:
        record: dict[str, Any] = {
            "at": instant(self._now()),
            "kind": " ".join(kind_of(found)),
            "first": is_first,
            "operation": found.operation,
            "actor": "" if written is None else actor_of(written[0]),
            "words": found.words,
            "path": found.path,
            PRIMARY: self._side(PRIMARY, found.left, is_written=written is not None),
            CANDIDATE: self._side(CANDIDATE, found.right, is_written=written is not None),
        }
        if self._file is None:
            self._wanted.out.mkdir(parents=True, exist_ok=True)
            self._file = (self._wanted.out / DIVERGENCES).open("ab", buffering=0)
        self._file.write(orjson.dumps(record) + b"\n")

    def _side(self, side: str, value: Scalar, *, is_written: bool) -> dict[str, Any]:
        """One side of a divergence: where it is recorded, and what was answered."""
        file = self._shelves[side].file_of(_CASSETTE)
        cassette = file.relative_to(self._wanted.out).as_posix() if is_written and file is not None else ""
        short = f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value
        return {"cassette": cassette, "exchange": self._numbers[side] if is_written else 0, "value": short}

    def _work(self, lane: queue.Queue[Exchange | None]) -> None:
        transport = apart(self._transport)
        while not self._ending.is_set() and (exchange := lane.get()) is not None:
            try:
                self.mirror(exchange, transport)
            except Exception as problem:  # noqa: BLE001  one odd exchange does not end the mirroring of all others
                self._tell_all(self.tally.miss(f"{operation(exchange.request)}: {type(problem).__name__}"))

    def _drop(self, lane: queue.Queue[Exchange | None]) -> None:
        """Count what waits in vain."""
        with contextlib.suppress(queue.Empty):
            while True:
                if (exchange := lane.get_nowait()) is not None:
                    self._tell_all(self.tally.leave(NotMirrored(Why.FULL, operation(exchange.request))))

    def _tell_at_times(self) -> None:
        now = self._now()
        if now - self._told >= self._wanted.every:
            self._told = now
            self._tell_all(self.tally.lines())

    def _tell_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._tell(line)


def _answered(exchange: Exchange) -> Exchange:
    """An exchange without secrets, and without what of the request is the sender's own."""
    told = redact(exchange)
    return replace(told, request=replace(told.request, headers=()))


def _essential(found: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences without those that follow from another status."""
    return tuple(each for each in found if each.path == _STATUS) or tuple(found)


def _as_written(found: Sequence[Difference], written: tuple[Exchange, Exchange] | None) -> tuple[Difference, ...]:
    """The differences told by what the policy lets be written, and where there is none by their places alone."""
    told = () if written is None else study((_answered(written[0]),), (_answered(written[1]),)).differences
    by_path = {each.path: each for each in told}
    return tuple(by_path.get(each.path) or _untold(each) for each in found)


def _untold(found: Difference) -> Difference:
    """A difference by its place alone."""
    return replace(found, left=None, right=None, words=f"{found.operation}: {found.path}: differs")
