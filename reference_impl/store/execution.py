"""Running the statements of one transaction."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import chain
from typing import Any, Final

from sqlalchemy.sql.elements import ClauseElement

from reference_impl.store.connections import Connection, Database
from reference_impl.store.groups import Group
from reference_impl.store.known import Known
from reference_impl.store.statements import Prepared, Statements

_MOST_ROWS: Final = 16
"""Rows added by one statement; each number of them is a statement of its own, which is compiled once."""


class Execution:
    """One transaction of a database, and the statements for it; one that only reads begins with its first statement.

    A ``group`` has begun it for other acts, too, and ends it.
    """

    __slots__ = ("_connection", "_database", "_known", "_waiting", "group", "statements")

    def __init__(
        self,
        database: Database,
        statements: Statements,
        begun: Connection | None = None,
        known: Known | None = None,
        group: Group | None = None,
    ) -> None:
        self._database = database
        self._connection = begun
        self.statements = statements
        self._known = known
        self.group = group
        self._waiting: dict[str, list[tuple[object, ...]]] = {}

    @property
    def known(self) -> Known:
        """What need not be read again."""
        if self._known is None:
            self._known = Known()
        return self._known

    @property
    def connection(self) -> Connection:
        """The connection on which the transaction has begun."""
        if self._connection is None:
            self._connection = self._database.begin(write=False)
        return self._connection

    def commit(self) -> None:
        """End the transaction."""
        if self._connection is not None:
            self._database.commit(self._connection)

    def rollback(self) -> None:
        """End the transaction without any effect."""
        if self._connection is not None:
            self._database.rollback(self._connection)

    def __call__(self, name: str, **values: object) -> Any:
        """The cursor of one of the fixed statements."""
        statement = self.statements[name]
        return self._ready_for(statement).execute(statement.text, statement.bind(values))

    def aside(self, name: str, **values: object) -> Any:
        """The same of a statement that reads nothing of what waits to be written."""
        statement = self.statements[name]
        return (self._connection or self.connection).execute(statement.text, statement.bind(values))

    def row(self, name: str, values: tuple[object, ...]) -> Any:
        """The same, with the values in the order in which the statement names them."""
        statement = self.statements[name]
        return self._ready_for(statement).execute(statement.text, statement.arrange(values))

    def later(self, name: str, row: tuple[object, ...]) -> None:
        """Add a row to a table in ``INSERTED``, before the next statement that is not run aside, or at the end."""
        self._waiting.setdefault(name, []).append(row)

    def many(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one of the fixed statements once per row."""
        statement = self.statements[name]
        self._ready_for(statement).cursor().executemany(statement.text, map(statement.arrange, rows))

    def shaped(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Any:
        """The cursor of a statement that is built and compiled once per shape."""
        statement = self.statements.shaped(shape, build)
        return self._ready_for(statement).execute(statement.text, statement.bind(values))

    def streamed(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Any:
        """The same of a cursor that does not have its rows at hand, but fetches them as they are asked for."""
        statement = self.statements.shaped(shape, build)
        return self._database.stream(self._ready_for(statement), statement.text, statement.bind(values))

    def finish(self) -> None:
        """Run what waits; from now on nothing but the database itself can fail."""
        if self.group is not None:
            self.group.end_writing()
        self._run_waiting()

    def _ready_for(self, statement: Prepared) -> Connection:
        """The connection, once what waits is written and the group knows that this act writes, if it does."""
        if self.group is not None and (self._waiting or statement.writes):
            self.group.begin_writing()
        if self._waiting:
            self._run_waiting()
        return self._connection or self.connection

    def _run_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for name, rows in waiting.items():
            for first in range(0, len(rows), _MOST_ROWS):
                added = rows[first : first + _MOST_ROWS]
                statement = self.statements.inserting(name, len(added))
                self.connection.execute(statement.text, statement.arrange(tuple(chain.from_iterable(added))))
