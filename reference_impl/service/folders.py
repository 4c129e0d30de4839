"""Folders and what is in them."""

from __future__ import annotations

from typing import NamedTuple

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import FolderNotFound
from reference_impl.domain.mailbox import Folder, Mailbox
from reference_impl.service.world import World


class FolderCounts(NamedTuple):
    """The items of a folder, the unread ones among them, and its folders."""

    total: int
    unread: int
    children: int


def get_folder(world: World, actor: Mailbox, ref: FolderRef) -> Folder:
    """The actor's folder with this role or id; raises FolderNotFound."""
    folder = world.store.directory.folder(actor.id, ref.role, ref.id)
    if folder is None:
        raise FolderNotFound
    return folder


def list_folders(world: World, actor: Mailbox) -> tuple[Folder, ...]:
    """Every folder of the actor's mailbox, parents before children, then by name."""
    return world.store.directory.folders_of.get(actor.id, ())


def counts(world: World, folder: Folder) -> FolderCounts:
    """The numbers that clients show beside a folder."""
    with world.store.begin(write=False) as unit:
        total, unread = unit.counts(folder)
    children = sum(
        other.parent_id == folder.id for other in world.store.directory.folders_of.get(folder.mailbox_id, ())
    )
    return FolderCounts(total, unread, children)
