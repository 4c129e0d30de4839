"""Mailboxes and their folders in memory; a write to a folder makes another directory, which a commit puts in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, MailboxKind, Person


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers by which rows name mailboxes and folders; a folder that is gone keeps its own for the log."""

    mailboxes: Mapping[str, int] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)


class Directory:
    """Every mailbox by id, by address and by the user part of that, every folder by id and by role."""

    def __init__(
        self,
        mailboxes: Iterable[Mailbox] = (),
        folders: Iterable[Folder] = (),
        numbers: Numbers = Numbers(),
    ) -> None:
        self.numbers = numbers
        self.folder_ids = {number: folder_id for folder_id, number in numbers.folders.items()}
        self.mailboxes = tuple(mailboxes)
        self.by_id = {mailbox.id: mailbox for mailbox in self.mailboxes}
        self.by_address = {mailbox.person.key: mailbox for mailbox in self.mailboxes}
        self.by_user: dict[str, tuple[Mailbox, ...]] = {}
        for mailbox in self.mailboxes:
            user = mailbox.person.key.partition("@")[0]
            self.by_user[user] = (*self.by_user.get(user, ()), mailbox)
        self.folders = {folder.id: folder for folder in folders}
        self.roles = {
            (folder.mailbox_id, folder.role): folder for folder in self.folders.values() if folder.role is not None
        }
        self.folders_of: dict[str, tuple[Folder, ...]] = {}
        for folder in self.folders.values():
            self.folders_of[folder.mailbox_id] = (*self.folders_of.get(folder.mailbox_id, ()), folder)

    def find(self, address: str) -> Mailbox | None:
        """The mailbox or list with this address; case does not count."""
        return self.by_address.get(address.strip().casefold())

    def members(self, group: Mailbox) -> tuple[Person, ...]:
        """The people of a list and of the lists in it, each once, in order; lists may contain each other."""
        seen: dict[str, Person | None] = {group.person.key: None}

        def walk(inner: Mailbox) -> None:
            for address in inner.members:
                member = self.find(address)
                person = member.person if member is not None else Person(address)
                if person.key in seen:
                    continue
                is_list = member is not None and member.kind is MailboxKind.LIST
                seen[person.key] = None if is_list else person
                if member is not None and is_list:
                    walk(member)

        walk(group)
        return tuple(person for person in seen.values() if person is not None)

    def folder(self, mailbox_id: str, role: FolderRole | None = None, folder_id: str | None = None) -> Folder | None:
        """A folder of one mailbox by its role or its id."""
        if role is not None:
            return self.roles.get((mailbox_id, role))
        found = self.folders.get(folder_id or "")
        return found if found is not None and found.mailbox_id == mailbox_id else None

    def with_mailbox(self, mailbox: Mailbox) -> Directory:
        """The directory with a mailbox as changed."""
        mailboxes = (mailbox if present.id == mailbox.id else present for present in self.mailboxes)
        return Directory(mailboxes, self.folders.values(), self.numbers)

    def with_folder(self, folder: Folder, number: int) -> Directory:
        """The directory with a folder more, or as changed."""
        numbers = Numbers(self.numbers.mailboxes, {**self.numbers.folders, folder.id: number})
        return Directory(self.mailboxes, (self.folders | {folder.id: folder}).values(), numbers)

    def without_folder(self, folder: Folder) -> Directory:
        """The directory without a folder."""
        left = (other for other in self.folders.values() if other.id != folder.id)
        return Directory(self.mailboxes, left, self.numbers)
