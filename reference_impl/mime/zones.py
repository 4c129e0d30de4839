"""Time zones as VTIMEZONE and back (RFC 5545 section 3.6.5, [MS-OXCICAL] 2.1.3.1.1.19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.timezone import Transition, changes_of, rules_of, zone
from reference_impl.domain.zonerules import (
    FARTHEST,
    LAST_WEEK,
    Era,
    YearlyChange,
    ZoneDefinition,
    definition_of,
    is_zone_text,
    zone_text,
)
from reference_impl.mime.errors import MimeUnconvertible

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALWAYS: Final = datetime(1601, 1, 1)  # noqa: DTZ001  the clock of no zone
_CUSTOM: Final = "tzone://Microsoft/Custom"
"""The name of a zone without a name of its own ([MS-OXCICAL])."""

_MINUTE: Final = timedelta(minutes=1)
_TWICE: Final = 2


def is_utc(name: str) -> bool:
    """Whether a zone is written by Z instead of a TZID."""
    return not is_zone_text(name) and name.casefold() in {"utc", "etc/utc", "z"}


def tzid_of(name: str) -> str:
    """How a calendar calls a zone: as it was named. A described one must not be taken for one that has its name."""
    if not is_zone_text(name):
        return name
    own = definition_of(name).name
    return own if own and not _is_known(own) else _CUSTOM


def write_zone(name: str, year: int) -> Timezone:
    """The VTIMEZONE of a zone by its rules in one year, or by that year's changes where these follow no yearly rule."""
    rules, changes = rules_of(name, year), changes_of(zone(name), year)
    component = Timezone()
    component.add("TZID", tzid_of(name))
    base = -rules.bias_minutes * _MINUTE
    if rules.standard is not None and rules.daylight is not None and len(changes) == _TWICE:
        light = base - rules.daylight.bias_minutes * _MINUTE
        component.add_component(_change(TimezoneStandard(), rules.standard, light, base))
        component.add_component(_change(TimezoneDaylight(), rules.daylight, base, light))
        return component
    first = changes[0][0] if changes else base
    component.add_component(_observance(TimezoneStandard(), _ALWAYS, first, first, None))
    for before, moment, after in changes:
        begins = (moment + before).replace(tzinfo=None)
        observance = TimezoneDaylight() if after > base else TimezoneStandard()
        component.add_component(_observance(observance, begins, before, after, None))
    return component


def _change(observance: Any, change: Transition, before: timedelta, after: timedelta) -> Any:
    place = -1 if change.week == LAST_WEEK else change.week
    rule = vRecur(
        {"FREQ": "YEARLY", "INTERVAL": 1, "BYDAY": [f"{place}{_DAYS[change.weekday]}"], "BYMONTH": change.month}
    )
    return _observance(observance, datetime.combine(_ALWAYS, change.at), before, after, rule)


def _observance(observance: Any, begins: datetime, before: timedelta, after: timedelta, rule: vRecur | None) -> Any:
    observance.add("DTSTART", begins)
    observance.add("TZOFFSETFROM", before)
    observance.add("TZOFFSETTO", after)
    if rule is not None:
        observance.add("RRULE", rule)
    return observance


def read_zone(tzid: str, calendar: Calendar) -> str:
    """The name of the zone that a TZID stands for: a known one, or one that the calendar describes.

    Raises MimeUnconvertible for a zone that nobody knows.
    """
    if _is_known(tzid):
        return tzid
    for component in calendar.walk("VTIMEZONE"):
        if str(component.get("TZID", "")) == tzid:
            return _described(component, tzid)
    raise MimeUnconvertible(f"the calendar does not say what the time zone {tzid!r} is")


def _is_known(name: str) -> bool:
    try:
        zone(name)
    except NoSuchTimeZone:
        return False
    return True


def _described(component: Any, tzid: str) -> str:
    """A zone by the newest yearly rules that a VTIMEZONE gives; without such by all changes that it names."""
    parts = sorted((part for part in component.subcomponents if "TZOFFSETTO" in part), key=_begins)
    if not parts:
        raise MimeUnconvertible(f"the time zone {tzid!r} has no offset")
    standard, daylight = (_newest_rule(parts, name) for name in ("STANDARD", "DAYLIGHT"))
    if standard is not None and daylight is not None:
        eras: tuple[Era, ...] = (Era(None, standard.offset, (standard, daylight)),)
    else:
        first, *others = parts
        eras = (Era(None, _offset(first)), *(Era(_begins(part), _offset(part)) for part in others))
    return zone_text(ZoneDefinition(tzid, eras))


def _newest_rule(parts: Sequence[Any], name: str) -> YearlyChange | None:
    rules = (_yearly(part) for part in parts if part.name == name)
    return next((rule for rule in reversed(list(rules)) if rule is not None), None)


def _offset(part: Any) -> timedelta:
    offset: timedelta = part["TZOFFSETTO"].td
    if abs(offset) > FARTHEST:
        raise MimeUnconvertible(f"a time zone is 14 hours away from UTC at most; got {part['TZOFFSETTO'].to_ical()}")
    return offset


def _begins(part: Any) -> datetime:
    begins: date | datetime | None = part["DTSTART"].dt if "DTSTART" in part else None
    if not isinstance(begins, datetime):
        return _ALWAYS
    return begins.replace(tzinfo=None)


def _yearly(part: Any) -> YearlyChange | None:
    """A change that comes every year; None for one that came once, or comes no more."""
    rule = part.get("RRULE")
    if rule is None or "UNTIL" in rule or "COUNT" in rule:
        return None
    begins = _begins(part)
    months, days = rule.get("BYMONTH", [begins.month]), rule.get("BYDAY")
    offset = _offset(part)
    at = time(begins.hour, begins.minute, begins.second)
    if not days:
        return YearlyChange(offset, int(months[0]), begins.day, None, at)
    text = str(days[0]).upper()
    place = int(text[:-2] or _week_of(rule))
    week = LAST_WEEK if place < 0 else place
    return YearlyChange(offset, int(months[0]), week, _DAYS.index(text[-2:]), at)


def _week_of(rule: vRecur) -> int:
    """Which of its weekdays a rule means that names the days of the month on which it may fall."""
    return (min(int(day) for day in rule.get("BYMONTHDAY", [1])) - 1) // 7 + 1
