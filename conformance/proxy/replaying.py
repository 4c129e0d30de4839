"""Recordings in the place of a server: what they answer, and what did not go as it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from conformance.client.misses import name_of
from conformance.client.playback import KeyedPlayback, PlayedOut, TapeMiss
from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.moving import moved, origin_of
from conformance.proxy.player import with_links
from conformance.tape.cassette import read_cassette
from conformance.tape.policies import Masking

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

    What was recorded at several origins is played from one; links in answers lead to where the client asked. A request
    without an answer gets a 404 that explains itself; ``tell`` hears of it at once.
    """

    def __init__(self, exchanges: Sequence[Exchange], masking: Masking, tell: Callable[[str], None]) -> None:
        origin = origin_of(exchanges[0].request.url) if exchanges else None
        if origin is not None:
            exchanges = moved(exchanges, origin)
        self._playback = KeyedPlayback(exchanges)
        self._masking = masking
        self._tell = tell
        self.misses: list[str] = []
        self.extra: list[str] = []
        self.answer = with_links(self._answer, origin)

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
