"""The header fields of a message in the order in which they are written (RFC 5322, [MS-OXCMAIL] 2.1.3)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from email.utils import format_datetime
from typing import Final

from reference_impl.domain.attached import shows_attachments
from reference_impl.domain.conversation import index_of, topic_of
from reference_impl.domain.items import Importance, Message, MessageKind, Sensitivity
from reference_impl.domain.mailbox import Person

ADDRESSES: Final = frozenset(
    {
        "From",
        "Sender",
        "Reply-To",
        "To",
        "Cc",
        "Bcc",
        "Disposition-Notification-To",
        "Return-Receipt-To",
    }
)
"""The fields that name people."""

Headers = tuple[tuple[str, str], ...]

_PLAIN: Final = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")

_SENSITIVITIES: Final[Mapping[Sensitivity, str]] = {
    Sensitivity.NORMAL: "",
    Sensitivity.PERSONAL: "Personal",
    Sensitivity.PRIVATE: "Private",
    Sensitivity.CONFIDENTIAL: "Company-Confidential",
}
_IMPORTANCES: Final[Mapping[Importance, tuple[str, str]]] = {
    Importance.LOW: ("low", "5"),
    Importance.NORMAL: ("", ""),
    Importance.HIGH: ("high", "1"),
}
_OF_MAIL: Final = frozenset({MessageKind.NOTE, MessageKind.AUTOMATIC_REPLY})


def address_text(person: Person) -> str:
    """A person as a header names it, in characters that are not encoded yet."""
    if not person.name:
        return person.address
    if _PLAIN.fullmatch(person.name):
        return f"{person.name} <{person.address}>"
    quoted = person.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{person.address}>'


def addresses_text(people: Iterable[Person]) -> str:
    """People as a header lists them."""
    return ", ".join(address_text(person) for person in people)


def headers_of(message: Message) -> Headers:
    """What a message says of itself, further headers that it came with last; characters are not encoded yet."""
    importance, priority = _IMPORTANCES[message.importance]
    author = message.sender
    receipts = addresses_text((author,))
    index = index_of(message)
    written = (
        ("Received", _received(message)),
        ("From", address_text(author)),
        ("Sender", "" if message.sent_by is None else address_text(message.sent_by)),
        ("Reply-To", addresses_text(message.reply_to)),
        ("To", addresses_text(message.to)),
        ("Cc", addresses_text(message.cc)),
        ("Bcc", addresses_text(message.bcc)),
        ("Subject", message.subject),
        ("Thread-Topic", topic_of(message.subject)),
        ("Thread-Index", base64.b64encode(index).decode()),
        ("Date", format_datetime(message.sent or message.created)),
        ("Message-ID", message.internet_message_id),
        ("In-Reply-To", message.in_reply_to),
        ("References", message.references),
        ("Importance", importance),
        ("X-Priority", priority),
        ("Sensitivity", _SENSITIVITIES[message.sensitivity]),
        ("Disposition-Notification-To", receipts if message.read_receipt_requested else ""),
        ("Return-Receipt-To", receipts if message.delivery_receipt_requested else ""),
        ("Content-Language", message.culture),
        ("Content-Class", f"urn:content-classes:{'message' if message.kind in _OF_MAIL else 'calendarmessage'}"),
        ("X-MS-Has-Attach", "yes" if shows_attachments(message) else ""),
        ("MIME-Version", "1.0"),
    )
    return (*((name, value) for name, value in written if value), *message.headers)


def _received(message: Message) -> str:
    """The mark of the one server that both mailboxes are on."""
    if message.received is None or message.from_me or any(name.lower() == "received" for name, _ in message.headers):
        return ""
    host = message.sender.address.rpartition("@")[2].lower()
    return f"from {host} by {host} with HTTP; {format_datetime(message.received)}"
