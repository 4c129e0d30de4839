"""Origins and their rewriting: absolute links of one server become those of another, in headers and bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from conformance.wire.urls import DEFAULT_PORTS

_COLON = rb"(?P<colon>:|%3A)"
_SLASHES = rb"(?P<slashes>//|\\/\\/|%2F%2F|\\u002f\\u002f)"


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host (lower case, IPv6 in brackets) and port of a server (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them; the scheme's own port is left out."""
        return self.host if self.port == DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def address(self) -> str:
        """The host as a socket takes it, without brackets."""
        return self.host.strip("[]")

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine by its name alone."""
        return is_loopback(self.address)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own; names are not looked up."""
    return host in {"localhost", "::1"} or re.fullmatch(r"(::ffff:)?127(\.\d{1,3}){3}", host) is not None


def parse_origin(text: str) -> Origin:
    """An origin from text such as ``https://mail.example.com:8443``; ``ValueError`` says what is wrong with it."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as problem:
        raise ValueError(f"{text!r} is no URL: {problem}") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError(f"{text!r}: expected a URL that begins with http:// or https://")
    if not parts.hostname:
        raise ValueError(f"{text!r}: expected a host after {parts.scheme}://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("expected no user or password in the URL: clients bring their own")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"{text!r}: expected scheme, host and port only, got a path too: leave out {parts.path!r}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Origin(parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port)


class Rewriting:
    r"""Replaces one origin by another wherever it begins a link.

    Written forms: plain, JSON-escaped slashes (``http:\/\/``, ``http:\u002f\u002f``) and percent-encoded; scheme and
    host in any case; the scheme's own port given or not. A longer host or another port is another origin and stays.
    """

    def __init__(self, old: Origin, new: Origin) -> None:
        self._same = old == new
        self._host = old.host.encode("idna" if not old.host.isascii() else "ascii").lower()
        port = str(old.port).encode("ascii")
        given = rb"(?::|%3A)" + port
        if old.port == DEFAULT_PORTS[old.scheme]:
            given = rb"(?:" + given + rb")?"
        self._pattern = re.compile(
            old.scheme.encode("ascii")
            + _COLON
            + _SLASHES
            + re.escape(self._host)
            + given
            + rb"(?![A-Za-z0-9_@-]|\.[A-Za-z0-9]|(?::|%3A)\d)",
            re.IGNORECASE,
        )
        self._scheme = new.scheme.encode("ascii")
        self._authority = new.authority.encode("ascii")

    def text(self, content: bytes) -> bytes:
        """The content with every link to the old origin pointing at the new one; the same object if there is none."""
        if self._same or self._host not in content.lower():
            return content
        changed, count = self._pattern.subn(self._replace, content)
        return changed if count else content

    def is_in(self, values: Iterable[str]) -> bool:
        """Whether any of some header values may hold a link to the old origin."""
        return not self._same and self._host in "\n".join(values).encode("latin-1", "surrogateescape").lower()

    def value(self, value: str) -> str:
        """A header value rewritten likewise."""
        raw = value.encode("latin-1", "surrogateescape")
        return self.text(raw).decode("latin-1", "surrogateescape")

    def _replace(self, match: re.Match[bytes]) -> bytes:
        colon = match["colon"]
        authority = self._authority if colon == b":" else self._authority.replace(b":", colon)
        return self._scheme + colon + match["slashes"] + authority


@lru_cache(maxsize=256)
def rewriting(old: Origin, new: Origin) -> Rewriting:
    """The rewriting of one origin into another, compiled once while it is in use."""
    return Rewriting(old, new)
