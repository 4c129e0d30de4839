"""From mitmproxy's flow to our exchange, and back into the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from mitmproxy import http

from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.proxy.bodies import plain, rewritten, with_host
from conformance.proxy.origins import Origin, Rewriting
from conformance.tape.shelving import instant


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request came in, where it goes, and what both are called in the record.

    ``client`` is the proxy's own origin as the client wrote it, ``None`` where the client names the upstream itself.
    """

    client: Origin | None
    upstream: Origin
    recorded: Origin
    aliases: tuple[Rewriting, ...] = ()  # what else is called otherwise in the record


def headers_from(fields: http.Headers) -> Headers:
    """Flow headers as pairs, order and repetitions kept; bytes that are no ASCII become Latin-1."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields.fields)


def headers_into(headers: Headers) -> http.Headers:
    """Header pairs as mitmproxy holds them."""
    return http.Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers])


def recorded_request(
    request: http.Request, headers: Headers, route: Route, body: bytes | None
) -> tuple[Request, dict[str, Any]]:
    """A request as it is written down, and what its record leaves out: coding undone, both origins made canonical."""
    headers, body, notes = _recorded(headers, body, route, "request")
    headers = with_host(headers, route.recorded.authority)
    path = request.path
    for rewriting in _into_record(route):
        path = rewriting.value(path)
    return Request(request.method, f"{route.recorded}{path}", headers, body, request.http_version), notes


def recorded_response(
    response: http.Response, headers: Headers, route: Route, body: bytes | None
) -> tuple[Response, dict[str, Any]]:
    """An answer as it is written down, likewise."""
    headers, body, notes = _recorded(headers, body, route, "response")
    return Response(response.status_code, response.reason or "", headers, body, response.http_version), notes


def handed_exchange(exchange: Exchange, route: Route) -> Exchange:
    """An exchange that the suite hands in as it is written down: every origin made canonical."""
    request, response = exchange.request, exchange.response
    url = request.url
    for rewriting in _into_record(route):
        url = rewriting.value(url)
    headers, body, notes = _recorded(request.headers, request.body, route, "request")
    headers = with_host(headers, url.partition("://")[2].partition("/")[0].partition("?")[0])
    told, content, more = _recorded(response.headers, response.body, route, "response")
    return Exchange(
        replace(request, url=url, headers=headers, body=body),
        replace(response, headers=told, body=content),
        notes | more,
    )


def forward_request(request: http.Request, headers: Headers, route: Route) -> None:
    """Make a request what the upstream is to see: its own Host, its own origin in links."""
    if route.client is not None:
        rewriting = _rewriting(route.client, route.upstream)
        body = request.raw_content or b""
        headers, content = rewritten(headers, body, rewriting)
        headers = with_host(headers, route.upstream.authority)
        request.path = rewriting.value(request.path)
        if content is not body:
            request.raw_content = content
    request.headers = headers_into(headers)


def forward_headers(response: http.Response, route: Route) -> None:
    """Make an answer's headers what the client is to see, before its body has come."""
    if route.client is not None:
        rewriting = _rewriting(route.upstream, route.client)
        pairs = headers_from(response.headers)
        response.headers = headers_into(tuple((name, rewriting.value(value)) for name, value in pairs))


def forward_body(headers: Headers, body: bytes, route: Route) -> bytes:
    """The body of an answer with such headers as the client is to see it."""
    if route.client is None:
        return body
    return rewritten(headers, body, _rewriting(route.upstream, route.client))[1]


def forward_response(response: http.Response, route: Route) -> None:
    """Make an answer what the client is to see: links that lead through the proxy again."""
    if route.client is None:
        return
    before, body = headers_from(response.headers), response.raw_content or b""
    headers, content = rewritten(before, body, _rewriting(route.upstream, route.client))
    if content is not body:
        response.raw_content = content
    if headers != before:
        response.headers = headers_into(headers)


def exchange(
    request: Request, response: Response, notes: Mapping[str, Any], flow: http.HTTPFlow, connection: int | None
) -> Exchange:
    """The record of a flow; without a connection number it holds nothing that differs from run to run."""
    meta: dict[str, Any] = dict(notes)
    if connection is not None:
        assert flow.response is not None
        meta |= {
            "connection": connection,
            "started": instant(flow.request.timestamp_start),
            "finished": instant(flow.response.timestamp_end or flow.request.timestamp_start),
        }
    return Exchange(request, response, meta)


def _recorded(headers: Headers, body: bytes | None, route: Route, part: str) -> tuple[Headers, bytes, dict[str, Any]]:
    """Headers and body for the record, and what it leaves out: ``body`` is ``None`` when it was passed on unseen."""
    bare = plain(headers, body or b"")
    notes: dict[str, Any] = {f"{part}_coding": bare.coding} if bare.coding else {}
    if body is not None and bare.body is None:
        notes[f"{part}_left_out"] = f"{len(body)} bytes that cannot be decoded as {bare.coding}"
    headers, body = bare.headers, bare.body or b""
    for rewriting in _into_record(route):
        headers, body = rewritten(headers, body, rewriting)
    return headers, body, notes


def _into_record(route: Route) -> tuple[Rewriting, ...]:
    """The rewritings that make a message speak of the recorded origin only."""
    upstream = _rewriting(route.upstream, route.recorded)
    own = (upstream,) if route.client is None else (upstream, _rewriting(route.client, route.recorded))
    return (*own, *route.aliases)


@lru_cache(maxsize=256)
def _rewriting(old: Origin, new: Origin) -> Rewriting:
    """The rewriting of one origin into another, compiled once while it is in use."""
    return Rewriting(old, new)
