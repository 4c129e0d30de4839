"""A message's body as text and back: content coding and charset undone and done again."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from conformance.model.exchange import Request, Response

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_GZIP = b"\x1f\x8b\x08"
_LARGEST = 256 * 1024 * 1024  # what a compressed body may unfold to


class Unreadable(Exception):
    """A body whose content coding is unknown or broken."""


@dataclass(frozen=True, slots=True)
class TextBody:
    """The text of a body, and how to make a body of another text."""

    text: str
    codings: tuple[str, ...]  # in the order they were applied
    charset: str

    @classmethod
    def of(cls, message: Request | Response) -> Self:
        """The body of a message as text; bytes of no known charset are read as Latin-1, which loses nothing.

        Raises:
            Unreadable: when its ``Content-Encoding`` cannot be undone.
        """
        codings = tuple(
            coding
            for name, value in message.headers
            if name.casefold() == "content-encoding"
            for coding in (part.strip().casefold() for part in value.split(","))
            if coding not in {"", "identity"}
        )
        body = message.body
        for coding in reversed(codings):
            body = unfold(coding, body)
        charset = _charset(message, body)
        return cls(body.decode(charset), codings, charset)

    def again(self, text: str) -> bytes:
        """The bytes of another text in the same charset and content coding."""
        body = text.encode(self.charset, "xmlcharrefreplace")
        for coding in self.codings:
            body = _FOLD[coding](body)
        return body


def readable(message: Request | Response) -> bytes:
    """A body for people to read, or why it cannot be read."""
    try:
        body = TextBody.of(message)
    except Unreadable:
        return b"[a body whose content coding cannot be undone]"
    return body.text.encode() if body.codings else message.body


def unfold(coding: str, body: bytes) -> bytes:
    """A body with one content coding undone.

    Raises:
        Unreadable: when the coding is unknown or the body broken or absurdly large.
    """
    if coding not in _WINDOWS:
        raise Unreadable(f"content coding {coding!r}")
    for window in _WINDOWS[coding]:
        decoder = zlib.decompressobj(window)
        try:
            plain = decoder.decompress(body, _LARGEST)
        except zlib.error:
            continue
        if decoder.eof and not decoder.unused_data:
            return plain
    raise Unreadable(f"content coding {coding!r} does not fit the body")


_WINDOWS = {
    "gzip": (31,),
    "x-gzip": (31,),
    "deflate": (15, -15),
}  # zlib's wbits; deflate is seen with and without a header
_FOLD: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
}


def _charset(message: Request | Response, body: bytes) -> str:
    named = _CHARSET.search(message.header("content-type") or "")
    declared = _DECLARED.match(body)
    tries = [
        *(name for bom, name in _BOMS if body.startswith(bom)),
        *(found for found in (named and named[1], declared and declared[1].decode()) if found),
        "utf-8",
    ]
    if body.startswith(_GZIP):
        return "latin-1"  # it may make UTF-16, too, and would be taken for letters
    if b"\0" in body[:4]:
        tries = ["utf-16-be" if body[0] == 0 else "utf-16-le", *tries]
    for charset in tries:
        try:
            if body.decode(charset).encode(charset) == body:
                return charset
        except (LookupError, UnicodeError, ValueError):
            continue
    return "latin-1"
