"""One request and its answer, kept exactly as they travelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Headers = tuple[tuple[str, str], ...]


def header(headers: Headers, name: str, default: str | None = None) -> str | None:
    """The first value of a header, its name compared without case."""
    wanted = name.casefold()
    for key, value in headers:
        if key.casefold() == wanted:
            return value
    return default


def headers_of(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Header pairs as a value, order and repetitions kept."""
    return tuple((str(name), str(value)) for name, value in pairs)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as sent: method, absolute URL, ordered header pairs, exact body bytes."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    http_version: str = "HTTP/1.1"

    def header(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header."""
        return header(self.headers, name, default)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as received: status, reason, ordered header pairs, exact body bytes."""

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    http_version: str = "HTTP/1.1"

    def header(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header."""
        return header(self.headers, name, default)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, its answer, and what the recorder knows of them (JSON values only)."""

    request: Request
    response: Response
    meta: Mapping[str, Any] = field(default_factory=dict)
