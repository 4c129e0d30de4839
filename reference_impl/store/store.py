"""A store: one database that holds every mailbox of a server."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import URL, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import StaticPool

from reference_impl.domain.mailbox import CALENDAR_CLASS, MAIL_CLASS, Folder, FolderRole, Mailbox, MailboxKind
from reference_impl.store.codec import decode, encode
from reference_impl.store.directory import Directory
from reference_impl.store.schema import metadata
from reference_impl.store.statements import Statements
from reference_impl.store.unit import UnitOfWork, folder_row

FOLDERS: tuple[tuple[FolderRole, str, FolderRole | None, str], ...] = (
    (FolderRole.ROOT, "Root", None, ""),
    (FolderRole.TOP, "Top of Information Store", FolderRole.ROOT, ""),
    (FolderRole.CALENDAR, "Calendar", FolderRole.TOP, CALENDAR_CLASS),
    (FolderRole.CONTACTS, "Contacts", FolderRole.TOP, "IPF.Contact"),
    (FolderRole.DELETED, "Deleted Items", FolderRole.TOP, MAIL_CLASS),
    (FolderRole.DRAFTS, "Drafts", FolderRole.TOP, MAIL_CLASS),
    (FolderRole.INBOX, "Inbox", FolderRole.TOP, MAIL_CLASS),
    (FolderRole.JOURNAL, "Journal", FolderRole.TOP, "IPF.Journal"),
    (FolderRole.JUNK, "Junk Email", FolderRole.TOP, MAIL_CLASS),
    (FolderRole.NOTES, "Notes", FolderRole.TOP, "IPF.StickyNote"),
    (FolderRole.OUTBOX, "Outbox", FolderRole.TOP, MAIL_CLASS),
    (FolderRole.SENT, "Sent Items", FolderRole.TOP, MAIL_CLASS),
    (FolderRole.TASKS, "Tasks", FolderRole.TOP, "IPF.Task"),
)
"""Role, English name, parent and class of the folders every mailbox is born with."""

EXPECTED_URLS = "sqlite:// (in memory), sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"

# Any number will do, as long as every writer asks for the same lock.
_WRITER_LOCK = 0x6D656574


class FreshIds(Protocol):
    """Where folder ids come from."""

    def token(self, size: int) -> bytes:
        """``size`` bytes never given before."""
        ...


class Store:
    """Mailboxes in one database. Writers take turns, so an act over several mailboxes never meets another half-way.

    ``is_remote`` tells that the database is a server's, for whose answers a transaction waits.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._statements = Statements(engine.dialect)
        self._lock = threading.Lock()
        self._open = threading.local()
        self.is_remote = self._is_postgresql = engine.dialect.name == "postgresql"
        self._is_shared_connection = isinstance(engine.pool, StaticPool)
        self.holds_deliveries = False
        self.listeners: list[Callable[[frozenset[str]], None]] = []
        metadata.create_all(engine)
        self.directory = Directory()
        self.directory = self._read_directory()

    @contextmanager
    def begin(self, *, write: bool = True) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end, rolled back by any exception.

        Acts that only read pass ``write=False`` and wait for nobody (except in memory, where all share a connection).
        Reading within an open unit of work of the same thread joins it; an act within an act is a mistake. The store's
        listeners hear after a commit which mailboxes were written to.
        """
        present: UnitOfWork | None = getattr(self._open, "unit", None)
        if present is not None:
            if write:
                raise RuntimeError("an act cannot begin within another act; finish the first one before")
            yield present
        elif write or self._is_shared_connection:
            with self._lock, self._transaction(write) as unit:
                yield unit
            if unit.touched:
                for listener in tuple(self.listeners):
                    listener(frozenset(unit.touched))
        else:
            with self._transaction(write) as unit:
                yield unit

    @contextmanager
    def _transaction(self, write: bool) -> Iterator[UnitOfWork]:
        with self._engine.connect() as opened:
            connection = opened.execution_options(meetproof_write=write)
            with connection.begin():
                if write and self._is_postgresql:
                    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
                unit = self._open.unit = UnitOfWork(connection, self._statements, self.directory)
                try:
                    yield unit
                    if write:
                        unit.contents.settle()
                finally:
                    self._open.unit = None
            if write:
                self.directory = unit.directory

    def populate(self, mailboxes: Iterable[Mailbox], ids: FreshIds, now: datetime) -> tuple[Mailbox, ...]:
        """Give each address a mailbox with its folders.

        An address already known keeps its id, folders and items and takes over everything else, so a server may be
        started again on its database with a changed population.
        """
        with self.begin() as unit:
            known = self._read_directory_in(unit)
            for ordinal, mailbox in enumerate(mailboxes):
                present = known.find(mailbox.address)
                if present is not None:
                    self._refresh(unit, mailbox, present, ordinal)
                else:
                    self._create(unit, mailbox, ordinal + len(known.mailboxes), ids, now)
        self.directory = self._read_directory()
        return self.directory.mailboxes

    def close(self) -> None:
        """Let go of every connection; an in-memory database is gone with it."""
        self._engine.dispose()

    def snapshot(self) -> dict[str, tuple[tuple[Any, ...], ...]]:
        """Every row of every table, ordered: two equal snapshots mean that nothing changed in between."""
        with self.begin(write=False) as unit:
            return {
                table.name: tuple(
                    tuple(row) for row in unit.connection.execute(select(table).order_by(*table.primary_key))
                )
                for table in metadata.sorted_tables
            }

    def _read_directory(self) -> Directory:
        with self.begin(write=False) as unit:
            return self._read_directory_in(unit)

    def _read_directory_in(self, unit: UnitOfWork) -> Directory:
        run = unit.connection.exec_driver_sql
        return Directory(
            [decode(Mailbox, payload) for (payload,) in run(self._statements["mailboxes"].text)],
            [decode(Folder, payload) for (payload,) in run(self._statements["folders"].text)],
        )

    def _refresh(self, unit: UnitOfWork, mailbox: Mailbox, present: Mailbox, ordinal: int) -> None:
        kept = dataclasses.replace(mailbox, id=present.id)
        statement = self._statements["put_mailbox"]
        values = {"key": present.id, "ordinal": ordinal, "payload": encode(kept)}
        unit.connection.exec_driver_sql(statement.text, statement.bind(values))

    def _create(self, unit: UnitOfWork, mailbox: Mailbox, ordinal: int, ids: FreshIds, now: datetime) -> None:
        run, statements = unit.connection.exec_driver_sql, self._statements
        row = {
            "id": mailbox.id,
            "address": mailbox.person.key,
            "ordinal": ordinal,
            "version": 0,
            "payload": encode(mailbox),
        }
        run(statements["add_mailbox"].text, statements["add_mailbox"].bind(row))
        if mailbox.kind is MailboxKind.LIST:
            return
        made: dict[FolderRole | None, str] = {None: ""}
        for position, (role, name, parent, folder_class) in enumerate(FOLDERS):
            folder = Folder(
                id=ids.token(16).hex(),
                mailbox_id=mailbox.id,
                name=name,
                role=role,
                parent_id=made[parent] or None,
                folder_class=folder_class,
                created=now,
                modified=now,
            )
            made[role] = folder.id
            statement = statements["add_folder"]
            run(statement.text, statement.bind(folder_row(folder, position)))


def open_store(url: str = "sqlite://") -> Store:
    """The store at a database URL: ``sqlite://`` in memory, ``sqlite:///FILE``, or ``postgresql://...`` by psycopg.

    Raises ValueError where there is no database, with what was expected or what the driver says.
    """
    try:
        return _opened(make_url(url))
    except ArgumentError as problem:
        raise ValueError(f"{url!r} is no database URL: expected {EXPECTED_URLS}") from problem
    except ImportError as problem:
        raise ValueError(f"databases of this kind are not offered ({problem}): expected {EXPECTED_URLS}") from problem
    except DBAPIError as problem:
        raise ValueError(f"the database {_shown(url)} cannot be opened: {problem.orig}") from problem


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _opened(parsed: URL) -> Store:
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return Store(create_engine(parsed))
    in_memory = not parsed.database or parsed.database == ":memory:"
    engine = (
        create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False})
        if in_memory
        else create_engine(parsed, connect_args={"timeout": 30})
    )

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off; the store begins and ends transactions itself.
        connection.isolation_level = None
        if not in_memory:
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=normal")

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        write = connection.get_execution_options().get("meetproof_write", True)
        connection.exec_driver_sql("begin immediate" if write else "begin")

    return Store(engine)
