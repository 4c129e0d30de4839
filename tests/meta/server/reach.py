"""Which cases can come upon a row of a table: those in which the server reads it, or whose tapes hold its words."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from conformance.catalogue import standard_catalogue
from tests.meta.playing import live_stage, performed, playables, tape
from tests.meta.server.loading import PACKAGE, Alter, altered_server
from tests.meta.server.rows import label, words
from tests.meta.server.tables import ServerMutant, kinds, tables

Reads = Mapping[str, Mapping[str, AbstractSet[str]]]
"""Table -> row -> the cases that read it; the row "" stands for all of the table's rows. Tables that are only read
while the server is loaded are not here.
"""

ALL = ""


class _Seen:
    """What is read, by table and row, and when it matters."""

    def __init__(self) -> None:
        self.is_playing = False
        self.now: set[tuple[str, str]] = set()
        self.loaded: set[str] = set()  # tables of which others are made

    def note(self, table: str, row: str) -> None:
        if self.is_playing:
            self.now.add((table, row))
        else:
            self.loaded.add(table)


class _Mapping(dict[Any, Any]):
    """A mapping that tells which of its rows are asked for."""

    def __init__(self, seen: _Seen, table: str, within: str, rows: Mapping[Any, Any]) -> None:
        super().__init__(
            (key, _Mapping(seen, table, f"{within}{label(key)} / ", value) if isinstance(value, dict) else value)
            for key, value in rows.items()
        )
        self._note = lambda key: seen.note(table, within + label(key))
        self._note_all = lambda: seen.note(table, ALL)

    def __getitem__(self, key: Any) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: Any) -> bool:
        self._note(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[Any]:
        self._note_all()
        return super().__iter__()

    def keys(self) -> Any:
        self._note_all()
        return super().keys()

    def values(self) -> Any:
        self._note_all()
        return super().values()

    def items(self) -> Any:
        self._note_all()
        return super().items()


class _Set(frozenset[Any]):
    """A set that tells which of its members are looked for."""

    seen: _Seen
    table: str

    def __contains__(self, one: object) -> bool:
        self.seen.note(self.table, label(one))
        return super().__contains__(one)

    def __iter__(self) -> Iterator[Any]:
        self.seen.note(self.table, ALL)
        return super().__iter__()

    def __or__(self, other: Any) -> Any:
        self.seen.note(self.table, ALL)
        return super().__or__(other)

    def __and__(self, other: Any) -> Any:
        self.seen.note(self.table, ALL)
        return super().__and__(other)

    def __sub__(self, other: Any) -> Any:
        self.seen.note(self.table, ALL)
        return super().__sub__(other)


def reads() -> Reads:
    """Play every case once before a server that tells which rows it reads."""
    seen = _Seen()
    watched: dict[str, dict[str, Alter]] = {}
    for table in kinds():
        if isinstance(tables()[table], dict | frozenset):
            module, _, name = table.partition(":")
            watched.setdefault(f"{PACKAGE}.{module}", {})[name] = functools.partial(_watched, seen, table)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with altered_server(watched):
        for stem, playable in playables().items():
            with live_stage(playable) as stage:
                seen.is_playing, seen.now = True, set()
                performed(playable, stage)
                seen.is_playing = False
            for table, row in seen.now:
                found[table][row].add(stem)
    names = {f"{module.removeprefix(PACKAGE + '.')}:{name}" for module, alters in watched.items() for name in alters}
    return {table: dict(found.get(table, {})) for table in names - seen.loaded}


def _watched(seen: _Seen, table: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _Mapping(seen, table, "", value)
    made = _Set(value)
    made.seen, made.table = seen, table
    return made


@functools.cache
def text(stem: str) -> bytes:
    """Everything that was said in a case."""
    exchanges = tape(stem).exchanges
    return b"\n".join(b"\n".join((one.request.url.encode(), one.request.body, one.response.body)) for one in exchanges)


@functools.cache
def _sentences(stem: str) -> str:
    """What a case verifies."""
    catalogue = standard_catalogue()
    return " ".join(catalogue.requirement(one).sentence for one in playables()[stem].case.verifies)


def row_words(mutant: ServerMutant) -> frozenset[str]:
    """The texts of the row that a mutant concerns, as the table holds it."""
    return frozenset(word for word in _words_of(mutant.table).get(mutant.row, ()) if len(word) > 1)


@functools.cache
def _words_of(table: str) -> Mapping[str, frozenset[str]]:
    return {row: frozenset(found) for row, found in _rows(tables()[table], "")}


def _rows(table: Any, within: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(table, Mapping):
        for key, value in table.items():
            if isinstance(value, Mapping | tuple) and _holds_rows(value):
                yield from _rows(value, f"{within}{label(key)} / ")
            else:
                yield within + label(key), [*words(key), *words(value)]
    else:
        for row in getattr(table, "fields", table):
            yield within + label(row), list(words(row))


def _holds_rows(value: Any) -> bool:
    return isinstance(value, Mapping) or (bool(value) and not isinstance(value[0], str | int))


def _spellings(row: str) -> frozenset[str]:
    """How protocols may spell what a row is called: ``is_all_day`` as ``IsAllDay`` and ``isAllDay``."""
    found = set()
    for name in re.split(r", | / ", row):
        capitals = "".join(part.capitalize() for part in name.split("_"))
        found |= {capitals, capitals[:1].lower() + capitals[1:]}
    return frozenset(one for one in found if len(one) > 2)


def within_reach(mutant: ServerMutant, known: Reads) -> list[str]:
    """The cases that can come upon a mutant's row, the likeliest to look at it first."""
    spoken = row_words(mutant)
    hinted = spoken or _spellings(mutant.row)
    if mutant.table in known:
        rows = known[mutant.table]
        stems = set(rows.get(mutant.row, ())) | set(rows.get(ALL, ()))
    elif spoken:
        told = [word.encode() for word in spoken]
        stems = {stem for stem in playables() if any(word in text(stem) for word in told)}
    else:
        stems = set(playables())

    def order(stem: str) -> tuple[int, int, str]:
        sentences = _sentences(stem)
        told = sum(word in sentences for word in hinted)
        said = sum(word.encode() in text(stem) for word in hinted)
        return -2 * told - said, len(tape(stem).exchanges), stem

    return sorted(stems, key=order)
