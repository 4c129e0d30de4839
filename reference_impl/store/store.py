"""A store: one database that holds every mailbox of a server."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select, Table, select

from reference_impl.domain.mailbox import CALENDAR_CLASS, MAIL_CLASS, Folder, FolderRole, Mailbox, MailboxKind
from reference_impl.store.busy import BusyWindows
from reference_impl.store.codec import decode, encode
from reference_impl.store.connections import Connection, Database, database_at, shown
from reference_impl.store.creation import MadeByAnother, create
from reference_impl.store.directory import Directory, Numbers
from reference_impl.store.execution import Execution
from reference_impl.store.groups import Group
from reference_impl.store.known import Known
from reference_impl.store.schema import metadata
from reference_impl.store.statements import statements_in
from reference_impl.store.unit import UnitOfWork

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

Result = TypeVar("Result")


class FreshIds(Protocol):
    """Where folder ids come from."""

    def token(self, size: int) -> bytes:
        """``size`` bytes never given before."""
        ...


class _Act:
    """One transaction of a store as a context; a generator would cost more than a small transaction does."""

    __slots__ = ("_store", "_unit", "_write")

    def __init__(self, store: Store, *, write: bool) -> None:
        self._store = store
        self._write = write

    def __enter__(self) -> UnitOfWork:
        self._unit = self._store.enter(write=self._write)
        return self._unit

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        self._store.leave(self._unit, write=self._write, is_undone=kind is not None)


class _Open(threading.local):
    """What is open in a thread: a unit of work, and during a visit the groups that it has taken part in."""

    unit: UnitOfWork | None = None
    groups: list[Group] | None = None


class _Reading:
    """A transaction as a context that only reads what is committed, on a connection of its own: it waits for nobody."""

    __slots__ = ("_open", "_unit")

    def __init__(self, unit: UnitOfWork, opened: _Open) -> None:
        self._unit = unit
        self._open = opened

    def __enter__(self) -> UnitOfWork:
        self._open.unit = self._unit
        return self._unit

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        self._open.unit = None
        if kind is None:
            self._unit.run.commit()
        else:
            self._unit.run.rollback()


class Store:
    """Mailboxes in one database. Writers take turns, so an act over several mailboxes never meets another half-way.

    ``is_remote`` tells that the database is a server's, for whose answers a transaction waits.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statements = statements_in(database.dialect)
        self._lock = threading.Lock()
        self._open = _Open()
        self.is_remote = database.is_remote
        self.holds_deliveries = False
        self.listeners: list[Callable[[frozenset[str]], None]] = []
        self.busy = BusyWindows()
        self._known = Known()
        self._group: Group | None = None
        self._directory = Directory()
        with self.begin() as unit:
            present = {str(name) for (name,) in unit.run.connection.execute(database.tables).fetchall()}
            create(unit.run.connection.execute, database.dialect, present)
        self._directory = self._read_directory()

    @property
    def directory(self) -> Directory:
        """The mailboxes and folders there are, for a visitor with what it has itself written."""
        group = self._group
        if group is None:
            return self._directory
        return group.directory if group in (self._open.groups or ()) else self._directory

    def begin(self, *, write: bool = True) -> AbstractContextManager[UnitOfWork]:
        """One transaction: committed at the end, rolled back by any exception.

        Acts that only read pass ``write=False`` and wait for nobody (except in memory, where all share a connection).
        Reading within an open unit of work of the same thread joins it; an act within an act is a mistake. The store's
        listeners hear after a commit which mailboxes were written to.
        """
        present = self._open.unit
        if present is None:
            if write or self._database.is_single or self._group in (self._open.groups or ()):
                return _Act(self, write=write)
            run = Execution(self._database, self._statements)
            return _Reading(UnitOfWork(run, self._directory), self._open)
        if write:
            raise RuntimeError("an act cannot begin within another act; finish the first one before")
        return nullcontext(present)

    def enter(self, *, write: bool) -> UnitOfWork:
        """The unit of work of a transaction that takes its turn; ``leave`` ends it."""
        groups = self._open.groups
        self._lock.acquire()
        try:
            if groups is not None and (write or self._group in groups):
                unit = self._unit_in_group(groups, write=write)
            else:
                if write:
                    self._settle()
                begun = self._begun() if write else None
                known = self._known if write else None
                unit = UnitOfWork(Execution(self._database, self._statements, begun, known), self._directory)
        except BaseException:
            self._lock.release()
            raise
        self._open.unit = unit
        return unit

    def _unit_in_group(self, groups: list[Group], *, write: bool) -> UnitOfWork:
        group = self._group
        if group is None:
            group = self._group = Group(self._database, self._begun(), self._directory, self.settle)
        if group not in groups:
            groups.append(group)
        if write:
            group.begin()
        run = Execution(self._database, self._statements, group.connection, self._known, group)
        return UnitOfWork(run, group.directory)

    def _begun(self) -> Connection:
        connection = self._database.begin(write=True)
        self._known.follow(self._database, connection)
        return connection

    def leave(self, unit: UnitOfWork, *, write: bool, is_undone: bool) -> None:
        """End a transaction, with its effects or without any."""
        group = unit.run.group
        try:
            try:
                if write and not is_undone:
                    unit.finish()
            except BaseException:
                is_undone = True
                raise
            finally:
                self._open.unit = None
                if is_undone:
                    self._undo(unit, write=write)
            if is_undone:
                return
            if group is None:
                unit.run.commit()
                self._directory = unit.directory if write else self._directory
            elif write:
                group.keep(unit.directory, unit.touched)
        finally:
            self._lock.release()
        if group is None:
            self._tell(unit.touched)

    def _undo(self, unit: UnitOfWork, *, write: bool) -> None:
        group = unit.run.group
        unit.run.known.forget()
        if group is None:
            unit.run.rollback()
        elif write:
            group.undo()
            if group.is_ended:
                self._group = None
                self.busy = BusyWindows()  # it may remember what has never been

    def visit(self, act: Callable[..., Result], *arguments: object) -> tuple[Result, Sequence[Group]]:
        """What an act returns that is done within an event loop, and the groups that it has seen something of.

        What it says may be told to others when they are committed.
        """
        if not self._database.gathers:
            return act(*arguments), ()
        groups: list[Group] = []
        self._open.groups = groups
        try:
            return act(*arguments), groups
        finally:
            self._open.groups = None

    def settle(self) -> None:
        """Commit the acts that wait for being committed together."""
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        try:
            group.commit()
        except self._database.errors as problem:
            self.busy = BusyWindows()
            self._known.forget()
            group.end(problem)
        else:
            self._directory = group.directory
            self._tell(group.touched)
            group.end(None)

    def _tell(self, touched: set[str]) -> None:
        if touched:
            for listener in tuple(self.listeners):
                listener(frozenset(touched))

    def populate(self, mailboxes: Iterable[Mailbox], ids: FreshIds, now: datetime) -> tuple[Mailbox, ...]:
        """Give each address a mailbox with its folders.

        An address already known keeps its id, folders, items and what its owner has chosen, and takes over everything
        else, so a server may be started again on its database with a changed population.
        """
        with self.begin() as unit:
            known = self._read_directory_in(unit)
            for ordinal, mailbox in enumerate(mailboxes):
                present = known.find(mailbox.address)
                if present is not None:
                    self._refresh(unit, mailbox, present, ordinal)
                else:
                    self._create(unit, mailbox, ordinal + len(known.mailboxes), ids, now)
        self._directory = self._read_directory()
        return self.directory.mailboxes

    def close(self) -> None:
        """Let go of every connection; an in-memory database is gone with it."""
        self.settle()
        self._database.close()

    def snapshot(self) -> dict[str, tuple[tuple[Any, ...], ...]]:
        """Every row of every table, ordered: two equal snapshots mean that nothing changed in between."""
        with self.begin(write=False) as unit:
            return {
                table.name: tuple(tuple(row) for row in unit.run_shaped(table, partial(_rows_of, table), {}).fetchall())
                for table in metadata.sorted_tables
            }

    def _read_directory(self) -> Directory:
        with self.begin(write=False) as unit:
            return self._read_directory_in(unit)

    def _read_directory_in(self, unit: UnitOfWork) -> Directory:
        mailboxes = [(number, decode(Mailbox, payload)) for number, payload in unit.run("mailboxes").fetchall()]
        folders = unit.run("folders").fetchall()
        return Directory(
            [mailbox for _, mailbox in mailboxes],
            [decode(Folder, payload) for _, _, is_gone, payload in folders if not is_gone],
            Numbers(
                {mailbox.id: number for number, mailbox in mailboxes},
                {folder_id: number for number, folder_id, _, _ in folders},
            ),
        )

    def _refresh(self, unit: UnitOfWork, mailbox: Mailbox, present: Mailbox, ordinal: int) -> None:
        chosen = {name: getattr(present, name) for name in present.chosen}
        kept = dataclasses.replace(mailbox, id=present.id, chosen=present.chosen, **chosen)
        unit.run("put_mailbox", key=present.id, ordinal=ordinal, payload=encode(kept))

    def _create(self, unit: UnitOfWork, mailbox: Mailbox, ordinal: int, ids: FreshIds, now: datetime) -> None:
        (number,) = unit.run("next_mailbox").fetchone()
        unit.insert_mailbox(mailbox, number, ordinal)
        if mailbox.kind is MailboxKind.LIST:
            return
        made: dict[FolderRole | None, str] = {None: ""}
        for role, name, parent, folder_class in FOLDERS:
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
            (folder_number,) = unit.run("next_folder").fetchone()
            unit.insert_folder(folder, folder_number, number)


def _rows_of(table: Table) -> Select[Any]:
    return select(table).order_by(*table.primary_key)


def open_store(url: str = "sqlite://") -> Store:
    """The store at a database URL: ``sqlite://`` in memory, ``sqlite:///FILE``, or ``postgresql://...`` by psycopg.

    Raises ValueError where there is no database, with what was expected or what the driver says, and where there is
    one that another version of the server has made.
    """
    database = database_at(url)
    try:
        return Store(database)
    except MadeByAnother as problem:
        raise ValueError(
            f"the database {shown(url)} was made by another version of this server, or by another program: "
            "expected an empty database or one of this version"
        ) from problem
    except database.errors as problem:
        raise ValueError(f"the database {shown(url)} cannot be opened: {problem}") from problem
