"""Listings: a query as SQL over the indexed columns, and its matches in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from reference_impl.domain.acts import Order, Query
from reference_impl.domain.items import Item
from reference_impl.store.codec import decode
from reference_impl.store.schema import MICROSECOND, SPANS, item, moment
from reference_impl.store.unit import EVENT, KINDS, UnitOfWork

_COLUMNS: Mapping[Order, str] = {
    Order.START: "start",
    Order.SUBJECT: "subject",
    Order.CREATED: "created",
    Order.MODIFIED: "modified",
    Order.RECEIVED: "received",
}


_EVERYTHING = 2**62
_EVENT_TEXT: ColumnElement[str] = literal_column(f"'{EVENT}'")


class Shape(NamedTuple):
    """What makes one listing's statement differ from another's."""

    in_folder: bool
    in_window: bool
    calendar_items: bool | None
    order: tuple[tuple[str, bool], ...]


def listing(unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query) -> tuple[tuple[Item, ...], int]:
    """The asked slice of the matches and their total number.

    Without ``query.keep`` the database counts and slices; with it, each row is read once, in order.
    """
    shape = _shape(folder_id, query)
    values: dict[str, object] = {"mailbox": mailbox_id, "folder": folder_id, "offset": 0, "limit": _EVERYTHING}
    if query.window is not None:
        start = moment(query.window.start)
        values |= {"start": start, "end": moment(query.window.end)}
        values |= {f"reach{index}": start - bound // MICROSECOND for index, bound in enumerate(SPANS)}
    if query.keep is not None:
        matches = [match for match in _read(unit, shape, values) if query.keep(match)]
        last = None if query.limit is None else query.offset + query.limit
        return tuple(matches[query.offset : last]), len(matches)
    values["offset"] = query.offset
    if query.limit is not None:
        values["limit"] = query.limit
    found = tuple(_read(unit, shape, values))
    if query.offset == 0 and (query.limit is None or len(found) < query.limit):
        return found, len(found)
    counted = unit.run_shaped(("count", shape), lambda: _counting(shape), values).fetchone()
    return found, int(counted[0])


def _shape(folder_id: str | None, query: Query) -> Shape:
    order: dict[str, bool] = {}
    for key, descending in query.order:
        order.setdefault(_COLUMNS[key], descending)
    return Shape(folder_id is not None, query.window is not None, query.calendar_items, tuple(order.items()))


def _read(unit: UnitOfWork, shape: Shape, values: Mapping[str, object]) -> Iterator[Item]:
    for kind, text in unit.run_shaped(shape, lambda: _slice(shape), values).fetchall():
        yield decode(KINDS[kind], text)


def _slice(shape: Shape) -> Select[Any]:
    found = _rows(shape)
    keys = [found.c[column].desc() if descending else found.c[column].asc() for column, descending in shape.order]
    rows = select(found.c.kind, found.c.payload).order_by(*keys, found.c.serial.asc())
    return rows.limit(bindparam("limit", type_=BigInteger)).offset(bindparam("offset", type_=BigInteger))


def _counting(shape: Shape) -> Select[Any]:
    return select(func.count()).select_from(_rows(shape))


def _rows(shape: Shape) -> Subquery:
    rows = select(item).where(item.c.mailbox == bindparam("mailbox"))
    if shape.in_folder:
        rows = rows.where(item.c.folder == bindparam("folder"))
    if shape.calendar_items is not None:
        rows = rows.where(item.c.kind == _EVENT_TEXT if shape.calendar_items else item.c.kind != _EVENT_TEXT)
    return _overlapping(rows).subquery() if shape.in_window else rows.subquery()


def _overlapping(rows: Select[Any]) -> CompoundSelect[Any]:
    """Those of the rows that are calendar items, end after the window's start and start before its end.

    Each length class is a search of its own, of only those starts from which it can still reach the window: what is
    long over costs nothing.
    """
    return union_all(
        *(
            rows.where(
                item.c.span == literal_column(str(index)),
                item.c.start >= bindparam(f"reach{index}"),
                item.c.start < bindparam("end"),
                item.c.end > bindparam("start"),
            )
            for index in range(len(SPANS))
        )
    )
