"""When an item came and was sent, and the lines in which its people stand ([MS-OXOMSG] 2.2.1)."""

from __future__ import annotations

from datetime import datetime

from reference_impl.domain.items import CalendarItem, Item, Message, Role
from reference_impl.domain.mailbox import Person


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


def display_bcc(item: Item) -> str:
    """The names of those who get blind copies, on the sender's own."""
    people = item.bcc if isinstance(item, Message) else _invited(item, Role.RESOURCE)
    return "; ".join(person.name or person.address for person in people)


def _invited(item: CalendarItem, role: Role) -> list[Person]:
    return [entry.person for entry in item.attendees if entry.role is role]
