"""The members of attachments: files, items, and references to files that stay where they are."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reference_impl.domain.items import Attachment, AttachmentKind, CalendarItem, Item, Reference
from reference_impl.graph import ids
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.fields.field import ABSENT, BETA, Field, Table, View
from reference_impl.graph.fields.message import MESSAGE
from reference_impl.graph.fields.values import moment
from reference_impl.graph.odata.filtering import Type
from reference_impl.graph.odata.selecting import Selection
from reference_impl.service.attachments import Opened
from reference_impl.service.item_ids import IdKind, attachment_token

TYPES: Final[Mapping[AttachmentKind, str]] = {
    AttachmentKind.FILE: "fileAttachment",
    AttachmentKind.ITEM: "itemAttachment",
    AttachmentKind.REFERENCE: "referenceAttachment",
}
_FILE: Final = frozenset({TYPES[AttachmentKind.FILE]})
_REFERENCE: Final = frozenset({TYPES[AttachmentKind.REFERENCE]})
_BETA: Final = frozenset({BETA})


@dataclass(frozen=True, slots=True)
class Hung:
    """An attachment, the item on which it hangs, and how what is in it is read."""

    item: Item
    attachment: Attachment
    opened: Callable[[], Opened]


def attachment_id(hung: Hung, view: View) -> str:
    """The wire id of an attachment, which stays the same as long as that of its item does."""
    token = attachment_token(hung.item.lasting if view.lasting_ids else hung.item.id, (hung.attachment.id,))
    return ids.spell(IdKind.ATTACHMENT, hung.item.mailbox_id, token)


def item_members(hung: Hung, view: View) -> dict[str, Any]:
    """The item that is in an item attachment; it lies in no folder and has no id to go by."""
    attached = hung.opened().attached
    assert attached is not None, "not an item attachment"
    item = attached.item
    shown: dict[str, Any]
    if isinstance(item, CalendarItem):
        shown = {"@odata.type": "#microsoft.graph.event", **EVENT.show(item, view, Selection())}
    else:
        shown = {"@odata.type": "#microsoft.graph.message", **MESSAGE.show(item, view, Selection())}
    return {name: value for name, value in shown.items() if name not in _OF_STORED_ITEMS}


_OF_STORED_ITEMS: Final = frozenset({"@odata.etag", "id", "changeKey", "parentFolderId", "webLink"})


def _reference(read: Callable[[Reference], Any]) -> Callable[[Hung, View], Any]:
    def show(hung: Hung, _view: View) -> Any:
        assert hung.attachment.reference is not None, "not a reference"
        return read(hung.attachment.reference)

    return show


ATTACHMENT: Final[Table[Hung]] = Table(
    (
        Field("@odata.type", lambda h, _: f"#microsoft.graph.{TYPES[h.attachment.kind]}", always=True),
        Field(
            "@odata.mediaContentType",
            lambda h, _: h.attachment.content_type or ABSENT,
            types=_FILE,
            always=True,
        ),
        Field("id", attachment_id, always=True),
        Field(
            "lastModifiedDateTime",
            lambda h, _: moment(h.attachment.modified),
            filters=(("lastModifiedDateTime", Type.MOMENT, lambda h: h.attachment.modified),),
        ),
        Field("name", lambda h, _: h.attachment.name, filters=(("name", Type.TEXT, lambda h: h.attachment.name),)),
        Field("contentType", lambda h, _: h.attachment.content_type or None),
        Field("size", lambda h, _: h.attachment.size, filters=(("size", Type.INTEGER, lambda h: h.attachment.size),)),
        Field(
            "isInline",
            lambda h, _: h.attachment.is_inline,
            filters=(("isInline", Type.BOOLEAN, lambda h: h.attachment.is_inline),),
        ),
        Field("contentId", lambda h, _: h.attachment.content_id or None, types=_FILE),
        Field("contentLocation", lambda h, _: h.attachment.content_location or None, types=_FILE),
        Field("contentBytes", lambda h, _: base64.b64encode(h.opened().data).decode(), types=_FILE),
        Field("sourceUrl", _reference(lambda r: r.url), versions=_BETA, types=_REFERENCE),
        Field("providerType", _reference(lambda r: r.provider), versions=_BETA, types=_REFERENCE),
        Field("thumbnailUrl", _reference(lambda r: r.thumbnail_url or None), versions=_BETA, types=_REFERENCE),
        Field("previewUrl", _reference(lambda r: r.preview_url or None), versions=_BETA, types=_REFERENCE),
        Field("permission", _reference(lambda r: r.permission), versions=_BETA, types=_REFERENCE),
        Field("isFolder", _reference(lambda r: r.is_folder), versions=_BETA, types=_REFERENCE),
    ),
    type_of=lambda hung: TYPES[hung.attachment.kind],
    casts={name: frozenset({name}) for name in TYPES.values()},
)
"""An attachment's members, in the order the service writes them; what is referenced is told in beta alone."""
