"""Playing recorded exchanges back: which one answers a request, and why none does."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, Iterable, Iterator

from conformance.client.aliases import Aliases
from conformance.client.misses import explain, explain_in_order, name_of
from conformance.client.protocol import StreamedRequest, TransportFailed, heard
from conformance.model.exchange import Exchange, Request
from conformance.tape.actors import actor_of
from conformance.tape.cassette import Cassette
from conformance.tape.legs import authentication_legs
from conformance.tape.match import exact_key, identities, match_key
from conformance.tape.redact import redacted_request
from conformance.wire.ews import documents
from conformance.wire.operation import operation

_OK = 200


class TapeMiss(TransportFailed):
    """A request that the recording does not answer, explained by the nearest exchange and the difference."""


class PlayedOut(TapeMiss):
    """A recorded request that comes once more than it was recorded."""


def answers(recorded: Request, wanted: Request) -> bool:
    """Whether the answer to a recorded request answers this one: it asks the same, of the same things."""
    return exact_key(recorded) == exact_key(wanted) or (
        match_key(recorded) == match_key(wanted) and identities(recorded) == identities(wanted)
    )


class TapeTransport:
    """Plays one cassette strictly in its recorded order.

    Each request must be the next recorded one: the same to the letter, or else the same match key and the same ids.
    Secrets in the request are redacted first, as they are on tape. A streamed answer, which was written down when it
    had ended, is heard envelope by envelope where it began; what is asked meanwhile comes before it on the tape.
    """

    def __init__(self, cassette: Cassette) -> None:
        self._exchanges = cassette.exchanges
        self._next = 0
        self._streamed: set[int] = set()
        self._lock = threading.Lock()

    def send(self, request: Request) -> Exchange:
        """The next recorded exchange, if this request is its request; else ``TapeMiss``."""
        wanted = redacted_request(request)
        if isinstance(request, StreamedRequest):
            return self._heard(request, wanted)
        with self._lock:
            while self._next in self._streamed:
                self._next += 1
            if self._next < len(self._exchanges):
                recorded = self._exchanges[self._next]
                if answers(recorded.request, wanted):
                    self._next += 1
                    return Exchange(request, recorded.response, recorded.meta)
            place = self._next
        raise TapeMiss(explain_in_order(wanted, self._exchanges, place, answers))

    def _heard(self, request: StreamedRequest, wanted: Request) -> Exchange:
        with self._lock:
            left = (place for place in range(self._next, len(self._exchanges)) if place not in self._streamed)
            place = next((one for one in left if answers(self._exchanges[one].request, wanted)), None)
            if place is None:
                raise TapeMiss(explain_in_order(wanted, self._exchanges, self._next, answers))
            self._streamed.add(place)
        recorded = self._exchanges[place]
        for piece in documents(recorded.response.body) if recorded.response.status == _OK else ():
            if heard(request, piece) is not None:
                break
        return Exchange(request, recorded.response, recorded.meta)

    def next_to(self, origin: str) -> Exchange | None:
        """The next recorded exchange, if its request went to a URL that begins so; it is played then."""
        with self._lock:
            while self._next in self._streamed:
                self._next += 1
            if self._next == len(self._exchanges):
                return None
            recorded = self._exchanges[self._next]
            if not recorded.request.url.startswith(origin):
                return None
            self._next += 1
        return recorded

    def unplayed(self) -> tuple[Exchange, ...]:
        """The recorded exchanges that no request has asked for yet."""
        left = range(self._next, len(self._exchanges))
        return tuple(self._exchanges[place] for place in left if place not in self._streamed)


class KeyedPlayback:
    """Answers requests in any order: equal ones get the recorded answers in recorded order, each once.

    Equal is the same to the letter (``exact_key``) where that was recorded; else the same match key and ids; else the
    same match key where only ids differ that the client made itself: they stand for the recorded ones from then on, in
    requests and in answers. An answer given to one known actor is not given to another. What only led to a login
    (``authentication_legs``) is not played: no client is asked to log in.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._exchanges = tuple(exchanges)
        self.legs = authentication_legs(self._exchanges)
        self.aliases = Aliases(self._exchanges)
        self._played = set(self.legs)
        self._places: dict[Hashable, deque[int]] = {}
        self._unread: dict[str, list[int]] | None = None  # places by operations nothing was asked of but to the letter
        for place, exchange in enumerate(self._exchanges):
            if place not in self.legs:
                self._place(exact_key(exchange.request), place)

    def __len__(self) -> int:
        return len(self._exchanges) - len(self.legs)

    def answer(self, request: Request) -> Exchange:
        """The next exchange recorded of this kind; ``TapeMiss`` when there is none, ``PlayedOut`` when none is left."""
        plain = self._is_to_the_letter(request)
        wanted = request if plain else self.aliases.recorded(redacted_request(request))
        known, exactly = self._found(wanted)
        if not known:
            raise TapeMiss(explain(wanted, self._exchanges, f"{name_of(wanted)}: no recorded request matches"))
        while known and known[0] in self._played:
            known.popleft()
        others = False
        for place in known:
            exchange = self._exchanges[place]
            if place in self._played or _are_others(actor_of(exchange), request):
                continue
            if exactly or self.aliases.take(exchange.request, wanted):
                self._played.add(place)
                return Exchange(request, self.aliases.live(exchange.response), exchange.meta)
            others = True
        if others:
            raise TapeMiss(explain(wanted, self._exchanges, f"{name_of(wanted)}: recorded of other things"))
        actor = actor_of(request)
        who = f" of {actor}" if actor else ""
        raise PlayedOut(f"{name_of(wanted)}: every recorded answer to this request{who} has been played")

    def candidates(self, request: Request) -> tuple[int, ...]:
        """The places of the recorded exchanges that may answer a request, whatever has been played."""
        wanted = redacted_request(request)
        known, exactly = self._found(wanted)
        return tuple(
            place
            for place in known
            if exactly or self.aliases.pairs(self._exchanges[place].request, wanted) is not None
        )

    def unplayed(self) -> tuple[Exchange, ...]:
        """The recorded exchanges that no request has asked for yet."""
        return tuple(each for place, each in enumerate(self._exchanges) if place not in self._played)

    def _found(self, wanted: Request) -> tuple[deque[int], bool]:
        """The places under the strictest name that is known, and whether ids were compared for it."""
        if (exact := exact_key(wanted)) in self._places:
            return self._places[exact], True
        self._read(operation(wanted))
        for name, compares_ids in _names(wanted):
            if name in self._places:
                return self._places[name], compares_ids
        return deque(), False

    def _is_to_the_letter(self, request: Request) -> bool:
        """Whether a request is a recorded one already: then there is nothing in it to redact or to call otherwise."""
        return not self.aliases.are_given and exact_key(request) in self._places

    def _read(self, name: str) -> None:
        """Know the recorded requests of an operation by looser names, too: only they can have any in common."""
        if self._unread is None:
            self._unread = {}
            for place, exchange in enumerate(self._exchanges):
                if place not in self.legs:
                    self._unread.setdefault(operation(exchange.request), []).append(place)
        for place in self._unread.pop(name, ()):
            for loose, _ in _names(self._exchanges[place].request):
                self._place(loose, place)

    def _place(self, name: Hashable, place: int) -> None:
        self._places.setdefault(name, deque()).append(place)


def _are_others(recorded: str, request: Request) -> bool:
    """Whether somebody else is known to ask than was recorded."""
    return bool(recorded) and actor_of(request) not in {"", recorded}


def _names(request: Request) -> Iterator[tuple[Hashable, bool]]:
    """What a request is found by beside its letters, from the stricter to the looser, and whether its ids are in it."""
    key = match_key(request)
    yield (key, identities(request)), True
    yield key, False
