"""CreateFolder: new folders below one there is."""

from __future__ import annotations

from reference_impl.domain.acts import FolderRef
from reference_impl.ews.call import Call
from reference_impl.ews.folder_shapes import written_folder
from reference_impl.ews.folder_writing import read_folder
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_FOLDERS, each
from reference_impl.ews.tree import Element
from reference_impl.service import folders


def create_folder(request: Element, call: Call) -> str:
    """Answer a CreateFolder: each entry is an act of its own."""
    parent, entries = request.find(m("ParentFolderId")), request.find(m("Folders"))
    assert parent is not None
    assert entries is not None

    def create(entry: Element) -> str:
        above = folder_named(parent[0], call, missing="ErrorParentFolderNotFound")
        draft, owner = read_folder(entry, call), call.owner(above.mailbox_id)
        made = folders.create_folder(call.world, owner, FolderRef(id=above.id), draft, call.actor)
        return written_folder(made)

    return each("CreateFolder", entries, create, NO_FOLDERS)
