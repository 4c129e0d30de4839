"""Which requests are for the proxy itself, and which case and upstream the others belong to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.model.casewords import CASE_HEADER, CASES, HANDED_HEADER, UPSTREAM_HEADER
from conformance.model.exchange import Exchange, Headers
from conformance.model.handed import load_exchange
from conformance.proxy.origins import Origin, parse_origin

OWN_PATHS = "/_meetproof/"
OWN_HEADERS = "meetproof-"

_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_CLOSE = re.compile(re.escape(CASES) + r"/([^/]+)/close")
_HAND = re.compile(re.escape(CASES) + r"/([^/]+)/exchanges")


class BadRequest(ValueError):
    """A request to the proxy itself that cannot be followed; ``status`` is its HTTP answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a cassette for a case."""

    stem: str
    head: Mapping[str, Any]
    aliases: Mapping[str, str] = field(default_factory=dict)  # origins, and what the cassette calls them


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Close the cassette of a case."""

    stem: str


@dataclass(frozen=True, slots=True)
class HandExchange:
    """Write an exchange to the cassette of a case that did not pass the proxy, or not whole."""

    stem: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Marks:
    """What a request's ``meetproof-*`` headers say; ``notes`` are those with no meaning of their own here."""

    case: str | None = None
    upstream: str | None = None
    notes: Mapping[str, str] | None = None
    is_handed: bool = False


def split_marks(headers: Headers) -> tuple[Marks, Headers]:
    """The marks of a request and its headers without them."""
    own: dict[str, str] = {}
    others = []
    for name, value in headers:
        folded = name.casefold()
        if folded.startswith(OWN_HEADERS):
            own[folded] = value
        else:
            others.append((name, value))
    if not own:
        return Marks(), headers
    case, upstream = own.pop(CASE_HEADER, None), own.pop(UPSTREAM_HEADER, None)
    is_handed = own.pop(HANDED_HEADER, None) is not None
    notes = {name.removeprefix(OWN_HEADERS): value for name, value in own.items()}
    return Marks(case, upstream, notes or None, is_handed), tuple(others)


def command(method: str, path: str, content_type: str, body: bytes) -> OpenCase | CloseCase | HandExchange:
    """What a request to the proxy itself asks for.

    Bodies must be declared as JSON, which no web page can send here without asking first. ``BadRequest`` otherwise.
    """
    closing, handing = _CLOSE.fullmatch(path), _HAND.fullmatch(path)
    if path != CASES and not closing and not handing:
        known = f"POST {CASES}, POST {CASES}/CASE/exchanges and POST {CASES}/CASE/close"
        raise BadRequest(404, f"the proxy knows {known}, got {method} {path}")
    if method != "POST":
        raise BadRequest(405, f"expected POST {path}, got {method}")
    if closing:
        return CloseCase(checked_stem(closing[1]))
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, f"expected Content-Type: application/json, got {content_type or 'none'}")
    if handing:
        return _handed(handing[1], body)
    return _opening(body)


def _handed(stem: str, body: bytes) -> HandExchange:
    try:
        return HandExchange(checked_stem(stem), load_exchange(body))
    except BadRequest:
        raise
    except ValueError as problem:
        raise BadRequest(400, str(problem)) from None


def _opening(body: bytes) -> OpenCase:
    try:
        told = json.loads(body)
    except ValueError as problem:
        raise BadRequest(400, f"the body is no JSON: {problem}") from None
    if not isinstance(told, dict) or not isinstance(told.get("case"), str):
        raise BadRequest(400, 'expected {"case": "name", "head": {...}}')
    head, aliases = told.get("head", {}), told.get("aliases", {})
    for name, value in (("head", head), ("aliases", aliases)):
        if not isinstance(value, dict):
            raise BadRequest(400, f"expected an object as {name}, got {value!r}")
    try:
        for origin in (*aliases, *aliases.values()):
            parse_origin(origin)
    except (ValueError, TypeError, AttributeError) as problem:
        raise BadRequest(400, f"aliases: {problem}") from None
    return OpenCase(checked_stem(told["case"]), head, aliases)


def checked_stem(stem: str) -> str:
    """A case's name if it can be a file's; it never leads out of the folder."""
    if not _STEM.fullmatch(stem):
        raise BadRequest(
            400, f"a case's name is letters, digits and any of . _ + -, beginning with a letter or digit; got {stem!r}"
        )
    return stem


def marked_upstream(text: str) -> Origin:
    """The upstream that a request names for itself, which must be on this machine."""
    try:
        origin = parse_origin(text)
    except ValueError as problem:
        raise BadRequest(400, f"{UPSTREAM_HEADER}: {problem}") from None
    if not origin.is_loopback:
        raise BadRequest(403, f"{UPSTREAM_HEADER} may name a loopback address only, got {origin}")
    return origin
