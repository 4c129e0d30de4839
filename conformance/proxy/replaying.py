"""Recordings in the place of a server: what they answer, and what did not go as it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from conformance.client.misses import name_of
from conformance.client.playback import KeyedPlayback, PlayedOut, TapeMiss
from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.moving import moved_request, moved_response, origin_of
from conformance.proxy.origins import Origin, rewriting
from conformance.tape.cassette import read_cassette
from conformance.tape.policies import Masking
from conformance.wire.urls import target_of

_TOLD: Final = 10  # recorded exchanges that are named when nobody asked for them


def recorded_in(files: Iterable[Path]) -> tuple[list[Exchange], list[str]]:
    """The exchanges of cassettes, one after the other, and what was lost of damaged ones. Raises CassetteError."""
    exchanges: list[Exchange] = []
    damage: list[str] = []
    for path in files:
        cassette = read_cassette(path)
        exchanges += cassette.exchanges
        if cassette.damage:
            damage.append(cassette.damage)
    return exchanges, damage


class Departure(StrEnum):
    """How what a client asks can depart from what was recorded."""

    MISSES = "misses"  # a request that was not recorded
    EXTRA = "extra"  # a request that came more often than it was recorded
    UNPLAYED = "unplayed"  # a recorded exchange that nobody asked for


class Replay:
    """Answers requests as recorded, each exchange once, and keeps account of what departs from that.

    What was recorded at several origins is played from one: links to any of them lead to where the client asked, and
    what leads there in a request to the one at which its path was recorded. A request without an answer gets a 404 that
    explains itself; ``tell`` hears of it at once.
    """

    def __init__(self, exchanges: Sequence[Exchange], masking: Masking, tell: Callable[[str], None]) -> None:
        self._playback = KeyedPlayback(exchanges)
        self._origins: dict[str, Origin] = {}  # by the paths that were recorded there first
        for exchange in exchanges:
            if (origin := origin_of(exchange.request.url)) is not None:
                self._origins.setdefault(_path(exchange.request), origin)
        self._all = tuple(dict.fromkeys(self._origins.values()))
        self._masking = masking
        self._tell = tell
        self.misses: list[str] = []
        self.extra: list[str] = []

    def answer(self, request: Request) -> Response:
        """What was recorded of such a request, its links leading to where the client asked."""
        here = origin_of(request.url)
        if here is None or not self._all:
            return self._answer(request)
        origin = self._origins.get(_path(request), self._all[0])
        response = self._answer(moved_request(request, rewriting(here, origin), origin))
        for each in self._all:
            response = moved_response(response, rewriting(each, here))
        return response

    def __len__(self) -> int:
        return len(self._playback)

    @property
    def unplayed(self) -> tuple[str, ...]:
        """The recorded requests that nobody has made yet, each by method and target."""
        return tuple(name_of(exchange.request) for exchange in self._playback.unplayed())

    def unplayed_in_words(self, hint: str) -> Iterator[str]:
        """The same in lines for people, the first with a hint how that may pass; none where all was played."""
        left = self.unplayed
        if left:
            yield f"{len(left)} of {len(self)} recorded exchanges were not asked for ({hint}):"
            yield from (f"    {name}" for name in left[:_TOLD])
            if len(left) > _TOLD:
                yield f"    and {len(left) - _TOLD} more"

    def _answer(self, request: Request) -> Response:
        try:
            return self._playback.answer(self._masking.request(request)).response
        except TapeMiss as miss:
            (self.extra if isinstance(miss, PlayedOut) else self.misses).append(str(miss))
            self._tell(str(miss))
            return Response(404, "Not Recorded", (("Content-Type", "text/plain; charset=utf-8"),), f"{miss}\n".encode())


def _path(request: Request) -> str:
    return target_of(request.url).partition("?")[0]
