"""Receipts sent and suppressed."""

from __future__ import annotations

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.errors import ReceiptNotPending
from reference_impl.domain.items import Message
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.receipts import Receipt, receipt
from reference_impl.service.delivery import send
from reference_impl.service.finding import item_in
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


def settle_receipt(
    unit: UnitOfWork, world: World, owner: Mailbox, message: Message, kind: Receipt, *, suppressed: bool
) -> Message:
    """The message whose sender waits no longer: the receipt is sent, unless suppressed or the message is junk."""
    if not message.receipt_pending:
        return message
    if not suppressed and not unit.is_in(message, FolderRole.JUNK):
        told = receipt(kind, message, owner.person, world.clock.now())
        send(unit, world, owner, told, save_copy=False, is_automatic=True)
    return replace(message, receipt_pending=False)


def suppress_receipt(world: World, actor: Mailbox, item_id: str, by: Mailbox | None = None) -> Message:
    """Let no receipt be sent for a message of the actor's. Raises ItemNotFound, AccessDenied, ReceiptNotPending."""
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id, by, Reach.edits)
        if not isinstance(item, Message) or not item.receipt_pending or unit.is_in(item, FolderRole.JUNK):
            raise ReceiptNotPending
        return unit.put(item, replace(item, receipt_pending=False, modified=world.clock.now()))
