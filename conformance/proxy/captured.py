"""A flow as the proxy saw it, and the exchange that is written down of it: no mitmproxy here, so it may be anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.proxy.bodies import plain, rewritten, with_host
from conformance.proxy.origins import Origin, Rewriting, rewriting
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


class Passed(NamedTuple):
    """A body that was passed on while it came: the number under which its pieces were told, and its bytes."""

    number: int
    size: int


class Captured(NamedTuple):
    """A request and its answer as they came, and what is known of them.

    A body is ``None`` where it was not kept: passed on without looking, or as ``sent`` and ``received`` say. Of the
    ``connection``, which is ``None`` where nothing is told that differs from run to run, the instants are in seconds.
    """

    method: str
    target: str
    version: str
    headers: Headers
    body: bytes | None
    status: int
    reason: str
    answer_version: str
    answer_headers: Headers
    answer: bytes | None
    route: Route
    case: str | None
    notes: Mapping[str, Any]
    connection: int | None = None
    started: float = 0.0
    finished: float = 0.0
    sent: Passed | None = None
    received: Passed | None = None


def recorded(seen: Captured) -> Exchange:
    """The exchange of a flow: coding undone, both origins made canonical, and what the record leaves out noted."""
    request, notes = _request(seen)
    headers, body, more = _recorded(seen.answer_headers, seen.answer, seen.route, "response")
    notes = {**notes, **more, **seen.notes}
    if seen.connection is not None:
        started, finished = instant(seen.started), instant(seen.finished)
        notes |= {"connection": seen.connection, "started": started, "finished": finished}
    return Exchange(request, Response(seen.status, seen.reason, headers, body, seen.answer_version), notes)


def handed_exchange(exchange: Exchange, route: Route) -> Exchange:
    """An exchange that the suite hands in as it is written down: every origin made canonical."""
    request, response = exchange.request, exchange.response
    url = request.url
    for each in _into_record(route):
        url = each.value(url)
    headers, body, notes = _recorded(request.headers, request.body, route, "request")
    headers = with_host(headers, url.partition("://")[2].partition("/")[0].partition("?")[0])
    told, content, more = _recorded(response.headers, response.body, route, "response")
    return Exchange(
        replace(request, url=url, headers=headers, body=body),
        replace(response, headers=told, body=content),
        notes | more,
    )


def _request(seen: Captured) -> tuple[Request, dict[str, Any]]:
    headers, body, notes = _recorded(seen.headers, seen.body, seen.route, "request")
    headers = with_host(headers, seen.route.recorded.authority)
    target = seen.target
    for each in _into_record(seen.route):
        target = each.value(target)
    return Request(seen.method, f"{seen.route.recorded}{target}", headers, body, seen.version), notes


def _recorded(headers: Headers, body: bytes | None, route: Route, part: str) -> tuple[Headers, bytes, dict[str, Any]]:
    """Headers and body for the record, and what it leaves out."""
    bare = plain(headers, body or b"")
    notes: dict[str, Any] = {f"{part}_coding": bare.coding} if bare.coding else {}
    if body is not None and bare.body is None:
        notes[f"{part}_left_out"] = f"{len(body)} bytes that cannot be decoded as {bare.coding}"
    headers, body = bare.headers, bare.body or b""
    for each in _into_record(route):
        headers, body = rewritten(headers, body, each)
    return headers, body, notes


def _into_record(route: Route) -> tuple[Rewriting, ...]:
    """The rewritings that make a message speak of the recorded origin only."""
    upstream = rewriting(route.upstream, route.recorded)
    own = (upstream,) if route.client is None else (upstream, rewriting(route.client, route.recorded))
    return (*own, *route.aliases)
