"""The members of a message in a request body, read into the domain's fields: one table for drafts and for marks."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.acts import MessageDraft
from reference_impl.domain.items import Flag, FlagStatus
from reference_impl.domain.mailbox import Person
from reference_impl.graph.fields.message import FLAGS, INFERENCES
from reference_impl.graph.fields.values import IMPORTANCE
from reference_impl.graph.reading.values import read_body, read_moment, read_person, read_word
from reference_impl.graph.refusals import HeaderInvalid, MimeNotBase64, MimeUnreadable, PropertyInvalid
from reference_impl.mime.errors import MimeInvalid, MimeUnconvertible
from reference_impl.mime.message_reading import OF_NEW_MESSAGES, PROPERTIES, read_message

MIME_TYPE: Final = "text/plain"
"""The media type of a request whose body is a message in MIME format, in base64 (Send Outlook messages in MIME)."""

MOST_HEADERS: Final = 5

_HEADER_NAME: Final = re.compile(r"x-[!-9;-~]+", re.IGNORECASE)
_OF_DRAFTS: Final = frozenset({"named", "conversation_index"})

Writer = Callable[[Any], Mapping[str, Any]]


def _people(name: str) -> Writer:
    def write(value: Sequence[Mapping[str, Any]] | None) -> Mapping[str, tuple[Person, ...]]:
        return {name: tuple(read_person(each) for each in value or ())}

    return write


def _flag(value: Mapping[str, Any] | None) -> Mapping[str, Flag]:
    """A followupFlag; a due date needs a start, and only what is complete has been completed (followupFlag)."""
    given = value or {}
    status = read_word(FLAGS, given.get("flagStatus", FLAGS[FlagStatus.NOT_FLAGGED]))
    start, due, completed = (_moment(given, f"{name}DateTime") for name in ("start", "due", "completed"))
    if due is not None and start is None:
        raise PropertyInvalid(reason="flag.dueDateTime: it needs a startDateTime.")
    if start is not None and due is not None and due < start:
        raise PropertyInvalid(reason="flag.dueDateTime: it must not be before startDateTime.")
    if (start is not None and status is not FlagStatus.FLAGGED) or (completed and status is not FlagStatus.COMPLETE):
        raise PropertyInvalid(reason=f"flag: {FLAGS[status]} has no such date.")
    return {"flag": Flag(status, start, due or start, completed)}


def _moment(flag: Mapping[str, Any], name: str) -> datetime | None:
    given = flag.get(name)
    return None if given is None else read_moment(given, f"flag.{name}")[0]


def _headers(value: Sequence[Mapping[str, Any]] | None) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Custom headers: at most five, whose names begin with x- (internetMessageHeader)."""
    given = tuple((each["name"], each["value"]) for each in value or ())
    if len(given) > MOST_HEADERS:
        raise HeaderInvalid(reason=f"a message takes {MOST_HEADERS} custom headers, got {len(given)}.")
    for name, text in given:
        if not _HEADER_NAME.fullmatch(name) or "\r" in text or "\n" in text:
            raise HeaderInvalid(reason=f"a custom header is one line with a name that begins with x-, got {name!r}.")
    return {"headers": given}


_MARKS: Final[Mapping[str, Writer]] = {
    "isRead": lambda value: {"is_read": value},
    "importance": lambda value: {"importance": read_word(IMPORTANCE, value)},
    "categories": lambda value: {"categories": tuple(value or ())},
    "flag": _flag,
    "inferenceClassification": lambda value: {"is_focused": read_word(INFERENCES, value)},
    "isReadReceiptRequested": lambda value: {"read_receipt_requested": value},
    "isDeliveryReceiptRequested": lambda value: {"delivery_receipt_requested": bool(value)},
}
"""What the reader of a message may change (Update message, and Update eventMessage)."""

_CONTENT: Final[Mapping[str, Writer]] = {
    "subject": lambda value: {"subject": value or ""},
    "body": lambda value: {"body": read_body(value)},
    "toRecipients": _people("to"),
    "ccRecipients": _people("cc"),
    "bccRecipients": _people("bcc"),
    "replyTo": _people("reply_to"),
    "internetMessageId": lambda value: {"internet_message_id": value or ""},
    "internetMessageHeaders": _headers,
    "sender": lambda value: {"author": read_person(value)} if value else {},
    "from": lambda value: {"author": read_person(value)} if value else {},
}
"""What only drafts take; ``from`` stands after ``sender``: where both are sent it decides."""


def draft_values(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a MessageDraft."""
    return _read({**_MARKS, **_CONTENT}, sent)


def changed_values(sent: Mapping[str, Any], *, of_draft: bool) -> dict[str, Any]:
    """The fields of a stored message; what cannot be changed of one that is no draft is left out."""
    values = draft_values(sent) if of_draft else _read(_MARKS, sent)
    author = values.pop("author", None)
    return values if author is None else {**values, "sender": author}


def _read(writers: Mapping[str, Writer], sent: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for member, write in writers.items():
        if member in sent:
            values.update(write(sent[member]))
    return values


def read_mime(body: bytes) -> MessageDraft:
    """The draft that a message in MIME format makes. Raises MimeNotBase64, MimeUnreadable."""
    try:
        data = base64.b64decode(b"".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise MimeNotBase64 from None
    try:
        read = read_message(data)
    except (MimeInvalid, MimeUnconvertible) as problem:
        raise MimeUnreadable(reason=str(problem)) from None
    names = PROPERTIES | (OF_NEW_MESSAGES & _OF_DRAFTS)
    return MessageDraft(**{name: getattr(read, name) for name in names})
