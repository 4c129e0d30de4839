"""The response objects of meetings: answers with or without a proposal, cancelling, clearing away ([MS-OXWSMTGS])."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reference_impl.domain.acts import Delivery, Replied, Reply
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import ProposalIncomplete, ResponseNotRequested
from reference_impl.domain.items import Item, Message, Response, TimeSlot
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.setters import body_of
from reference_impl.ews.namespaces import t
from reference_impl.ews.operations.answers import NO_ITEMS
from reference_impl.ews.operations.disposition import disposition_of, saved_in
from reference_impl.ews.operations.references import referenced, written_ids
from reference_impl.ews.tree import Element
from reference_impl.ews.writing import read_heading
from reference_impl.service import events, receipts, responses


@dataclass(frozen=True, slots=True)
class _Answering:
    """One of the three answers, as a maker for CreateItem."""

    response: Response

    def __call__(self, request: Element, entry: Element, call: Call) -> str:
        delivery = disposition_of(request)
        item = referenced(entry, call)
        folder = saved_in(request, call)
        body = entry.find(t("Body"))
        reply = Reply(
            response=self.response,
            body=None if body is None else body_of(body),
            proposal=_proposal(entry, call),
            delivery=delivery,
            more=read_heading(entry, call),
            save_in=None if delivery.send else folder,
        )
        replied = _respond(call, item, reply)
        return _told([replied.event, replied.request], call)


accept_item: Final = _Answering(Response.ACCEPTED)
tentatively_accept_item: Final = _Answering(Response.TENTATIVE)
decline_item: Final = _Answering(Response.DECLINED)


def _respond(call: Call, item: Item, reply: Reply) -> Replied:
    """Answer the meeting; an organizer who asked for no answers gets none, the copy takes the answer all the same."""
    owner = call.owner(item.mailbox_id)
    try:
        return responses.respond(call.world, owner, item.id, reply, call.actor)
    except ResponseNotRequested:
        unsent = replace(reply, delivery=Delivery(send=False, save_copy=False))
        return responses.respond(call.world, owner, item.id, unsent, call.actor)


def _told(found: list[Item | None], call: Call) -> str:
    """The ids of what an answer left behind, which servers have told since Exchange2013."""
    return written_ids(found) if call.version.has("Exchange2013") else NO_ITEMS


def _proposal(entry: Element, call: Call) -> TimeSlot | None:
    """The proposed time. Its elements belong to Exchange2013_SP1; the Online profile takes them in Exchange2013 too."""
    start, end = entry.findtext(t("ProposedStart")), entry.findtext(t("ProposedEnd"))
    if start is None and end is None:
        return None
    if not call.version.has("Exchange2013_SP1") and not call.world.settings.propose_before_2013_sp1:
        raise ResponseError(
            "ErrorIncorrectSchemaVersion",
            f"ProposedStart and ProposedEnd came with Exchange2013_SP1; the request asks for {call.version.name}.",
        )
    if start is None or end is None:
        raise ProposalIncomplete
    return TimeSlot(call.read_time(start), call.read_time(end))


def cancel_calendar_item(request: Element, entry: Element, call: Call) -> str:
    """Call a meeting off; NewBodyContent is what attendees read (R490, R740)."""
    delivery = disposition_of(request)
    item = referenced(entry, call)
    saved_in(request, call)  # what is saved lies where such things lie, but the folder must be one
    content = entry.find(t("NewBodyContent"))
    if content is None:
        content = entry.find(t("Body"))
    body = None if content is None else body_of(content)
    cancelled = events.cancel_event(call.world, call.owner(item.mailbox_id), item.id, body, delivery, call.actor)
    return _told([cancelled.event], call)


def remove_item(_request: Element, entry: Element, call: Call) -> str:
    """Clear a cancelled meeting away; no disposition is needed, for nothing is sent."""
    item = referenced(entry, call)
    removed = responses.remove_cancelled(call.world, call.owner(item.mailbox_id), item.id, call.actor)
    return _told([removed.event, removed.cancellation], call)


def suppress_read_receipt(_request: Element, entry: Element, call: Call) -> str:
    """Let the sender wait for a receipt in vain; it takes a message to do so (DOC responsecode)."""
    item = referenced(entry, call)
    if not isinstance(item, Message):
        raise ResponseError("ErrorInvalidReferenceItem", "Only messages ask for read receipts.")
    receipts.suppress_receipt(call.world, call.owner(item.mailbox_id), item.id, call.actor)
    return NO_ITEMS
