"""Plain messages."""

from __future__ import annotations

from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.errors import NoRecipients
from reference_impl.domain.items import Message, MessageKind
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.service.delivery import keep, send, settle
from reference_impl.service.finding import folder_in, resolved
from reference_impl.service.world import World


def create_message(
    world: World, actor: Mailbox, draft: MessageDraft, delivery: Delivery, folder: FolderRef | None = None
) -> Message | None:
    """Send a message, or save it; the copy kept, in the folder, else in Sent Items or Drafts, if any.

    Raises FolderNotFound, NoRecipients, BadAddress.
    """
    with world.store.begin() as unit:
        now = world.clock.now()
        message = Message(
            id="",
            mailbox_id=actor.id,
            folder_id="",
            version=0,
            kind=MessageKind.NOTE,
            subject=draft.subject,
            body=draft.body,
            sender=actor.person,
            to=tuple(resolved(unit, person) for person in draft.to),
            cc=tuple(resolved(unit, person) for person in draft.cc),
            bcc=tuple(resolved(unit, person) for person in draft.bcc),
            importance=draft.importance,
            sensitivity=draft.sensitivity,
            categories=draft.categories,
            attachments=draft.attachments,
            extended=draft.extended,
            conversation_id=world.ids.token(16).hex(),
            created=now,
            modified=now,
        )
        place = None if folder is None else folder_in(unit, actor, folder)
        if not delivery.send:
            return keep(unit, world, actor, message, place or FolderRole.DRAFTS)
        if not (message.to or message.cc or message.bcc):
            raise NoRecipients
        saved = send(unit, world, actor, message, save_copy=delivery.save_copy, copy_in=place or FolderRole.SENT)
        settle(unit, world)
        return saved
