"""Which exchanges only led to a login: challenges, and the steps of NTLM and Negotiate."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.model.exchange import Exchange
from conformance.tape.actors import actor_of
from conformance.wire.urls import target_of

_CHALLENGES = {401: "WWW-Authenticate", 407: "Proxy-Authenticate"}  # RFC 9110, sections 15.5.2 and 15.5.8


def authentication_legs(exchanges: Sequence[Exchange]) -> frozenset[int]:
    """The places of exchanges that were refused for want of a login which the same request then brought.

    A request counts as the same where method and target are, and the body too, which clients leave out of the first
    steps of NTLM (MS-NTHT, section 2.1); it follows on the same connection, where that was noted. A refusal that no
    login followed is none of them: it is the answer.
    """
    legs: set[int] = set()
    follower: dict[object, int] = {}
    for place in range(len(exchanges) - 1, -1, -1):
        exchange = exchanges[place]
        connection = exchange.meta.get("connection", "")
        after = follower.get(connection)
        leads_on = after is not None and (after in legs or not _is_challenge(exchanges[after]))
        if after is not None and leads_on and _is_challenge(exchange) and _goes_on(exchange, exchanges[after]):
            legs.add(place)
        follower[connection] = place
    return frozenset(legs)


def _is_challenge(exchange: Exchange) -> bool:
    header = _CHALLENGES.get(exchange.response.status)
    return header is not None and exchange.response.header(header) is not None


def _goes_on(exchange: Exchange, after: Exchange) -> bool:
    one, other = exchange.request, after.request
    if one.method != other.method or target_of(one.url) != target_of(other.url):
        return False
    if one.body and other.body and one.body != other.body:
        return False
    actors = {actor_of(exchange), actor_of(after)} - {""}
    return len(actors) < 2
