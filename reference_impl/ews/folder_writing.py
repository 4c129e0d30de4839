"""Folders from requests: new ones from their elements, and changes of those there are from change descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.acts import FolderDraft, FolderEdit
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import CALENDAR_CLASS, CONTACTS_CLASS, MAIL_CLASS, TASKS_CLASS, Folder, kind_of
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.extended.folders import with_property, without_property
from reference_impl.ews.fields.folders import BY_ELEMENT, BY_URI, ELEMENTS, FolderField
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element
from reference_impl.ews.writing import path_of

_IMPLIED: Final[Mapping[str, str]] = {
    "Folder": MAIL_CLASS,
    "CalendarFolder": CALENDAR_CLASS,
    "ContactsFolder": CONTACTS_CLASS,
    "TasksFolder": TASKS_CLASS,
}
"""Element -> the class of a folder made of it; only t:Folder may have another (DOC ErrorNoFolderClassOverride)."""


def read_folder(element: Element, call: Call) -> FolderDraft:
    """A new folder.

    Raises ErrorInvalidFolderTypeForOperation, ErrorNoFolderClassOverride, ErrorInvalidPropertySet and the errors of the
    values.
    """
    name = local(element.tag)
    implied = _IMPLIED.get(name)
    if implied is None:
        raise ResponseError("ErrorInvalidFolderTypeForOperation", f"Folders of the type {name} are not made here.")
    folder_class = (element.findtext(t("FolderClass")) or "").strip() or implied
    if name != "Folder" and folder_class.casefold() != implied.casefold():
        raise ResponseError(
            "ErrorNoFolderClassOverride",
            f"A {name} has the class {implied}; a t:Folder can have any.",
            (path_of("folder:FolderClass"),),
        )
    table = BY_ELEMENT[ELEMENTS[kind_of(folder_class)]]
    draft = FolderDraft(folder_class=folder_class)
    for child in element:
        if local(child.tag) == "ExtendedProperty":
            draft = replace(draft, extended=with_property(draft.extended, child, call))
            continue
        field = table.get(local(child.tag))
        if field is None:
            raise ResponseError("ErrorInvalidPropertySet", f"{local(child.tag)} cannot be set.")
        if field.set is None:
            raise _not_settable(field.uri)
        draft = replace(draft, **field.set(child, call))
    if not draft.name:
        raise ResponseError(
            "ErrorFolderSavePropertyError", "A folder needs a DisplayName.", (path_of("folder:DisplayName"),)
        )
    return draft


def _not_settable(uri: str) -> ResponseError:
    return ResponseError("ErrorInvalidPropertySet", f"{uri} cannot be set.", (path_of(uri),))


def folder_edit(updates: Element, call: Call) -> FolderEdit:
    """The change that a t:Updates describes, applied in document order."""

    def edit(folder: Folder) -> Folder:
        for change in updates:
            folder = replace(folder, **_changed(folder, change, call))
        return folder

    return edit


def _changed(folder: Folder, change: Element, call: Call) -> Mapping[str, Any]:
    verb, path = local(change.tag), change[0]
    if verb == "AppendToFolderField":
        raise ResponseError("ErrorInvalidPropertyAppend", "Nothing can be appended to a property of a folder.")
    if local(path.tag) == "ExtendedFieldURI":
        return _extended_changed(folder, change, call)
    uri = path.get("FieldURI", "")
    element = ELEMENTS[folder.kind]
    field = BY_URI[element].get(uri)
    if field is None:
        raise ResponseError("ErrorInvalidPropertyRequest", f"A {element} has no property {uri}.", (path_of(uri),))
    if verb == "DeleteFolderField":
        if field.delete is None:
            raise ResponseError("ErrorInvalidPropertyDelete", f"{uri} cannot be deleted.", (path_of(uri),))
        return field.delete
    if field.set is None:
        raise _not_settable(uri)
    return field.set(_single_value(change[1], field), call)


def _extended_changed(folder: Folder, change: Element, call: Call) -> Mapping[str, Any]:
    path = extended_path(change[0])
    if local(change.tag) == "DeleteFolderField":
        return {"extended": without_property(folder, path)}
    value = _one(change[1], "the extended property")
    if local(value.tag) != "ExtendedProperty" or extended_path(value[0]).address != path.address:
        raise ResponseError(
            "ErrorUpdatePropertyMismatch", "The path and the property name two different properties.", (path.xml,)
        )
    return {"extended": with_property(folder.extended, value, call)}


def _single_value(wrapper: Element, field: FolderField) -> Element:
    """The one property inside the folder of a change description."""
    value = _one(wrapper, field.uri)
    if local(value.tag) != field.element:
        raise ResponseError(
            "ErrorUpdatePropertyMismatch",
            f"The path is {field.uri}, the value is a {local(value.tag)}.",
            (path_of(field.uri),),
        )
    return value


def _one(wrapper: Element, what: str) -> Element:
    if len(wrapper) != 1:
        raise ResponseError(
            "ErrorIncorrectUpdatePropertyCount", f"A change sets exactly one property, here {what}; got {len(wrapper)}."
        )
    return wrapper[0]
