"""Passing a meeting on: whoever gets a forwarded meeting receives a request for it, from the one who forwards."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.conversation import conversation_of
from reference_impl.domain.correspondence import facts_of, forward_notice
from reference_impl.domain.errors import ForwardingNotAllowed, MeetingIsCancelled, NoRecipients, NotRespondable
from reference_impl.domain.items import CalendarItem, Item, MeetingFacts, Message, MessageKind, RequestKind
from reference_impl.domain.mailbox import FolderRole, Mailbox, Person
from reference_impl.service.delivery import keep, send, settle
from reference_impl.service.drafts import message_from
from reference_impl.service.finding import place_of_copy, shown_in
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


def forward_meeting(
    world: World,
    actor: Mailbox,
    item_id: str,
    draft: MessageDraft,
    delivery: Delivery,
    folder: FolderRef | None = None,
    by: Mailbox | None = None,
) -> Message | None:
    """Send a request for the meeting of a calendar item or request to the people of the draft; the copy kept, if any.

    It comes from the one who forwards, also out of another person's mailbox, and what hangs on the item goes with it.
    Answers of the new people go to the organizer, who is notified if it was an attendee that forwarded. Raises
    ItemNotFound, NotRespondable for other messages, MeetingIsCancelled, ForwardingNotAllowed, FolderNotFound,
    CreatingItemsDenied, NoRecipients, BadAddress, MessageTooLarge.
    """
    with world.store.begin() as unit:
        item, sender = shown_in(unit, actor, item_id, by), by or actor
        facts = _facts(item)
        if facts.is_cancelled:
            raise MeetingIsCancelled
        if facts.do_not_forward and not facts.organizer.is_same(sender.person):
            raise ForwardingNotAllowed
        whole = replace(draft, attachments=(*item.attachments, *draft.attachments))
        message = replace(
            message_from(unit, world, sender, whole),
            kind=MessageKind.REQUEST,
            conversation_id=conversation_of(facts.uid),
            conversation_index="",
            meeting=replace(facts, request_kind=RequestKind.NEW, previous=None, previous_location=None),
        )
        place = None if folder is None else place_of_copy(unit, actor, folder, by)
        if not delivery.send:
            return keep(unit, world, sender, message, place or FolderRole.DRAFTS)
        people = (*message.to, *message.cc, *message.bcc)
        if not people:
            raise NoRecipients
        saved = send(unit, world, sender, message, save_copy=delivery.save_copy, copy_in=place or FolderRole.SENT)
        notify_organizer(unit, world, sender, facts, item.subject, people)
        settle(unit, world)
        return saved


def notify_organizer(
    unit: UnitOfWork, world: World, sender: Mailbox, facts: MeetingFacts, subject: str, people: Sequence[Person]
) -> None:
    """Tell the organizer to whom an attendee has forwarded the meeting."""
    others = tuple(person for person in people if not person.is_same(facts.organizer))
    if world.settings.forwards_are_told and others and not facts.organizer.is_same(sender.person):
        send(unit, world, sender, forward_notice(facts, subject, sender.person, others), save_copy=False)


def _facts(item: Item) -> MeetingFacts:
    if isinstance(item, CalendarItem):
        return facts_of(item)
    if item.kind is not MessageKind.REQUEST or item.meeting is None:
        raise NotRespondable
    return item.meeting
