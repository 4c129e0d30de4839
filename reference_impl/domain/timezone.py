"""Time zones by Windows and IANA names, from packaged data only: the host's own zone files are never read."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.items import TimeSlot
from reference_impl.domain.zonerules import is_zone_text, zone_of_text

_MINUTE = timedelta(minutes=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Transition:
    """A yearly change of the clock.

    ``week`` is 1 to 4, or 5 for the month's last; ``weekday`` is 0 Monday to 6 Sunday; ``at`` is the wall time just
    before the change; ``bias_minutes`` is added to the zone's own bias from then on.
    """

    month: int
    week: int
    weekday: int
    at: time
    bias_minutes: int


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """The rules of one year as the protocols spell them: UTC is local time plus bias, in minutes.

    ``standard`` and ``daylight`` are None where the clock does not change in that year.
    """

    bias_minutes: int
    standard: Transition | None = None
    daylight: Transition | None = None


def _rows(file_name: str) -> list[tuple[str, str]]:
    """The lines of one of the tables: a Windows zone name, and what the table says of it."""
    text = resources.files("reference_impl.domain").joinpath(file_name).read_text(encoding="utf-8")
    lines = (line.partition(" | ") for line in text.splitlines() if line and not line.startswith("#"))
    return [(windows, said) for windows, _, said in lines]


@cache
def _windows_table() -> dict[str, tuple[str, ...]]:
    """Windows name -> IANA names, the one that stands for it first."""
    return {windows: tuple(names.split()) for windows, names in _rows("windows_zones.txt")}


@cache
def _windows_spelling() -> dict[str, str]:
    return {name.casefold(): name for name in _windows_table()}


@cache
def _iana_spelling() -> dict[str, str]:
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return {name.casefold(): name for name in names}


@cache
def _windows_by_iana() -> dict[str, str]:
    return {iana: windows for windows, names in _windows_table().items() for iana in names}


def windows_names() -> tuple[str, ...]:
    """Every Windows zone name known, in alphabetical order."""
    return tuple(sorted(_windows_table()))


@cache
def places() -> dict[str, str]:
    """The places by which each Windows zone is shown."""
    return dict(_rows("windows_zone_places.txt"))


def iana_names() -> tuple[str, ...]:
    """Every IANA zone name known, in alphabetical order."""
    return tuple(sorted(_iana_spelling().values()))


def to_iana(name: str) -> str:
    """The IANA name of a zone given by its Windows or IANA name, any case; raises NoSuchTimeZone."""
    folded = name.strip().casefold()
    windows = _windows_spelling().get(folded)
    if windows is not None:
        return _windows_table()[windows][0]
    iana = _iana_spelling().get(folded)
    if iana is None:
        raise NoSuchTimeZone(name=name)
    return iana


def to_windows(name: str) -> str:
    """The Windows name of a zone given by its Windows or IANA name, any case.

    Raises NoSuchTimeZone, also for the few IANA zones that Windows has no name for.
    """
    folded = name.strip().casefold()
    windows = _windows_spelling().get(folded) or _windows_by_iana().get(_iana_spelling().get(folded, ""))
    if windows is None:
        raise NoSuchTimeZone(name=name)
    return windows


def known_name(name: str) -> str:
    """The Windows name of a zone where it has one, else its IANA name; raises NoSuchTimeZone."""
    iana = to_iana(name)
    return _windows_spelling().get(name.strip().casefold()) or _windows_by_iana().get(iana, iana)


def shown_name(name: str, year: int) -> str:
    """A zone as lists show it: its standard offset in a year, and its places, or its IANA name where it has none."""
    said = places().get(known_name(name), to_iana(name))
    if known_name(name) == "UTC":
        return f"(UTC) {said}"
    minutes = -rules_of(name, year).bias_minutes
    sign = "-" if minutes < 0 else "+"
    return f"(UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}) {said}"


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """The zone with this Windows or IANA name, any case, or with a definition for its name; raises NoSuchTimeZone."""
    return zone_of_text(name) if is_zone_text(name) else _zone_of_iana(to_iana(name))


@cache
def _zone_of_iana(iana: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *iana.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=iana)


def widened_to_days(slot: TimeSlot, name: str) -> TimeSlot:
    """The whole days, in the named zone, that an all-day item takes: start goes down, end up, one day at least."""
    zone_info = zone(name)
    first = slot.start.astimezone(zone_info).date()
    end = slot.end.astimezone(zone_info)
    last = end.date() if end.time() == time() and end.date() > first else end.date() + timedelta(days=1)
    return TimeSlot(*(datetime.combine(day, time(), zone_info).astimezone(UTC) for day in (first, last)))


@lru_cache(maxsize=4096)
def rules_of(name: str, year: int) -> ZoneRules:
    """The rules of a zone in one year.

    Zones that changed more than twice, or in no yearly way, are described by their last two changes of that year.
    """
    zone_info = zone(name)
    changes = changes_of(zone_info, year)
    standard = _standard_offset(zone_info, year)
    rules: dict[bool, Transition] = {}
    for before, moment, after in changes:
        is_daylight = after > standard
        wall = (moment + before).replace(tzinfo=None)
        rules[is_daylight] = Transition(
            month=wall.month,
            week=week_of_change(zone_info, wall, is_daylight=is_daylight, standard=standard),
            weekday=wall.weekday(),
            at=wall.time(),
            bias_minutes=-((after - standard) // _MINUTE),
        )
    bias = -(standard // _MINUTE)
    if set(rules) != {True, False}:
        return ZoneRules(bias)
    return ZoneRules(bias, standard=rules[False], daylight=rules[True])


def _offset(zone_info: tzinfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone_info).utcoffset()
    assert offset is not None
    return offset


def _standard_offset(zone_info: tzinfo, year: int) -> timedelta:
    """The smaller of the year's offsets, as Windows sees it: daylight time is always ahead of standard time."""
    return min(_offset(zone_info, datetime(year, month, 15, tzinfo=UTC)) for month in range(1, 13))


@lru_cache(maxsize=8192)
def changes_of(zone_info: tzinfo, year: int) -> tuple[tuple[timedelta, datetime, timedelta], ...]:
    """(offset before, UTC moment, offset after) for each change of the clock in a year, to the minute.

    No clock was ever changed back within a week.
    """
    found = []
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC) + timedelta(days=1)
    while start < end:
        following = min(start + _WEEK, end)
        before, after = _offset(zone_info, start), _offset(zone_info, following)
        if before != after:
            low, high = start, following
            while high - low > _MINUTE:
                middle = low + ((high - low) // 2 // _MINUTE) * _MINUTE
                if _offset(zone_info, middle) == before:
                    low = middle
                else:
                    high = middle
            found.append((before, high, after))
        start = following
    return tuple(found)


def week_of_change(zone_info: tzinfo, wall: datetime, *, is_daylight: bool, standard: timedelta) -> int:
    """Which weekday of its month (5: the last) a change falls on: where this year leaves it open, later ones decide."""
    nth = (wall.day - 1) // 7 + 1
    if nth == 5:
        return 5
    if wall.day + 7 <= calendar.monthrange(wall.year, wall.month)[1]:
        return nth
    for year in range(wall.year + 1, min(wall.year + 8, 2038)):
        for before, moment, after in changes_of(zone_info, year):
            later = moment + before
            if (after > standard) is is_daylight and later.month == wall.month:
                if (later.day - 1) // 7 + 1 != nth:
                    return 5
                if later.day + 7 <= calendar.monthrange(later.year, later.month)[1]:
                    return nth
    return 5
