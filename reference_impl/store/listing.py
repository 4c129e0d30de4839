"""Listings: a query as SQL over the indexed columns, and its matches in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, select, union_all

from reference_impl.domain.acts import Order, Query
from reference_impl.domain.items import Item, TimeSlot
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


def listing(unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query) -> tuple[tuple[Item, ...], int]:
    """The asked slice of the matches and their total number.

    Without ``query.keep`` the database counts and slices; with it, each row is read once, in order.
    """
    rows = _selection(mailbox_id, folder_id, query)
    if query.keep is None:
        statement = rows.offset(query.offset)
        if query.limit is not None:
            statement = statement.limit(query.limit)
        found = tuple(decode(KINDS[kind], text) for kind, text in unit.connection.execute(statement))
        if query.offset == 0 and (query.limit is None or len(found) < query.limit):
            return found, len(found)
        counting = select(func.count()).select_from(rows.order_by(None).subquery())
        return found, int(unit.connection.execute(counting).scalar_one())
    matches: list[Item] = []
    for kind, text in unit.connection.execute(rows):
        match: Item = decode(KINDS[kind], text)
        if query.keep(match):
            matches.append(match)
    last = None if query.limit is None else query.offset + query.limit
    return tuple(matches[query.offset : last]), len(matches)


def _selection(mailbox_id: str, folder_id: str | None, query: Query) -> Select[Any]:
    rows = select(item).where(item.c.mailbox == mailbox_id)
    if folder_id is not None:
        rows = rows.where(item.c.folder == folder_id)
    if query.calendar_items is not None:
        rows = rows.where(item.c.kind == EVENT if query.calendar_items else item.c.kind != EVENT)
    found = rows.subquery() if query.window is None else _overlapping(rows, query.window).subquery()
    keys = [
        found.c[column].desc() if descending else found.c[column].asc()
        for column, descending in ((_COLUMNS[order], descending) for order, descending in query.order)
    ]
    return select(found.c.kind, found.c.payload).order_by(*keys, found.c.serial.asc())


def _overlapping(rows: Select[Any], window: TimeSlot) -> CompoundSelect[Any]:
    """Those of the rows that are calendar items, end after the window's start and start before its end.

    Each length class is a search of its own, of only those starts from which it can still reach the window: what is
    long over costs nothing.
    """
    start, end = moment(window.start), moment(window.end)
    return union_all(
        *(
            rows.where(
                item.c.span == index,
                item.c.start >= start - bound // MICROSECOND,
                item.c.start < end,
                item.c.end > start,
            )
            for index, bound in enumerate(SPANS)
        )
    )
