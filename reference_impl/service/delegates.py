"""The delegates of a mailbox: told, made, changed and taken away ([MS-OXWSDLGM], [MS-OXODLGT])."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from reference_impl.domain.delegation import DELEGATE_LEVELS, SHARED, Delegate, Delegation, MeetingDelivery
from reference_impl.domain.errors import (
    DelegateExists,
    DelegateHasNoMailbox,
    DelegateIsOwner,
    DelegateLevelInvalid,
    NoDelegation,
    NotADelegate,
)
from reference_impl.domain.mailbox import FolderRole, Mailbox, MailboxKind, permissions_of
from reference_impl.domain.permissions import LEVELS, Level, Permission, level_of
from reference_impl.service.rights import DELEGATION, delegation_of
from reference_impl.service.world import World
from reference_impl.store.codec import encode
from reference_impl.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class DelegateChange:
    """What is said of a delegate; None and folders that are not named stay as they are."""

    levels: Mapping[FolderRole, Level] = field(default_factory=dict)
    receives_copies: bool | None = None
    views_private: bool | None = None


@dataclass(frozen=True, slots=True)
class DelegateShown:
    """A delegate with the level of the own entry in each shared folder."""

    delegate: Delegate
    levels: Mapping[FolderRole, Level]


def delegation(world: World, owner: Mailbox) -> Delegation:
    """The delegates of a mailbox. Raises NoDelegation for one that never had any, where the settings say so."""
    with world.store.begin(write=False) as unit:
        found = delegation_of(unit, owner)
    if found is None and world.settings.delegates_must_be_set:
        raise NoDelegation
    return found or Delegation()


def delegate_shown(world: World, owner: Mailbox, user: str) -> DelegateShown:
    """One delegate, by address key. Raises NotADelegate."""
    with world.store.begin(write=False) as unit:
        return _shown(unit, owner, _delegate_in(delegation_of(unit, owner), user))


def add_delegate(
    world: World, owner: Mailbox, user: Mailbox, change: DelegateChange, delivery: MeetingDelivery | None = None
) -> DelegateShown:
    """Make somebody a delegate of the owner; ``delivery`` is what becomes of meeting messages from now on.

    Raises DelegateIsOwner, DelegateHasNoMailbox, DelegateExists, DelegateLevelInvalid.
    """
    if user.id == owner.id:
        raise DelegateIsOwner
    if user.kind is MailboxKind.LIST:
        raise DelegateHasNoMailbox(user=user.address)

    def add(before: Delegation) -> Delegation:
        if before.delegate(user.person.key) is not None:
            raise DelegateExists
        new = _changed(Delegate(user.person.key), change)
        return replace(before, delegates=(*before.delegates, new), delivery=delivery or before.delivery)

    return _written(world, owner, user.person.key, change, add)


def update_delegate(world: World, owner: Mailbox, user: str, change: DelegateChange) -> DelegateShown:
    """Change what a delegate of the owner's may do. Raises NotADelegate, DelegateLevelInvalid."""

    def update(before: Delegation) -> Delegation:
        present = _delegate_in(before, user)
        others = tuple(_changed(one, change) if one is present else one for one in before.delegates)
        return replace(before, delegates=others)

    return _written(world, owner, user, change, update)


def remove_delegate(world: World, owner: Mailbox, user: str) -> None:
    """Let somebody be no delegate any more; the entries in the shared folders go too. Raises NotADelegate."""
    with world.store.begin() as unit:
        drop_delegate(unit, world, owner, user)


def drop_delegate(unit: UnitOfWork, world: World, owner: Mailbox, user: str) -> None:
    """The same as a part of an act."""
    before = delegation_of(unit, owner)
    present = _delegate_in(before, user)
    assert before is not None
    _keep(unit, owner, replace(before, delegates=tuple(one for one in before.delegates if one is not present)))
    for role in SHARED:
        _enter(unit, world, owner, role, user, Level.NONE)


def put_delegate(unit: UnitOfWork, owner: Mailbox, delegate: Delegate, delivery: MeetingDelivery) -> None:
    """Keep a delegate, new or as changed, as a part of an act; ``delivery`` counts if no delegate was ever named."""
    before = delegation_of(unit, owner) or Delegation(delivery=delivery)
    others = tuple(one for one in before.delegates if one.user != delegate.user)
    _keep(unit, owner, replace(before, delegates=(*others, delegate)))


def deliver_meetings(world: World, owner: Mailbox, delivery: MeetingDelivery) -> None:
    """Say what becomes of meeting messages that are sent to the owner."""
    with world.store.begin() as unit:
        put_delivery(unit, owner, delivery)


def put_delivery(unit: UnitOfWork, owner: Mailbox, delivery: MeetingDelivery) -> None:
    """The same as a part of an act."""
    _keep(unit, owner, replace(delegation_of(unit, owner) or Delegation(), delivery=delivery))


def _written(
    world: World, owner: Mailbox, user: str, change: DelegateChange, edit: Callable[[Delegation], Delegation]
) -> DelegateShown:
    with world.store.begin() as unit:
        after = edit(delegation_of(unit, owner) or Delegation())
        _keep(unit, owner, after)
        for role, level in change.levels.items():
            if level not in DELEGATE_LEVELS:
                raise DelegateLevelInvalid(level=level)
            _enter(unit, world, owner, role, user, level)
        return _shown(unit, owner, _delegate_in(after, user))


def _changed(delegate: Delegate, change: DelegateChange) -> Delegate:
    receives, views = change.receives_copies, change.views_private
    return replace(
        delegate,
        receives_copies=delegate.receives_copies if receives is None else receives,
        views_private=delegate.views_private if views is None else views,
    )


def _delegate_in(found: Delegation | None, user: str) -> Delegate:
    delegate = None if found is None else found.delegate(user)
    if delegate is None:
        raise NotADelegate
    return delegate


def _keep(unit: UnitOfWork, owner: Mailbox, after: Delegation) -> None:
    unit.keep_setting(owner.id, DELEGATION, encode(after))


def _enter(unit: UnitOfWork, world: World, owner: Mailbox, role: FolderRole, user: str, level: Level) -> None:
    """Give somebody the entry of a level in a folder; who has no rights has no entry."""
    folder = unit.folder(owner.id, role)
    present = permissions_of(folder, owner)
    entries = tuple(entry for entry in present if entry.user != user)
    if level is not Level.NONE:
        entries = (*entries, Permission(user, LEVELS[level]))
    if entries != present:
        unit.put_folder(replace(folder, permissions=entries, modified=world.clock.now()))


def _shown(unit: UnitOfWork, owner: Mailbox, delegate: Delegate) -> DelegateShown:
    return DelegateShown(delegate, {role: _level(unit, owner, role, delegate.user) for role in SHARED})


def _level(unit: UnitOfWork, owner: Mailbox, role: FolderRole, user: str) -> Level:
    entries = permissions_of(unit.folder(owner.id, role), owner)
    rights = next((entry.rights for entry in entries if entry.user == user), LEVELS[Level.NONE])
    level = level_of(rights)
    return level if level in DELEGATE_LEVELS else Level.CUSTOM
