"""Where the values of named members stand in JSON text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

from conformance.tape.places import REDACTED, fold

_DECODER = JSONDecoder(strict=False)
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def members(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The spans of the values of members with such folded names, at any depth; those that say nothing are left out.

    Raises:
        JSONDecodeError, RecursionError, IndexError: when the text is not one JSON value.
    """
    at = _blank(text, 0)
    value, end = _DECODER.raw_decode(text, at)
    if _blank(text, end) != len(text):
        raise JSONDecodeError("more than one value", text, end)
    if _names(value, names):
        yield from _spans(text, at, names)[0]


def _names(value: object, names: frozenset[str]) -> bool:
    """Whether a JSON value has a member of such a name at any depth."""
    if isinstance(value, dict):
        return any(fold(key) in names or _names(each, names) for key, each in value.items())
    return isinstance(value, list) and any(_names(each, names) for each in value)


def _spans(text: str, at: int, names: frozenset[str]) -> tuple[list[tuple[int, int]], int]:
    found: list[tuple[int, int]] = []
    opening = text[at]
    if opening not in "{[":
        return found, _DECODER.raw_decode(text, at)[1]
    closing = "}" if opening == "{" else "]"
    at = _blank(text, at + 1)
    while text[at] != closing:
        secret = False
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            secret = fold(key) in names
            at = _blank(text, _blank(text, at) + 1)
        if secret:
            value, end = _DECODER.raw_decode(text, at)
            if value not in (None, "", REDACTED):
                found.append((at, end))
            at = end
        else:
            inner, at = _spans(text, at, names)
            found += inner
        at = _blank(text, at)
        if text[at] == ",":
            at = _blank(text, at + 1)
    return found, at + 1
