"""MoveFolder: folders put below another one with everything in them."""

from __future__ import annotations

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import OtherMailbox
from reference_impl.ews.call import Call
from reference_impl.ews.folder_shapes import written_folder
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_FOLDERS, each
from reference_impl.ews.tree import Element
from reference_impl.service import folders


def move_folder(request: Element, call: Call) -> str:
    """Answer a MoveFolder; a folder keeps its id wherever it is in its mailbox."""
    target, id_elements = request.find(m("ToFolderId")), request.find(m("FolderIds"))
    assert target is not None
    assert id_elements is not None

    def move(element: Element) -> str:
        folder = folder_named(element, call)
        above = folder_named(target[0], call, missing="ErrorToFolderNotFound")
        if above.mailbox_id != folder.mailbox_id:
            raise OtherMailbox
        owner, refs = call.owner(folder.mailbox_id), (FolderRef(id=folder.id), FolderRef(id=above.id))
        return written_folder(folders.move_folder(call.world, owner, *refs, call.actor))

    return each("MoveFolder", id_elements, move, NO_FOLDERS)
