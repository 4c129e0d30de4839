"""MoveItem: items put into another folder, where they get new ids."""

from __future__ import annotations

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import OtherMailbox
from reference_impl.ews.call import Call
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.references import item_of, written_ids
from reference_impl.ews.tree import Element
from reference_impl.service import items


def move_item(request: Element, call: Call) -> str:
    """Answer a MoveItem; ReturnNewItemIds false leaves the new ids out (DOC moveitem-operation)."""
    target, id_elements = request.find(m("ToFolderId")), request.find(m("ItemIds"))
    assert target is not None
    assert id_elements is not None
    returns_ids = (request.findtext(m("ReturnNewItemIds")) or "true").strip() in {"true", "1"}

    def move(element: Element) -> str:
        item = item_of(element, call)
        folder = folder_named(target[0], call)
        if folder.mailbox_id != item.mailbox_id:
            raise OtherMailbox
        owner = call.owner(item.mailbox_id)
        moved = items.move_item(call.world, owner, item.id, FolderRef(id=folder.id), call.actor)
        return written_ids([moved] if returns_ids else [])

    return each("MoveItem", id_elements, move, NO_ITEMS)
