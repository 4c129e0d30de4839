"""Folders: reading, making, changing, moving and deleting them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import NamedTuple

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import Disposal, FolderDraft, FolderEdit, FolderRef
from reference_impl.domain.changelog import Change
from reference_impl.domain.errors import (
    AccessDenied,
    CreatingFoldersDenied,
    FolderExists,
    FolderKindFixed,
    FolderNameMissing,
    FolderNotMovable,
    OthersDeletedItems,
    OwnFolderNotDeletable,
    OwnFolderNotMovable,
    OwnFolderNotRenamable,
    StaleVersion,
)
from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, kind_of, permissions_of
from reference_impl.domain.permissions import FULL, Permission, completed, outside_calendars
from reference_impl.service.finding import folder_in, is_stale, own_folder
from reference_impl.service.rights import is_other, reach_into
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


class FolderCounts(NamedTuple):
    """The items of a folder, the unread ones among them, and its folders."""

    total: int
    unread: int
    children: int


def get_folder(world: World, actor: Mailbox, ref: FolderRef, by: Mailbox | None = None) -> Folder:
    """The actor's folder with this role or id; raises FolderNotFound."""
    if not is_other(actor, by):
        return own_folder(world.store.directory, actor, ref)
    with world.store.begin(write=False) as unit:
        return folder_in(unit, actor, ref, by)


def list_folders(world: World, actor: Mailbox, by: Mailbox | None = None) -> tuple[Folder, ...]:
    """Every folder of the actor's mailbox that is to be seen, each before those below it, else by name."""
    with world.store.begin(write=False) as unit:
        found = _below(None, unit.directory.folders_of.get(actor.id, ()))
        return tuple(folder for folder in found if reach_into(unit, folder, by).rights.is_visible)


def shares(world: World, owner: Mailbox, by: Mailbox) -> bool:
    """Whether somebody sees any folder of another person's mailbox."""
    return bool(list_folders(world, owner, by))


def folders_below(world: World, folder: Folder, by: Mailbox, *, is_deep: bool) -> tuple[Folder, ...]:
    """The folders in another one, or at any depth below it, that somebody sees; each before those below it."""
    with world.store.begin(write=False) as unit:
        found = _below(folder.id, unit.directory.folders_of.get(folder.mailbox_id, ()))
        return tuple(
            below
            for below in found
            if (is_deep or below.parent_id == folder.id) and reach_into(unit, below, by).rights.is_visible
        )


def folder_of(world: World, item: Item) -> Folder:
    """The folder that an item is in."""
    return world.store.directory.folders[item.folder_id]


def _below(parent_id: str | None, every: Sequence[Folder]) -> Iterator[Folder]:
    children = (folder for folder in every if folder.parent_id == parent_id)
    for folder in sorted(children, key=lambda child: child.name.casefold()):
        yield folder
        yield from _below(folder.id, every)


def parent_of(world: World, folder: Folder) -> Folder | None:
    """The folder above another one."""
    return world.store.directory.folders.get(folder.parent_id or "")


def counts(world: World, folder: Folder) -> FolderCounts:
    """The numbers that clients show beside a folder."""
    with world.store.begin(write=False) as unit:
        total, unread = unit.counts(folder)
        return FolderCounts(total, unread, len(children_of(unit, folder)))


def last_change(world: World, folder: Folder) -> datetime:
    """When something last changed in a folder or about a folder right below it; at first, when it was made."""
    with world.store.begin(write=False) as unit:
        changed = unit.last_change(folder) or folder.created
        return max((changed, *(child.modified for child in children_of(unit, folder))))


def reach(world: World, folder: Folder, by: Mailbox) -> Reach:
    """How far somebody reaches into a folder."""
    with world.store.begin(write=False) as unit:
        return reach_into(unit, folder, by)


def permissions(world: World, folder: Folder) -> tuple[Permission, ...]:
    """The entries of a folder, those it was born with included."""
    return permissions_of(folder, world.store.directory.by_id[folder.mailbox_id])


def create_folder(
    world: World, actor: Mailbox, parent: FolderRef, draft: FolderDraft, by: Mailbox | None = None
) -> Folder:
    """Make a folder below one of the actor's; it takes over the entries above it, and who makes it owns it.

    Raises FolderNotFound, CreatingFoldersDenied, FolderNameMissing, FolderExists.
    """
    with world.store.begin() as unit:
        above = folder_in(unit, actor, parent, by)
        if not reach_into(unit, above, by).rights.creates_folders:
            raise CreatingFoldersDenied
        now = world.clock.now()
        folder = Folder(
            id=world.ids.entry_id(),
            mailbox_id=actor.id,
            name=draft.name,
            parent_id=above.id,
            folder_class=draft.folder_class,
            extended=draft.extended,
            color=draft.color,
            group_id=draft.group_id,
            created=now,
            modified=now,
        )
        entries = _inherited(folder, above, actor, by)
        if draft.permissions is not None:
            entries = completed(draft.permissions, entries)
        folder = replace(folder, permissions=entries)
        check_name(unit, folder)
        return unit.add_folder(folder)


def _inherited(folder: Folder, above: Folder, owner: Mailbox, by: Mailbox | None) -> tuple[Permission, ...]:
    entries = permissions_of(above, owner)
    if by is not None and is_other(owner, by):
        entries = (*(entry for entry in entries if entry.user != by.person.key), Permission(by.person.key, FULL))
    return entries if folder.is_calendar else outside_calendars(entries)


def update_folder(
    world: World,
    actor: Mailbox,
    ref: FolderRef,
    edit: FolderEdit,
    expected: int | None = None,
    by: Mailbox | None = None,
) -> Folder:
    """The folder as ``edit`` made it; identity and place cannot be edited. ``expected`` is the version that was read.

    Raises FolderNotFound, AccessDenied, StaleVersion, FolderKindFixed, FolderNameMissing, FolderExists,
    OwnFolderNotRenamable and the errors of ``edit``.
    """
    with world.store.begin() as unit:
        before = owned_in(unit, actor, ref, by)
        if expected is not None and is_stale(world, before.version, expected):
            raise StaleVersion(expected=expected, actual=before.version)
        after = replace(
            edit(before),
            id=before.id,
            mailbox_id=before.mailbox_id,
            role=before.role,
            parent_id=before.parent_id,
            created=before.created,
            modified=world.clock.now(),
        )
        if after.permissions is not None and after.permissions is not before.permissions:
            after = replace(after, permissions=completed(after.permissions, permissions_of(before, actor)))
        if kind_of(after.folder_class) is not before.kind:
            raise FolderKindFixed(present=before.folder_class, asked=after.folder_class)
        if after.name != before.name:
            if before.role is not None:
                raise OwnFolderNotRenamable
            check_name(unit, after)
        return unit.put_folder(after)


def move_folder(world: World, actor: Mailbox, ref: FolderRef, target: FolderRef, by: Mailbox | None = None) -> Folder:
    """The folder with everything in it below another one, under its own id.

    Raises FolderNotFound, AccessDenied, CreatingFoldersDenied, OwnFolderNotMovable, FolderNotMovable.
    """
    with world.store.begin() as unit:
        folder = owned_in(unit, actor, ref, by)
        if folder.role is not None:
            raise OwnFolderNotMovable
        above = folder_in(unit, actor, target, by)
        if not reach_into(unit, above, by).rights.creates_folders:
            raise CreatingFoldersDenied
        if folder.id in _line(unit, above):
            raise FolderNotMovable(reason="it is that folder itself, or above it")
        if _namesakes(unit, above.id, folder):
            raise FolderNotMovable(reason=f"there is a folder with the name {folder.name!r}")
        return _placed(unit, world, folder, above)


def delete_folder(
    world: World, actor: Mailbox, ref: FolderRef, disposal: Disposal, by: Mailbox | None = None
) -> Folder | None:
    """Delete a folder with everything in it; the folder in Deleted Items, if that is where it goes.

    There it has a number behind its name where the name is taken. Raises FolderNotFound, AccessDenied,
    OwnFolderNotDeletable, OthersDeletedItems.
    """
    with world.store.begin() as unit:
        folder = owned_in(unit, actor, ref, by)
        if folder.role is not None:
            raise OwnFolderNotDeletable
        if disposal is not Disposal.TO_DELETED_ITEMS:
            _remove(unit, folder, world.clock.now())
            return None
        if is_other(actor, by):
            raise OthersDeletedItems
        deleted = unit.folder(actor.id, FolderRole.DELETED)
        numbers = count(1)
        moved = folder
        while _namesakes(unit, deleted.id, moved):
            moved = replace(folder, name=f"{folder.name}{next(numbers)}")
        return _placed(unit, world, moved, deleted)


def owned_in(unit: UnitOfWork, actor: Mailbox, ref: FolderRef, by: Mailbox | None) -> Folder:
    """A folder that is to be changed itself; raises FolderNotFound, AccessDenied."""
    folder = folder_in(unit, actor, ref, by)
    if not reach_into(unit, folder, by).rights.is_owner:
        raise AccessDenied
    return folder


def _placed(unit: UnitOfWork, world: World, folder: Folder, above: Folder) -> Folder:
    moved = replace(folder, parent_id=above.id, modified=world.clock.now())
    return unit.put_folder(moved, Change.FOLDER_MOVED)


def _remove(unit: UnitOfWork, folder: Folder, now: datetime) -> None:
    for child in children_of(unit, folder):
        _remove(unit, child, now)
    unit.remove_folder(replace(folder, modified=now))


def children_of(unit: UnitOfWork, folder: Folder) -> list[Folder]:
    """The folders right below another one."""
    every = unit.directory.folders_of.get(folder.mailbox_id, ())
    return [other for other in every if other.parent_id == folder.id]


def _line(unit: UnitOfWork, folder: Folder) -> frozenset[str]:
    """The ids of a folder and of all above it."""
    ids: list[str] = []
    present: Folder | None = folder
    while present is not None:
        ids.append(present.id)
        present = unit.directory.folders.get(present.parent_id or "")
    return frozenset(ids)


def check_name(unit: UnitOfWork, folder: Folder) -> None:
    """Raise FolderNameMissing or FolderExists unless the folder can have its name in its place."""
    if not folder.name.strip():
        raise FolderNameMissing
    if _namesakes(unit, folder.parent_id, folder):
        raise FolderExists(name=folder.name)


def _namesakes(unit: UnitOfWork, parent_id: str | None, folder: Folder) -> bool:
    """Whether another folder in that place has the name; case does not count."""
    every = unit.directory.folders_of.get(folder.mailbox_id, ())
    return any(
        other.parent_id == parent_id and other.id != folder.id and other.name.casefold() == folder.name.casefold()
        for other in every
    )
