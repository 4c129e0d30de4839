"""From mitmproxy's flow to what was captured of it, and back into the flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mitmproxy import http

from conformance.model.exchange import Headers
from conformance.proxy.bodies import rewritten, with_host
from conformance.proxy.captured import Captured, Passed, Route
from conformance.proxy.origins import rewriting


def headers_from(fields: http.Headers) -> Headers:
    """Flow headers as pairs, order and repetitions kept; bytes that are no ASCII become Latin-1."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields.fields)


def headers_into(headers: Headers) -> http.Headers:
    """Header pairs as mitmproxy holds them."""
    return http.Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers])


def captured(
    flow: http.HTTPFlow,
    asked: tuple[str, Headers, bytes | None],
    answered: tuple[Headers, bytes | None],
    route: Route,
    case: str | None,
    notes: Mapping[str, Any],
    connection: int | None,
    passed: tuple[Passed | None, Passed | None] = (None, None),
) -> Captured:
    """What was seen of a flow: target, headers and body of its request and headers and body of its answer as they came.

    Without a connection number it says nothing that differs from run to run.
    """
    request, response = flow.request, flow.response
    assert response is not None
    return Captured(
        method=request.method,
        target=asked[0],
        version=request.http_version,
        headers=asked[1],
        body=asked[2],
        status=response.status_code,
        reason=response.reason or "",
        answer_version=response.http_version,
        answer_headers=answered[0],
        answer=answered[1],
        route=route,
        case=case,
        notes=notes,
        connection=connection,
        started=request.timestamp_start,
        finished=response.timestamp_end or request.timestamp_start,
        sent=passed[0],
        received=passed[1],
    )


def forward_request(request: http.Request, headers: Headers, route: Route) -> None:
    """Make a request what the upstream is to see: its own Host, its own origin in links."""
    if route.client is None:
        return
    change = rewriting(route.client, route.upstream)
    body = request.raw_content or b""
    changed, content = rewritten(headers, body, change)
    changed = with_host(changed, route.upstream.authority)
    request.path = change.value(request.path)
    if request.is_http2:
        request.authority = route.upstream.authority  # what Host is to HTTP/1.1 (RFC 9113, section 8.3.1)
    if content is not body:
        request.raw_content = content
    if changed != headers:
        request.headers = headers_into(changed)


def forward_headers(response: http.Response, route: Route) -> None:
    """Make an answer's headers what the client is to see, before its body has come."""
    if route.client is not None:
        change = rewriting(route.upstream, route.client)
        pairs = headers_from(response.headers)
        response.headers = headers_into(tuple((name, change.value(value)) for name, value in pairs))


def forward_body(headers: Headers, body: bytes, route: Route) -> bytes:
    """The body of an answer with such headers as the client is to see it."""
    if route.client is None:
        return body
    return rewritten(headers, body, rewriting(route.upstream, route.client))[1]


def forward_response(response: http.Response, headers: Headers, route: Route) -> None:
    """Make an answer with such headers what the client is to see: links that lead through the proxy again."""
    if route.client is None:
        return
    body = response.raw_content or b""
    changed, content = rewritten(headers, body, rewriting(route.upstream, route.client))
    if content is not body:
        response.raw_content = content
    if changed != headers:
        response.headers = headers_into(changed)
