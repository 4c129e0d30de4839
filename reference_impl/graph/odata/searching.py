"""$search over messages: the part of the Keyword Query Language that mail knows (Use the $search query parameter)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from reference_impl.domain.items import Item
from reference_impl.graph.refusals import OptionInvalid
from reference_impl.search.dates import Today
from reference_impl.search.query_strings import TEXTS, QueryInvalid, Texts, read_query

_FROM: Final = TEXTS["from"]
_RECIPIENTS: Final = TEXTS["participants"]
_EVERYWHERE: Final = TEXTS[""]

_WHOLE: Final = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_QUOTED: Final = re.compile(r'"[^"]*"?')
_RELATION: Final = re.compile(r"\b(received|sent|size)\s*(?::\s*)?(>=|<=|>|<|=)", re.IGNORECASE)


def _participants(item: Item) -> Iterator[str]:
    yield from _FROM[1](item)
    yield from _RECIPIENTS[1](item)


KEYWORDS: Final[Texts] = {
    **TEXTS,
    "participants": (("From", *_RECIPIENTS[0]), _participants),
    "recipients": _RECIPIENTS,
    "bodypreview": TEXTS["body"],
}
"""The searchable properties that hold words, as far as they differ from what other protocols call so."""


def compile_search(text: str, now: datetime) -> Callable[[Item], bool]:
    """What a search keeps; ``now`` is the moment, in the zone whose days count. Raises OptionInvalid.

    Where the whole search stands in quotes these are its bounds; quotes within it are escaped.
    """
    match = _WHOLE.fullmatch(text)
    query = _ESCAPED.sub(r"\1", match[1]) if match is not None else text
    if not query.strip():
        raise OptionInvalid(reason="$search: expected something to search for, got nothing.")
    try:
        sought = read_query(_related(query), Today(now), KEYWORDS)
    except QueryInvalid as problem:
        raise OptionInvalid(reason=f"$search: {problem}") from None
    if sought is None:
        raise OptionInvalid(reason=f"$search: {text!r} says nothing to search for.")
    return sought.keep


def _related(query: str) -> str:
    """A relation needs no colon here: ``received>=2026-01-01``; what stands in quotes stays as it is."""
    parts: list[str] = []
    place = 0
    for quoted in _QUOTED.finditer(query):
        parts += [_RELATION.sub(r"\1:\2", query[place : quoted.start()]), quoted[0]]
        place = quoted.end()
    return "".join((*parts, _RELATION.sub(r"\1:\2", query[place:])))
