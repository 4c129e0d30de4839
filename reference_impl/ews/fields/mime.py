"""The content of an item as MIME: iCalendar for calendar items, internet messages for messages ([MS-OXWSCORE])."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from typing import Any, Final

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.items import CalendarItem
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Field, Table, Writing
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.mapi.contents import mime_of
from reference_impl.mime import event_reading, message_reading
from reference_impl.mime.errors import MimeInvalid, MimeUnconvertible

_PATH: Final = '<t:FieldURI FieldURI="item:MimeContent"/>'

_TAKING: Final = frozenset({"CalendarItem", "Message"})
_SENT: Final = frozenset({"read_receipt_requested", "delivery_receipt_requested"})
"""What nothing can be changed of once a message is sent."""


def _read(view: View) -> str:
    data = mime_of(view.call.world, view.item, view.owner.person, view.attached)
    encoded = base64.b64encode(data).decode()
    return f'<t:MimeContent CharacterSet="UTF-8">{xml.text(encoded)}</t:MimeContent>'


def _create(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """All that the content says; properties that follow it win."""
    if isinstance(target, MessageDraft):
        return _told(_message(element), message_reading.PROPERTIES | message_reading.OF_NEW_MESSAGES)
    read = _calendar(element, writing)
    if read.is_occurrence:
        raise _unconvertible("it holds an occurrence without its series")
    return _told(read.draft, event_reading.PROPERTIES | event_reading.OF_NEW_ITEMS)


def _update(item: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """What the content says of the item as it is; identity, and the occurrences of a series, are not changed by it."""
    if not isinstance(item, CalendarItem):
        return _told(_message(element), message_reading.PROPERTIES - (frozenset() if item.is_draft else _SENT))
    read = _calendar(element, writing)
    if read.is_occurrence and item.day is None:
        raise _unconvertible("it holds an occurrence without its series")
    return _told(read.draft, event_reading.PROPERTIES)


def _told(draft: EventDraft | MessageDraft, names: Collection[str]) -> Mapping[str, Any]:
    return {name: getattr(draft, name) for name in names}


def _message(element: Element) -> MessageDraft:
    try:
        return message_reading.read_message(_decoded(element))
    except MimeInvalid as error:
        raise ResponseError("ErrorMimeContentInvalid", f"This is no message: {error}.", (_PATH,)) from None
    except MimeUnconvertible as error:
        raise ResponseError("ErrorUnsupportedMimeConversion", f"It cannot be made: {error}.", (_PATH,)) from None


def _calendar(element: Element, writing: Writing) -> event_reading.ReadEvent:
    data = _decoded(element)
    try:
        text = data.decode(element.get("CharacterSet") or "utf-8").removeprefix("\ufeff")
        return event_reading.read_calendar(text, writing.call.creation_zone)
    except (LookupError, ValueError) as error:
        raise _unconvertible(str(error)) from None


def _decoded(element: Element) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except ValueError:
        raise ResponseError("ErrorMimeContentInvalidBase64String", "The content is not base64.", (_PATH,)) from None


def _unconvertible(reason: str) -> ResponseError:
    return ResponseError(
        "ErrorMimeContentConversionFailed", f"The content does not make a calendar item: {reason}.", (_PATH,)
    )


def refuse_mime(_target: Any, _element: Element, _writing: Writing) -> Mapping[str, Any]:
    """Neither meeting messages nor tasks take contents (DOC responsecode, ErrorUnsupportedMimeConversion)."""
    raise ResponseError("ErrorUnsupportedMimeConversion", "The content of such an item cannot be set.", (_PATH,))


def mime_fields(element: str) -> Table:
    """The property of this subject, for items of one kind."""
    takes = element in _TAKING
    return (
        Field(
            uri="item:MimeContent",
            element="MimeContent",
            read=_read,
            named_only=True,
            found=False,
            create=_create if takes else refuse_mime,
            update=_update if takes else refuse_mime,
        ),
    )
