"""Plain messages."""

from __future__ import annotations

from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.errors import NoRecipients
from reference_impl.domain.items import Message
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.service.delivery import keep, send, settle
from reference_impl.service.drafts import message_from
from reference_impl.service.finding import folder_in
from reference_impl.service.world import World


def create_message(
    world: World, actor: Mailbox, draft: MessageDraft, delivery: Delivery, folder: FolderRef | None = None
) -> Message | None:
    """Send a message, or save it; the copy kept, in the folder, else in Sent Items or Drafts, if any.

    Raises FolderNotFound, NoRecipients, BadAddress, MessageTooLarge, AttachmentTooLarge, AttachmentsTooDeep.
    """
    with world.store.begin() as unit:
        message = message_from(unit, world, actor, draft)
        place = None if folder is None else folder_in(unit, actor, folder)
        if not delivery.send:
            return keep(unit, world, actor, message, place or FolderRole.DRAFTS)
        if not (message.to or message.cc or message.bcc):
            raise NoRecipients
        saved = send(unit, world, actor, message, save_copy=delivery.save_copy, copy_in=place or FolderRole.SENT)
        settle(unit, world)
        return saved
