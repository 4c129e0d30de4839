"""FindFolder: the folders below others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reference_impl.domain.mailbox import Folder
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import FolderShape, folder_named, read_folder_shape, write_folder
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.paging import Paging, paging_of
from reference_impl.ews.tree import Element
from reference_impl.service import folders


def find_folder(request: Element, call: Call) -> str:
    """Answer a FindFolder; restrictions of folders are not offered and are refused."""
    shape_element, parents = request.find(m("FolderShape")), request.find(m("ParentFolderIds"))
    assert shape_element is not None
    assert parents is not None
    shape = read_folder_shape(shape_element)

    def find(parent: Element) -> str:
        _refuse_restriction(request)
        paging = paging_of(request, "FolderView")
        return _root(_below(folder_named(parent, call), request.get("Traversal", ""), call), paging, shape, call)

    return each("FindFolder", parents, find)


def _refuse_restriction(request: Element) -> None:
    if request.find(m("Restriction")) is not None:
        raise ResponseError("ErrorUnsupportedQueryFilter", "Folders cannot be searched by a Restriction.")


def _root(found: Sequence[Folder], paging: Paging, shape: FolderShape, call: Call) -> str:
    part = paging.slice_of(len(found))
    chosen = found[part.start : part.start + part.count]
    content = "".join(write_folder(folder, shape, call) for folder in chosen)
    return f"<m:RootFolder{paging.attributes(part)}><t:Folders>{content}</t:Folders></m:RootFolder>"


def _below(parent: Folder, traversal: str, call: Call) -> list[Folder]:
    if traversal == "SoftDeleted":
        return []
    every = folders.list_folders(call.world, call.owner(parent.mailbox_id))
    return list(_descendants(parent.id, every, is_deep=traversal == "Deep"))


def _descendants(parent_id: str, every: Sequence[Folder], *, is_deep: bool) -> Iterator[Folder]:
    for folder in every:
        if folder.parent_id == parent_id:
            yield folder
            if is_deep:
                yield from _descendants(folder.id, every, is_deep=True)
