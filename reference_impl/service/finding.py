"""Finding what an act speaks of: the items, folders and copies in one mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import AccessDenied, CreatingItemsDenied, FolderNotFound, ItemNotFound
from reference_impl.domain.items import Attendee, CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, MailboxKind, Person
from reference_impl.domain.permissions import FreeBusyAccess
from reference_impl.domain.queries import Query
from reference_impl.domain.series import occurrence, veiled
from reference_impl.service.rights import reach_into, reach_to
from reference_impl.service.world import World
from reference_impl.store.directory import Directory
from reference_impl.store.unit import UnitOfWork

_LIST: Final = MailboxKind.LIST


def item_in(
    unit: UnitOfWork,
    actor: Mailbox,
    item_id: str,
    by: Mailbox | None = None,
    needs: Callable[[Reach, Item], bool] | None = None,
) -> Item:
    """The actor's item with this id, opened by somebody.

    Raises ItemNotFound where there is none to be seen, AccessDenied where there is, but not for what it is needed for.
    """
    item = unit.item(actor.id, item_id)
    if item is None:
        raise ItemNotFound
    reach = reach_to(unit, item, by)
    if not reach.reads(item):
        raise ItemNotFound
    if needs is not None and not needs(reach, item):
        raise AccessDenied
    return item


def shown_in(unit: UnitOfWork, actor: Mailbox, item_id: str, by: Mailbox | None = None) -> Item:
    """The actor's item as somebody sees it, of whom occurrences of a series may be hidden. Raises ItemNotFound."""
    item = item_in(unit, actor, item_id, by)
    return item if by is None or not _has_exceptions(item) else as_seen(reach_to(unit, item, by), item)


def as_seen(reach: Reach, item: Item) -> Item:
    """An item without the occurrences that are hidden from somebody who sees it."""
    if reach.reads_everything or not isinstance(item, CalendarItem) or not item.exceptions:
        return item
    return veiled(item, reach.reads)


def _has_exceptions(item: Item) -> bool:
    return isinstance(item, CalendarItem) and bool(item.exceptions)


def folder_in(unit: UnitOfWork, actor: Mailbox, ref: FolderRef, by: Mailbox | None = None) -> Folder:
    """The actor's folder, opened by somebody; raises FolderNotFound where there is none to be seen."""
    folder = own_folder(unit.directory, actor, ref)
    if not reach_into(unit, folder, by).rights.is_visible:
        raise FolderNotFound
    return folder


def own_folder(directory: Directory, actor: Mailbox, ref: FolderRef) -> Folder:
    """The actor's folder, which its owner always sees; raises FolderNotFound."""
    folder = directory.folder(actor.id, ref.role, ref.id)
    if folder is None:
        raise FolderNotFound
    return folder


def place_in(unit: UnitOfWork, actor: Mailbox, ref: FolderRef, by: Mailbox | None = None) -> Folder:
    """The actor's folder, into which somebody puts an item; raises FolderNotFound, CreatingItemsDenied."""
    folder = own_folder(unit.directory, actor, ref)
    rights = reach_into(unit, folder, by).rights
    if not rights.is_visible:
        raise FolderNotFound
    if not rights.creates_items:
        raise CreatingItemsDenied
    return folder


def place_of_copy(unit: UnitOfWork, actor: Mailbox, ref: FolderRef, by: Mailbox | None) -> Folder:
    """The folder for a copy of what is sent, of any mailbox if somebody is named who sends it for the actor.

    Raises FolderNotFound, CreatingItemsDenied.
    """
    folder = None if by is None or ref.id is None else unit.directory.folders.get(ref.id)
    return place_in(unit, actor if folder is None else unit.mailbox(folder.mailbox_id), ref, by)


def reading_reach(unit: UnitOfWork, folder: Folder, by: Mailbox | None) -> Reach:
    """The reach of somebody who lists what is in a folder. Raises AccessDenied for who may not read there."""
    reach = reach_into(unit, folder, by)
    if reach.rights.reads is not FreeBusyAccess.FULL:
        raise AccessDenied
    return reach


def seen(query: Query, reach: Reach) -> Query:
    """A query for what somebody sees of what it asks for."""
    if reach.reads_everything:
        return query
    keep = query.keep
    return replace(query, keep=lambda item: reach.reads(item) and (keep is None or keep(item)))


def is_stale(world: World, actual: int, expected: int | None) -> bool:
    """Whether a write comes from a reader of an older version; ``expected`` is the version that was read, if told."""
    return expected is not None and expected != actual and not stale_writer_wins(world)


def stale_writer_wins(world: World) -> bool:
    """Whether this server, for tests, refuses no write with an old version."""
    return "stale-writer-wins" in world.faults


def fresh(unit: UnitOfWork, event: CalendarItem) -> CalendarItem:
    """The event as it is now, after deliveries may have touched it."""
    found = unit.item(event.mailbox_id, event.id)
    return found if isinstance(found, CalendarItem) else event


def copy_among(
    unit: UnitOfWork, items: Iterable[Item], *, of_organizer: bool, day: date | None = None
) -> CalendarItem | None:
    """The calendar item among the items of one meeting: one on the calendar first, else elsewhere, else deleted last.

    Copies that the owner made are younger than what they were made of. With a day it is the occurrence of that day, in
    its series or on its own.
    """
    events = []
    for item in items:
        if isinstance(item, CalendarItem) and item.is_organizer is of_organizer:
            event = _on(item, day)
            if event is not None:
                events.append(event)
    if not events:
        return None
    alive = [event for event in events if not unit.is_in(event, FolderRole.DELETED)]
    first = next((event for event in alive if unit.is_in(event, FolderRole.CALENDAR)), next(iter(alive), None))
    return first or events[-1]


def _on(event: CalendarItem, day: date | None) -> CalendarItem | None:
    """A stored item, or its occurrence of a day, if it stands for what the day says."""
    if event.day == day:
        return event
    return None if day is None else occurrence(event, day)


def requests_among(items: Iterable[Item], day: date | None = None) -> list[Message]:
    """The requests received among the items of one meeting, oldest first; with a day those for it alone.

    A delegate's copies of what was sent to another are none.
    """
    return [
        item
        for item in items
        if isinstance(item, Message)
        and item.kind is MessageKind.REQUEST
        and not item.from_me
        and not item.is_draft
        and not item.is_delegated
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
        people.setdefault(person.key, Attendee(person, attendee.role))
    people.pop(organizer.key, None)
    return tuple(people.values())


def mailboxes_of(unit: UnitOfWork, people: Iterable[Person], *, without: Person | None) -> tuple[Mailbox, ...]:
    """The local mailboxes behind the addresses, lists expanded, each once, in order; unknown addresses are skipped."""
    own = None if without is None else unit.directory.find(without.address)
    found: dict[str, Mailbox] = {}
    for person in people:
        for mailbox in _behind(unit.directory, person.address):
            if mailbox is not None and mailbox is not own:
                found.setdefault(mailbox.id, mailbox)
    return tuple(found.values())


def _behind(directory: Directory, address: str) -> Sequence[Mailbox | None]:
    known = directory.find(address)
    if known is None or known.kind is not _LIST:
        return (known,)
    return [directory.find(member.address) for member in directory.members(known)]
