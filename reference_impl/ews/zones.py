"""Time zones on the wire: the availability request's own rules, and definitions with periods and transitions."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from reference_impl.domain.timezone import Transition, rules_of
from reference_impl.ews import xml
from reference_impl.ews.errors import SoapFault
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_WEEK: Final = 5
_DAY: Final = timedelta(days=1)
_NO_CHANGE: Final = (
    "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek>"
)


@dataclass(frozen=True, slots=True)
class Rule:
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


class RequestZone(tzinfo):
    """The zone that an availability request describes by its own rules ([MS-OXWAVLS] SerializableTimeZone)."""

    def __init__(self, base: timedelta, standard: Rule | None, daylight: Rule | None) -> None:
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
        """The zone has no name."""
        return "request"

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


def request_zone(element: Element) -> RequestZone:
    """The zone of a t:TimeZone. Raises the fault ErrorTimeZone where its rules name no moment."""
    base = timedelta(minutes=-_number(element, "Bias"))
    if abs(base) >= _DAY:
        raise SoapFault("ErrorTimeZone", f"A zone is less than a day away from UTC; got {-base} as its Bias.")
    standard = _rule(element.find(t("StandardTime")), base)
    daylight = _rule(element.find(t("DaylightTime")), base)
    return RequestZone(base, standard, daylight)


def _number(element: Element, name: str) -> int:
    return int(element.findtext(t(name)) or "0")


def _rule(element: Element | None, base: timedelta) -> Rule | None:
    assert element is not None
    month, day = _number(element, "Month"), _number(element, "DayOrder")
    if month == 0:
        return None
    year = element.findtext(t("Year"))
    is_date = year is not None and year.strip() not in {"", "0"}
    day_of_week = element.findtext(t("DayOfWeek")) or ""
    text = (element.findtext(t("Time")) or "").strip()
    try:
        at = time.fromisoformat(text)
    except ValueError:
        raise SoapFault("ErrorTimeZone", f"A change of the clock comes at hh:mm:ss; got {text!r}.") from None
    known = 1 <= month <= 12 and 1 <= day <= (31 if is_date else _LAST_WEEK) and (is_date or day_of_week in DAYS)
    offset = base - timedelta(minutes=_number(element, "Bias"))
    if not known or abs(offset) >= _DAY:
        raise SoapFault(
            "ErrorTimeZone",
            "A change of the clock needs a month 1 to 12, a week 1 to 5 and a day of the week; "
            f"got {month}, {day}, {day_of_week!r}.",
        )
    return Rule(offset, month, day, None if is_date else DAYS.index(day_of_week), at.replace(tzinfo=None))


def serializable_zone(name: str, year: int) -> str:
    """The t:TimeZone of a zone as its rules are in one year."""
    rules = rules_of(name, year)
    changes = (("StandardTime", rules.standard), ("DaylightTime", rules.daylight))
    content = "".join(
        xml.node(element, _NO_CHANGE if change is None else _change(change)) for element, change in changes
    )
    return xml.node("TimeZone", xml.leaf("Bias", rules.bias_minutes) + content)


def _change(change: Transition) -> str:
    return (
        xml.leaf("Bias", change.bias_minutes)
        + xml.leaf("Time", change.at.isoformat(timespec="seconds"))
        + xml.leaf("DayOrder", change.week)
        + xml.leaf("Month", change.month)
        + xml.leaf("DayOfWeek", DAYS[change.weekday])
    )


@lru_cache(maxsize=1024)
def definition(name: str, year: int, *, full: bool) -> str:
    """The t:TimeZoneDefinition of a Windows zone; with ``full`` its periods and this year's changes of the clock."""
    known = xml.attribute(name)
    if not full:
        return f'<t:TimeZoneDefinition Id="{known}" Name="{known}"/>'
    rules = rules_of(name, year)
    periods = _period(known, "Standard", rules.bias_minutes)
    group = '<t:Transition><t:To Kind="Period">' + f"{known}-Standard</t:To></t:Transition>"
    if rules.standard is not None and rules.daylight is not None:
        periods += _period(known, "Daylight", rules.bias_minutes + rules.daylight.bias_minutes)
        group = _recurring(known, "Standard", rules.standard) + _recurring(known, "Daylight", rules.daylight)
    return (
        f'<t:TimeZoneDefinition Id="{known}" Name="{known}"><t:Periods>{periods}</t:Periods>'
        f'<t:TransitionsGroups><t:TransitionsGroup Id="0">{group}</t:TransitionsGroup></t:TransitionsGroups>'
        '<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:TimeZoneDefinition>'
    )


def _period(zone: str, name: str, bias_minutes: int) -> str:
    return f'<t:Period Bias="{_duration(bias_minutes)}" Name="{name}" Id="{zone}-{name}"/>'


def _recurring(zone: str, period: str, change: Transition) -> str:
    minutes = change.at.hour * 60 + change.at.minute
    occurrence = -1 if change.week == _LAST_WEEK else change.week
    return (
        f'<t:RecurringDayTransition><t:To Kind="Period">{zone}-{period}</t:To>'
        f"<t:TimeOffset>{_duration(minutes)}</t:TimeOffset><t:Month>{change.month}</t:Month>"
        f"<t:DayOfWeek>{DAYS[change.weekday]}</t:DayOfWeek><t:Occurrence>{occurrence}</t:Occurrence>"
        "</t:RecurringDayTransition>"
    )


def _duration(minutes: int) -> str:
    return f"{'-' if minutes < 0 else ''}PT{abs(minutes)}M"


def year_of(moment: datetime) -> int:
    """The year whose rules describe a zone at a moment."""
    return moment.astimezone(UTC).year
