"""Readers: each makes, from a value of an item, the function that writes the value's element."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder
from reference_impl.ews import ids, xml
from reference_impl.ews.view import View


def item_id(element: str, item: Item) -> str:
    """An element with the id and change key of an item."""
    key = ids.change_key(item.version)
    return f'<t:{element} Id="{ids.item_id(item.mailbox_id, item.id)}" ChangeKey="{key}"/>'


def folder_id(element: str, folder: Folder) -> str:
    """An element with the id and change key of a folder."""
    key = ids.change_key(folder.version)
    return f'<t:{element} Id="{ids.folder_id(folder.mailbox_id, folder.id)}" ChangeKey="{key}"/>'


def text(element: str, value: Callable[[Item], str]) -> Callable[[View], str | None]:
    """A reader of plain text; empty text is no value."""

    def read(view: View) -> str | None:
        found = value(view.item)
        return xml.leaf(element, found) if found else None

    return read


def flag(element: str, value: Callable[[Item], bool]) -> Callable[[View], str | None]:
    """A reader of a boolean."""
    return lambda view: xml.leaf(element, bool(value(view.item)))


def time(element: str, value: Callable[[Item], datetime | None]) -> Callable[[View], str | None]:
    """A reader of a moment."""

    def read(view: View) -> str | None:
        moment = value(view.item)
        return None if moment is None else f"<t:{element}>{view.call.time(moment)}</t:{element}>"

    return read
