"""Deleted items that can be got back: each stays in its folder, apart from everything that is not deleted."""

from __future__ import annotations

from reference_impl.domain.items import Item
from reference_impl.store.codec import decode, encode
from reference_impl.store.columns import KINDS, kind_of
from reference_impl.store.execution import Execution


class Recoverable:
    """The recoverable items of one unit of work; what hangs on them is kept as long as they are."""

    def __init__(self, run: Execution) -> None:
        self._run = run

    def keep(self, item: Item, number: int, folder: int, serial: int) -> None:
        """Take in a deleted item, with the number that it had and that of its deletion."""
        places = {"number": number, "folder": folder, "serial": serial}
        self._run("add_recoverable", **places, id=item.id, kind=kind_of(item), payload=encode(item))

    def item(self, item_id: str) -> Item:
        """The item with this id, which there is."""
        kind, payload = self._run("recoverable", id=item_id).fetchone()
        return decode(KINDS[kind], payload)

    def count(self, folder: int) -> int:
        """How many there are in a folder."""
        return int(self._run("count_recoverable", folder=folder).fetchone()[0])

    def forget(self, folder: int) -> list[Item]:
        """Those of a folder, which are gone for good."""
        rows = self._run("recoverable_in", folder=folder).fetchall()
        items: list[Item] = [decode(KINDS[kind], payload) for kind, payload in rows]
        self._run("forget_recoverable", folder=folder)
        return items
