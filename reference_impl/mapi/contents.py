"""The content of a stored or attached item as MIME: iCalendar for calendar items, an internet message for messages."""

from __future__ import annotations

from reference_impl.domain.attached import AttachedItem
from reference_impl.domain.items import Attachment, CalendarItem, Item
from reference_impl.domain.mailbox import Person
from reference_impl.mime.calendars import calendar_of
from reference_impl.mime.messages import message_of
from reference_impl.service import attachments
from reference_impl.service.world import World


def mime_of(world: World, item: Item, owner: Person, attached: AttachedItem | None = None) -> bytes:
    """The content of an item as its owner has it; ``attached`` is what holds it, if it is attached to another."""

    def opened(attachment: Attachment, holder: AttachedItem | None) -> bytes | AttachedItem:
        return attachments.content_of(world, attachment, holder or attached)

    def content(attachment: Attachment) -> bytes:
        found = opened(attachment, None)
        assert isinstance(found, bytes), "only files are asked for"
        return found

    return calendar_of(item, owner, content) if isinstance(item, CalendarItem) else message_of(item, opened)
