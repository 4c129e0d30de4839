"""Which tables the reference server has, which of them the mutants are made of, and why the others are left alone."""

from __future__ import annotations

import functools
import importlib
import tomllib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.meta.server.loading import PACKAGE, Alter, Alterations, assigned, sources, tree
from tests.meta.server.rows import DROPPED, Alteration, alterations, is_record

LISTS = tomllib.loads(Path(__file__).with_name("tables.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, order=True)
class ServerMutant:
    """One row of one table dropped or altered; the table is told as module:NAME below the server's package."""

    table: str
    row: str
    change: str


@functools.cache
def tables() -> Mapping[str, Any]:
    """Every table that a module of the server holds under a name of its own, as it is loaded now."""
    found = {}
    for module in sources():
        if not module.endswith("__main__"):
            loaded = importlib.import_module(module)
            for name in filter(None, map(assigned, tree(module).body)):
                value = getattr(loaded, name)
                if _is_table(value):
                    found[f"{module.removeprefix(PACKAGE + '.')}:{name}"] = value
    return found


def _is_table(value: Any) -> bool:
    """Whether a value is a mapping, a set, a tuple or a list of something, or an object with a tuple of fields."""
    if is_record(value) and not isinstance(value, type):
        return isinstance(getattr(value, "fields", None), tuple)
    return isinstance(value, Mapping | AbstractSet | tuple | list) and len(value) > 0


def is_listed(table: str, patterns: Iterable[str]) -> bool:
    """Whether a table is among those that patterns name."""
    return any(fnmatchcase(table, pattern) for pattern in patterns)


@functools.cache
def kinds() -> Mapping[str, str]:
    """The tables that mutants are made of, with what their rows decide."""
    return {
        table: group["kind"] for group in LISTS["altered"] for table in tables() if is_listed(table, group["tables"])
    }


def waiver(name: str) -> str | None:
    """Why a table, or one row of an altered one (``table row``), is left alone, if it is."""
    for group in LISTS["waived"]:
        if is_listed(name, (one for one in group["tables"] if (" " in one) == (" " in name))):
            return group["reason"]
    return None


def unlisted() -> list[str]:
    """The tables that are in no list."""
    return [table for table in tables() if table not in kinds() and waiver(table) is None]


def needless() -> list[str]:
    """The names and patterns in the lists that no table answers to."""
    groups = [*LISTS["altered"], *LISTS["waived"]]
    named = [pattern for group in groups for pattern in group["tables"]]
    names = [*tables(), *(f"{table} {one.row}" for table in kinds() for one in alterations(tables()[table]))]
    return [pattern for pattern in named if not any(fnmatchcase(name, pattern) for name in names)]


def mutants(table: str) -> Iterator[ServerMutant]:
    """Those of one table: each row dropped and altered in every way, or in one of all these ways, as the list says."""
    changes = {group["kind"]: group["changes"] for group in LISTS["altered"]}[kinds()[table]]
    by_row: dict[str, list[Alteration]] = {}
    for one in alterations(tables()[table]):
        by_row.setdefault(one.row, []).append(one)
    for row, every in by_row.items():
        if waiver(f"{table} {row}") is not None:
            continue
        ways = list(dict.fromkeys(one.change for one in every))
        if changes == "either":
            number = zlib.crc32(row.encode())
            ways = [ways[number // 2 % len(ways)]] if number % 2 else [DROPPED]
        for way in ways:
            yield ServerMutant(table, row, way)


def alteration(table: Any, mutant: ServerMutant) -> Alteration:
    """What a mutant does to a table. Raises LookupError where the row is not there, or not as it was."""
    for one in alterations(table):
        if (one.row, one.change) == (mutant.row, mutant.change):
            return one
    raise LookupError(f"{mutant.table} has no {mutant.row} that can be {mutant.change}")


def altering(mutants: Sequence[ServerMutant]) -> Alterations:
    """What loads the server with these mutants in it, all at once."""
    found: dict[str, dict[str, Alter]] = {}
    for table in dict.fromkeys(one.table for one in mutants):
        module, _, name = table.partition(":")
        own = [one for one in mutants if one.table == table]
        found.setdefault(f"{PACKAGE}.{module}", {})[name] = functools.partial(_altered, own)
    return found


def _altered(mutants: Sequence[ServerMutant], table: Any) -> Any:
    for one in mutants:
        table = alteration(table, one).made()
    return table
