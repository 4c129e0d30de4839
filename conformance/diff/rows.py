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
class Line:
    """A line of a message: its number from 1, its text, and whether something differs in it."""

    number: int
    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each side, None where a side has none; ``differences`` are the numbers of those that begin here."""

    left: Line | None
    right: Line | None
    differences: tuple[int, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether something differs on either side."""
        return any(line is not None and line.differs for line in (self.left, self.right))


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
    for number, difference in differences.items():
        places = (left, difference.left_at, difference.left), (right, difference.right_at, difference.right)
        for side, (on, place, value) in zip(marks, places, strict=True):
            is_there = value is not None or (place is not None and place.path == difference.path)
            if on is not None and place is not None and is_there:
                for at in _lines(on, part, place):
                    side.setdefault(at, set()).add(number)
    if left is not None and right is not None and _is_markup(left) != _is_markup(right):
        paired = _beside_marks(len(left.lines), len(right.lines), marks)
    else:
        paired = _paired(left.lines if left else (), right.lines if right else ())
    told: set[int] = set()
    found = []
    for one, other in paired:
        first, second = _line(left, one, marks[0]), _line(right, other, marks[1])
        here = marks[0].get(-1 if one is None else one, set()) | marks[1].get(-1 if other is None else other, set())
        found.append(Row(first, second, tuple(sorted(here - told))))
        told |= here
    return tuple(found)


def _line(on: Sheet | None, at: int | None, marks: Mapping[int, set[int]]) -> Line | None:
    return None if on is None or at is None else Line(at + 1, on.lines[at], at in marks)


def _is_markup(side: Sheet) -> bool:
    return bool(side.outline.lines) and side.outline.lines[0].startswith("<")


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


def _beside_marks(
    left: int, right: int, marks: Sequence[Mapping[int, set[int]]]
) -> Iterator[tuple[int | None, int | None]]:
    """Numbers of lines of XML and JSON side by side: where something differs on both sides, beside each other."""
    first: list[dict[int, int]] = [{}, {}]
    for begin, side in zip(first, marks, strict=True):
        for line in sorted(side):
            for number in side[line]:
                begin.setdefault(number, line)
    one, other = 0, 0
    for number, at in sorted(first[0].items(), key=lambda pair: pair[1]):
        beside = first[1].get(number, -1)
        if at >= one and beside >= other:
            yield from _ending_together(range(one, at), range(other, beside))
            one, other = at, beside
    yield from zip_longest(range(one, left), range(other, right))


def _ending_together(left: range, right: range) -> Iterator[tuple[int | None, int | None]]:
    return reversed(list(zip_longest(reversed(left), reversed(right))))


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
