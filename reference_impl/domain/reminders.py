"""When calendar items remind their owners ([MS-OXORMDR]).

A series reminds of one occurrence at a time: of the latest whose time has come, else of the next. Dismissing the
reminder of an occurrence dismisses those of all before it. Neither that nor snoozing makes an exception of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from msgspec.structs import replace

from reference_impl.domain.items import CalendarItem, EventChanges, SeriesException, Snooze
from reference_impl.domain.recurrence import days_between
from reference_impl.domain.series import is_rescheduled, occurrence, recurrence_of, zone_of_series
from reference_impl.domain.timezone import zone

_DAY: Final = timedelta(days=1)
_FIRST_STEP: Final = timedelta(days=32)


def due_by(event: CalendarItem) -> datetime:
    """What the reminder counts back from: the start, unless its owner said otherwise; of a series the next one's."""
    found = event if event.recurrence is None else _next(event)
    return event.start if found is None else found.reminder_due or found.start


@lru_cache(maxsize=1024)
def _before(due: datetime, minutes: int) -> datetime:
    return due - timedelta(minutes=minutes)


def reminder_time(event: CalendarItem) -> datetime | None:
    """When a single item or an occurrence reminds; None where it does not."""
    if not event.reminder_is_set:
        return None
    if event.reminder_snooze is not None:
        return event.reminder_snooze.until
    try:
        return _before(due_by(event), event.reminder_minutes)
    except OverflowError:
        return None


def next_reminder(event: CalendarItem) -> datetime | None:
    """When an item reminds next; a series by the first occurrence whose reminder is not dismissed."""
    found = event if event.recurrence is None else _next(event)
    return None if found is None else reminder_time(found)


def earliest_reminder(event: CalendarItem) -> datetime | None:
    """The first moment at which an item reminds: a series does not always do so in the order of its days."""
    if event.recurrence is None:
        return reminder_time(event)
    first = _undismissed(event)
    return min((_time(found) for found in (*_apart(event, first), *islice(_regular(event, first), 1))), default=None)


def turn_of(master: CalendarItem, now: datetime) -> CalendarItem | None:
    """The occurrence that a series reminds of at a moment."""
    return _latest(master, now) or _next(master)


def reminding_from(master: CalendarItem, begin: datetime, now: datetime) -> CalendarItem | None:
    """The first occurrence to remind at ``begin`` or later, of those whose turn is not over."""
    turn = turn_of(master, now)
    if turn is None or turn.day is None:
        return None
    candidates = [found for found in _apart(master, turn.day) if _time(found) >= begin]
    try:
        first = max(turn.day, begin.astimezone(zone(zone_of_series(master))).date() + _lead(master) - _DAY)
    except OverflowError:
        first = date.max
    later = (found for found in _regular(master, first) if _time(found) >= begin)
    return min((*candidates, *islice(later, 1)), key=_time, default=None)


def _undismissed(master: CalendarItem) -> date:
    """The first day of the series whose reminder may still come."""
    start = recurrence_of(master).start
    return start if master.reminded_through is None else max(start, master.reminded_through + _DAY)


def _lead(master: CalendarItem) -> timedelta:
    return timedelta(minutes=master.reminder_minutes)


def _time(found: CalendarItem) -> datetime:
    time = reminder_time(found)
    assert time is not None, "an occurrence that does not remind"
    return time


def _day(found: CalendarItem) -> date:
    assert found.day is not None, "not an occurrence"
    return found.day


def _days_apart(master: CalendarItem) -> set[date]:
    snoozed = None if master.reminder_snooze is None else master.reminder_snooze.day
    return {exception.day for exception in master.exceptions} | ({snoozed} if snoozed is not None else set())


def _apart(master: CalendarItem, first: date) -> list[CalendarItem]:
    """Those occurrences from a day on that remind, but not when the pattern would have them."""
    found = (occurrence(master, day) for day in sorted(_days_apart(master)) if day >= first)
    return [one for one in found if one is not None and reminder_time(one) is not None]


def _regular(master: CalendarItem, first: date, last: date = date.max) -> Iterator[CalendarItem]:
    """The other occurrences of some days that remind, which they do in their order."""
    if not master.reminder_is_set:
        return
    apart = _days_apart(master)
    for day in days_between(recurrence_of(master), first, last):
        found = None if day in apart else occurrence(master, day)
        if found is not None and reminder_time(found) is not None:
            yield found


def _next(master: CalendarItem, first: date | None = None) -> CalendarItem | None:
    first = first or _undismissed(master)
    return min((*_apart(master, first), *islice(_regular(master, first), 1)), key=_day, default=None)


def _latest(master: CalendarItem, now: datetime) -> CalendarItem | None:
    """The last occurrence whose reminder has come."""
    first = _undismissed(master)
    come = [found for found in _apart(master, first) if _time(found) <= now]
    regular = _latest_regular(master, first, now)
    return max((*come, *(() if regular is None else (regular,))), key=_day, default=None)


def _latest_regular(master: CalendarItem, first: date, now: datetime) -> CalendarItem | None:
    """The last of those that remind in order, looked for backwards in ever longer steps."""
    step = _FIRST_STEP
    try:
        last = now.astimezone(zone(zone_of_series(master))).date() + _lead(master) + 2 * _DAY
    except OverflowError:
        last = date.max
    while last >= first:
        begin = max(first, last - min(step, last - date.min))
        for found in reversed(list(_regular(master, begin, last))):
            if _time(found) <= now:
                return found
        if begin == first:
            return None
        last, step = begin - _DAY, 2 * step
    return None


def dismissed(event: CalendarItem, master: CalendarItem | None) -> CalendarItem:
    """A single item that reminds no more, or the master of an occurrence that reminds of it no more."""
    if master is None:
        return replace(event, reminder_is_set=False, reminder_snooze=None)
    assert event.day is not None, "not an occurrence"
    snooze = master.reminder_snooze
    return replace(
        master,
        reminded_through=max(event.day, master.reminded_through or event.day),
        reminder_snooze=None if snooze is None or snooze.day is None or snooze.day <= event.day else snooze,
        exceptions=tuple(_silent(one) if one.day <= event.day else one for one in master.exceptions),
    )


def _silent(exception: SeriesException) -> SeriesException:
    changes = {name: value for name, value in exception.changes.items() if name != "reminder_is_set"}
    return replace(exception, changes=EventChanges(changes))


def snoozed(event: CalendarItem, master: CalendarItem | None, until: datetime) -> CalendarItem:
    """The same for a reminder that comes again: not for an occurrence if the next one reminds by then (DOC)."""
    if master is None:
        return replace(event, reminder_snooze=Snooze(until))
    assert event.day is not None, "not an occurrence"
    following = _next(master, event.day + _DAY)
    time = None if following is None else reminder_time(following)
    if time is not None and until >= time:
        return dismissed(event, master)
    before = event.day - _DAY
    return replace(
        master,
        reminded_through=max(before, master.reminded_through or before),
        reminder_snooze=Snooze(until, event.day),
        exceptions=tuple(_silent(one) if one.day <= before else one for one in master.exceptions),
    )


def rearmed(before: CalendarItem, after: CalendarItem) -> CalendarItem:
    """The item as changed, without what was said of reminders that no longer are those of before."""
    if before.recurrence is not None and is_rescheduled(before, after):
        return replace(after, reminded_through=None, reminder_snooze=None, reminder_due=None)
    is_moved = before.start != after.start
    is_other = is_moved or (before.reminder_is_set, before.reminder_minutes) != (
        after.reminder_is_set,
        after.reminder_minutes,
    )
    due, snooze = after.reminder_due, after.reminder_snooze
    return replace(
        after,
        reminder_due=None if is_moved and due == before.reminder_due else due,
        reminder_snooze=None if is_other and snooze == before.reminder_snooze else snooze,
    )


def bound(event: CalendarItem) -> CalendarItem:
    """A series whose reminder was put off as a whole: it is that of the next occurrence."""
    if event.recurrence is None:
        return event
    series, snooze = replace(event, reminder_due=None), event.reminder_snooze
    if snooze is None or snooze.day is not None:
        return series
    following = _next(replace(series, reminder_snooze=None))
    return replace(series, reminder_snooze=None if following is None else replace(snooze, day=following.day))
