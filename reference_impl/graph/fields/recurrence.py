"""Series: patternedRecurrence, and what an event is within one (Graph: recurrencePattern, recurrenceRange)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.items import CalendarItem, EventKind, MeetingFacts
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.graph.fields.values import zone_shown

TYPES: Final[Mapping[EventKind, str]] = {
    EventKind.SINGLE: "singleInstance",
    EventKind.OCCURRENCE: "occurrence",
    EventKind.EXCEPTION: "exception",
    EventKind.RECURRING_MASTER: "seriesMaster",
}

PATTERNS: Final[Mapping[Frequency, str]] = {
    Frequency.DAILY: "daily",
    Frequency.WEEKLY: "weekly",
    Frequency.ABSOLUTE_MONTHLY: "absoluteMonthly",
    Frequency.RELATIVE_MONTHLY: "relativeMonthly",
    Frequency.ABSOLUTE_YEARLY: "absoluteYearly",
    Frequency.RELATIVE_YEARLY: "relativeYearly",
}
WEEKS: Final = ("first", "second", "third", "fourth", "last")
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_DAY: Final = "0001-01-01"

_RELATIVE: Final = frozenset({Frequency.RELATIVE_MONTHLY, Frequency.RELATIVE_YEARLY})
_ABSOLUTE: Final = frozenset({Frequency.ABSOLUTE_MONTHLY, Frequency.ABSOLUTE_YEARLY})
_YEARLY: Final = frozenset({Frequency.ABSOLUTE_YEARLY, Frequency.RELATIVE_YEARLY})


def patterned(event: CalendarItem | MeetingFacts) -> dict[str, Any] | None:
    """The recurrence of the master of a series; members that its pattern has no use for are zero."""
    recurrence = event.recurrence
    if recurrence is None:
        return None
    return {"pattern": _pattern(recurrence), "range": _range(recurrence, event.start_zone)}


def _pattern(recurrence: Recurrence) -> dict[str, Any]:
    frequency = recurrence.frequency
    pattern: dict[str, Any] = {
        "type": PATTERNS[frequency],
        "interval": recurrence.interval,
        "month": recurrence.month if frequency in _YEARLY else 0,
        "dayOfMonth": recurrence.day_of_month if frequency in _ABSOLUTE else 0,
        "firstDayOfWeek": DAYS[recurrence.first_day],
        "index": WEEKS[recurrence.week - 1] if frequency in _RELATIVE else "first",
    }
    if frequency is Frequency.WEEKLY or frequency in _RELATIVE:
        pattern["daysOfWeek"] = [DAYS[day] for day in sorted(recurrence.days)]
    return pattern


def _range(recurrence: Recurrence, zone_name: str) -> dict[str, Any]:
    kind = "numbered" if recurrence.count is not None else "noEnd" if recurrence.until is None else "endDate"
    return {
        "type": kind,
        "startDate": recurrence.start.isoformat(),
        "endDate": _NO_DAY if recurrence.until is None else recurrence.until.isoformat(),
        "recurrenceTimeZone": zone_shown(recurrence.zone or zone_name),
        "numberOfOccurrences": recurrence.count or 0,
    }
