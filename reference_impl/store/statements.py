"""The statements of the store, compiled to text once per database."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.store.schema import (
    change_log,
    client_transaction,
    content,
    folder,
    item,
    mailbox,
    outbox,
    recoverable,
    setting,
)


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


_MOST = 1000
"""Statements kept; restrictions come in any shape, and there is no end of them."""

_ITEM_COLUMNS = tuple(column.name for column in item.columns)
_LOG_COLUMNS = tuple(column.name for column in change_log.columns)
_LIMIT = bindparam("limit", type_=BigInteger)
_NONE: ColumnElement[int] = literal_column("0")  # SQLite has no limit without an offset, and a number would be bound
_LATER = change_log.alias("later")
_ENTRY = select(*(column for column in change_log.columns if column.name != "mailbox"))


def _adjustment(name: str) -> ClauseElement:
    """A change of a folder's numbers."""
    counters = {counter: folder.c[counter] + bindparam(counter) for counter in ("total", "unread", "associated")}
    statement: ClauseElement = update(folder).where(folder.c.id == bindparam(name)).values(counters)
    return statement


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
    "log": _insertion(change_log, *_LOG_COLUMNS),
    "changes_since": select(change_log.c.fields)
    .where(
        change_log.c.mailbox == bindparam("mailbox"),
        change_log.c.item == bindparam("item"),
        change_log.c.version > bindparam("version"),
    )
    .order_by(change_log.c.version),
    "entries_since": _ENTRY.where(
        change_log.c.mailbox == bindparam("mailbox"), change_log.c.version > bindparam("version")
    )
    .order_by(change_log.c.version)
    .limit(_LIMIT)
    .offset(_NONE),
    "entries_of_folder": _ENTRY.where(
        change_log.c.mailbox == bindparam("mailbox"),
        change_log.c.folder == bindparam("folder"),
        change_log.c.version > bindparam("version"),
    )
    .order_by(change_log.c.version)
    .limit(_LIMIT)
    .offset(_NONE),
    "last_entries": _ENTRY.where(
        change_log.c.mailbox == bindparam("mailbox"),
        change_log.c.folder == bindparam("folder"),
        change_log.c.item != literal_column("''"),
        change_log.c.version > bindparam("version"),
        change_log.c.version <= bindparam("until"),
        ~exists().where(
            _LATER.c.mailbox == change_log.c.mailbox,
            _LATER.c.item == change_log.c.item,
            _LATER.c.version > change_log.c.version,
            _LATER.c.version <= bindparam("until"),
        ),
    )
    .order_by(change_log.c.version)
    .limit(_LIMIT)
    .offset(_NONE),
    "entries_of_item": _ENTRY.where(
        change_log.c.mailbox == bindparam("mailbox"),
        change_log.c.item == bindparam("item"),
        change_log.c.version > bindparam("version"),
        change_log.c.version <= bindparam("until"),
    ).order_by(change_log.c.version),
    "version": select(mailbox.c.version).where(mailbox.c.id == bindparam("mailbox")),
    "items_after": select(item.c.serial, item.c.kind, item.c.payload)
    .where(
        item.c.mailbox == bindparam("mailbox"),
        item.c.folder == bindparam("folder"),
        item.c.serial > bindparam("serial"),
    )
    .order_by(item.c.serial)
    .limit(_LIMIT)
    .offset(_NONE),
    "items_before": select(item.c.serial, item.c.kind, item.c.payload)
    .where(
        item.c.mailbox == bindparam("mailbox"),
        item.c.folder == bindparam("folder"),
        item.c.serial < bindparam("serial"),
    )
    .order_by(item.c.serial.desc())
    .limit(_LIMIT)
    .offset(_NONE),
    "recoverable": select(recoverable.c.kind, recoverable.c.payload).where(
        recoverable.c.id == bindparam("id"), recoverable.c.mailbox == bindparam("mailbox")
    ),
    "recoverable_in": select(recoverable.c.kind, recoverable.c.payload)
    .where(recoverable.c.mailbox == bindparam("mailbox"), recoverable.c.folder == bindparam("folder"))
    .order_by(recoverable.c.serial),
    "count_recoverable": select(func.count())
    .select_from(recoverable)
    .where(recoverable.c.mailbox == bindparam("mailbox"), recoverable.c.folder == bindparam("folder")),
    "add_recoverable": _insertion(recoverable, *(column.name for column in recoverable.columns)),
    "forget_recoverable": delete(recoverable).where(
        recoverable.c.mailbox == bindparam("mailbox"), recoverable.c.folder == bindparam("folder")
    ),
    "counts": select(folder.c.total, folder.c.unread, folder.c.associated).where(folder.c.id == bindparam("folder")),
    "adjust_folder": _adjustment("key"),
    "content": select(content.c.data).where(content.c.digest == bindparam("digest")),
    "content_uses": select(content.c.uses).where(content.c.digest == bindparam("digest")),
    "add_content": _insertion(content, "digest", "uses", "data"),
    "use_content": update(content)
    .where(content.c.digest == bindparam("key"))
    .values(uses=content.c.uses + bindparam("more")),
    "drop_content": delete(content).where(
        content.c.digest == bindparam("digest"), content.c.uses <= literal_column("0")
    ),
    "setting": select(setting.c.payload).where(
        setting.c.mailbox == bindparam("mailbox"), setting.c.name == bindparam("key")
    ),
    "add_setting": insert(setting).values(
        mailbox=bindparam("mailbox"), name=bindparam("key"), payload=bindparam("payload")
    ),
    "remove_setting": delete(setting).where(
        setting.c.mailbox == bindparam("mailbox"), setting.c.name == bindparam("key")
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
    "add_folder": _insertion(folder, *(column.name for column in folder.columns)),
    "put_folder": update(folder).where(folder.c.id == bindparam("key")).values(payload=bindparam("payload")),
    "remove_folder": delete(folder).where(folder.c.id == bindparam("id")),
    "next_ordinal": select(func.coalesce(func.max(folder.c.ordinal), literal_column("0")) + literal_column("1")).where(
        folder.c.mailbox == bindparam("mailbox")
    ),
}


class Statements:
    """Every statement of one database, each compiled when it is used and not at hand."""

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
            if len(self._prepared) >= _MOST:
                self._prepared.clear()
            prepared = self._prepared[shape] = Prepared(build(), self._dialect)
        return prepared
