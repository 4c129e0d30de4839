"""Messages written: drafts, mail sent, replies and forwards (user: sendMail, message: send, reply, forward, ...)."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Body, BodyType, Message, MessageKind
from reference_impl.domain.mail_answers import MailAnswer
from reference_impl.domain.mailbox import FolderRole
from reference_impl.graph.call import Call, Result
from reference_impl.graph.reading.drafts import message_draft
from reference_impl.graph.reading.message import MIME_TYPE, read_mime
from reference_impl.graph.refusals import BodyMissing, NotAnswerable, ParameterInvalid
from reference_impl.graph.resources.mail_folders import folder_ref
from reference_impl.graph.resources.message_parts import made, read_asked, read_message
from reference_impl.mime.replies import with_reply
from reference_impl.service import messages
from reference_impl.service.forwarding import forward_meeting

ACCEPTED: Final = Result(202)
DRAFTS: Final = FolderRef(role=FolderRole.DRAFTS)

_SAVED: Final = Delivery(send=False)


def create(call: Call) -> Result:
    """POST of a collection: 201 and the draft, in the folder that the path names, else in Drafts."""
    asked = read_asked(call)
    folder = folder_ref(call) if "folder" in call.keys else DRAFTS
    draft = _mime(call) or message_draft(call.world.settings, call.body("message.create"))
    saved = messages.create_message(call.world, call.owner, draft, _SAVED, folder, call.by)
    assert saved is not None, "what is not sent is kept"
    return made(call, saved, asked)


def send(call: Call) -> Result:
    """POST send: 202; the draft leaves its folder, a copy goes to Sent Items."""
    messages.send_draft(call.world, call.owner, read_message(call).id, Delivery(), by=call.by)
    return ACCEPTED


def send_mail(call: Call) -> Result:
    """POST sendMail: 202; a copy goes to Sent Items unless it is not wanted."""
    draft, saves = _mime(call), True
    if draft is None:
        sent = call.body("message.sendMail")
        saves = sent.get("saveToSentItems") is not False
        draft = message_draft(call.world.settings, sent["message"])
    messages.create_message(call.world, call.owner, draft, Delivery(save_copy=saves), by=call.by)
    return ACCEPTED


def answering(kind: MailAnswer) -> Callable[[Call], Result]:
    """POST reply, replyAll or forward: 202; what is written goes out at once."""

    def answer(call: Call) -> Result:
        original = _answerable(call)
        _act(call, kind, original, Delivery(), None)
        return ACCEPTED

    return answer


def drafting(kind: MailAnswer) -> Callable[[Call], Result]:
    """POST createReply, createReplyAll or createForward: 201 and the draft, in Drafts."""

    def answer(call: Call) -> Result:
        asked = read_asked(call)
        saved = _act(call, kind, _answerable(call), _SAVED, DRAFTS)
        assert saved is not None, "what is not sent is kept"
        return made(call, saved, asked)

    return answer


def _answerable(call: Call) -> Message:
    original = read_message(call)
    if original.is_draft:
        raise NotAnswerable
    return original


def _act(
    call: Call, kind: MailAnswer, original: Message, delivery: Delivery, folder: FolderRef | None
) -> Message | None:
    """A forwarded meeting arrives as a request, everything else as plain mail."""
    draft = _draft(call, kind, original)
    if kind is not MailAnswer.FORWARD:
        return messages.create_message(call.world, call.owner, draft, delivery, folder, call.by)
    if original.kind is MessageKind.REQUEST:
        return forward_meeting(call.world, call.owner, original.id, draft, delivery, folder, call.by)
    whole = replace(draft, attachments=(*original.attachments, *draft.attachments))
    return messages.create_message(call.world, call.owner, whole, delivery, folder, call.by)


def _draft(call: Call, kind: MailAnswer, original: Message) -> MessageDraft:
    """The new message: what the request leaves open follows from the original."""
    in_reply_to, references = kind.thread(original)
    thread = MessageDraft(answers=original, in_reply_to=in_reply_to, references=references)
    written = _mime(call)
    if written is not None:
        return replace(written, answers=original, in_reply_to=in_reply_to, references=references)
    sent = call.body(_REQUESTS[kind], optional=True)
    message, sender = _message(sent), call.owner.person
    open_ = replace(
        thread,
        subject=kind.titled(original.subject),
        to=kind.to(original, sender),
        cc=kind.cc(original, sender),
    )
    draft = message_draft(call.world.settings, message, open_)
    text = draft.body if message.get("body") is not None else _comment(sent.get("comment") or "", original)
    return replace(draft, body=with_reply(original, text))


_REQUESTS: Final[Mapping[MailAnswer, str]] = {
    MailAnswer.REPLY: "message.reply",
    MailAnswer.REPLY_ALL: "message.reply",
    MailAnswer.FORWARD: "message.forward",
}


def _message(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members of a request's message; neither a text nor recipients may be given twice (message: reply)."""
    message = sent.get("message") or {}
    if sent.get("comment") and message.get("body") is not None:
        raise ParameterInvalid(reason="comment and message.body: a reply has one text, got both.")
    given = sent.get("toRecipients")
    if given is None:
        return message
    if message.get("toRecipients"):
        raise ParameterInvalid(reason="toRecipients and message.toRecipients: name the recipients once.")
    return {**message, "toRecipients": given}


def _comment(text: str, original: Message) -> Body:
    """A comment, in the format of what it stands above."""
    if original.body.type is BodyType.TEXT:
        return Body(text)
    return Body(html.escape(text, quote=False).replace("\n", "<br>"), BodyType.HTML)


def _mime(call: Call) -> MessageDraft | None:
    """The draft that a body in MIME format makes; None for a body of another format."""
    if call.request.headers.get("content-type", "").partition(";")[0].strip().lower() != MIME_TYPE:
        return None
    if not call.request.body.strip():
        raise BodyMissing
    return read_mime(call.request.body)
