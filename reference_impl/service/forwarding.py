"""Passing a meeting on: whoever gets a forwarded meeting receives a request for it, from the one who forwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reference_impl.domain.acts import Delivery
from reference_impl.domain.correspondence import conversation_of, facts_of, forward_notice
from reference_impl.domain.errors import MeetingIsCancelled, NoRecipients, NotRespondable
from reference_impl.domain.items import Body, CalendarItem, Item, MeetingFacts, Message, MessageKind, RequestKind
from reference_impl.domain.mailbox import FolderRole, Mailbox, Person
from reference_impl.service.delivery import keep, send, settle
from reference_impl.service.finding import item_in, resolved
from reference_impl.service.world import World


def forward_meeting(
    world: World,
    actor: Mailbox,
    item_id: str,
    people: Sequence[Person],
    subject: str,
    body: Body,
    delivery: Delivery,
) -> Message | None:
    """Send a request for the meeting of a calendar item or request to more people; the copy kept, if any.

    Answers of the new people go to the organizer, who is notified if it was an attendee that forwarded. Raises
    ItemNotFound, NotRespondable for other messages, MeetingIsCancelled, NoRecipients, BadAddress.
    """
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id)
        facts = _facts(item)
        if facts.is_cancelled:
            raise MeetingIsCancelled
        now = world.clock.now()
        message = Message(
            id="",
            mailbox_id=actor.id,
            folder_id="",
            version=0,
            kind=MessageKind.REQUEST,
            subject=subject,
            body=body,
            sender=actor.person,
            to=tuple(resolved(unit, person) for person in people),
            conversation_id=conversation_of(facts.uid),
            meeting=replace(facts, request_kind=RequestKind.NEW, previous=None, previous_location=None),
            created=now,
            modified=now,
        )
        if not delivery.send:
            return keep(unit, world, actor, message, FolderRole.DRAFTS)
        if not message.to:
            raise NoRecipients
        saved = send(unit, world, actor, message, save_copy=delivery.save_copy)
        others = tuple(person for person in message.to if person.key != facts.organizer.key)
        if world.settings.forwards_are_told and others and facts.organizer.key != actor.person.key:
            notice = forward_notice(facts, item.subject, actor.person, others)
            send(unit, world, actor, notice, save_copy=False)
        settle(unit, world)
        return saved


def _facts(item: Item) -> MeetingFacts:
    if isinstance(item, CalendarItem):
        return facts_of(item)
    if item.kind is not MessageKind.REQUEST or item.meeting is None:
        raise NotRespondable
    return item.meeting
