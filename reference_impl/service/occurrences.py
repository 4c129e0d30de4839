"""Occurrences by their numbers, masters by their occurrences, and the occurrences of a range of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from reference_impl.domain import series
from reference_impl.domain.era import FIRST_MOMENT, LAST_MOMENT
from reference_impl.domain.errors import NotAMaster, NotAnOccurrence
from reference_impl.domain.items import CalendarItem, TimeSlot
from reference_impl.domain.mailbox import Mailbox
from reference_impl.service.finding import item_in, shown_in
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class OccurrenceRange:
    """Some occurrences of a series: those that start from ``start`` until before ``end``, at most ``count``."""

    start: datetime | None = None
    end: datetime | None = None
    count: int | None = None
    by_original_start: bool = False  # an exception counts where the pattern had it


def occurrence_at(world: World, actor: Mailbox, master_id: str, number: int, by: Mailbox | None = None) -> CalendarItem:
    """The occurrence of a series with a number, 1 for the first; deleted ones count.

    Raises ItemNotFound, NotAMaster, NoSuchOccurrence, OccurrenceIsDeleted.
    """
    with world.store.begin(write=False) as unit:
        return series.occurrence_at(_master(unit, actor, master_id, by), number)


def master_of(world: World, actor: Mailbox, item_id: str, by: Mailbox | None = None) -> CalendarItem:
    """The series that an occurrence belongs to. Raises ItemNotFound, NotAnOccurrence."""
    with world.store.begin(write=False) as unit:
        item = item_in(unit, actor, item_id, by)
        if not isinstance(item, CalendarItem) or item.series_id is None:
            raise NotAnOccurrence
        return _master(unit, actor, item.series_id, by)


def occurrences_in(
    world: World,
    actor: Mailbox,
    master_id: str,
    ranges: Sequence[OccurrenceRange],
    limit: int,
    by: Mailbox | None = None,
) -> tuple[CalendarItem, ...]:
    """The occurrences of a series that fall into any of the ranges, each once, by start; at most ``limit`` per range.

    Raises ItemNotFound, NotAMaster.
    """
    with world.store.begin(write=False) as unit:
        master = _master(unit, actor, master_id, by)
    found: dict[str, CalendarItem] = {}
    for wanted in ranges:
        for occurrence in _within(master, wanted, limit):
            found.setdefault(occurrence.id, occurrence)
    return tuple(sorted(found.values(), key=lambda occurrence: (occurrence.start, occurrence.id)))


def occurrences_over(
    world: World, actor: Mailbox, master_id: str, window: TimeSlot, by: Mailbox | None = None
) -> tuple[CalendarItem, ...]:
    """The occurrences of a series that overlap a window, by start. Raises ItemNotFound, NotAMaster."""
    with world.store.begin(write=False) as unit:
        master = _master(unit, actor, master_id, by)
    return tuple(sorted(series.occurrences(master, window), key=lambda found: (found.start, found.id)))


def exceptions_in(world: World, actor: Mailbox, master_id: str, by: Mailbox | None = None) -> tuple[CalendarItem, ...]:
    """The changed occurrences of a series, by the days of the pattern. Raises ItemNotFound, NotAMaster."""
    with world.store.begin(write=False) as unit:
        return series.exceptions_of(_master(unit, actor, master_id, by))


def _within(master: CalendarItem, wanted: OccurrenceRange, limit: int) -> Iterator[CalendarItem]:
    start = max(wanted.start or FIRST_MOMENT, FIRST_MOMENT)
    end = min(wanted.end or LAST_MOMENT, LAST_MOMENT)
    found = series.starting_between(master, start, end, by_original_start=wanted.by_original_start)
    return islice(found, limit if wanted.count is None else min(max(wanted.count, 0), limit))


def _master(unit: UnitOfWork, actor: Mailbox, item_id: str, by: Mailbox | None) -> CalendarItem:
    item = shown_in(unit, actor, item_id, by)
    if not isinstance(item, CalendarItem) or item.recurrence is None:
        raise NotAMaster
    return item
