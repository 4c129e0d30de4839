"""Whether a recording would notice a client that asks for something else: every request altered at every place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from conformance.client.playback import KeyedPlayback
from conformance.model.exchange import Exchange, Request
from conformance.tape.actors import with_actor
from conformance.tape.match import COUNTED_HEADERS
from conformance.tape.places import REDACTED
from conformance.tape.redact import redact
from conformance.tape.tree import Node, request_tree
from conformance.tape.volatile import Kind, is_moment
from conformance.wire import path as paths
from conformance.wire.operation import operation

REMOVED: Final = "(removed)"
_METHODS: Final = {"GET": "DELETE", "POST": "PUT"}
_FREE: Final = frozenset({Kind.MOMENT, Kind.DERIVED})


@dataclass(frozen=True, slots=True)
class Alteration:
    """One value of a recorded request changed: of which exchange (from 1), where, from what to what."""

    exchange: int
    operation: str
    path: str
    value: str
    other: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How many alterations were tried, which of them the recording would still answer, and how many places are free.

    Free are secrets, which are not recorded, and ids of a client's own and stamps of its clock, which are other ones
    each time.
    """

    tried: int
    blind: tuple[Alteration, ...]
    free: int


def prove(exchanges: Sequence[Exchange]) -> Proof:
    """Alter every request of a recording at every value that says something, and see whether it is still answered.

    Secrets of a recording that was not redacted are free, and not told.
    """
    exchanges = [redact(with_actor(exchange)) for exchange in exchanges]
    playback = KeyedPlayback(exchanges)
    tried, free = 0, 0
    blind: list[Alteration] = []
    for place, exchange in enumerate(exchanges):
        if place in playback.legs:
            continue
        for path, value, other, request in _altered(exchange.request, playback.aliases.own):
            if request is None:
                free += 1
                continue
            tried += 1
            if place in playback.candidates(request):
                blind.append(Alteration(place + 1, operation(exchange.request), path, value, other))
    return Proof(tried, tuple(blind), free)


Altered = tuple[str, str, str, Request | None]
"""A path, the value there, the value in its place, and the request with that; no request where the place is free."""


def _altered(request: Request, own: frozenset[str]) -> Iterator[Altered]:
    other = _METHODS.get(request.method, "GET")
    yield ".method", request.method, other, replace(request, method=other)
    yield from _altered_url(request, own)
    for number, (name, value) in enumerate(request.headers):
        if name.casefold() in COUNTED_HEADERS:
            before, after = request.headers[:number], request.headers[number + 1 :]
            path = f".headers.{name.casefold()}"
            yield path, value, REMOVED, replace(request, headers=before + after)
            yield path, value, f"x{value}", replace(request, headers=(*before, (name, f"x{value}"), *after))
    form = "x-www-form-urlencoded" in (request.header("Content-Type") or "").casefold()
    if form:
        for path, value, changed, text in _altered_pairs(".form", request.body.decode("utf-8", "replace"), own):
            yield path, value, changed, None if text is None else replace(request, body=text.encode())
    elif request.body:
        yield from _altered_body(request, own)


def _altered_url(request: Request, own: frozenset[str]) -> Iterator[Altered]:
    try:
        parts = urlsplit(request.url)
    except ValueError:
        return
    segments = parts.path.split("/")
    for number, segment in enumerate(segments):
        if segment:
            path = "/".join([*segments[:number], quote("x") + segment, *segments[number + 1 :]])
            changed = None if segment in own else replace(request, url=parts._replace(path=path).geturl())
            yield f".path[{number}]", segment, f"x{segment}", changed
    for path, value, other, query in _altered_pairs(".query", parts.query, own):
        yield path, value, other, None if query is None else replace(request, url=parts._replace(query=query).geturl())


def _altered_pairs(step: str, text: str, own: frozenset[str]) -> Iterator[tuple[str, str, str, str | None]]:
    """The parameters of a query or a form, each removed and each with another value."""
    pairs = parse_qsl(text, keep_blank_values=True)
    for number, (name, value) in enumerate(pairs):
        if value == REDACTED or value in own:
            yield f"{step}.{name}", value, value, None
            continue
        before, after = pairs[:number], pairs[number + 1 :]
        yield f"{step}.{name}", value, REMOVED, urlencode([*before, *after])
        other = _neighbour(value)
        yield f"{step}.{name}", value, str(other), urlencode([*before, (name, other), *after])


def _altered_body(request: Request, own: frozenset[str]) -> Iterator[Altered]:
    tree = request_tree(request)
    leaves = [leaf for leaf in tree.leaves() if leaf.path.startswith(("request/", "request$"))]
    for leaf in leaves:
        path, value = leaf.path.removeprefix("request"), leaf.value
        if _is_free(leaf, own):
            yield path, str(value), str(value), None
            continue
        for other in (_neighbour(value), REMOVED):
            try:
                removes = other == REMOVED
                body = paths.remove(request.body, path) if removes else paths.replace(request.body, path, other)
            except (LookupError, ValueError):
                continue
            yield path, str(value), str(other), replace(request, body=body)
    if not leaves:
        yield ".body", f"{len(request.body)} bytes", "a byte more", replace(request, body=request.body + b"x")


def _is_free(leaf: Node, own: frozenset[str]) -> bool:
    value = leaf.value
    if value == REDACTED or (leaf.kind is Kind.IDENTITY and value in own):
        return True
    return leaf.kind in _FREE and (leaf.kind is Kind.DERIVED or is_moment(value))


def _neighbour(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case "true" | "false":
            return "false" if value == "true" else "true"
        case str() if is_moment(value) and value[10:11] == "T":
            return _an_hour_later(value)
        case str() if value.isdecimal() and len(value) < 12:
            return str(int(value) + 1)
        case _:
            return f"x{'' if value is None else value}"


def _an_hour_later(moment: str) -> str:
    try:
        return (datetime.fromisoformat(moment[:19]) + timedelta(hours=1)).isoformat() + moment[19:]
    except (ValueError, OverflowError):
        return f"x{moment}"
