"""Making the tables of a database, and telling whether one was made with the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import Dialect, Table, insert, select
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.store.schema import metadata, origin

_PAYLOADS: Final = 1
"""Raised when payloads change in a way that makes those of before unreadable."""


class MadeByAnother(Exception):
    """A database with other tables than this build's."""


def create(run: Callable[[str], Any], dialect: Dialect, present: Collection[str]) -> None:
    """Make the tables of an empty database, within a transaction; ``present`` are the tables that there are.

    Raises MadeByAnother where there are tables already, and not the same.
    """
    ours = fingerprint()
    if not metadata.tables.keys().isdisjoint(present):
        known = run(str(select(origin).compile(dialect=dialect))).fetchone() if origin.name in present else None
        if known is None or known[0] != ours:
            raise MadeByAnother
        return
    for definition in _definitions(cast("Any", type(dialect))):
        run(definition)


@cache
def _definitions(language: type[Dialect]) -> tuple[str, ...]:
    """The statements that make the tables, and say by whom they were made."""
    dialect = language()
    definitions: list[ClauseElement] = []
    for table in metadata.sorted_tables:
        definitions += CreateTable(table), *map(CreateIndex, sorted(table.indexes, key=lambda index: str(index.name)))
    made = insert(origin).values(schema=fingerprint())
    return (
        *(str(definition.compile(dialect=dialect)) for definition in definitions),
        str(made.compile(dialect=dialect, compile_kwargs={"literal_binds": True})),
    )


@cache
def fingerprint() -> str:
    """What changes whenever the tables do."""
    lines = [line for table in metadata.sorted_tables for line in _described(table)]
    return hashlib.sha256("\n".join([f"payloads {_PAYLOADS}", *lines]).encode()).hexdigest()


def _described(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield f"{table.name}.{column.name} {column.type!r} {column.nullable} {column.primary_key}"
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        condition = index.dialect_options["sqlite"]["where"]
        yield f"{index.name} on {table.name} {index.columns.keys()} {index.unique} {condition}"
