"""The acts on an event that answer 202: accept, tentativelyAccept, decline, cancel, forward."""

from __future__ import annotations

from typing import Any, Final

from reference_impl.domain.acts import Delivery, MessageDraft, Reply
from reference_impl.domain.errors import IsNotMeeting
from reference_impl.domain.items import Body, BodyType, Response
from reference_impl.domain.mail_answers import MailAnswer
from reference_impl.graph.call import Call, Result
from reference_impl.graph.reading.values import read_person, read_slot
from reference_impl.graph.refusals import ParameterInvalid
from reference_impl.graph.resources.events import read_event
from reference_impl.mime.replies import with_reply
from reference_impl.service import events, forwarding, responses

ACCEPTED: Final = Result(202)


def accept(call: Call) -> Result:
    """POST accept; this act has no proposedNewTime (metadata)."""
    return _respond(call, Response.ACCEPTED, "event.accept")


def tentatively_accept(call: Call) -> Result:
    """POST tentativelyAccept, with or without a proposal."""
    return _respond(call, Response.TENTATIVE, "event.tentativelyAccept")


def decline(call: Call) -> Result:
    """POST decline, with or without a proposal."""
    return _respond(call, Response.DECLINED, "event.decline")


def cancel(call: Call) -> Result:
    """POST cancel: every attendee is told, with the comment."""
    item = read_event(call)
    sent = call.body("event.cancel", optional=True)
    events.cancel_event(call.world, call.owner, item.id, _comment(sent), Delivery(), call.by)
    return ACCEPTED


def forward(call: Call) -> Result:
    """POST forward: whoever is named receives a request for the meeting, with its text below the comment."""
    item = read_event(call)
    sent = call.body("event.forward")
    if not item.is_meeting:
        raise IsNotMeeting
    draft = MessageDraft(
        subject=MailAnswer.FORWARD.titled(item.subject),
        body=with_reply(item, _comment(sent)),
        to=tuple(read_person(each) for each in sent["toRecipients"]),
    )
    forwarding.forward_meeting(call.world, call.owner, item.id, draft, Delivery(), by=call.by)
    return ACCEPTED


def _respond(call: Call, response: Response, request: str) -> Result:
    item = read_event(call)
    sent = call.body(request, optional=True)
    send = sent.get("sendResponse")
    send = True if send is None else send
    given = sent.get("proposedNewTime")
    proposal = read_slot(given, "proposedNewTime") if given is not None else None
    if sent.get("comment") and not send and call.world.settings.comment_needs_response:
        raise ParameterInvalid(reason="comment: a comment is sent only with a response; sendResponse is false.")
    reply = Reply(
        response=response,
        body=_comment(sent),
        proposal=proposal,
        delivery=Delivery(send=send, save_copy=send),
        keep_request=True,
    )
    responses.respond(call.world, call.owner, item.id, reply, call.by)
    return ACCEPTED


def _comment(sent: dict[str, Any]) -> Body | None:
    comment = sent.get("comment")
    return Body(comment, BodyType.TEXT) if comment else None
