"""One unit of work: everything an act reads and writes, committed or rolled back together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.domain.items import Attendee, CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.store.codec import decode, encode
from reference_impl.store.directory import Directory
from reference_impl.store.schema import moment, span_class
from reference_impl.store.statements import Prepared, Statements

EVENT = "event"

KINDS: Mapping[str, type[CalendarItem | Message]] = {
    EVENT: CalendarItem,
    **{str(kind): Message for kind in MessageKind},
}

# Kept by the store itself, so their change says nothing of what a writer did.
_BOOKKEEPING = frozenset({"version", "modified", "id", "folder_id"})

Kept = TypeVar("Kept", bound=Item)


class UnitOfWork:
    """An open transaction over all mailboxes of one store."""

    def __init__(self, connection: Connection, statements: Statements, directory: Directory) -> None:
        self.connection = connection
        self.directory = directory
        self._statements = statements

    def _run(self, name: str, **values: object) -> Any:
        return self._execute(self._statements[name], values)

    def run_shaped(self, shape: Hashable, build: Callable[[], ClauseElement], values: Mapping[str, object]) -> Any:
        """Run a statement that is built and compiled once per shape."""
        return self._execute(self._statements.shaped(shape, build), values)

    def _execute(self, statement: Prepared, values: Mapping[str, object]) -> Any:
        return self.connection.exec_driver_sql(statement.text, statement.bind(values))

    def mailbox(self, mailbox_id: str) -> Mailbox:
        """The mailbox with this id; KeyError if there is none."""
        return self.directory.by_id[mailbox_id]

    def folder(self, mailbox_id: str, role: FolderRole) -> Folder:
        """The folder a mailbox was born with; KeyError for a distribution list, which has none."""
        return self.directory.roles[mailbox_id, role]

    def is_in(self, item: Item, role: FolderRole) -> bool:
        """Whether the item is in its mailbox's folder of that role."""
        return item.folder_id == self.folder(item.mailbox_id, role).id

    def item(self, mailbox_id: str, item_id: str) -> Item | None:
        """The item with this id, if it is in this mailbox: one read by primary key."""
        row = self._run("item", id=item_id, mailbox=mailbox_id).fetchone()
        return None if row is None else decode(KINDS[row[0]], row[1])

    def items_of(self, mailbox_id: str, uid: str) -> tuple[Item, ...]:
        """Everything in a mailbox that belongs to one meeting, oldest first."""
        rows = self._run("items_of_uid", mailbox=mailbox_id, uid=uid).fetchall()
        return tuple(decode(KINDS[kind], payload) for kind, payload in rows)

    def add(self, item: Kept) -> Kept:
        """Keep a new item; the result carries its version."""
        version = self._next_version(item.mailbox_id)
        kept = dataclasses.replace(item, version=version)
        self._run("add_item", **_columns(kept), id=kept.id, mailbox=kept.mailbox_id, serial=version)
        self._log(kept, "created", "")
        return kept

    def put(self, before: Kept, after: Kept) -> Kept:
        """Keep a changed item under its id; the result carries its new version."""
        kept = dataclasses.replace(after, version=self._next_version(after.mailbox_id))
        self._run("put_item", **_columns(kept), key=kept.id)
        self._log(kept, "changed", " ".join(sorted(changed_fields(before, after))))
        return kept

    def remove(self, item: Item) -> None:
        """Forget an item."""
        version = self._next_version(item.mailbox_id)
        self._run("remove_item", id=item.id)
        self._log(dataclasses.replace(item, version=version), "removed", "")

    def relocate(self, item: Kept, folder_id: str, new_id: str) -> Kept:
        """Take an item to another folder, where it has a new id."""
        self.remove(item)
        return self.add(dataclasses.replace(item, id=new_id, folder_id=folder_id))

    def fields_changed_since(self, item: Item, version: int) -> frozenset[str]:
        """The names of the properties of an item that were written after ``version``."""
        rows = self._run("changes_since", mailbox=item.mailbox_id, item=item.id, version=version).fetchall()
        return frozenset(name for (fields,) in rows for name in fields.split())

    def counts(self, folder: Folder) -> tuple[int, int]:
        """The items in a folder, and those of them that are unread."""
        total, unread = self._run("counts", mailbox=folder.mailbox_id, folder=folder.id).fetchone()
        return int(total), int(unread)

    def enqueue(self, message: Message) -> None:
        """Put a message, addressed by its ``mailbox_id``, into the outbox."""
        self._run("enqueue", recipient=message.mailbox_id, payload=encode(message))

    def take_delivery(self) -> Message | None:
        """The next message of the outbox, which leaves it; None if the outbox is empty."""
        row = self._run("next_delivery").fetchone()
        if row is None:
            return None
        self._run("delivered", number=row[0])
        return decode(Message, str(row[1]))

    def waiting(self) -> int:
        """How many messages wait in the outbox."""
        return int(self._run("waiting").fetchone()[0])

    def transaction(self, mailbox_id: str, token: str) -> tuple[str, str] | None:
        """The meeting's uid and the draft's digest that a client's transaction id stands for."""
        row = self._run("transaction", mailbox=mailbox_id, token=token).fetchone()
        return None if row is None else (row[0], row[1])

    def keep_transaction(self, mailbox_id: str, token: str, uid: str, digest: str) -> None:
        """Remember what a client's transaction id stands for from now on."""
        self._run("remove_transaction", mailbox=mailbox_id, token=token)
        self._run("add_transaction", mailbox=mailbox_id, token=token, uid=uid, digest=digest)

    def _next_version(self, mailbox_id: str) -> int:
        return int(self._run("next_version", mailbox=mailbox_id, one=1).fetchone()[0])

    def _log(self, item: Item, change: str, fields: str) -> None:
        self._run(
            "log",
            mailbox=item.mailbox_id,
            version=item.version,
            item=item.id,
            folder=item.folder_id,
            change=change,
            fields=fields,
        )


def changed_fields(before: Item, after: Item) -> frozenset[str]:
    """The names of the properties in which two states of one item differ.

    For attendees ``attendees`` means that people or roles changed, ``answers`` that somebody's response did.
    """
    names = {
        field.name
        for field in dataclasses.fields(before)
        if field.name not in _BOOKKEEPING and getattr(before, field.name) != getattr(after, field.name)
    }
    if "attendees" in names and isinstance(before, CalendarItem) and isinstance(after, CalendarItem):
        names.discard("attendees")
        if _invited(before.attendees) != _invited(after.attendees):
            names.add("attendees")
        old, new = _answers(before.attendees), _answers(after.attendees)
        if any(old[key] != new[key] for key in old.keys() & new.keys()):
            names.add("answers")
    return frozenset(names)


def _invited(attendees: tuple[Attendee, ...]) -> list[tuple[str, str]]:
    return [(attendee.person.key, attendee.role) for attendee in attendees]


def _answers(attendees: tuple[Attendee, ...]) -> dict[str, tuple[object, ...]]:
    return {
        attendee.person.key: (attendee.response, attendee.response_time, attendee.proposal) for attendee in attendees
    }


def _columns(item: Item) -> dict[str, object]:
    """The indexed columns of an item, all but id, mailbox and serial."""
    common = {
        "folder": item.folder_id,
        "created": moment(item.created),
        "modified": moment(item.modified),
        "subject": item.subject.casefold(),
        "payload": encode(item),
    }
    if isinstance(item, CalendarItem):
        return common | {
            "kind": EVENT,
            "uid": item.uid,
            "span": span_class(item.duration),
            "start": moment(item.start),
            "end": moment(item.end),
            "received": common["created"],
            "unread": 0,
        }
    return common | {
        "kind": str(item.kind),
        "uid": item.meeting.uid if item.meeting else "",
        "span": -1,
        "start": moment(item.meeting.start) if item.meeting else 0,
        "end": moment(item.meeting.end) if item.meeting else 0,
        "received": moment(item.received) if item.received else common["created"],
        "unread": int(not item.is_read),
    }
