"""Headers and body of a message as a pair: content coding undone and redone, links rewritten, lengths kept true."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.model.exchange import Headers, header
from conformance.proxy.origins import Rewriting

# What may hold links: text, and what is text by another name.
_TEXTUAL = re.compile(
    r"\s*(text/|application/([\w.+-]+\+)?(json|xml|soap|javascript|http|x-www-form-urlencoded)|multipart/)",
    re.IGNORECASE,
)
_WIDE = re.compile(r"charset\s*=\s*\"?(utf-16(?:le|be)?|utf-32(?:le|be)?)", re.IGNORECASE)
_WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A message with its content coding undone.

    ``coding`` is what it was; ``body`` is ``None`` where the coding is unknown or the body does not obey it.
    """

    headers: Headers
    body: bytes | None
    coding: str


def plain(headers: Headers, body: bytes) -> Plain:
    """Undo the content coding of a message: without Content-Encoding, with the true Content-Length."""
    codings = _codings(headers)
    if not codings or not body:
        return Plain(headers, body, "")
    decoded = _decode(body, codings)
    kept = tuple((name, value) for name, value in headers if name.casefold() != "content-encoding")
    return Plain(with_length(kept, len(decoded or b"")), decoded, ", ".join(codings))


def rewritten(headers: Headers, body: bytes, rewriting: Rewriting) -> tuple[Headers, bytes]:
    """A message with the links in its header values and its textual body rewritten, in the same content coding.

    A body that holds no such link keeps its exact bytes; so does one that is not text or whose coding is unknown.
    """
    changed = headers
    if rewriting.is_in(value for _, value in headers):
        changed = tuple((name, rewriting.value(value)) for name, value in headers)
    content = _rewritten_body(headers, body, rewriting)
    return (changed, body) if content is body else (with_length(changed, len(content)), content)


def is_textual(headers: Headers) -> bool:
    """Whether a message is declared to be text of any kind, or in a coding that hides what it is."""
    return bool(_TEXTUAL.match(header(headers, "Content-Type", "") or "")) or bool(_codings(headers))


def with_length(headers: Headers, length: int) -> Headers:
    """The headers with Content-Length telling this length, where they have one."""
    return tuple((name, str(length) if name.casefold() == "content-length" else value) for name, value in headers)


def with_host(headers: Headers, authority: str) -> Headers:
    """The headers with Host naming this authority, where they have one."""
    return tuple((name, authority if name.casefold() == "host" else value) for name, value in headers)


def _rewritten_body(headers: Headers, body: bytes, rewriting: Rewriting) -> bytes:
    kind = header(headers, "Content-Type", "") or ""
    if not body or (kind and not _TEXTUAL.match(kind)):
        return body
    codings = _codings(headers)
    if not codings:
        return _rewritten_text(kind, body, rewriting)
    decoded = _decode(body, codings)
    if decoded is None:
        return body
    content = _rewritten_text(kind, decoded, rewriting)
    return body if content is decoded else _encode(content, codings)


def _rewritten_text(kind: str, body: bytes, rewriting: Rewriting) -> bytes:
    charset = next((name for mark, name in _WIDE_MARKS if body.startswith(mark)), None)
    if charset is None and (declared := _WIDE.search(kind)):
        charset = declared[1]
    if charset is None:
        return rewriting.text(body)
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        return body
    narrow = text.encode("utf-8")
    content = rewriting.text(narrow)
    return body if content is narrow else content.decode("utf-8").encode(charset)


def _codings(headers: Headers) -> tuple[str, ...]:
    """The content codings of a message in the order they were applied (RFC 9110, section 8.4)."""
    listed = ",".join(value for name, value in headers if name.casefold() == "content-encoding")
    return tuple(name for part in listed.split(",") if (name := part.strip().lower()) not in {"", "identity"})


def _decode(body: bytes, codings: tuple[str, ...]) -> bytes | None:
    """The body with all its codings undone; ``None`` when one is unknown or the body does not obey it."""
    from mitmproxy.net import encoding  # replay gets by without it: recordings are written without coding

    for name in reversed(codings):
        if name not in _CODINGS:
            return None
        try:
            decoded = encoding.decode(body, name)
        except ValueError:
            return None
        assert isinstance(decoded, bytes)
        body = decoded
    return body


def _encode(body: bytes, codings: tuple[str, ...]) -> bytes:
    from mitmproxy.net import encoding

    for name in codings:
        body = encoding.encode(body, name)
    return body


_CODINGS = frozenset({"gzip", "deflate", "br", "zstd"})
