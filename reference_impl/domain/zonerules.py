"""Zones described by yearly changes of the clock, for those that no name stands for."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

from reference_impl.domain.errors import NoSuchTimeZone

LAST_WEEK: Final = 5
FARTHEST: Final = timedelta(hours=14)
"""How far away from UTC a zone may be: no xs:dateTime has a greater offset."""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class YearlyChange:
    """One yearly change of the clock: the offset from then on, and the local time before it at which it comes.

    ``day`` counts weeks, 5 for the last, where ``weekday`` is given; else it is a day of the month.
    """

    offset: timedelta
    month: int
    day: int
    weekday: int | None
    at: time

    def moment(self, year: int) -> datetime:
        """The change of one year, in local time without an offset."""
        days = calendar.monthrange(year, self.month)[1]
        if self.weekday is None:
            day = min(self.day, days)
        else:
            first = datetime(year, self.month, 1).weekday()  # noqa: DTZ001  local by definition
            day = 1 + (self.weekday - first) % 7 + 7 * (self.day - 1)
            while day > days:
                day -= 7
        return datetime.combine(datetime(year, self.month, day), self.at)  # noqa: DTZ001  local by definition


class YearlyZone(tzinfo):
    """A zone that changes its clock twice in every year alike, or never."""

    def __init__(self, base: timedelta, standard: YearlyChange | None, daylight: YearlyChange | None) -> None:
        self._base = base
        self._rules = () if standard is None or daylight is None else (standard, daylight)
        self._years: dict[int, tuple[timedelta, tuple[tuple[datetime, timedelta], ...]]] = {}

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """The offset at a local time; of an hour that comes twice ``fold`` chooses."""
        if moment is None:
            return self._base
        local = moment.replace(tzinfo=None)
        current, changes = self._year(local.year)
        for change, offset in changes:
            gap = offset - current
            if local < change - (timedelta() if gap > timedelta() or not moment.fold else -gap):
                break
            current = offset
        return current

    def dst(self, moment: datetime | None) -> timedelta:
        """The difference from the zone's base."""
        return self.utcoffset(moment) - self._base

    def tzname(self, moment: datetime | None) -> str:  # noqa: ARG002  tzinfo's signature
        """The zone has no name of its own."""
        return "by rules"

    def fromutc(self, moment: datetime) -> datetime:
        """A moment of UTC in this zone."""
        plain = moment.replace(tzinfo=None)
        current, changes = self._year(plain.year)
        previous = current
        changed: datetime | None = None
        for local_change, offset in changes:
            change = local_change - current
            if plain < change:
                break
            previous, current, changed = current, offset, change
        local = (plain + current).replace(tzinfo=self)
        is_second = changed is not None and current < previous and plain < changed + (previous - current)
        return local.replace(fold=1) if is_second else local

    def _year(self, year: int) -> tuple[timedelta, tuple[tuple[datetime, timedelta], ...]]:
        """The offset with which a year begins, that of its last change, and its changes: local time, new offset."""
        found = self._years.get(year)
        if found is None:
            changes = tuple(sorted((rule.moment(year), rule.offset) for rule in self._rules))
            found = self._years[year] = (changes[-1][1] if changes else self._base, changes)
        return found


@dataclass(frozen=True, slots=True)
class Era:
    """The rules of a zone from a moment on, in local time; the first era has always begun.

    ``changes`` are two, or none where the clock stands.
    """

    since: datetime | None
    offset: timedelta  # standard time
    changes: tuple[YearlyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneDefinition:
    """A zone by its rules, and the name its author gave it."""

    name: str
    eras: tuple[Era, ...]


class DefinedZone(tzinfo):
    """The zone of a definition: each moment follows the era it falls into."""

    def __init__(self, definition: ZoneDefinition) -> None:
        self._name = definition.name
        self._eras = tuple((era.since, _yearly(era)) for era in definition.eras)

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """The offset at a local time."""
        return self._zone_at(None if moment is None else moment.replace(tzinfo=None)).utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta:
        """The difference from the era's standard time."""
        return self._zone_at(None if moment is None else moment.replace(tzinfo=None)).dst(moment)

    def tzname(self, moment: datetime | None) -> str:  # noqa: ARG002  tzinfo's signature
        """The name its author gave it."""
        return self._name

    def fromutc(self, moment: datetime) -> datetime:
        """A moment of UTC in this zone."""
        plain = moment.replace(tzinfo=None)
        current = self._eras[0][1]
        for since, later in self._eras[1:]:
            if since is None or plain < since - current.utcoffset(since):
                break
            current = later
        return current.fromutc(plain.replace(tzinfo=current)).replace(tzinfo=self)

    def _zone_at(self, local: datetime | None) -> YearlyZone:
        current = self._eras[0][1]
        for since, later in self._eras[1:]:
            if local is None or since is None or local < since:
                break
            current = later
        return current


def _yearly(era: Era) -> YearlyZone:
    first, second = era.changes if len(era.changes) == 2 else (None, None)
    return YearlyZone(era.offset, first, second)


def zone_text(definition: ZoneDefinition) -> str:
    """The definition as a zone name: a text that ``zone_of_text`` reads, and that no named zone has."""
    return json.dumps(
        {
            "name": definition.name,
            "eras": [
                {
                    "since": None if era.since is None else era.since.isoformat(),
                    "offset": era.offset // _MINUTE,
                    "changes": [
                        [change.offset // _MINUTE, change.month, change.day, change.weekday, change.at.isoformat()]
                        for change in era.changes
                    ],
                }
                for era in definition.eras
            ],
        }
    )


def is_zone_text(name: str) -> bool:
    """Whether a zone's name is a definition."""
    return name.startswith("{")


@lru_cache(maxsize=256)
def definition_of(name: str) -> ZoneDefinition:
    """The definition that a zone's name is. Raises NoSuchTimeZone for other names."""
    try:
        members: Mapping[str, Any] = json.loads(name)
        return ZoneDefinition(
            members["name"],
            tuple(
                Era(
                    None if era["since"] is None else datetime.fromisoformat(era["since"]),
                    era["offset"] * _MINUTE,
                    tuple(
                        YearlyChange(offset * _MINUTE, month, day, weekday, time.fromisoformat(at))
                        for offset, month, day, weekday, at in era["changes"]
                    ),
                )
                for era in members["eras"]
            ),
        )
    except (ValueError, KeyError, TypeError):
        raise NoSuchTimeZone(name=name) from None


@lru_cache(maxsize=256)
def zone_of_text(name: str) -> DefinedZone:
    """The zone that a definition describes. Raises NoSuchTimeZone."""
    return DefinedZone(definition_of(name))
