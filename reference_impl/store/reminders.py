"""The calendar items of a folder that remind in a span of time, by an index of when they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, literal_column, or_, select

from reference_impl.domain.items import CalendarItem
from reference_impl.domain.mailbox import Folder
from reference_impl.store.codec import decode
from reference_impl.store.columns import EVENT, SERIES
from reference_impl.store.schema import NEVER, REMINDS, item, moment, time_of
from reference_impl.store.unit import UnitOfWork


def reminding_items(
    unit: UnitOfWork,
    folder: Folder,
    begin: datetime | None,
    end: datetime | None,
    *,
    over: datetime | None = None,
    limit: int,
) -> tuple[CalendarItem, ...]:
    """The single items that remind from ``begin`` to ``end``, both included, in that order.

    With ``over`` they are those only that end by then.
    """
    return tuple(event for _, event in _read(unit, EVENT, folder, begin, end, over, limit))


def reminding_series(
    unit: UnitOfWork, folder: Folder, begin: datetime | None, end: datetime | None
) -> Iterator[tuple[datetime, CalendarItem]]:
    """The masters of series that may remind in that span, each with a moment before which it does not, by that moment.

    Series that are over before the span may not, unless their next reminder was put off into it.
    """
    return _read(unit, SERIES, folder, begin, end, None, NEVER)


def _read(
    unit: UnitOfWork,
    kind: str,
    folder: Folder,
    begin: datetime | None,
    end: datetime | None,
    over: datetime | None,
    limit: int,
) -> Iterator[tuple[datetime, CalendarItem]]:
    values = {
        "folder": unit.folder_number(folder.id),
        "begin": -NEVER if begin is None else moment(begin),
        "end": NEVER - 1 if end is None else moment(end),
        "over": NEVER if over is None else moment(over),
        "limit": limit,
    }
    for remind, payload in unit.rows(("reminders", kind), lambda: _statement(kind), values):
        yield time_of(int(remind)), decode(CalendarItem, payload)


def _statement(kind: str) -> Select[Any]:
    rows = select(item.c.remind, item.c.payload).where(
        item.c.folder == bindparam("folder"),
        item.c.kind == literal_column(f"'{kind}'"),
        REMINDS,
        item.c.remind <= bindparam("end"),
        item.c.associated == literal_column("0"),
    )
    is_late_enough = item.c.remind >= bindparam("begin")
    if kind == EVENT:
        rows = rows.where(is_late_enough, item.c.end <= bindparam("over"))
    else:
        rows = rows.where(or_(is_late_enough, item.c.end >= bindparam("begin")))
    rows = rows.order_by(item.c.remind, item.c.serial)
    return rows.limit(bindparam("limit", type_=BigInteger)).offset(literal_column("0"))
