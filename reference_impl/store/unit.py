"""One unit of work: everything an act reads and writes, committed or rolled back together."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.domain import series
from reference_impl.domain.changelog import Change, Entry, Origin
from reference_impl.domain.errors import RecurrenceHasNoOccurrence
from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.domain.queries import Shelf
from reference_impl.store.codec import decode, encode
from reference_impl.store.columns import KINDS, changed_fields, columns, contents_of, share_of
from reference_impl.store.contents import Contents
from reference_impl.store.directory import Directory
from reference_impl.store.recoverable import Recoverable
from reference_impl.store.schema import NEVER, moment, time_of
from reference_impl.store.statements import Prepared, Statements

TOKEN_DIGITS = 32
"""Hex digits of the id of a stored item; the id of an occurrence has more."""

_NOWHERE = Origin()
_BATCH = 256
_STREAMED = {"stream_results": True}

Kept = TypeVar("Kept", bound=Item)


class UnitOfWork:
    """An open transaction over all mailboxes of one store.

    Occurrences of series are read, changed and removed like any item, by ids that name their master and their day.
    """

    def __init__(self, connection: Connection, statements: Statements, directory: Directory) -> None:
        self.connection = connection
        self.directory = directory
        self.touched: set[str] = set()
        self.contents = Contents(self._run)
        self.recoverable = Recoverable(self._run)
        self._statements = statements

    def _run(self, name: str, **values: object) -> Any:
        return self._execute(self._statements[name], values)

    def run_shaped(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Any:
        """Run a statement that is built and compiled once per shape."""
        return self._execute(self._statements.shaped(shape, build), values)

    def rows(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Iterator[Any]:
        """The rows of such a statement, of which only a few are held at once."""
        statement = self._statements.shaped(shape, build)
        found = self.connection.exec_driver_sql(statement.text, statement.bind(values), execution_options=_STREAMED)
        try:
            while batch := found.fetchmany(_BATCH):
                yield from batch
        finally:
            found.close()

    def _execute(self, statement: Prepared, values: Mapping[str, object]) -> Any:
        return self.connection.exec_driver_sql(statement.text, statement.bind(values))

    # Mailboxes and folders

    def mailbox(self, mailbox_id: str) -> Mailbox:
        """The mailbox with this id; KeyError if there is none."""
        return self.directory.by_id[mailbox_id]

    def folder(self, mailbox_id: str, role: FolderRole) -> Folder:
        """The folder a mailbox was born with; KeyError for a distribution list, which has none."""
        return self.directory.roles[mailbox_id, role]

    def is_in(self, item: Item, role: FolderRole) -> bool:
        """Whether the item is in its mailbox's folder of that role, or in one below it."""
        wanted = self.folder(item.mailbox_id, role).id
        place: str | None = item.folder_id
        while place is not None and place != wanted:
            place = self.directory.folders[place].parent_id
        return place is not None

    def add_folder(self, folder: Folder) -> Folder:
        """Keep a new folder; the result carries its version."""
        kept = self._log_folder(folder, Change.FOLDER_CREATED)
        (ordinal,) = self._run("next_ordinal", mailbox=kept.mailbox_id).fetchone()
        self._run("add_folder", **folder_row(kept, ordinal))
        self.directory = self.directory.with_folder(kept)
        return kept

    def put_folder(self, folder: Folder, change: Change = Change.FOLDER_CHANGED) -> Folder:
        """Keep a changed folder under its id; the result carries its new version."""
        kept = self._log_folder(folder, change)
        self._run("put_folder", key=kept.id, payload=encode(kept))
        self.directory = self.directory.with_folder(kept)
        return kept

    def remove_folder(self, folder: Folder) -> None:
        """Forget a folder that has no folders below it, and everything in it; it is gone since its ``modified``."""
        for item in self.items_in(folder):
            self.remove(dataclasses.replace(item, modified=folder.modified))
        for item in self.recoverable.forget(folder):
            self.contents.use(Counter(), instead_of=contents_of(item))
        self._log_folder(folder, Change.FOLDER_REMOVED)
        self._run("remove_folder", id=folder.id)
        self.directory = self.directory.without_folder(folder)

    def counts(self, folder: Folder) -> tuple[int, int]:
        """The items in a folder, and those of them that are unread."""
        total, unread, _ = self._run("counts", folder=folder.id).fetchone()
        return int(total), int(unread)

    def size(self, folder: Folder, shelf: Shelf) -> int:
        """The items on one of the shelves of a folder."""
        if shelf is Shelf.RECOVERABLE:
            return self.recoverable.count(folder)
        total, _, associated = self._run("counts", folder=folder.id).fetchone()
        return int(associated if shelf is Shelf.ASSOCIATED else total)

    def _log_folder(self, folder: Folder, change: Change) -> Folder:
        kept = dataclasses.replace(folder, version=self._next_version(folder.mailbox_id))
        before = self.directory.folders.get(kept.id, kept)
        parents = Origin(kept.parent_id or "", before.parent_id or "")
        self._log(kept.mailbox_id, kept.version, moment(kept.modified), change, "", kept.id, "", parents)
        return kept

    # Items

    def item(self, mailbox_id: str, item_id: str) -> Item | None:
        """The item with this id, if it is in this mailbox: one read by primary key."""
        of_series = series.occurrence_of_id(item_id, TOKEN_DIGITS)
        if of_series is not None:
            master = self.item(mailbox_id, of_series[0])
            return series.occurrence(master, of_series[1]) if isinstance(master, CalendarItem) else None
        row = self._run("item", id=item_id, mailbox=mailbox_id).fetchone()
        return None if row is None else decode(KINDS[row[0]], row[1])

    def items_of(self, mailbox_id: str, uid: str) -> tuple[Item, ...]:
        """Everything in a mailbox that belongs to one meeting, oldest first; of a series the master."""
        rows = self._run("items_of_uid", mailbox=mailbox_id, uid=uid).fetchall()
        return tuple(decode(KINDS[kind], payload) for kind, payload in rows)

    def items_in(self, folder: Folder, after: int = 0, limit: int = NEVER) -> Iterator[Item]:
        """The stored items of a folder in the order they came, those after the one with this serial number."""
        for _, item in self.numbered_items_in(folder, after, limit):
            yield item

    def numbered_items_in(self, folder: Folder, after: int = 0, limit: int = NEVER) -> Iterator[tuple[int, Item]]:
        """The same with their serial numbers."""
        rows = self._run("items_after", mailbox=folder.mailbox_id, folder=folder.id, serial=after, limit=limit)
        for serial, kind, payload in rows.fetchall():
            yield int(serial), decode(KINDS[kind], payload)

    def newest_items_in(self, folder: Folder, before: int, limit: int) -> tuple[tuple[int, Item], ...]:
        """The stored items of a folder that came before the one with this serial number, the last first, numbered."""
        rows = self._run("items_before", mailbox=folder.mailbox_id, folder=folder.id, serial=before, limit=limit)
        return tuple((int(serial), decode(KINDS[kind], payload)) for serial, kind, payload in rows.fetchall())

    def add(self, item: Kept, change: Change = Change.CREATED, other: Origin = _NOWHERE) -> Kept:
        """Keep a new item; the result carries its version."""
        version = self._next_version(item.mailbox_id)
        kept = dataclasses.replace(item, version=version)
        row = columns(kept)
        self._run("add_item", **row, id=kept.id, mailbox=kept.mailbox_id, serial=version)
        self.contents.use(contents_of(kept))
        self._adjust(kept.folder_id, *share_of(kept))
        self._log(kept.mailbox_id, version, row["modified"], change, kept.id, kept.folder_id, "", other)
        return kept

    def put(self, before: Kept, after: Kept) -> Kept:
        """Keep a changed item under its id; the result carries its new version.

        A changed occurrence becomes an exception of its series (OccurrenceCrossesNeighbour where it cannot).
        """
        if isinstance(after, CalendarItem) and after.series_id is not None:
            assert isinstance(before, CalendarItem)
            return self._put_occurrence(before, after)  # type: ignore[return-value]  # an occurrence is a CalendarItem
        return self._put(before, after, changed_fields(before, after))

    def _put(self, before: Kept, after: Kept, fields: frozenset[str]) -> Kept:
        kept = dataclasses.replace(after, version=self._next_version(after.mailbox_id))
        row = columns(kept)
        self._run("put_item", **row, key=kept.id)
        self.contents.use(contents_of(kept), instead_of=contents_of(before))
        self._adjust(kept.folder_id, *(now - then for now, then in zip(share_of(kept), share_of(before), strict=True)))
        self._log(
            kept.mailbox_id,
            kept.version,
            row["modified"],
            Change.CHANGED,
            kept.id,
            kept.folder_id,
            " ".join(sorted(fields)),
        )
        return kept

    def _put_occurrence(self, before: CalendarItem, after: CalendarItem) -> CalendarItem:
        master = self._master_of(after)
        assert after.day is not None
        names = frozenset(f"{after.day}/{name}" for name in changed_fields(before, after))
        kept = self._put(master, series.with_exception(master, after), names)
        changed = series.occurrence(kept, after.day)
        assert changed is not None
        return changed

    def _master_of(self, occurrence: CalendarItem) -> CalendarItem:
        assert occurrence.series_id is not None
        master = self.item(occurrence.mailbox_id, occurrence.series_id)
        assert isinstance(master, CalendarItem)
        return master

    def remove(
        self, item: Item, change: Change = Change.REMOVED, other: Origin = _NOWHERE, *, recoverably: bool = False
    ) -> None:
        """Forget an item, or keep it where it can be got back; of a series that loses its last occurrence, the series.

        An occurrence is never got back.
        """
        if isinstance(item, CalendarItem) and item.series_id is not None:
            self._remove_occurrence(item)
            return
        version = self._next_version(item.mailbox_id)
        self._run("remove_item", id=item.id)
        if recoverably:
            self.recoverable.keep(item, version)
        else:
            self.contents.use(Counter(), instead_of=contents_of(item))
        self._adjust(item.folder_id, *(-share for share in share_of(item)))
        self._log(item.mailbox_id, version, moment(item.modified), change, item.id, item.folder_id, "", other)

    def _remove_occurrence(self, occurrence: CalendarItem) -> None:
        assert occurrence.day is not None
        master = self._master_of(occurrence)
        try:
            left = series.without(master, [occurrence.day])
        except RecurrenceHasNoOccurrence:
            self.remove(master)
            return
        left = dataclasses.replace(left, modified=max(left.modified, occurrence.modified))
        self._put(master, left, frozenset({f"{occurrence.day}/deleted"}))

    def relocate(self, item: Kept, folder_id: str, new_id: str) -> Kept:
        """Take an item to another folder, where it has a new id; an occurrence leaves its series."""
        leaves = {"series_id": None, "is_exception": False} if isinstance(item, CalendarItem) else {}
        changes: dict[str, Any] = {"id": new_id, "folder_id": folder_id, **leaves}
        moved = dataclasses.replace(item, **changes)
        self.remove(item, Change.MOVED_OUT, Origin(new_id, folder_id))
        return self.add(moved, Change.MOVED_IN, Origin(item.id, item.folder_id))

    def fields_changed_since(self, item: Item, version: int) -> frozenset[str]:
        """The names of the properties of an item that were written after ``version``.

        For an occurrence they are those of its series and its own.
        """
        day: date | None = None
        stored_id = item.id
        if isinstance(item, CalendarItem) and item.series_id is not None:
            stored_id, day = item.series_id, item.day
        rows = self._run("changes_since", mailbox=item.mailbox_id, item=stored_id, version=version).fetchall()
        names: set[str] = set()
        for (fields,) in rows:
            for name in fields.split():
                of_day, _, own = name.rpartition("/")
                if not of_day or (day is not None and of_day == str(day)):
                    names.add(own)
        return frozenset(names)

    # The change log

    def version(self, mailbox_id: str) -> int:
        """The number of the last change in a mailbox."""
        return int(self._run("version", mailbox=mailbox_id).fetchone()[0])

    def entries_since(
        self, mailbox_id: str, version: int, *, folder_id: str | None = None, limit: int = NEVER
    ) -> tuple[Entry, ...]:
        """The log of a mailbox, or of one of its folders, after a version, at most ``limit`` entries."""
        if folder_id is None:
            rows = self._run("entries_since", mailbox=mailbox_id, version=version, limit=limit)
        else:
            rows = self._run("entries_of_folder", mailbox=mailbox_id, folder=folder_id, version=version, limit=limit)
        return self._entries(rows)

    def last_entries(self, folder: Folder, after: int, until: int, limit: int = NEVER) -> tuple[Entry, ...]:
        """Of each item the last entry in a folder's log after one version up to another, ``limit`` of them at most."""
        bounds = {"version": after, "until": until, "limit": limit}
        return self._entries(self._run("last_entries", mailbox=folder.mailbox_id, folder=folder.id, **bounds))

    def entries_of(self, mailbox_id: str, item_id: str, after: int, until: int) -> tuple[Entry, ...]:
        """The log of one item after one version up to another; in another folder it would be another item."""
        bounds = {"version": after, "until": until}
        return self._entries(self._run("entries_of_item", mailbox=mailbox_id, item=item_id, **bounds))

    def _entries(self, rows: Any) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                version=int(number),
                time=time_of(int(time)),
                change=Change(change),
                item=item,
                folder=folder,
                fields=frozenset(fields.split()),
                other=Origin(other_item, other_folder),
            )
            for number, time, change, item, folder, fields, other_item, other_folder in rows.fetchall()
        )

    def _next_version(self, mailbox_id: str) -> int:
        self.touched.add(mailbox_id)
        return int(self._run("next_version", mailbox=mailbox_id, one=1).fetchone()[0])

    def _log(
        self,
        mailbox_id: str,
        version: int,
        time: object,
        change: Change,
        item_id: str,
        folder_id: str,
        fields: str = "",
        other: Origin = _NOWHERE,
    ) -> None:
        self._run(
            "log",
            mailbox=mailbox_id,
            version=version,
            time=time,
            change=str(change),
            item=item_id,
            folder=folder_id,
            fields=fields,
            other_item=other.item,
            other_folder=other.folder,
        )

    def _adjust(self, folder_id: str, total: int, unread: int, associated: int) -> None:
        if total or unread or associated:
            self._run("adjust_folder", key=folder_id, total=total, unread=unread, associated=associated)

    # The outbox

    def enqueue(self, message: Message) -> None:
        """Put a message, addressed by its ``mailbox_id``, into the outbox."""
        self.contents.use(contents_of(message))
        self._run("enqueue", recipient=message.mailbox_id, payload=encode(message))

    def take_delivery(self) -> Message | None:
        """The next message of the outbox, which leaves it; None if the outbox is empty."""
        row = self._run("next_delivery").fetchone()
        if row is None:
            return None
        self._run("delivered", number=row[0])
        message = decode(Message, str(row[1]))
        self.contents.use(Counter(), instead_of=contents_of(message))
        return message

    def waiting(self) -> int:
        """How many messages wait in the outbox."""
        return int(self._run("waiting").fetchone()[0])

    # What a mailbox keeps beside its items

    def setting(self, mailbox_id: str, name: str) -> str | None:
        """What a mailbox keeps under this name, as it was given."""
        row = self._run("setting", mailbox=mailbox_id, key=name).fetchone()
        return None if row is None else str(row[0])

    def keep_setting(self, mailbox_id: str, name: str, payload: str | None) -> None:
        """Keep a text under a name, instead of what was there; None keeps nothing."""
        self._run("remove_setting", mailbox=mailbox_id, key=name)
        if payload is not None:
            self._run("add_setting", mailbox=mailbox_id, key=name, payload=payload)

    def transaction(self, mailbox_id: str, token: str) -> tuple[str, str] | None:
        """The meeting's uid and the draft's digest that a client's transaction id stands for."""
        row = self._run("transaction", mailbox=mailbox_id, token=token).fetchone()
        return None if row is None else (row[0], row[1])

    def keep_transaction(self, mailbox_id: str, token: str, uid: str, digest: str) -> None:
        """Remember what a client's transaction id stands for from now on."""
        self._run("remove_transaction", mailbox=mailbox_id, token=token)
        self._run("add_transaction", mailbox=mailbox_id, token=token, uid=uid, digest=digest)


def folder_row(folder: Folder, ordinal: int) -> dict[str, object]:
    """The row of an empty folder."""
    return {
        "id": folder.id,
        "mailbox": folder.mailbox_id,
        "role": None if folder.role is None else str(folder.role),
        "ordinal": ordinal,
        "total": 0,
        "unread": 0,
        "associated": 0,
        "payload": encode(folder),
    }
