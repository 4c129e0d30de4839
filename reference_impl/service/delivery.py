"""Sending and delivering. What is sent goes into the outbox inside the act's own transaction, and is delivered there
too, unless deliveries take time, or are held: then they wait, and are stepped or released by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from reference_impl.domain.attached import size_of
from reference_impl.domain.conversation import index_of
from reference_impl.domain.correspondence import as_seen_by
from reference_impl.domain.errors import BadAddress, MessageTooLarge
from reference_impl.domain.items import Flag, Message, MessageKind
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, Person
from reference_impl.service import attendant
from reference_impl.service.finding import mailboxes_of
from reference_impl.service.rights import check_sends, creator_in
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_UNKEPT = frozenset({MessageKind.AUTOMATIC_REPLY, MessageKind.NOTE})
"""What mailboxes send by themselves without keeping a copy: automatic replies and receipts."""

_UNMARKED = Flag()

_ADDRESS = re.compile(r"[^@\s<>\",;]+@[^@\s<>\",;]+")


def check_addresses(people: Iterable[Person]) -> None:
    """Raise BadAddress for the first address nothing could ever be sent to."""
    for person in people:
        if not _is_address(person.address):
            raise BadAddress(address=person.address)


@lru_cache(maxsize=4096)
def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text.strip()) is not None


def send(
    unit: UnitOfWork,
    world: World,
    sender: Mailbox,
    message: Message,
    *,
    save_copy: bool,
    copy_in: Folder | FolderRole = FolderRole.SENT,
    hides_attendees: bool = False,
    is_automatic: bool = False,
) -> Message | None:
    """Put a message into the outbox for every local recipient; the copy kept in the sender's mailbox, if asked for.

    What a mailbox sends by itself may have any size: whoever it answers has no part in that.

    Raises SendingDenied unless the message comes from the sender or from somebody whose delegate the sender is,
    BadAddress, MessageTooLarge.
    """
    now = world.clock.now()
    check_sends(unit, sender, message.sender)
    everybody = (*message.to, *message.cc, *message.bcc)
    check_addresses(everybody)
    if not is_automatic:
        _check_size(world, message)
    stamped = replace(
        message,
        sent_by=_sender_of(message, sender),
        sent=now,
        is_draft=False,
        from_me=False,
        is_read=False,
        created=now,
        modified=now,
        internet_message_id=message.internet_message_id or _message_id(world, sender),
        conversation_index=message.conversation_index or index_of(message).hex(),
    )
    itself = message.sender if message.meeting is not None else None
    due = _due(world, now)
    for mailbox in mailboxes_of(unit, everybody, without=itself):
        seen = as_seen_by(stamped, mailbox.person, hides_attendees=hides_attendees)
        unit.enqueue(
            replace(
                seen,
                mailbox_id=mailbox.id,
                flag=_UNMARKED,
                is_associated=False,
                receipt_pending=stamped.read_receipt_requested and mailbox.id != sender.id,
            ),
            due,
        )
    if not save_copy or "sent-copy-missing" in world.faults:
        return None
    return keep(unit, world, sender, stamped, copy_in)


def _due(world: World, sent: datetime) -> datetime:
    """When what is sent at a moment is to be delivered."""
    delay = world.settings.delivery_delay
    return sent + timedelta(seconds=delay) if delay else sent


def _sender_of(message: Message, sender: Mailbox) -> Person | None:
    """The one who sends a message, where that is not the one it comes from."""
    return None if message.sender.is_same(sender.person) else sender.person


def _check_size(world: World, message: Message) -> None:
    size, limit = size_of(message), world.settings.message_bytes
    if size > limit:
        raise MessageTooLarge(size=size, limit=limit)


def keep(unit: UnitOfWork, world: World, sender: Mailbox, message: Message, place: Folder | FolderRole) -> Message:
    """A message of the sender's, sent or still a draft, in a folder of any mailbox or one of the sender's own."""
    now = world.clock.now()
    folder = place if isinstance(place, Folder) else unit.folder(sender.id, place)
    return unit.add(
        replace(
            message,
            sent_by=_sender_of(message, sender),
            id=world.ids.entry_id(),
            mailbox_id=folder.mailbox_id,
            folder_id=folder.id,
            creator=creator_in(unit.mailbox(folder.mailbox_id), sender),
            received=message.sent,
            is_read=message.is_read or message.sent is not None or message.meeting is not None,
            from_me=True,
            is_draft=message.sent is None,
            internet_message_id=message.internet_message_id or _message_id(world, sender),
            created=now,
            modified=now,
        )
    )


def settle(unit: UnitOfWork, world: World) -> None:
    """Deliver what is due in the outbox, including what the deliveries themselves send, unless deliveries are held."""
    if not world.store.holds_deliveries:
        now = world.clock.now()
        while _deliver(unit, world, unit.take_delivery(now)):
            pass


def _deliver(unit: UnitOfWork, world: World, message: Message | None) -> bool:
    if message is None:
        return False
    answers = attendant.receive(unit, world, message)
    for sender, answer in answers:
        send(unit, world, sender, answer, save_copy=answer.kind not in _UNKEPT, is_automatic=True)
    return True


def next_due(world: World) -> datetime | None:
    """When the next delivery is due, by the world's clock; None if nothing waits or deliveries are held."""
    if world.store.holds_deliveries:
        return None
    with world.store.begin(write=False) as unit:
        return unit.next_due()


def deliver_due(world: World) -> None:
    """Deliver what has fallen due since the last act, unless deliveries are held."""
    due = next_due(world)
    if due is not None and due <= world.clock.now():
        with world.store.begin() as unit:
            settle(unit, world)


def hold(world: World) -> None:
    """From now on, what is sent waits in the outbox."""
    world.store.holds_deliveries = True


def step(world: World) -> bool:
    """Deliver one waiting message, due or not, in a transaction of its own; False if none waits."""
    with world.store.begin() as unit:
        return _deliver(unit, world, unit.take_delivery())


def release(world: World) -> None:
    """Deliver everything that waits, due or not, with what that sends; from now on deliveries are no longer held."""
    world.store.holds_deliveries = False
    with world.store.begin() as unit:
        while _deliver(unit, world, unit.take_delivery()):
            pass


def waiting(world: World) -> int:
    """How many messages wait."""
    with world.store.begin(write=False) as unit:
        return unit.waiting()


def _message_id(world: World, sender: Mailbox) -> str:
    return f"<{world.ids.token(16).hex().upper()}@{sender.address.rpartition('@')[2].lower()}>"
