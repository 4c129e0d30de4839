"""Meeting messages that go to delegates as well as, or instead of, the one they were sent to."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from reference_impl.domain.delegation import MeetingDelivery
from reference_impl.domain.items import Message, MessageKind, Sensitivity
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.service.copies import facts_in
from reference_impl.service.rights import delegation_of, sees_private
from reference_impl.store.unit import UnitOfWork

_FORWARDED: Final = frozenset({MessageKind.REQUEST, MessageKind.RESPONSE, MessageKind.CANCELLATION})


class Handing(msgspec.Struct, frozen=True, gc=False):
    """Which delegates get a copy of a message, the folder it goes to itself, and whether it only informs its reader."""

    delegates: tuple[Mailbox, ...] = ()
    place: FolderRole = FolderRole.INBOX
    only_informs: bool = False


_NOBODY: Final = Handing()


def handing_of(unit: UnitOfWork, owner: Mailbox, message: Message) -> Handing:
    """What becomes of a message at its arrival, by what its owner says of delegates.

    Private messages go to delegates who may see them, no message goes to the one it comes from. Source: DOC
    delivermeetingrequests, [MS-OXWSMTGS] PrincipalWantsCopy.
    """
    if message.kind not in _FORWARDED or message.is_delegated:
        return _NOBODY
    delegation = delegation_of(unit, owner)
    if delegation is None or delegation.delivery is MeetingDelivery.NO_FORWARD:
        return _NOBODY
    is_private = message.sensitivity is Sensitivity.PRIVATE
    users = [
        delegate.user
        for delegate in delegation.delegates
        if delegate.receives_copies and (delegate.views_private or not is_private)
    ]
    found = [unit.directory.find(user) for user in users if user != message.sender.key]
    delegates = tuple(mailbox for mailbox in found if mailbox is not None)
    if not delegates:
        return _NOBODY
    is_theirs_alone = delegation.delivery is MeetingDelivery.DELEGATES_ONLY
    return Handing(
        delegates,
        FolderRole.DELETED if is_theirs_alone else FolderRole.INBOX,
        only_informs=delegation.delivery is MeetingDelivery.DELEGATES_AND_INFORM_ME,
    )


def hand_on(unit: UnitOfWork, owner: Mailbox, message: Message, handing: Handing, kept_id: str, now: datetime) -> None:
    """Send copies of an arrived message to delegates, due at once; its owner has it as the item ``kept_id``."""
    if not handing.delegates:
        return
    kept = unit.item(owner.id, kept_id)
    copy = replace(
        message,
        received_for=owner.person,
        has_been_processed=False,
        receipt_pending=False,
        delivery_receipt_requested=False,
    )
    if isinstance(kept, Message) and kept.is_out_of_date:
        copy = replace(copy, is_out_of_date=True, meeting=kept.meeting)
    for delegate in handing.delegates:
        unit.enqueue(replace(_shown_to(unit, owner, delegate, copy), mailbox_id=delegate.id), now)


def _shown_to(unit: UnitOfWork, owner: Mailbox, delegate: Mailbox, message: Message) -> Message:
    """A message without the private occurrences of its series, for a delegate who may not see them."""
    facts = message.meeting
    if facts is None or not facts.exceptions or sees_private(unit, owner, delegate):
        return message
    private = {one.day for one in facts.exceptions if one.changes.get("sensitivity") is Sensitivity.PRIVATE}
    shown = tuple(one for one in facts.exceptions if one.day not in private)
    deleted = tuple(sorted(private | set(facts.deleted)))
    return replace(message, meeting=replace(facts, exceptions=shown, deleted=deleted))


def copies_before(unit: UnitOfWork, message: Message) -> list[Message]:
    """The requests among a delegate's earlier copies that a message for the same person has overtaken."""
    facts = facts_in(message)
    return [
        item
        for item in unit.items_of(message.mailbox_id, facts.uid)
        if isinstance(item, Message)
        and item.kind is MessageKind.REQUEST
        and item.received_for == message.received_for
        and (facts.day is None or facts_in(item).day == facts.day)
    ]
