"""The statements of the store, compiled to text once per database."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from sqlalchemy import Dialect, bindparam, delete, func, insert, literal_column, select, update
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.store.schema import change_log, client_transaction, folder, item, mailbox, outbox


class Prepared:
    """A statement's text in a database's own language, and how it wants its arguments."""

    __slots__ = ("_positions", "text")

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text: str = compiled.string
        self._positions: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positional else None

    def bind(self, values: Mapping[str, object]) -> Any:
        """``values`` in the order the text asks for them."""
        if self._positions is None:
            return dict(values)
        return tuple(values[name] for name in self._positions)


def _insertion(table: Any, *names: str) -> ClauseElement:
    statement: ClauseElement = insert(table).values({name: bindparam(name) for name in names})
    return statement


_ITEM_COLUMNS = tuple(column.name for column in item.columns)

STATEMENTS: Mapping[str, ClauseElement] = {
    "item": select(item.c.kind, item.c.payload).where(
        item.c.id == bindparam("id"), item.c.mailbox == bindparam("mailbox")
    ),
    "items_of_uid": select(item.c.kind, item.c.payload)
    .where(item.c.mailbox == bindparam("mailbox"), item.c.uid == bindparam("uid"))
    .order_by(item.c.serial),
    "add_item": _insertion(item, *_ITEM_COLUMNS),
    "put_item": update(item)
    .where(item.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in _ITEM_COLUMNS if name not in {"id", "serial", "mailbox"}}),
    "remove_item": delete(item).where(item.c.id == bindparam("id")),
    "next_version": update(mailbox)
    .where(mailbox.c.id == bindparam("mailbox"))
    .values(version=mailbox.c.version + bindparam("one"))
    .returning(mailbox.c.version),
    "log": _insertion(change_log, "mailbox", "version", "item", "folder", "change", "fields"),
    "changes_since": select(change_log.c.fields)
    .where(
        change_log.c.mailbox == bindparam("mailbox"),
        change_log.c.item == bindparam("item"),
        change_log.c.version > bindparam("version"),
    )
    .order_by(change_log.c.version),
    "counts": select(func.count(), func.coalesce(func.sum(item.c.unread), literal_column("0"))).where(
        item.c.mailbox == bindparam("mailbox"), item.c.folder == bindparam("folder")
    ),
    "enqueue": _insertion(outbox, "recipient", "payload"),
    "next_delivery": select(outbox.c.number, outbox.c.payload).where(
        outbox.c.number == select(func.min(outbox.c.number)).scalar_subquery()
    ),
    "delivered": delete(outbox).where(outbox.c.number == bindparam("number")),
    "waiting": select(func.count()).select_from(outbox),
    "transaction": select(client_transaction.c.uid, client_transaction.c.digest).where(
        client_transaction.c.mailbox == bindparam("mailbox"), client_transaction.c.token == bindparam("token")
    ),
    "add_transaction": _insertion(client_transaction, "mailbox", "token", "uid", "digest"),
    "remove_transaction": delete(client_transaction).where(
        client_transaction.c.mailbox == bindparam("mailbox"), client_transaction.c.token == bindparam("token")
    ),
    "mailboxes": select(mailbox.c.payload).order_by(mailbox.c.ordinal),
    "folders": select(folder.c.payload).order_by(folder.c.mailbox, folder.c.ordinal),
    "add_mailbox": _insertion(mailbox, "id", "address", "ordinal", "version", "payload"),
    "put_mailbox": update(mailbox)
    .where(mailbox.c.id == bindparam("key"))
    .values(ordinal=bindparam("ordinal"), payload=bindparam("payload")),
    "add_folder": _insertion(folder, "id", "mailbox", "role", "ordinal", "payload"),
}


class Statements:
    """Every statement of one database, each compiled at its first use."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._prepared: dict[Hashable, Prepared] = {}

    def __getitem__(self, name: str) -> Prepared:
        """One of the fixed statements."""
        return self.shaped(name, lambda: STATEMENTS[name])

    def shaped(self, shape: Hashable, build: Callable[[], ClauseElement]) -> Prepared:
        """The statement of this shape, built if it was never asked for before."""
        prepared = self._prepared.get(shape)
        if prepared is None:
            prepared = self._prepared[shape] = Prepared(build(), self._dialect)
        return prepared
