"""What a mailbox's change log tells: every write to an item or a folder, in order, each with a number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reference_impl.domain.recurrence import Recurrence


class Change(StrEnum):
    """What happened."""

    CREATED = "created"
    DELIVERED = "delivered"  # a message arrived
    COPIED = "copied"  # made as a copy of another item
    MOVED_IN = "moved_in"  # came from another folder, under a new id
    CHANGED = "changed"
    REMOVED = "removed"
    MOVED_OUT = "moved_out"  # went to another folder, where it has a new id
    FOLDER_CREATED = "folder_created"
    FOLDER_CHANGED = "folder_changed"
    FOLDER_MOVED = "folder_moved"
    FOLDER_REMOVED = "folder_removed"


ADDED = frozenset({Change.CREATED, Change.DELIVERED, Change.COPIED, Change.MOVED_IN})
"""The changes after which a folder has an item more."""
GONE = frozenset({Change.REMOVED, Change.MOVED_OUT})
"""The changes after which a folder has an item less."""
OF_FOLDERS = frozenset({Change.FOLDER_CREATED, Change.FOLDER_CHANGED, Change.FOLDER_MOVED, Change.FOLDER_REMOVED})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a copied or moved item came from, or where a moved one went: the other item and its folder.

    Of a folder these are its parent as it is and as it was.
    """

    item: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a mailbox's log. ``item`` is empty where a folder changed.

    ``fields`` names the changed attributes; those of an occurrence are written ``YYYY-MM-DD/name``. ``other`` is the
    item that the entry's item was copied or moved from, or moved to; of a folder it names its parents. ``lasting`` is
    the id that the item began with. ``former`` is the recurrence of a series that is gone or now has another one.
    """

    version: int
    time: datetime
    change: Change
    item: str
    folder: str
    fields: frozenset[str] = frozenset()
    other: Origin = Origin()
    lasting: str = ""
    former: Recurrence | None = None
