"""Two messages line by line side by side, with the lines that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from conformance.model.exchange import Exchange
from conformance.tape.bodies import readable
from conformance.tape.diff import Difference, Place
from conformance.tape.naming import IdNames
from conformance.tape.volatile import TOKEN, is_opaque
from conformance.wire.outline import Sheet

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?")
_INSIDE: Final = re.compile(r"(/@[\w:.-]+|/text\(\)(\[\d+\])?)$")
Part = str
REQUEST, RESPONSE = "request", "response"
"""The two messages of an exchange, by what their paths begin with."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each side, numbered from 1, and whether they differ; a line is None where its side has none there.

    ``differences`` are the numbers of those that begin here.
    """

    left: tuple[int, str] | None
    right: tuple[int, str] | None
    differs: bool = False
    differences: tuple[int, ...] = ()


def sheet(exchange: Exchange, part: Part, names: IdNames) -> Sheet:
    """A message of an exchange in lines, with ids called by what they are."""
    request, response = exchange.request, exchange.response
    if part == REQUEST:
        found = Sheet.of(f"{request.method} {request.url} {request.http_version}", request.headers, readable(request))
    else:
        status = f"{response.http_version} {response.status} {response.reason}".rstrip()
        found = Sheet.of(status, response.headers, readable(response))
    return Sheet([names.told(line) for line in found.lines], found.headers, found.outline)


def rows(part: Part, sides: Sequence[Sheet | None], differences: Mapping[int, Difference]) -> tuple[Row, ...]:
    """The lines of two messages side by side; ``differences`` are those of their exchange, by number."""
    left, right = sides
    marks: tuple[dict[int, set[int]], ...] = ({}, {})
    for number, one in differences.items():
        places = (left, one.left_at, one.left), (right, one.right_at, one.right)
        for side, (on, place, value) in zip(marks, places, strict=True):
            is_there = value is not None or (place is not None and place.path == one.path)
            if on is not None and place is not None and is_there:
                for at in _lines(on, part, place):
                    side.setdefault(at, set()).add(number)
    told: set[int] = set()
    found = []
    for first, second in _paired(left.lines if left else (), right.lines if right else ()):
        here: set[int] = set()
        for side, line in zip(marks, (first, second), strict=True):
            here |= side.get(line, set()) if line is not None else set()
        found.append(Row(_numbered(left, first), _numbered(right, second), bool(here), tuple(sorted(here - told))))
        told |= here
    return tuple(found)


def _numbered(on: Sheet | None, at: int | None) -> tuple[int, str] | None:
    return None if on is None or at is None else (at + 1, on.lines[at])


def _lines(on: Sheet, part: Part, place: Place) -> Iterable[int]:
    """The lines that a place takes up in a message."""
    if not place.path.startswith(part):
        return ()
    path = place.path.removeprefix(part)
    if (lines := on.header(path)) is not None:
        return lines
    if path.startswith((".method", ".url", ".status")) or not path:
        return (0,)
    if path.startswith((".form", ".body")):
        return range(on.body, len(on.lines))
    found = on.outline.place(path)
    if found is None:
        return ()
    first, last = on.outline.spans[found]
    return range(on.body + first, on.body + (first if _INSIDE.search(path) else last) + 1)


def _paired(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Numbers of lines side by side: those that say the same but for stamps and ids, and between them in order.

    Lines that say what many say lead to no pairs by themselves (``autojunk``), or long lists would take long.
    """
    matcher = SequenceMatcher(None, [_plain(line) for line in left], [_plain(line) for line in right])
    for _, start, stop, begin, end in matcher.get_opcodes():
        yield from zip_longest(range(start, stop), range(begin, end))


def _plain(line: str) -> str:
    """A line without what may differ in it."""
    return TOKEN.sub(lambda found: "" if is_opaque(found[0]) else found[0], _MOMENT.sub("", line))
