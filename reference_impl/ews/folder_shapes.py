"""Folders in answers: which of their properties are shown, and writing them in schema order."""

from __future__ import annotations

from dataclasses import dataclass

from reference_impl.domain.mailbox import Folder
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import ExtendedPath, extended_path
from reference_impl.ews.extended.folders import write_value
from reference_impl.ews.fields.folders import ELEMENTS, EXTENDED_AFTER, TABLES, FolderField, FolderView
from reference_impl.ews.fields.readers import folder_id
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.ews.versions import Version
from reference_impl.ews.writing import path_of


@dataclass(frozen=True, slots=True)
class FolderShape:
    """What a FolderShape asks for."""

    base: str
    uris: frozenset[str]
    extended: tuple[ExtendedPath, ...] = ()


def read_folder_shape(element: Element) -> FolderShape:
    """The shape of an m:FolderShape.

    Raises ErrorInvalidPropertyRequest for properties that no folder has, ErrorInvalidExtendedProperty.
    """
    paths = element.find(t("AdditionalProperties"))
    named = () if paths is None else paths.findall(t("FieldURI"))
    extended = () if paths is None else tuple(map(extended_path, paths.findall(t("ExtendedFieldURI"))))
    uris = frozenset(path.get("FieldURI", "") for path in named)
    for uri in sorted(uris):
        if not uri.startswith("folder:"):
            raise ResponseError("ErrorInvalidPropertyRequest", f"A folder has no property {uri}.", (path_of(uri),))
    return FolderShape(element.findtext(t("BaseShape")) or "IdOnly", uris, extended)


def write_folder(folder: Folder, shape: FolderShape, call: Call) -> str:
    """The folder's element with the properties of the shape that have a value, in schema order."""
    view = FolderView(call, folder)
    parts: list[str] = []
    for field in TABLES[view.element]:
        written = field.read(view) if _is_chosen(field, shape, call.version) else None
        if written is not None:
            parts.append(written)
        if field.element == EXTENDED_AFTER:
            parts += _extended(view, shape)
    return xml.node(view.element, "".join(parts))


def written_folder(folder: Folder) -> str:
    """An m:Folders with the folder's element, and nothing but its id and change key in it."""
    element = xml.node(ELEMENTS[folder.kind], folder_id("FolderId", folder))
    return f"<m:Folders>{element}</m:Folders>"


def _extended(view: FolderView, shape: FolderShape) -> list[str]:
    return [written for path in shape.extended if (written := write_value(path, view)) is not None]


def _is_chosen(field: FolderField, shape: FolderShape, asked: Version) -> bool:
    if not asked.has(field.since):
        return False
    if field.element == "FolderId" or field.uri in shape.uris:
        return True
    if shape.base == "AllProperties":
        return field.named_only_since is None or not asked.has(field.named_only_since)
    return shape.base == "Default" and field.is_default
