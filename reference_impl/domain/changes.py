"""What a change of a meeting means: who must hear of it, and how it is labelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reference_impl.domain.acts import Audience
from reference_impl.domain.items import Attendee, CalendarItem, RequestKind


class Matter(StrEnum):
    """Whom a property concerns."""

    TIME = "time"  # everybody, who must answer again
    CONTENT = "content"  # everybody
    PEOPLE = "people"  # those who come or go
    PRIVATE = "private"  # the organizer alone


MATTERS: Mapping[str, Matter] = {
    "start": Matter.TIME,
    "end": Matter.TIME,
    "recurrence": Matter.TIME,
    "subject": Matter.CONTENT,
    "body": Matter.CONTENT,
    "location": Matter.CONTENT,
    "place": Matter.CONTENT,
    "venues": Matter.CONTENT,
    "do_not_forward": Matter.CONTENT,
    "start_zone": Matter.CONTENT,
    "end_zone": Matter.CONTENT,
    "is_all_day": Matter.CONTENT,
    "response_requested": Matter.CONTENT,
    "allow_new_time_proposals": Matter.CONTENT,
    "hide_attendees": Matter.CONTENT,
    "sensitivity": Matter.CONTENT,
    "importance": Matter.CONTENT,
    "when": Matter.CONTENT,
    "conference_type": Matter.CONTENT,
    "meeting_workspace_url": Matter.CONTENT,
    "net_show_url": Matter.CONTENT,
    "is_online_meeting": Matter.CONTENT,
    "attachments": Matter.CONTENT,
    "online_meeting_provider": Matter.CONTENT,
    "join_url": Matter.CONTENT,
    "attendees": Matter.PEOPLE,
    "show_as": Matter.PRIVATE,
    "intended_show_as": Matter.PRIVATE,
    "categories": Matter.PRIVATE,
    "reminder_is_set": Matter.PRIVATE,
    "reminder_minutes": Matter.PRIVATE,
    "mail_reminders": Matter.PRIVATE,
    "reminder_due": Matter.PRIVATE,
    "reminder_snooze": Matter.PRIVATE,
    "extended": Matter.PRIVATE,
    "open_extensions": Matter.PRIVATE,
    "item_class": Matter.PRIVATE,
    "culture": Matter.PRIVATE,
}
"""Property -> matter. A property that is not here is bookkeeping and no matter at all."""


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two states of an organizer's meeting."""

    matters: frozenset[Matter]
    added: tuple[Attendee, ...]
    removed: tuple[Attendee, ...]
    stayed: tuple[Attendee, ...]


def change(before: CalendarItem, after: CalendarItem) -> Change:
    """What changed, and who came, went and stayed; people are told apart by address."""
    matters = {
        matter
        for name, matter in MATTERS.items()
        if name != "attendees" and getattr(before, name) != getattr(after, name)
    }
    old = {attendee.person.key: attendee for attendee in before.attendees}
    new = {attendee.person.key: attendee for attendee in after.attendees}
    if [(key, entry.role) for key, entry in old.items()] != [(key, entry.role) for key, entry in new.items()]:
        matters.add(Matter.PEOPLE)
    return Change(
        frozenset(matters),
        added=tuple(entry for key, entry in new.items() if key not in old),
        removed=tuple(entry for key, entry in old.items() if key not in new),
        stayed=tuple(entry for key, entry in new.items() if key in old),
    )


def audience_of(asked: Audience, difference: Change) -> Audience:
    """The audience that ``AS_NEEDED`` stands for; any other is itself (Graph: update event)."""
    if asked is not Audience.AS_NEEDED:
        return asked
    if difference.matters & {Matter.TIME, Matter.CONTENT}:
        return Audience.EVERYBODY
    return Audience.CHANGED if Matter.PEOPLE in difference.matters else Audience.NOBODY


def update_kind(difference: Change, *, is_rescheduled: bool, is_silent_on_people: bool) -> RequestKind:
    """The label the sender puts on an update (MS-OXOCAL 2.2.6.5).

    ``is_silent_on_people`` asks for silent updates where nothing but the list of attendees has become shorter.
    """
    if is_rescheduled or difference.added:
        return RequestKind.FULL_UPDATE
    if is_silent_on_people and difference.removed and difference.matters == {Matter.PEOPLE}:
        return RequestKind.SILENT_UPDATE
    return RequestKind.INFORMATIONAL_UPDATE
