"""Listings: the part of a query's matches that is asked for, and how many matches there are.

What is held in memory are the items of that part. An order that the database does not know needs, besides, one key for
every match up to the end of the part.
"""

from __future__ import annotations

import heapq
from fractions import Fraction
from itertools import islice

from reference_impl.domain.items import Item
from reference_impl.domain.queries import Page, Query, Seek
from reference_impl.store.ranking import numbered_ranking
from reference_impl.store.rows import Rows
from reference_impl.store.tally import Tally
from reference_impl.store.unit import UnitOfWork
from reference_impl.store.windows import in_window


def listing(unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query) -> Page:
    """A slice of the matches, in order, and their number."""
    if query.window is not None:
        assert folder_id is not None, "a window is one of a folder"
        return in_window(unit, folder_id, query, query.window)
    rows = Rows(unit, mailbox_id, folder_id, query)
    page = _in_order(rows, query) if rows.is_ordered else _ranked(rows, query)
    return Page(page.items[::-1], page.total, page.offset) if query.backwards else page


def _in_order(rows: Rows, query: Query) -> Page:
    """The slice where the database knows the order."""
    offset = query.offset
    if isinstance(offset, Fraction):
        offset = int(rows.total() * offset)
    elif isinstance(offset, Seek):
        offset = _position(rows, offset)
    if query.keep is None:
        found = rows.part(offset, query.limit)
        reaches_end = query.limit is None or len(found) < query.limit
        is_told = reaches_end and (found or not offset)
        return Page(found, offset + len(found) if is_told else rows.total(), offset)
    matches = Tally(item for _, item in rows.in_order())
    last = None if query.limit is None else offset + query.limit
    kept = tuple(islice(matches, offset, last))
    return Page(kept, matches.all(), offset)


def _position(rows: Rows, seek: Seek) -> int:
    """How many matches come before the first of which it holds; all of them where it holds of none."""
    position = 0
    for _, item in rows.in_order():
        if seek.holds(item):
            break
        position += 1
    return position


def _ranked(rows: Rows, query: Query) -> Page:
    """The slice where the order is told from the items: the ranks up to its end are kept, and its items read again."""
    rank = numbered_ranking(query)
    offset = query.offset
    if isinstance(offset, Fraction):
        offset = int(rows.total() * offset)
    elif isinstance(offset, Seek):
        holds = offset.holds
        first = min((rank(match) for match in rows.by_arrival() if holds(match[1])), default=None)
        offset = sum(1 for match in rows.by_arrival() if first is None or rank(match) < first)
    matches = Tally(rows.by_arrival())
    keys = ((rank(match), match[1].id) for match in matches)
    first_keys = sorted(keys) if query.limit is None else heapq.nsmallest(offset + query.limit, keys)
    found: tuple[Item, ...] = tuple(rows.item(item_id) for _, item_id in first_keys[offset:])
    return Page(found, matches.count, offset)
