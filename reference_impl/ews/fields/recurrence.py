"""Recurrence: patterns and ranges read and written, and the occurrences that a series tells of ([MS-OXWSCDATA])."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from reference_impl.domain import series
from reference_impl.domain.items import CalendarItem, EventKind
from reference_impl.domain.recurrence import EVERY_DAY, WEEKDAYS, WEEKEND, Frequency, Recurrence
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.custom_zones import MONTHS, WEEKS
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Field, Table, Writing
from reference_impl.ews.fields.readers import item_id
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.times import format_offset
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.ews.zones import DAYS

KINDS: Final[Mapping[EventKind, str]] = {
    EventKind.SINGLE: "Single",
    EventKind.OCCURRENCE: "Occurrence",
    EventKind.EXCEPTION: "Exception",
    EventKind.RECURRING_MASTER: "RecurringMaster",
}

_SETS: Final[Mapping[str, frozenset[int]]] = {
    "Day": EVERY_DAY,
    "Weekday": WEEKDAYS,
    "WeekendDay": WEEKEND,
    **{name: frozenset({number}) for number, name in enumerate(DAYS)},
}
"""The words for days of the week; the first three belong to relative patterns."""

_WORDS: Final = {days: word for word, days in _SETS.items()}

_PATTERNS: Final[Mapping[str, Frequency]] = {
    "RelativeYearlyRecurrence": Frequency.RELATIVE_YEARLY,
    "AbsoluteYearlyRecurrence": Frequency.ABSOLUTE_YEARLY,
    "RelativeMonthlyRecurrence": Frequency.RELATIVE_MONTHLY,
    "AbsoluteMonthlyRecurrence": Frequency.ABSOLUTE_MONTHLY,
    "WeeklyRecurrence": Frequency.WEEKLY,
    "DailyRecurrence": Frequency.DAILY,
}
_ELEMENTS: Final = {frequency: element for element, frequency in _PATTERNS.items()}


def read_recurrence(element: Element, call: Call) -> Recurrence:
    """A t:Recurrence. The days of its range are days as written: an offset behind them says nothing more.

    Raises ErrorCalendarInvalidDayForWeeklyRecurrence, before Exchange2013_SP1 ErrorCalendarInvalidRecurrence (R12052).
    """
    pattern, extent = element
    members: dict[str, Any] = {"frequency": _PATTERNS[local(pattern.tag)]}
    for child in pattern:
        name, text = _READERS[local(child.tag)], (child.text or "").strip()
        members |= name(text)
    if members["frequency"] is Frequency.WEEKLY:
        _check_weekly(pattern.findtext(t("DaysOfWeek")) or "", call)
    return Recurrence(**members, **_range(extent))


_READERS: Final[Mapping[str, Callable[[str], Mapping[str, Any]]]] = {
    "Interval": lambda text: {"interval": int(text)},
    "DayOfMonth": lambda text: {"day_of_month": int(text)},
    "Month": lambda text: {"month": MONTHS.index(text) + 1},
    "DayOfWeekIndex": lambda text: {"week": WEEKS.index(text) + 1},
    "DaysOfWeek": lambda text: {"days": frozenset[int]().union(*(_SETS[word] for word in text.split()))},
    "FirstDayOfWeek": lambda text: {"first_day": DAYS.index(text) if text in DAYS else 6},
}


def _check_weekly(words: str, call: Call) -> None:
    wrong = [word for word in words.split() if word not in DAYS]
    if wrong:
        is_told = call.version.has("Exchange2013_SP1")
        raise ResponseError(
            "ErrorCalendarInvalidDayForWeeklyRecurrence" if is_told else "ErrorCalendarInvalidRecurrence",
            f"A weekly pattern names days from Sunday to Saturday; got {', '.join(wrong)}.",
        )


def _range(extent: Element) -> dict[str, Any]:
    members: dict[str, Any] = {"start": _day(extent.findtext(t("StartDate")) or "")}
    end, count = extent.findtext(t("EndDate")), extent.findtext(t("NumberOfOccurrences"))
    if end is not None:
        members["until"] = _day(end)
    if count is not None:
        members["count"] = int(count)
    return members


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise ResponseError("ErrorCalendarOutOfRange", f"{text!r} is no day of a calendar.") from None


def write_recurrence(recurrence: Recurrence, call: Call) -> str:
    """The t:Recurrence of a series; days carry the offset in which the answer shows times."""
    name = _ELEMENTS[recurrence.frequency]
    pattern = xml.node(name, "".join(part(recurrence, call) for part in _PARTS[recurrence.frequency]))
    start = f"<t:StartDate>{_dated(recurrence.start, call)}</t:StartDate>"
    if recurrence.count is not None:
        extent = xml.node("NumberedRecurrence", start + xml.leaf("NumberOfOccurrences", recurrence.count))
    elif recurrence.until is not None:
        end = f"<t:EndDate>{_dated(recurrence.until, call)}</t:EndDate>"
        extent = xml.node("EndDateRecurrence", start + end)
    else:
        extent = xml.node("NoEndRecurrence", start)
    return xml.node("Recurrence", pattern + extent)


def _dated(day: date, call: Call) -> str:
    return day.isoformat() + format_offset(datetime.combine(day, time(), call.output_zone))


def _days(recurrence: Recurrence) -> str:
    """The words for a pattern's days; those no single word stands for are told one by one."""
    return _WORDS.get(recurrence.days) or " ".join(DAYS[day] for day in sorted(recurrence.days))


def _weekly_days(recurrence: Recurrence, _call: Call) -> str:
    order = sorted(recurrence.days, key=lambda day: (day - recurrence.first_day) % 7)
    return xml.leaf("DaysOfWeek", " ".join(DAYS[day] for day in order))


def _first_day(recurrence: Recurrence, call: Call) -> str:
    return xml.leaf("FirstDayOfWeek", DAYS[recurrence.first_day]) if call.version.has("Exchange2010") else ""


def _interval(recurrence: Recurrence, _call: Call) -> str:
    return xml.leaf("Interval", recurrence.interval)


def _day_of_month(recurrence: Recurrence, _call: Call) -> str:
    return xml.leaf("DayOfMonth", recurrence.day_of_month)


def _month(recurrence: Recurrence, _call: Call) -> str:
    return xml.leaf("Month", MONTHS[recurrence.month - 1])


def _week(recurrence: Recurrence, _call: Call) -> str:
    return xml.leaf("DaysOfWeek", _days(recurrence)) + xml.leaf("DayOfWeekIndex", WEEKS[recurrence.week - 1])


_PARTS: Final[Mapping[Frequency, tuple[Callable[[Recurrence, Call], str], ...]]] = {
    Frequency.RELATIVE_YEARLY: (_week, _month),
    Frequency.ABSOLUTE_YEARLY: (_day_of_month, _month),
    Frequency.RELATIVE_MONTHLY: (_interval, _week),
    Frequency.ABSOLUTE_MONTHLY: (_interval, _day_of_month),
    Frequency.WEEKLY: (_interval, _weekly_days, _first_day),
    Frequency.DAILY: (_interval,),
}


def set_recurrence(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """The pattern and range replaced."""
    return {"recurrence": read_recurrence(element, writing.call)}


def recurrence_field(
    told: Callable[[View], Recurrence | None], *, since: str | None = None, is_settable: bool = False
) -> Field:
    """The Recurrence of a master, or of a message about a whole series."""

    def read(view: View) -> str | None:
        recurrence = told(view)
        return None if recurrence is None else write_recurrence(recurrence, view.call)

    return Field(
        uri="calendar:Recurrence",
        element="Recurrence",
        read=read,
        since=since,
        found=False,
        create=set_recurrence if is_settable else None,
        update=set_recurrence if is_settable else None,
        delete=(lambda _target: {"recurrence": None}) if is_settable else None,
    )


def occurrence_fields(master: Callable[[View], CalendarItem | None]) -> Table:
    """What a series tells of its occurrences: the first and last left, those changed, those deleted (R213 to R219)."""

    def field(element: str, write: Callable[[CalendarItem, Call], str]) -> Field:
        def read(view: View) -> str | None:
            found = master(view)
            return None if found is None else write(found, view.call) or None

        return Field(uri=f"calendar:{element}", element=element, read=read, found=False)

    return (
        field("FirstOccurrence", lambda found, call: _info("FirstOccurrence", series.first_occurrence(found), call)),
        field("LastOccurrence", lambda found, call: _info("LastOccurrence", series.last_occurrence(found), call)),
        field("ModifiedOccurrences", _modified),
        field("DeletedOccurrences", _deleted),
    )


def _info(element: str, occurrence: CalendarItem | None, call: Call) -> str:
    if occurrence is None:
        return ""
    original = occurrence.original_start or occurrence.start
    return xml.node(
        element,
        item_id("ItemId", occurrence)
        + f"<t:Start>{call.time(occurrence.start)}</t:Start><t:End>{call.time(occurrence.end)}</t:End>"
        f"<t:OriginalStart>{call.time(original)}</t:OriginalStart>",
    )


def _modified(master: CalendarItem, call: Call) -> str:
    content = "".join(_info("Occurrence", changed, call) for changed in series.exceptions_of(master))
    return xml.node("ModifiedOccurrences", content) if content else ""


def _deleted(master: CalendarItem, call: Call) -> str:
    content = "".join(
        f"<t:DeletedOccurrence><t:Start>{call.time(start)}</t:Start></t:DeletedOccurrence>"
        for start in series.deleted_starts(master)
    )
    return xml.node("DeletedOccurrences", content) if content else ""
