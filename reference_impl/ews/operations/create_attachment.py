"""CreateAttachment: files and items hung on a stored item, each answered by a message of its own."""

from __future__ import annotations

from functools import partial

from reference_impl.domain.errors import AttachmentsTooDeep
from reference_impl.ews import ids, xml
from reference_impl.ews.attachments import ELEMENTS, read_attachment, too_deep
from reference_impl.ews.call import Call
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.references import item_of
from reference_impl.ews.tree import Element
from reference_impl.ews.writing import read_item
from reference_impl.service import attachments

NO_ATTACHMENTS = "<m:Attachments/>"


def create_attachment(request: Element, call: Call) -> str:
    """Answer a CreateAttachment; the last answer tells the change key that counts from then on."""
    parent, given = request.find(m("ParentItemId")), request.find(m("Attachments"))
    assert parent is not None
    assert given is not None
    return each("CreateAttachment", given, lambda element: _created(parent, element, call), NO_ATTACHMENTS)


def _created(parent: Element, element: Element, call: Call) -> str:
    item = item_of(parent, call)
    owner = call.owner(item.mailbox_id)
    new = read_attachment(element, partial(read_item, call))
    try:
        made = attachments.attach(call.world, owner, item.id, new, call.actor)
    except AttachmentsTooDeep as error:
        raise too_deep(error, call.version) from None
    root, key = ids.item_id(made.item.mailbox_id, made.item.id), ids.change_key(made.item.version)
    attachment_id = ids.attachment_id(made.item.mailbox_id, made.item.id, (made.attachment.id,))
    told = f'<t:AttachmentId Id="{attachment_id}" RootItemId="{root}" RootItemChangeKey="{key}"/>'
    return f"<m:Attachments>{xml.node(ELEMENTS[made.attachment.kind], told)}</m:Attachments>"
