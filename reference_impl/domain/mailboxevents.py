"""What subscribers are told of a mailbox: its change log, entry by entry, as events (DOC mailbox events)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from reference_impl.domain.changelog import OF_FOLDERS, Change, Entry


class MailboxEventKind(StrEnum):
    """What an event tells of an item or a folder."""

    CREATED = "created"
    DELETED = "deleted"
    MODIFIED = "modified"
    MOVED = "moved"
    COPIED = "copied"
    NEW_MAIL = "new_mail"
    FREE_BUSY_CHANGED = "free_busy_changed"


class Watermark(NamedTuple):
    """A place in a mailbox's events: an entry of its log, and the last of that entry's events that counts as told."""

    version: int
    part: int


WHOLE: Final = 255
"""The part of a watermark behind everything that an entry tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxEvent:
    """One event. ``subject`` is the id of an item or a folder, ``parent`` that of the folder it is in.

    The subject of a move or copy has ``former`` and ``former_parent``: what it was, or what it was made from.
    """

    kind: MailboxEventKind
    watermark: Watermark
    time: datetime
    subject: str
    is_folder: bool = False
    parent: str
    former: str = ""
    former_parent: str = ""

    def is_in(self, folders: frozenset[str]) -> bool:
        """Whether the event concerns one of these folders: itself, or what is or was in it."""
        return self.parent in folders or self.former_parent in folders or (self.is_folder and self.subject in folders)


_OF_ITEMS: Final[Mapping[Change, tuple[MailboxEventKind, ...]]] = {
    Change.CREATED: (MailboxEventKind.CREATED,),
    Change.DELIVERED: (MailboxEventKind.CREATED, MailboxEventKind.NEW_MAIL),
    Change.COPIED: (MailboxEventKind.COPIED,),
    Change.MOVED_IN: (MailboxEventKind.MOVED,),
    Change.MOVED_OUT: (),  # told where it arrives
    Change.CHANGED: (MailboxEventKind.MODIFIED,),
    Change.REMOVED: (MailboxEventKind.DELETED,),
}

_OF_FOLDERS: Final[Mapping[Change, MailboxEventKind]] = {
    Change.FOLDER_CREATED: MailboxEventKind.CREATED,
    Change.FOLDER_CHANGED: MailboxEventKind.MODIFIED,
    Change.FOLDER_MOVED: MailboxEventKind.MOVED,
    Change.FOLDER_REMOVED: MailboxEventKind.DELETED,
}

_MOVES: Final = frozenset({MailboxEventKind.MOVED, MailboxEventKind.COPIED})

_FREE_BUSY: Final = frozenset(
    {
        "start",
        "end",
        "start_zone",
        "is_all_day",
        "show_as",
        "my_response",
        "is_cancelled",
        "recurrence",
        "exceptions",
        "deleted",
    }
)
"""The attributes of calendar items on which free/busy rests."""


def mailbox_events(entry: Entry, parent_of: Callable[[str], str | None], calendar_id: str) -> tuple[MailboxEvent, ...]:
    """What an entry tells: of its item or folder, then of each folder whose content it changed.

    ``parent_of`` gives the parent of a folder as it is now, None for a folder that is gone, of which nothing more is
    told. ``calendar_id`` is the folder from which free/busy is read.
    """
    told = (*_of_subject(entry, calendar_id), *_of_containers(entry, parent_of))
    return tuple(
        MailboxEvent(watermark=Watermark(entry.version, part), time=entry.time, **what)
        for part, what in enumerate(told)
        if what is not None
    )


def _of_subject(entry: Entry, calendar_id: str) -> Iterator[Mapping[str, Any]]:
    if entry.change in OF_FOLDERS:
        parent, former_parent = entry.other.item, entry.other.folder
        subject = {"subject": entry.folder, "is_folder": True, "parent": parent or entry.folder}
        kind = _OF_FOLDERS[entry.change]
        former = {"former": entry.folder, "former_parent": former_parent}
        yield {"kind": kind, **subject, **(former if kind in _MOVES else {})}
        return
    subject = {"subject": entry.item, "parent": entry.folder}
    former = {"former": entry.other.item, "former_parent": entry.other.folder}
    for kind in _OF_ITEMS[entry.change]:
        yield {"kind": kind, **subject, **(former if kind in _MOVES else {})}
    if entry.folder == calendar_id and (entry.change is not Change.CHANGED or _touches_free_busy(entry.fields)):
        yield {"kind": MailboxEventKind.FREE_BUSY_CHANGED, **subject}


def _of_containers(entry: Entry, parent_of: Callable[[str], str | None]) -> Iterator[Mapping[str, Any] | None]:
    for folder in _containers(entry):
        parent = parent_of(folder)
        modified = {"kind": MailboxEventKind.MODIFIED, "subject": folder, "is_folder": True, "parent": parent}
        yield None if parent is None else modified


def _containers(entry: Entry) -> tuple[str, ...]:
    """The folders whose content or counts changed: of a folder that moved its parents, the former one first."""
    if entry.change not in OF_FOLDERS:
        return (entry.folder,)
    if entry.change is Change.FOLDER_CHANGED:
        return ()
    return tuple(dict.fromkeys(parent for parent in (entry.other.folder, entry.other.item) if parent))


def _touches_free_busy(fields: frozenset[str]) -> bool:
    return any(name.rpartition("/")[2] in _FREE_BUSY for name in fields)
