"""Free/busy of people, rooms and lists over a window of time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, tzinfo

from reference_impl.domain.errors import (
    DomainError,
    ListTooLarge,
    MailboxNotFound,
    NoFreeBusyAccess,
    TooManyEvents,
    TooManyMailboxes,
)
from reference_impl.domain.freebusy import (
    BusyEvent,
    BusyTimes,
    Glance,
    Schedule,
    check_interval,
    check_window,
    slots_of,
)
from reference_impl.domain.items import ShowAs, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Mailbox, MailboxKind, Person
from reference_impl.domain.permissions import FreeBusyAccess
from reference_impl.service.rights import rights_in, sees_private
from reference_impl.service.world import World
from reference_impl.store.directory import Directory
from reference_impl.store.unit import UnitOfWork


def free_busy(
    world: World,
    actor: Mailbox,
    addresses: Sequence[str],
    window: TimeSlot,
    interval_minutes: int,
    *,
    days_limit: int,
    mailboxes_limit: int,
    zone: tzinfo = UTC,
    is_merged: bool = True,
) -> tuple[Schedule, ...]:
    """One schedule per asked address, in that order; what fails for one address is an error in its schedule.

    ``zone`` is the clock by which the window's days are counted; ``is_merged`` is false where slots are of no interest.
    Raises WindowInvalid, WindowTooLong, IntervalInvalid, TooManyMailboxes for the request as a whole.
    """
    if len(addresses) > mailboxes_limit:
        raise TooManyMailboxes(size=len(addresses), limit=mailboxes_limit)
    check_window(window, days_limit, zone)
    check_interval(window, interval_minutes, is_merged=is_merged)
    with world.store.begin(write=False) as unit:
        calendars = Calendars(unit, world, actor, window)
        return tuple(_schedule(calendars, address, interval_minutes) for address in addresses)


class Calendars:
    """The calendars that one person asks about over one window, each read once; ``without`` leaves items out."""

    def __init__(
        self,
        unit: UnitOfWork,
        world: World,
        actor: Mailbox,
        window: TimeSlot,
        without: Callable[[Glance], bool] | None = None,
    ) -> None:
        self.directory = unit.directory
        self.window = window
        self._unit = unit
        self._world = world
        self._actor = actor
        self._without = without
        self._read: dict[str, BusyTimes | DomainError] = {}
        self._access: dict[str, FreeBusyAccess] = {}

    def access(self, mailbox: Mailbox) -> FreeBusyAccess:
        """How much of the calendar may be told."""
        if mailbox.id not in self._access:
            calendar = self._unit.folder(mailbox.id, FolderRole.CALENDAR)
            self._access[mailbox.id] = rights_in(self.directory, calendar, self._actor).reads
        return self._access[mailbox.id]

    def times(self, mailbox: Mailbox) -> BusyTimes:
        """What may be told of the events of a mailbox, by start. Raises NoFreeBusyAccess, TooManyEvents."""
        if mailbox.id not in self._read:
            self._read[mailbox.id] = self._times(mailbox)
        found = self._read[mailbox.id]
        if isinstance(found, DomainError):
            raise found
        return found

    def members(self, group: Mailbox) -> tuple[Mailbox | None, ...]:
        """The members of a list as ``expanded`` has them. Raises ListTooLarge."""
        return expanded(self.directory, group, self._world.settings.free_busy_list_members)

    def _times(self, mailbox: Mailbox) -> BusyTimes | DomainError:
        world, access = self._world, self.access(mailbox)
        if access is FreeBusyAccess.NONE:
            return NoFreeBusyAccess()
        calendar = self._unit.folder(mailbox.id, FolderRole.CALENDAR)
        times = world.store.busy.read(self._unit, mailbox.id, calendar.id, self.window)
        if self._without is not None:
            kept = (event for event in times.events if event.item is None or not self._without(event.item))
            times = BusyTimes(self.window, tuple(kept))
        size, limit = len(times.events), world.settings.free_busy_events
        if size > limit:
            return TooManyEvents(size=size, limit=limit)
        return times.told(access, lambda: private_details_told(world) or sees_private(self._unit, mailbox, self._actor))


def private_details_told(world: World) -> bool:
    """Whether this server, for tests, tells everybody what private items are about."""
    return "private-details-told" in world.faults


def expanded(directory: Directory, group: Mailbox, limit: int) -> tuple[Mailbox | None, ...]:
    """The members of a list and of the lists in it, each once; None is one about whom nothing can be known.

    Raises ListTooLarge where the list itself has more than ``limit`` members. A list inside that would bring the
    members above it stays closed and is one member without data (DOC groupattendeeconflictdata).
    """
    opened = {group.person.key}
    members = _members(directory, group, without=opened)
    if len(members) > limit:
        raise ListTooLarge(size=len(members), limit=limit)
    while (inner := next(filter(_is_list, members.values()), None)) is not None:
        key = inner.person.key
        opened.add(key)
        more = _members(directory, inner, without=opened | members.keys())
        if len(members) - 1 + len(more) > limit:
            members[key] = None
        else:
            del members[key]
            members |= more
    return tuple(members.values())


def _members(directory: Directory, group: Mailbox, *, without: Collection[str]) -> dict[str, Mailbox | None]:
    people = (Person(address.strip()) for address in group.members)
    return {person.key: directory.find(person.address) for person in people if person.key not in without}


def _is_list(member: Mailbox | None) -> bool:
    return member is not None and member.kind is MailboxKind.LIST


def _schedule(calendars: Calendars, address: str, minutes: int) -> Schedule:
    mailbox = calendars.directory.find(address)
    if mailbox is None:
        return Schedule(address, error=MailboxNotFound(address=address))
    try:
        if mailbox.kind is MailboxKind.LIST:
            slots = slots_of(_merged(calendars, mailbox), calendars.window, minutes)
            return Schedule(address, mailbox, FreeBusyAccess.TIME_ONLY, slots, is_list=True)
        times = calendars.times(mailbox)
    except DomainError as error:
        return Schedule(address, mailbox, error=error)
    return Schedule(address, mailbox, calendars.access(mailbox), times.slots(minutes), times.events)


def _merged(calendars: Calendars, group: Mailbox) -> list[BusyEvent]:
    """The events of all members; one about whom nothing can be told counts as no data all the time."""
    unknown = BusyEvent(calendars.window.start, calendars.window.end, ShowAs.NO_DATA)
    found: list[BusyEvent] = []
    for member in calendars.members(group):
        try:
            found += (unknown,) if member is None else calendars.times(member).events
        except DomainError:
            found.append(unknown)
    return found
