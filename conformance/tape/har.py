"""Exchanges as HAR 1.2, which browsers and other proxies write, and back.

What HAR has no place for (metadata, what a header's bytes were, bodies that are no text) stands in members whose names
begin with an underscore, as HAR provides for, so that what was exported comes back exactly; a lone surrogate, which no
JSON can hold, is replaced.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson

from conformance.model.exchange import Exchange, Headers, Request, Response, header
from conformance.tape.shelving import instant
from conformance.wire.urls import parts_of

META: Final = "_meetproof"
"""The member of an entry that holds the metadata of its exchange, and of a log that holds a cassette's head."""

_CODING: Final = frozenset({"content-encoding", "transfer-encoding"})  # undone by who writes a HAR file
_EPOCH: Final = "1970-01-01T00:00:00Z"


class NotHar(ValueError):
    """A text that is no HAR document; the message names the place."""


def read_har(text: bytes) -> tuple[Mapping[str, Any], tuple[Exchange, ...]]:
    """The exchanges of a HAR document, and the head of the cassette that it was made of, empty if of none.

    Entries without an answer (status 0) are passed over. Bodies come as HAR has them, with their content coding undone,
    so the headers that tell of one are left out and ``Content-Length`` is made true. A body that was not kept is told
    in the metadata.

    Raises:
        NotHar: when the text is none, with the place.
    """
    try:
        document = orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        raise NotHar(f"not JSON: {problem}") from problem
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(log, dict) or not isinstance(entries, list):
        raise NotHar("expected an object with log.entries, as HAR 1.2 has it")
    head = log.get(META)
    return head if isinstance(head, dict) else {}, tuple(_exchanges(entries))


def _exchanges(entries: Iterable[Any]) -> Iterator[Exchange]:
    for number, entry in enumerate(entries):
        try:
            if entry["response"]["status"]:
                yield _exchange(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise NotHar(f"log.entries[{number}]: {type(problem).__name__}: {problem}") from problem


def document_of(exchanges: Iterable[Exchange], creator: tuple[str, str], head: Mapping[str, Any]) -> bytes:
    """A HAR document of a cassette; ``creator`` is the name and version of the program that wrote it."""
    name, version = creator
    entries = [_entry(exchange) for exchange in exchanges]
    log = {"version": "1.2", "creator": {"name": name, "version": version}, "entries": entries, META: dict(head)}
    return _json({"log": log})


def _json(value: object) -> bytes:
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(value, option=option)
    except orjson.JSONEncodeError:  # a lone surrogate
        plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return orjson.dumps(orjson.loads(plain), option=option)


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    asked, told = entry["request"], entry["response"]
    notes: dict[str, Any] = {}
    sent, received = _sent_body(asked.get("postData")), _received_body(told.get("content") or {})
    if received is None:
        notes["response_left_out"] = "the body was not kept"
    meta = entry.get(META)
    if not isinstance(meta, Mapping):
        meta = _times(entry) | notes
    return Exchange(
        Request(
            asked["method"],
            asked["url"],
            _pairs(asked["headers"], asked, sent),
            sent,
            _version(asked.get("httpVersion")),
        ),
        Response(
            told["status"],
            told.get("statusText") or "",
            _pairs(told["headers"], told, received or b""),
            received or b"",
            _version(told.get("httpVersion")),
        ),
        meta,
    )


def _times(entry: Mapping[str, Any]) -> dict[str, Any]:
    """When an exchange began and ended, and on which connection, where a HAR file tells it."""
    told: dict[str, Any] = {}
    started, length = entry.get("startedDateTime"), entry.get("time")
    if isinstance(started, str):
        began = datetime.fromisoformat(started).astimezone(UTC)
        told["started"] = instant(began.timestamp())
        if isinstance(length, int | float) and length >= 0:
            told["finished"] = instant(began.timestamp() + length / 1000)
    if entry.get("connection"):
        told["connection"] = str(entry["connection"])
    return told


def _pairs(listed: Iterable[Mapping[str, str]], message: Mapping[str, Any], body: bytes) -> Headers:
    """The headers; of what another program wrote without pseudo-headers (RFC 9113, section 8.3) and codings."""
    pairs = tuple((one["name"], one["value"]) for one in listed)
    if message.get("_exact"):
        return pairs
    authority = next((value for name, value in pairs if name == ":authority"), None)
    kept = [pair for pair in pairs if not pair[0].startswith(":") and pair[0].casefold() not in _CODING]
    if authority is not None and header(tuple(kept), "host") is None:
        kept.insert(0, ("Host", authority))
    return tuple((name, str(len(body)) if name.casefold() == "content-length" else value) for name, value in kept)


def _version(told: Any) -> str:
    """The HTTP version as HTTP/1.1 spells it; browsers write ``h2`` and ``http/2.0``."""
    text = str(told or "HTTP/1.1").upper()
    return {"H2": "HTTP/2.0", "H3": "HTTP/3.0", "UNKNOWN": "HTTP/1.1"}.get(text, text)


def _sent_body(posted: Mapping[str, Any] | None) -> bytes:
    if not posted:
        return b""
    if "text" in posted:
        return _bytes(posted["text"], str(posted.get("encoding") or posted.get("_encoding") or ""))
    return urlencode([(one["name"], one.get("value", "")) for one in posted.get("params") or ()]).encode()


def _received_body(content: Mapping[str, Any]) -> bytes | None:
    """The body of an answer; nothing where it had one that was not kept."""
    if content.get("text") is not None:
        return _bytes(content["text"], str(content.get("encoding") or ""))
    return None if (content.get("size") or 0) > 0 else b""


def _bytes(text: str, encoding: str) -> bytes:
    if encoding.casefold() != "base64":
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise ValueError(f"a body that is no base64: {problem}") from problem


def _entry(exchange: Exchange) -> dict[str, Any]:
    request, response, meta = exchange.request, exchange.response, exchange.meta
    started, finished = meta.get("started", _EPOCH), meta.get("finished", meta.get("started", _EPOCH))
    took = _milliseconds(started, finished)
    entry: dict[str, Any] = {
        "startedDateTime": started,
        "time": took,
        "request": {
            "method": request.method,
            "url": request.url,
            "httpVersion": request.http_version,
            "cookies": [],
            "headers": _listed(request.headers),
            "queryString": _query(request.url),
            "headersSize": -1,
            "bodySize": len(request.body),
            "_exact": True,
        },
        "response": {
            "status": response.status,
            "statusText": response.reason,
            "httpVersion": response.http_version,
            "cookies": [],
            "headers": _listed(response.headers),
            "content": {
                "size": len(response.body),
                "mimeType": response.header("Content-Type") or "",
                **_text(response.body, "encoding"),
            },
            "redirectURL": response.header("Location") or "",
            "headersSize": -1,
            "bodySize": len(response.body),
            "_exact": True,
        },
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        META: dict(meta),
    }
    if request.body:
        kind = request.header("Content-Type") or ""
        entry["request"]["postData"] = {"mimeType": kind, "params": [], **_text(request.body, "_encoding")}
    if "connection" in meta:
        entry["connection"] = str(meta["connection"])
    return entry


def _listed(pairs: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _query(url: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in parse_qsl(parts_of(url).query, keep_blank_values=True)]


def _text(body: bytes, encoding: str) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), encoding: "base64"}


def _milliseconds(started: str, finished: str) -> float:
    try:
        length = datetime.fromisoformat(finished) - datetime.fromisoformat(started)
    except (ValueError, TypeError):  # no times, or one with an offset and one without
        return 0.0
    return max(0.0, length.total_seconds() * 1000)
