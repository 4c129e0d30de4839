"""The ways requests name folders ([MS-OXWSFOLD])."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import FolderNotFound
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.ews import ids
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element, child
from reference_impl.service import folders
from reference_impl.service.directory import find_mailbox, mailbox_by_id
from reference_impl.service.item_ids import IdKind

_FOLDER_ID, _MAILBOX = t("FolderId"), t("Mailbox")

DISTINGUISHED: Final[Mapping[str, FolderRole]] = {
    "root": FolderRole.ROOT,
    "msgfolderroot": FolderRole.TOP,
    "inbox": FolderRole.INBOX,
    "calendar": FolderRole.CALENDAR,
    "sentitems": FolderRole.SENT,
    "deleteditems": FolderRole.DELETED,
    "drafts": FolderRole.DRAFTS,
    "outbox": FolderRole.OUTBOX,
    "junkemail": FolderRole.JUNK,
    "contacts": FolderRole.CONTACTS,
    "tasks": FolderRole.TASKS,
    "notes": FolderRole.NOTES,
    "journal": FolderRole.JOURNAL,
}
"""The distinguished folders that mailboxes have; other names of the schema are not found."""


def folder_named(element: Element, call: Call, missing: str = "ErrorFolderNotFound") -> Folder:
    """The folder that a FolderId or DistinguishedFolderId names; its ``mailbox_id`` tells whose it is.

    Raises the code ``missing`` where there is none that the caller may see, ErrorNonExistentMailbox and the id errors.
    """
    try:
        owner, ref = _owner_and_ref(element, call)
        return folders.get_folder(call.world, owner, ref, call.actor)
    except FolderNotFound as error:
        raise ResponseError(missing, str(error)) from None


def _owner_and_ref(element: Element, call: Call) -> tuple[Mailbox, FolderRef]:
    if element.tag == _FOLDER_ID:
        stored = ids.stored_id(element.get("Id", ""), IdKind.FOLDER)
        named = mailbox_by_id(call.world, stored.mailbox_id)
        if named is None:
            raise FolderNotFound
        return named, FolderRef(id=stored.token)
    owner = _owner_named(child(element, _MAILBOX), call)
    role = DISTINGUISHED.get(element.get("Id", ""))
    if role is None:
        raise FolderNotFound
    return owner, FolderRef(role=role)


def _owner_named(element: Element | None, call: Call) -> Mailbox:
    """Whose folder is meant, by any address of the mailbox."""
    if element is None:
        return call.actor
    address = (element.findtext(t("EmailAddress")) or "").strip()
    owner = find_mailbox(call.world, address)
    if owner is None:
        raise ResponseError("ErrorNonExistentMailbox", f"Nobody has the address {address!r}.")
    return owner
