"""Free/busy of people, rooms and lists over a window of time."""

from __future__ import annotations

from collections.abc import Sequence

from reference_impl.domain.acts import Query
from reference_impl.domain.errors import (
    ListTooLarge,
    MailboxNotFound,
    NoFreeBusyAccess,
    TooManyEvents,
    TooManyMailboxes,
)
from reference_impl.domain.freebusy import (
    Schedule,
    access_of,
    busy_events,
    check_interval,
    check_window,
    merged,
    slots_of,
)
from reference_impl.domain.items import CalendarItem, ShowAs, TimeSlot
from reference_impl.domain.mailbox import FolderRole, FreeBusyAccess, Mailbox, MailboxKind
from reference_impl.service.finding import members_of
from reference_impl.service.world import World
from reference_impl.store.listing import listing
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
) -> tuple[Schedule, ...]:
    """One schedule per asked address, in that order; what fails for one address is an error in its schedule.

    Raises WindowInvalid, WindowTooLong, IntervalInvalid, TooManyMailboxes for the request as a whole.
    """
    if len(addresses) > mailboxes_limit:
        raise TooManyMailboxes(size=len(addresses), limit=mailboxes_limit)
    check_window(window, days_limit)
    check_interval(window, interval_minutes)
    with world.store.begin(write=False) as unit:
        return tuple(_schedule(unit, world, actor, address, window, interval_minutes) for address in addresses)


def _schedule(unit: UnitOfWork, world: World, actor: Mailbox, address: str, window: TimeSlot, minutes: int) -> Schedule:
    mailbox = unit.directory.find(address)
    if mailbox is None:
        return Schedule(address, error=MailboxNotFound(address=address))
    if mailbox.kind is MailboxKind.LIST:
        return _schedule_of_list(unit, world, actor, address, mailbox, window, minutes)
    return _schedule_of_one(unit, world, actor, address, mailbox, window, minutes)


def _schedule_of_one(
    unit: UnitOfWork, world: World, actor: Mailbox, address: str, mailbox: Mailbox, window: TimeSlot, minutes: int
) -> Schedule:
    access = access_of(mailbox, actor)
    if access is FreeBusyAccess.NONE:
        return Schedule(address, mailbox, error=NoFreeBusyAccess())
    calendar = unit.folder(mailbox.id, FolderRole.CALENDAR)
    found, _ = listing(unit, mailbox.id, calendar.id, Query(window=window))
    items = [item for item in found if isinstance(item, CalendarItem)]
    limit = world.settings.free_busy_events
    if len(items) > limit:
        return Schedule(address, mailbox, error=TooManyEvents(size=len(items), limit=limit))
    sees_private = mailbox.id == actor.id or "private-details-told" in world.faults
    events = busy_events(items, access, sees_private=sees_private)
    return Schedule(address, mailbox, access, slots_of(events, window, minutes), events)


def _schedule_of_list(
    unit: UnitOfWork, world: World, actor: Mailbox, address: str, group: Mailbox, window: TimeSlot, minutes: int
) -> Schedule:
    """The merge of all members, however deep; a member about whom nothing can be told counts as no data."""
    members = members_of(unit, group)
    limit = world.settings.free_busy_list_members
    if len(members) > limit:
        return Schedule(address, group, error=ListTooLarge(size=len(members), limit=limit))
    unknown = tuple(ShowAs.NO_DATA for _ in slots_of((), window, minutes))
    streams = [slots_of((), window, minutes)]
    for member in members:
        schedule = _schedule(unit, world, actor, member.address, window, minutes)
        streams.append(schedule.slots if schedule.error is None else unknown)
    return Schedule(address, group, FreeBusyAccess.TIME_ONLY, merged(streams), is_list=True)
