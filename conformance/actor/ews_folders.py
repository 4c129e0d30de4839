"""EWS requests about folders: the own ones and those of others, their making and their permissions."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.actor.ews_requests import shape
from conformance.actor.views import MeetingRef
from conformance.actor.xml import NOTHING, Markup, m, t


def folder_of(name: str, address: str) -> Markup:
    """A distinguished folder of somebody's mailbox."""
    return t("DistinguishedFolderId", t("Mailbox", t("EmailAddress", address)), Id=name)


def folder_ref(reference: MeetingRef) -> Markup:
    """A folder by its id."""
    return t("FolderId", Id=reference.id, ChangeKey=reference.change_key or None)


def get_folder(folder: Markup, fields: Sequence[str] = (), base: str = "Default") -> Markup:
    """GetFolder of one folder; ``fields`` are field URIs."""
    named = t("AdditionalProperties", *(t("FieldURI", FieldURI=uri) for uri in fields)) if fields else NOTHING
    return m("GetFolder", m("FolderShape", t("BaseShape", base), named), m("FolderIds", folder))


def create_folder(name: str, parent: Markup, kind: str = "Folder") -> Markup:
    """CreateFolder of one folder."""
    return m("CreateFolder", m("ParentFolderId", parent), m("Folders", t(kind, t("DisplayName", name))))


def update_folder(folder: Markup, *updates: Markup) -> Markup:
    """UpdateFolder of one folder."""
    return m("UpdateFolder", m("FolderChanges", t("FolderChange", folder, t("Updates", *updates))))


def rename_folder(folder: Markup, name: str) -> Markup:
    """UpdateFolder: another DisplayName."""
    path = t("FieldURI", FieldURI="folder:DisplayName")
    return update_folder(folder, t("SetFolderField", path, t("Folder", t("DisplayName", name))))


def delete_folder(folder: Markup) -> Markup:
    """DeleteFolder, for good."""
    return m("DeleteFolder", m("FolderIds", folder), DeleteType="HardDelete")


def calendar_permission(user: Markup, level: str, *rights: Markup) -> Markup:
    """One CalendarPermission; ``rights`` go with the level Custom."""
    return t("CalendarPermission", t("UserId", user), *rights, t("CalendarPermissionLevel", level))


def set_calendar_permissions(folder: Markup, *permissions: Markup) -> Markup:
    """UpdateFolder: another PermissionSet of a calendar."""
    inner = t("PermissionSet", t("CalendarPermissions", *permissions))
    path = t("FieldURI", FieldURI="folder:PermissionSet")
    return update_folder(folder, t("SetFolderField", path, t("CalendarFolder", inner)))


def find_in(
    folder: Markup, fields: Sequence[str] = ("item:Subject", "item:ItemClass"), view: Markup = NOTHING
) -> Markup:
    """FindItem in one folder, the first hundred items unless a view says otherwise."""
    shown = view or m("IndexedPageItemView", MaxEntriesReturned="100", Offset="0", BasePoint="Beginning")
    return m("FindItem", shape("IdOnly", fields), shown, m("ParentFolderIds", folder), Traversal="Shallow")
