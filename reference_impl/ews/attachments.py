"""Attachments in requests and answers ([MS-OXWSATT])."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Final

from reference_impl.domain.acts import EventDraft, MessageDraft, NewAttachment
from reference_impl.domain.errors import AttachmentsTooDeep
from reference_impl.domain.items import Attachment, AttachmentKind, Reference
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element
from reference_impl.ews.versions import Version

ReadItem = Callable[[Element], EventDraft | MessageDraft]
"""The draft of an item's element."""

ELEMENTS: Final[Mapping[AttachmentKind, str]] = {
    AttachmentKind.FILE: "FileAttachment",
    AttachmentKind.ITEM: "ItemAttachment",
    AttachmentKind.REFERENCE: "ReferenceAttachment",
}

_PROVIDERS: Final[Mapping[str, str]] = {
    "other": "Other",
    "oneDriveBusiness": "OneDrivePro",
    "oneDriveConsumer": "OneDriveConsumer",
    "dropbox": "Dropbox",
}
"""Who keeps a referenced file (DOC referenceattachment)."""

_PERMISSIONS: Final = (
    "other",
    "view",
    "edit",
    "anonymousView",
    "anonymousEdit",
    "organizationView",
    "organizationEdit",
)
"""What readers may do with a referenced file, by the number that stands for it."""

_ITEMS: Final = frozenset({"Item", "Message", "CalendarItem"})
"""What can be attached here; meeting messages come from meetings only (R78001)."""

_PROPERTIES: Final = frozenset(
    {
        "AttachmentId",
        "Name",
        "ContentType",
        "ContentId",
        "ContentLocation",
        "AttachmentOriginalUrl",
        "Size",
        "LastModifiedTime",
        "IsInline",
    }
)


def too_deep(error: AttachmentsTooDeep, version: Version) -> AttachmentsTooDeep | ResponseError:
    """What tells of attachments within one another: their size in versions without a code (before Exchange2010_SP2)."""
    if version.has("Exchange2010_SP2"):
        return error
    return ResponseError("ErrorAttachmentSizeLimitExceeded", str(error))


def read_attachment(element: Element, read_item: ReadItem) -> NewAttachment:
    """A new attachment.

    Raises ErrorRequiredPropertyMissing without a name or content, ErrorMissingItemForCreateItemAttachment,
    ErrorInvalidItemForOperationCreateItemAttachment for items that cannot be attached.
    """
    name = element.findtext(t("Name"))
    if not name:
        raise _missing("Name")
    return NewAttachment(
        name=name,
        content=_content(element, read_item),
        content_type=element.findtext(t("ContentType")) or "",
        content_id=element.findtext(t("ContentId")) or "",
        content_location=element.findtext(t("ContentLocation")) or "",
        is_inline=_flag(element, "IsInline"),
        is_contact_photo=_flag(element, "IsContactPhoto"),
    )


def _content(element: Element, read_item: ReadItem) -> bytes | EventDraft | MessageDraft:
    kind = local(element.tag)
    if kind == "ItemAttachment":
        return _item(element, read_item)
    if kind != "FileAttachment":
        raise ResponseError(
            "ErrorInvalidItemForOperationCreateItemAttachment", f"A {kind} cannot be made; attach the file itself."
        )
    content = element.find(t("Content"))
    if content is None:
        raise _missing("Content")
    return base64.b64decode(content.text or "")


def _item(element: Element, read_item: ReadItem) -> EventDraft | MessageDraft:
    item = next((child for child in element if local(child.tag) not in _PROPERTIES), None)
    if item is None:
        raise ResponseError("ErrorMissingItemForCreateItemAttachment", "The attachment holds no item.")
    if local(item.tag) not in _ITEMS:
        raise ResponseError(
            "ErrorInvalidItemForOperationCreateItemAttachment", f"A {local(item.tag)} cannot be attached."
        )
    return read_item(item)


def _missing(name: str) -> ResponseError:
    path = f'<t:ExceptionFieldURI FieldURI="attachment:{name}"/>'
    return ResponseError("ErrorRequiredPropertyMissing", f"An attachment needs a {name}.", (path,))


def _flag(element: Element, name: str) -> bool:
    return (element.findtext(t(name)) or "").strip() in {"true", "1"}


def write_attachment(attachment: Attachment, id_element: str, call: Call, content: str = "") -> str:
    """An attachment with its id and all that is told of it; ``content`` is its finished inside."""
    parts = [id_element, xml.leaf("Name", attachment.name)]
    for name, value in (
        ("ContentType", attachment.content_type),
        ("ContentId", attachment.content_id),
        ("ContentLocation", attachment.content_location),
    ):
        if value:
            parts.append(xml.leaf(name, value))
    if call.version.has("Exchange2010"):
        parts += [
            xml.leaf("Size", attachment.size),
            f"<t:LastModifiedTime>{call.time(attachment.modified)}</t:LastModifiedTime>",
            xml.leaf("IsInline", attachment.is_inline),
        ]
        if attachment.kind is AttachmentKind.FILE:
            parts.append(xml.leaf("IsContactPhoto", attachment.is_contact_photo))
    if attachment.reference is not None:
        parts += _referenced(attachment.reference)
    return xml.node(ELEMENTS[attachment.kind], "".join([*parts, content]))


def is_told(attachment: Attachment, version: Version) -> bool:
    """Whether clients of a version know attachments of this kind."""
    return attachment.reference is None or version.has("Exchange2016")


def _referenced(reference: Reference) -> list[str]:
    told = [
        ("AttachLongPathName", reference.url),
        ("ProviderType", _PROVIDERS[reference.provider]),
        ("AttachmentThumbnailUrl", reference.thumbnail_url),
        ("AttachmentPreviewUrl", reference.preview_url),
    ]
    leaves = [xml.leaf(name, value) for name, value in told if value]
    permission = _PERMISSIONS.index(reference.permission)
    return [*leaves, xml.leaf("PermissionType", permission), xml.leaf("AttachmentIsFolder", reference.is_folder)]


def id_element(attachment_id: str) -> str:
    """A t:AttachmentId with nothing but the id."""
    return f'<t:AttachmentId Id="{attachment_id}"/>'
