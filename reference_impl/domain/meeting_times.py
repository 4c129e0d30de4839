"""Times at which people could meet, by the chances that they come (Graph: findMeetingTimes).

The page leaves much of this open; where it does, the following is decided:

- Meetings begin on the half hours of the asking person's own clock, and at the start of each window that was named.
- Somebody who is free or works elsewhere comes for certain, of somebody about whom nothing is known the chance is 49,
  of somebody with something tentative half or what the search says, and who is busy or away does not come. The members
  of a list count one by one. Where nobody is invited the organizer is the only one who counts.
- Working time is that of the organizer, by the clock of the organizer's hours; personal time is the same hours of all
  days of work and of Saturday and Sunday.
- The organizer is unavailable when busy or away. A room is free when nothing at all is in its calendar.
- A room that was named and is taken makes room for another one, unless it was said that it need not be free. Where
  rooms are to be suggested and none was named, or none of those is to be had, the first that are free are.
- Where no time is left, the reason is what the last of them failed by: the organizer, the people, the rooms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

from reference_impl.domain.attendance import Calendar, Hours
from reference_impl.domain.errors import SuggestionOptionInvalid
from reference_impl.domain.freebusy import RANK, STRENGTH, check_window
from reference_impl.domain.items import ShowAs, TimeSlot

MOST_PLACES: Final = 5
"""Rooms that are suggested for one time at most, where none is named."""

_MINUTE: Final = timedelta(minutes=1)
_QUARTER: Final = timedelta(minutes=15)
_WEEKEND: Final = frozenset({5, 6})

_CHANCE: Final[Mapping[ShowAs, int]] = {
    ShowAs.FREE: 100,
    ShowAs.WORKING_ELSEWHERE: 100,
    ShowAs.NO_DATA: 49,
    ShowAs.BUSY: 0,
    ShowAs.OOF: 0,
}
_ABSENT: Final = frozenset({ShowAs.BUSY, ShowAs.OOF})


class Activity(StrEnum):
    """What kind of time is looked for."""

    WORK = "work"
    PERSONAL = "personal"
    UNRESTRICTED = "unrestricted"


class Lack(StrEnum):
    """Why there is no time."""

    ATTENDEES = "attendees"
    ATTENDEES_OR_UNKNOWN = "attendees_or_unknown"
    PLACES = "places"
    ORGANIZER = "organizer"
    UNKNOWN = "unknown"


class Place(NamedTuple):
    """A room or other place; nothing is known of when one without a calendar is free."""

    name: str
    address: str = ""
    calendar: Calendar | None = None


class NamedPlace(NamedTuple):
    """A place that was asked for, and whether another one will do where it is taken."""

    place: Place
    is_replaceable: bool = True


@dataclass(frozen=True, slots=True)
class Places:
    """What is wanted of places: those named, and ``others`` in the order in which they are suggested."""

    is_required: bool = False
    suggests: bool = False
    named: tuple[NamedPlace, ...] = ()
    others: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What times are looked for: in these windows, of this kind, beginning on half hours by the clock of ``zone``.

    Suggested are ``most`` times, at which people come with a chance of ``least_chance`` percent or more.
    """

    windows: tuple[TimeSlot, ...]
    zone: tzinfo = UTC
    minutes: int = 30
    activity: Activity = Activity.WORK
    most: int = 5
    least_chance: float = 50
    is_organizer_optional: bool = False
    tentative_chance: int = 50
    places: Places = Places()

    @property
    def length(self) -> timedelta:
        """How long the meeting lasts."""
        return self.minutes * _MINUTE

    def chance(self, status: ShowAs) -> int:
        """The chance in percent that somebody with this status comes."""
        return _CHANCE.get(status, self.tentative_chance)

    @property
    def span(self) -> TimeSlot:
        """From the first window to the last."""
        return TimeSlot(min(window.start for window in self.windows), max(window.end for window in self.windows))


@dataclass(frozen=True, slots=True)
class Invited:
    """One address that is to come: the calendar of a person, or those of the members of a list."""

    calendars: tuple[Calendar, ...]


class MeetingTime(NamedTuple):
    """One time, the mean chance in percent, and how the organizer and each invited address stand to it."""

    start: datetime
    chance: float
    organizer: ShowAs
    invited: tuple[ShowAs, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The times, the best first, or what there is a lack of."""

    times: tuple[MeetingTime, ...] = ()
    lack: Lack | None = None


_RANGES: Final[Mapping[str, tuple[str, int, int]]] = {
    "minutes": ("length of the meeting in minutes", 1, 1440),
    "most": ("number of suggestions", 1, 1000),
    "least_chance": ("least percentage", 0, 100),
}
"""Attribute of Search -> its name, least and greatest value."""


def check_search(search: Search, days_limit: int) -> None:
    """Raise OutsideCalendar, WindowInvalid, WindowTooLong or SuggestionOptionInvalid for what cannot be looked for."""
    for window in (*search.windows, search.span):
        check_window(window, days_limit)
    for attribute, (name, least, greatest) in _RANGES.items():
        value = getattr(search, attribute)
        if not least <= value <= greatest:
            raise SuggestionOptionInvalid(name=name, first=least, last=greatest, size=value)


def meeting_times(search: Search, organizer: Calendar, invited: Sequence[Invited]) -> Outcome:
    """The times of a checked search."""
    starts = _starts(search, organizer.hours)
    if not starts:
        return Outcome(lack=Lack.UNKNOWN)
    survey = _Survey(search, starts, organizer, invited)
    kept: Sequence[int] = range(len(starts))
    if not search.is_organizer_optional:
        kept = [at for at in kept if survey.organizer(at) not in _ABSENT]
        if not kept:
            return Outcome(lack=Lack.ORGANIZER)
    likely = [at for at in kept if survey.chance[at] >= search.least_chance]
    if not likely:
        return Outcome(lack=survey.lack(kept))
    found = [survey.time(at) for at in survey.placed(sorted(likely, key=lambda at: (-survey.chance[at], at)))]
    return Outcome(tuple(found)) if found else Outcome(lack=Lack.PLACES)


def _starts(search: Search, hours: Hours | None) -> list[datetime]:
    """When a meeting may begin, in order: in a window, on a half hour or at its start, within the hours wanted."""
    found = sorted({start for window in search.windows for start in _starts_in(window, search)})
    if hours is None or search.activity is Activity.UNRESTRICTED:
        return found
    if search.activity is Activity.PERSONAL:
        hours = replace(hours, working=replace(hours.working, days=hours.working.days | _WEEKEND))
    return [start for start in found if hours.cover(start, start + search.length)]


def _starts_in(window: TimeSlot, search: Search) -> Iterator[datetime]:
    """Zones are ahead of UTC by whole quarters of an hour, so the half hours of every clock are among its quarters."""
    last = window.end - search.length
    if window.start <= last:
        yield window.start
    start = window.start.replace(minute=0, second=0, microsecond=0)
    while start <= last:
        local = start.astimezone(search.zone)
        if start >= window.start and local.minute % 30 == 0 and local.second == 0:
            yield start
        start += _QUARTER


class _Survey:
    """Times in order, and how everybody stands to each."""

    def __init__(
        self, search: Search, starts: Sequence[datetime], organizer: Calendar, invited: Sequence[Invited]
    ) -> None:
        self._search = search
        self._starts = starts
        self._organizer = self._ranks(organizer)
        self._people = [[self._ranks(calendar) for calendar in one.calendars] for one in invited]
        every = [ranks for each in self._people for ranks in each] or [self._organizer]
        chance_of_rank = bytes(map(search.chance, STRENGTH)).ljust(256, b"\0")
        chances = [ranks.translate(chance_of_rank) for ranks in every]
        self.chance = [sum(column) / len(every) for column in zip(*chances, strict=True)]
        known = (*(named.place for named in search.places.named), *search.places.others)
        self._rooms = {place.address: self._ranks(place.calendar) for place in known if place.calendar is not None}

    def _ranks(self, calendar: Calendar) -> bytes:
        return calendar.ranks(self._starts, self._search.length)

    def organizer(self, at: int) -> ShowAs:
        """How the organizer stands to a time."""
        return STRENGTH[self._organizer[at]]

    def lack(self, among: Sequence[int]) -> Lack:
        """Why nobody is likely enough to come at any of these times."""
        if not any(self._people):
            return Lack.ORGANIZER
        ranks = (ranks for each in self._people for ranks in each)
        is_unknown = any(one[at] == RANK[ShowAs.NO_DATA] for one in ranks for at in among)
        return Lack.ATTENDEES_OR_UNKNOWN if is_unknown else Lack.ATTENDEES

    def placed(self, places: Sequence[int]) -> list[int]:
        """The first of these times at which a place is to be had, where there must be one."""
        kept: list[int] = []
        for at in places:
            if len(kept) == self._search.most:
                break
            if not self._search.places.is_required or self.places(at):
                kept.append(at)
        return kept

    def time(self, at: int) -> MeetingTime:
        """All that is told of a time."""
        return MeetingTime(
            self._starts[at],
            self.chance[at],
            self.organizer(at),
            tuple(STRENGTH[max((ranks[at] for ranks in each), default=RANK[ShowAs.NO_DATA])] for each in self._people),
            self.places(at),
        )

    def places(self, at: int) -> tuple[Place, ...]:
        """The places for a time."""
        wanted = self._search.places
        taken = {named.place.address for named in wanted.named}
        free = (place for place in wanted.others if place.address not in taken and self._is_free(place, at))
        found: list[Place] = []
        for place, is_replaceable in wanted.named:
            if not is_replaceable or self._is_free(place, at):
                found.append(place)
            elif (other := next(free, None)) is not None:
                found.append(other)
        if not found and (wanted.suggests or wanted.is_required):
            found = [place for place, _ in zip(free, range(MOST_PLACES), strict=False)]
        return tuple(found)

    def _is_free(self, place: Place, at: int) -> bool:
        return place.calendar is None or STRENGTH[self._rooms[place.address][at]] is ShowAs.FREE
