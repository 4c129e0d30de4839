"""What a mailbox sends by itself while its owner is out of office."""

from __future__ import annotations

import hashlib

from reference_impl.domain.acts import Reply
from reference_impl.domain.items import Message, MessageKind, Response
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.domain.oof import OofSettings, automatic_reply, reply_to
from reference_impl.service.answering import answer, copy_answered
from reference_impl.service.world import World
from reference_impl.store.codec import decode
from reference_impl.store.unit import UnitOfWork

OOF = "oof"
"""The setting under which a mailbox keeps what it says of its owner's absence."""

_TOLD = "oof-told-"
_SILENCE = OofSettings()


def oof_settings_of(unit: UnitOfWork, owner: Mailbox) -> OofSettings:
    """What a mailbox says of its owner's absence; nothing, where it never said anything."""
    text = unit.setting(owner.id, OOF)
    return _SILENCE if text is None else decode(OofSettings, text)


def automatic_answers(
    unit: UnitOfWork, world: World, owner: Mailbox, message: Message
) -> tuple[tuple[Mailbox, Message], ...]:
    """What the absence of its owner makes a mailbox send for a message that has just arrived and been acted on."""
    settings = oof_settings_of(unit, owner)
    if not settings.is_in_force(world.clock.now()):
        return ()
    answers = (_decline(unit, world, owner, settings, message), _reply(unit, world, owner, settings, message))
    return tuple((owner, composed) for composed in answers if composed is not None)


def _reply(unit: UnitOfWork, world: World, owner: Mailbox, settings: OofSettings, message: Message) -> Message | None:
    """The reply, once for each sender and absence; what came by way of a distribution list is not answered."""
    reply = reply_to(message, owner.person, settings, world.settings.external_replies)
    if reply is None or _came_by_list(unit, owner, message):
        return None
    known_as = _TOLD + hashlib.sha256(message.sender.key.encode()).hexdigest()[:32]
    absence = str(settings.since)
    if unit.setting(owner.id, known_as) == absence:
        return None
    unit.keep_setting(owner.id, known_as, absence)
    return automatic_reply(message, owner.person, reply, world.clock.now())


def _came_by_list(unit: UnitOfWork, owner: Mailbox, message: Message) -> bool:
    """Whether lists are named and the owner is not; one who is named nowhere got a blind copy."""
    named = (*message.to, *message.cc)
    if any(person.is_same(owner.person) for person in named):
        return False
    known = (unit.directory.find(person.address) for person in named)
    return any(mailbox is not None and mailbox.kind is MailboxKind.LIST for mailbox in known)


def _decline(unit: UnitOfWork, world: World, owner: Mailbox, settings: OofSettings, message: Message) -> Message | None:
    """The refusal of a request that arrived during the absence, if requests are refused and nothing answered yet."""
    if message.kind is not MessageKind.REQUEST or message.meeting is None:
        return None
    if not settings.declines_requests or not world.settings.absence_acts_on_calendar:
        return None
    request = unit.item(owner.id, message.id)
    related = unit.items_of(owner.id, message.meeting.uid)
    copy = None if request is None else copy_answered(unit, request, related)
    if request is None or copy is None or copy.my_response is not Response.NOT_RESPONDED:
        return None
    body = None if settings.declining is None else settings.declining.body
    answered = answer(unit, world, owner, request, related, Reply(response=Response.DECLINED, body=body))
    return answered.response if copy.response_requested else None
