"""The body of a reply or forward: the new text above the original's, with a heading between them."""

from __future__ import annotations

import html
from datetime import UTC

from reference_impl.domain.items import Body, BodyType, CalendarItem, Item, Message, Role
from reference_impl.mime.bodies import as_html, as_text


def with_reply(original: Item, answer: Body | None) -> Body:
    """The body of an answer, in the answer's type; the original's alone where there is nothing new."""
    if answer is None:
        return original.body
    heading = heading_of(original)
    if answer.type is BodyType.TEXT:
        lines = "\r\n".join(heading)
        return Body(f"{answer.content}\r\n\r\n{lines}\r\n\r\n{as_text(original.body)}", BodyType.TEXT)
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in heading)
    return Body(f"{answer.content}<hr>{lines}{as_html(original.body)}", BodyType.HTML)


def heading_of(original: Item) -> tuple[str, ...]:
    """The lines above the original text."""
    author = original.organizer if isinstance(original, CalendarItem) else original.sender
    lines = ["-----Original Message-----", f"From: {author.name or author.address}"]
    if isinstance(original, Message) and original.sent is not None:
        lines.append(f"Sent: {original.sent.astimezone(UTC):%Y-%m-%d %H:%M UTC}")
    return (*lines, f"To: {_named(original)}", f"Subject: {original.subject}")


def _named(original: Item) -> str:
    """The names in the To line."""
    people = (
        original.to
        if isinstance(original, Message)
        else tuple(entry.person for entry in original.attendees if entry.role is Role.REQUIRED)
    )
    return "; ".join(person.name or person.address for person in people)
