"""What changed in a folder, and in a tree of folders, since a client last asked.

Items are told in rounds. The first lists the items of the folder, the newest first. Each later round covers the part of
the folder's log from one version up to another, which is fixed while the round lasts, and tells every item once, at its
last change. A round may take several answers; in memory there is never more than a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from reference_impl.domain.access import Reach
from reference_impl.domain.changelog import ADDED, GONE, Entry
from reference_impl.domain.errors import SyncStateInvalid
from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder, Mailbox
from reference_impl.domain.recurrence import Recurrence
from reference_impl.service.finding import reading_reach
from reference_impl.service.folders import folders_below
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_CHUNK: Final = 128


class SyncChange(StrEnum):
    """What the client has to do."""

    CREATE = "create"
    UPDATE = "update"
    READ_FLAG = "read_flag"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class ItemSyncState:
    """How far a client has come in one folder: it has what the log tells up to ``since``.

    The round under way covers the log up to ``until`` and has reached ``position``: a version of the log, or, while
    ``is_listing``, the serial number of the item told last.
    """

    folder_id: str
    since: int
    until: int
    position: int
    is_listing: bool


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One change; ``item`` is None for what is gone, ``lasting`` the id that the item began with.

    ``fields`` are the attributes that changed, as the log has them; ``formers`` the recurrences that it had meanwhile.
    """

    change: SyncChange
    item_id: str
    version: int
    item: Item | None = None
    lasting: str = ""
    fields: frozenset[str] = frozenset()
    formers: tuple[Recurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """The changes of one answer, the state after them, and whether there are no more."""

    changes: tuple[ItemChange, ...]
    state: ItemSyncState
    is_last: bool


def sync_items(
    world: World,
    owner: Mailbox,
    folder: Folder,
    state: ItemSyncState | None,
    limit: int,
    ignored: frozenset[str] = frozenset(),
    by: Mailbox | None = None,
    *,
    with_associated: bool = False,
) -> ItemChanges:
    """At most ``limit`` changes of a folder's items after ``state``; series are told by their masters.

    What came and went in between is not told; where it did so during a round, its end may be. Items in ``ignored`` are
    left out for good; associated ones are, where they are not asked for, until their end, and so are those that the one
    who asks may not see. Raises AccessDenied, SyncStateInvalid for the state of another folder, or one that this
    mailbox never had.
    """
    with world.store.begin(write=False) as unit:
        head = unit.version(owner.id)
        if state is None:
            state = ItemSyncState(folder.id, head, head, head + 1, is_listing=True)
        elif state.folder_id != folder.id or not state.since <= state.until <= head:
            raise SyncStateInvalid
        elif not state.is_listing and state.position >= state.until:
            state = replace(state, since=state.until, until=head, position=state.until)
        changes: list[ItemChange] = []
        reach = reading_reach(unit, folder, by)
        for found, position in _round(unit, folder, state):
            change = _seen(found, reach)
            if change is not None and change.item_id not in ignored and (with_associated or not _is_hidden(change)):
                if len(changes) == limit:
                    return ItemChanges(tuple(changes), state, is_last=False)
                changes.append(change)
            state = replace(state, position=position)
        done = replace(state, since=state.until, position=state.until, is_listing=False)
        is_last = not unit.last_entries(folder, done.until, head, limit=1)
        return ItemChanges(tuple(changes), done, is_last)


def _seen(change: ItemChange | None, reach: Reach) -> ItemChange | None:
    """The change as somebody sees it: what may not be seen any more is gone, as far as that is known."""
    if change is None or change.item is None or reach.reads(change.item):
        return change
    is_new = change.change is SyncChange.CREATE
    return None if is_new else replace(change, change=SyncChange.DELETE, item=None)


def _is_hidden(change: ItemChange) -> bool:
    return change.item is not None and change.item.is_associated


_Step = tuple[ItemChange | None, int]
"""A change, if there is one to tell, and the position of the round after it."""


def _round(unit: UnitOfWork, folder: Folder, state: ItemSyncState) -> Iterator[_Step]:
    """What is left of a round."""
    return _listed(unit, folder, state) if state.is_listing else _logged(unit, folder, state)


def _listed(unit: UnitOfWork, folder: Folder, state: ItemSyncState) -> Iterator[_Step]:
    before = state.position
    while chunk := unit.newest_items_in(folder, before, _CHUNK):
        for serial, item in chunk:
            yield ItemChange(SyncChange.CREATE, item.id, item.version, item, item.lasting), serial
        before = chunk[-1][0]


def _logged(unit: UnitOfWork, folder: Folder, state: ItemSyncState) -> Iterator[_Step]:
    after = state.position
    while chunk := unit.last_entries(folder, after, state.until, _CHUNK):
        for entry in chunk:
            yield (
                _collapsed(unit, folder, entry, unit.entries_of(folder.mailbox_id, entry, state.since, state.until)),
                entry.version,
            )
        after = chunk[-1].version


def _collapsed(unit: UnitOfWork, folder: Folder, last: Entry, entries: tuple[Entry, ...]) -> ItemChange | None:
    """All that a round tells of one item, as one change."""
    is_known = entries[0].change not in ADDED
    formers = tuple(entry.former for entry in entries if entry.former is not None)
    if last.change in GONE:
        gone = ItemChange(SyncChange.DELETE, last.item, last.version, lasting=last.lasting, formers=formers)
        return gone if is_known else None
    item = unit.item(folder.mailbox_id, last.item)
    if item is None or item.folder_id != folder.id:
        return None  # gone after this round, and told in the next
    fields = frozenset[str]().union(*(entry.fields for entry in entries))
    change = SyncChange.CREATE if not is_known else SyncChange.READ_FLAG if fields == {"is_read"} else SyncChange.UPDATE
    return ItemChange(change, item.id, item.version, item, item.lasting, fields, formers)


@dataclass(frozen=True, slots=True)
class FolderSyncState:
    """The folders that a client has of those below a root, and the last version that any of them had.

    ``root_id`` is empty where the client names none and means the root of the mailbox.
    """

    root_id: str
    version: int
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class FolderChange:
    """One change; ``folder`` is None for one that is gone, or no longer below the root."""

    change: SyncChange
    folder_id: str
    folder: Folder | None = None


def sync_folders(
    world: World, root: Folder, by: Mailbox, state: FolderSyncState
) -> tuple[tuple[FolderChange, ...], FolderSyncState]:
    """What changed after ``state`` among the folders below ``root`` that somebody sees, and the state after it.

    A folder is told before those in it. Its counts are no change of it (DOC syncfolderhierarchy). Raises
    SyncStateInvalid for a state that this mailbox never had.
    """
    with world.store.begin(write=False) as unit:
        if state.version > unit.version(root.mailbox_id):
            raise SyncStateInvalid
        present = {folder.id: folder for folder in folders_below(world, root, by, is_deep=True)}
    changed = [
        FolderChange(SyncChange.UPDATE if folder.id in state.known else SyncChange.CREATE, folder.id, folder)
        for folder in present.values()
        if folder.id not in state.known or folder.version > state.version
    ]
    gone = [FolderChange(SyncChange.DELETE, folder_id) for folder_id in sorted(state.known - present.keys())]
    version = max((folder.version for folder in present.values()), default=0)
    return (*changed, *gone), FolderSyncState(state.root_id, max(version, state.version), frozenset(present))
