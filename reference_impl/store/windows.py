"""Listings of a window: single items of which the database knows the order, and the occurrences of series."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Final, NamedTuple

from reference_impl.domain.items import CalendarItem, Item, TimeSlot
from reference_impl.domain.queries import Edge, Order, Page, Query
from reference_impl.domain.series import occurrences
from reference_impl.store.codec import decode_at, decode_once
from reference_impl.store.columns import EVENT, SERIES
from reference_impl.store.ranking import ranking
from reference_impl.store.schema import MICROSECOND, NEVER
from reference_impl.store.selection import Shape, columns_of, counting, in_no_order, reach, rows, sorted_rows
from reference_impl.store.tally import Tally
from reference_impl.store.unit import UnitOfWork


class _Part(NamedTuple):
    """The rows of one kind that overlap the window."""

    unit: UnitOfWork
    shape: Shape
    values: dict[str, int]

    def first(self, limit: int | None) -> tuple[list[CalendarItem], int]:
        """The first of the rows, and the number of all.

        If that are no more than so many, they are all sorted here, else by the database.
        """
        shape, folder, most = self.shape, self.values["folder"], NEVER if limit is None else limit
        values = {**self.values, "limit": most + 1}
        loose = self.unit.run_shaped(("in no order", shape), lambda: in_no_order(shape), values).fetchall()
        if len(loose) <= most:
            found, size = [row[-2:] for row in sorted_rows(loose, shape)], len(loose)
        else:
            values = {**self.values, "offset": 0, "limit": most}
            ordered = self.unit.run_shaped(shape, lambda: rows(shape), values).fetchall()
            found, size = [(serial, payload) for serial, _, payload in ordered], self.size()
        return [decode_at((folder, serial), CalendarItem, payload) for serial, payload in found], size

    def in_order(self) -> Iterator[CalendarItem]:
        """The rows one after the other, in order."""
        values = {**self.values, "offset": 0, "limit": NEVER}
        for _, _, payload in self.unit.rows(self.shape, lambda: rows(self.shape), values):
            yield decode_once(CalendarItem, payload)

    def loose(self) -> Iterator[CalendarItem]:
        """The rows one after the other, in no order."""
        shape, values = self.shape, {**self.values, "limit": NEVER}
        for *_, payload in self.unit.rows(("in no order", shape), lambda: in_no_order(shape), values):
            yield decode_once(CalendarItem, payload)

    def size(self) -> int:
        """The number of the rows."""
        shape = self.shape._replace(order=())
        return int(self.unit.run_shaped(("count", shape), lambda: counting(shape), self.values).fetchone()[0])


def in_window(unit: UnitOfWork, folder_id: str, query: Query, window: TimeSlot) -> Page:
    """A slice of what overlaps a window, series as their occurrences, and the number of all that does.

    In memory are the first items of both sorts up to the end of the slice.
    """
    offset = query.offset
    assert isinstance(offset, int), "a window is sliced by numbers"
    place = {"folder": unit.folder_number(folder_id)}
    values = place | reach(window, query.edge)
    whole = query.edge if query.edge is Edge.OPEN else Edge.CLOSED  # the last occurrence may be one without length
    series = _Part(unit, Shape(in_window=SERIES), place | reach(window, whole)).loose()
    last = None if query.limit is None else offset + query.limit
    of_series = Tally(_kept(query, _occurrences(series, query.edge, window)))
    known: Any = query.order
    if not all(isinstance(key, Order) for key, _ in query.order):
        singles = _Part(unit, Shape(in_window=EVENT), values)
        matches = Tally(chain(_kept(query, singles.loose()), of_series))
        found = _first(last, matches, query)
        return Page(tuple(found[offset:]), matches.count, offset)
    singles = _Part(unit, Shape(in_window=EVENT, order=columns_of(known)), values)
    occurring = _first(last, of_series, query)
    if query.keep is None:
        events, size = singles.first(last)
        items = tuple(islice(_merged(events, occurring, query), offset, last))
        return Page(items, size + of_series.count, offset)
    kept = Tally(_kept(query, singles.in_order()))
    items = tuple(islice(_merged(kept, occurring, query), offset, last))
    return Page(items, kept.all() + of_series.count, offset)


def occurring(unit: UnitOfWork, folder_id: str, window: TimeSlot) -> Iterator[CalendarItem]:
    """The occurrences in a window of the series of a folder, one series after the other."""
    values = {"folder": unit.folder_number(folder_id)} | reach(window, Edge.OPEN)
    series = _Part(unit, Shape(in_window=SERIES), values)
    return _occurrences(sorted(series.loose(), key=_arrival), Edge.OPEN, window)


def _occurrences(series: Iterable[CalendarItem], edge: Edge, window: TimeSlot) -> Iterator[CalendarItem]:
    slot = window if edge is Edge.OPEN else TimeSlot(window.start - MICROSECOND, window.end)
    for master in series:
        for occurrence in occurrences(master, slot):
            if edge is not Edge.POINTS or occurrence.end > window.start or occurrence.start >= window.start:
                yield occurrence


def _kept(query: Query, found: Iterator[Item]) -> Iterator[Item]:
    return found if query.keep is None else filter(query.keep, found)


def _first(last: int | None, found: Iterator[Item], query: Query) -> list[Item]:
    """The first of the found by the query's order; where that does not tell, by start, singles first, by arrival."""
    rank = ranking((*query.order, (Order.START, False), (_occurs, False), (_arrival, False)))
    return sorted(found, key=rank) if last is None else heapq.nsmallest(last, found, key=rank)


_arrival: Final = attrgetter("arrival")


def _occurs(item: Any) -> bool:
    return item.series_id is not None


def _merged(singles: Any, occurring: list[Item], query: Query) -> Iterator[Item]:
    if not occurring or not singles:
        return iter(singles or occurring)
    return heapq.merge(singles, occurring, key=ranking(query.order))
