"""The properties of folders ([MS-OXWSFOLD] BaseFolderType and FolderType, [MS-OXWSMTGS] CalendarFolderType)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from reference_impl.domain.access import Reach
from reference_impl.domain.mailbox import Folder, FolderKind
from reference_impl.domain.permissions import CLOSED, FreeBusyAccess
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.fields.permissions import READING, read_permissions, write_permissions
from reference_impl.ews.fields.readers import folder_id
from reference_impl.ews.fields.setters import text_of
from reference_impl.ews.folders import DISTINGUISHED
from reference_impl.ews.tree import Element
from reference_impl.ews.writing import path_of
from reference_impl.service import folders

ELEMENTS: Final[Mapping[FolderKind, str]] = {
    FolderKind.CALENDAR: "CalendarFolder",
    FolderKind.CONTACTS: "ContactsFolder",
    FolderKind.TASKS: "TasksFolder",
    FolderKind.GENERAL: "Folder",
}
"""Kind -> the element that stands for folders of it."""

_NAMES: Final = {role: name for name, role in DISTINGUISHED.items()}


@dataclass(frozen=True)
class FolderView:
    """One folder as one call sees it, with what has to be looked up for it: once, and only if asked."""

    call: Call
    folder: Folder

    @property
    def element(self) -> str:
        """The element's name, which tells the kind of folder."""
        return ELEMENTS[self.folder.kind]

    @property
    def is_own(self) -> bool:
        """Whether the folder is in the caller's own mailbox."""
        return self.folder.mailbox_id == self.call.actor.id

    @cached_property
    def counts(self) -> folders.FolderCounts:
        """What is in the folder."""
        return folders.counts(self.call.world, self.folder)

    @property
    def last_change(self) -> datetime:
        """When something in the folder last changed."""
        return folders.last_change(self.call.world, self.folder)

    @cached_property
    def reach(self) -> Reach:
        """How far the caller reaches into the folder."""
        return folders.reach(self.call.world, self.folder, self.call.actor)


FolderSetter = Callable[[Element, Call], Mapping[str, Any]]
"""(the property's element, the call) -> the attributes that change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderField:
    """One property of one kind of folder; as in the tables of items, what has no ``value`` is calculated."""

    uri: str
    element: str
    read: Callable[[FolderView], str | None]
    since: str | None = None
    is_default: bool = False  # part of the Default shape
    named_only_since: str | None = None  # from then on it is not part of AllProperties
    kind: Kind = Kind.TEXT
    value: Callable[[FolderView], Any] | None = None
    set: FolderSetter | None = None
    delete: Mapping[str, Any] | None = None  # the attributes as they are without the property


FolderTable = tuple[FolderField, ...]


def _parent(view: FolderView) -> str | None:
    parent = folders.parent_of(view.call.world, view.folder)
    return None if parent is None else folder_id("ParentFolderId", parent)


def _distinguished(view: FolderView) -> str | None:
    """The name that the caller has for the folder: clients take it for one in the caller's own mailbox."""
    name = None if view.folder.role is None or not view.is_own else _NAMES.get(view.folder.role)
    return None if name is None else xml.leaf("DistinguishedFolderId", name)


def _rights(view: FolderView) -> str:
    """What the caller may do with the folder itself and in it ([MS-OXWSCDATA] EffectiveRightsType)."""
    rights, is_owner = view.reach.rights, view.reach.rights.is_owner
    told = {
        "CreateAssociated": is_owner,
        "CreateContents": rights.creates_items,
        "CreateHierarchy": rights.creates_folders,
        "Delete": is_owner,
        "Modify": is_owner,
        "Read": rights.reads is FreeBusyAccess.FULL,
    }
    if view.call.version.has("Exchange2010"):
        told["ViewPrivateItems"] = view.reach.sees_private
    return xml.node("EffectiveRights", "".join(xml.leaf(name, value) for name, value in told.items()))


def _sharing(view: FolderView) -> str | None:
    """What others may see in what is shared with them; nobody shares with oneself."""
    return None if view.is_own else xml.leaf("SharingEffectiveRights", READING[view.reach.rights.reads])


def _permissions(view: FolderView) -> str:
    entries = folders.permissions(view.call.world, view.folder)
    return write_permissions(entries, view.call, is_calendar=view.folder.is_calendar)


def _set_permissions(*, is_calendar: bool) -> FolderSetter:
    def set_(element: Element, call: Call) -> Mapping[str, Any]:
        return {"permissions": read_permissions(element, call, is_calendar=is_calendar)}

    return set_


def _set_name(element: Element, _call: Call) -> Mapping[str, Any]:
    name = text_of(element)
    if not name.strip():
        raise ResponseError(
            "ErrorFolderSavePropertyError", "A DisplayName must not be empty.", (path_of("folder:DisplayName"),)
        )
    return {"name": name}


def _number(element: str, value: Callable[[FolderView], int], *, is_default: bool = True) -> FolderField:
    return FolderField(
        uri=f"folder:{element}",
        element=element,
        read=lambda view: xml.leaf(element, value(view)),
        is_default=is_default,
        kind=Kind.NUMBER,
        value=value,
    )


def _absent(element: str, since: str | None = None) -> FolderField:
    """A property that no folder has a value of here."""
    return FolderField(uri=f"folder:{element}", element=element, read=lambda _view: None, since=since)


def _folder_class(view: FolderView) -> str | None:
    return xml.leaf("FolderClass", view.folder.folder_class) if view.folder.folder_class else None


def _common(kind: FolderKind) -> FolderTable:
    return (
        FolderField(
            uri="folder:FolderId",
            element="FolderId",
            read=lambda view: folder_id("FolderId", view.folder),
            is_default=True,
        ),
        FolderField(uri="folder:ParentFolderId", element="ParentFolderId", read=_parent),
        FolderField(
            uri="folder:FolderClass",
            element="FolderClass",
            read=_folder_class,
            value=lambda view: view.folder.folder_class,
            set=lambda element, _call: {"folder_class": text_of(element).strip()},
        ),
        FolderField(
            uri="folder:DisplayName",
            element="DisplayName",
            read=lambda view: xml.leaf("DisplayName", view.folder.name),
            is_default=True,
            value=lambda view: view.folder.name,
            set=_set_name,
        ),
        _number("TotalCount", lambda view: view.counts.total, is_default=kind is not FolderKind.CALENDAR),
        _number("ChildFolderCount", lambda view: view.counts.children),
        _absent("ManagedFolderInformation"),
        FolderField(uri="folder:EffectiveRights", element="EffectiveRights", read=_rights, since="Exchange2007_SP1"),
        FolderField(
            uri="folder:DistinguishedFolderId",
            element="DistinguishedFolderId",
            read=_distinguished,
            since="Exchange2013",
        ),
        _absent("PolicyTag", "Exchange2013"),
        _absent("ArchiveTag", "Exchange2013"),
        _absent("ReplicaList", "Exchange2016"),
    )


def _permission_set(kind: FolderKind) -> FolderField:
    """From Exchange2013 on entries are told only to who asks for them by name (DOC permissionset)."""
    return FolderField(
        uri="folder:PermissionSet",
        element="PermissionSet",
        read=_permissions,
        since="Exchange2007_SP1",
        named_only_since="Exchange2013",
        set=_set_permissions(is_calendar=kind is FolderKind.CALENDAR),
        delete={"permissions": CLOSED},
    )


_SHARING: Final = FolderField(
    uri="folder:SharingEffectiveRights", element="SharingEffectiveRights", read=_sharing, since="Exchange2010"
)
_UNREAD: Final = _number("UnreadCount", lambda view: view.counts.unread)


def _table(kind: FolderKind) -> FolderTable:
    if kind in {FolderKind.CALENDAR, FolderKind.CONTACTS}:
        return (*_common(kind), _SHARING, _permission_set(kind))
    return (*_common(kind), _permission_set(kind), _UNREAD)


TABLES: Final[Mapping[str, FolderTable]] = {element: _table(kind) for kind, element in ELEMENTS.items()}
"""The table of each element, in schema order."""

BY_URI: Final[Mapping[str, Mapping[str, FolderField]]] = {
    element: {field.uri: field for field in table} for element, table in TABLES.items()
}
BY_ELEMENT: Final[Mapping[str, Mapping[str, FolderField]]] = {
    element: {field.element: field for field in table} for element, table in TABLES.items()
}

EXTENDED_AFTER: Final = "ChildFolderCount"
"""ExtendedProperty stands behind this element."""
