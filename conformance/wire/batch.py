"""The parts of a JSON batch of Graph, each as the exchange that it would be alone (reference page json-batching)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson

from conformance.model.exchange import Exchange, Headers, Request, Response, header
from conformance.wire import graph
from conformance.wire.urls import parts_of

# What a part has from the batch where it does not say otherwise.
_ASKED_FOR_ALL: Final = frozenset({"authorization", "client-request-id", "host", "user-agent"})
_TOLD_FOR_ALL: Final = frozenset({"client-request-id", "date", "request-id"})


class Part(NamedTuple):
    """A part of a batch: the place of its answer among the answers, and the exchange that it is."""

    place: int
    exchange: Exchange


def is_batch(request: Request) -> bool:
    """Whether a request is a batch."""
    return request.url.casefold().partition("?")[0].endswith("/$batch") and graph.is_graph(request)


def parts(exchange: Exchange) -> tuple[Part, ...]:
    """The parts of a batch that have an answer, in the order of the answers; none of any other exchange."""
    if not is_batch(exchange.request):
        return ()
    asked = {str(each.get("id")): each for each in _listed(exchange.request.body, "requests")}
    found = []
    for place, told in enumerate(_listed(exchange.response.body, "responses")):
        part = asked.get(str(told.get("id")))
        if part is not None and isinstance(told.get("status"), int):
            found.append(Part(place, _part(exchange, part, told)))
    return tuple(found)


def _part(batch: Exchange, asked: Mapping[str, Any], told: Mapping[str, Any]) -> Exchange:
    url = _address(batch.request.url, str(asked.get("url", "")))
    headers = _headers(asked, batch.request.headers, _ASKED_FOR_ALL)
    given = _headers(told, batch.response.headers, _TOLD_FOR_ALL)
    body, answer = _body(headers, asked.get("body")), _body(given, told.get("body"))
    return Exchange(
        Request(str(asked.get("method", "GET")), url, headers, body, batch.request.http_version),
        Response(told["status"], "", given, answer, batch.response.http_version),
        batch.meta,
    )


def _listed(body: bytes, name: str) -> list[dict[str, Any]]:
    found = graph.json_object(body).get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _headers(part: Mapping[str, Any], of_batch: Headers, inherited: frozenset[str]) -> Headers:
    given = part.get("headers")
    own = tuple((str(name), str(value)) for name, value in given.items()) if isinstance(given, dict) else ()
    said = {name.casefold() for name, _ in own}
    others = ((name, value) for name, value in of_batch if name.casefold() in inherited - said)
    return (*own, *others)


def _address(batch: str, url: str) -> str:
    """The address of a part, which is written below the batch's own root."""
    if parts_of(url).scheme:
        return url
    root = batch.partition("?")[0]
    return f"{root[: root.casefold().rindex('/$batch')]}/{url.lstrip('/')}"


def _body(headers: Headers, body: object) -> bytes:
    """A part's body: JSON as it stands, any other as base64."""
    if body is None:
        return b""
    kind = (header(headers, "content-type") or "").casefold()
    if isinstance(body, str) and kind and "json" not in kind:
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error:
            return body.encode()
    return orjson.dumps(body)
