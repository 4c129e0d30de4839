"""The stored items that a query is about, outside of windows: counted, and read one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reference_impl.domain.items import Item
from reference_impl.domain.queries import Order, Query, Shelf
from reference_impl.store.codec import decode, decode_once
from reference_impl.store.columns import KINDS
from reference_impl.store.schema import NEVER
from reference_impl.store.selection import Shape, columns_of, constants, counting, outline, place_of, rows
from reference_impl.store.unit import UnitOfWork

Numbered = tuple[int, Item]
"""An item with its serial number, which tells the order of arrival."""


class Rows:
    """The rows of one query. However many there are, no more than a few are held at once."""

    def __init__(self, unit: UnitOfWork, mailbox_id: str, folder_id: str | None, query: Query) -> None:
        self._unit = unit
        self._mailbox = mailbox_id
        self._folder = folder_id
        self._query = query
        self._shape = Shape(
            in_folder=folder_id is not None,
            shelf=query.shelf,
            calendar_items=query.calendar_items,
            where=None if query.where is None else outline(query.where),
        )
        known = {} if query.where is None else constants(query.where)
        self._values: Mapping[str, object] = place_of(unit, mailbox_id, folder_id) | known

    @property
    def is_ordered(self) -> bool:
        """Whether the database knows the order that the query asks for."""
        is_known = all(isinstance(key, Order) for key, _ in self._query.order)
        return is_known and (self._query.shelf is not Shelf.RECOVERABLE or not self._query.order)

    def total(self) -> int:
        """The number of matches: counted in the database where no item has to be looked at."""
        if self._query.keep is not None:
            return sum(1 for _ in self.by_arrival())
        if self._is_whole_folder:
            return self._unit.size(self._unit.directory.folders[self._folder or ""], self._query.shelf)
        found = self._unit.run_shaped(("count", self._shape), lambda: counting(self._shape), self._values)
        return int(found.fetchone()[0])

    @property
    def _is_whole_folder(self) -> bool:
        is_narrowed = self._query.where is not None or self._query.calendar_items is not None
        return self._folder is not None and not is_narrowed

    def by_arrival(self) -> Iterator[Numbered]:
        """Every match in the order of arrival."""
        return self._matches(self._shape)

    def in_order(self) -> Iterator[Numbered]:
        """Every match in the order that the query asks for, which the database knows; backwards if it says so."""
        return self._matches(self._ordered)

    def part(self, offset: int, limit: int | None) -> tuple[Item, ...]:
        """Some rows in the order of ``in_order``, where every row is a match."""
        shape = self._ordered
        values = {**self._values, "offset": offset, "limit": NEVER if limit is None else limit}
        found = self._unit.run_shaped(shape, lambda: rows(shape), values).fetchall()
        return tuple(decode(KINDS[kind], payload) for _, kind, payload in found)

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

    def _matches(self, shape: Shape) -> Iterator[Numbered]:
        values = {**self._values, "offset": 0, "limit": NEVER}
        keep = self._query.keep
        for serial, kind, payload in self._unit.rows(shape, lambda: rows(shape), values):
            found = decode_once(KINDS[kind], payload)
            if keep is None or keep(found):
                yield int(serial), found
