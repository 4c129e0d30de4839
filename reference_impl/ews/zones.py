"""Time zones on the wire: the availability request's own rules, and definitions with periods and transitions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from reference_impl.domain.timezone import Transition, rules_of
from reference_impl.domain.zonerules import LAST_WEEK, YearlyChange, YearlyZone
from reference_impl.ews import xml
from reference_impl.ews.errors import SoapFault
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = timedelta(days=1)
_NO_CHANGE: Final = (
    "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek>"
)


def request_zone(element: Element) -> YearlyZone:
    """The zone of a t:TimeZone. Raises the fault ErrorTimeZone where its rules name no moment."""
    base = timedelta(minutes=-_number(element, "Bias"))
    if abs(base) >= _DAY:
        raise SoapFault("ErrorTimeZone", f"A zone is less than a day away from UTC; got {-base} as its Bias.")
    standard = _rule(element.find(t("StandardTime")), base)
    daylight = _rule(element.find(t("DaylightTime")), base)
    return YearlyZone(base, standard, daylight)


def _number(element: Element, name: str) -> int:
    return int(element.findtext(t(name)) or "0")


def _rule(element: Element | None, base: timedelta) -> YearlyChange | None:
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
    known = 1 <= month <= 12 and 1 <= day <= (31 if is_date else LAST_WEEK) and (is_date or day_of_week in DAYS)
    offset = base - timedelta(minutes=_number(element, "Bias"))
    if not known or abs(offset) >= _DAY:
        raise SoapFault(
            "ErrorTimeZone",
            "A change of the clock needs a month 1 to 12, a week 1 to 5 and a day of the week; "
            f"got {month}, {day}, {day_of_week!r}.",
        )
    return YearlyChange(offset, month, day, None if is_date else DAYS.index(day_of_week), at.replace(tzinfo=None))


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
    occurrence = -1 if change.week == LAST_WEEK else change.week
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
