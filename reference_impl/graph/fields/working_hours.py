"""Working hours, and the zones by whose clock they are told."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from reference_impl.domain.mailbox import WorkingHours
from reference_impl.domain.zonerules import YearlyChange, definition_of, is_zone_text
from reference_impl.graph.fields.values import time_of_day

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CUSTOM: Final = "#microsoft.graph.customTimeZone"

_MINUTE: Final = timedelta(minutes=1)


@lru_cache(maxsize=1024)
def working_hours(hours: WorkingHours, zone_name: str) -> dict[str, Any]:
    """A workingHours object; days in the order of the week. ``zone_name`` is that of the hours' clock."""
    return {
        "daysOfWeek": [DAYS[day] for day in sorted(hours.days)],
        "startTime": time_of_day(hours.start_minute),
        "endTime": time_of_day(hours.end_minute),
        "timeZone": time_zone(zone_name),
    }


def time_zone(name: str) -> dict[str, Any]:
    """A timeZoneBase, or the customTimeZone of a zone that is a definition.

    ``bias`` is how far its standard time is ahead of UTC, ``daylightBias`` how much further daylight time is.
    """
    if not is_zone_text(name):
        return {"name": name}
    definition = definition_of(name)
    era = definition.eras[-1]
    standard, daylight = sorted(era.changes, key=lambda change: change.offset) or (None, None)
    bias = 0 if daylight is None else (daylight.offset - era.offset) // _MINUTE
    return {
        "@odata.type": CUSTOM,
        "name": definition.name,
        "bias": era.offset // _MINUTE,
        "standardOffset": _change(standard),
        "daylightOffset": {"daylightBias": bias, **_change(daylight)},
    }


def _change(change: YearlyChange | None) -> dict[str, Any]:
    """A change of the clock; one that never comes is in no month."""
    if change is None:
        return {"time": time_of_day(0), "dayOccurrence": 0, "dayOfWeek": DAYS[6], "month": 0, "year": 0}
    return {
        "time": time_of_day(change.at.hour * 60 + change.at.minute),
        "dayOccurrence": change.day,
        "dayOfWeek": DAYS[change.weekday or 0],
        "month": change.month,
        "year": 0,
    }
