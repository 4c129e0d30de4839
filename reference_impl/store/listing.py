"""Listings: a query as SQL over the indexed columns, and its matches in order.

In a window, series appear as their occurrences; elsewhere as their masters.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
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
from reference_impl.domain.items import CalendarItem, Item, Message, TimeSlot
from reference_impl.domain.series import occurrences
from reference_impl.store.codec import decode
from reference_impl.store.columns import EVENT, KINDS, SERIES
from reference_impl.store.schema import ENDLESS, MICROSECOND, NEVER, SPANS, item, moment
from reference_impl.store.unit import UnitOfWork

_COLUMNS: Mapping[Order, str] = {
    Order.START: "start",
    Order.SUBJECT: "subject",
    Order.CREATED: "created",
    Order.MODIFIED: "modified",
    Order.RECEIVED: "received",
}

_KEYS: Mapping[Order, Callable[[Item], Any]] = {
    Order.START: lambda found: found.start if isinstance(found, CalendarItem) else found.created,
    Order.SUBJECT: lambda found: found.subject.casefold(),
    Order.CREATED: lambda found: found.created,
    Order.MODIFIED: lambda found: found.modified,
    Order.RECEIVED: lambda found: (found.received or found.created) if isinstance(found, Message) else found.created,
}
"""What each column holds, read from an item: occurrences have no row to be ordered by."""

_CALENDAR: tuple[ColumnElement[str], ...] = tuple(literal_column(f"'{kind}'") for kind in (EVENT, SERIES))


class Shape(NamedTuple):
    """What makes one listing's statement differ from another's."""

    in_folder: bool
    in_window: str | None  # the kind of the rows that overlap the window: EVENT or SERIES
    calendar_items: bool | None
    order: tuple[tuple[str, bool], ...]


def listing(unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query) -> tuple[tuple[Item, ...], int]:
    """The asked slice of the matches and their total number.

    Without ``query.keep`` the database counts and slices; with it, each row is read once, in order.
    """
    values: dict[str, object] = {"mailbox": mailbox_id, "folder": folder_id, "offset": 0, "limit": NEVER}
    last = None if query.limit is None else query.offset + query.limit
    if query.window is None:
        shape = _shape(folder_id, query, None)
        if query.keep is not None:
            matches = [match for match in _read(unit, shape, values) if query.keep(match)]
            return tuple(matches[query.offset : last]), len(matches)
        values["offset"] = query.offset
        if query.limit is not None:
            values["limit"] = query.limit
        found = tuple(_read(unit, shape, values))
        if query.offset == 0 and (query.limit is None or len(found) < query.limit):
            return found, len(found)
        return found, _count(unit, shape, values)
    values |= _reach(query.window)
    return _in_window(unit, _shape(folder_id, query, EVENT), values, query, query.window, last)


def _in_window(
    unit: UnitOfWork,
    shape: Shape,
    values: dict[str, object],
    query: Query,
    window: TimeSlot,
    last: int | None,
) -> tuple[tuple[Item, ...], int]:
    """Single items in the database's order, merged with the occurrences of series in the same order."""
    of_series = _ordered(
        (
            occurrence
            for master in _read(unit, shape._replace(in_window=SERIES, order=()), values)
            if isinstance(master, CalendarItem)
            for occurrence in occurrences(master, window)
        ),
        query,
    )
    if query.keep is not None:
        singles = list(_read(unit, shape, values))
        matches = [match for match in _merged(singles, of_series, query) if query.keep(match)]
        return tuple(matches[query.offset : last]), len(matches)
    if last is not None:
        values = values | {"limit": last}
    singles = list(_read(unit, shape, values))
    is_whole = last is None or len(singles) < last
    total = (len(singles) if is_whole else _count(unit, shape, values)) + len(of_series)
    return tuple(islice(_merged(singles, of_series, query), query.offset, last)), total


def _ordered(found: Iterable[CalendarItem], query: Query) -> list[Item]:
    by_start = sorted(found, key=lambda one: one.start)
    ordered: list[Item] = [*by_start]
    for key, descending in reversed(query.order):
        ordered.sort(key=_KEYS[key], reverse=descending)
    return ordered


def _merged(singles: list[Item], of_series: list[Item], query: Query) -> Iterable[Item]:
    if not of_series or not singles:
        return singles or of_series
    return heapq.merge(singles, of_series, key=lambda one: [_Key(_KEYS[key](one), down) for key, down in query.order])


class _Key:
    """A value in ascending or descending order."""

    __slots__ = ("_descending", "_value")

    def __init__(self, value: Any, descending: bool) -> None:
        self._value = value
        self._descending = descending

    def __lt__(self, other: _Key) -> bool:
        less: bool = other._value < self._value if self._descending else self._value < other._value
        return less

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and bool(self._value == other._value)

    __hash__ = None  # type: ignore[assignment]  # only ever compared


def _reach(window: TimeSlot) -> dict[str, object]:
    """The ends of a window, and per length class the earliest start from which an item can still reach it."""
    start = moment(window.start)
    reach: dict[str, object] = {f"reach{index}": start - bound // MICROSECOND for index, bound in enumerate(SPANS)}
    return reach | {"start": start, "end": moment(window.end), f"reach{ENDLESS}": -NEVER}


def _shape(folder_id: str | None, query: Query, in_window: str | None) -> Shape:
    order: dict[str, bool] = {}
    for key, descending in query.order:
        order.setdefault(_COLUMNS[key], descending)
    return Shape(folder_id is not None, in_window, query.calendar_items, tuple(order.items()))


def _read(unit: UnitOfWork, shape: Shape, values: Mapping[str, object]) -> Iterator[Item]:
    for kind, text in unit.run_shaped(shape, lambda: _slice(shape), values).fetchall():
        yield decode(KINDS[kind], text)


def _count(unit: UnitOfWork, shape: Shape, values: Mapping[str, object]) -> int:
    return int(unit.run_shaped(("count", shape), lambda: _counting(shape), values).fetchone()[0])


def _slice(shape: Shape) -> Select[Any]:
    found = _rows(shape)
    keys = [found.c[column].desc() if descending else found.c[column].asc() for column, descending in shape.order]
    rows = select(found.c.kind, found.c.payload).order_by(*keys, found.c.serial.asc())
    return rows.limit(bindparam("limit", type_=BigInteger)).offset(bindparam("offset", type_=BigInteger))


def _counting(shape: Shape) -> Select[Any]:
    return select(func.count()).select_from(_rows(shape))


def _rows(shape: Shape) -> Subquery:
    rows = select(item).where(item.c.mailbox == bindparam("mailbox"), item.c.associated == literal_column("0"))
    if shape.in_folder:
        rows = rows.where(item.c.folder == bindparam("folder"))
    if shape.in_window is not None:
        return _overlapping(rows.where(item.c.kind == literal_column(f"'{shape.in_window}'"))).subquery()
    if shape.calendar_items is not None:
        rows = rows.where(item.c.kind.in_(_CALENDAR) if shape.calendar_items else item.c.kind.not_in(_CALENDAR))
    return rows.subquery()


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
            for index in range(ENDLESS + 1)
        )
    )
