"""Series in words that belong to neither protocol: a pattern, a range, and the days they stand for."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice


class Pattern(StrEnum):
    """The six patterns that both protocols have."""

    DAILY = "daily"
    WEEKLY = "weekly"
    ABSOLUTE_MONTHLY = "absolute monthly"
    RELATIVE_MONTHLY = "relative monthly"
    ABSOLUTE_YEARLY = "absolute yearly"
    RELATIVE_YEARLY = "relative yearly"


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES = ("first", "second", "third", "fourth", "last")
KINDS: Mapping[str, tuple[str, ...]] = {"day": DAYS, "weekday": DAYS[:5], "weekendday": DAYS[5:]}
"""Kinds of days, which EWS has beside the days themselves in relative patterns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """When a series takes place.

    What a pattern has no use for is left as it is: ``days`` are of ``DAYS`` or ``KINDS``, ``index`` of ``INDEXES``,
    ``month`` counts from 1. Without ``count`` and ``until`` (the last day, included) the series has no end.
    """

    pattern: Pattern
    start: date
    interval: int = 1
    days: tuple[str, ...] = ()
    index: str = ""
    day_of_month: int = 0
    month: int = 0
    first_day: str = ""
    count: int | None = None
    until: date | None = None


def in_order(days: Iterable[str]) -> tuple[str, ...]:
    """Days and kinds of days, Monday first."""
    return tuple(sorted(days, key=[*DAYS, *KINDS].index))


def days_of(rule: Recurrence, most: int) -> list[date]:
    """The first days of a series, at most so many, found by trying one day after another."""
    found = islice(_days(rule), most if rule.count is None else min(most, rule.count))
    return list(found)


def _days(rule: Recurrence) -> Iterator[date]:
    day, fits = rule.start, _FITS[rule.pattern]
    while rule.until is None or day <= rule.until:
        if fits(rule, day):
            yield day
        day += timedelta(days=1)


def _daily(rule: Recurrence, day: date) -> bool:
    return (day - rule.start).days % rule.interval == 0


def _weekly(rule: Recurrence, day: date) -> bool:
    first = DAYS.index(rule.first_day or "sunday")
    weeks = [(one - timedelta(days=(one.weekday() - first) % 7)) for one in (rule.start, day)]
    return DAYS[day.weekday()] in rule.days and (weeks[1] - weeks[0]).days // 7 % rule.interval == 0


def _absolute(rule: Recurrence, day: date) -> bool:
    return day.day == min(rule.day_of_month, calendar.monthrange(day.year, day.month)[1])


def _relative(rule: Recurrence, day: date) -> bool:
    named = {one for name in rule.days for one in KINDS.get(name, (name,))}
    month = (day.replace(day=number) for number in range(1, calendar.monthrange(day.year, day.month)[1] + 1))
    fitting = [one for one in month if DAYS[one.weekday()] in named]
    place = INDEXES.index(rule.index or "first")
    return day == (fitting[-1] if place == len(INDEXES) - 1 else fitting[place])


def _in_month(rule: Recurrence, day: date) -> bool:
    return (day.year * 12 + day.month - rule.start.year * 12 - rule.start.month) % rule.interval == 0


def _in_year(rule: Recurrence, day: date) -> bool:
    return day.month == rule.month and (day.year - rule.start.year) % rule.interval == 0


_FITS: Mapping[Pattern, Callable[[Recurrence, date], bool]] = {
    Pattern.DAILY: _daily,
    Pattern.WEEKLY: _weekly,
    Pattern.ABSOLUTE_MONTHLY: lambda rule, day: _in_month(rule, day) and _absolute(rule, day),
    Pattern.RELATIVE_MONTHLY: lambda rule, day: _in_month(rule, day) and _relative(rule, day),
    Pattern.ABSOLUTE_YEARLY: lambda rule, day: _in_year(rule, day) and _absolute(rule, day),
    Pattern.RELATIVE_YEARLY: lambda rule, day: _in_year(rule, day) and _relative(rule, day),
}
