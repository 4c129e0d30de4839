"""Readers: each makes, from a value of an item, the function that writes the value's element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder
from reference_impl.ews import ids, xml
from reference_impl.ews.fields.model import Reader
from reference_impl.ews.view import View

_LASTING: Final[set[Reader]] = set()


def lasting(read: Reader) -> Reader:
    """A reader that looks at nothing but the item and how the call writes: what it wrote holds for ever."""
    _LASTING.add(read)
    return read


def is_lasting(read: Reader) -> bool:
    """Whether a reader is one of those."""
    return read in _LASTING


def item_id(element: str, item: Item) -> str:
    """An element with the id and change key of an item."""
    key = ids.change_key(item.version)
    return f'<t:{element} Id="{ids.item_id(item.mailbox_id, item.id)}" ChangeKey="{key}"/>'


def folder_id(element: str, folder: Folder) -> str:
    """An element with the id and change key of a folder."""
    key = ids.change_key(folder.version)
    return f'<t:{element} Id="{ids.folder_id(folder.mailbox_id, folder.id)}" ChangeKey="{key}"/>'


def text(element: str, value: Callable[[Item], str]) -> Reader:
    """A reader of plain text; empty text is no value."""
    opening, closing = f"<t:{element}>", f"</t:{element}>"

    def read(view: View) -> str | None:
        found = value(view.item)
        if view.found:
            found = view.shown(found)
        return f"{opening}{xml.text(found)}{closing}" if found else None

    return lasting(read)


def word(element: str, words: Mapping[Any, str], value: Callable[[Item], str]) -> Reader:
    """A reader of one of the words of a table."""
    written = {told: xml.leaf(element, told) for told in words.values()}
    return lasting(lambda view: written[value(view.item)])


def flag(element: str, value: Callable[[Item], bool]) -> Reader:
    """A reader of a boolean."""
    true, false = (xml.leaf(element, told) for told in (True, False))
    return lasting(lambda view: true if value(view.item) else false)


def time(element: str, value: Callable[[Item], datetime | None]) -> Reader:
    """A reader of a moment."""
    opening, closing = f"<t:{element}>", f"</t:{element}>"

    def read(view: View) -> str | None:
        moment = value(view.item)
        return None if moment is None else f"{opening}{view.call.time(moment)}{closing}"

    return lasting(read)
