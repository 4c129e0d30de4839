"""The stored items that a query is about, outside of windows: counted, and read one after the other."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Any

from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder
from reference_impl.domain.queries import Order, Query, Shelf
from reference_impl.store.codec import decode_at, decode_once
from reference_impl.store.columns import KINDS
from reference_impl.store.ranking import Numbered, numbered_ranking
from reference_impl.store.schema import NEVER
from reference_impl.store.selection import Shape, columns_of, constants, counting, outline, rows
from reference_impl.store.unit import UnitOfWork


class Rows:
    """The rows of one query. However many there are, no more than a few of each folder are held at once."""

    def __init__(self, unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query) -> None:
        self._unit = unit
        self._mailbox = mailbox_id
        self._query = query
        self._folders = self._places(folder_id)
        self._shape = Shape(
            shelf=query.shelf,
            calendar_items=query.calendar_items,
            where=None if query.where is None else outline(query.where),
        )
        self._constants = {} if query.where is None else constants(query.where)

    @property
    def is_ordered(self) -> bool:
        """Whether the database knows the order that the query asks for."""
        is_known = all(isinstance(key, Order) for key, _ in self._query.order)
        return is_known and (self._query.shelf is not Shelf.RECOVERABLE or not self._query.order)

    def total(self) -> int:
        """The number of matches: told by counters, or counted in the database, where no item has to be looked at."""
        if self._query.keep is not None:
            return sum(1 for _ in self.by_arrival())
        return sum(map(self._count, self._folders))

    def _places(self, folder_id: str | None) -> tuple[Folder, ...]:
        """The folder, or those of the mailbox in which there is something."""
        directory = self._unit.directory
        if folder_id is not None:
            return (directory.folders[folder_id],)
        return tuple(folder for folder in directory.folders_of.get(self._mailbox, ()) if self._held(folder))

    def _held(self, folder: Folder) -> int:
        """How many items a folder has of which a condition may hold."""
        if self._query.shelf is Shelf.RECOVERABLE:
            return self._unit.recoverable.count(self._unit.folder_number(folder.id))
        held = self._unit.share(folder)
        if self._query.shelf is Shelf.ASSOCIATED:
            return held.associated
        return {None: held.total, True: held.events, False: held.messages}[self._query.calendar_items]

    def _count(self, folder: Folder) -> int:
        if self._shape.where is None:
            return self._held(folder)
        shape = self._in(folder, self._shape)
        found = self._unit.run_shaped(("count", shape), lambda: counting(shape), self._values(folder))
        return int(found.fetchone()[0])

    def by_arrival(self) -> Iterator[Numbered]:
        """Every match in the order of arrival."""
        return heapq.merge(*(self._matches(self._shape, folder) for folder in self._folders), key=itemgetter(0))

    def in_order(self, limit: int | None = None) -> Iterator[Numbered]:
        """The matches, or so many of them at least, in the order of the query, which the database knows.

        The last ones come first where the query goes backwards.
        """
        shape = self._ordered
        found = [self._matches(shape, folder, limit) for folder in self._folders]
        return heapq.merge(*found, key=numbered_ranking(self._query)) if len(found) != 1 else found[0]

    def part(self, offset: int, limit: int | None) -> tuple[Item, ...]:
        """Some rows in the order of ``in_order``, where every row is a match."""
        if len(self._folders) != 1:
            last = None if limit is None else offset + limit
            return tuple(item for _, item in islice(self.in_order(last), offset, last))
        shape = self._in(self._folders[0], self._ordered)
        values = {**self._values(*self._folders), "offset": offset, "limit": NEVER if limit is None else limit}
        found = self._unit.run_shaped(shape, lambda: rows(shape), values).fetchall()
        folder = values["folder"]
        return tuple([decode_at((folder, serial), KINDS[kind], payload) for serial, kind, payload in found])

    def item(self, item_id: str) -> Item:
        """One of the items again."""
        if self._query.shelf is Shelf.RECOVERABLE:
            return self._unit.recoverable.item(item_id)
        found = self._unit.item(self._mailbox, item_id)
        assert found is not None, "an item that is gone within one unit of work"
        return found

    @property
    def _ordered(self) -> Shape:
        known: Any = self._query.order  # Orders only, see is_ordered
        return self._shape._replace(order=columns_of(known), backwards=self._query.backwards)

    def _in(self, folder: Folder, shape: Shape) -> Shape:
        """The shape in a folder: where that has nothing but calendar items, the database is told so.

        It knows the order of calendar items by their begin.
        """
        needs_no_index = not shape.order and shape.where is None
        if needs_no_index or shape.calendar_items is not None or shape.shelf is not Shelf.NORMAL:
            return shape
        held = self._unit.share(folder)
        return shape._replace(calendar_items=True) if held.events == held.total else shape

    def _values(self, folder: Folder) -> dict[str, object]:
        return {"folder": self._unit.folder_number(folder.id), **self._constants}

    def _matches(self, shape: Shape, folder: Folder, limit: int | None = None) -> Iterator[Numbered]:
        """The matches in a folder, or those among so many rows."""
        shape = self._in(folder, shape)
        values = {**self._values(folder), "offset": 0, "limit": NEVER if limit is None else limit}
        keep = self._query.keep
        for serial, kind, payload in self._unit.rows(shape, lambda: rows(shape), values):
            found = decode_once(KINDS[kind], payload)
            if keep is None or keep(found):
                yield int(serial), found
