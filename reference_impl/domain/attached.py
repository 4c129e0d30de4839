"""An item as it lies in an attachment: in no folder, with everything that hangs on it in its turn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from reference_impl.domain.errors import AttachmentNotFound
from reference_impl.domain.items import Attachment, CalendarItem, Item, Message


def digest_of(data: bytes) -> str:
    """The name of a content: its SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def attachment_in(item: Item, attachment_id: str) -> Attachment:
    """The attachment of an item with this id. Raises AttachmentNotFound."""
    found = next((one for one in item.attachments if one.id == attachment_id), None)
    if found is None:
        raise AttachmentNotFound
    return found


def shows_attachments(item: Item) -> bool:
    """Whether anything hangs on the item that is not part of its body (MS-OXWSCORE HasAttachments)."""
    return bool(item.attachments) and any(not attachment.is_inline for attachment in item.attachments)


def size_of(item: Item) -> int:
    """The item's size in bytes: its texts, its attachments and a fixed share for everything else."""
    texts = 2 * (len(item.subject) + len(item.body.content))
    return 1024 + texts + sum([attachment.size for attachment in item.attachments])


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedItem:
    """One calendar item or one message, and the contents of its own attachments by their digests."""

    event: CalendarItem | None = None
    message: Message | None = None
    contents: tuple[tuple[str, bytes], ...] = ()

    @property
    def item(self) -> Item:
        """The one there is."""
        item = self.event or self.message
        assert item is not None, "an attached item that is none"
        return item

    def content(self, digest: str) -> bytes:
        """The content with this digest; KeyError if nothing attached to the item has it."""
        return dict(self.contents)[digest]


def attached(item: Item, contents: tuple[tuple[str, bytes], ...]) -> AttachedItem:
    """An item on its way into an attachment."""
    if isinstance(item, CalendarItem):
        return AttachedItem(event=item, contents=contents)
    return AttachedItem(message=item, contents=contents)
