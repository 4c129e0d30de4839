"""Playing recorded exchanges back: which one answers a request, and why none does."""

from __future__ import annotations

import difflib
import json
import threading
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence

from conformance.client.protocol import TransportFailed, target_of
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.actors import actor_of
from conformance.tape.cassette import Cassette
from conformance.tape.match import match_key
from conformance.tape.redact import redact
from conformance.tape.volatile import is_opaque, tokens

_LINES_SHOWN = 14
_WEIGHED = 300  # requests whose bodies are weighed when the nearest is looked for
_COMPARED = 20_000  # bytes of a body that are weighed


class TapeMiss(TransportFailed):
    """A request that the recording does not answer, explained by the nearest exchange and the difference."""


def redacted(request: Request) -> Request:
    """A request as a recording holds it: by the rules that were applied when it was written."""
    return redact(Exchange(request, Response(0))).request


def identical(recorded: Request, wanted: Request) -> bool:
    """Whether method, path, query and body are the same; origin and headers are not compared."""
    return (
        recorded.method == wanted.method
        and target_of(recorded.url) == target_of(wanted.url)
        and recorded.body == wanted.body
    )


def identities(request: Request) -> frozenset[str]:
    """The ids that a request speaks of, as far as they look like ids."""
    text = f"{target_of(request.url)} {request.body.decode('utf-8', 'replace')}"
    return frozenset(token for _, _, token in tokens(text) if is_opaque(token))


def answers(recorded: Request, wanted: Request) -> bool:
    """Whether the answer to a recorded request answers this one: it asks the same, of the same things."""
    return identical(recorded, wanted) or (
        match_key(recorded) == match_key(wanted) and identities(recorded) == identities(wanted)
    )


class TapeTransport:
    """Plays one cassette strictly in its recorded order.

    Each request must be the next recorded one: the same method, path, query and body, or else the same match key and
    the same ids. Secrets in the request are redacted first, as they are on tape.
    """

    def __init__(self, cassette: Cassette) -> None:
        self._exchanges = cassette.exchanges
        self._next = 0
        self._lock = threading.Lock()

    def send(self, request: Request) -> Exchange:
        """The next recorded exchange, if this request is its request; else ``TapeMiss``."""
        wanted = redacted(request)
        with self._lock:
            if self._next < len(self._exchanges):
                recorded = self._exchanges[self._next]
                if answers(recorded.request, wanted):
                    self._next += 1
                    return Exchange(request, recorded.response, recorded.meta)
            place = self._next
        raise TapeMiss(_explain_in_order(wanted, self._exchanges, place))

    def unplayed(self) -> tuple[Exchange, ...]:
        """The recorded exchanges that no request has asked for yet."""
        return tuple(self._exchanges[place] for place in range(self._next, len(self._exchanges)))


class KeyedPlayback:
    """Answers requests in any order: equal ones get the recorded answers in recorded order, each once.

    Equal is the same method, path, query and body where that was recorded; else the same match key and ids; else, for a
    client with ids of its own, the same match key. An answer given to one known actor is not given to another.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._exchanges = tuple(exchanges)
        self._played: set[int] = set()
        self._places: dict[Hashable, deque[int]] = {}
        for place, exchange in enumerate(self._exchanges):
            for name in _names(exchange.request):
                self._places.setdefault(name, deque()).append(place)

    def __len__(self) -> int:
        return len(self._exchanges)

    def answer(self, request: Request) -> Exchange:
        """The next recorded exchange of this request's kind; ``TapeMiss`` when there is none, or none left."""
        wanted, actor = redacted(request), actor_of(request)
        waiting = next((self._places[name] for name in _names(wanted) if name in self._places), None)
        if waiting is None:
            raise TapeMiss(_explain(wanted, self._exchanges, f"{_name(wanted)}: no recorded request matches"))
        while waiting and waiting[0] in self._played:
            waiting.popleft()
        for place in waiting:
            exchange = self._exchanges[place]
            theirs = actor_of(exchange)
            if place not in self._played and (not actor or not theirs or actor == theirs):
                self._played.add(place)
                return exchange
        who = f" of {actor}" if actor else ""
        raise TapeMiss(f"{_name(wanted)}: every recorded answer to this request{who} has been played")

    def unplayed(self) -> tuple[Exchange, ...]:
        """The recorded exchanges that no request has asked for yet."""
        return tuple(each for place, each in enumerate(self._exchanges) if place not in self._played)


def _names(request: Request) -> Iterator[Hashable]:
    """What a request is found by, from the strictest to the loosest."""
    yield request.method, target_of(request.url), request.body
    key = match_key(request)
    yield key, identities(request)
    yield key


def nearest(wanted: Request, exchanges: Sequence[Exchange]) -> int | None:
    """The place of the recorded request most like this one; ``None`` of an empty recording.

    Method and path count before the body; of very many requests alike in those, the first few hundred are weighed.
    """
    alike: dict[tuple[bool, bool], list[int]] = {}
    for place, exchange in enumerate(exchanges):
        recorded = exchange.request
        alike.setdefault((recorded.method == wanted.method, _path(recorded) == _path(wanted)), []).append(place)
    if not alike:
        return None
    places = alike[max(alike)][:_WEIGHED]
    return max(places, key=lambda place: _similarity(exchanges[place].request, wanted))


def difference(recorded: Request, wanted: Request) -> str:
    """What two requests differ in, for people: method, target, then the lines of the bodies."""
    lines = []
    if recorded.method != wanted.method:
        lines.append(f"method: recorded {recorded.method}, now {wanted.method}")
    if target_of(recorded.url) != target_of(wanted.url):
        lines.append(f"target: recorded {target_of(recorded.url)}, now {target_of(wanted.url)}")
    if recorded.body != wanted.body:
        changed = [
            line
            for line in difflib.unified_diff(_lines(recorded.body), _lines(wanted.body), n=1, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
        lines.append("body (- recorded, + now):")
        lines += changed[:_LINES_SHOWN]
        if len(changed) > _LINES_SHOWN:
            lines.append(f"... and {len(changed) - _LINES_SHOWN} lines more")
    return "\n  ".join(lines)


def _explain_in_order(wanted: Request, exchanges: Sequence[Exchange], place: int) -> str:
    if place >= len(exchanges):
        return f"{_name(wanted)}: the recording is at its end, all {len(exchanges)} exchanges have been played"
    expected = exchanges[place].request
    head = (
        f"{_name(wanted)} is not the next recorded request, which is exchange {place + 1} of {len(exchanges)}: "
        f"{_name(expected)}\n  {difference(expected, wanted)}"
    )
    near = nearest(wanted, exchanges)
    if near is None or near == place:
        return head
    found = exchanges[near].request
    if answers(found, wanted):
        return f"{head}\nexchange {near + 1} has this request: it was recorded {'later' if near > place else 'earlier'}"
    return f"{head}\nnearest is exchange {near + 1}: {_name(found)}\n  {difference(found, wanted)}"


def _explain(wanted: Request, exchanges: Sequence[Exchange], head: str) -> str:
    near = nearest(wanted, exchanges)
    if near is None:
        return f"{head}: the recording is empty"
    found = exchanges[near].request
    return f"{head}\nnearest is exchange {near + 1} of {len(exchanges)}: {_name(found)}\n  {difference(found, wanted)}"


def _name(request: Request) -> str:
    return f"{request.method} {target_of(request.url)}"


def _path(request: Request) -> str:
    return target_of(request.url).partition("?")[0].casefold()


def _similarity(left: Request, right: Request) -> float:
    if left.body == right.body:
        return 2.0 if target_of(left.url) == target_of(right.url) else 1.5
    matcher = difflib.SequenceMatcher(None, _lines(left.body[:_COMPARED]), _lines(right.body[:_COMPARED]), False)
    return matcher.ratio()


def _lines(body: bytes) -> list[str]:
    """A body cut where its structure is: JSON by member, XML by tag, else by line."""
    text = body.decode("utf-8", "backslashreplace")
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
        except ValueError:
            return text.splitlines()
    if text.lstrip().startswith("<"):
        return text.replace("><", ">\n<").splitlines()
    return text.replace("&", "\n&").splitlines()
