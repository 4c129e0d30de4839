"""What cases about series share: rules that begin on the case's day, and when they take place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from conformance.actor.acts import Draft
from conformance.actor.recurrence import DAYS, INDEXES, Pattern, Recurrence, days_of, in_order
from conformance.actor.times import zone
from conformance.actor.views import Slot
from conformance.suites.scene import Scene
from conformance.suites.steps import draft

HOUR = 10
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_LONGEST = 29  # a day of the month that some months do not have
_UNCHANGING = 400  # days without a change of the clock, after which a zone counts as one that has none


def _in_the_week(day: date) -> Recurrence:
    days = in_order({DAYS[day.weekday()], DAYS[(day.weekday() + 3) % len(DAYS)]})
    return Recurrence(pattern=Pattern.WEEKLY, start=day, interval=2, days=days, first_day="monday")


def _in_the_month(day: date) -> dict[str, Any]:
    return {"start": day, "days": (DAYS[day.weekday()],), "index": INDEXES[(day.day - 1) // 7]}


RULES: Mapping[str, Callable[[date], Recurrence]] = {
    "daily": lambda day: Recurrence(pattern=Pattern.DAILY, start=day, interval=3),
    "weekly": _in_the_week,
    "absolute-monthly": lambda day: Recurrence(
        pattern=Pattern.ABSOLUTE_MONTHLY, start=day, interval=2, day_of_month=day.day
    ),
    "relative-monthly": lambda day: Recurrence(pattern=Pattern.RELATIVE_MONTHLY, interval=2, **_in_the_month(day)),
    "absolute-yearly": lambda day: Recurrence(
        pattern=Pattern.ABSOLUTE_YEARLY, start=day, day_of_month=day.day, month=day.month
    ),
    "relative-yearly": lambda day: Recurrence(pattern=Pattern.RELATIVE_YEARLY, month=day.month, **_in_the_month(day)),
}
"""One rule of each pattern that has its first day on a day of a case; the day is among the first 28 of its month."""

KINDS_OF_DAYS: Mapping[str, Callable[[date], Recurrence]] = {
    "last-weekday": lambda day: Recurrence(
        pattern=Pattern.RELATIVE_MONTHLY, start=day, days=("weekday",), index="last"
    ),
    "second-weekend-day": lambda day: Recurrence(
        pattern=Pattern.RELATIVE_MONTHLY, start=day, days=("weekendday",), index="second"
    ),
    "third-day": lambda day: Recurrence(pattern=Pattern.RELATIVE_MONTHLY, start=day, days=("day",), index="third"),
}
"""Rules by kinds of days, which EWS alone has; they do not begin on the day they are given."""


def anchor(scene: Scene) -> date:
    """The first day of a case's series, one that every month has."""
    day = scene.date
    while day.day >= _LONGEST:
        day += _DAY
    return day


def ended(rule: Recurrence, how: str, times: int = 3) -> Recurrence:
    """The rule beginning on its first fitting day, ended after so many times, by a date, or not at all."""
    first = replace(rule, start=days_of(rule, 1)[0])
    ends: Mapping[str, Mapping[str, Any]] = {
        "numbered": {"count": times},
        "end-date": {"until": days_of(first, times)[-1]},
        "no-end": {},
    }
    return replace(first, **ends[how])


def at_hour(day: date, hour: int = HOUR, name: str = "UTC", minute: int = 0) -> datetime:
    """An instant by the clock of a zone."""
    return datetime.combine(day, time(hour, minute), zone(name)).astimezone(UTC)


def hour_of(day: date, hour: int = HOUR, name: str = "UTC") -> Slot:
    """One hour by the clock of a zone."""
    return Slot(at_hour(day, hour, name), at_hour(day, hour + 1, name))


def series(scene: Scene, rule: Recurrence, **fields: Any) -> Draft:
    """A series of one hour each by the clock of ``zone`` (UTC), with nobody invited unless ``fields`` name people."""
    name = fields.get("zone", "UTC")
    plain: dict[str, Any] = {"slot": hour_of(days_of(rule, 1)[0], name=name), "required": (), "recurrence": rule}
    return draft(scene, **(plain | fields))


def daily(scene: Scene, times: int = 5, **fields: Any) -> Draft:
    """A series on consecutive days."""
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), count=times)
    return series(scene, rule, **fields)


def slots(plan: Draft, most: int = 3) -> list[Slot]:
    """When the first occurrences of a series take place: the hours of its zone, on the days of its rule."""
    if plan.recurrence is None:
        return [plan.slot]
    local = plan.slot.start.astimezone(zone(plan.zone))
    length = plan.slot.end - plan.slot.start
    days = days_of(plan.recurrence, most)
    starts = [datetime.combine(day, local.time(), zone(plan.zone)).astimezone(UTC) for day in days]
    return [Slot(start, start + length) for start in starts]


def window(plan: Draft, most: int = 3) -> Slot:
    """An interval around the first occurrences of a series, and nothing after them."""
    found = slots(plan, most)
    return Slot(found[0].start - _DAY, found[-1].end + timedelta(hours=1))


def moved(slot: Slot, **by: float) -> Slot:
    """The interval some time later."""
    return Slot(slot.start + timedelta(**by), slot.end + timedelta(**by))


CHANGES = {"skipped": timedelta.__gt__, "repeated": timedelta.__lt__}
"""What a clock does to an hour when it changes, and how the offset behind the change compares with that before."""


def change_of_clocks(name: str, after: date, change: str = "") -> date:
    """The next day, a week ahead or more, on which the clock of a zone changes; a week ahead where it never does.

    ``change`` is one of ``CHANGES``, or either.
    """
    first = after + _WEEK
    for number in range(_UNCHANGING):
        day = first + number * _DAY
        noons = [datetime.combine(one, time(12), zone(name)).utcoffset() or timedelta() for one in (day - _DAY, day)]
        if noons[0] != noons[1] and (not change or CHANGES[change](noons[1], noons[0])):
            return day
    return first


def at_half_past_two(scene: Scene, day: date, name: str, **fields: Any) -> Draft:
    """A daily series of three around a day, each half an hour past two by the clock of a zone, and an hour long."""
    first = day - _DAY
    start = at_hour(first, 2, name, 30)
    rule = Recurrence(pattern=Pattern.DAILY, start=first, count=3)
    return series(scene, rule, zone=name, slot=Slot(start, start + timedelta(hours=1)), **fields)


def expect_one_instant(scene: Scene, requirement: str, change: str, name: str, shown: Iterable[Slot | None]) -> None:
    """Half past two on the day of a change of clocks means to both sides the same of the two instants that it may be.

    ``change`` is one of ``CHANGES``.
    """
    clock = datetime.combine(change_of_clocks(name, scene.date, change), time(2, 30), zone(name))
    instants = sorted({clock.replace(fold=fold).astimezone(UTC) for fold in (0, 1)})
    starts = [one and one.start for one in shown]
    scene.expect(requirement, f"the instants of a start that is {change}", starts).is_one_of(
        *([either] * 2 for either in instants)
    )


def expect_every_day(scene: Scene, requirement: str, change: str, plan: Draft, shown: Iterable[Slot | None]) -> None:
    """Of a series whose hour is skipped or repeated on some day, an occurrence is shown on each of its days."""
    days = [one.start.astimezone(zone(plan.zone)).date() for one in shown if one]
    scene.expect(requirement, f"the days of a series at an hour that is {change}", days).equals(
        [one.start.astimezone(zone(plan.zone)).date() for one in slots(plan)]
    )


def midnights(scene: Scene, name: str) -> tuple[Recurrence, list[Slot]]:
    """Three days in a row amid which the clock of a zone changes, and each from its midnight to the next."""
    first = change_of_clocks(name, scene.date) - _DAY
    rule = Recurrence(pattern=Pattern.DAILY, start=first, count=3)
    return rule, [Slot(at_hour(day, 0, name), at_hour(day + _DAY, 0, name)) for day in days_of(rule, 3)]


def over_the_change(scene: Scene, name: str, **fields: Any) -> Draft:
    """A weekly series of three in a zone, the first before the next change of its clock and the others after it."""
    first = change_of_clocks(name, scene.date) - timedelta(days=4)
    rule = Recurrence(pattern=Pattern.WEEKLY, start=first, days=(DAYS[first.weekday()],), first_day="monday", count=3)
    return series(scene, rule, zone=name, **fields)
