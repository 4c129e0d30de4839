"""What somebody may do in another person's mailbox; where nobody is named, the mailbox itself asks."""

from __future__ import annotations

from reference_impl.domain.access import Reach
from reference_impl.domain.delegation import Delegation
from reference_impl.domain.errors import SendingDenied
from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Folder, Mailbox, MailboxKind, Person, permissions_of
from reference_impl.domain.permissions import DEFAULT, FULL, Rights, merged
from reference_impl.store.codec import decode
from reference_impl.store.directory import Directory
from reference_impl.store.unit import UnitOfWork

DELEGATION = "delegation"
"""The setting under which a mailbox keeps its delegates."""


def is_other(owner: Mailbox, by: Mailbox | None) -> bool:
    """Whether somebody else asks than the mailbox itself."""
    return by is not None and by.id != owner.id


def reach_into(unit: UnitOfWork, folder: Folder, by: Mailbox | None) -> Reach:
    """How far the one who asks reaches into a folder."""
    owner = unit.mailbox(folder.mailbox_id)
    if by is None or by.id == owner.id:
        return Reach(owner.person.key)
    return Reach(by.person.key, rights_in(unit.directory, folder, by), sees_private=sees_private(unit, owner, by))


def reach_to(unit: UnitOfWork, item: Item, by: Mailbox | None) -> Reach:
    """How far the one who asks reaches into the folder of an item."""
    return reach_into(unit, unit.directory.folders[item.folder_id], by)


def rights_in(directory: Directory, folder: Folder, person: Mailbox) -> Rights:
    """The person's rights: the own entry's, else those of the lists it is in together, else everybody's.

    Source: [MS-OXCPERM] 3.1.4.5, whose groups are the lists here.
    """
    owner = directory.by_id[folder.mailbox_id]
    if owner.id == person.id:
        return FULL
    key, default = person.person.key, Rights()
    of_lists: list[Rights] = []
    for permission in permissions_of(folder, owner):
        if permission.user == key:
            return permission.rights
        if permission.user == DEFAULT:
            default = permission.rights
        elif _is_member(directory, permission.user, key):
            of_lists.append(permission.rights)
    return merged(of_lists) if of_lists else default


def _is_member(directory: Directory, user: str, key: str) -> bool:
    group = directory.find(user)
    if group is None or group.kind is not MailboxKind.LIST:
        return False
    return any(member.key == key for member in directory.members(group))


def delegation_of(unit: UnitOfWork, owner: Mailbox) -> Delegation | None:
    """What a mailbox says of its delegates; None where it never said anything."""
    text = unit.setting(owner.id, DELEGATION)
    return None if text is None else decode(Delegation, text)


def sees_private(unit: UnitOfWork, owner: Mailbox, by: Mailbox | None) -> bool:
    """Whether private items are shown: to their owner and to delegates who may see them."""
    if by is None or by.id == owner.id:
        return True
    delegation = delegation_of(unit, owner)
    delegate = None if delegation is None else delegation.delegate(by.person.key)
    return delegate is not None and delegate.views_private


def sends_for(unit: UnitOfWork, sender: Mailbox, person: Person) -> bool:
    """Whether somebody may send in a person's name: that person and the delegates (DOC delegate-access)."""
    if person.is_same(sender.person):
        return True
    owner = unit.directory.find(person.address)
    delegation = None if owner is None else delegation_of(unit, owner)
    return delegation is not None and delegation.delegate(sender.person.key) is not None


def check_sends(unit: UnitOfWork, sender: Mailbox, person: Person) -> None:
    """Raise SendingDenied unless somebody may send in a person's name."""
    if not sends_for(unit, sender, person):
        raise SendingDenied(actor=sender.address, person=person.address)


def creator_in(owner: Mailbox, by: Mailbox | None) -> str:
    """The address key of who makes something in a mailbox, if that is not the mailbox itself."""
    return by.person.key if by is not None and is_other(owner, by) else ""
