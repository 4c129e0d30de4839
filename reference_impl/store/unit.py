"""One unit of work: everything an act reads and writes, committed or rolled back together."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from msgspec.structs import replace
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.domain import series
from reference_impl.domain.changelog import Change, Entry, Origin
from reference_impl.domain.errors import RecurrenceHasNoOccurrence
from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.domain.recurrence import Recurrence
from reference_impl.store.codec import decode, decode_at, encode
from reference_impl.store.columns import KINDS, Share, changed_fields, columns, contents_of, kind_of, share_of, uid_of
from reference_impl.store.contents import Contents
from reference_impl.store.directory import Directory
from reference_impl.store.execution import Execution
from reference_impl.store.ledger import NOTHING, NOWHERE, Ledger
from reference_impl.store.outbox import Outbox
from reference_impl.store.recoverable import Recoverable
from reference_impl.store.schema import ABSENT, NEVER, moment, time_of, uid_key

TOKEN_DIGITS = 32
"""Hex digits of the id of a stored item; the id of an occurrence has more."""

_BATCH = 256

Kept = TypeVar("Kept", bound=Item)


def _former(item: Item) -> str:
    """The recurrence of a series, as the log keeps it."""
    recurrence = item.recurrence if isinstance(item, CalendarItem) else None
    return "" if recurrence is None else encode(recurrence)


class UnitOfWork:
    """An open transaction over all mailboxes of one store.

    Occurrences of series are read, changed and removed like any item, by ids that name their master and their day.
    """

    def __init__(self, run: Execution, directory: Directory) -> None:
        self.run = run
        self.directory = directory
        self.touched: set[str] = set()
        self.new_uids: set[str] = set()  # of meetings that were thought of in it: whatever has them it has added itself
        self._written: dict[str, Item | None] = {}  # what was added, changed and removed, by id

    @cached_property
    def contents(self) -> Contents:
        """The contents of attachments."""
        return Contents(self.run)

    @cached_property
    def recoverable(self) -> Recoverable:
        """Deleted items that can be got back."""
        return Recoverable(self.run)

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger(self.run)

    @cached_property
    def _outbox(self) -> Outbox:
        return Outbox(self.run, self.contents)

    def run_shaped(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Any:
        """Run a statement that is built and compiled once per shape."""
        return self.run.shaped(shape, build, values)

    def rows(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Iterator[Any]:
        """The rows of such a statement, of which only a few are held at once."""
        found = self.run.streamed(shape, build, values)
        try:
            while batch := found.fetchmany(_BATCH):
                yield from batch
        finally:
            found.close()

    def finish(self) -> None:
        """Write down what was noted; the last thing that a unit of work does."""
        self.run.finish()
        self._outbox.write()
        self._ledger.write()
        self.contents.settle()

    def mailbox_number(self, mailbox_id: str) -> int:
        """The number by which rows name a mailbox."""
        return self.directory.numbers.mailboxes[mailbox_id]

    def folder_number(self, folder_id: str) -> int:
        """The number by which rows name a folder."""
        return self.directory.numbers.folders[folder_id]

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
        number = int(self.run("next_folder").fetchone()[0])
        kept = self._log_folder(folder, Change.FOLDER_CREATED, number)
        self.insert_folder(kept, number, self.mailbox_number(kept.mailbox_id))
        self.directory = self.directory.with_folder(kept, number)
        return kept

    def insert_mailbox(self, mailbox: Mailbox, number: int, ordinal: int) -> None:
        """The row of a mailbox."""
        values = {"id": mailbox.id, "address": mailbox.person.key, "payload": encode(mailbox)}
        self.run("add_mailbox", **values, number=number, ordinal=ordinal)

    def put_mailbox(self, mailbox: Mailbox, chosen: Mapping[str, Any]) -> Mailbox:
        """Keep a mailbox with the fields that its owner has chosen; they stay so when the population is read anew."""
        kept = dataclasses.replace(mailbox, **chosen, chosen=tuple(sorted({*mailbox.chosen, *chosen})))
        self.run("keep_mailbox", key=kept.id, payload=encode(kept))
        self.directory = self.directory.with_mailbox(kept)
        return kept

    def insert_folder(self, folder: Folder, number: int, mailbox: int) -> None:
        """The rows of an empty folder of the mailbox with a number."""
        self.run("add_folder", number=number, id=folder.id, mailbox=mailbox, is_gone=0, payload=encode(folder))
        self.run("add_count", folder=number, **NOTHING._asdict(), latest=0, changed=ABSENT)

    def put_folder(self, folder: Folder, change: Change = Change.FOLDER_CHANGED) -> Folder:
        """Keep a changed folder under its id; the result carries its new version."""
        number = self.folder_number(folder.id)
        kept = self._log_folder(folder, change, number)
        self.run("put_folder", key=kept.id, payload=encode(kept))
        self.directory = self.directory.with_folder(kept, number)
        return kept

    def remove_folder(self, folder: Folder) -> None:
        """Forget a folder that has no folders below it, and everything in it; it is gone since its ``modified``."""
        for item in self.items_in(folder):
            self.remove(replace(item, modified=folder.modified))
        number = self.folder_number(folder.id)
        for item in self.recoverable.forget(number):
            self.contents.use(Counter(), instead_of=contents_of(item))
        self._log_folder(folder, Change.FOLDER_REMOVED, number)
        self._ledger.write()
        self.run("remove_folder", key=folder.id)
        self.run("remove_count", folder=number)
        self.directory = self.directory.without_folder(folder)

    def counts(self, folder: Folder) -> tuple[int, int]:
        """The items in a folder, and those of them that are unread."""
        held = self.share(folder)
        return held.total, held.unread

    def last_change(self, folder: Folder) -> datetime | None:
        """When an item in a folder last changed, came or went; None if none ever did."""
        self._ledger.write()
        changed = int(self.run("last_change_in", folder=self.folder_number(folder.id)).fetchone()[0])
        return None if changed == ABSENT else time_of(changed)

    def share(self, folder: Folder) -> Share:
        """The numbers of what a folder has."""
        self._ledger.write()
        return Share(*map(int, self.run("counts", folder=self.folder_number(folder.id)).fetchone()))

    def _log_folder(self, folder: Folder, change: Change, number: int) -> Folder:
        mailbox, version = self._next_version(folder.mailbox_id)
        kept = dataclasses.replace(folder, version=version)
        before = self.directory.folders.get(kept.id, kept)
        parents = Origin(kept.parent_id or "", before.parent_id or "")
        self._ledger.log(mailbox, version, moment(kept.modified), change, number, other=parents)
        return kept

    # Items

    def item(self, mailbox_id: str, item_id: str) -> Item | None:
        """The item with this id, if it is in this mailbox: one read by primary key."""
        of_series = series.occurrence_of_id(item_id, TOKEN_DIGITS)
        if of_series is not None:
            master = self.item(mailbox_id, of_series[0])
            return series.occurrence(master, of_series[1]) if isinstance(master, CalendarItem) else None
        item = self._written[item_id] if item_id in self._written else self._read(item_id)
        return item if item is not None and item.mailbox_id == mailbox_id else None

    def _read(self, item_id: str) -> Item | None:
        row = self.run.aside("item", id=item_id).fetchone()
        return None if row is None else decode_at(item_id, KINDS[row[0]], row[1])

    def item_of_old(self, mailbox_id: str, lasting: str) -> Item | None:
        """The item that began with this id in this mailbox, whatever its id is now."""
        found = self.item(mailbox_id, lasting)
        if found is not None:
            return found if found.lasting == lasting else None
        row = self.run("item_of_old", lasting=lasting).fetchone()
        if row is not None:
            item: Item = decode(KINDS[row[0]], row[1])
            return item if item.mailbox_id == mailbox_id else None
        of_series = series.occurrence_of_id(lasting, TOKEN_DIGITS)
        master = None if of_series is None else self.item_of_old(mailbox_id, of_series[0])
        if of_series is None or not isinstance(master, CalendarItem):
            return None
        return series.occurrence(master, of_series[1])

    def items_of(self, mailbox_id: str, uid: str) -> tuple[Item, ...]:
        """Everything in a mailbox that belongs to one meeting, oldest first; of a series the master."""
        if uid in self.new_uids:
            if mailbox_id not in self.touched:
                return ()
            written = [item for item in self._written.values() if item is not None and item.mailbox_id == mailbox_id]
            return tuple([item for item in written if uid_of(item) == uid])
        read = self.run if mailbox_id in self.touched else self.run.aside
        rows = read("items_of_uid", mailbox=self.mailbox_number(mailbox_id), uid=uid_key(uid)).fetchall()
        found: Iterator[Item] = (decode(KINDS[kind], payload) for kind, payload in rows)
        return tuple(item for item in found if uid_of(item) == uid)

    def items_in(self, folder: Folder, after: int = 0, limit: int = NEVER) -> Iterator[Item]:
        """The stored items of a folder in the order they came, those after the one with this serial number."""
        for _, item in self.numbered_items_in(folder, after, limit):
            yield item

    def numbered_items_in(self, folder: Folder, after: int = 0, limit: int = NEVER) -> Iterator[tuple[int, Item]]:
        """The same with their serial numbers."""
        rows = self.run("items_after", folder=self.folder_number(folder.id), serial=after, limit=limit)
        for serial, kind, payload in rows.fetchall():
            yield int(serial), decode(KINDS[kind], payload)

    def newest_items_in(self, folder: Folder, before: int, limit: int) -> tuple[tuple[int, Item], ...]:
        """The stored items of a folder that came before the one with this serial number, the last first, numbered."""
        rows = self.run("items_before", folder=self.folder_number(folder.id), serial=before, limit=limit)
        return tuple((int(serial), decode(KINDS[kind], payload)) for serial, kind, payload in rows.fetchall())

    def add(self, item: Kept, change: Change = Change.CREATED, other: Origin = NOWHERE) -> Kept:
        """Keep a new item; the result carries its version."""
        mailbox, version = self._next_version(item.mailbox_id)
        kept = replace(item, version=version, arrival=version)
        number, folder, row = self._ledger.next_item(), self.folder_number(kept.folder_id), columns(kept)
        self._written[kept.id] = kept
        self.run.later("add_item", (number, kept.id, mailbox, folder, kind_of(kept), version, *row))
        if attached := contents_of(kept):
            self.contents.use(attached)
        self._ledger.count(folder, share_of(kept))
        time, lasting = moment(kept.modified), kept.lasting_id
        self._ledger.log(mailbox, version, time, change, folder, kept.id, number, other=other, lasting=lasting)
        return kept

    def put(self, before: Kept, after: Kept) -> Kept:
        """Keep a changed item under its id; the result carries its new version.

        A changed occurrence becomes an exception of its series.
        """
        if isinstance(after, CalendarItem) and after.series_id is not None:
            assert isinstance(before, CalendarItem)
            return self._put_occurrence(before, after)  # type: ignore[return-value]  # an occurrence is a CalendarItem
        return self._put(before, after, changed_fields(before, after))

    def _put(self, before: Kept, after: Kept, fields: frozenset[str]) -> Kept:
        mailbox, version = self._next_version(after.mailbox_id)
        kept = replace(after, version=version)
        folder = self.folder_number(kept.folder_id)
        self._written[kept.id] = kept
        (number,) = self.run.row("put_item", (folder, kind_of(kept), *columns(kept), kept.id)).fetchone()
        self.contents.use(contents_of(kept), instead_of=contents_of(before))
        self._ledger.count(folder, share_of(kept), share_of(before))
        names = " ".join(sorted(fields))
        self._ledger.log(
            mailbox,
            version,
            moment(kept.modified),
            Change.CHANGED,
            folder,
            kept.id,
            number,
            names,
            lasting=kept.lasting_id,
            former=_former(before) if "recurrence" in fields else "",
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
        self, item: Item, change: Change = Change.REMOVED, other: Origin = NOWHERE, *, recoverably: bool = False
    ) -> None:
        """Forget an item, or keep it where it can be got back; of a series that loses its last occurrence, the series.

        An occurrence is never got back.
        """
        if isinstance(item, CalendarItem) and item.series_id is not None:
            self._remove_occurrence(item)
            return
        mailbox, version = self._next_version(item.mailbox_id)
        folder = self.folder_number(item.folder_id)
        self._written[item.id] = None
        number, unread = self.run("remove_item", id=item.id).fetchone()
        if recoverably:
            self.recoverable.keep(item, number, folder, version)
        else:
            self.contents.use(Counter(), instead_of=contents_of(item))
        # As it was kept: it may be marked as read on its way to another folder.
        self._ledger.count(folder, NOTHING, share_of(item)._replace(unread=int(unread)))
        self._ledger.log(
            mailbox,
            version,
            moment(item.modified),
            change,
            folder,
            item.id,
            number,
            other=other,
            lasting=item.lasting_id,
            former=_former(item),
        )

    def _remove_occurrence(self, occurrence: CalendarItem) -> None:
        assert occurrence.day is not None
        master = self._master_of(occurrence)
        try:
            left = series.without(master, [occurrence.day])
        except RecurrenceHasNoOccurrence:
            self.remove(master)
            return
        left = replace(left, modified=max(left.modified, occurrence.modified))
        self._put(master, left, frozenset({f"{occurrence.day}/deleted"}))

    def relocate(self, item: Kept, folder_id: str, new_id: str) -> Kept:
        """Take an item to another folder, where it has a new id; an occurrence leaves its series."""
        leaves = {"series_id": None, "is_exception": False} if isinstance(item, CalendarItem) else {}
        changes: dict[str, Any] = {"id": new_id, "folder_id": folder_id, "lasting_id": item.lasting, **leaves}
        moved = replace(item, **changes)
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
        number = self.run("number", id=stored_id).fetchone()
        rows = () if number is None else self.run("changes_since", number=number[0], version=version).fetchall()
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
        return self._ledger.version(self.mailbox_number(mailbox_id))

    def entries_since(
        self, mailbox_id: str, version: int, *, folder_id: str | None = None, limit: int = NEVER
    ) -> tuple[Entry, ...]:
        """The log of a mailbox, or of the items in one of its folders, after a version, at most ``limit`` entries."""
        mailbox = self.mailbox_number(mailbox_id)
        if folder_id is None:
            return self._entries("entries_since", mailbox=mailbox, version=version, limit=limit)
        folder = self.folder_number(folder_id)
        return self._entries("entries_of_folder", mailbox=mailbox, folder=folder, version=version, limit=limit)

    def last_entries(self, folder: Folder, after: int, until: int, limit: int = NEVER) -> tuple[Entry, ...]:
        """Of each item the last entry in a folder's log after one version up to another, ``limit`` of them at most."""
        place = {"mailbox": self.mailbox_number(folder.mailbox_id), "folder": self.folder_number(folder.id)}
        return self._entries("last_entries", **place, version=after, until=until, limit=limit)

    def entries_of(self, mailbox_id: str, last: Entry, after: int, until: int) -> tuple[Entry, ...]:
        """The log of an entry's item after one version up to another; in another folder it would be another item."""
        mailbox = self.mailbox_number(mailbox_id)
        return self._entries("entries_of_item", mailbox=mailbox, last=last.version, version=after, until=until)

    def _entries(self, statement: str, **values: int) -> tuple[Entry, ...]:
        self._ledger.write()
        return tuple(
            Entry(
                version=int(number),
                time=time_of(int(time)),
                change=Change(change),
                item=item,
                folder=self._folder_id(folder),
                fields=frozenset(fields.split()),
                other=Origin(other_item, other_folder),
                lasting=lasting or item,
                former=decode(Recurrence, former) if former else None,
            )
            for number, time, change, item, folder, fields, other_item, other_folder, lasting, former in self.run(
                statement, **values
            ).fetchall()
        )

    def _folder_id(self, number: int) -> str:
        """The id of a folder, which may be gone, or made by another server on the same database."""
        known = self.directory.folder_ids.get(number)
        return known if known is not None else str(self.run("folder_id", number=number).fetchone()[0])

    def _next_version(self, mailbox_id: str) -> tuple[int, int]:
        self.touched.add(mailbox_id)
        mailbox = self.mailbox_number(mailbox_id)
        return mailbox, self._ledger.next_version(mailbox)

    # The outbox

    def enqueue(self, message: Message, due: datetime) -> None:
        """Put a message, addressed by its ``mailbox_id``, into the outbox, to be delivered at this time."""
        self._outbox.put(message, due)

    def take_delivery(self, until: datetime | None = None) -> Message | None:
        """The next message of the outbox due by then, or at any time, which leaves it; None if there is none."""
        return self._outbox.take(until)

    def next_due(self) -> datetime | None:
        """When the next message of the outbox is due; None if the outbox is empty."""
        return self._outbox.next_due()

    def waiting(self) -> int:
        """How many messages wait in the outbox."""
        return self._outbox.waiting()

    # What a mailbox keeps beside its items

    def setting(self, mailbox_id: str, name: str) -> str | None:
        """What a mailbox keeps under this name, as it was given."""
        key, known = (self.mailbox_number(mailbox_id), name), self.run.known.settings
        try:
            return known[key]
        except KeyError:
            row = self.run.aside("setting", mailbox=key[0], key=name).fetchone()
            known[key] = None if row is None else str(row[0])
            return known[key]

    def keep_setting(self, mailbox_id: str, name: str, payload: str | None) -> None:
        """Keep a text under a name, instead of what was there; None keeps nothing."""
        number = self.mailbox_number(mailbox_id)
        self.run("remove_setting", mailbox=number, key=name)
        if payload is not None:
            self.run("add_setting", mailbox=number, key=name, payload=payload)
        self.run.known.settings[number, name] = payload

    def transaction(self, mailbox_id: str, token: str) -> tuple[str, str] | None:
        """The meeting's uid and the draft's digest that a client's transaction id stands for."""
        row = self.run("transaction", mailbox=self.mailbox_number(mailbox_id), token=token).fetchone()
        return None if row is None else (row[0], row[1])

    def keep_transaction(self, mailbox_id: str, token: str, uid: str, digest: str) -> None:
        """Remember what a client's transaction id stands for from now on."""
        self.run("remove_transaction", mailbox=self.mailbox_number(mailbox_id), token=token)
        self.run("add_transaction", mailbox=self.mailbox_number(mailbox_id), token=token, uid=uid, digest=digest)
