"""Receipts: what tells a sender that a message arrived, was read, or was deleted unread ([MS-OXOMSG] 2.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from reference_impl.domain.conversation import index_of, next_index
from reference_impl.domain.items import Body, Message, MessageKind
from reference_impl.domain.mailbox import Person


class Receipt(StrEnum):
    """What is told."""

    DELIVERED = "delivered"
    READ = "read"
    NOT_READ = "not_read"


_CLASSES: Final[Mapping[Receipt, str]] = {
    Receipt.DELIVERED: "REPORT.IPM.Note.DR",
    Receipt.READ: "REPORT.IPM.Note.IPNRN",
    Receipt.NOT_READ: "REPORT.IPM.Note.IPNNRN",
}
_PREFIXES: Final[Mapping[Receipt, str]] = {
    Receipt.DELIVERED: "Delivered: ",
    Receipt.READ: "Read: ",
    Receipt.NOT_READ: "Not read: ",
}
_SENTENCES: Final[Mapping[Receipt, str]] = {
    Receipt.DELIVERED: "has been delivered to {reader} on {time}.",
    Receipt.READ: "was read by {reader} on {time}.",
    Receipt.NOT_READ: "was deleted without being read by {reader} on {time}.",
}


def receipt(kind: Receipt, message: Message, reader: Person, now: datetime) -> Message:
    """What the reader's mailbox sends to the message's sender."""
    sentence = _SENTENCES[kind].format(
        reader=reader.name or reader.address, time=now.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    )
    return Message(
        kind=MessageKind.NOTE,
        subject=_PREFIXES[kind] + message.subject,
        body=Body(f"Your message\r\n\r\n{message.subject}\r\n\r\n{sentence}"),
        sender=reader,
        to=(message.sender,),
        in_reply_to=message.internet_message_id,
        conversation_id=message.conversation_id,
        conversation_index=next_index(index_of(message), now).hex(),
        item_class=_CLASSES[kind],
        created=now,
        modified=now,
    )
