"""Connections to databases, on which transactions follow each other, without SQLAlchemy's own work for each of them."""

from __future__ import annotations

import sqlite3
from itertools import count
from typing import Any, Final, Protocol

from sqlalchemy import URL, Dialect, create_engine, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError

from reference_impl.store.checkpoints import Checkpoints

Connection = Any
"""What both drivers have in common: ``execute(text, arguments)`` and ``cursor().executemany(text, many)``."""

# Any number will do, as long as every writer asks for the same lock.
WRITER_LOCK: Final = 0x6D656574


EXPECTED_URLS: Final = "sqlite:// (in memory), sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


class Database(Protocol):
    """One database. ``is_remote`` tells that it is a server's, ``is_single`` that it has but one connection.

    ``gathers`` tells that several acts cost less in one transaction, because each commit writes whole pages.
    """

    dialect: Dialect
    errors: type[Exception]
    is_remote: bool
    is_single: bool
    gathers: bool
    tables: str  # the statement that gives the names of the tables

    def begin(self, *, write: bool) -> Connection:
        """A connection on which a transaction has begun."""
        ...

    def stream(self, connection: Connection, text: str, arguments: Any) -> Any:
        """A cursor that fetches rows as they are asked for."""
        ...

    def stamp(self, connection: Connection) -> object:
        """Something that stays the same on a connection until another one has written; None where nothing tells."""
        ...

    def commit(self, connection: Connection) -> None:
        """End a transaction."""
        ...

    def rollback(self, connection: Connection) -> None:
        """End a transaction without any effect."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class Sqlite:
    """A file, in which readers see what was written before they began, or a database in memory."""

    is_remote = False
    errors: type[Exception] = sqlite3.Error
    tables = "select name from sqlite_master where type = 'table'"

    def __init__(self, file: str | None) -> None:
        self.dialect: Dialect = sqlite.dialect()
        self.is_single = file is None
        self.gathers = not self.is_single
        self._file = file or ":memory:"
        self._idle: list[sqlite3.Connection] = []
        self._writer: Connection = None
        self._checkpoints = None if self.is_single else Checkpoints(self._open)

    def _open(self) -> sqlite3.Connection:
        # The driver's own transaction handling is switched off; a connection serves one thread after another.
        connection = sqlite3.connect(
            self._file, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        for setting in () if self.is_single else _OF_FILES:
            connection.execute(f"pragma {setting}")
        return connection

    def begin(self, *, write: bool) -> Connection:
        """A connection on which a transaction has begun."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            connection.execute("begin immediate" if write else "begin")
        except BaseException:
            self._idle.append(connection)
            raise
        if write:
            self._writer = connection
        return connection

    def stream(self, connection: Connection, text: str, arguments: Any) -> Any:
        """A cursor that fetches rows as they are asked for, as they all do."""
        return connection.execute(text, arguments)

    def stamp(self, connection: Connection) -> object:
        """What others have written, in numbers."""
        return connection.execute("pragma data_version").fetchone()[0]

    def commit(self, connection: Connection) -> None:
        """End a transaction."""
        try:
            connection.execute("commit")
        except BaseException:
            self.rollback(connection)
            raise
        if self._checkpoints is not None and self._writer is connection:
            self._writer = None
            self._checkpoints.committed(connection)
        self._idle.append(connection)

    def rollback(self, connection: Connection) -> None:
        """End a transaction without any effect."""
        connection.rollback()
        if self._writer is connection:
            self._writer = None
        self._idle.append(connection)

    def close(self) -> None:
        """Let go of every connection; a database in memory is gone with it."""
        if self._checkpoints is not None:
            self._checkpoints.close()
        while self._idle:
            self._idle.pop().close()


_OF_FILES: Final = (
    "page_size = 8192",  # of a new file: each page that an act changes is written by two calls, whatever its size
    "journal_mode = wal",
    "synchronous = normal",
    "wal_autocheckpoint = 0",  # see Checkpoints
    "cache_size = -65536",  # KiB
    "temp_store = memory",  # above all what pages were before a savepoint
)


class Postgresql:
    """A database of a PostgreSQL server, by psycopg; SQLAlchemy keeps its connections."""

    is_remote = True
    is_single = False
    gathers = False
    tables = "select tablename from pg_tables where schemaname = current_schema()"

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url)
        self.dialect = self._engine.dialect
        self.errors: type[Exception] = self.dialect.loaded_dbapi.Error
        self._cursors = count()

    def begin(self, *, write: bool) -> Connection:
        """A connection on which a transaction has begun; writers of all servers wait for each other."""
        connection = self._engine.raw_connection()
        if write:
            try:
                connection.execute(f"select pg_advisory_xact_lock({WRITER_LOCK})")
            except BaseException:
                self.rollback(connection)
                raise
        return connection

    def stream(self, connection: Connection, text: str, arguments: Any) -> Any:
        """A cursor of the server's."""
        return connection.cursor(name=f"meetproof_{next(self._cursors)}").execute(text, arguments)

    def stamp(self, connection: Connection) -> object:  # noqa: ARG002  every transaction is a new one
        """Nothing tells whether other servers have written."""
        return None

    def commit(self, connection: Connection) -> None:
        """End a transaction."""
        try:
            connection.commit()
        finally:
            connection.close()

    def rollback(self, connection: Connection) -> None:
        """End a transaction without any effect: the pool does so with whatever comes back."""
        connection.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def database_at(url: str) -> Database:
    """The database that a URL names; raises ValueError where it names none of those that there can be."""
    try:
        parsed = make_url(url)
        if parsed.drivername in {"sqlite", "sqlite+pysqlite"} and not parsed.query:
            return Sqlite(None if parsed.database in {None, "", ":memory:"} else parsed.database)
        if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
            return Postgresql(parsed.set(drivername="postgresql+psycopg"))
    except ArgumentError as problem:
        raise ValueError(f"{url!r} is no database URL: expected {EXPECTED_URLS}") from problem
    except ImportError as problem:
        raise ValueError(f"databases of this kind are not offered ({problem}): expected {EXPECTED_URLS}") from problem
    raise ValueError(f"{shown(url)} is no database that is offered: expected {EXPECTED_URLS}")


def shown(url: str) -> str:
    """A URL as people may be told of it."""
    return make_url(url).render_as_string(hide_password=True)
