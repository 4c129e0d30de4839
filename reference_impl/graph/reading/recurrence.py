"""A patternedRecurrence in a request body, read into the domain's recurrence (recurrencePattern, recurrenceRange)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from reference_impl.domain.era import FIRST_YEAR, LAST_YEAR
from reference_impl.domain.errors import OutsideCalendar
from reference_impl.domain.recurrence import Recurrence
from reference_impl.domain.timezone import zone
from reference_impl.graph.fields.recurrence import DAYS, PATTERNS, WEEKS
from reference_impl.graph.refusals import BodyInvalid, PropertyInvalid

_FREQUENCIES: Final = {word: frequency for frequency, word in PATTERNS.items()}

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "daily": ("interval",),
    "weekly": ("interval", "daysOfWeek"),
    "absoluteMonthly": ("interval", "dayOfMonth"),
    "relativeMonthly": ("interval", "daysOfWeek"),
    "absoluteYearly": ("interval", "dayOfMonth", "month"),
    "relativeYearly": ("interval", "daysOfWeek", "month"),
    "endDate": ("startDate", "endDate"),
    "noEnd": ("startDate",),
    "numbered": ("startDate", "numberOfOccurrences"),
}
"""Type of a pattern or range -> the members it must have beside its type; zero and an empty list are none."""

LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "interval": (1, 999),
    "dayOfMonth": (0, 31),
    "month": (0, 12),
    "numberOfOccurrences": (0, 999),
}
"""Member -> the numbers it takes, also where its type has no use for it; zero is what unused ones are told as."""

_READERS: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "interval": lambda number: {"interval": number},
    "dayOfMonth": lambda number: {"day_of_month": number},
    "month": lambda number: {"month": number},
    "daysOfWeek": lambda words: {"days": frozenset(DAYS.index(word) for word in words)},
    "firstDayOfWeek": lambda word: {"first_day": DAYS.index(word)},
    "index": lambda word: {"week": WEEKS.index(word) + 1},
    "startDate": lambda text: {"start": _first_day(text)},
    "endDate": lambda text: {"until": _day(text, "endDate")},
    "numberOfOccurrences": lambda number: {"count": number},
}

_USED: Final[Mapping[str, frozenset[str]]] = {
    **{kind: frozenset(members) for kind, members in NEEDED.items()},
    "weekly": frozenset({"interval", "daysOfWeek", "firstDayOfWeek"}),
    "relativeMonthly": frozenset({"interval", "daysOfWeek", "index"}),
    "relativeYearly": frozenset({"interval", "daysOfWeek", "month", "index"}),
}
"""Type -> the members it heeds: those that it needs, and some that it can do without."""


def read_recurrence(given: Mapping[str, Any]) -> Recurrence:
    """A patternedRecurrence, whose range may name a zone of its own.

    PropertyInvalid where the type of the pattern or range lacks a member it needs, or a number is none that the member
    takes; BodyInvalid for what is no date, OutsideCalendar for a start that no calendar has; NoSuchTimeZone.
    """
    pattern, extent = given["pattern"], given["range"]
    zone_name = extent.get("recurrenceTimeZone") or ""
    if zone_name:
        zone(zone_name)
    return Recurrence(
        frequency=_FREQUENCIES[pattern["type"]],
        zone=zone_name,
        **_members(pattern, "recurrence.pattern"),
        **_members(extent, "recurrence.range"),
    )


def _members(given: Mapping[str, Any], place: str) -> dict[str, Any]:
    kind = given["type"]
    for name, (least, most) in LIMITS.items():
        number = given.get(name)
        if number is not None and not least <= number <= most:
            raise PropertyInvalid(reason=f"{place}.{name}: takes a whole number from {least} to {most}.")
    for name in NEEDED[kind]:
        if not given.get(name):
            raise PropertyInvalid(reason=f"{place}.{name}: the type {kind} needs it.")
    read: dict[str, Any] = {}
    for name, reader in _READERS.items():
        if given.get(name) is not None:
            value = reader(given[name])  # what the type has no use for is checked all the same
            if name in _USED[kind]:
                read |= value
    return read


def _first_day(text: str) -> date:
    """The first day of a range, which calendars must have; the last one is not looked for beyond their end."""
    day = _day(text, "startDate")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutsideCalendar(first=FIRST_YEAR, last=LAST_YEAR, moment=text)
    return day


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BodyInvalid(
            reason=f"recurrence.range.{name}: expected a date such as 2026-01-31, got {text!r}."
        ) from None
