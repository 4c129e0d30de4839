"""DeleteFolder: folders thrown away with everything in them."""

from __future__ import annotations

from reference_impl.domain.acts import FolderRef
from reference_impl.ews.call import Call
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.delete_item import DISPOSALS
from reference_impl.ews.tree import Element
from reference_impl.service import folders


def delete_folder(request: Element, call: Call) -> str:
    """Answer a DeleteFolder."""
    id_elements = request.find(m("FolderIds"))
    assert id_elements is not None
    disposal = DISPOSALS[request.get("DeleteType", "")]

    def delete(element: Element) -> str:
        folder = folder_named(element, call)
        owner = call.owner(folder.mailbox_id)
        folders.delete_folder(call.world, owner, FolderRef(id=folder.id), disposal, call.actor)
        return ""

    return each("DeleteFolder", id_elements, delete)
