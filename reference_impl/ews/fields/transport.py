"""How an item came to be here: when, from whom, and how far it has got."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import Item, Message
from reference_impl.ews import xml
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.readers import flag, text, time
from reference_impl.ews.fields.setters import erase, set_text
from reference_impl.ews.view import View
from reference_impl.mapi.transport import display_bcc, display_cc, display_to, received, sent
from reference_impl.mime.headers import headers_of


def _of_message(value: Callable[[Message], bool]) -> Callable[[Item], bool]:
    """A flag that only messages can have."""
    return lambda item: isinstance(item, Message) and value(item)


_is_draft: Final = _of_message(lambda message: message.is_draft)
_from_me: Final = _of_message(lambda message: message.from_me)


def in_reply_to(item: Item) -> str:
    """The internet message id of what the item answers."""
    return item.in_reply_to if isinstance(item, Message) else ""


def _headers(view: View) -> str | None:
    """The headers with which a message came; a draft has none yet."""
    message = view.item
    if not isinstance(message, Message) or message.sent is None:
        return None
    wanted = view.only_headers
    content = "".join(
        f'<t:InternetMessageHeader HeaderName="{xml.attribute(name)}">{xml.text(value)}</t:InternetMessageHeader>'
        for name, value in headers_of(message)
        if wanted is None or name.casefold() in wanted
    )
    return xml.node("InternetMessageHeaders", content) if content else None


def transport_fields(*, settable: bool) -> Table:
    """The properties of this subject; what a message answers can be set on messages."""
    if not settable:
        return _FIELDS
    return tuple(
        replace(
            field,
            create=set_text("in_reply_to"),
            update=set_text("in_reply_to"),
            delete=erase("in_reply_to", ""),
        )
        if field.element == "InReplyTo"
        else field
        for field in _FIELDS
    )


_FIELDS: Final[Table] = (
    Field(
        uri="item:DateTimeReceived",
        element="DateTimeReceived",
        read=time("DateTimeReceived", received),
        kind=Kind.TIME,
        value=received,
    ),
    Field(uri="item:InReplyTo", element="InReplyTo", read=text("InReplyTo", in_reply_to), value=in_reply_to),
    Field(uri="item:IsSubmitted", element="IsSubmitted", read=flag("IsSubmitted", lambda _item: False)),
    Field(uri="item:IsDraft", element="IsDraft", read=flag("IsDraft", _is_draft), kind=Kind.FLAG, value=_is_draft),
    Field(uri="item:IsFromMe", element="IsFromMe", read=flag("IsFromMe", _from_me), kind=Kind.FLAG, value=_from_me),
    Field(uri="item:IsResend", element="IsResend", read=flag("IsResend", lambda _item: False)),
    Field(
        uri="item:IsUnmodified",
        element="IsUnmodified",
        read=flag("IsUnmodified", _of_message(lambda message: not message.is_draft)),
    ),
    Field(
        uri="item:InternetMessageHeaders",
        element="InternetMessageHeaders",
        read=_headers,
        found=False,
    ),
    Field(
        uri="item:DateTimeSent",
        element="DateTimeSent",
        read=time("DateTimeSent", sent),
        kind=Kind.TIME,
        value=sent,
    ),
    Field(
        uri="item:DisplayCc",
        element="DisplayCc",
        read=lambda view: xml.leaf("DisplayCc", view.shown(display_cc(view.item))),
        value=display_cc,
    ),
    Field(
        uri="item:DisplayTo",
        element="DisplayTo",
        read=lambda view: xml.leaf("DisplayTo", view.shown(display_to(view.item))),
        value=display_to,
    ),
    Field(
        uri="item:DisplayBcc",
        element="DisplayBcc",
        read=lambda view: xml.leaf("DisplayBcc", display_bcc(view.item)),
        since="Exchange2016",
        value=display_bcc,
    ),
)
