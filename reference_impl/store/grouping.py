"""Grouped listings: rows for groups, each followed by the rows of its items.

What is held in memory are the items of the slice, one entry for each group, and one key for every item up to the end
of the slice.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from reference_impl.domain.queries import Group, GroupedPage, Grouping, Query, Seek
from reference_impl.store.ranking import Numbered, Rank, Reversed, ranking
from reference_impl.store.rows import Rows
from reference_impl.store.unit import UnitOfWork

Ranker = Callable[[Numbered], Rank]


@dataclass(slots=True)
class _Gathered:
    """One group: its place among the groups, the row it begins with, and the rows of items before that."""

    value: Any
    best: tuple[bool, Any]
    size: int = 0
    place: int = 0
    row: int = 0


def grouped(unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query, grouping: Grouping) -> GroupedPage:
    """A slice of the rows, in order, and their number; windows are not grouped."""
    rows = Rows(unit, mailbox_id, folder_id, query)
    groups = _gathered(rows, grouping)
    total = sum(group.size + 1 for group in groups.values())
    rank_of = ranking(query.order)

    def rank(numbered: Numbered) -> Rank:
        serial, item = numbered
        return (groups[grouping.value(item)].place, *rank_of(item), serial)

    before = query.offset
    if isinstance(before, Fraction):
        before = int(total * before)
    elif isinstance(before, Seek):
        before = _sought(rows, groups, before, rank, query, grouping)
    rest = max(total - before, 0)
    size = rest if query.limit is None else min(query.limit, rest)
    first = rest - size if query.backwards else before
    shown = _shown(rows, list(groups.values()), range(first, first + size), rank)
    return GroupedPage(tuple(shown), size, total, before)


def _gathered(rows: Rows, grouping: Grouping) -> dict[Any, _Gathered]:
    """The groups by their values, in order; groups that are alike in the order of their first items."""
    groups: dict[Any, _Gathered] = {}
    for _, item in rows.by_arrival():
        value, aggregate = grouping.value(item), grouping.aggregate(item)
        group = groups.get(value)
        if group is None:
            group = groups[value] = _Gathered(value, (False, 0))
        group.size += 1
        if aggregate is not None:
            ranked = (True, aggregate)
            better = ranked > group.best if grouping.of_greatest else ranked < group.best
            if better or not group.best[0]:
                group.best = ranked
    ordered = sorted(groups.values(), key=lambda group: Reversed(group.best) if grouping.descending else group.best)
    row = 0
    for place, group in enumerate(ordered):
        group.place, group.row = place, row
        row += group.size + 1
    return {group.value: group for group in ordered}


def _sought(
    rows: Rows, groups: dict[Any, _Gathered], seek: Seek, rank: Ranker, query: Query, grouping: Grouping
) -> int:
    """How many rows come before the item at which the slice begins, or behind it."""
    held = (match for match in rows.by_arrival() if seek.holds(match[1]))
    ranked = ((rank(match), grouping.value(match[1])) for match in held)
    total = sum(group.size + 1 for group in groups.values())
    choose = max if query.backwards else min
    found = choose(ranked, key=lambda entry: entry[0], default=None)
    if found is None:
        return total
    first, value = found
    smaller = sum(1 for match in rows.by_arrival() if rank(match) < first)
    row = smaller + groups[value].place + 1  # behind the items before it, and the rows of groups up to its own
    return total - row - 1 if query.backwards else row


def _shown(rows: Rows, groups: list[_Gathered], shown: range, rank: Ranker) -> Iterator[Group]:
    """The groups that have a row among the shown ones, each with those of its items that do."""
    first, end = (sum(_items_before(row, group) for group in groups) for row in (shown.start, shown.stop))
    keys = ((rank(match), match[1].id) for match in rows.by_arrival()) if end > first else iter(())
    items = iter([rows.item(item_id) for _, item_id in heapq.nsmallest(end, keys)[first:]])
    for group in groups:
        count = _items_before(shown.stop, group) - _items_before(shown.start, group)
        if count or group.row in shown:
            yield Group(group.value, group.place, tuple(islice(items, count)))


def _items_before(row: int, group: _Gathered) -> int:
    return min(max(row - group.row - 1, 0), group.size)
