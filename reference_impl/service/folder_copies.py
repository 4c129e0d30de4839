"""Copying folders with everything in them."""

from __future__ import annotations

from dataclasses import replace

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import AccessDenied, CreatingFoldersDenied
from reference_impl.domain.mailbox import Folder, Mailbox
from reference_impl.domain.permissions import FreeBusyAccess
from reference_impl.service.finding import as_seen, folder_in
from reference_impl.service.folders import check_name, children_of
from reference_impl.service.items import copied
from reference_impl.service.rights import reach_into
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


def copy_folder(world: World, actor: Mailbox, ref: FolderRef, target: FolderRef, by: Mailbox | None = None) -> Folder:
    """The copy of a folder below another one, with copies of what is in it and below it that somebody may read.

    Raises FolderNotFound, AccessDenied, CreatingFoldersDenied, FolderExists.
    """
    with world.store.begin() as unit:
        folder, above = folder_in(unit, actor, ref, by), folder_in(unit, actor, target, by)
        if reach_into(unit, folder, by).rights.reads is not FreeBusyAccess.FULL:
            raise AccessDenied
        if not reach_into(unit, above, by).rights.creates_folders:
            raise CreatingFoldersDenied
        return _copied(unit, world, folder, above, by)


def _copied(unit: UnitOfWork, world: World, folder: Folder, above: Folder, by: Mailbox | None) -> Folder:
    inside, now = children_of(unit, folder), world.clock.now()
    made = replace(
        folder,
        id=world.ids.entry_id(),
        role=None,
        parent_id=above.id,
        permissions=above.permissions,
        created=now,
        modified=now,
    )
    check_name(unit, made)
    copy = unit.add_folder(made)
    reach, owner = reach_into(unit, folder, by), unit.mailbox(folder.mailbox_id)
    for item in list(unit.items_in(folder)):
        if reach.reads(item):
            copied(unit, world, owner, as_seen(reach, item), copy, by)
    for child in inside:
        if reach_into(unit, child, by).rights.is_visible:
            _copied(unit, world, child, copy, by)
    return copy
