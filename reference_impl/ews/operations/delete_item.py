"""DeleteItem: items thrown away, meetings called off as the organizer says."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.acts import Audience, Disposal, Sending
from reference_impl.domain.items import CalendarItem, Message, MessageKind
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.references import item_of
from reference_impl.ews.tree import Element
from reference_impl.service import items

DISPOSALS: Final = {
    "HardDelete": Disposal.HARD,
    "SoftDelete": Disposal.SOFT,
    "MoveToDeletedItems": Disposal.TO_DELETED_ITEMS,
}
"""The values of DeleteType."""

SENDINGS: Final = {
    "SendToNone": Sending(Audience.NOBODY, save_copy=False),
    "SendOnlyToAll": Sending(Audience.EVERYBODY, save_copy=False),
    "SendToAllAndSaveCopy": Sending(Audience.EVERYBODY, save_copy=True),
    "SendOnlyToChanged": Sending(Audience.CHANGED, save_copy=False),
    "SendToChangedAndSaveCopy": Sending(Audience.CHANGED, save_copy=True),
}
"""The values of the three SendMeeting... attributes (R44 to R49, R60 to R65)."""


def delete_item(request: Element, call: Call) -> str:
    """Answer a DeleteItem."""
    id_elements = request.find(m("ItemIds"))
    assert id_elements is not None
    return each("DeleteItem", id_elements, lambda element: _delete(element, request, call))


def _delete(element: Element, request: Element, call: Call) -> str:
    item = item_of(element, call)
    asked = request.get("SendMeetingCancellations")
    if isinstance(item, CalendarItem) and asked is None:
        raise ResponseError(
            "ErrorSendMeetingCancellationsRequired",
            "SendMeetingCancellations is required to delete a calendar item.",
        )
    if isinstance(item, Message) and item.kind is MessageKind.TASK and request.get("AffectedTaskOccurrences") is None:
        raise ResponseError(
            "ErrorAffectedTaskOccurrencesRequired", "AffectedTaskOccurrences is required to delete a task."
        )
    disposal = DISPOSALS[request.get("DeleteType", "")]
    owner = call.owner(item.mailbox_id)
    sending = None if asked is None else SENDINGS[asked]
    suppressed = request.get("SuppressReadReceipts") in {"true", "1"}
    items.delete_item(call.world, owner, item.id, disposal, sending, call.actor, suppress_receipts=suppressed)
    return ""
