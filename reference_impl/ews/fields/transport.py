"""How an item came to be here: when, from whom, and how far it has got."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from reference_impl.domain.items import CalendarItem, Item, Message, Role
from reference_impl.ews import xml
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.readers import flag, time


def received(item: Item) -> datetime:
    """When the item came into the mailbox."""
    return item.received or item.created if isinstance(item, Message) else item.created


def sent(item: Item) -> datetime:
    """When the item was sent, or made."""
    return item.sent or item.created if isinstance(item, Message) else item.created


def display_to(item: Item) -> str:
    """The names in the To line."""
    people = item.to if isinstance(item, Message) else _invited(item, Role.REQUIRED)
    return "; ".join(person.name or person.address for person in people)


def display_cc(item: Item) -> str:
    """The names in the Cc line."""
    people = item.cc if isinstance(item, Message) else _invited(item, Role.OPTIONAL)
    return "; ".join(person.name or person.address for person in people)


def _invited(item: CalendarItem, role: Role) -> list[Any]:
    return [entry.person for entry in item.attendees if entry.role is role]


def _is_draft(item: Item) -> bool:
    return isinstance(item, Message) and item.is_draft


def _from_me(item: Item) -> bool:
    return isinstance(item, Message) and item.from_me


TRANSPORT: Final[Table] = (
    Field(
        uri="item:DateTimeReceived",
        element="DateTimeReceived",
        read=time("DateTimeReceived", received),
        kind=Kind.TIME,
        value=received,
    ),
    Field(uri="item:InReplyTo", element="InReplyTo", read=lambda _view: None),
    Field(uri="item:IsSubmitted", element="IsSubmitted", read=flag("IsSubmitted", lambda _item: False)),
    Field(uri="item:IsDraft", element="IsDraft", read=flag("IsDraft", _is_draft), kind=Kind.FLAG, value=_is_draft),
    Field(uri="item:IsFromMe", element="IsFromMe", read=flag("IsFromMe", _from_me), kind=Kind.FLAG, value=_from_me),
    Field(uri="item:IsResend", element="IsResend", read=flag("IsResend", lambda _item: False)),
    Field(
        uri="item:IsUnmodified",
        element="IsUnmodified",
        read=flag("IsUnmodified", lambda item: isinstance(item, Message) and not item.is_draft),
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
        read=lambda view: xml.leaf("DisplayCc", display_cc(view.item)),
        value=display_cc,
    ),
    Field(
        uri="item:DisplayTo",
        element="DisplayTo",
        read=lambda view: xml.leaf("DisplayTo", display_to(view.item)),
        value=display_to,
    ),
    Field(uri="item:DisplayBcc", element="DisplayBcc", read=lambda _view: None, since="Exchange2016"),
)
"""The properties of this subject."""
