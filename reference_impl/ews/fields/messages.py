"""The properties of messages ([MS-OXWSMSG] MessageType), in schema order."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.conversation import index_of, topic_of
from reference_impl.domain.items import Item, Message, MessageKind
from reference_impl.domain.mailbox import Person
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields import people
from reference_impl.ews.fields.common import common_fields
from reference_impl.ews.fields.mime import refuse_mime
from reference_impl.ews.fields.model import Eraser, Field, Kind, Setter, Table, Writing
from reference_impl.ews.fields.readers import flag, text
from reference_impl.ews.fields.setters import erase, set_categories, set_flag, set_nothing, set_text
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View


def _message(item: Item) -> Message:
    assert isinstance(item, Message)
    return item


def _of(value: Callable[[Message], Any]) -> Callable[[Item], Any]:
    """A value of a message, for tables that only ever hold messages."""
    return lambda item: value(_message(item))


def _set_people(attribute: str) -> Setter:
    def set_(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
        return {attribute: people.read_people(element)}

    return set_


def _append_people(attribute: str) -> Setter:
    def append(target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
        return {attribute: (*getattr(target, attribute), *people.read_people(element))}

    return append


def _recipients(name: str, attribute: str) -> Field:
    eraser: Eraser = erase(attribute, ())
    return Field(
        uri=f"message:{name}",
        element=name,
        read=lambda view: people.recipients(name, getattr(view.message, attribute)),
        found=False,
        create=_set_people(attribute),
        update=_set_people(attribute),
        append=_append_people(attribute),
        delete=eraser,
    )


def _received_by(element: str, person: Callable[[View], Person]) -> Field:
    def read(view: View) -> str | None:
        if view.message.from_me or view.message.is_draft:
            return None
        return people.single(element, person(view), view)

    return Field(uri=f"message:{element}", element=element, read=read, since="Exchange2007_SP1")


def _set_sender(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """Whoever asks sends: naming oneself says nothing new."""
    if author_of(element).key != writing.call.actor.person.key:
        raise ResponseError("ErrorSendAsDenied", "The sender of a message is who sends it.")
    return {}


def author_of(element: Element) -> Person:
    """Who is named by a From; whose name may be used is known when the message is made. Raises ErrorSendAsDenied."""
    mailbox = element.find(t("Mailbox"))
    if mailbox is None:
        raise ResponseError("ErrorSendAsDenied", "Nobody is named.")
    return people.read_person(mailbox)


def _person(element: str, person: Callable[[Message], Person], setter: Setter) -> Field:
    def shown(item: Item) -> str:
        found = person(_message(item))
        return found.name or found.address

    return Field(
        uri=f"message:{element}",
        element=element,
        read=lambda view: people.single(element, person(view.message), view),
        value=shown,
        create=setter,
    )


def _index(view: View) -> str | None:
    index = index_of(view.message)
    return xml.leaf("ConversationIndex", base64.b64encode(index).decode()) if index else None


def _topic(item: Item) -> str:
    return topic_of(item.subject)


def _set_receipt(attribute: str) -> Setter:
    """A receipt asked for; after a message is sent nothing of that can be changed (DOC responsecode)."""

    def set_(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
        if getattr(target, "sent", None) is not None:
            raise ResponseError(
                "ErrorInvalidPropertyUpdateSentMessage", "The message has been sent; no receipt can be asked for now."
            )
        return set_flag(attribute)(target, element, writing)

    return set_


def _receipt(element: str, attribute: str) -> Field:
    value = _of(lambda message: getattr(message, attribute))
    return Field(
        uri=f"message:{element}",
        element=element,
        read=flag(element, value),
        kind=Kind.FLAG,
        value=value,
        create=_set_receipt(attribute),
        update=_set_receipt(attribute),
    )


def _asks_for_answer(item: Item) -> bool:
    facts = _message(item).meeting
    return facts is not None and _message(item).kind is MessageKind.REQUEST and facts.response_requested


def message_fields() -> Table:
    """What every message adds to the common properties."""
    return (
        _person("Sender", lambda message: message.sent_by or message.sender, _set_sender),
        _recipients("ToRecipients", "to"),
        _recipients("CcRecipients", "cc"),
        _recipients("BccRecipients", "bcc"),
        _receipt("IsReadReceiptRequested", "read_receipt_requested"),
        _receipt("IsDeliveryReceiptRequested", "delivery_receipt_requested"),
        Field(uri="message:ConversationIndex", element="ConversationIndex", read=_index),
        Field(
            uri="message:ConversationTopic",
            element="ConversationTopic",
            read=text("ConversationTopic", _topic),
            value=_topic,
        ),
        _person(
            "From",
            lambda message: message.sender,
            lambda _target, element, _writing: {"author": author_of(element)},
        ),
        Field(
            uri="message:InternetMessageId",
            element="InternetMessageId",
            read=text("InternetMessageId", lambda item: _message(item).internet_message_id),
            value=lambda item: _message(item).internet_message_id,
            create=set_text("internet_message_id"),
        ),
        Field(
            uri="message:IsRead",
            element="IsRead",
            read=flag("IsRead", lambda item: _message(item).is_read),
            kind=Kind.FLAG,
            value=lambda item: _message(item).is_read,
            create=set_flag("is_read"),
            update=set_flag("is_read"),
        ),
        Field(
            uri="message:IsResponseRequested",
            element="IsResponseRequested",
            read=flag("IsResponseRequested", _asks_for_answer),
            kind=Kind.FLAG,
            value=_asks_for_answer,
            create=set_nothing,
        ),
        Field(
            uri="message:References",
            element="References",
            read=text("References", _of(lambda message: message.references)),
            value=_of(lambda message: message.references),
            create=set_text("references"),
            update=set_text("references"),
            delete=erase("references", ""),
        ),
        _recipients("ReplyTo", "reply_to"),
        _received_by("ReceivedBy", lambda view: view.owner.person),
        _received_by("ReceivedRepresenting", lambda view: view.message.received_for or view.owner.person),
        Field(
            uri="message:SenderSMTPAddress",
            element="SenderSMTPAddress",
            read=text("SenderSMTPAddress", _of(lambda message: (message.sent_by or message.sender).address)),
            since="Exchange2016",
        ),
    )


MESSAGE: Final[Table] = (*common_fields("Message"), *message_fields())
"""Message, in schema order."""

READ_ONLY_CONTENT: Final[Mapping[str, Setter]] = {
    "item:Categories": set_categories,
    "item:MimeContent": refuse_mime,
}
"""What a reader may set on a meeting message beside IsRead, and what is refused in a way of its own."""
