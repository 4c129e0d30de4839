"""Dates in query strings: days, months and years by number, by name, and as seen from today (DOC querystring)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Span(NamedTuple):
    """From a moment until before another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """The day from which dates are seen: its moment, aware, in the zone whose days count."""

    now: datetime

    @property
    def midnight(self) -> datetime:
        """When it began."""
        return self.day(self.now)

    def day(self, moment: datetime) -> datetime:
        """The midnight before a moment."""
        return datetime.combine(moment.date(), time(), self.now.tzinfo)

    def days(self, first: int, count: int = 1) -> Span:
        """Days, the first of which is so many after today."""
        return Span(self.midnight + timedelta(days=first), self.midnight + timedelta(days=first + count))

    def month(self, year: int, month: int, count: int = 1) -> Span:
        """Months, the first of which may be counted beyond its year."""
        return Span(self._first(year, month), self._first(year, month + count))

    def _first(self, year: int, month: int) -> datetime:
        return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=self.now.tzinfo)


_UNIT: Final = "(day|week|month|year)"
_MONTH: Final = f"({'|'.join(MONTHS)})"


def _named_day(today: Today, found: re.Match[str]) -> Span:
    """A day of this week, which begins with Sunday."""
    return today.days(_weekday(found[1]) - _since_sunday(today))


def _weekday(name: str) -> int:
    return (DAYS.index(name.capitalize()) + 1) % 7


def _since_sunday(today: Today) -> int:
    return (today.now.weekday() + 1) % 7


def _period(today: Today, found: re.Match[str]) -> Span:
    """This day, week, month or year, the one before or the one after."""
    away = {"this": 0, "last": -1, "next": 1}[found[1].lower()]
    now = today.now
    spans: Mapping[str, Callable[[], Span]] = {
        "day": lambda: today.days(away),
        "week": lambda: today.days(7 * away - _since_sunday(today), 7),
        "month": lambda: today.month(now.year, now.month + away),
        "year": lambda: today.month(now.year + away, 1, 12),
    }
    return spans[found[2].lower()]()


_LENGTHS: Final = {"day": 1, "week": 7, "month": 30, "year": 365}


def _around(today: Today, found: re.Match[str]) -> Span:
    """As many days as a period has, until now or from now on."""
    length = timedelta(days=_LENGTHS[found[2].lower()])
    return Span(today.now - length, today.now) if found[1].lower() == "past" else Span(today.now, today.now + length)


def _numbered(year: str | None, month: int, day: str, today: Today) -> Span:
    moment = datetime(int(year or today.now.year), month, int(day), tzinfo=today.now.tzinfo)
    return Span(moment, today.day(moment + timedelta(days=1)))


def _month(today: Today, found: re.Match[str]) -> Span:
    number = MONTHS.index(found[1].capitalize()) + 1
    if found[2] is None:
        return today.month(int(found[3] or today.now.year), number)
    return _numbered(found[3], number, found[2], today)


_FORMS: Final[tuple[tuple[str, Callable[[Today, re.Match[str]], Span]], ...]] = (
    (r"today", lambda today, _: today.days(0)),
    (r"tomorrow", lambda today, _: today.days(1)),
    (r"yesterday", lambda today, _: today.days(-1)),
    (f"({'|'.join(DAYS)})", _named_day),
    (rf"(this|last|next)\s+{_UNIT}", _period),
    (rf"(past|coming)\s+{_UNIT}", _around),
    (rf"{_MONTH}(?:\s+(\d{{1,2}})(?!\d))?(?:,?\s+(\d{{4}}))?", _month),
    (r"(\d{4})-(\d{2})-(\d{2})", lambda today, found: _numbered(found[1], int(found[2]), found[3], today)),
    (r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?", lambda today, found: _numbered(found[3], int(found[1]), found[2], today)),
)
_READERS: Final = tuple((re.compile(f"{form}(?![\\w/])", re.IGNORECASE), read) for form, read in _FORMS)


def read_date(text: str, place: int, today: Today) -> tuple[Span, int] | None:
    """The date that begins at a place of a text, and where it ends; None where there is none.

    Raises ValueError and OverflowError for a day that no calendar has.
    """
    for form, read in _READERS:
        found = form.match(text, place)
        if found is not None:
            return read(today, found), found.end()
    return None
