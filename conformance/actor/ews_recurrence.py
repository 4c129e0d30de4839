"""Recurrence elements of EWS, written and read ([MS-OXWSCDATA] 2.2.7.1 and 2.2.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from conformance.actor.recurrence import DAYS, KINDS, Pattern, Recurrence, in_order
from conformance.actor.views import MeetingRef
from conformance.actor.xml import NOTHING, Markup, Node, several, t

_DAY_NAMES: Mapping[str, str] = {**{day: day.capitalize() for day in (*DAYS, *KINDS)}, "weekendday": "WeekendDay"}
_MONTHS = (
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

# The element of each pattern, and its children in schema order.
_PATTERNS: Mapping[Pattern, tuple[str, tuple[str, ...]]] = {
    Pattern.DAILY: ("DailyRecurrence", ("Interval",)),
    Pattern.WEEKLY: ("WeeklyRecurrence", ("Interval", "DaysOfWeek", "FirstDayOfWeek")),
    Pattern.ABSOLUTE_MONTHLY: ("AbsoluteMonthlyRecurrence", ("Interval", "DayOfMonth")),
    Pattern.RELATIVE_MONTHLY: ("RelativeMonthlyRecurrence", ("Interval", "DaysOfWeek", "DayOfWeekIndex")),
    Pattern.ABSOLUTE_YEARLY: ("AbsoluteYearlyRecurrence", ("DayOfMonth", "Month")),
    Pattern.RELATIVE_YEARLY: ("RelativeYearlyRecurrence", ("DaysOfWeek", "DayOfWeekIndex", "Month")),
}
_PARTS: Mapping[str, Callable[[Recurrence], str]] = {
    "Interval": lambda rule: str(rule.interval),
    "DaysOfWeek": lambda rule: " ".join(_DAY_NAMES[day] for day in rule.days),
    "FirstDayOfWeek": lambda rule: rule.first_day.capitalize(),
    "DayOfMonth": lambda rule: str(rule.day_of_month),
    "DayOfWeekIndex": lambda rule: rule.index.capitalize(),
    "Month": lambda rule: _MONTHS[rule.month - 1],
}


def recurrence(rule: Recurrence) -> Markup:
    """A Recurrence element; FirstDayOfWeek, which is younger than 2007, only where the rule names one."""
    name, parts = _PATTERNS[rule.pattern]
    told = ((part, _PARTS[part](rule)) for part in parts)
    return t("Recurrence", t(name, several(*(t(part, text) for part, text in told if text))), extent(rule))


def extent(rule: Recurrence) -> Markup:
    """The range: numbered, ended by a date, or without end."""
    start = t("StartDate", rule.start.isoformat())
    if rule.count is not None:
        return t("NumberedRecurrence", start, t("NumberOfOccurrences", str(rule.count)))
    if rule.until is not None:
        return t("EndDateRecurrence", start, t("EndDate", rule.until.isoformat()))
    return t("NoEndRecurrence", start)


def read_recurrence(node: Node | None) -> Recurrence | None:
    """A Recurrence element as a value; None where there is none, or none of the patterns that series of meetings have.

    The dates of its range may carry an offset, which is not looked at.
    """
    elements = {name: pattern for pattern, (name, _) in _PATTERNS.items()}
    told = next((child for child in node if child.local in elements), None) if node else None
    if node is None or told is None:
        return None
    count, until = node.text("t:NumberedRecurrence/t:NumberOfOccurrences"), node.text("t:EndDateRecurrence/t:EndDate")
    month = told.text("t:Month")
    return Recurrence(
        pattern=elements[told.local],
        start=_day(next(iter(node.anywhere("t:StartDate"))).text()),
        interval=int(told.text("t:Interval") or 1),
        days=in_order(day.casefold() for day in (told.text("t:DaysOfWeek") or "").split()),
        index=(told.text("t:DayOfWeekIndex") or "").casefold(),
        day_of_month=int(told.text("t:DayOfMonth") or 0),
        month=_MONTHS.index(month) + 1 if month else 0,
        first_day=(told.text("t:FirstDayOfWeek") or "").casefold(),
        count=int(count) if count else None,
        until=_day(until) if until else None,
    )


def _day(text: str | None) -> date:
    return date.fromisoformat((text or "")[:10])


def occurrence_id(master: MeetingRef, number: int) -> Markup:
    """The id of an occurrence by its place in the series; the first is 1."""
    return t(
        "OccurrenceItemId",
        RecurringMasterId=master.id,
        ChangeKey=master.change_key or None,
        InstanceIndex=str(number),
    )


def master_id(occurrence: MeetingRef) -> Markup:
    """The id of the series that an occurrence belongs to."""
    return t("RecurringMasterItemId", OccurrenceId=occurrence.id, ChangeKey=occurrence.change_key or None)


def zones(start: str, end: str = "") -> Markup:
    """StartTimeZone and EndTimeZone by their Windows names; nothing for UTC, which items have without being told."""
    if start == "UTC":
        return NOTHING
    return several(t("StartTimeZone", Id=start), t("EndTimeZone", Id=end or start))
