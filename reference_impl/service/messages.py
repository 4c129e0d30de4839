"""Plain messages made, and drafts of any kind sent."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.conversation import topic_of
from reference_impl.domain.errors import NoRecipients, NotSendable, StaleVersion
from reference_impl.domain.items import Message, MessageKind, TaskFacts
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.service.delivery import keep, send, settle
from reference_impl.service.drafts import message_from
from reference_impl.service.finding import item_in, place_in, place_of_copy
from reference_impl.service.forwarding import notify_organizer
from reference_impl.service.items import edited
from reference_impl.service.rights import check_sends, creator_in
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


def create_message(
    world: World,
    actor: Mailbox,
    draft: MessageDraft,
    delivery: Delivery,
    folder: FolderRef | None = None,
    by: Mailbox | None = None,
) -> Message | None:
    """Send a message, or save it; the copy kept, in the folder, else in the sender's Sent Items or Drafts, if any.

    Raises FolderNotFound, CreatingItemsDenied, SendingDenied, NoRecipients, BadAddress, MessageTooLarge,
    AttachmentTooLarge, AttachmentsTooDeep.
    """
    with world.store.begin() as unit:
        sender = by or actor
        if delivery.send:
            draft = replace(draft, is_draft=True, author=draft.author or draft.named)
        message = message_from(unit, world, actor, draft)
        place = None if folder is None else place_of_copy(unit, actor, folder, by)
        if not message.is_draft:
            return _kept(unit, world, sender, message, place)
        if not message.sender.is_same(actor.person):
            check_sends(unit, sender, message.sender)
        if not delivery.send:
            return keep(unit, world, sender, message, place or FolderRole.DRAFTS)
        saved = _sent(unit, world, sender, message, delivery, place)
        settle(unit, world)
        return saved


def _kept(unit: UnitOfWork, world: World, sender: Mailbox, message: Message, place: Folder | None) -> Message:
    """A message that has come from elsewhere, as it is."""
    folder = place or unit.folder(sender.id, FolderRole.DRAFTS)
    owner = unit.mailbox(folder.mailbox_id)
    return unit.add(
        replace(
            message,
            id=world.ids.entry_id(),
            mailbox_id=owner.id,
            folder_id=folder.id,
            creator=creator_in(owner, sender),
            from_me=message.sender.is_same(owner.person),
        )
    )


def create_task(
    world: World, actor: Mailbox, draft: MessageDraft, folder: FolderRef, by: Mailbox | None = None
) -> Message:
    """Keep a task. Raises FolderNotFound, CreatingItemsDenied, AttachmentTooLarge, AttachmentsTooDeep."""
    with world.store.begin() as unit:
        made = message_from(unit, world, actor, draft)
        task = replace(
            made,
            id=world.ids.entry_id(),
            folder_id=place_in(unit, actor, folder, by).id,
            creator=creator_in(actor, by),
            kind=MessageKind.TASK,
            task=draft.task or TaskFacts(),
            is_read=True,
            from_me=True,
        )
        return unit.add(task)


def send_draft(
    world: World,
    actor: Mailbox,
    item_id: str,
    delivery: Delivery,
    folder: FolderRef | None = None,
    expected: int | None = None,
    edit: Callable[[Message], Message] | None = None,
    by: Mailbox | None = None,
) -> Message | None:
    """Send a draft of the actor's as ``edit`` leaves it; it leaves its folder. The copy kept, if any.

    A drafted answer, invitation or cancellation counts from now on as if it had been sent at once. ``expected`` is the
    version the caller read. Raises ItemNotFound, AccessDenied, NotSendable, StaleVersion, FolderNotFound,
    CreatingItemsDenied, SendingDenied, NoRecipients, BadAddress, MessageTooLarge and the errors of ``edit``.
    """
    with world.store.begin() as unit:
        before = item_in(unit, actor, item_id, by, Reach.deletes if edit is None else Reach.replaces)
        if not isinstance(before, Message) or not before.is_draft:
            raise NotSendable
        if expected is not None and expected != before.version:
            raise StaleVersion(expected=expected, actual=before.version)
        place = None if folder is None else place_of_copy(unit, actor, folder, by)
        draft = before if edit is None else edited(unit, world, actor, before, edit)
        saved = _sent(unit, world, by or actor, draft, delivery, place)
        unit.remove(before)
        settle(unit, world)
        return saved


def _sent(
    unit: UnitOfWork, world: World, sender: Mailbox, message: Message, delivery: Delivery, place: Folder | None
) -> Message | None:
    if not (message.to or message.cc or message.bcc):
        raise NoRecipients
    copy_in = place or FolderRole.SENT
    saved = send(unit, world, sender, message, save_copy=delivery.save_copy, copy_in=copy_in)
    if message.kind is MessageKind.REQUEST and message.meeting is not None:
        people = (*message.to, *message.cc, *message.bcc)
        notify_organizer(unit, world, sender, message.meeting, topic_of(message.subject), people)
    return saved
