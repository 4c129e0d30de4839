"""Folders: the ways requests name them, and their properties in answers ([MS-OXWSFOLD])."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import FolderNotFound
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element
from reference_impl.service import folders
from reference_impl.service.directory import find_mailbox
from reference_impl.service.item_ids import IdKind

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

_NAMES: Final = {role: name for name, role in DISTINGUISHED.items()}

_KINDS: Final[Mapping[FolderRole, tuple[str, str]]] = {
    FolderRole.CALENDAR: ("CalendarFolder", "IPF.Appointment"),
    FolderRole.CONTACTS: ("ContactsFolder", "IPF.Contact"),
    FolderRole.TASKS: ("TasksFolder", "IPF.Task"),
    FolderRole.NOTES: ("Folder", "IPF.StickyNote"),
    FolderRole.JOURNAL: ("Folder", "IPF.Journal"),
    FolderRole.ROOT: ("Folder", ""),
    FolderRole.TOP: ("Folder", ""),
}

_MAIL: Final = ("Folder", "IPF.Note")

_ALL: Final = (
    "folder:FolderId",
    "folder:ParentFolderId",
    "folder:FolderClass",
    "folder:DisplayName",
    "folder:TotalCount",
    "folder:ChildFolderCount",
    "folder:EffectiveRights",
    "folder:DistinguishedFolderId",
    "folder:UnreadCount",
)

_DEFAULT: Final = frozenset(
    {"folder:FolderId", "folder:DisplayName", "folder:TotalCount", "folder:ChildFolderCount", "folder:UnreadCount"}
)

_SINCE: Final = {"folder:EffectiveRights": "Exchange2007_SP1", "folder:DistinguishedFolderId": "Exchange2013"}

_RIGHTS: Final = ("CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify", "Read")


def folder_named(element: Element, call: Call) -> Folder:
    """The folder that a FolderId or DistinguishedFolderId names; its ``mailbox_id`` tells whose it is.

    Raises ErrorFolderNotFound, ErrorNonExistentMailbox, ErrorAccessDenied and the id errors.
    """
    owner, ref = _owner_and_ref(element, call)
    try:
        return folders.get_folder(call.world, owner, ref)
    except FolderNotFound as error:
        raise ResponseError("ErrorFolderNotFound", str(error)) from None


def _owner_and_ref(element: Element, call: Call) -> tuple[Mailbox, FolderRef]:
    if local(element.tag) == "FolderId":
        stored = ids.stored_id(element.get("Id", ""), IdKind.FOLDER)
        if stored.mailbox_id != call.actor.id:
            raise ResponseError("ErrorFolderNotFound", "The folder was not found in this mailbox.")
        return call.owner(stored.mailbox_id), FolderRef(id=stored.token)
    owner = _owner_named(element.find(t("Mailbox")), call)
    role = DISTINGUISHED.get(element.get("Id", ""))
    if role is None:
        raise ResponseError("ErrorFolderNotFound", f"Mailboxes here have no folder {element.get('Id')!r}.")
    return owner, FolderRef(role=role)


def _owner_named(element: Element | None, call: Call) -> Mailbox:
    """Whose folder is meant: another person's can be named only by that person."""
    if element is None:
        return call.actor
    address = (element.findtext(t("EmailAddress")) or "").strip()
    owner = find_mailbox(call.world, address)
    if owner is None:
        raise ResponseError("ErrorNonExistentMailbox", f"Nobody has the address {address!r}.")
    if owner.id != call.actor.id:
        raise ResponseError("ErrorAccessDenied", f"The folders of {address} may not be opened by {call.actor.address}.")
    return owner


@dataclass(frozen=True, slots=True)
class FolderShape:
    """What a FolderShape asks for."""

    base: str
    uris: frozenset[str]


def read_folder_shape(element: Element) -> FolderShape:
    """The shape of an m:FolderShape."""
    paths = element.iterfind(f"{t('AdditionalProperties')}/{t('FieldURI')}")
    return FolderShape(
        element.findtext(t("BaseShape")) or "IdOnly", frozenset(path.get("FieldURI", "") for path in paths)
    )


def folder_kind(folder: Folder) -> tuple[str, str]:
    """The folder's element name and class."""
    return _KINDS.get(folder.role, _MAIL) if folder.role is not None else _MAIL


def write_folder(folder: Folder, shape: FolderShape, call: Call) -> str:
    """The folder's element with the properties of the shape, in schema order."""
    element, folder_class = folder_kind(folder)
    chosen = [uri for uri in _ALL if _is_chosen(uri, shape, call)]
    counts = folders.counts(call.world, folder)
    values: Mapping[str, str | None] = {
        "folder:FolderId": folder_id("FolderId", folder.mailbox_id, folder.id),
        "folder:ParentFolderId": None
        if folder.parent_id is None
        else folder_id("ParentFolderId", folder.mailbox_id, folder.parent_id),
        "folder:FolderClass": xml.leaf("FolderClass", folder_class) if folder_class else None,
        "folder:DisplayName": xml.leaf("DisplayName", folder.name),
        "folder:TotalCount": xml.leaf("TotalCount", counts.total),
        "folder:ChildFolderCount": xml.leaf("ChildFolderCount", counts.children),
        "folder:EffectiveRights": _rights(call),
        "folder:DistinguishedFolderId": _distinguished(folder),
        "folder:UnreadCount": xml.leaf("UnreadCount", counts.unread) if element in {"Folder", "TasksFolder"} else None,
    }
    return xml.node(element, "".join(value for uri in chosen if (value := values[uri]) is not None))


def _is_chosen(uri: str, shape: FolderShape, call: Call) -> bool:
    if not call.version.has(_SINCE.get(uri)):
        return False
    by_base = shape.base == "AllProperties" or (shape.base == "Default" and uri in _DEFAULT)
    return uri == "folder:FolderId" or uri in shape.uris or by_base


def folder_id(element: str, mailbox_id: str, token: str) -> str:
    """An element of that name that names a folder."""
    return f'<t:{element} Id="{ids.folder_id(mailbox_id, token)}" ChangeKey="{ids.FOLDER_CHANGE_KEY}"/>'


def _distinguished(folder: Folder) -> str | None:
    name = _NAMES.get(folder.role) if folder.role is not None else None
    return None if name is None else xml.leaf("DistinguishedFolderId", name)


def _rights(call: Call) -> str:
    names = (*_RIGHTS, "ViewPrivateItems") if call.version.has("Exchange2010") else _RIGHTS
    return xml.node("EffectiveRights", "".join(xml.leaf(name, value=True) for name in names))
