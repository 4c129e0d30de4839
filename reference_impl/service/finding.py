"""Finding what an act speaks of: the items, folders and copies in one mailbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import FolderNotFound, ItemNotFound
from reference_impl.domain.items import Attendee, CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, MailboxKind, Person
from reference_impl.domain.series import occurrence
from reference_impl.store.unit import UnitOfWork


def item_in(unit: UnitOfWork, actor: Mailbox, item_id: str) -> Item:
    """The actor's item with this id; raises ItemNotFound."""
    item = unit.item(actor.id, item_id)
    if item is None:
        raise ItemNotFound
    return item


def folder_in(unit: UnitOfWork, actor: Mailbox, ref: FolderRef) -> Folder:
    """The actor's folder; raises FolderNotFound."""
    folder = unit.directory.folder(actor.id, ref.role, ref.id)
    if folder is None:
        raise FolderNotFound
    return folder


def fresh(unit: UnitOfWork, event: CalendarItem) -> CalendarItem:
    """The event as it is now, after deliveries may have touched it."""
    found = unit.item(event.mailbox_id, event.id)
    return found if isinstance(found, CalendarItem) else event


def copy_among(
    unit: UnitOfWork, items: Iterable[Item], *, of_organizer: bool, day: date | None = None
) -> CalendarItem | None:
    """The calendar item among the items of one meeting: one that is not deleted first, else the last deleted.

    With a day it is the occurrence of that day, in its series or on its own.
    """
    events = [
        event
        for item in items
        if isinstance(item, CalendarItem)
        and item.is_organizer is of_organizer
        and (event := _on(item, day)) is not None
    ]
    alive = [event for event in events if not unit.is_in(event, FolderRole.DELETED)]
    return next(reversed(alive or events), None)


def _on(event: CalendarItem, day: date | None) -> CalendarItem | None:
    """A stored item, or its occurrence of a day, if it stands for what the day says."""
    if event.day == day:
        return event
    return None if day is None else occurrence(event, day)


def requests_among(items: Iterable[Item], day: date | None = None) -> list[Message]:
    """The received meeting requests among the items of one meeting, oldest first; with a day those for it alone."""
    return [
        item
        for item in items
        if isinstance(item, Message)
        and item.kind is MessageKind.REQUEST
        and not item.from_me
        and not item.is_draft
        and (day is None or (item.meeting is not None and item.meeting.day == day))
    ]


def resolved(unit: UnitOfWork, person: Person) -> Person:
    """The person as the directory spells it, or as given."""
    known = unit.directory.find(person.address)
    return person if known is None else known.person


def attendees_of(unit: UnitOfWork, organizer: Person, given: Sequence[Attendee]) -> tuple[Attendee, ...]:
    """The people invited: resolved, each once, without the organizer, and with no answers of the caller's making."""
    people: dict[str, Attendee] = {}
    for attendee in given:
        person = resolved(unit, attendee.person)
        if person.key != organizer.key:
            people.setdefault(person.key, Attendee(person, attendee.role))
    return tuple(people.values())


def members_of(unit: UnitOfWork, group: Mailbox) -> tuple[Person, ...]:
    """The people of a distribution list and of the lists in it, each once, in order; lists may contain each other."""
    seen: dict[str, Person | None] = {group.person.key: None}

    def walk(inner: Mailbox) -> None:
        for address in inner.members:
            member = unit.directory.find(address)
            person = member.person if member is not None else Person(address)
            if person.key in seen:
                continue
            is_list = member is not None and member.kind is MailboxKind.LIST
            seen[person.key] = None if is_list else person
            if member is not None and is_list:
                walk(member)

    walk(group)
    return tuple(person for person in seen.values() if person is not None)


def mailboxes_of(unit: UnitOfWork, people: Iterable[Person], *, without: Person | None) -> tuple[Mailbox, ...]:
    """The local mailboxes behind the addresses, lists expanded, each once, in order; unknown addresses are skipped."""
    found: dict[str, Mailbox] = {}
    for person in people:
        mailbox = unit.directory.find(person.address)
        if mailbox is None:
            continue
        inner = members_of(unit, mailbox) if mailbox.kind is MailboxKind.LIST else (mailbox.person,)
        for member in inner:
            local = unit.directory.find(member.address)
            if local is not None and (without is None or member.key != without.key):
                found.setdefault(local.id, local)
    return tuple(found.values())
