"""Time zones on the wire: the availability request's own rules, and definitions with periods and transitions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from reference_impl.domain.timezone import Transition, rules_of, shown_name
from reference_impl.domain.zonehistory import history_of
from reference_impl.domain.zonerules import LAST_WEEK, Era, YearlyChange, YearlyZone, ZoneDefinition
from reference_impl.ews import xml
from reference_impl.ews.errors import SoapFault
from reference_impl.ews.namespaces import t
from reference_impl.ews.times import format_duration
from reference_impl.ews.tree import Element

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = timedelta(days=1)
_FIRST_YEAR: Final = 2000
_YEARS_AHEAD: Final = 10
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


def write_definition(element: str, definition: ZoneDefinition, shown: str) -> str:
    """An element with a zone's id, the name it is shown by, and a group of transitions for each of its eras."""
    digits = len(str(len(definition.eras) - 1))
    periods, groups, transitions = "", "", ""
    for number, era in enumerate(definition.eras):
        key = f"{number:0{digits}}"  # keys in the order of the eras also as texts, for clients that sort them
        periods += _periods(key, era)
        groups += f'<t:TransitionsGroup Id="{key}">{_transitions(key, era)}</t:TransitionsGroup>'
        to = f'<t:To Kind="Group">{key}</t:To>'
        transitions += (
            f"<t:Transition>{to}</t:Transition>"
            if era.since is None
            else f"<t:AbsoluteDateTransition>{to}<t:DateTime>{era.since.isoformat(timespec='seconds')}</t:DateTime>"
            "</t:AbsoluteDateTransition>"
        )
    return (
        f'<t:{element} Id="{xml.attribute(definition.name)}" Name="{xml.attribute(shown)}">'
        f"<t:Periods>{periods}</t:Periods><t:TransitionsGroups>{groups}</t:TransitionsGroups>"
        f"<t:Transitions>{transitions}</t:Transitions></t:{element}>"
    )


def _named(key: str, offset: timedelta, era: Era) -> tuple[str, str]:
    name = "Standard" if offset == era.offset else "Daylight"
    return f"{key}-{name}", name


def _periods(key: str, era: Era) -> str:
    offsets = dict.fromkeys([era.offset, *(change.offset for change in era.changes)])
    parts = ((offset, *_named(key, offset, era)) for offset in offsets)
    return "".join(
        f'<t:Period Bias="{format_duration(-offset)}" Name="{name}" Id="{period}"/>' for offset, period, name in parts
    )


def _transitions(key: str, era: Era) -> str:
    if not era.changes:
        return f'<t:Transition><t:To Kind="Period">{_named(key, era.offset, era)[0]}</t:To></t:Transition>'
    return "".join(_transition(_named(key, change.offset, era)[0], change) for change in era.changes)


def _transition(period: str, change: YearlyChange) -> str:
    at = timedelta(hours=change.at.hour, minutes=change.at.minute, seconds=change.at.second)
    head = (
        f'<t:To Kind="Period">{period}</t:To><t:TimeOffset>{format_duration(at)}</t:TimeOffset>'
        f"<t:Month>{change.month}</t:Month>"
    )
    if change.weekday is None:
        return f"<t:RecurringDateTransition>{head}<t:Day>{change.day}</t:Day></t:RecurringDateTransition>"
    occurrence = -1 if change.day == LAST_WEEK else change.day
    return (
        f"<t:RecurringDayTransition>{head}<t:DayOfWeek>{DAYS[change.weekday]}</t:DayOfWeek>"
        f"<t:Occurrence>{occurrence}</t:Occurrence></t:RecurringDayTransition>"
    )


@lru_cache(maxsize=1024)
def server_zone(name: str, year: int, *, full: bool) -> str:
    """The t:TimeZoneDefinition of a Windows zone as it is shown in a year; with ``full`` its rules around that year."""
    shown = shown_name(name, year)
    if not full:
        return f'<t:TimeZoneDefinition Id="{xml.attribute(name)}" Name="{xml.attribute(shown)}"/>'
    return write_definition("TimeZoneDefinition", history_of(name, _FIRST_YEAR, year + _YEARS_AHEAD), shown)


def year_of(moment: datetime) -> int:
    """The year whose rules describe a zone at a moment."""
    return moment.astimezone(UTC).year
