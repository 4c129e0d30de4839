"""One exchange as one line of a cassette: a JSON mapping that is also a YAML list item in vcrpy's layout.

The line is YAML 1.1 because every character that YAML folds or refuses is escaped, and bytes that are no UTF-8 text are
written as ``!!binary``. What vcrpy's layout cannot hold (interleaved repeated headers, odd texts, the HTTP version)
stands beside ``request`` and ``response`` under ``meetproof``.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from conformance.model.exchange import Exchange, Headers, Request, Response

LONGEST_KEY = 128  # YAML refuses an implicit key beyond 1,024 characters, escapes counted
_INTEGERS = range(-(2**63), 2**64)  # what orjson reads back as an integer
_HTTP_VERSION = "HTTP/1.1"

# UTF-8 of U+007F, U+0080-U+009F, U+2028, U+2029, U+FEFF, U+FFFE and U+FFFF: YAML folds or refuses these raw.
_UNSAFE = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]")
# Quotes inside a JSON string are escaped, so these two can only be keys followed by a tagged scalar.
_TAGGED = ((b'"body": !!binary "', b'"b64": "'), (b'"string": !!binary "', b'"b64": "'))


def encode(exchange: Exchange) -> bytes:
    """The exchange as one ``- {...}`` line of UTF-8 with its line end.

    Raises:
        ValueError: when the exchange's metadata are not JSON values.
    """
    request, response = exchange.request, exchange.response
    wire: dict[str, Any] = {}
    if lost := _lost_of_request(request):
        wire["request"] = lost
    if lost := _lost_of_response(response):
        wire["response"] = lost
    beside: dict[str, Any] = {}
    if exchange.meta:
        beside["meta"] = exchange.meta
    if wire:
        beside["wire"] = wire
    line = b"".join(
        (
            b'- {"request": {"method": ',
            _quoted(_clean(request.method)),
            b', "uri": ',
            _quoted(_parsable(request.url)),
            b', "headers": ',
            _headers(request.headers),
            b', "body": ',
            _body(request.body),
            b'}, "response": {"status": {"code": ',
            b"%d" % response.status,
            b', "message": ',
            _quoted(_ascii(response.reason)),
            b'}, "headers": ',
            _headers(response.headers),
            b', "body": {"string": ',
            _body(response.body),
            b'}}, "meetproof": ',
            flow(beside).encode(),
            b"}\n",
        )
    )
    return safe(line)


def decode(line: bytes) -> Exchange:
    """The exchange of one line written by ``encode``.

    Raises:
        ValueError: when the line is not such a line.
    """
    text = line.removeprefix(b"- ")
    if b'!!binary "' in text:
        for tagged, plain in _TAGGED:
            text = text.replace(tagged, plain)
    return from_mapping(orjson.loads(text))


def from_mapping(item: Any) -> Exchange:
    """The exchange of one interaction as a YAML parser gives it, ours or one recorded by vcrpy.

    Raises:
        ValueError: when the mapping is not an interaction.
    """
    try:
        request, response = item["request"], item["response"]
        beside = item.get("meetproof") or {}
        wire = beside.get("wire") or {}
        return Exchange(
            _request(request, wire.get("request") or {}),
            _response(response, wire.get("response") or {}),
            beside.get("meta") or {},
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"not an interaction in vcrpy's layout: {problem!r}") from problem


def safe(text: bytes) -> bytes:
    """JSON text with the characters escaped that YAML folds or refuses."""
    if text.isascii() and b"\x7f" not in text:
        return text
    return _UNSAFE.sub(lambda match: b"\\u%04x" % ord(match[0].decode()), text)


def flow(value: Any, where: str = "meta") -> str:  # noqa: PLR0911  one return for each kind of JSON value
    """A JSON value as text that JSON and YAML 1.1 read alike.

    Raises:
        ValueError: for what JSON or YAML cannot hold, naming the place.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value, where).decode()
        case int():
            if value not in _INTEGERS:
                raise ValueError(f"{where}: {value} has more than 64 bits; write it as a string")
            return str(value)
        case float():
            return _number(value, where)
        case list() | tuple():
            return "[" + ", ".join(flow(each, f"{where}[{index}]") for index, each in enumerate(value)) + "]"
        case Mapping():
            return "{" + ", ".join(_member(key, each, where) for key, each in value.items()) + "}"
        case _:
            raise ValueError(f"{where}: {type(value).__name__} is not a JSON value")


def _member(key: Any, value: Any, where: str) -> str:
    if not isinstance(key, str):
        raise ValueError(f"{where}: the key {key!r} is not a string")  # noqa: TRY004  one kind of error for people
    if len(key) > LONGEST_KEY:
        raise ValueError(f"{where}: a key of {len(key)} characters is longer than the {LONGEST_KEY} a cassette holds")
    return f"{_quoted(key, where).decode()}: {flow(value, f'{where}.{key}')}"


def _number(value: float, where: str) -> str:
    """A float with the point and the exponent's sign that YAML 1.1 asks for."""
    if not math.isfinite(value):
        raise ValueError(f"{where}: {value} is not a JSON number")
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return text
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{power if power[0] in '+-' else '+' + power}"


def _quoted(text: str, where: str = "") -> bytes:
    try:
        return orjson.dumps(str(text))
    except TypeError as problem:
        raise ValueError(f"{where}: a lone surrogate is not a character of JSON") from problem


def _body(body: bytes) -> bytes:
    try:
        return orjson.dumps(body.decode())
    except UnicodeDecodeError:
        return b'!!binary "' + base64.b64encode(body) + b'"'


def _headers(pairs: Headers) -> bytes:
    return orjson.dumps(_grouped(pairs))


def _grouped(pairs: Headers) -> dict[str, list[str]]:
    """Header pairs as vcrpy's mapping of lists."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        if len(name) <= LONGEST_KEY:
            grouped.setdefault(_clean(name), []).append(_clean(value))
    return grouped


def _clean(text: str) -> str:
    """The text, its lone surrogates replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _ascii(text: str) -> str:
    """The text as vcrpy's clients take a reason phrase."""
    return text if text.isascii() else text.encode("ascii", "replace").decode()


def _parsable(url: str) -> str:
    """The URL, its brackets encoded when Python cannot split it (vcrpy splits every URL it loads)."""
    url = _clean(url)
    try:
        urlsplit(url)
    except ValueError:
        return _ascii(url).replace("[", "%5B").replace("]", "%5D")
    return url


def _exact(text: str) -> str | dict[str, str]:
    """The text, or its bytes where YAML has no way to write it."""
    if _clean(text) == text:
        return text
    return {"b64": base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()}


def _text(value: str | Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    return base64.b64decode(value["b64"], validate=True).decode("utf-8", "surrogatepass")


def _lost_of_headers(pairs: Headers) -> list[list[Any]] | None:
    """The header pairs where a mapping of lists would lose their order, their names or a character."""
    if [(name, value) for name, values in _grouped(pairs).items() for value in values] == list(pairs):
        return None
    return [[_exact(name), _exact(value)] for name, value in pairs]


def _lost_of_request(request: Request) -> dict[str, Any]:
    lost: dict[str, Any] = {}
    if _clean(request.method) != request.method:
        lost["method"] = _exact(request.method)
    if _parsable(request.url) != request.url:
        lost["url"] = _exact(request.url)
    if (pairs := _lost_of_headers(request.headers)) is not None:
        lost["headers"] = pairs
    if request.http_version != _HTTP_VERSION:
        lost["http_version"] = _exact(request.http_version)
    return lost


def _lost_of_response(response: Response) -> dict[str, Any]:
    lost: dict[str, Any] = {}
    if not response.reason.isascii():
        lost["reason"] = _exact(response.reason)
    if (pairs := _lost_of_headers(response.headers)) is not None:
        lost["headers"] = pairs
    if response.http_version != _HTTP_VERSION:
        lost["http_version"] = _exact(response.http_version)
    return lost


def _request(item: Mapping[str, Any], lost: Mapping[str, Any]) -> Request:
    return Request(
        _text(lost.get("method", item["method"])),
        _text(lost.get("url", item["uri"])),
        _pairs(item["headers"], lost),
        _bytes(item, "body"),
        _text(lost.get("http_version", _HTTP_VERSION)),
    )


def _response(item: Mapping[str, Any], lost: Mapping[str, Any]) -> Response:
    status = item["status"]
    return Response(
        status["code"],
        _text(lost.get("reason", status.get("message") or "")),
        _pairs(item["headers"], lost),
        _bytes(item["body"], "string"),
        _text(lost.get("http_version", _HTTP_VERSION)),
    )


def _pairs(headers: Mapping[str, Any] | None, lost: Mapping[str, Any]) -> Headers:
    if "headers" in lost:
        return tuple((_text(name), _text(value)) for name, value in lost["headers"])
    return tuple(
        (name, value)
        for name, values in (headers or {}).items()
        for value in ([values] if isinstance(values, str) else values)
    )


def _bytes(item: Mapping[str, Any], key: str) -> bytes:
    if "b64" in item:
        return base64.b64decode(item["b64"], validate=True)
    body = item.get(key)
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    raise TypeError(f"a body of {type(body).__name__}")
