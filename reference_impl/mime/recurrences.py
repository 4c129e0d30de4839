"""Recurrences as RRULE and back (RFC 5545 section 3.3.10, [MS-OXCICAL] 2.1.3.2.2)."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from icalendar import vRecur

from reference_impl.domain.recurrence import LAST_WEEK, Frequency, Recurrence
from reference_impl.mime.errors import MimeUnconvertible

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALWAYS_THERE: Final = 28
_LONGEST_MONTH: Final = 31
_LEAP_YEAR: Final = 2024
_FEBRUARY: Final = 2
_RULES: Final[Mapping[Frequency, str]] = {
    Frequency.DAILY: "DAILY",
    Frequency.WEEKLY: "WEEKLY",
    Frequency.ABSOLUTE_MONTHLY: "MONTHLY",
    Frequency.RELATIVE_MONTHLY: "MONTHLY",
    Frequency.ABSOLUTE_YEARLY: "YEARLY",
    Frequency.RELATIVE_YEARLY: "YEARLY",
}
_WITH_MONTH: Final = frozenset({Frequency.ABSOLUTE_YEARLY, Frequency.RELATIVE_YEARLY})
_ABSOLUTE: Final = frozenset({Frequency.ABSOLUTE_MONTHLY, Frequency.ABSOLUTE_YEARLY})
_RELATIVE: Final = frozenset({Frequency.RELATIVE_MONTHLY, Frequency.RELATIVE_YEARLY})
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})


def write_rule(recurrence: Recurrence, until: Callable[[date], date | datetime]) -> vRecur:
    """The RRULE of a recurrence; ``until`` makes the UNTIL of the range's last day, as DTSTART asks for it."""
    rule: dict[str, Any] = {"FREQ": _RULES[recurrence.frequency], "INTERVAL": recurrence.interval}
    if recurrence.until is not None:
        rule["UNTIL"] = until(recurrence.until)
    if recurrence.count is not None:
        rule["COUNT"] = recurrence.count
    if recurrence.frequency is Frequency.WEEKLY:
        rule |= {"BYDAY": _names(recurrence.days), "WKST": _DAYS[recurrence.first_day]}
    if recurrence.frequency in _ABSOLUTE:
        rule |= _month_days(recurrence)
    if recurrence.frequency in _RELATIVE:
        rule |= _weekdays(recurrence)
    if recurrence.frequency in _WITH_MONTH:
        rule["BYMONTH"] = recurrence.month
    return vRecur(rule)


def _names(days: frozenset[int]) -> list[str]:
    return [_DAYS[day] for day in sorted(days)]


def _month_days(recurrence: Recurrence) -> dict[str, Any]:
    """A day of the month; where months may be shorter, the last of those there are."""
    day = recurrence.day_of_month
    shortest = _ALWAYS_THERE
    if recurrence.frequency is Frequency.ABSOLUTE_YEARLY and recurrence.month != _FEBRUARY:
        shortest = calendar.monthrange(_LEAP_YEAR, recurrence.month)[1]
    if day <= shortest:
        return {"BYMONTHDAY": day}
    if day == _LONGEST_MONTH:
        return {"BYMONTHDAY": -1}
    return {"BYMONTHDAY": list(range(_ALWAYS_THERE, day + 1)), "BYSETPOS": -1}


def _weekdays(recurrence: Recurrence) -> dict[str, Any]:
    place = -1 if recurrence.week == LAST_WEEK else recurrence.week
    names = _names(recurrence.days)
    if len(names) == 1:
        return {"BYDAY": [f"{place}{names[0]}"]}
    return {"BYDAY": names, "BYSETPOS": place}


def read_rule(rule: vRecur, start: date, zone: tzinfo) -> Recurrence:
    """The recurrence of a series that starts on a day of its zone. Raises MimeUnconvertible for all other rules."""
    parts = {str(name).upper(): _list(value) for name, value in rule.items()}
    if parts.keys() - _KNOWN:
        raise MimeUnconvertible(f"rules with {', '.join(sorted(parts.keys() - _KNOWN))} cannot be kept")
    frequency = str(_one(parts, "FREQ", "")).upper()
    reader = _READERS.get(frequency)
    if reader is None:
        raise MimeUnconvertible(f"series cannot recur {frequency or 'without a frequency'}")
    until, count = _one(parts, "UNTIL", None), _one(parts, "COUNT", None)
    common: dict[str, Any] = {
        "interval": int(_one(parts, "INTERVAL", 1)),
        "start": start,
        "until": None if until is None else _day(until, zone),
        "count": None if count is None else int(count),
    }
    return Recurrence(**common, **reader(parts, start))


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _one(parts: Mapping[str, list[Any]], name: str, default: Any) -> Any:
    values = parts.get(name)
    if values is None:
        return default
    if len(values) != 1:
        raise MimeUnconvertible(f"{name} has one value")
    return values[0]


def _day(until: date | datetime, zone: tzinfo) -> date:
    if not isinstance(until, datetime):
        return until
    return (until if until.tzinfo is None else until.astimezone(zone)).date()


def _daily(parts: Mapping[str, list[Any]], start: date) -> dict[str, Any]:
    if "BYDAY" in parts:
        if int(_one(parts, "INTERVAL", 1)) != 1:
            raise MimeUnconvertible("days of the week are chosen of every day only")
        return _weekly(parts, start)
    _refuse(parts, "BYMONTHDAY", "BYMONTH", "BYSETPOS")
    return {"frequency": Frequency.DAILY}


def _weekly(parts: Mapping[str, list[Any]], start: date) -> dict[str, Any]:
    _refuse(parts, "BYMONTHDAY", "BYMONTH", "BYSETPOS")
    chosen = [_weekday(value) for value in parts.get("BYDAY", [_DAYS[start.weekday()]])]
    if any(place is not None for place, _ in chosen):
        raise MimeUnconvertible("weeks have each day once")
    first = str(_one(parts, "WKST", "MO")).upper()
    return {
        "frequency": Frequency.WEEKLY,
        "days": frozenset(day for _, day in chosen),
        "first_day": _DAYS.index(first) if first in _DAYS else 0,
    }


def _monthly(parts: Mapping[str, list[Any]], start: date) -> dict[str, Any]:
    _refuse(parts, "BYMONTH")
    return _in_month(parts, start, Frequency.ABSOLUTE_MONTHLY, Frequency.RELATIVE_MONTHLY)


def _every_year(parts: Mapping[str, list[Any]], start: date) -> dict[str, Any]:
    month = int(_one(parts, "BYMONTH", start.month))
    inner = _in_month(parts, start, Frequency.ABSOLUTE_YEARLY, Frequency.RELATIVE_YEARLY)
    return {**inner, "month": month}


def _in_month(parts: Mapping[str, list[Any]], start: date, absolute: Frequency, relative: Frequency) -> dict[str, Any]:
    if "BYDAY" in parts:
        _refuse(parts, "BYMONTHDAY")
        return {"frequency": relative, **_relative(parts)}
    days = [int(value) for value in parts.get("BYMONTHDAY", [start.day])]
    place = _one(parts, "BYSETPOS", None)
    if days == [-1] and place is None:
        return {"frequency": absolute, "day_of_month": _LONGEST_MONTH}
    if len(days) == 1 and days[0] > 0 and place is None:
        return {"frequency": absolute, "day_of_month": days[0]}
    if days == list(range(_ALWAYS_THERE, days[-1] + 1)) and place is not None and int(place) == -1:
        return {"frequency": absolute, "day_of_month": days[-1]}
    raise MimeUnconvertible("a month has one day of a series")


def _relative(parts: Mapping[str, list[Any]]) -> dict[str, Any]:
    chosen = [_weekday(value) for value in parts["BYDAY"]]
    places = {place for place, _ in chosen}
    by_position = _one(parts, "BYSETPOS", None)
    place = int(by_position) if by_position is not None else next(iter(places))
    if place is None or (by_position is not None and places != {None}) or (by_position is None and len(chosen) != 1):
        raise MimeUnconvertible("a month has one day of a series")
    if place != -1 and not 1 <= place < LAST_WEEK:
        raise MimeUnconvertible(f"there is no day number {place}")
    return {"days": frozenset(day for _, day in chosen), "week": LAST_WEEK if place == -1 else place}


def _weekday(value: Any) -> tuple[int | None, int]:
    """A place and a weekday, such as 2TU."""
    text = str(value).upper()
    name, place = text[-2:], text[:-2]
    if name not in _DAYS:
        raise MimeUnconvertible(f"{text} is no day of the week")
    return (int(place) if place else None), _DAYS.index(name)


def _refuse(parts: Mapping[str, list[Any]], *names: str) -> None:
    found = [name for name in names if name in parts]
    if found:
        raise MimeUnconvertible(f"a rule of this frequency cannot have {', '.join(found)}")


_READERS: Final[Mapping[str, Callable[[Mapping[str, list[Any]], date], dict[str, Any]]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _every_year,
}


def utc_until(zone: tzinfo, hour: Any) -> Callable[[date], datetime]:
    """The UNTIL of series whose DTSTART has a zone: the last start in UTC."""
    return lambda day: datetime.combine(day, hour, zone).astimezone(UTC)
