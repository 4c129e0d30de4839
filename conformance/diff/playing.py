"""The requests of a recording, made again to a live server: with its ids, its people and dates of its own."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Any, Final

from conformance.client.auth import AuthenticationFailed
from conformance.client.protocol import Transport, TransportFailed
from conformance.diff.outcome import Recording
from conformance.diff.people import People, Unplayable
from conformance.model.exchange import Exchange, Request
from conformance.proxy.moving import moved_response, origin_of
from conformance.proxy.origins import Rewriting
from conformance.tape.actors import actor_of
from conformance.tape.diff import study
from conformance.tape.legs import authentication_legs
from conformance.tape.renaming import Names, UnknownId, renamed
from conformance.tape.variables import redrawn
from conformance.targets import Account, Delivery, Endpoint, MissingPassword, Target
from conformance.wire import graph
from conformance.wire.operation import Protocol, acts, operation, protocol

Opened = Callable[[Account, Endpoint], Transport]
"""Gives the way to an endpoint, signed in as an account."""

_PLAYED: Final = frozenset({Protocol.EWS, Protocol.GRAPH})
_OWN: Final = frozenset({"authorization", "cookie", "host", "content-length", "connection", "accept-encoding"})
_UNAUTHORIZED: Final = 401
_WAITS: Final = (0.25, 0.5, 1.0, 2.0)  # seconds between looks at what has not come yet; then the last again and again
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Played:
    """A recording as far as it was played, and what the server said instead; ``problem`` is why it was not to its end.

    ``passed_over`` exchanges are logins, refused logins, reads repeated while waiting, and what is neither EWS nor
    Graph.
    """

    recorded: Recording
    live: Recording
    passed_over: int = 0
    problem: str = ""


@dataclass(slots=True)
class Player:
    """Makes the requests of recordings to one server.

    ``sleep`` waits so many seconds; where deliveries take time, a read that shows something else is repeated for as
    long as the target's deadline after each act.
    """

    target: Target
    people: People
    opened: Opened
    sleep: Callable[[float], None]
    _ways: dict[tuple[str, str], Transport] = field(default_factory=dict)

    def play(self, recording: Recording, drawn: Mapping[str, Any]) -> Played:
        """Play a recording; ``drawn`` are the variables in place of its own (``fresh``)."""
        variables = (recording.head.get("variables") or {}), drawn
        chosen = _chosen(recording.exchanges)
        passed_over = len(recording.exchanges) - len(chosen)
        names = Names()
        live: list[Exchange] = []
        problem = ""
        patience = 0.0
        for exchange in chosen:
            try:
                if acts(exchange.request):
                    patience = self.target.deadline if self.target.delivery is Delivery.ASYNCHRONOUS else 0.0
                answer, patience = self._answer(exchange, names, variables, patience)
            except (TransportFailed, AuthenticationFailed, MissingPassword, Unplayable) as reason:
                problem = f"exchange {len(live) + 1} ({operation(exchange.request)}): {reason}"
                break
            live.append(answer)
        head = {**recording.head, "variables": dict(drawn)}
        played = replace(recording, exchanges=tuple(chosen[: len(live)]))
        return Played(played, Recording(tuple(live), head), passed_over, problem)

    def _answer(
        self,
        recorded: Exchange,
        names: Names,
        variables: tuple[Mapping[str, Any], Mapping[str, Any]],
        patience: float,
    ) -> tuple[Exchange, float]:
        """What the server answers, and how much patience is left."""
        asked = redrawn(recorded.request, *variables)
        try:
            asked = renamed(asked, names, unknown_stay=True)
        except UnknownId as doubt:
            raise Unplayable(str(doubt)) from None
        waits = list(_WAITS)
        while True:
            answer = self._sent(recorded, asked)
            found = study([recorded], [answer], variables, names.contradicts)
            if acts(asked) or patience <= 0 or not found.differences:
                break
            pause = min(waits.pop(0) if len(waits) > 1 else waits[0], patience)
            self.sleep(pause)
            patience -= pause
        names.learn(found.naming)
        return answer, patience

    def _sent(self, recorded: Exchange, asked: Request) -> Exchange:
        """The exchange as it would have been recorded: at the recorded place, with the recorded people."""
        spoken = protocol(asked)
        endpoint = self.target.endpoint(spoken)
        if endpoint is None:
            raise Unplayable(f"{self.target.name} has no [{spoken}] endpoint")
        account = self.people.account(actor_of(recorded))
        key = account.address, spoken
        if key not in self._ways:
            self._ways[key] = self.opened(account, endpoint)
        there = self.people.there(asked)
        kept = tuple((name, value) for name, value in there.headers if name.casefold() not in _OWN)
        answer = self._ways[key].send(replace(there, url=_url(there, endpoint), headers=kept))
        response = self.people.back(answer.response)
        old, new = origin_of(endpoint.url), origin_of(recorded.request.url)
        if old is not None and new is not None:
            response = moved_response(response, Rewriting(old, new))
        return Exchange(asked, response, recorded.meta)


def fresh(recording: Recording, now: datetime) -> dict[str, Any]:
    """Variables in place of those that a recording drew: a mark of its own, and the same weekday of a week to come.

    A recording that drew none is played as it is, on the days of the recording.
    """
    drawn = dict(recording.head.get("variables") or {})
    if not {"token", "date", "now"} <= drawn.keys():
        return drawn
    day = date.fromisoformat(drawn["date"])
    first = now.astimezone(UTC).date() + timedelta(days=_WEEK)
    weeks = max(0, math.ceil((first - day).days / _WEEK))
    return {
        **drawn,
        "token": f"mp{secrets.token_hex(5)}",
        "date": (day + timedelta(weeks=weeks)).isoformat(),
        "now": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _chosen(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The exchanges to play: no logins, and of reads repeated while waiting the last."""
    legs = authentication_legs(exchanges)
    asked = [
        exchange
        for place, exchange in enumerate(exchanges)
        if place not in legs and protocol(exchange.request) in _PLAYED and exchange.response.status != _UNAUTHORIZED
    ]
    return [one for one, after in zip_longest(asked, asked[1:]) if after is None or not _repeats(one, after)]


def _repeats(one: Exchange, after: Exchange) -> bool:
    """Whether a read is made again right after, so that only the later one counts."""
    same = one.request.method, one.request.url, one.request.body
    again = after.request.method, after.request.url, after.request.body
    return same == again and actor_of(one) == actor_of(after) and not acts(one.request)


def _url(request: Request, endpoint: Endpoint) -> str:
    """A recorded address at an endpoint: that of EWS itself, of Graph what is below its version."""
    if endpoint.protocol == "ews":
        return endpoint.url
    query = request.url.partition("?")
    return endpoint.url.rstrip("/") + graph.below_root(request.url) + query[1] + query[2]
