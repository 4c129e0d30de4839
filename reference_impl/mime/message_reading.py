"""Messages from internet messages (RFC 5322, RFC 2045 to 2049, [MS-OXCMAIL] 2.2)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Part
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, Final

from reference_impl.domain.acts import MessageDraft, NewAttachment
from reference_impl.domain.conversation import conversation_at
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Body, BodyType, Importance, Sensitivity
from reference_impl.domain.mailbox import Person
from reference_impl.mime import words
from reference_impl.mime.errors import MimeInvalid, MimeUnconvertible

PROPERTIES: Final = frozenset(
    {
        "subject",
        "body",
        "to",
        "cc",
        "bcc",
        "reply_to",
        "internet_message_id",
        "in_reply_to",
        "references",
        "headers",
        "read_receipt_requested",
        "delivery_receipt_requested",
        "importance",
        "sensitivity",
        "categories",
        "attachments",
        "culture",
    }
)
"""What a text says of a message."""

OF_NEW_MESSAGES: Final = frozenset({"named", "sent", "received", "conversation_index"})
"""What it says beside that of a message that is to be made."""

_IMPORTANCES: Final[Mapping[str, Importance]] = {"low": Importance.LOW, "high": Importance.HIGH}
_SENSITIVITIES: Final[Mapping[str, Sensitivity]] = {
    "personal": Sensitivity.PERSONAL,
    "private": Sensitivity.PRIVATE,
    "company-confidential": Sensitivity.CONFIDENTIAL,
}
_TOLD: Final = frozenset(
    {
        "from",
        "sender",
        "reply-to",
        "to",
        "cc",
        "bcc",
        "subject",
        "thread-topic",
        "thread-index",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "importance",
        "x-priority",
        "priority",
        "sensitivity",
        "disposition-notification-to",
        "return-receipt-to",
        "keywords",
        "x-ms-has-attach",
        "mime-version",
    }
)
"""Fields that say what a message has properties of its own for; those of its content are left out as well."""

_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_TAGS: Final = re.compile(r"[\w-]{1,35}", re.ASCII)


def read_message(data: bytes) -> MessageDraft:
    """The message of a text.

    Raises MimeInvalid for what is no message, MimeUnconvertible for a message of a meeting.
    """
    message = message_from_bytes(data, policy=compat32)
    if not message.keys():
        raise MimeInvalid("a message begins with header fields")
    return _draft(message)


def _draft(message: Part) -> MessageDraft:
    content = _Content()
    content.take(message)
    receipts = _texts(message, "Disposition-Notification-To"), _texts(message, "Return-Receipt-To")
    return MessageDraft(
        named=next(iter(_people(message, "From")), None),
        sent=_moment(_text(message, "Date")),
        received=_moment(_text(message, "Received").rpartition(";")[2]),
        subject=_text(message, "Subject"),
        body=content.body or Body(),
        to=_people(message, "To"),
        cc=_people(message, "Cc"),
        bcc=_people(message, "Bcc"),
        reply_to=_people(message, "Reply-To"),
        internet_message_id=_text(message, "Message-ID"),
        in_reply_to=_text(message, "In-Reply-To"),
        references=_text(message, "References"),
        headers=tuple(_others(message)),
        conversation_index=_conversation_index(message),
        read_receipt_requested=bool(receipts[0]),
        delivery_receipt_requested=bool(receipts[1]),
        importance=_importance(message),
        sensitivity=_SENSITIVITIES.get(_text(message, "Sensitivity").lower(), Sensitivity.NORMAL),
        categories=_categories(message),
        attachments=tuple(content.attachments),
        culture=_culture(_text(message, "Content-Language")),
    )


@dataclass
class _Content:
    """What has been found in a message so far: its body, and what hangs on it."""

    body: Body | None = None
    attachments: list[NewAttachment] = field(default_factory=list)

    def take(self, part: Part, *, is_related: bool = False) -> None:
        """Go through a part and all that is in it."""
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            self._take_parts(part)
        elif self._is_body(part):
            self.body = _body(part)
        else:
            self.attachments.append(_attachment(part, len(self.attachments) + 1, is_related=is_related))

    def _take_parts(self, part: Part) -> None:
        kind, parts = part.get_content_subtype(), _parts(part)
        if kind == "alternative":
            parts = self._best_of(parts)
        for number, inner in enumerate(parts):
            self.take(inner, is_related=kind == "related" and number > 0)

    def _best_of(self, parts: list[Part]) -> list[Part]:
        """The best form of the body, and what is no form of it."""
        if any(_is_meeting(part) for part in parts):
            raise MimeUnconvertible("a message of a meeting comes from its meeting")
        forms = [part for part in parts if _is_form(part)]
        best = next((part for part in reversed(forms) if part.get_content_type() != "text/plain"), None)
        chosen = best or next(iter(forms), None)
        return [part for part in parts if part is chosen or part not in forms]

    def _is_body(self, part: Part) -> bool:
        if _is_meeting(part) and not _is_attached(part):
            raise MimeUnconvertible("a message of a meeting comes from its meeting")
        is_text = part.get_content_type() in {"text/plain", "text/html"}
        return self.body is None and is_text and not part.get_filename() and not _is_attached(part)


def _parts(part: Part) -> list[Part]:
    payload: Any = part.get_payload()
    return payload if isinstance(payload, list) else []


def _is_form(part: Part) -> bool:
    return part.get_content_type() in {"text/plain", "text/html"} or part.get_content_maintype() == "multipart"


def _is_attached(part: Part) -> bool:
    return part.get_content_disposition() == "attachment"


def _is_meeting(part: Part) -> bool:
    return part.get_content_type() == "text/calendar" and part.get_param("method") is not None


def _bytes(part: Part) -> bytes:
    payload: Any = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _body(part: Part) -> Body:
    data = _bytes(part)
    try:
        text = data.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        text = data.decode("latin-1")
    kind = BodyType.HTML if part.get_content_subtype() == "html" else BodyType.TEXT
    return Body(words.clean(text), kind)


def _attachment(part: Part, number: int, *, is_related: bool) -> NewAttachment:
    inner = _parts(part)
    name = words.line(_decoded(part.get_filename() or ""))
    content_id = _text(part, "Content-ID").strip("<>")
    is_inline = bool(content_id) and (is_related or part.get_content_disposition() == "inline")
    if part.get_content_type() == "message/rfc822" and inner:
        draft = _draft(inner[0])
        return NewAttachment(name=name or draft.subject or f"message{number}", content=replace(draft, is_draft=False))
    return NewAttachment(
        name=name or f"attachment{number}",
        content=_bytes(part) if not inner else b"".join(each.as_bytes() for each in inner),
        content_type=part.get_content_type(),
        content_id=content_id,
        content_location=_text(part, "Content-Location"),
        is_inline=is_inline,
    )


def _decoded(value: Any) -> str:
    text = _FOLD.sub("", str(value))
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _texts(message: Part, name: str) -> list[str]:
    return [words.line(_decoded(value)) for value in message.get_all(name, [])]


def _text(message: Part, name: str) -> str:
    return next(iter(_texts(message, name)), "")


def _people(message: Part, name: str) -> tuple[Person, ...]:
    pairs = getaddresses([str(value) for value in message.get_all(name, [])])
    found = (Person(words.line(address), words.line(_decoded(display))) for display, address in pairs)
    return tuple(person for person in found if person.address)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _conversation_index(message: Part) -> bytes:
    try:
        index = base64.b64decode(_text(message, "Thread-Index"), validate=True)
    except ValueError:
        return b""
    return index if conversation_at(index) else b""


def _importance(message: Part) -> Importance:
    told = _text(message, "Importance").lower()
    priority = _text(message, "X-Priority")[:1]
    if not told and priority.isdigit() and priority.isascii():
        return words.importance_of({1: 1, 2: 1, 4: 9, 5: 9}.get(int(priority), 5))
    return _IMPORTANCES.get(told, Importance.NORMAL)


def _categories(message: Part) -> tuple[str, ...]:
    names = (name.strip() for value in _texts(message, "Keywords") for name in value.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _culture(text: str) -> str:
    return text if _TAGS.fullmatch(text) else ""


def _others(message: Part) -> Iterator[tuple[str, str]]:
    for name, value in message.items():
        if name.lower() not in _TOLD and not name.lower().startswith("content-"):
            yield name, words.line(_decoded(value))
