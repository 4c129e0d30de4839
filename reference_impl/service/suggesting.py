"""Suggestions of times for a meeting, from the calendars of those who are to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference_impl.domain.attendance import Calendar, Hours
from reference_impl.domain.errors import DomainError, ListTooLarge, TooManyMailboxes
from reference_impl.domain.freebusy import Glance
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.domain.suggestions import (
    Invitee,
    Part,
    SuggestedDay,
    Untold,
    Wanted,
    check_wanted,
    reach_of,
    suggested,
    times_of,
)
from reference_impl.domain.timezone import zone
from reference_impl.service.availability import Calendars
from reference_impl.service.world import World


@dataclass(frozen=True, slots=True)
class Asked:
    """One address that is to come, and whether times at which it has a conflict are of no interest."""

    address: str
    part: Part = Part.REQUIRED
    excludes_conflicts: bool = False


def suggest(
    world: World,
    actor: Mailbox,
    asked: Sequence[Asked],
    wanted: Wanted,
    *,
    without: Callable[[Glance], bool] | None = None,
) -> tuple[SuggestedDay, ...]:
    """The days of the window with their best times; items that ``without`` names are no conflicts.

    The organizer is who is asked about as such, else who asks. Raises TooManyMailboxes, OutsideCalendar, WindowInvalid,
    WindowTooLong, SuggestionOptionInvalid.
    """
    settings = world.settings
    if len(asked) > settings.free_busy_mailboxes:
        raise TooManyMailboxes(size=len(asked), limit=settings.free_busy_mailboxes)
    check_wanted(wanted, settings.free_busy_days)
    times = times_of(wanted)
    with world.store.begin(write=False) as unit:
        calendars = Calendars(unit, world, actor, reach_of(wanted, times), without)
        found = [calendars.directory.find(one.address) for one in asked]
        invitees = [_invitee(calendars, one, mailbox) for one, mailbox in zip(asked, found, strict=True)]
    organizers = (
        mailbox
        for one, mailbox in zip(asked, found, strict=True)
        if one.part is Part.ORGANIZER and mailbox is not None and mailbox.kind is not MailboxKind.LIST
    )
    return suggested(wanted, times, invitees, _hours(next(organizers, actor)))


def _hours(mailbox: Mailbox) -> Hours:
    return Hours(mailbox.working_hours, zone(mailbox.working_zone))


def _invitee(calendars: Calendars, asked: Asked, mailbox: Mailbox | None) -> Invitee:
    part, excludes = asked.part, asked.excludes_conflicts
    if mailbox is None:
        return Invitee(part, untold=Untold.UNKNOWN, excludes_conflicts=excludes)
    if mailbox.kind is not MailboxKind.LIST:
        return Invitee(part, calendar=_calendar(calendars, mailbox), excludes_conflicts=excludes)
    try:
        members = calendars.members(mailbox)
    except ListTooLarge:
        return Invitee(part, untold=Untold.TOO_LARGE, excludes_conflicts=excludes)
    return Invitee(part, members=tuple(_calendar(calendars, member) for member in members), excludes_conflicts=excludes)


def _calendar(calendars: Calendars, mailbox: Mailbox | None) -> Calendar:
    if mailbox is None:
        return Calendar(None)
    try:
        return Calendar(calendars.times(mailbox).events, _hours(mailbox))
    except DomainError:
        return Calendar(None, _hours(mailbox))
