"""What a text says once its encodings are undone: percent signs, entities, escapes, base64, gzip, wide letters.

Encodings stand within one another, so what one hides is looked at again, to a bounded depth.
"""

from __future__ import annotations

import binascii
import html
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, unquote_plus

from conformance.tape.bodies import Unreadable

DEEPEST: Final = 5  # encodings within one another that are undone
GZIP: Final = "\x1f\x8b\x08"  # how gzip begins (RFC 1952, section 2.3.1)
_LARGEST: Final = 64 * 1024 * 1024  # what is unfolded of one gzip within a text
_SHORTEST: Final = 20  # letters of base64 that are looked into: no shorter text holds a name and a secret
_REMEMBERED: Final = 64 * 1024  # letters of the longest texts whose layers are kept for a while
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_IN_ALPHABET: Final = bytes(1 if code in _ALPHABET else 0 for code in range(256))
_LONG: Final = b"\1" * _SHORTEST
# Lines of base64 belong together (RFC 2045, section 6.8).
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}")
_ESCAPE: Final = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^\0]))"
)
_ESCAPED: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_GZIP: Final = GZIP.encode("latin-1")
_LOOKED_AT: Final = 15  # bytes that tell whether others are text
_STRANGE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def layers(text: str) -> tuple[str, ...]:
    """A text, then what it says with one kind of encoding undone, then with all of them again and again.

    Raises:
        Unreadable: when what it holds unfolds to too much.
    """
    return _remembered(text) if len(text) <= _REMEMBERED else tuple(_layers(text, DEEPEST))


@lru_cache(maxsize=32)  # what is redacted is looked through again by the gate, mostly unchanged
def _remembered(text: str) -> tuple[str, ...]:
    return tuple(_layers(text, DEEPEST))


def _layers(text: str, depth: int) -> dict[str, None]:
    found = dict.fromkeys(_readings(text))
    undone = text
    for _ in range(DEEPEST):
        if (further := unescaped(html.unescape(unquote(undone)) if _is_encoded(undone) else undone)) == undone:
            break
        undone = further
        found[undone] = None
    if depth:
        for inner in [inner for each in found for inner in hidden_in(each)]:
            found |= _layers(inner, depth - 1)
    return found


def _is_encoded(text: str) -> bool:
    return "%" in text or "&" in text


def _readings(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote(text)
    if "%" in text or "+" in text:
        yield unquote_plus(text)
    if "&" in text:
        yield html.unescape(text)
    yield unescaped(text)


def unescaped(text: str) -> str:
    """A text with the escapes of JSON undone."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return (bytes.fromhex(found[1]) + bytes.fromhex(found[2])).decode("utf-16-be")
    return chr(int(found[3], 16)) if found[3] else _ESCAPED.get(found[4], found[4])


def hidden_in(text: str) -> Iterator[str]:
    """The texts that stand in a text as base64 or as gzip."""
    if GZIP in text:
        for start, end in gzips(text):
            yield from texts_of_bytes(inflated(text[start:end].encode("latin-1")))
    for run in base64_runs(text):
        yield from texts_of_base64(run[0])


def base64_runs(text: str) -> Iterator[re.Match[str]]:
    """What looks like the base64 of some text, or of gzip, and is long enough to hide something."""
    marked = text.encode("latin-1", "replace").translate(_IN_ALPHABET)
    at = marked.find(_LONG)
    while at >= 0:
        run = _BASE64.match(text, at)
        assert run is not None
        if _begins_as_text(text[at : at + _SHORTEST]):
            yield run
        at = marked.find(_LONG, run.end())


@lru_cache(maxsize=4096)  # the ids of a mailbox all begin alike
def _begins_as_text(letters: str) -> bool:
    """Whether letters of base64 are the beginning of text of any width or of gzip."""
    return any(True for _ in texts_of_bytes(_decoded(letters)))


def texts_of_base64(run: str) -> Iterator[str]:
    """The texts that base64 is of, in either alphabet and however it is padded."""
    yield from texts_of_bytes(_decoded("".join(run.split())))


def _decoded(letters: str) -> bytes:
    letters = letters.rstrip("=").replace("-", "+").replace("_", "/")
    return binascii.a2b_base64(letters[: len(letters) - (len(letters) % 4 == 1)] + "==")


def texts_of_bytes(data: bytes) -> Iterator[str]:
    """The text that bytes are, whatever its letters' width; of other bytes, Latin-1 where gzip begins them."""
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if wide or data[1:16:2].count(0) > 3 or data[0:16:2].count(0) > 3:
        charset = "utf-16" if wide else "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        yield data.decode(charset, "replace")
    if data.startswith(_GZIP):
        yield data.decode("latin-1")
    elif not _STRANGE.search(data[:_LOOKED_AT].decode("latin-1")):
        yield data.decode("latin-1" if _GZIP in data else "utf-8", "replace")


def gzips(text: str) -> list[tuple[int, int]]:
    """The spans of a Latin-1 text that are gzip."""
    spans: list[tuple[int, int]] = []
    start = text.find(GZIP)
    while start >= 0:
        try:
            data = text[start:].encode("latin-1")
        except UnicodeEncodeError:
            break
        decoder = zlib.decompressobj(31)
        try:
            decoder.decompress(data, _LARGEST)
        except zlib.error:
            start = text.find(GZIP, start + 1)
            continue
        if decoder.unconsumed_tail:
            raise Unreadable(f"gzip that unfolds to more than {_LARGEST} bytes")
        end = len(text) - len(decoder.unused_data)
        spans.append((start, end))
        start = text.find(GZIP, end)
    return spans


def inflated(data: bytes) -> bytes:
    """What gzip is of, as far as it goes."""
    return zlib.decompressobj(31).decompress(data, _LARGEST)
