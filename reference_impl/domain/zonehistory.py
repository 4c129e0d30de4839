"""The rules that a named zone had over the years, as a definition by eras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from reference_impl.domain.timezone import changes_of, week_of_change, zone
from reference_impl.domain.zonerules import Era, YearlyChange, ZoneDefinition

_Changes = Sequence[tuple[timedelta, datetime, timedelta]]


@lru_cache(maxsize=512)
def history_of(name: str, first: int, last: int) -> ZoneDefinition:
    """The eras of a zone from one year to another: before and after, the first and the last one go on.

    An era begins with the year in which the clock was first changed by new rules; where a year's changes follow no
    yearly rule, there is one for each of them.
    """
    zone_info = zone(name)
    eras: list[Era] = []
    for year in range(first, last + 1):
        changes = changes_of(zone_info, year)
        if not eras or not _foretells(eras[-1], year, changes):
            eras += _eras_of(zone_info, year, changes, eras[-1] if eras else None)
    return ZoneDefinition(name, (replace(eras[0], since=None), *eras[1:]))


def _wall(before: timedelta, moment: datetime) -> datetime:
    return (moment + before).replace(tzinfo=None)


def _foretells(era: Era, year: int, changes: _Changes) -> bool:
    told = sorted((change.moment(year), change.offset) for change in era.changes)
    return told == [(_wall(before, moment), after) for before, moment, after in changes]


def _eras_of(zone_info: tzinfo, year: int, changes: _Changes, current: Era | None) -> list[Era]:
    new_year = datetime(year, 1, 1)  # noqa: DTZ001  local by definition
    if _is_yearly(changes):
        standard = min(changes[0][0], changes[0][2])
        yearly = tuple(_yearly(zone_info, *change, standard) for change in changes)
        return [Era(new_year, standard, yearly)]
    offset = changes[0][0] if changes else new_year.replace(tzinfo=UTC).astimezone(zone_info).utcoffset()
    assert offset is not None
    goes_on = current is not None and not current.changes and current.offset == offset
    later = [Era(_wall(before, moment), after) for before, moment, after in changes]
    return later if goes_on else [Era(new_year, offset), *later]


def _is_yearly(changes: _Changes) -> bool:
    """Whether the clock was changed twice, and back, within one year of its own."""
    if len(changes) != 2:
        return False
    first, second = changes
    is_back = first[0] == second[2] and first[2] == second[0]
    return is_back and _wall(*first[:2]).year == _wall(*second[:2]).year


def _yearly(
    zone_info: tzinfo, before: timedelta, moment: datetime, after: timedelta, standard: timedelta
) -> YearlyChange:
    wall = _wall(before, moment)
    week = week_of_change(zone_info, wall, is_daylight=after > standard, standard=standard)
    return YearlyChange(after, wall.month, week, wall.weekday(), wall.time())
