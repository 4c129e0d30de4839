"""Times for a meeting, ranked by who could come ([MS-OXWAVLS], DOC getuseravailability-operation).

The documents leave much of this open; where they do, the following is decided:

- Meetings begin on the half hours of the asking person's own clock, as in the one printed answer; a day has 48 of them
  at most, which is also the most results that clients may ask for. The present time of a meeting that is to be moved is
  looked at too, wherever it lies.
- Quality counts everybody alike, members of lists one by one (DOC suggestionquality). Tentative, busy and out of
  office are conflicts; those about whom nothing is known have none (DOC numberofmemberswithconflict). With half of them
  in conflict a time is still fair: two pages of three say so.
- A time is working time if it lies in the working hours of the organizer, by the clock of the organizer's mailbox.
- Times stand in the order of their quality, working time first. What the roles are for is not told: of times of one
  quality those come first at which fewer of the organizer, the required people, the rooms and resources are in
  conflict, then fewer of all. The printed answer leaves out times before one attendee's working hours, so of times
  otherwise alike those outside the hours of fewer people come first, then the earlier.
- A day is as good as the best time that may be suggested on it, however few are asked for, and poor without any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from reference_impl.domain.attendance import Calendar, Hours
from reference_impl.domain.errors import SuggestionOptionInvalid, WindowTooLong
from reference_impl.domain.freebusy import STRENGTH, check_window
from reference_impl.domain.items import ShowAs, TimeSlot

_STEP: Final = timedelta(minutes=30)
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


class Quality(IntEnum):
    """How good a time is; better is greater."""

    POOR = 0
    FAIR = 1
    GOOD = 2
    EXCELLENT = 3


class Part(StrEnum):
    """As what somebody is to come."""

    ORGANIZER = "organizer"
    REQUIRED = "required"
    OPTIONAL = "optional"
    ROOM = "room"
    RESOURCE = "resource"


_PEOPLE: Final = frozenset({Part.ORGANIZER, Part.REQUIRED, Part.OPTIONAL})


class Untold(StrEnum):
    """Why nothing can be told of an invited address."""

    UNKNOWN = "unknown"
    TOO_LARGE = "too_large"


class Members(NamedTuple):
    """How the members of a list stand to a time."""

    available: int
    conflicting: int
    without_data: int


Conflict = ShowAs | Members | Untold
"""How one invited address stands to a time: a person's or room's status, a list's numbers, or nothing."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """One invited address: the calendar of a person or room, those of a list's members, or none."""

    part: Part
    calendar: Calendar | None = None
    members: tuple[Calendar, ...] | None = None
    untold: Untold = Untold.UNKNOWN
    excludes_conflicts: bool = False  # a time at which this one has a conflict is not suggested

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """The calendars known."""
        if self.members is not None:
            return self.members
        return () if self.calendar is None else (self.calendar,)

    @property
    def size(self) -> int:
        """How many are counted: the members of a list, else one."""
        return 1 if self.members is None else len(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What times are wanted: on the days that the window touches by the clock of ``zone``.

    ``good_threshold`` percent and 50 are the share of people without a conflict that makes a time good; ``most`` are
    the times of a day, of which ``most_outside_work`` may lie outside working hours; ``current`` is the present time
    (UTC) of a meeting that is to be moved.
    """

    window: TimeSlot
    zone: tzinfo = UTC
    minutes: int = 60
    good_threshold: int = 25
    most: int = 10
    most_outside_work: int = 0
    least_quality: Quality = Quality.FAIR
    current: datetime | None = None

    @property
    def length(self) -> timedelta:
        """How long the meeting lasts."""
        return self.minutes * _MINUTE


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One time, and how every invited address stands to it, in the order asked."""

    start: datetime
    is_work_time: bool
    quality: Quality
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class SuggestedDay:
    """The times of one day by the asking person's clock, the best first, after the current time of the meeting."""

    day: date
    quality: Quality
    suggestions: tuple[Suggestion, ...]


_RANGES: Final[Mapping[str, tuple[str, int, int]]] = {
    "good_threshold": ("good threshold", 0, 50),
    "most": ("number of suggestions for a day", 0, 48),
    "most_outside_work": ("number of suggestions outside working hours", 0, 48),
    "minutes": ("length of the meeting in minutes", 30, 1440),
}
"""Attribute of Wanted -> its name, least and greatest value, as clients hold to them (Managed API)."""


Times = list[tuple[date, list[datetime]]]
"""Days with the times at which a meeting may begin on them, all in order."""


def check_wanted(wanted: Wanted, days_limit: int) -> None:
    """Raise OutsideCalendar, WindowInvalid, WindowTooLong or SuggestionOptionInvalid for what cannot be asked."""
    check_window(wanted.window, days_limit, wanted.zone)
    days = len(days_of(wanted))
    if days > days_limit:
        raise WindowTooLong(days=days, limit=days_limit)
    for attribute, (name, least, greatest) in _RANGES.items():
        value = getattr(wanted, attribute)
        if not least <= value <= greatest:
            raise SuggestionOptionInvalid(name=name, first=least, last=greatest, size=value)


def days_of(wanted: Wanted) -> tuple[date, ...]:
    """The whole days that the window touches, by the asking person's clock."""
    start, end = (moment.astimezone(wanted.zone) for moment in (wanted.window.start, wanted.window.end))
    last = end.date() if end.time() == time() else end.date() + _DAY
    count = max((last - start.date()).days, 1)
    return tuple(start.date() + number * _DAY for number in range(count))


def times_of(wanted: Wanted) -> Times:
    """The times looked at: the half hours that the clock of each day shows, and the meeting's current time."""
    days = []
    for day in days_of(wanted):
        walls = [datetime.combine(day, time()) + number * _STEP for number in range(_DAY // _STEP)]
        moments = [wall.replace(tzinfo=wanted.zone).astimezone(UTC) for wall in walls]
        shown = {
            moment
            for wall, moment in zip(walls, moments, strict=True)
            if moment.astimezone(wanted.zone).replace(tzinfo=None) == wall
        }
        if wanted.current is not None and wanted.current.astimezone(wanted.zone).date() == day:
            shown.add(wanted.current)
        days.append((day, sorted(shown)))
    return days


def reach_of(wanted: Wanted, times: Times) -> TimeSlot:
    """The part of the calendars that must be known: all that a meeting at one of the times would take."""
    starts = [start for _, moments in times for start in moments] or [wanted.window.start]
    return TimeSlot(starts[0], starts[-1] + wanted.length)


def suggested(wanted: Wanted, times: Times, invitees: Sequence[Invitee], organizer: Hours) -> tuple[SuggestedDay, ...]:
    """The days of ``times_of``, each with its best times; ``organizer`` are the organizer's working hours."""
    survey = _Survey(wanted, [start for _, moments in times for start in moments], invitees, organizer)
    days = []
    place = 0
    for day, moments in times:
        days.append(_day(survey, day, range(place, place + len(moments))))
        place += len(moments)
    return tuple(days)


class _Survey:
    """Times in order, and for each what decides its place."""

    def __init__(
        self, wanted: Wanted, starts: Sequence[datetime], invitees: Sequence[Invitee], organizer: Hours
    ) -> None:
        self.wanted = wanted
        self.starts = starts
        self.invitees = invitees
        self._within: dict[Hours, list[bool]] = {}
        self._ranks = [
            [calendar.ranks(starts, wanted.length) for calendar in invitee.calendars] for invitee in invitees
        ]
        conflicts = [self._conflicts(ranks) for ranks in self._ranks]
        self.size = sum(invitee.size for invitee in invitees)
        self.conflicts = self._sum(conflicts)
        self.needed_conflicts = self._sum(
            numbers for invitee, numbers in zip(invitees, conflicts, strict=True) if invitee.part is not Part.OPTIONAL
        )
        self.excluding = self._sum(
            numbers for invitee, numbers in zip(invitees, conflicts, strict=True) if invitee.excludes_conflicts
        )
        self.is_work_time = self.within(organizer)
        self.away = self._sum(
            [not is_within for is_within in self.within(calendar.hours)]
            for invitee in invitees
            if invitee.part in _PEOPLE
            for calendar in invitee.calendars
            if calendar.hours is not None
        )

    def within(self, hours: Hours) -> list[bool]:
        """Per time whether it lies within those hours."""
        if hours not in self._within:
            length = self.wanted.length
            self._within[hours] = [hours.cover(start, start + length) for start in self.starts]
        return self._within[hours]

    def quality(self, place: int) -> Quality:
        """DOC suggestionquality: the share of those without a conflict, good from threshold + 50 percent."""
        conflicts, size = self.conflicts[place], self.size
        if not conflicts:
            return Quality.EXCELLENT
        if 100 * (size - conflicts) >= (50 + self.wanted.good_threshold) * size:
            return Quality.GOOD
        return Quality.FAIR if 2 * conflicts <= size else Quality.POOR

    def standing(self, place: int) -> tuple[Conflict, ...]:
        """How every invited address stands to a time."""
        return tuple(
            _standing(invitee, [STRENGTH[ranks[place]] for ranks in each])
            for invitee, each in zip(self.invitees, self._ranks, strict=True)
        )

    def _conflicts(self, calendars: Iterable[bytes]) -> list[int]:
        """Per time how many of the calendars are in conflict."""
        return self._sum(ranks.translate(_IS_CONFLICT) for ranks in calendars)

    def _sum(self, numbers: Iterable[Sequence[int]]) -> list[int]:
        """Numbers per time added up."""
        return [sum(column) for column in zip(bytes(len(self.starts)), *numbers, strict=True)]


_CONFLICTING: Final = frozenset({ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF})
_IS_CONFLICT: Final = bytes(rank < len(STRENGTH) and STRENGTH[rank] in _CONFLICTING for rank in range(256))


def _standing(invitee: Invitee, statuses: Sequence[ShowAs]) -> Conflict:
    if invitee.members is not None:
        conflicting = sum(status in _CONFLICTING for status in statuses)
        without_data = sum(status is ShowAs.NO_DATA for status in statuses)
        return Members(len(statuses) - conflicting - without_data, conflicting, without_data)
    return invitee.untold if invitee.calendar is None else statuses[0]


def _day(survey: _Survey, day: date, places: Iterable[int]) -> SuggestedDay:
    wanted = survey.wanted
    quality = {
        place: survey.quality(place)
        for place in places
        if not survey.excluding[place] and (survey.is_work_time[place] or wanted.most_outside_work)
    }

    def rank(place: int) -> tuple[object, ...]:
        return (
            survey.starts[place] != wanted.current,
            -quality[place],
            not survey.is_work_time[place],
            survey.needed_conflicts[place],
            survey.conflicts[place],
            survey.away[place],
            place,
        )

    chosen: list[int] = []
    outside = 0
    for place in sorted((place for place in quality if quality[place] >= wanted.least_quality), key=rank):
        is_outside = not survey.is_work_time[place]
        if len(chosen) < wanted.most and (not is_outside or outside < wanted.most_outside_work):
            chosen.append(place)
            outside += is_outside
    return SuggestedDay(
        day,
        max(quality.values(), default=Quality.POOR),
        tuple(
            Suggestion(survey.starts[place], survey.is_work_time[place], quality[place], survey.standing(place))
            for place in chosen
        ),
    )
