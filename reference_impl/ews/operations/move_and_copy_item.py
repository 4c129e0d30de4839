"""MoveItem and CopyItem: items put into another folder, or copies of them; both get ids of their own."""

from __future__ import annotations

from collections.abc import Callable

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import OtherMailbox
from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Mailbox
from reference_impl.ews.call import Call
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.references import item_of, written_ids
from reference_impl.ews.tree import Element
from reference_impl.service import items
from reference_impl.service.world import World

_Put = Callable[[World, Mailbox, str, FolderRef, Mailbox], Item]


def move_item(request: Element, call: Call) -> str:
    """Answer a MoveItem (DOC moveitem-operation)."""
    return _put("MoveItem", items.move_item, request, call)


def copy_item(request: Element, call: Call) -> str:
    """Answer a CopyItem (DOC copyitem-operation)."""
    return _put("CopyItem", items.copy_item, request, call)


def _put(operation: str, put: _Put, request: Element, call: Call) -> str:
    """Put each item into the folder; ReturnNewItemIds false leaves the new ids out."""
    target, id_elements = request.find(m("ToFolderId")), request.find(m("ItemIds"))
    assert target is not None
    assert id_elements is not None
    returns_ids = (request.findtext(m("ReturnNewItemIds")) or "true").strip() in {"true", "1"}

    def one(element: Element) -> str:
        item = item_of(element, call)
        folder = folder_named(target[0], call)
        if folder.mailbox_id != item.mailbox_id:
            raise OtherMailbox
        there = put(call.world, call.owner(item.mailbox_id), item.id, FolderRef(id=folder.id), call.actor)
        return written_ids([there] if returns_ids else [])

    return each(operation, id_elements, one, NO_ITEMS)
