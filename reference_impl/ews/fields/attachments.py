"""What hangs on an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.attached import shows_attachments
from reference_impl.ews import xml
from reference_impl.ews.attachments import id_element, is_told, read_attachment, write_attachment
from reference_impl.ews.fields.model import Field, Kind, Table, Writing
from reference_impl.ews.fields.readers import flag
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View


def _attachments(view: View) -> str | None:
    content = "".join(
        write_attachment(attachment, id_element(view.attachment_id(attachment)), view.call)
        for attachment in view.item.attachments
        if is_told(attachment, view.call.version)
    )
    return xml.node("Attachments", content) if content else None


def _set_attachments(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    return {"attachments": tuple(read_attachment(child, writing.read_item) for child in element)}


ATTACHMENTS: Final[Table] = (
    Field(uri="item:Attachments", element="Attachments", read=_attachments, found=False, create=_set_attachments),
    Field(
        uri="item:HasAttachments",
        element="HasAttachments",
        read=flag("HasAttachments", shows_attachments),
        kind=Kind.FLAG,
        value=shows_attachments,
    ),
)
"""The properties of this subject; what hangs on a stored item is changed by operations of its own."""
