"""Listings: a query as SQL over the indexed columns, and its matches in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from reference_impl.domain.acts import Order, Query
from reference_impl.domain.items import Item, TimeSlot
from reference_impl.store.codec import decode
from reference_impl.store.schema import MICROSECOND, SPANS, item, moment
from reference_impl.store.unit import EVENT, KINDS, UnitOfWork

_COLUMNS: Mapping[Order, ColumnElement[Any]] = {
    Order.START: item.c.start,
    Order.SUBJECT: item.c.subject,
    Order.CREATED: item.c.created,
    Order.MODIFIED: item.c.modified,
    Order.RECEIVED: item.c.received,
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
    statement = select(item.c.kind, item.c.payload).where(item.c.mailbox == mailbox_id)
    if folder_id is not None:
        statement = statement.where(item.c.folder == folder_id)
    if query.window is not None:
        statement = statement.where(_overlapping(query.window))
    elif query.calendar_items is not None:
        statement = statement.where(item.c.kind == EVENT if query.calendar_items else item.c.kind != EVENT)
    if query.window is not None and query.calendar_items is False:
        statement = statement.where(item.c.kind != EVENT)
    keys = [_COLUMNS[order].desc() if descending else _COLUMNS[order].asc() for order, descending in query.order]
    return statement.order_by(*keys, item.c.serial.asc())


def _overlapping(window: TimeSlot) -> ColumnElement[bool]:
    """Calendar items that end after the window's start and start before its end.

    Each length class reads only the starts from which it can still reach the window, so old items cost nothing.
    """
    start, end = moment(window.start), moment(window.end)
    return and_(
        item.c.end > start,
        or_(
            *(
                and_(item.c.span == index, item.c.start > start - bound // MICROSECOND - 1, item.c.start < end)
                for index, bound in enumerate(SPANS)
            )
        ),
    )
