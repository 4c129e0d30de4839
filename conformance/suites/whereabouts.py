"""Where in what was said a value stands that failed an expectation, for a case that did not say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, NamedTuple

from conformance.actor.equivalence import (
    EWS_REQUESTS,
    EWS_RESPONSES,
    EWS_SHOW_AS,
    GRAPH_REQUESTS,
    GRAPH_RESPONSES,
    GRAPH_SHOW_AS,
)
from conformance.actor.times import instant
from conformance.actor.views import RequestKind, ResponseState, ShowAs, Slot
from conformance.expect import Place
from conformance.suites.observed import Observed
from conformance.wire import path as paths
from conformance.wire.operation import Protocol

_BACK = 8  # exchanges looked into, from the one that the check names backwards
_MOST = 24  # values of one collection that are looked for
_TELLING = 3  # characters from which on a value is found by itself
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_WORD: Final = re.compile(r"@?[A-Za-z][A-Za-z.]*[A-Za-z]")
_NAME: Final = re.compile(r"(?:(?:[:./@]|^)(\w+)|\['([^']+)'\])(?:\[\d+\])*$")
_INNER: Final = re.compile(r"(/@Id|/text\(\)\[\d+\]|\.(dateTime|timeZone|content|displayName))$")
_ITEM: Final = re.compile(r"^(.*/[mt]:Items/t:\w+(\[\d+\])?)(/|$)")
_ENTRY: Final = re.compile(r"^\$\.value\[\d+\]")

# What actors call by one name: the tables of both protocols' words for it, and what holds these words.
_SPELT: Final[Mapping[type[Enum], tuple[tuple[Mapping[str, Any], ...], frozenset[str]]]] = {
    ResponseState: (
        (EWS_RESPONSES, GRAPH_RESPONSES),
        frozenset({"responsetype", "myresponsetype", "response"}),
    ),
    ShowAs: ((EWS_SHOW_AS, GRAPH_SHOW_AS), frozenset({"legacyfreebusystatus", "busytype", "showas", "status"})),
    RequestKind: ((EWS_REQUESTS, GRAPH_REQUESTS), frozenset({"meetingrequesttype"})),
}

_STARTS: Final = frozenset({"start", "starttime", "startdatetime", "proposedstart"})
_ENDS: Final = frozenset({"end", "endtime", "enddatetime", "proposedend"})


class _Leaf(NamedTuple):
    """A value of an answer: its path, the name of what holds it, and how it is compared."""

    path: str
    name: str
    value: str


class _Sought(NamedTuple):
    """A value as it may be spelt, and what can hold it: anything where that is empty."""

    value: str
    holders: frozenset[str] = frozenset()

    def is_in(self, leaf: _Leaf) -> bool:
        return leaf.value == self.value and (not self.holders or leaf.name in self.holders)

    @property
    def tells(self) -> bool:
        """Whether a place is known by the value alone."""
        return bool(self.holders) or (len(self.value) >= _TELLING and self.value not in {"true", "false"})


class Whereabouts:
    """Finds values in the answers of one case."""

    def __init__(self, seen: Sequence[Observed]) -> None:
        self._seen = seen
        self._read: dict[int, tuple[_Leaf, ...]] = {}

    def of(self, about: str, sentence: str, actual: Any, exchange: int) -> tuple[Place, str] | None:
        """The exchange and the path of a value that a check was about; None where that cannot be told.

        First comes what the check's words name and what has the value found, then what has that value or name, then
        what the words of the check or of its requirement name, at last the item as a whole. The latest answer counts,
        then those before it.
        """
        recent = self._seen[max(0, exchange - _BACK) : exchange]
        answers = [one for one in reversed(recent) if one.protocol in {Protocol.EWS, Protocol.GRAPH}]
        values = tuple(_scalars(actual))
        named = frozenset(word.casefold() for word in _WORD.findall(about))
        ruled = frozenset(word.casefold() for word in _WORD.findall(sentence) if word[1:] != word[1:].lower())
        for matches in (
            lambda leaf: leaf.name in named and any(one.is_in(leaf) for one in values),
            lambda leaf: any(one.tells and one.is_in(leaf) for one in values),
            lambda leaf: any(one.tells and one.value == leaf.name for one in values),
            lambda leaf: leaf.name in named,
            lambda leaf: leaf.name in ruled,
        ):
            for one in answers:
                leaf = next(filter(matches, self._leaves(one)), None)
                if leaf is not None:
                    return one.place, leaf.path
        return (answers[0].place, self._whole(answers[0])) if answers else None

    def _leaves(self, one: Observed) -> tuple[_Leaf, ...]:
        if one.number not in self._read:
            try:
                found = tuple(paths.leaves(one.exchange.response.body))
            except (ValueError, RecursionError):
                found = ()
            status = _Leaf("response.status", "status", str(one.exchange.response.status))
            told = (_Leaf(path, _named(path), _compared(value)) for path, value in found)
            self._read[one.number] = (status, *told)
        return self._read[one.number]

    def _whole(self, one: Observed) -> str:
        """Where something is missing: the one item of an answer, else what is common to all that was answered."""
        told = [leaf.path for leaf in self._leaves(one)[1:]]
        items = {item[1] for path in told if (item := _ITEM.match(path))}
        if len(items) == 1:
            return items.pop()
        if not told:
            return "response.status"
        if told[0].startswith("$"):
            entries = {entry[0] for path in told if (entry := _ENTRY.match(path))}
            return entries.pop() if len(entries) == 1 else "$.value" if entries else "$"
        columns = zip(*(path.split("/") for path in told), strict=False)
        return "/".join(steps[0] for steps in itertools.takewhile(lambda steps: len(set(steps)) == 1, columns))


def _named(path: str) -> str:
    """What holds a value: of a text, an Id, a time or the like what is around it."""
    found = _NAME.search(_INNER.sub("", path))
    return (found[1] or found[2]).casefold() if found else ""


def _scalars(value: Any) -> Iterator[_Sought]:
    """The plain values in what a case has read, as the protocols may spell them."""
    match value:
        case Enum() if type(value) in _SPELT:
            tables, holders = _SPELT[type(value)]
            words = (word for table in tables for word, meaning in table.items() if meaning is value)
            yield from (_Sought(_compared(word), holders) for word in words)
        case Enum():
            yield from _scalars(value.value)
        case str() | bytes() | bool() | int() | float() | datetime():
            yield _Sought(_compared(value))
        case Mapping():
            yield from _each(value.values())
        case list() | tuple() | AbstractSet():
            yield from _each(value)
        case Slot():
            yield _Sought(_compared(value.start), _STARTS)
            yield _Sought(_compared(value.end), _ENDS)
        case _ if is_dataclass(value):
            yield from _each(getattr(value, one.name) for one in fields(value))


def _each(values: Iterable[Any]) -> Iterator[_Sought]:
    for _, one in zip(range(_MOST), values, strict=False):
        yield from _scalars(one)


def _compared(value: Any) -> str:
    """A value as it is compared: times as instants, words without case; nothing is like no value."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return instant(value.isoformat()).isoformat()
    text = str(value).strip()
    if _MOMENT.match(text):
        try:
            return instant(text).isoformat()
        except (ValueError, OverflowError):
            pass
    return text.casefold()
