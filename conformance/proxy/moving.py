"""Exchanges recorded at one origin, told as if they had been recorded at another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.bodies import rewritten, with_host
from conformance.proxy.origins import Origin, Rewriting, parse_origin


def origin_of(url: str) -> Origin | None:
    """The origin of an absolute URL; ``None`` if it has none."""
    scheme, _, rest = url.partition("://")
    return _parsed(f"{scheme}://{rest.partition('/')[0].partition('?')[0]}")


@lru_cache(maxsize=256)
def _parsed(text: str) -> Origin | None:
    try:
        return parse_origin(text)
    except ValueError:
        return None


def moved(exchanges: Iterable[Exchange], new: Origin) -> tuple[Exchange, ...]:
    """Exchanges with their own origins replaced by a new one: in URLs, in headers and in textual bodies."""
    told = tuple(exchanges)
    found = {origin for exchange in told if (origin := origin_of(exchange.request.url)) is not None}
    rewritings = [Rewriting(old, new) for old in sorted(found - {new}, key=str)]
    if not rewritings:
        return told
    return tuple(_moved(exchange, rewritings, new) for exchange in told)


def _moved(exchange: Exchange, rewritings: list[Rewriting], new: Origin) -> Exchange:
    request, response = exchange.request, exchange.response
    for rewriting in rewritings:
        request = moved_request(request, rewriting, new)
        response = moved_response(response, rewriting)
    return replace(exchange, request=request, response=response)


def moved_request(request: Request, rewriting: Rewriting, new: Origin) -> Request:
    """A request with one origin rewritten, and with the new one's Host."""
    headers, body = rewritten(request.headers, request.body, rewriting)
    headers = with_host(headers, new.authority)
    return replace(request, url=rewriting.value(request.url), headers=headers, body=body)


def moved_response(response: Response, rewriting: Rewriting) -> Response:
    """An answer with one origin rewritten."""
    headers, body = rewritten(response.headers, response.body, rewriting)
    return replace(response, headers=headers, body=body)
