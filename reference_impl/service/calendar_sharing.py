"""Sharing calendars by roles, over the same entries of folders and the same delegates that EWS knows.

What the whole organization may do is the entry for everybody; the entry for those who do not say who they are is not
told. A role that makes somebody a delegate lasts as long as the role: with another one the delegate's rights in the
owner's other folders go too.
"""

from __future__ import annotations

from dataclasses import replace

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.delegation import Delegate, MeetingDelivery
from reference_impl.domain.errors import RoleNotAllowed, ShareExists, ShareNotFound, ShareNotRemovable
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, MailboxKind, Person, permissions_of
from reference_impl.domain.permissions import ANONYMOUS, DEFAULT, Permission, Rights, completed
from reference_impl.domain.sharing import (
    DELEGABLE,
    DELEGATING,
    EVERYBODY,
    INSIDE,
    OUTSIDE,
    Role,
    Share,
    rights_of,
    role_of,
)
from reference_impl.service.delegates import drop_delegate, put_delegate
from reference_impl.service.finding import resolved
from reference_impl.service.folders import owned_in
from reference_impl.service.rights import delegation_of, is_other
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


def shares(world: World, owner: Mailbox, ref: FolderRef, by: Mailbox | None = None) -> tuple[Share, ...]:
    """The entries of a calendar, everybody's first; who is not its owner is told of none. Raises FolderNotFound."""
    if is_other(owner, by):
        return ()
    with world.store.begin(write=False) as unit:
        return _shares(unit, owned_in(unit, owner, ref, by), owner)


def add_share(
    world: World, owner: Mailbox, ref: FolderRef, person: Person, role: Role, by: Mailbox | None = None
) -> Share:
    """Give somebody a role. Raises FolderNotFound, AccessDenied, ShareExists, RoleNotAllowed."""
    with world.store.begin() as unit:
        folder = owned_in(unit, owner, ref, by)
        user = resolved(unit, person).key
        if user == owner.person.key:
            raise RoleNotAllowed(user=owner.address, role=role, allowed="none, it is the owner's")
        if any(share.user == user for share in _shares(unit, folder, owner)):
            raise ShareExists(user=person.address)
        return _given(unit, world, owner, folder, user, role)


def change_share(
    world: World, owner: Mailbox, ref: FolderRef, user: str, role: Role | None, by: Mailbox | None = None
) -> Share:
    """Give somebody who has a role another one. Raises FolderNotFound, AccessDenied, ShareNotFound, RoleNotAllowed."""
    with world.store.begin() as unit:
        folder = owned_in(unit, owner, ref, by)
        present = _share(unit, folder, owner, user)
        is_of_delegates_too = role is Role.CUSTOM or role in DELEGATING
        is_left = role is present.role and (is_of_delegates_too or not _is_delegate(unit, owner, folder, user))
        return present if role is None or is_left else _given(unit, world, owner, folder, user, role)


def remove_share(world: World, owner: Mailbox, ref: FolderRef, user: str, by: Mailbox | None = None) -> None:
    """Take a role away. Raises FolderNotFound, AccessDenied, ShareNotFound, ShareNotRemovable for everybody's."""
    with world.store.begin() as unit:
        folder = owned_in(unit, owner, ref, by)
        _share(unit, folder, owner, user)
        if user == DEFAULT:
            raise ShareNotRemovable
        _leave_delegation(unit, world, owner, folder, user)
        _enter(unit, world, owner, unit.directory.folders[folder.id], user, None)


def _given(unit: UnitOfWork, world: World, owner: Mailbox, folder: Folder, user: str, role: Role | None) -> Share:
    allowed = _allowed(unit, owner, folder, user)
    if role is None or role not in allowed:
        raise RoleNotAllowed(user=user, role=role, allowed=", ".join(allowed))
    if role in DELEGATING:
        seeing = role is Role.DELEGATE_SEEING_PRIVATE
        delegate = Delegate(user, receives_copies=True, views_private=seeing)
        put_delegate(unit, owner, delegate, MeetingDelivery.DELEGATES_ONLY)
    else:
        _leave_delegation(unit, world, owner, folder, user)
    _enter(unit, world, owner, unit.directory.folders[folder.id], user, rights_of(role))
    return _share(unit, unit.directory.folders[folder.id], owner, user)


def _leave_delegation(unit: UnitOfWork, world: World, owner: Mailbox, folder: Folder, user: str) -> None:
    """Let somebody be no delegate whose role in the default calendar is to be another one."""
    if _is_delegate(unit, owner, folder, user):
        drop_delegate(unit, world, owner, user)


def _is_delegate(unit: UnitOfWork, owner: Mailbox, folder: Folder, user: str) -> bool:
    delegation = delegation_of(unit, owner) if folder.role is FolderRole.CALENDAR else None
    return delegation is not None and delegation.delegate(user) is not None


def _enter(unit: UnitOfWork, world: World, owner: Mailbox, folder: Folder, user: str, rights: Rights | None) -> None:
    present = permissions_of(folder, owner)
    others = [entry for entry in present if entry.user != user]
    after = others if rights is None else [*others, Permission(user, rights)]
    unit.put_folder(replace(folder, permissions=completed(after, present), modified=world.clock.now()))


def _shares(unit: UnitOfWork, folder: Folder, owner: Mailbox) -> tuple[Share, ...]:
    delegation = delegation_of(unit, owner) if folder.role is FolderRole.CALENDAR else None
    return tuple(
        Share(
            entry.user,
            role_of(entry.rights, None if delegation is None else delegation.delegate(entry.user)),
            _allowed(unit, owner, folder, entry.user),
            _is_inside(owner, entry.user),
        )
        for entry in permissions_of(folder, owner)
        if entry.user != ANONYMOUS
    )


def _share(unit: UnitOfWork, folder: Folder, owner: Mailbox, user: str) -> Share:
    found = next((share for share in _shares(unit, folder, owner) if share.user == user), None)
    if found is None:
        raise ShareNotFound
    return found


def _allowed(unit: UnitOfWork, owner: Mailbox, folder: Folder, user: str) -> tuple[Role, ...]:
    if user == DEFAULT:
        return EVERYBODY
    if not _is_inside(owner, user):
        return OUTSIDE
    mailbox = unit.directory.find(user)
    is_person = mailbox is not None and mailbox.kind is not MailboxKind.LIST
    return DELEGABLE if folder.role is FolderRole.CALENDAR and is_person else INSIDE


def _is_inside(owner: Mailbox, user: str) -> bool:
    """Whether an entry is for the owner's own organization, which is the domain of the address."""
    return user == DEFAULT or user.rpartition("@")[2] == owner.person.key.rpartition("@")[2]
