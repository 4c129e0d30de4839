"""GetAttachment: what hangs on items, whole: files with their bytes, items with all their properties."""

from __future__ import annotations

import base64

from reference_impl.domain.errors import AttachmentNotFound
from reference_impl.ews import ids, xml
from reference_impl.ews.attachments import id_element, is_told, write_attachment
from reference_impl.ews.call import Call
from reference_impl.ews.ids import AttachmentRef
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.create_attachment import NO_ATTACHMENTS
from reference_impl.ews.shapes import Shape, read_attachment_shape, write_item
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.service import attachments
from reference_impl.service.directory import mailbox_by_id


def get_attachment(request: Element, call: Call) -> str:
    """Answer a GetAttachment."""
    id_elements = request.find(m("AttachmentIds"))
    assert id_elements is not None
    asked = request.find(m("AttachmentShape"))
    return each("GetAttachment", id_elements, lambda element: _got(element, asked, call), NO_ATTACHMENTS)


def _got(element: Element, asked: Element | None, call: Call) -> str:
    shape = read_attachment_shape(asked)
    return f"<m:Attachments>{_opened(attachment_ref(element, call), shape, call)}</m:Attachments>"


def attachment_ref(element: Element, call: Call) -> AttachmentRef:
    """What a t:AttachmentId names. Raises AttachmentNotFound for one in no mailbox."""
    ref = ids.attachment_ref(element.get("Id", ""))
    if mailbox_by_id(call.world, ref.mailbox_id) is None:
        raise AttachmentNotFound
    return ref


def _opened(ref: AttachmentRef, shape: Shape, call: Call) -> str:
    opened = attachments.open_attachment(call.world, call.owner(ref.mailbox_id), ref.item, ref.path, call.actor)
    if not is_told(opened.attachment, call.version):
        raise AttachmentNotFound
    if opened.attachment.reference is not None:
        content = ""
    elif opened.attached is None:
        content = xml.leaf("Content", base64.b64encode(opened.data).decode())
    else:
        view = View(call, opened.attached.item, shape.rendering, way=ref, attached=opened.attached)
        content = write_item(view, shape)
    own_id = ids.attachment_id(ref.mailbox_id, ref.item, ref.path)
    return write_attachment(opened.attachment, id_element(own_id), call, content)
