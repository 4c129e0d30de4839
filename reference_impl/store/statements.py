"""The statements of the store, compiled to text once per database."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement

from reference_impl.store.columns import Share
from reference_impl.store.schema import (
    HAD_ANOTHER_ID,
    change_log,
    client_transaction,
    content,
    folder,
    folder_count,
    item,
    mailbox,
    outbox,
    recoverable,
    setting,
)


class Prepared:
    """A statement's text in a database's own language, and how it wants its arguments."""

    __slots__ = ("arrange", "bind", "names", "text", "writes")

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text: str = compiled.string
        self.writes = isinstance(statement, UpdateBase)
        positions: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self.bind: Callable[[Mapping[str, object]], Any] = _binding(positions)
        """Named values in the form and order the text asks for."""
        self.names = tuple(compiled.binds) if positions is None else tuple(positions)
        """The names in the order in which the text has them."""
        self.arrange: Callable[[Sequence[object]], Any] = tuple if positions is not None else self._named
        """Values that come in that order in the form the text asks for."""

    def _named(self, values: Sequence[object]) -> dict[str, object]:
        return dict(zip(self.names, values, strict=True))


def _binding(positions: Sequence[str] | None) -> Callable[[Mapping[str, object]], Any]:
    if positions is None:
        return dict
    if len(positions) < 2:
        return lambda values: tuple(values[name] for name in positions)
    return itemgetter(*positions)


def _insertion(table: Any, *names: str) -> ClauseElement:
    statement: ClauseElement = insert(table).values({name: bindparam(name) for name in names})
    return statement


_MOST = 1000
"""Statements kept; restrictions come in any shape, and there is no end of them."""

_ITEM_COLUMNS = tuple(column.name for column in item.columns)
_LIMIT = bindparam("limit", type_=BigInteger)
_NOUGHT: ColumnElement[int] = literal_column("0")  # a number would be bound
_ONE: ColumnElement[int] = literal_column("1")
_NOTHING: ColumnElement[str] = literal_column("''")
_LATER = change_log.alias("later")
_ENTRY = select(*(column for column in change_log.columns if column.name not in {"mailbox", "item_number"}))
_SINCE = change_log.c.version > bindparam("version")
_UNTIL = change_log.c.version <= bindparam("until")
_OF_MAILBOX = change_log.c.mailbox == bindparam("mailbox")
_OF_COUNTS = folder_count.c.folder == bindparam("folder")
_LATEST = select(folder_count.c.latest).where(_OF_COUNTS).scalar_subquery()
_OF_FOLDER = and_(
    _OF_MAILBOX,
    change_log.c.folder == bindparam("folder"),
    change_log.c.version <= _LATEST,  # nothing of the log is read for a folder in which nothing has changed
    change_log.c.item_number.is_not(None),
)
_NUMBERED = select(item.c.serial, item.c.kind, item.c.payload).where(item.c.folder == bindparam("folder"))


def _highest(number: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.max(number), _NOUGHT)


def _first(statement: Select[Any]) -> ClauseElement:
    """As many rows as are asked for; SQLite knows no limit without an offset."""
    limited: ClauseElement = statement.limit(_LIMIT).offset(_NOUGHT)
    return limited


STATEMENTS: Mapping[str, ClauseElement] = {
    "item": select(item.c.kind, item.c.payload).where(item.c.id == bindparam("id")),
    "item_of_old": select(item.c.kind, item.c.payload).where(HAD_ANOTHER_ID, item.c.lasting == bindparam("lasting")),
    "items_of_uid": select(item.c.kind, item.c.payload)
    .where(item.c.uid == bindparam("uid"), item.c.mailbox == bindparam("mailbox"))
    .order_by(item.c.serial),
    "next_number": select(_highest(change_log.c.item_number) + _ONE).where(change_log.c.item_number.is_not(None)),
    "put_item": update(item)
    .where(item.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in _ITEM_COLUMNS if name not in {"number", "id", "serial", "mailbox"}})
    .returning(item.c.number),
    "remove_item": delete(item).where(item.c.id == bindparam("id")).returning(item.c.number, item.c.unread),
    "number": select(item.c.number).where(item.c.id == bindparam("id")),
    "items_after": _first(_NUMBERED.where(item.c.serial > bindparam("serial")).order_by(item.c.serial)),
    "items_before": _first(_NUMBERED.where(item.c.serial < bindparam("serial")).order_by(item.c.serial.desc())),
    "version": select(_highest(change_log.c.version)).where(_OF_MAILBOX),
    "changes_since": select(change_log.c.fields)
    .where(change_log.c.item_number == bindparam("number"), _SINCE)
    .order_by(change_log.c.version),
    "entries_since": _first(_ENTRY.where(_OF_MAILBOX, _SINCE).order_by(change_log.c.version)),
    "entries_of_folder": _first(_ENTRY.where(_OF_FOLDER, _SINCE).order_by(change_log.c.version)),
    "last_change_in": select(folder_count.c.changed).where(_OF_COUNTS),
    "last_entries": _first(
        _ENTRY.where(
            _OF_FOLDER,
            _SINCE,
            _UNTIL,
            ~exists().where(
                _LATER.c.item_number == change_log.c.item_number,
                _LATER.c.version > change_log.c.version,
                _LATER.c.version <= bindparam("until"),
            ),
        ).order_by(change_log.c.version)
    ),
    "entries_of_item": _ENTRY.where(
        change_log.c.item_number
        == select(_LATER.c.item_number)
        .where(_LATER.c.mailbox == bindparam("mailbox"), _LATER.c.version == bindparam("last"))
        .scalar_subquery(),
        _SINCE,
        _UNTIL,
    ).order_by(change_log.c.version),
    "recoverable": select(recoverable.c.kind, recoverable.c.payload).where(recoverable.c.id == bindparam("id")),
    "recoverable_in": select(recoverable.c.kind, recoverable.c.payload)
    .where(recoverable.c.folder == bindparam("folder"))
    .order_by(recoverable.c.serial),
    "count_recoverable": select(func.count())
    .select_from(recoverable)
    .where(recoverable.c.folder == bindparam("folder")),
    "add_recoverable": _insertion(recoverable, *(column.name for column in recoverable.columns)),
    "forget_recoverable": delete(recoverable).where(recoverable.c.folder == bindparam("folder")),
    "counts": select(*(folder_count.c[name] for name in Share._fields)).where(_OF_COUNTS),
    "adjust_folder": update(folder_count)
    .where(folder_count.c.folder == bindparam("key"))
    .values(
        {name: folder_count.c[name] + bindparam(f"{name}_more") for name in Share._fields}
        | {name: bindparam(name) for name in ("latest", "changed")}
    ),
    "add_count": _insertion(folder_count, *(column.name for column in folder_count.columns)),
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
    "enqueue": _insertion(outbox, "due", "payload"),
    "next_delivery": select(outbox.c.number, outbox.c.payload).where(
        outbox.c.number == select(func.min(outbox.c.number)).where(outbox.c.due <= bindparam("until")).scalar_subquery()
    ),
    "next_due": select(func.min(outbox.c.due)),
    "delivered": delete(outbox).where(outbox.c.number == bindparam("number")),
    "waiting": select(func.count()).select_from(outbox),
    "transaction": select(client_transaction.c.uid, client_transaction.c.digest).where(
        client_transaction.c.mailbox == bindparam("mailbox"), client_transaction.c.token == bindparam("token")
    ),
    "add_transaction": _insertion(client_transaction, "mailbox", "token", "uid", "digest"),
    "remove_transaction": delete(client_transaction).where(
        client_transaction.c.mailbox == bindparam("mailbox"), client_transaction.c.token == bindparam("token")
    ),
    "mailboxes": select(mailbox.c.number, mailbox.c.payload).order_by(mailbox.c.ordinal),
    "next_mailbox": select(_highest(mailbox.c.number) + _ONE),
    "add_mailbox": _insertion(mailbox, *(column.name for column in mailbox.columns)),
    "put_mailbox": update(mailbox)
    .where(mailbox.c.id == bindparam("key"))
    .values(ordinal=bindparam("ordinal"), payload=bindparam("payload")),
    "keep_mailbox": update(mailbox).where(mailbox.c.id == bindparam("key")).values(payload=bindparam("payload")),
    "folders": select(folder.c.number, folder.c.id, folder.c.is_gone, folder.c.payload).order_by(folder.c.number),
    "next_folder": select(_highest(folder.c.number) + _ONE),
    "folder_id": select(folder.c.id).where(folder.c.number == bindparam("number")),
    "add_folder": _insertion(folder, *(column.name for column in folder.columns)),
    "put_folder": update(folder).where(folder.c.id == bindparam("key")).values(payload=bindparam("payload")),
    "remove_folder": update(folder).where(folder.c.id == bindparam("key")).values(is_gone=_ONE, payload=_NOTHING),
    "remove_count": delete(folder_count).where(_OF_COUNTS),
}


INSERTED: Mapping[str, Table] = {"add_item": item, "log": change_log}
"""The tables of rows that are added many at a time, which costs less than one after the other."""


def _inserting(table: Table, count: int) -> ClauseElement:
    """The insertion of so many rows, whose values come row by row in the order of the columns.

    Where a row cannot be added, SQLite keeps those before it, for whoever fails here undoes all that he did.
    """
    rows: list[dict[str, Any]] = [
        {column.name: bindparam(f"{column.name}_{row}") for column in table.columns} for row in range(count)
    ]
    statement: ClauseElement = insert(table).prefix_with("OR FAIL", dialect="sqlite").values(rows)
    return statement


class Statements(dict[Hashable, Prepared]):
    """Every statement in one language of databases by its shape, each compiled when it is used and not at hand."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._dialect = dialect

    def __missing__(self, name: str) -> Prepared:
        """One of the fixed statements, whose shape is its name."""
        return self.shaped(name, lambda: STATEMENTS[name])

    def inserting(self, name: str, count: int) -> Prepared:
        """One that adds so many rows to one of the tables in ``INSERTED``."""
        return self.shaped((name, count), lambda: _inserting(INSERTED[name], count))

    def shaped(self, shape: Hashable, build: Callable[[], ClauseElement]) -> Prepared:
        """The statement of this shape, built if it was never asked for before."""
        prepared = self.get(shape)
        if prepared is None:
            if len(self) >= _MOST:
                self.clear()
            prepared = self[shape] = Prepared(build(), self._dialect)
        return prepared


_LANGUAGES: dict[tuple[str, str], Statements] = {}


def statements_in(dialect: Dialect) -> Statements:
    """The statements in the language of a database, which all databases of this process that speak it share."""
    return _LANGUAGES.setdefault((dialect.name, dialect.paramstyle), Statements(dialect))
