"""patternedRecurrence of Graph, written and read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from conformance.actor.recurrence import Pattern, Recurrence, in_order

Json = dict[str, Any]

# The word for each pattern, and the members that it needs beside type and interval.
_PATTERNS: Mapping[Pattern, tuple[str, tuple[str, ...]]] = {
    Pattern.DAILY: ("daily", ()),
    Pattern.WEEKLY: ("weekly", ("daysOfWeek", "firstDayOfWeek")),
    Pattern.ABSOLUTE_MONTHLY: ("absoluteMonthly", ("dayOfMonth",)),
    Pattern.RELATIVE_MONTHLY: ("relativeMonthly", ("daysOfWeek", "index")),
    Pattern.ABSOLUTE_YEARLY: ("absoluteYearly", ("dayOfMonth", "month")),
    Pattern.RELATIVE_YEARLY: ("relativeYearly", ("daysOfWeek", "index", "month")),
}
_FIELDS: Mapping[str, str] = {
    "daysOfWeek": "days",
    "firstDayOfWeek": "first_day",
    "dayOfMonth": "day_of_month",
    "month": "month",
    "index": "index",
}


def recurrence(rule: Recurrence) -> Json:
    """A patternedRecurrence with what its pattern and range need, and nothing that the rule leaves open."""
    name, members = _PATTERNS[rule.pattern]
    told: Json = {"type": name, "interval": rule.interval}
    for member in members:
        value = getattr(rule, _FIELDS[member])
        if value:
            told[member] = list(value) if isinstance(value, tuple) else value
    return {"pattern": told, "range": extent(rule)}


def extent(rule: Recurrence) -> Json:
    """The range: numbered, ended by a date, or without end."""
    start = {"startDate": rule.start.isoformat()}
    if rule.count is not None:
        return {"type": "numbered", **start, "numberOfOccurrences": rule.count}
    if rule.until is not None:
        return {"type": "endDate", **start, "endDate": rule.until.isoformat()}
    return {"type": "noEnd", **start}


def read_recurrence(value: Mapping[str, Any] | None) -> Recurrence | None:
    """A patternedRecurrence as a value, without the members that its pattern and range have no use for."""
    if not value:
        return None
    told, extent = value["pattern"], value["range"]
    pattern, members = next((one, needs) for one, (name, needs) in _PATTERNS.items() if name == told["type"])
    found: Json = {_FIELDS[member]: told[member] for member in members if told.get(member)}
    if "days" in found:
        found["days"] = in_order(found["days"])
    return Recurrence(
        pattern=pattern,
        start=date.fromisoformat(extent["startDate"]),
        interval=int(told["interval"]),
        count=int(extent["numberOfOccurrences"]) if extent["type"] == "numbered" else None,
        until=date.fromisoformat(extent["endDate"]) if extent["type"] == "endDate" else None,
        **found,
    )
