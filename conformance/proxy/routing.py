"""Which requests are for the proxy itself, and which case and upstream the others belong to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.model.casewords import CASE_HEADER, CASES, UPSTREAM_HEADER
from conformance.model.exchange import Headers
from conformance.proxy.origins import Origin, parse_origin

OWN_PATHS = "/_meetproof/"
OWN_HEADERS = "meetproof-"

_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_CLOSE = re.compile(re.escape(CASES) + r"/([^/]+)/close")


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


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Close the cassette of a case."""

    stem: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What a request's ``meetproof-*`` headers say; ``notes`` are those with no meaning of their own here."""

    case: str | None = None
    upstream: str | None = None
    notes: Mapping[str, str] | None = None


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
    notes = {name.removeprefix(OWN_HEADERS): value for name, value in own.items()}
    return Marks(case, upstream, notes or None), tuple(others)


def command(method: str, path: str, content_type: str, body: bytes) -> OpenCase | CloseCase:
    """What a request to the proxy itself asks for.

    Bodies must be declared as JSON, which no web page can send here without asking first. ``BadRequest`` otherwise.
    """
    closing = _CLOSE.fullmatch(path)
    if path != CASES and not closing:
        raise BadRequest(404, f"the proxy knows POST {CASES} and POST {CASES}/CASE/close, got {method} {path}")
    if method != "POST":
        raise BadRequest(405, f"expected POST {path}, got {method}")
    if closing:
        return CloseCase(checked_stem(closing[1]))
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, f"expected Content-Type: application/json, got {content_type or 'none'}")
    try:
        told = json.loads(body)
    except ValueError as problem:
        raise BadRequest(400, f"the body is no JSON: {problem}") from None
    if not isinstance(told, dict) or not isinstance(told.get("case"), str):
        raise BadRequest(400, 'expected {"case": "name", "head": {...}}')
    head = told.get("head", {})
    if not isinstance(head, dict):
        raise BadRequest(400, f"expected an object as head, got {head!r}")
    return OpenCase(checked_stem(told["case"]), head)


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
