"""Servers that play recordings, as a test of a client sees them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from conformance.model.exchange import Exchange
from conformance.proxy.player import playing
from conformance.proxy.replaying import Departure, Replay, recorded_in
from conformance.tape.cassette import CassetteError, cassettes_of
from conformance.tape.policies import Policy, masking_of
from conformance.wire.graph import below_root
from conformance.wire.operation import Protocol, protocol

_USUAL: Final = {Protocol.EWS: "/EWS/Exchange.asmx", Protocol.GRAPH: "/v1.0", Protocol.OAUTH: "/oauth2/v2.0/token"}

log = logging.getLogger("meetproof.replay")


class ReplayInvalid(ValueError):
    """What shall be played cannot be; the message says why."""


class MeetproofReplay:
    """A server that plays recordings to a client; gone when the test ends.

    Its addresses are those that were first recorded, with this server's host and port.
    """

    def __init__(self, url: str, replay: Replay, exchanges: Sequence[Exchange]) -> None:
        self.url = url
        self._replay = replay
        self._exchanges = exchanges

    @property
    def ews_url(self) -> str:
        """The EWS endpoint; any credentials do."""
        return self._address(Protocol.EWS)

    @property
    def graph_url(self) -> str:
        """Graph's service root, such as one ending in ``/v1.0``; any bearer token does."""
        return self._address(Protocol.GRAPH)

    @property
    def token_url(self) -> str:
        """The OAuth 2.0 token endpoint; what it grants was redacted, and is as good as any."""
        return self._address(Protocol.OAUTH)

    @property
    def misses(self) -> tuple[str, ...]:
        """The requests that were not recorded, each explained by the nearest one that was."""
        return tuple(self._replay.misses)

    @property
    def extra(self) -> tuple[str, ...]:
        """The requests that came more often than they were recorded."""
        return tuple(self._replay.extra)

    @property
    def unplayed(self) -> tuple[str, ...]:
        """The recorded requests that have not been made yet, each by method and target."""
        return self._replay.unplayed

    def _address(self, wanted: Protocol) -> str:
        for exchange in self._exchanges:
            if protocol(exchange.request) is wanted:
                path = urlsplit(exchange.request.url).path.rstrip("/")
                below = below_root(exchange.request.url) if wanted is Protocol.GRAPH else ""
                return f"{self.url}{path.removesuffix(below)}"
        return f"{self.url}{_USUAL[wanted]}"


@dataclass(frozen=True)
class _Started:
    name: str
    replay: Replay
    allowed: frozenset[Departure]


class Replays:
    """The replaying servers of one test. Cassettes are looked for in ``folder``; ``allow`` is what they mind not."""

    def __init__(self, folder: Path, allow: Iterable[str]) -> None:
        self._folder = folder
        self._allow = tuple(allow)
        self._started: list[_Started] = []
        self.cassettes: list[Path] = []
        self._running = ExitStack()

    def start(
        self,
        *cassettes: str | os.PathLike[str],
        allow: str | Iterable[str] | None = None,
        policy: str = Policy.SECRETS,
        **others: object,
    ) -> MeetproofReplay:
        """A server that plays cassettes, or those of folders, at a port of its own.

        ``allow`` are the departures that may pass, in place of the usual ones; ``policy`` is the one that was recorded
        with, its key in MEETPROOF_KEY. Raises ReplayInvalid.
        """
        for name in others:
            raise ReplayInvalid(f"meetproof_replay(...) knows allow, policy; got {name!r}.")
        allowed = _departures(self._allow if allow is None else allow)
        if not cassettes:
            raise ReplayInvalid("meetproof_replay(...) needs the cassettes to play, such as 'tapes/accept.yaml'.")
        try:
            masking = masking_of(policy, os.environ)
        except ValueError as problem:
            raise ReplayInvalid(f"policy: {problem}") from None
        try:
            files = cassettes_of(self._folder / cassette for cassette in cassettes)
            exchanges, damage = recorded_in(files)
        except CassetteError as problem:
            raise ReplayInvalid(str(problem)) from None
        self.cassettes += files
        for words in damage:
            log.warning("%s", words)
        replay = Replay(exchanges, masking, lambda words: log.warning("%s", words))
        url = self._running.enter_context(playing(replay.answer))
        self._started.append(_Started(", ".join(map(str, cassettes)), replay, allowed))
        return MeetproofReplay(url, replay, exchanges)

    def stop(self) -> None:
        """End all servers; their ports are free again."""
        self._running.close()

    def departures(self) -> str:
        """What departed from the recordings and may not, in words; empty where nothing did."""
        return "\n".join(words for started in self._started if (words := _told(started)))


_WORDS: Final[dict[Departure, Callable[[Replay], Iterable[str]]]] = {
    Departure.MISSES: lambda replay: replay.misses,
    Departure.EXTRA: lambda replay: replay.extra,
    Departure.UNPLAYED: lambda replay: replay.unplayed_in_words("allow='unplayed' does not mind"),
}


def _told(started: _Started) -> str:
    lines = [line for kind, words in _WORDS.items() if kind not in started.allowed for line in words(started.replay)]
    return "\n".join([f"{started.name} was not played as recorded:", *lines]) if lines else ""


def _departures(asked: str | Iterable[str]) -> frozenset[Departure]:
    names = [asked] if isinstance(asked, str) else list(asked)
    for name in names:
        if name not in set(Departure):
            raise ReplayInvalid(f"meetproof_replay can allow {', '.join(Departure)}; got {name!r}.")
    return frozenset(map(Departure, names))
