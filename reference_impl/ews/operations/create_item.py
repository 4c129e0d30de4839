"""CreateItem: new calendar items and messages, and answers to items given by response objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import AttachmentsTooDeep
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.ews.attachments import too_deep
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import local
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.delete_item import SENDINGS
from reference_impl.ews.operations.disposition import disposition_of
from reference_impl.ews.operations.mail_objects import forward_item, reply_all_to_item, reply_to_item
from reference_impl.ews.operations.references import written_ids
from reference_impl.ews.operations.response_objects import (
    accept_item,
    cancel_calendar_item,
    decline_item,
    remove_item,
    suppress_read_receipt,
    tentatively_accept_item,
)
from reference_impl.ews.tree import Element, children
from reference_impl.ews.writing import read_event, read_message
from reference_impl.service import events, messages

Maker = Callable[[Element, Element, Call], str]
"""(the request, one entry of its Items, the call) -> the m:Items of the response message."""


def create_item(request: Element, call: Call) -> str:
    """Answer a CreateItem: each entry is an act of its own."""

    def make(entry: Element) -> str:
        maker = MAKERS.get(local(entry.tag), _no_maker)
        try:
            return maker(request, entry, call)
        except AttachmentsTooDeep as error:
            raise too_deep(error, call.version) from None

    return each("CreateItem", children(request[-1]), make, NO_ITEMS)


def _place(request: Element, call: Call, usual: FolderRole) -> tuple[Mailbox, FolderRef]:
    """Whose folder, and which, a request names before its items; else the caller's usual one."""
    if len(request) == 1:
        return call.actor, FolderRef(role=usual)
    folder = folder_named(request[0][0], call)
    return call.owner(folder.mailbox_id), FolderRef(id=folder.id)


def _calendar_item(request: Element, entry: Element, call: Call) -> str:
    asked = request.get("SendMeetingInvitations")
    if asked is None:
        raise ResponseError(
            "ErrorSendMeetingInvitationsRequired", "SendMeetingInvitations is required to create a calendar item."
        )
    owner, place = _place(request, call, FolderRole.CALENDAR)
    event = events.create_event(call.world, owner, read_event(entry, call), SENDINGS[asked], place, call.actor)
    return written_ids([event])


def _message(request: Element, entry: Element, call: Call) -> str:
    """A plain message; only a saved one has an id to tell (DOC createitem)."""
    delivery = disposition_of(request)
    owner, place = _place(request, call, FolderRole.SENT if delivery.send else FolderRole.DRAFTS)
    saved = messages.create_message(call.world, owner, read_message(entry, call), delivery, place, call.actor)
    return NO_ITEMS if delivery.send or saved is None else written_ids([saved])


def _task(request: Element, entry: Element, call: Call) -> str:
    owner, place = _place(request, call, FolderRole.TASKS)
    task = messages.create_task(call.world, owner, read_message(entry, call), place, call.actor)
    return written_ids([task])


def _not_created(_request: Element, entry: Element, _call: Call) -> str:
    """Meeting messages come from meetings only (R1197)."""
    raise ResponseError(
        "ErrorInvalidItemForOperationCreateItem", f"A {local(entry.tag)} cannot be created; create the calendar item."
    )


def _no_maker(_request: Element, entry: Element, _call: Call) -> str:
    raise ResponseError("ErrorInvalidItemForOperationCreateItem", f"A {local(entry.tag)} cannot be created here.")


MAKERS: Final[Mapping[str, Maker]] = {
    "CalendarItem": _calendar_item,
    "Item": _message,
    "Message": _message,
    "Task": _task,
    "MeetingMessage": _not_created,
    "MeetingRequest": _not_created,
    "MeetingResponse": _not_created,
    "MeetingCancellation": _not_created,
    "AcceptItem": accept_item,
    "TentativelyAcceptItem": tentatively_accept_item,
    "DeclineItem": decline_item,
    "CancelCalendarItem": cancel_calendar_item,
    "RemoveItem": remove_item,
    "ForwardItem": forward_item,
    "ReplyToItem": reply_to_item,
    "ReplyAllToItem": reply_all_to_item,
    "SuppressReadReceipt": suppress_read_receipt,
}
"""What may stand in Items; a test compares it with the schema."""
