"""FindFolder: the folders below others, by restriction and page ([MS-OXWSSRCH] FindFolder)."""

from __future__ import annotations

from typing import Any

from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Folder
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.extended.folders import comparable_value
from reference_impl.ews.extended.values import kind_of
from reference_impl.ews.fields.folders import BY_URI, FolderView
from reference_impl.ews.folder_shapes import read_folder_shape, write_folder
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import local, m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.paging import Way, allowance_of, paging_of
from reference_impl.ews.search.expressions import restriction
from reference_impl.ews.search.paths import Property
from reference_impl.ews.tree import Element, parts_of
from reference_impl.ews.writing import path_of
from reference_impl.service import folders

_SHAPE, _PARENTS, _RESTRICTION = m("FolderShape"), m("ParentFolderIds"), m("Restriction")


def find_folder(request: Element, call: Call) -> str:
    """Answer a FindFolder: one response message per parent."""
    parts = parts_of(request)
    allowance = allowance_of(parts, call.world.settings)

    def find(parent: Element) -> str:
        shape, paging = read_folder_shape(parts[_SHAPE]), paging_of(parts)
        found = _found(parts.get(_RESTRICTION), request.get("Traversal"), parent, call)
        wanted = paging.slice_of(len(found)).count
        part = replace(paging, limit=allowance.limit(paging.limit)).slice_of(len(found))
        allowance.take(None, wanted, part.count, call.version, is_paged=paging.way is not Way.ALL)
        chosen = found[part.start : part.start + part.count]
        content = "".join(write_folder(folder, shape, call) for folder in chosen)
        return f"<m:RootFolder{paging.attributes(part)}><t:Folders>{content}</t:Folders></m:RootFolder>"

    return each("FindFolder", parts[_PARENTS], find)


def _found(wanted: Element | None, traversal: str | None, parent: Element, call: Call) -> list[Folder]:
    """The folders below a parent that a restriction lets through; none is soft-deleted."""
    keep = None if wanted is None else restriction(wanted, call, folder_property).keep
    above = folder_named(parent, call)
    if traversal == "SoftDeleted":
        return []
    below = folders.folders_below(call.world, above, call.actor, is_deep=traversal == "Deep")
    return [folder for folder in below if keep is None or keep(FolderView(call, folder))]


def folder_property(path: Element, code: str) -> Property:
    """The property of folders that a path names; it is read from a folder's view.

    Raises ``code`` for a calculated one.
    """
    if local(path.tag) == "ExtendedFieldURI":
        wanted = extended_path(path)
        kind = kind_of(wanted.address.type)
        return Property(path=wanted.xml, value=lambda view: comparable_value(wanted, view), kind=kind)
    uri = path.get("FieldURI", "")
    fields = {element: table[uri] for element, table in BY_URI.items() if uri in table}
    if not fields:
        return Property(path=path_of(uri), value=lambda _view: None)
    if all(field.value is None for field in fields.values()):
        raise ResponseError(code, f"{uri} is calculated and cannot be searched by.", (path_of(uri),))

    def value(view: FolderView) -> Any:
        field = fields.get(view.element)
        return None if field is None or field.value is None else field.value(view)

    return Property(path=path_of(uri), value=value, kind=next(iter(fields.values())).kind)
