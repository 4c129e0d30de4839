"""Times at which people could meet, from the calendars of those who are invited and of rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reference_impl.domain.attendance import Calendar, Hours
from reference_impl.domain.errors import DomainError, ListTooLarge, TooManyMailboxes
from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.domain.meeting_times import (
    Invited,
    NamedPlace,
    Outcome,
    Place,
    Places,
    Search,
    check_search,
    meeting_times,
)
from reference_impl.domain.timezone import zone
from reference_impl.service.availability import Calendars
from reference_impl.service.directory import all_rooms
from reference_impl.service.finding import resolved
from reference_impl.service.world import World


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """A place that was asked for by its name or by its address, and whether another one will do."""

    name: str = ""
    address: str = ""
    is_replaceable: bool = True


@dataclass(frozen=True, slots=True)
class PlacesAsked:
    """What was asked of places."""

    is_required: bool = False
    suggests: bool = False
    named: tuple[PlaceAsked, ...] = ()


@dataclass(frozen=True, slots=True)
class TimesFound:
    """The people invited, each once and without the organizer, and what was found for them."""

    people: tuple[Person, ...]
    outcome: Outcome


def find_meeting_times(
    world: World, organizer: Mailbox, people: Sequence[Person], places: PlacesAsked, search: Search
) -> TimesFound:
    """Times for a meeting that the organizer would call; what the search says of places is found out here.

    A place without an address is the room of that name, if there is one. Raises TooManyMailboxes, OutsideCalendar,
    WindowInvalid, WindowTooLong, SuggestionOptionInvalid.
    """
    settings = world.settings
    if len(people) > settings.free_busy_mailboxes:
        raise TooManyMailboxes(size=len(people), limit=settings.free_busy_mailboxes)
    check_search(search, settings.schedule_days)
    with world.store.begin(write=False) as unit:
        calendars = Calendars(unit, world, organizer, search.span)
        invited = {person.key: person for person in (resolved(unit, person) for person in people)}
        invited.pop(organizer.person.key, None)
        named = tuple(_place(world, calendars, asked) for asked in places.named)
        size = 1 + len(invited)
        others = (
            tuple(_room(calendars, room) for room in _fitting(world, size))
            if places.suggests or places.is_required or any(place.is_replaceable for place in named)
            else ()
        )
        wanted = Places(places.is_required, places.suggests, named, others)
        outcome = meeting_times(
            replace(search, places=wanted),
            _calendar(calendars, organizer),
            [_invited(calendars, person) for person in invited.values()],
        )
    return TimesFound(tuple(invited.values()), outcome)


def _fitting(world: World, size: int) -> list[Mailbox]:
    """The rooms that hold so many people: the smallest first, and behind them those of whom nobody knows."""
    fitting = [room for room in all_rooms(world) if room.room.capacity is None or room.room.capacity >= size]
    return sorted(fitting, key=lambda room: (room.room.capacity is None, room.room.capacity, room.person.key))


def _place(world: World, calendars: Calendars, asked: PlaceAsked) -> NamedPlace:
    name = asked.name.casefold()
    mailbox = calendars.directory.find(asked.address) if asked.address else None
    if mailbox is None and not asked.address:
        mailbox = next((room for room in all_rooms(world) if room.person.name.casefold() == name), None)
    if mailbox is None or mailbox.kind is MailboxKind.LIST:
        return NamedPlace(Place(asked.name or asked.address, asked.address), asked.is_replaceable)
    return NamedPlace(_room(calendars, mailbox), asked.is_replaceable)


def _room(calendars: Calendars, room: Mailbox) -> Place:
    return Place(room.person.name or room.address, room.address, _calendar(calendars, room))


def _invited(calendars: Calendars, person: Person) -> Invited:
    mailbox = calendars.directory.find(person.address)
    if mailbox is None:
        return Invited((Calendar(None),))
    if mailbox.kind is not MailboxKind.LIST:
        return Invited((_calendar(calendars, mailbox),))
    try:
        members = calendars.members(mailbox)
    except ListTooLarge:
        return Invited((Calendar(None),))
    return Invited(tuple(Calendar(None) if member is None else _calendar(calendars, member) for member in members))


def _calendar(calendars: Calendars, mailbox: Mailbox) -> Calendar:
    hours = Hours(mailbox.working_hours, zone(mailbox.working_zone))
    try:
        return Calendar(calendars.times(mailbox).events, hours)
    except DomainError:
        return Calendar(None, hours)
