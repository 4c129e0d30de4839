"""The MAPI properties of every item, and those of messages ([MS-OXCMSG] 2.2.1, [MS-OXOMSG] 2.2.1)."""

from __future__ import annotations

from typing import Any, Final

from reference_impl.domain.attached import shows_attachments, size_of
from reference_impl.domain.conversation import index_of, topic_of
from reference_impl.domain.items import Body, BodyType, Flag, FlagStatus, Item, Message
from reference_impl.domain.mailbox import Person
from reference_impl.mapi.addresses import PUBLIC_STRINGS, named, tag
from reference_impl.mapi.classes import item_class_of
from reference_impl.mapi.known import (
    IMPORTANCES,
    SENSITIVITIES,
    Knowledge,
    Known,
    binary,
    entry_id,
    flag,
    moment,
    number,
    parent_entry_id,
    set_flag,
    set_moment,
    set_one_of,
    set_text,
    text,
)
from reference_impl.mapi.transport import display_bcc, display_cc, display_to, received, sent
from reference_impl.mime.bodies import as_text
from reference_impl.mime.headers import headers_of

_READ, _UNMODIFIED, _UNSENT, _HAS_ATTACHMENTS, _FROM_ME = 0x1, 0x2, 0x8, 0x10, 0x20


def _flags(item: Item) -> int:
    """PidTagMessageFlags."""
    flags = _HAS_ATTACHMENTS if shows_attachments(item) else 0
    if not isinstance(item, Message):
        return flags | _READ
    state = _UNSENT if item.is_draft else _UNMODIFIED
    return flags | state | (_READ if item.is_read else 0) | (_FROM_ME if item.from_me else 0)


def _keywords(item: Item) -> tuple[str, ...] | None:
    return item.categories or None


def _set_body(values: tuple[str, ...]) -> dict[str, Any]:
    """A body of plain text takes the place of whatever was there ([MS-OXBBODY] 2.1.3.1)."""
    return {"body": Body(values[0], BodyType.TEXT)}


ITEM_PROPERTIES: Final[Knowledge] = {
    tag(0x0017, "Integer"): Known(
        number(lambda item: IMPORTANCES.index(item.importance)), set_one_of("importance", IMPORTANCES), ("1",)
    ),
    tag(0x001A, "String"): Known(text(item_class_of)),
    tag(0x0036, "Integer"): Known(
        number(lambda item: SENSITIVITIES.index(item.sensitivity)), set_one_of("sensitivity", SENSITIVITIES), ("0",)
    ),
    tag(0x0037, "String"): Known(text(lambda item: item.subject), set_text("subject"), ("",)),
    tag(0x0039, "SystemTime"): Known(moment(sent)),
    tag(0x0E02, "String"): Known(text(display_bcc)),
    tag(0x0E03, "String"): Known(text(display_cc)),
    tag(0x0E04, "String"): Known(text(display_to)),
    tag(0x0E06, "SystemTime"): Known(moment(received)),
    tag(0x0E07, "Integer"): Known(number(_flags)),
    tag(0x0E08, "Integer"): Known(number(size_of)),
    tag(0x0E09, "Binary"): Known(binary(parent_entry_id)),
    tag(0x0E1B, "Boolean"): Known(flag(shows_attachments)),
    tag(0x0E23, "Integer"): Known(number(lambda item: item.arrival)),
    tag(0x0FF9, "Binary"): Known(binary(entry_id)),
    tag(0x0FFF, "Binary"): Known(binary(entry_id)),
    tag(0x1000, "String"): Known(text(lambda item: as_text(item.body)), _set_body, ("",)),
    tag(0x3007, "SystemTime"): Known(moment(lambda item: item.created)),
    tag(0x3008, "SystemTime"): Known(moment(lambda item: item.modified)),
    named(PUBLIC_STRINGS, "Keywords", "StringArray"): Known(
        _keywords, lambda values: {"categories": tuple(dict.fromkeys(values))}, ()
    ),
}
"""What every item has."""


def _name(person: Person) -> str:
    return person.name or person.address


_FLAG_STATUSES: Final = {FlagStatus.NOT_FLAGGED: 0, FlagStatus.COMPLETE: 1, FlagStatus.FLAGGED: 2}
"""PidTagFlagStatus ([MS-OXOFLAG] 2.2.1.1)."""

_FLAGS: Final = (Flag(), Flag(FlagStatus.COMPLETE), Flag(FlagStatus.FLAGGED))


def _transport_headers(message: Message) -> str:
    """The header fields with which a message came; a draft has none yet."""
    if message.sent is None:
        return ""
    return "".join(f"{name}: {value}\r\n" for name, value in headers_of(message))


def header_of(message: Message, name: str) -> tuple[str, ...] | None:
    """The first header field of a name, in lower case, with which a message came."""
    if message.sent is None:
        return None
    return next(((value,) for own, value in headers_of(message) if own.lower() == name), None)


def _set_flags(values: tuple[str, ...]) -> dict[str, Any]:
    """Of the flags of a stored message only that it is read can be set."""
    return {"is_read": bool(int(values[0]) & _READ)}


def _set_new_flags(values: tuple[str, ...]) -> dict[str, Any]:
    """A new message that is not unsent has come from elsewhere."""
    return {"is_draft": bool(int(values[0]) & _UNSENT), **_set_flags(values)}


MESSAGE_PROPERTIES: Final[Knowledge] = {
    tag(0x0039, "SystemTime"): Known(moment(sent), write_new=set_moment("sent")),
    tag(0x0E06, "SystemTime"): Known(moment(received), write_new=set_moment("received")),
    tag(0x0E07, "Integer"): Known(number(_flags), _set_flags, write_new=_set_new_flags),
    tag(0x0023, "Boolean"): Known(
        flag(lambda message: message.delivery_receipt_requested), set_flag("delivery_receipt_requested"), ("false",)
    ),
    tag(0x0029, "Boolean"): Known(
        flag(lambda message: message.read_receipt_requested), set_flag("read_receipt_requested"), ("false",)
    ),
    tag(0x0042, "String"): Known(text(lambda message: _name(message.sender))),
    tag(0x0064, "String"): Known(lambda _message: ("SMTP",)),
    tag(0x0065, "String"): Known(text(lambda message: message.sender.address)),
    tag(0x0070, "String"): Known(text(lambda message: topic_of(message.subject))),
    tag(0x0071, "Binary"): Known(binary(lambda message: index_of(message) or None)),
    tag(0x007D, "String"): Known(text(_transport_headers)),
    tag(0x0C1A, "String"): Known(text(lambda message: _name(message.sender))),
    tag(0x0C1E, "String"): Known(lambda _message: ("SMTP",)),
    tag(0x0C1F, "String"): Known(text(lambda message: message.sender.address)),
    tag(0x0E69, "Boolean"): Known(flag(lambda message: message.is_read), set_flag("is_read")),
    tag(0x1035, "String"): Known(text(lambda message: message.internet_message_id)),
    tag(0x1039, "String"): Known(text(lambda message: message.references), set_text("references"), ("",)),
    tag(0x1042, "String"): Known(text(lambda message: message.in_reply_to), set_text("in_reply_to"), ("",)),
    tag(0x1090, "Integer"): Known(
        number(lambda message: _FLAG_STATUSES[message.flag.status]), set_one_of("flag", _FLAGS), ("0",)
    ),
    tag(0x5D01, "String"): Known(text(lambda message: message.sender.address)),
    tag(0x5D02, "String"): Known(text(lambda message: message.sender.address)),
}
"""What messages have beside that."""
