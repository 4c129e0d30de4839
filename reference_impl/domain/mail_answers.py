"""Replies and forwards of mail: whom they go to, and how they follow from what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.domain.mailbox import Person


class MailAnswer(StrEnum):
    """What is made of a message."""

    REPLY = "reply"
    REPLY_ALL = "reply_all"
    FORWARD = "forward"

    def titled(self, subject: str) -> str:
        """The subject of the answer: the prefix stands once."""
        prefix = "FW: " if self is MailAnswer.FORWARD else "RE: "
        return subject if subject.startswith(prefix) else prefix + subject

    def to(self, original: Item, sender: Person) -> tuple[Person, ...]:
        """Whom it goes to where the sender does not say."""
        if self is MailAnswer.FORWARD:
            return ()
        authors = (
            (original.organizer,) if isinstance(original, CalendarItem) else original.reply_to or (original.sender,)
        )
        if self is MailAnswer.REPLY:
            return authors
        return _without(sender, (*authors, *addressed(original)))

    def cc(self, original: Item, sender: Person) -> tuple[Person, ...]:
        """Who gets a copy where the sender does not say."""
        if self is not MailAnswer.REPLY_ALL or isinstance(original, CalendarItem):
            return ()
        return _without(sender, original.cc)

    def thread(self, original: Item) -> tuple[str, str]:
        """The message id that it replies to and those that it refers to; what is forwarded begins a new thread."""
        if self is MailAnswer.FORWARD or not isinstance(original, Message):
            return "", ""
        return original.internet_message_id, f"{original.references} {original.internet_message_id}".strip()


def addressed(item: Item) -> tuple[Person, ...]:
    """The people whom a message is for, or who are invited."""
    return item.to if isinstance(item, Message) else tuple(entry.person for entry in item.attendees)


def _without(person: Person, people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple({other.key: other for other in people if not other.is_same(person)}.values())
