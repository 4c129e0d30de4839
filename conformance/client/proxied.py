"""Speaking through the recording proxy: a case is opened there, its requests are marked, and it is closed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.client.protocol import StreamedRequest, Transport, TransportFailed, apart
from conformance.model.casewords import CASE_HEADER, CASES, HANDED_HEADER, UPSTREAM_HEADER
from conformance.model.exchange import Exchange, Request
from conformance.model.handed import dump_exchange
from conformance.wire.urls import split_url


@dataclass(frozen=True, slots=True)
class Recording:
    """What the proxy says of a closed case: its cassette, how many exchanges it holds, and what it had to leave out."""

    case: str
    cassette: str
    exchanges: int
    refused: tuple[str, ...] = ()


class ProxiedTransport:
    """Sends every request to the proxy, marked with its case; the exchange that comes back is the caller's own.

    ``upstream`` is the origin of the server meant, for a proxy that routes by request; a fixed upstream needs none.
    Requests to the origins of ``direct`` go straight there, unmarked and unrecorded.
    """

    def __init__(
        self,
        transport: Transport,
        proxy: str,
        case: str,
        upstream: str | None = None,
        direct: Collection[str] = (),
    ) -> None:
        self._transport = transport
        self._case, self._upstream = case, upstream
        self._direct = frozenset(direct)
        self._proxy, _ = split_url(proxy)
        self._marks = ((CASE_HEADER, case),) + (((UPSTREAM_HEADER, upstream),) if upstream else ())

    def send(self, request: Request) -> Exchange:
        """Send a request by way of the proxy, or past it to an origin of ``direct``."""
        origin, target = split_url(request.url)
        if origin in self._direct:
            return self._transport.send(request)
        marks = self._marks + (_HANDED if isinstance(request, StreamedRequest) else ())
        marked = replace(request, url=self._proxy + target, headers=(*request.headers, *marks))
        exchange = self._transport.send(marked)
        seen = tuple(pair for pair in exchange.request.headers if pair not in marks)
        told = replace(exchange, request=replace(exchange.request, url=request.url, headers=seen))
        if isinstance(request, StreamedRequest):
            self.hand_in(told)
        return told

    def hand_in(self, exchange: Exchange) -> None:
        """Have an exchange recorded that did not pass the proxy, or not to its end."""
        upstream = ((UPSTREAM_HEADER, self._upstream),) if self._upstream else ()
        headers = (("Content-Type", "application/json"), *upstream)
        url = f"{self._proxy}{CASES}/{self._case}/exchanges"
        _expect(self._transport.send(Request("POST", url, headers, dump_exchange(exchange))), 200)

    def apart(self) -> ProxiedTransport:
        """The same case of the same proxy, over connections of its own."""
        return ProxiedTransport(apart(self._transport), self._proxy, self._case, self._upstream, self._direct)


_HANDED = ((HANDED_HEADER, "1"),)


@dataclass(slots=True)
class ProxiedCase:
    """An open case at the proxy; ``recording`` is known once it is closed."""

    transport: ProxiedTransport
    recording: Recording | None = field(default=None)


@contextmanager
def proxied_case(
    transport: Transport,
    proxy: str,
    case: str,
    head: Mapping[str, Any] | None = None,
    upstream: str | None = None,
    direct: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Iterator[ProxiedCase]:
    """Open a case at the proxy and close it at the end, come what may; ``head`` is written into the cassette's head.

    ``aliases`` are origins, and what the cassette calls them instead.
    """
    origin, _ = split_url(proxy)
    opening: dict[str, Any] = {"case": case, "head": dict(head or {})}
    if aliases:
        opening["aliases"] = dict(aliases)
    _command(transport, f"{origin}{CASES}", opening, 201)
    opened = ProxiedCase(ProxiedTransport(transport, proxy, case, upstream, direct))
    try:
        yield opened
    finally:
        told = _command(transport, f"{origin}{CASES}/{case}/close", {}, 200)
        opened.recording = Recording(
            case, str(told["cassette"]), int(told["exchanges"]), tuple(str(words) for words in told["refused"])
        )


def _command(transport: Transport, url: str, body: Mapping[str, Any], expected: int) -> Mapping[str, Any]:
    request = Request("POST", url, (("Content-Type", "application/json"),), json.dumps(body).encode())
    told = json.loads(_expect(transport.send(request), expected))
    assert isinstance(told, Mapping)
    return told


def _expect(exchange: Exchange, status: int) -> bytes:
    """The body of the proxy's own answer; TransportFailed where its status is another."""
    response = exchange.response
    if response.status != status:
        said = response.body.decode("utf-8", "replace")[:300].strip()
        raise TransportFailed(
            f"the proxy answered {response.status} to POST {exchange.request.url}: {said or 'nothing'}"
        )
    return response.body
