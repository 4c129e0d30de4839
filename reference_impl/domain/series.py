"""Series and their occurrences: made from the master on demand, changed by changing the master ([MS-OXOCAL] 3.1.4.6).

An occurrence is known by the day that the pattern gives it in the series' own zone. It takes everything from its
master but its times; what an exception changes is kept on the master, as is the list of deleted days.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from msgspec.structs import replace

from reference_impl.domain.era import absolute, check_slot
from reference_impl.domain.errors import (
    NoSuchOccurrence,
    NotAMaster,
    OccurrenceCrossesNeighbour,
    OccurrenceIsDeleted,
    OccurrencesOverlap,
    RecurrenceHasNoOccurrence,
)
from reference_impl.domain.items import Attendee, CalendarItem, EventChanges, SeriesException, TimeSlot
from reference_impl.domain.recurrence import (
    Recurrence,
    check_recurrence,
    day_at,
    days_between,
    last_day,
    number_of,
)
from reference_impl.domain.timezone import zone

_DAY: Final = timedelta(days=1)
_ID_DIGITS: Final = 8
_CHECKED_GAPS: Final = 50
"""Enough neighbours to meet the shortest gap of every pattern: four years of months."""

_SHARED: Final = frozenset(
    {
        "id",
        "mailbox_id",
        "folder_id",
        "version",
        "uid",
        "organizer",
        "is_organizer",
        "transaction_id",
        "recurrence",
        "sent_recurrence",
        "exceptions",
        "deleted",
        "series_id",
        "lasting_id",
        "day",
        "original_start",
        "is_exception",
        "reminder_snooze",
        "reminded_through",
        "created",
    }
)
"""What no occurrence can have of its own."""

OWN: Final = tuple(name for name in CalendarItem.__struct_fields__ if name not in _SHARED)
"""The attributes that an exception may have its own values of."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """The wall clock of a series: when an occurrence starts on its day, and how far away it ends."""

    zone: tzinfo
    start: timedelta  # after midnight
    end: timedelta  # after midnight of the first day

    def slot(self, day: date) -> TimeSlot:
        """The times on a day: an hour that the clock leaves out comes after the change, one that it repeats first."""
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  wall time of the series' zone
        start = (midnight + self.start).replace(tzinfo=self.zone).astimezone(UTC)
        end = (midnight + self.end).replace(tzinfo=self.zone).astimezone(UTC)
        return TimeSlot(start, max(start, end))


def _clock(master: CalendarItem) -> _Clock:
    series_zone = zone(zone_of_series(master))
    start, end = (moment.astimezone(series_zone).replace(tzinfo=None) for moment in (master.start, master.end))
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return _Clock(series_zone, start - midnight, end - midnight)


def zone_of_series(item: CalendarItem) -> str:
    """The name of the zone in which a series has its days and its hours; of any other item that of its start."""
    own = "" if item.recurrence is None else item.recurrence.zone
    return own or item.start_zone


def occurrence_id(master_id: str, day: date) -> str:
    """The id of an occurrence: its master's, and its day."""
    return f"{master_id}{day.toordinal():0{_ID_DIGITS}x}"


def lasting_series_id(occurrence: CalendarItem) -> str | None:
    """The id that the master of an occurrence began with; None for what is in no series."""
    return occurrence.series_id and (occurrence.lasting_id[:-_ID_DIGITS] or occurrence.series_id)


def occurrence_of_id(item_id: str, master_digits: int) -> tuple[str, date] | None:
    """The master's id and the day that an id names, or None where it is no id of an occurrence."""
    if len(item_id) != master_digits + _ID_DIGITS:
        return None
    ordinal = int(item_id[master_digits:], 16)
    return (item_id[:master_digits], date.fromordinal(ordinal)) if 1 <= ordinal <= date.max.toordinal() else None


def recurrence_of(master: CalendarItem) -> Recurrence:
    """The master's recurrence. Raises NotAMaster."""
    if master.recurrence is None:
        raise NotAMaster
    return master.recurrence


def normalised(master: CalendarItem) -> CalendarItem:
    """The master with the times of its first occurrence, valid; only a valid one can be kept.

    The range says on which day a series starts, the item's own times at which hour. Raises the errors of
    ``check_recurrence``, OccurrencesOverlap, and OutsideCalendar for a range or a first occurrence outside the era.
    """
    recurrence = recurrence_of(master)
    absolute(datetime.combine(recurrence.start, time(), UTC))
    check_recurrence(recurrence)
    first = day_at(recurrence, 1)
    assert first is not None
    clock = _clock(master)
    _check_gaps(recurrence, clock.end - clock.start)
    slot = clock.slot(first)
    check_slot(slot)
    return replace(master, start=slot.start, end=slot.end)


def _check_gaps(recurrence: Recurrence, length: timedelta) -> None:
    previous = day_at(recurrence, 1)
    for number in range(2, _CHECKED_GAPS + 2):
        day = day_at(recurrence, number)
        if day is None or previous is None:
            return
        if length > day - previous:
            raise OccurrencesOverlap
        previous = day


def is_rescheduled(before: CalendarItem, after: CalendarItem) -> bool:
    """Whether a series has another pattern or other hours: then its exceptions and deletions are gone."""
    return (
        before.recurrence != after.recurrence
        or before.slot != after.slot
        or before.start_zone != after.start_zone
        or before.is_all_day != after.is_all_day
    )


def with_guests_followed(before: CalendarItem, after: CalendarItem) -> CalendarItem:
    """A series whose exceptions invite whom it invites now, where they invited whom it invited before; answers stay."""
    if before.attendees == after.attendees:
        return after
    people = _people(before.attendees)
    exceptions = tuple(
        SeriesException(
            exception.day, EventChanges(exception.changes | {"attendees": _following(own, after.attendees)})
        )
        if (own := exception.changes.get("attendees")) is not None and _people(own) == people
        else exception
        for exception in after.exceptions
    )
    return replace(after, exceptions=exceptions)


def _people(attendees: Iterable[Attendee]) -> frozenset[str]:
    return frozenset(entry.person.key for entry in attendees)


def _following(own: Iterable[Attendee], invited: Iterable[Attendee]) -> tuple[Attendee, ...]:
    """The people invited to the series, each with the answer given to one of its occurrences, if there is one."""
    known = {entry.person.key: entry for entry in own}
    return tuple(
        replace(known[entry.person.key], role=entry.role) if entry.person.key in known else entry for entry in invited
    )


def exception_on(master: CalendarItem, day: date) -> SeriesException | None:
    """The exception that stands for the pattern's occurrence of a day."""
    return next((exception for exception in master.exceptions if exception.day == day), None)


def occurrence(master: CalendarItem, day: date) -> CalendarItem | None:
    """The occurrence of a day of the pattern; None if the pattern has none, or it is deleted."""
    if master.recurrence is None or day in master.deleted or number_of(master.recurrence, day) is None:
        return None
    return _changed(_plain(master, day, _clock(master)), exception_on(master, day))


def occurrence_at(master: CalendarItem, number: int) -> CalendarItem:
    """The occurrence with a number, 1 for the first; deleted ones count.

    Raises NotAMaster, NoSuchOccurrence, OccurrenceIsDeleted.
    """
    day = day_at(recurrence_of(master), number)
    if day is None:
        raise NoSuchOccurrence(number=number)
    found = occurrence(master, day)
    if found is None:
        raise OccurrenceIsDeleted(number=number)
    return found


def occurrences(master: CalendarItem, window: TimeSlot) -> Iterator[CalendarItem]:
    """The occurrences that overlap a window (end > window.start and start < window.end), in no order.

    The cost is that of the window's days and of the exceptions, however long the series is.
    """
    clock = _clock(master)
    exceptions = {exception.day: exception for exception in master.exceptions}
    first = (window.start.astimezone(clock.zone) - clock.end - _DAY).date()
    last = (window.end.astimezone(clock.zone) + _DAY).date()
    for day in days_between(recurrence_of(master), first, last):
        if day not in master.deleted and day not in exceptions:
            slot = clock.slot(day)
            if slot.end > window.start and slot.start < window.end:
                yield _plain(master, day, clock, slot)
    for day, exception in exceptions.items():
        changed = _changed(_plain(master, day, clock), exception)
        if changed.end > window.start and changed.start < window.end:
            yield changed


def starting_between(
    master: CalendarItem, start: datetime, end: datetime, *, by_original_start: bool = False
) -> Iterator[CalendarItem]:
    """The occurrences that start from ``start`` until before ``end``, by start, each made when it is asked for.

    ``by_original_start`` looks for exceptions where the pattern had them.
    """

    def key(found: CalendarItem) -> datetime:
        original = found.original_start if by_original_start else None
        return original or found.start

    clock = _clock(master)
    exceptions = [changed for changed in exceptions_of(master) if start <= key(changed) < end]
    return heapq.merge(_plain_between(master, clock, start, end), sorted(exceptions, key=key), key=key)


def _plain_between(master: CalendarItem, clock: _Clock, start: datetime, end: datetime) -> Iterator[CalendarItem]:
    apart = {*master.deleted, *(exception.day for exception in master.exceptions)}
    first, last = ((moment.astimezone(clock.zone)).date() for moment in (start, end))
    for day in days_between(recurrence_of(master), first - _DAY, last + _DAY):
        slot = clock.slot(day)
        if day not in apart and start <= slot.start < end:
            yield _plain(master, day, clock, slot)


def first_occurrence(master: CalendarItem) -> CalendarItem | None:
    """The first occurrence that is not deleted."""
    return next(_in_order(master), None)


def last_occurrence(master: CalendarItem) -> CalendarItem | None:
    """The last occurrence that is not deleted; None for a series without end."""
    recurrence = recurrence_of(master)
    end = last_day(recurrence)
    number = None if end is None else number_of(recurrence, end)
    while number:
        day = day_at(recurrence, number)
        found = None if day is None else occurrence(master, day)
        if found is not None:
            return found
        number -= 1
    return None


def _in_order(master: CalendarItem) -> Iterator[CalendarItem]:
    """The occurrences that are not deleted, by the days of the pattern."""
    recurrence = recurrence_of(master)
    number = 1
    while (day := day_at(recurrence, number)) is not None:
        found = occurrence(master, day)
        if found is not None:
            yield found
        number += 1


def exceptions_of(master: CalendarItem) -> tuple[CalendarItem, ...]:
    """The changed occurrences, by the days of the pattern."""
    found = (occurrence(master, exception.day) for exception in master.exceptions)
    return tuple(changed for changed in found if changed is not None)


def veiled(master: CalendarItem, reads: Callable[[CalendarItem], bool]) -> CalendarItem:
    """The master for somebody who does not see all of its occurrences: those that are hidden are as if deleted."""
    hidden = frozenset(changed.day for changed in exceptions_of(master) if changed.day and not reads(changed))
    if not hidden:
        return master
    return replace(
        master,
        exceptions=tuple(exception for exception in master.exceptions if exception.day not in hidden),
        deleted=tuple(sorted(hidden | frozenset(master.deleted))),
    )


def deleted_starts(master: CalendarItem) -> tuple[datetime, ...]:
    """The starts that the deleted occurrences had by the pattern."""
    clock = _clock(master)
    return tuple(clock.slot(day).start for day in master.deleted)


def span(master: CalendarItem) -> tuple[datetime, datetime | None]:
    """From the first start to the last end of a series, exceptions included; no end for a series without one."""
    clock = _clock(master)
    end_day = last_day(recurrence_of(master))
    start, end = master.start, None if end_day is None else clock.slot(end_day).end
    for exception in master.exceptions:
        changed = _changed(_plain(master, exception.day, clock), exception)
        start = min(start, changed.start)
        end = None if end is None else max(end, changed.end)
    return start, end


def with_exception(master: CalendarItem, changed: CalendarItem) -> CalendarItem:
    """The master with one of its occurrences as changed; what does not differ from the series is not kept."""
    assert changed.day is not None, "not an occurrence"
    clock = _clock(master)
    master = _reminding(master, changed)
    plain = _plain(master, changed.day, clock)
    names = [name for name in sorted(OWN) if getattr(changed, name) != getattr(plain, name)]
    changes = EventChanges({name: getattr(changed, name) for name in names})
    if not changes.keys() - {"modified"} and exception_on(master, changed.day) is None:
        return master
    others = [exception for exception in master.exceptions if exception.day != changed.day]
    exceptions = sorted([*others, SeriesException(changed.day, changes)], key=lambda exception: exception.day)
    return replace(master, exceptions=tuple(exceptions), modified=max(master.modified, changed.modified))


def _reminding(master: CalendarItem, changed: CalendarItem) -> CalendarItem:
    """The master with what an occurrence says of its reminder, which makes no exception of it."""
    assert changed.day is not None
    snooze, known, through = changed.reminder_snooze, master.reminder_snooze, master.reminded_through
    if snooze is not None:
        known = replace(snooze, day=changed.day)
    elif known is not None and known.day == changed.day:
        known = None
    if changed.reminder_is_set and through is not None and changed.day <= through:
        through = changed.day - _DAY
    if (known, through) == (master.reminder_snooze, master.reminded_through):
        return master
    modified = max(master.modified, changed.modified)
    return replace(master, reminder_snooze=known, reminded_through=through, modified=modified)


def check_between(master: CalendarItem, changed: CalendarItem) -> None:
    """Raise OccurrenceCrossesNeighbour for an occurrence past, on the day of, or within one of those around it."""
    assert changed.day is not None, "not an occurrence"
    clock = _clock(master)
    number = number_of(recurrence_of(master), changed.day)
    assert number is not None
    before, after = _neighbour(master, number, -1), _neighbour(master, number, 1)
    day = changed.start.astimezone(clock.zone).date()
    if before is not None and (day <= before.start.astimezone(clock.zone).date() or changed.start < before.end):
        raise OccurrenceCrossesNeighbour
    if after is not None and (day >= after.start.astimezone(clock.zone).date() or changed.end > after.start):
        raise OccurrenceCrossesNeighbour


def _neighbour(master: CalendarItem, number: int, step: int) -> CalendarItem | None:
    recurrence = recurrence_of(master)
    number += step
    while (day := day_at(recurrence, number)) is not None:
        found = occurrence(master, day)
        if found is not None:
            return found
        number += step
    return None


def without(master: CalendarItem, days: Iterable[date]) -> CalendarItem:
    """The master with the occurrences of these days deleted. Raises RecurrenceHasNoOccurrence if none is left."""
    gone = frozenset(days) | frozenset(master.deleted)
    left = replace(
        master,
        deleted=tuple(sorted(gone)),
        exceptions=tuple(exception for exception in master.exceptions if exception.day not in gone),
    )
    if first_occurrence(left) is None:
        raise RecurrenceHasNoOccurrence(start=recurrence_of(master).start, end=last_day(recurrence_of(master)))
    return left


def _plain(master: CalendarItem, day: date, clock: _Clock, slot: TimeSlot | None = None) -> CalendarItem:
    """The occurrence as the pattern has it."""
    slot = slot or clock.slot(day)
    through, snooze = master.reminded_through, master.reminder_snooze
    return replace(
        master,
        id=occurrence_id(master.id, day),
        start=slot.start,
        end=slot.end,
        recurrence=None,
        exceptions=(),
        deleted=(),
        series_id=master.id,
        lasting_id=occurrence_id(master.lasting_id, day) if master.lasting_id else "",
        day=day,
        original_start=slot.start,
        sent_slot=_told(master, slot),
        sent_recurrence=None,
        reminder_is_set=master.reminder_is_set and (through is None or day > through),
        reminder_due=None,
        reminder_snooze=None if snooze is None or snooze.day != day else replace(snooze, day=None),
        reminded_through=None,
    )


def _told(master: CalendarItem, slot: TimeSlot) -> TimeSlot | None:
    """The times of an occurrence that everybody was last told of, given those it has."""
    if master.sent_slot is None:
        return None
    return TimeSlot(
        slot.start + (master.sent_slot.start - master.start),
        slot.end + (master.sent_slot.end - master.end),
    )


def _changed(plain: CalendarItem, exception: SeriesException | None) -> CalendarItem:
    if exception is None:
        return plain
    changes: dict[str, Any] = dict(exception.changes)
    return replace(plain, is_exception=True, **changes)
