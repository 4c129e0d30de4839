"""Extended properties of folders: those that tell what other properties tell too, and those that clients keep there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.extended import Extended, ExtendedAddress, value_at, with_value, without
from reference_impl.domain.mailbox import Folder
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import ExtendedPath, extended_path
from reference_impl.ews.extended.values import comparable, read_values, write_values
from reference_impl.ews.fields.folders import FolderView
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.mapi.addresses import tag
from reference_impl.mapi.values import time_text

_TYPES: Final = {True: "0", False: "1"}  # the root, any other folder

_CALCULATED: Final[Mapping[ExtendedAddress, Callable[[FolderView], str]]] = {
    tag(0x3001, "String"): lambda view: view.folder.name,  # PidTagDisplayName
    tag(0x3007, "SystemTime"): lambda view: time_text(view.folder.created),  # PidTagCreationTime
    tag(0x3008, "SystemTime"): lambda view: time_text(view.folder.modified),  # PidTagLastModificationTime
    tag(0x3601, "Integer"): lambda view: _TYPES[view.folder.parent_id is None],  # PidTagFolderType
    tag(0x3602, "Integer"): lambda view: str(view.counts.total),  # PidTagContentCount
    tag(0x3603, "Integer"): lambda view: str(view.counts.unread),  # PidTagContentUnreadCount
    tag(0x360A, "Boolean"): lambda view: "true" if view.counts.children else "false",  # PidTagSubfolders
    tag(0x3613, "String"): lambda view: view.folder.folder_class,  # PidTagContainerClass
    tag(0x670A, "SystemTime"): lambda view: time_text(view.last_change),  # PidTagLocalCommitTimeMax
}
"""The properties that follow from others and cannot be set ([MS-OXCFOLD] 2.2.2.2, [MS-OXOSFLD] 2.2.3)."""


def _values(path: ExtendedPath, view: FolderView) -> tuple[str, ...] | None:
    calculated = _CALCULATED.get(path.address)
    return value_at(view.folder.extended, path.address) if calculated is None else (calculated(view),)


def comparable_value(path: ExtendedPath, view: FolderView) -> Any:
    """The property's value as searches compare it, or None."""
    values = _values(path, view)
    return None if values is None else comparable(values, path.address.type)


def write_value(path: ExtendedPath, view: FolderView) -> str | None:
    """The t:ExtendedProperty with the same path, or None where there is no value."""
    values = _values(path, view)
    if values is None:
        return None
    return xml.node("ExtendedProperty", path.xml + write_values(values, path.address.type, view.call))


def with_property(extended: Extended, element: Element, call: Call) -> Extended:
    """The kept properties with that of a t:ExtendedProperty.

    Raises ErrorInvalidExtendedProperty, ErrorInvalidExtendedPropertyValue, ErrorInvalidPropertySet for what is
    calculated.
    """
    path_element = element.find(t("ExtendedFieldURI"))
    assert path_element is not None
    path = extended_path(path_element)
    values = read_values(element, path, call)
    if path.address in _CALCULATED:
        raise ResponseError("ErrorInvalidPropertySet", "The property is calculated and cannot be set.", (path.xml,))
    return with_value(extended, path.address, values)


def without_property(folder: Folder, path: ExtendedPath) -> Extended:
    """The kept properties without that of a path. Raises ErrorInvalidPropertyDelete for what is calculated."""
    if path.address in _CALCULATED:
        raise ResponseError("ErrorInvalidPropertyDelete", "The property cannot be deleted.", (path.xml,))
    return without(folder.extended, path.address)
