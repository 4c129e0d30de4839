"""Recurrence patterns and ranges as values, and the days they stand for: arithmetic by period, never a walk.

Every pattern has periods (days, weeks, months, years, each ``interval`` long) and the same number of days in each, so
the day of an occurrence follows from its number and the number from its day ([MS-OXOCAL] 2.2.1.44.1).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from reference_impl.domain.errors import (
    RecurrenceEndTooLate,
    RecurrenceHasNoOccurrence,
    RecurrenceInvalid,
    RecurrenceOutOfRange,
)

EVERY_DAY: Final = frozenset(range(7))
WEEKDAYS: Final = frozenset(range(5))
WEEKEND: Final = frozenset({5, 6})
LAST_WEEK: Final = 5
LATEST_END: Final = date(4500, 9, 1)
"""No series ends later (DOC responsecode, ErrorRecurrenceEndDateTooBig)."""
MOST_OCCURRENCES: Final = 999


class Frequency(StrEnum):
    """The six patterns."""

    DAILY = "daily"
    WEEKLY = "weekly"
    ABSOLUTE_MONTHLY = "absolute_monthly"
    RELATIVE_MONTHLY = "relative_monthly"
    ABSOLUTE_YEARLY = "absolute_yearly"
    RELATIVE_YEARLY = "relative_yearly"


LONGEST_INTERVALS: Final[Mapping[Frequency, int]] = {
    Frequency.DAILY: 999,
    Frequency.WEEKLY: 99,
    Frequency.ABSOLUTE_MONTHLY: 99,
    Frequency.RELATIVE_MONTHLY: 99,
    Frequency.ABSOLUTE_YEARLY: 99,
    Frequency.RELATIVE_YEARLY: 99,
}
"""The longest interval of each pattern, in its own unit."""

_WITH_DAYS: Final = frozenset({Frequency.WEEKLY, Frequency.RELATIVE_MONTHLY, Frequency.RELATIVE_YEARLY})
_RELATIVE: Final = frozenset({Frequency.RELATIVE_MONTHLY, Frequency.RELATIVE_YEARLY})
_ABSOLUTE: Final = frozenset({Frequency.ABSOLUTE_MONTHLY, Frequency.ABSOLUTE_YEARLY})
_YEARLY: Final = frozenset({Frequency.ABSOLUTE_YEARLY, Frequency.RELATIVE_YEARLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """One pattern and one range; days are days of ``zone``, or of the zone of the series' start if there is none.

    ``days`` are weekdays (0 Monday .. 6 Sunday) of weekly and relative patterns, ``week`` counts them within a month
    (1 to 4, 5 the last), ``day_of_month`` beyond a month's end means its last day. The range ends on the day ``until``,
    or after ``count`` occurrences, or never.
    """

    frequency: Frequency
    interval: int = 1
    days: frozenset[int] = frozenset()
    first_day: int = 6  # of the week
    day_of_month: int = 1
    week: int = 1
    month: int = 1
    start: date
    until: date | None = None
    count: int | None = None
    zone: str = ""  # the name of its zone, where that is not the zone of the start


def check_recurrence(recurrence: Recurrence) -> None:
    """Raise the DomainError that the recurrence deserves, if any.

    RecurrenceOutOfRange for numbers no pattern has, RecurrenceInvalid for a pattern without days,
    RecurrenceEndTooLate, RecurrenceHasNoOccurrence.
    """
    _check_number("interval", recurrence.interval, LONGEST_INTERVALS[recurrence.frequency])
    if recurrence.frequency in _WITH_DAYS and not recurrence.days:
        raise RecurrenceInvalid(reason="the pattern names no day of the week")
    if recurrence.frequency in _RELATIVE:
        _check_number("week", recurrence.week, LAST_WEEK)
    if recurrence.frequency in _ABSOLUTE:
        _check_number("day of the month", recurrence.day_of_month, 31)
    if recurrence.frequency in _YEARLY:
        _check_number("month", recurrence.month, 12)
    if recurrence.count is not None:
        _check_number("number of occurrences", recurrence.count, MOST_OCCURRENCES)
    if recurrence.until is not None and recurrence.until > LATEST_END:
        raise RecurrenceEndTooLate(latest=LATEST_END)
    last = last_day(recurrence)
    if last is not None and last > LATEST_END:
        raise RecurrenceEndTooLate(latest=LATEST_END)
    if day_at(recurrence, 1) is None:
        raise RecurrenceHasNoOccurrence(start=recurrence.start, end=recurrence.until)


def _check_number(name: str, number: int, greatest: int) -> None:
    if not 1 <= number <= greatest:
        raise RecurrenceOutOfRange(name=name, number=number, greatest=greatest)


def days_between(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    """The days of the series from ``first`` to ``last``, both included, in order; the cost is that of these days."""
    end = last_day(recurrence)
    last = last if end is None else min(last, end)
    first = max(first, recurrence.start)
    if last < first:
        return
    for period in range(_period_of(recurrence, first), _period_of(recurrence, last) + 1):
        for day in _days_in(recurrence, period):
            if first <= day <= last:
                yield day


def day_at(recurrence: Recurrence, number: int) -> date | None:
    """The day of the occurrence with this number, 1 for the first; None where the range has no such one."""
    if number < 1 or (recurrence.count is not None and number > recurrence.count):
        return None
    day = _nth(recurrence, number)
    return None if day is None or (recurrence.until is not None and day > recurrence.until) else day


def number_of(recurrence: Recurrence, day: date) -> int | None:
    """The number of the occurrence on a day; None where the series has none on it."""
    end = last_day(recurrence)
    if day < recurrence.start or (end is not None and day > end):
        return None
    period = _period_of(recurrence, day)
    days = _days_in(recurrence, period)
    if day not in days:
        return None
    return period * _per_period(recurrence) + days.index(day) + 1 - _skipped(recurrence)


def last_day(recurrence: Recurrence) -> date | None:
    """The day of the last occurrence; None for a series without end.

    For a range without any occurrence it is a day before the first.
    """
    if recurrence.count is not None:
        return _nth(recurrence, recurrence.count)
    if recurrence.until is None:
        return None
    for period in range(_period_of(recurrence, recurrence.until), -1, -1):
        for day in reversed(_days_in(recurrence, period)):
            if day <= recurrence.until:
                return day
    return recurrence.start - timedelta(days=1)


def _nth(recurrence: Recurrence, number: int) -> date | None:
    """The day with this number if the range had no end; None beyond the last day there is."""
    period, place = divmod(number - 1 + _skipped(recurrence), _per_period(recurrence))
    try:
        return _days_in(recurrence, period)[place]
    except OverflowError:
        return None


def _per_period(recurrence: Recurrence) -> int:
    return len(recurrence.days) if recurrence.frequency is Frequency.WEEKLY else 1


def _skipped(recurrence: Recurrence) -> int:
    """The days of the first period that come before the range starts."""
    return sum(day < recurrence.start for day in _days_in(recurrence, 0))


def _period_of(recurrence: Recurrence, day: date) -> int:
    """The number of the last period that begins on or before a day that is not before the range's start."""
    start = recurrence.start
    if recurrence.frequency is Frequency.DAILY:
        units = (day - start).days
    elif recurrence.frequency is Frequency.WEEKLY:
        units = (day - _week_start(recurrence)).days // 7
    elif recurrence.frequency in _YEARLY:
        units = day.year - start.year
    else:
        units = 12 * (day.year - start.year) + day.month - start.month
    return units // recurrence.interval


def _week_start(recurrence: Recurrence) -> date:
    """The first day of the week that the range starts in; the calendar's own first week may lack it."""
    back = (recurrence.start.weekday() - recurrence.first_day) % 7
    return date.fromordinal(max(recurrence.start.toordinal() - back, 1))


def _days_in(recurrence: Recurrence, period: int) -> tuple[date, ...]:
    """The days of one period, in order. Raises OverflowError beyond the last year there is."""
    units = period * recurrence.interval
    if recurrence.frequency is Frequency.DAILY:
        return (recurrence.start + timedelta(days=units),)
    if recurrence.frequency is Frequency.WEEKLY:
        first = _week_start(recurrence) + timedelta(weeks=units)
        offsets = sorted((day - recurrence.first_day) % 7 for day in recurrence.days)
        return tuple(first + timedelta(days=offset) for offset in offsets)
    if recurrence.frequency in _YEARLY:
        year, month = recurrence.start.year + units, recurrence.month
    else:
        years, months = divmod(recurrence.start.month - 1 + units, 12)
        year, month = recurrence.start.year + years, months + 1
    if year > date.max.year:
        raise OverflowError(f"there is no year {year}")
    if recurrence.frequency in _ABSOLUTE:
        return (date(year, month, min(recurrence.day_of_month, calendar.monthrange(year, month)[1])),)
    return (_relative_day(recurrence, year, month),)


def _relative_day(recurrence: Recurrence, year: int, month: int) -> date:
    """The first, ... fourth or last of the pattern's weekdays in a month."""
    length = calendar.monthrange(year, month)[1]
    weekday = date(year, month, 1).weekday()
    found = [day for day in range(1, length + 1) if (weekday + day - 1) % 7 in recurrence.days]
    return date(year, month, found[-1 if recurrence.week == LAST_WEEK else recurrence.week - 1])
