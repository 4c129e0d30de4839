"""Attachments in request bodies: one schema for the three kinds, which @odata.type tells apart."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.acts import EventDraft, MessageDraft, NewAttachment
from reference_impl.domain.items import Reference
from reference_impl.graph.refusals import BodyInvalid

ReadItem = Callable[[str, Mapping[str, Any]], EventDraft | MessageDraft]
"""The draft of an item to be attached: its type, without the namespace and in lower case, and its members."""

Content = bytes | Reference | EventDraft | MessageDraft

_NAMESPACE: Final = "#microsoft.graph."


def read_attachment(sent: Mapping[str, Any], read_item: ReadItem) -> NewAttachment:
    """A new attachment. BodyInvalid without a name or what its kind needs, and for content that is no base64."""
    name = sent.get("name")
    if not name:
        raise BodyInvalid(reason="name: an attachment needs one.")
    kind = type_named(sent)
    reader = _KINDS.get(kind)
    if reader is None:
        raise BodyInvalid(reason=f"@odata.type: expected one of {', '.join(_KINDS)} of microsoft.graph, got {kind!r}.")
    return NewAttachment(
        name=name,
        content=reader(sent, read_item),
        content_type=sent.get("contentType") or "",
        content_id=sent.get("contentId") or "",
        content_location=sent.get("contentLocation") or "",
        is_inline=bool(sent.get("isInline")),
    )


def type_named(sent: Mapping[str, Any]) -> str:
    """The derived type that an object names, without its namespace and in lower case; empty where it names none."""
    named = next((value for name, value in sent.items() if name.lower() == "@odata.type"), "")
    folded = str(named).lower()
    return folded.removeprefix(_NAMESPACE).removeprefix(_NAMESPACE.removeprefix("#"))


def _file(sent: Mapping[str, Any], _read_item: ReadItem) -> Content:
    content = sent.get("contentBytes")
    if content is None:
        raise BodyInvalid(reason="contentBytes: a file attachment needs them.")
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BodyInvalid(reason="contentBytes: expected base64.") from None


def _item(sent: Mapping[str, Any], read_item: ReadItem) -> Content:
    item = sent.get("item")
    if item is None:
        raise BodyInvalid(reason="item: an item attachment needs one.")
    return read_item(type_named(item), item)


def _reference(sent: Mapping[str, Any], _read_item: ReadItem) -> Content:
    url = sent.get("sourceUrl")
    if not url:
        raise BodyInvalid(reason="sourceUrl: a reference needs it.")
    return Reference(
        url=url,
        provider=sent.get("providerType") or "other",
        permission=sent.get("permission") or "other",
        thumbnail_url=sent.get("thumbnailUrl") or "",
        preview_url=sent.get("previewUrl") or "",
        is_folder=bool(sent.get("isFolder")),
    )


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any], ReadItem], Content]]] = {
    "fileattachment": _file,
    "itemattachment": _item,
    "referenceattachment": _reference,
}
