"""Messages as internet messages: RFC 5322, RFC 2045 to 2049 and RFC 6047 for what they say of meetings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.encoders import encode_base64
from email.header import Header
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr, getaddresses
from typing import Final

from reference_impl.domain.attached import AttachedItem
from reference_impl.domain.items import Attachment, AttachmentKind, BodyType, Message
from reference_impl.domain.mailbox import Person
from reference_impl.mime import words
from reference_impl.mime.bodies import as_text
from reference_impl.mime.calendars import calendar_in, calendar_of, method_of
from reference_impl.mime.headers import ADDRESSES, headers_of

Open = Callable[[Attachment, AttachedItem | None], "bytes | AttachedItem"]
"""What is in an attachment of the item in question, or of one that is attached to it."""

_POLICY: Final = compat32.clone(linesep="\r\n")
_NAME: Final = re.compile(r"[!-9;-~]+")
_TYPE: Final = re.compile(r"(?!message/|multipart/)([\w.+-]+)/([\w.+-]+)", re.ASCII)
_ANY_TYPE: Final = ("application", "octet-stream")
_NOBODY: Final = Person("")


def message_of(message: Message, opened: Open) -> bytes:
    """The whole of a message, always the same for the same message."""
    return _Writing(opened).message(message, None, 0)


@dataclass(frozen=True, slots=True)
class _Writing:
    """One message on its way out, with everything that is attached to it."""

    opened: Open

    def message(self, message: Message, holder: AttachedItem | None, depth: int) -> bytes:
        """A message that stands alone, or the one that ``holder`` holds, attached so deep."""
        boundaries = _Boundaries(message, depth)
        attachments = [one for one in message.attachments if one.kind is not AttachmentKind.REFERENCE]
        inline = [one for one in attachments if _is_shown(one, message)]
        others = [one for one in attachments if one not in inline]
        content = _grouped("alternative", _bodies(message), boundaries)
        content = _grouped("related", [content, *self._parts(inline, holder, depth)], boundaries)
        content = _grouped("mixed", [content, *self._parts(others, holder, depth)], boundaries)
        return _head(message) + content.as_bytes(policy=_POLICY)

    def _parts(self, attachments: Sequence[Attachment], holder: AttachedItem | None, depth: int) -> list[Part]:
        return [self._part(attachment, holder, depth) for attachment in attachments]

    def _part(self, attachment: Attachment, holder: AttachedItem | None, depth: int) -> Part:
        found = self.opened(attachment, holder)
        part = _file(attachment, found) if isinstance(found, bytes) else self._item(found, depth)
        place = "inline" if attachment.is_inline else "attachment"
        part.add_header("Content-Disposition", place, filename=_parameter(_file_name(attachment, found)))
        if attachment.content_id:
            part["Content-ID"] = f"<{words.line(attachment.content_id)}>"
        if attachment.content_location:
            part["Content-Location"] = words.line(attachment.content_location)
        return part

    def _item(self, found: AttachedItem, depth: int) -> Part:
        if found.message is not None:
            part = _part_of("message", "rfc822")
            part.attach(message_from_bytes(self.message(found.message, found, depth + 1), policy=compat32))
            return part
        assert found.event is not None
        return _calendar(calendar_of(found.event, _NOBODY, lambda one: self._bytes(one, found)))

    def _bytes(self, attachment: Attachment, holder: AttachedItem) -> bytes:
        found = self.opened(attachment, holder)
        assert isinstance(found, bytes), "only files are asked for"
        return found


class _Boundaries:
    """The boundaries within one message, none of which stands in another message that hangs on it."""

    def __init__(self, message: Message, depth: int) -> None:
        self._stem = hashlib.sha256(f"{depth} {message.internet_message_id}".encode()).hexdigest()[:32]
        self._count = 0

    def next(self) -> str:
        """One that has not been used yet."""
        self._count += 1
        return f"_{self._count:03}_{self._stem}_"


def _grouped(kind: str, parts: Sequence[Part], boundaries: _Boundaries) -> Part:
    """Parts within a multipart; one alone needs none."""
    if len(parts) == 1:
        return parts[0]
    whole = MIMEMultipart(kind, boundary=boundaries.next(), _subparts=parts)
    del whole["MIME-Version"]
    return whole


def _is_shown(attachment: Attachment, message: Message) -> bool:
    """Whether the body shows the attachment itself."""
    return attachment.is_inline and bool(attachment.content_id) and message.body.type is BodyType.HTML


def _bodies(message: Message) -> list[Part]:
    """The body as text, as HTML if it is that, and as a calendar if it tells of a meeting; the best last."""
    parts = [_text("plain", as_text(message.body))]
    if message.body.type is BodyType.HTML:
        parts.append(_text("html", message.body.content))
    calendar = calendar_in(message)
    if calendar is not None:
        part = _calendar(calendar)
        part.set_param("method", method_of(message) or "")
        parts.append(part)
    return parts


def _text(kind: str, text: str) -> Part:
    part = MIMEText(words.clean(text).replace("\n", "\r\n"), kind, "utf-8")
    del part["MIME-Version"]
    return part


def _part_of(main: str, sub: str) -> Part:
    """A part without what the whole message says once."""
    part = MIMEBase(main, sub)
    del part["MIME-Version"]
    return part


def _encoded_part(main: str, sub: str, data: bytes) -> Part:
    part = _part_of(main, sub)
    part.set_payload(data)
    encode_base64(part)
    return part


def _calendar(data: bytes) -> Part:
    part = _encoded_part("text", "calendar", data)
    part.set_param("charset", "utf-8")
    return part


def _file(attachment: Attachment, data: bytes) -> Part:
    match = _TYPE.fullmatch(attachment.content_type)
    main, sub = match.groups() if match else _ANY_TYPE
    return _encoded_part(main, sub, data)


def _file_name(attachment: Attachment, found: bytes | AttachedItem) -> str:
    is_event = not isinstance(found, bytes) and found.event is not None
    return f"{attachment.name}.ics" if is_event else attachment.name


def _parameter(name: str) -> str | tuple[str, str, str]:
    """A file's name as a parameter, in RFC 2231 where it has to be."""
    name = words.line(name)
    return name if name.isascii() else ("utf-8", "", name)


def _head(message: Message) -> bytes:
    lines = (
        f"{name}: {_encoded(name, words.line(value))}\r\n"
        for name, value in headers_of(message)
        if _NAME.fullmatch(name)
    )
    return "".join(lines).encode("ascii")


def _encoded(name: str, value: str) -> str:
    if name in ADDRESSES:
        try:
            value = ", ".join(formataddr(pair, "utf-8") for pair in getaddresses([value]))
        except UnicodeEncodeError:
            return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
    return Header(value, None if value.isascii() else "utf-8", header_name=name).encode(linesep="\r\n")
