"""UpdateItem: properties of stored items set, added to and deleted, updates of meetings sent as asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from reference_impl.domain.acts import ConflictResolution, Delivery, FolderRef
from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.delete_item import SENDINGS
from reference_impl.ews.operations.disposition import disposition_of, saved_in
from reference_impl.ews.operations.references import item_of, version_read, written_ids
from reference_impl.ews.tree import Element
from reference_impl.ews.view import element_of
from reference_impl.ews.writing import item_edit
from reference_impl.service import events, items, messages

_RESOLUTIONS: Final = {
    "NeverOverwrite": ConflictResolution.NEVER_OVERWRITE,
    "AutoResolve": ConflictResolution.AUTO_RESOLVE,
    "AlwaysOverwrite": ConflictResolution.ALWAYS_OVERWRITE,
}


@dataclass(frozen=True, slots=True)
class _Changed:
    item: Item | None
    conflicts: int = 0


def update_item(request: Element, call: Call) -> str:
    """Answer an UpdateItem: each ItemChange is an act of its own."""
    changes = request.find(m("ItemChanges"))
    assert changes is not None

    def update(change: Element) -> str:
        changed = _update(request, change, call)
        count = f"<m:ConflictResults><t:Count>{changed.conflicts}</t:Count></m:ConflictResults>"
        return written_ids([changed.item]) + count

    return each("UpdateItem", changes, update, NO_ITEMS)


def _update(request: Element, change: Element, call: Call) -> _Changed:
    id_element, updates = change[0], change.find(t("Updates"))
    assert updates is not None
    resolution = _RESOLUTIONS[request.get("ConflictResolution", "")]
    item = item_of(id_element, call)
    expected = version_read(id_element, call)
    folder = saved_in(request, call)
    if isinstance(item, CalendarItem):
        return _update_event(request, item, updates, call, expected, resolution)
    return _update_message(request, item, updates, call, folder, expected, resolution)


def _update_event(
    request: Element,
    event: CalendarItem,
    updates: Element,
    call: Call,
    expected: int | None,
    resolution: ConflictResolution,
) -> _Changed:
    asked = request.get("SendMeetingInvitationsOrCancellations")
    if asked is None:
        raise ResponseError(
            "ErrorSendMeetingInvitationsOrCancellationsRequired",
            "SendMeetingInvitationsOrCancellations is required to update a calendar item.",
        )
    edit = item_edit(updates, call, element_of(event))
    owner = call.owner(event.mailbox_id)
    updated = events.update_event(call.world, owner, event.id, edit, SENDINGS[asked], expected, resolution, call.actor)
    return _Changed(updated.event, updated.conflicts)


def _update_message(
    request: Element,
    message: Item,
    updates: Element,
    call: Call,
    folder: FolderRef | None,
    expected: int | None,
    resolution: ConflictResolution,
) -> _Changed:
    is_task = isinstance(message, Message) and message.kind is MessageKind.TASK
    delivery = Delivery(send=False) if is_task else disposition_of(request)
    edit = item_edit(updates, call, element_of(message))
    owner = call.owner(message.mailbox_id)
    if delivery.send:
        return _send(message, call, edit, delivery, folder, expected, resolution)
    if resolution is ConflictResolution.NEVER_OVERWRITE and expected not in {None, message.version}:
        raise ResponseError("ErrorIrresolvableConflict", "The item has changed since it was read.")
    suppressed = request.get("SuppressReadReceipts") in {"true", "1"}
    changed = items.update_message(call.world, owner, message.id, edit, call.actor, suppress_receipts=suppressed)
    return _Changed(changed)


def _send(
    message: Item,
    call: Call,
    edit: Callable[[Any], Any],
    delivery: Delivery,
    folder: FolderRef | None,
    expected: int | None,
    resolution: ConflictResolution,
) -> _Changed:
    """Send a draft as changed; what is told of it is the copy that is saved, if one is."""
    if not isinstance(message, Message) or not message.is_draft:
        raise ResponseError("ErrorInvalidOperation", "Only a draft can be sent; MessageDisposition must be SaveOnly.")
    read = None if resolution is ConflictResolution.ALWAYS_OVERWRITE else expected
    owner = call.owner(message.mailbox_id)
    return _Changed(messages.send_draft(call.world, owner, message.id, delivery, folder, read, edit, call.actor))
