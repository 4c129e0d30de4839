"""An item on its way into an answer, with what has to be looked up for it: once, and only if asked."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import msgspec

from reference_impl.domain.access import Reach
from reference_impl.domain.attached import AttachedItem
from reference_impl.domain.items import Attachment, CalendarItem, Item, MeetingFacts, Message
from reference_impl.domain.mailbox import Mailbox
from reference_impl.ews import words
from reference_impl.ews.bodies import PLAIN, Rendering
from reference_impl.ews.call import Call
from reference_impl.ews.ids import AttachmentRef, attachment_id
from reference_impl.service import events, items, responses

LONGEST_FOUND_TEXT: Final = 255
LONGEST_FOUND_BINARY: Final = 512


class View(msgspec.Struct, frozen=True, dict=True):
    """One item as one call sees it; ``found`` marks a FindItem answer, which shows less than GetItem.

    ``way`` leads to the attachment in which the item lies, and ``attached`` is what lies there, if it is an attached
    one. ``only_headers`` are the names of the internet headers to be shown, in lower case, where not all are.
    """

    call: Call
    item: Item
    rendering: Rendering = PLAIN
    found: bool = False
    way: AttachmentRef | None = None
    attached: AttachedItem | None = None
    only_headers: frozenset[str] | None = None

    @property
    def owner(self) -> Mailbox:
        """Whose item it is."""
        return self.call.owner(self.item.mailbox_id)

    def shown(self, text: str) -> str:
        """A text as the answer shows it: FindItem cuts long ones short (DOC finditem-operation)."""
        return text[:LONGEST_FOUND_TEXT] if self.found else text

    def attachment_id(self, attachment: Attachment) -> str:
        """The id of something that hangs on the item."""
        if self.way is None:
            return attachment_id(self.item.mailbox_id, self.item.id, (attachment.id,))
        return attachment_id(self.way.mailbox_id, self.way.item, (*self.way.path, attachment.id))

    @property
    def element(self) -> str:
        """The element's name, which tells the kind of item."""
        return element_of(self.item)

    @property
    def event(self) -> CalendarItem:
        """The item, where the table is that of calendar items."""
        assert isinstance(self.item, CalendarItem)
        return self.item

    @property
    def message(self) -> Message:
        """The item, where the table is that of messages."""
        assert isinstance(self.item, Message)
        return self.item

    @property
    def facts(self) -> MeetingFacts:
        """What the message says of its meeting, where the table is that of meeting messages."""
        facts = self.message.meeting
        assert facts is not None
        return facts

    @cached_property
    def reach(self) -> Reach:
        """How far the viewer reaches into the item's folder."""
        return items.reach(self.call.world, self.item, self.call.actor)

    @cached_property
    def neighbours(self) -> events.Neighbours:
        """The meetings that overlap or touch this one."""
        return events.neighbours(self.call.world, self.owner, self.item, self.call.actor)

    @cached_property
    def associated(self) -> CalendarItem | None:
        """The calendar item that a meeting message is about."""
        return events.event_of_message(self.call.world, self.owner, self.message, self.call.actor)

    @property
    def offered(self) -> frozenset[str]:
        """What the viewer may answer with."""
        return responses.offered(self.call.world, self.call.actor, self.item)


def element_of(item: Item) -> str:
    """The name of an item's element."""
    return "CalendarItem" if isinstance(item, CalendarItem) else words.ELEMENTS[item.kind]
