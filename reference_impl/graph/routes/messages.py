"""Messages, and the event that a meeting message is about."""

from __future__ import annotations

from functools import partial
from typing import Final

from reference_impl.domain.mail_answers import MailAnswer
from reference_impl.graph.delta import TOKENS
from reference_impl.graph.fields.message import message_id
from reference_impl.graph.negotiation import ANYTHING, JSON, TEXT
from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import attachments, message_drafts, message_lists, messages
from reference_impl.graph.resources.message_parts import CASTS, read_message
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import FOLDER, MESSAGE, MESSAGES, below
from reference_impl.graph.routes.scopes import MAIL_READ, MAIL_SEND, MAIL_WRITE

_ONE: Final = ENTITY | {"$expand"}
_MANY: Final = LISTING | {"$expand", "$search"}
_HANGING: Final = LISTING - {"$orderby"} | {"$expand"}
_DELTA: Final = below(FOLDER, "messages/delta()")
_ATTACHMENTS: Final = below(MESSAGE, "attachments")
_ATTACHMENT: Final = below(_ATTACHMENTS, "{attachment}")
_HUNG: Final = attachments.AttachmentsOf(read_message, lambda message, view: f"messages('{message_id(message, view)}')")
_EVENTS: Final = tuple(path for cast in CASTS for path in below(MESSAGE, f"microsoft.graph.{cast}/event"))
_WRITTEN: Final = (JSON, TEXT)
"""A message comes as JSON or in MIME format."""

_ANSWERS: Final = {"reply": MailAnswer.REPLY, "replyAll": MailAnswer.REPLY_ALL, "forward": MailAnswer.FORWARD}


def _first_upper(word: str) -> str:
    return word[:1].upper() + word[1:]


ROUTES: Final[tuple[Route, ...]] = (
    Route("message.list", "GET", MESSAGES, message_lists.listing, MAIL_READ, _MANY),
    *(
        Route(
            f"{cast}.list",
            "GET",
            below(MESSAGES, f"microsoft.graph.{cast}"),
            partial(message_lists.listing, within=cast),
            MAIL_READ,
            _MANY,
        )
        for cast in CASTS
    ),
    Route(
        "message.delta",
        "GET",
        _DELTA,
        message_lists.delta,
        MAIL_READ,
        message_lists.DELTA_OPTIONS | TOKENS,
        parameters=("changeType",),
    ),
    Route("message.create", "POST", MESSAGES, message_drafts.create, MAIL_WRITE, _ONE, consumes=_WRITTEN),
    Route("message.get", "GET", MESSAGE, messages.get, MAIL_READ, _ONE),
    *(
        Route(
            f"{cast}.get",
            "GET",
            below(MESSAGE, f"microsoft.graph.{cast}"),
            partial(messages.get, within=cast),
            MAIL_READ,
            _ONE,
        )
        for cast in CASTS
    ),
    Route("message.update", "PATCH", MESSAGE, messages.update, MAIL_WRITE, _ONE),
    Route("message.delete", "DELETE", MESSAGE, messages.delete, MAIL_WRITE),
    Route("message.permanentDelete", "POST", below(MESSAGE, "permanentDelete()"), messages.delete_for_good, MAIL_WRITE),
    Route("message.move", "POST", below(MESSAGE, "move()"), messages.move, MAIL_WRITE, _ONE),
    Route("message.copy", "POST", below(MESSAGE, "copy()"), messages.copy, MAIL_WRITE, _ONE),
    Route("message.content", "GET", below(MESSAGE, "$value"), messages.content, MAIL_READ, produces=TEXT),
    Route("message.event", "GET", _EVENTS, messages.event, MAIL_READ, ENTITY),
    Route("message.send", "POST", below(MESSAGE, "send()"), message_drafts.send, MAIL_SEND),
    Route("message.sendMail", "POST", ("/sendMail()",), message_drafts.send_mail, MAIL_SEND, consumes=_WRITTEN),
    *(
        Route(
            f"message.{act}",
            "POST",
            below(MESSAGE, f"{act}()"),
            message_drafts.answering(kind),
            MAIL_SEND,
            consumes=_WRITTEN,
        )
        for act, kind in _ANSWERS.items()
    ),
    *(
        Route(
            f"message.create{_first_upper(act)}",
            "POST",
            below(MESSAGE, f"create{_first_upper(act)}()"),
            message_drafts.drafting(kind),
            MAIL_WRITE,
            _ONE,
            consumes=_WRITTEN,
        )
        for act, kind in _ANSWERS.items()
    ),
    Route("message.attachments.list", "GET", _ATTACHMENTS, _HUNG.listing, MAIL_READ, _HANGING),
    Route("message.attachments.create", "POST", _ATTACHMENTS, _HUNG.create, MAIL_WRITE),
    Route("message.attachments.get", "GET", _ATTACHMENT, _HUNG.get, MAIL_READ, _ONE),
    Route("message.attachments.delete", "DELETE", _ATTACHMENT, _HUNG.delete, MAIL_WRITE),
    Route(
        "message.attachments.value",
        "GET",
        below(_ATTACHMENT, "$value"),
        _HUNG.value,
        MAIL_READ,
        produces=ANYTHING,
    ),
    Route(
        "message.attachments.createUploadSession",
        "POST",
        below(_ATTACHMENTS, "createUploadSession()"),
        _HUNG.create_upload,
        MAIL_WRITE,
    ),
)
