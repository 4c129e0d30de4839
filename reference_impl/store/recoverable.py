"""Deleted items that can be got back: each stays in its folder, apart from everything that is not deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder
from reference_impl.store.codec import decode, encode
from reference_impl.store.columns import KINDS, kind_of


class Recoverable:
    """The recoverable items of one unit of work; what hangs on them is kept as long as they are."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run = run

    def keep(self, item: Item, serial: int) -> None:
        """Take in a deleted item under the number of its deletion."""
        places = {"id": item.id, "mailbox": item.mailbox_id, "folder": item.folder_id}
        self._run("add_recoverable", **places, serial=serial, kind=kind_of(item), payload=encode(item))

    def item(self, mailbox_id: str, item_id: str) -> Item:
        """The item with this id, which there is."""
        kind, payload = self._run("recoverable", id=item_id, mailbox=mailbox_id).fetchone()
        return decode(KINDS[kind], payload)

    def count(self, folder: Folder) -> int:
        """How many there are in a folder."""
        return int(self._run("count_recoverable", mailbox=folder.mailbox_id, folder=folder.id).fetchone()[0])

    def forget(self, folder: Folder) -> list[Item]:
        """Those of a folder, which are gone for good."""
        places = {"mailbox": folder.mailbox_id, "folder": folder.id}
        items = [decode(KINDS[kind], payload) for kind, payload in self._run("recoverable_in", **places).fetchall()]
        self._run("forget_recoverable", **places)
        return items
