"""DeleteAttachment: attachments taken away from their items."""

from __future__ import annotations

from reference_impl.ews import ids
from reference_impl.ews.call import Call
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.get_attachment import attachment_ref
from reference_impl.ews.tree import Element
from reference_impl.service import attachments


def delete_attachment(request: Element, call: Call) -> str:
    """Answer a DeleteAttachment; each answer tells the item's new change key."""
    id_elements = request.find(m("AttachmentIds"))
    assert id_elements is not None
    return each("DeleteAttachment", id_elements, lambda element: _deleted(element, call))


def _deleted(element: Element, call: Call) -> str:
    ref = attachment_ref(element, call)
    item = attachments.detach(call.world, call.owner(ref.mailbox_id), ref.item, ref.path, call.actor)
    root, key = ids.item_id(item.mailbox_id, item.id), ids.change_key(item.version)
    return f'<m:RootItemId RootItemId="{root}" RootItemChangeKey="{key}"/>'
