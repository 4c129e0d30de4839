"""Advanced Query Syntax: query strings as trees of terms and connectors (DOC querystring).

A term has a keyword, or none where every text of an item is meant, and what stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

Place: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Term:
    """A keyword in lower case with the value behind it, as the reader of that keyword's values has it."""

    keyword: str
    value: object


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Some part holds."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Tree


Tree: TypeAlias = Term | Both | Either | Not

Reader: TypeAlias = Callable[[str, str, Place], tuple[object, Place]]
"""(the keyword, the query, where a value begins in it) -> the value, and where it ends."""

_SPACE: Final = re.compile(r"\s*")
_KEYWORD: Final = re.compile(r"([A-Za-z]+):\s*")
_NOT: Final = re.compile(r"NOT(?=[\s()\"]|$)|-")
_AND: Final = re.compile(r"AND(?=[\s()\"]|$)|\+")
_OR: Final = re.compile(r"OR(?=[\s()\"]|$)")

DEEPEST: Final = 32
"""How deep parentheses and negations may stand in one another."""


class TooDeep(ValueError):
    """A query whose parts stand too deep in one another."""


def parse(query: str, keywords: frozenset[str], read: Reader) -> Tree | None:
    """The tree of a query; None for one that says nothing.

    A word before a colon that is no keyword is text like any other. Raises what ``read`` does, and TooDeep.
    """
    return _Parser(query, keywords, read).whole()


class _Parser:
    """One query on its way; ``keyword`` is the one before the parentheses that are open."""

    def __init__(self, query: str, keywords: frozenset[str], read: Reader) -> None:
        self._query = query
        self._keywords = keywords
        self._read = read
        self._place = 0

    def whole(self) -> Tree | None:
        """Everything; what closes without having been opened is passed over."""
        parts: list[Tree] = []
        while not self._at_end():
            found = self._either("", 0)
            if found is not None:
                parts.append(found)
            self._take(")")
        return _joined(parts, Both)

    def _either(self, keyword: str, depth: int) -> Tree | None:
        if depth > DEEPEST:
            raise TooDeep(f"a query is {DEEPEST} levels deep at most")
        parts = [self._both(keyword, depth)]
        while self._match(_OR):
            parts.append(self._both(keyword, depth))
        return _joined([part for part in parts if part is not None], Either)

    def _both(self, keyword: str, depth: int) -> Tree | None:
        parts: list[Tree] = []
        while not self._is_closed() and not self._sees(_OR):
            if self._match(_AND):
                continue
            found = self._one(keyword, depth)
            if found is not None:
                parts.append(found)
        return _joined(parts, Both)

    def _one(self, keyword: str, depth: int) -> Tree | None:
        if depth > DEEPEST:
            raise TooDeep(f"a query is {DEEPEST} levels deep at most")
        if self._match(_NOT):
            denied = None if self._is_closed() else self._one(keyword, depth + 1)
            return None if denied is None else Not(denied)
        if self._take("("):
            found = self._either(keyword, depth + 1)
            self._take(")")
            return found
        named = _KEYWORD.match(self._query, self._place)
        if named is not None and named[1].lower() in self._keywords and not keyword:
            self._place = named.end()
            return None if self._is_closed() else self._one(named[1].lower(), depth + 1)
        value, self._place = self._read(keyword, self._query, self._place)
        return Term(keyword, value)

    def _at_end(self) -> bool:
        found = _SPACE.match(self._query, self._place)
        assert found is not None
        self._place = found.end()
        return self._place == len(self._query)

    def _is_closed(self) -> bool:
        return self._at_end() or self._looks_at(")")

    def _looks_at(self, sign: str) -> bool:
        return not self._at_end() and self._query.startswith(sign, self._place)

    def _take(self, sign: str) -> bool:
        is_there = self._looks_at(sign)
        self._place += len(sign) if is_there else 0
        return is_there

    def _sees(self, word: re.Pattern[str]) -> re.Match[str] | None:
        return None if self._at_end() else word.match(self._query, self._place)

    def _match(self, word: re.Pattern[str]) -> bool:
        found = self._sees(word)
        if found is not None:
            self._place = found.end()
        return found is not None


def _joined(parts: list[Tree], junction: type[Both | Either]) -> Tree | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else junction(tuple(parts))
