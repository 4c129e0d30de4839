"""The reminders of a mailbox: finding those of a span of time, dismissing them and putting them off."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from msgspec.structs import replace

from reference_impl.domain import reminders
from reference_impl.domain.access import Reach
from reference_impl.domain.items import CalendarItem, TimeSlot
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.domain.queries import Query
from reference_impl.service.finding import item_in
from reference_impl.service.world import World
from reference_impl.store.listing import listing
from reference_impl.store.reminders import reminding_items, reminding_series
from reference_impl.store.unit import UnitOfWork

_SILENT: Final = frozenset({FolderRole.DELETED, FolderRole.JUNK, FolderRole.DRAFTS, FolderRole.OUTBOX})
"""The folders of which nothing reminds ([MS-OXORMDR] 3.1.4.1), nor of what is below them."""

_INSTANT: Final = timedelta(microseconds=1)


class ReminderScope(Enum):
    """Which reminders count beside when they come (DOC getreminders-operation)."""

    ALL = auto()
    CURRENT = auto()  # those before the span too, of what goes on now
    OLD = auto()  # only those of what is over


@dataclass(frozen=True, slots=True)
class Reminder:
    """A moment at which a mailbox reminds its owner of a single item or an occurrence."""

    time: datetime
    event: CalendarItem


@dataclass(frozen=True, slots=True)
class ReminderSpan:
    """Which reminders are asked for: those from ``begin`` to ``end``, both included, at most ``limit`` of them."""

    begin: datetime | None
    end: datetime | None
    scope: ReminderScope
    limit: int

    def has(self, reminder: Reminder, now: datetime) -> bool:
        """Whether a reminder is one of them."""
        if (self.begin is not None and reminder.time < self.begin) or (
            self.end is not None and reminder.time > self.end
        ):
            return False
        return self.scope is not ReminderScope.OLD or reminder.event.end <= now


def reminders_in(world: World, owner: Mailbox, span: ReminderSpan) -> tuple[Reminder, ...]:
    """The reminders of a mailbox by their times; of a series the next one, behind those that go on."""
    now = world.clock.now()
    with world.store.begin(write=False) as unit:
        folders = tuple(folder for folder in unit.directory.folders_of.get(owner.id, ()) if _reminds(unit, folder))
        found = _of_single_items(unit, folders, span, now)
        for folder in folders:
            for earliest, master in reminding_series(unit, folder, span.begin, span.end):
                if len(found) >= span.limit and found[span.limit - 1].time <= earliest:
                    break
                reminder = _of_series(master, span, now)
                if reminder is not None:
                    insort(found, reminder, key=_time)
        going_on = _going_on(unit, folders, span, now) if span.scope is ReminderScope.CURRENT else ()
        return tuple([*sorted(going_on, key=_time), *found][: span.limit])


def _time(reminder: Reminder) -> datetime:
    return reminder.time


def _reminds(unit: UnitOfWork, folder: Folder) -> bool:
    place: Folder | None = folder
    while place is not None and place.role not in _SILENT:
        place = unit.directory.folders.get(place.parent_id or "")
    return place is None


def _of_single_items(
    unit: UnitOfWork, folders: tuple[Folder, ...], span: ReminderSpan, now: datetime
) -> list[Reminder]:
    over = now if span.scope is ReminderScope.OLD else None
    found = [
        Reminder(time, event)
        for folder in folders
        for event in reminding_items(unit, folder, span.begin, span.end, over=over, limit=span.limit)
        if (time := reminders.reminder_time(event)) is not None
    ]
    return sorted(found, key=_time)[: span.limit]


def _of_series(master: CalendarItem, span: ReminderSpan, now: datetime) -> Reminder | None:
    candidates = [reminders.turn_of(master, now)]
    if span.begin is not None:
        candidates.append(reminders.reminding_from(master, span.begin, now))
    for event in candidates:
        time = None if event is None else reminders.reminder_time(event)
        if event is not None and time is not None and span.has(Reminder(time, event), now):
            return Reminder(time, event)
    return None


def _going_on(unit: UnitOfWork, folders: tuple[Folder, ...], span: ReminderSpan, now: datetime) -> Iterator[Reminder]:
    """The reminders before the span, of what has begun and is not over."""
    query = Query(window=TimeSlot(now, now + _INSTANT), calendar_items=True)
    for folder in folders:
        for event in listing(unit, folder.mailbox_id, folder.id, query).items:
            assert isinstance(event, CalendarItem)
            time = reminders.reminder_time(event)
            if time is not None and span.begin is not None and time < span.begin and _is_its_turn(unit, event, now):
                yield Reminder(time, event)


def _is_its_turn(unit: UnitOfWork, event: CalendarItem, now: datetime) -> bool:
    master = _master_of(unit, event)
    turn = event if master is None else reminders.turn_of(master, now)
    return turn is not None and turn.id == event.id


def dismiss(world: World, owner: Mailbox, item_id: str, by: Mailbox | None = None) -> CalendarItem | None:
    """Let an item remind its owner no more; None where it does not. The id of a series means what it reminds of now.

    Raises ItemNotFound, AccessDenied.
    """
    return _act(world, owner, item_id, by, lambda event, master, _: reminders.dismissed(event, master))


def snooze(
    world: World, owner: Mailbox, item_id: str, until: datetime, by: Mailbox | None = None
) -> CalendarItem | None:
    """Let it remind later; None where it does not, or only later than ``until``. Raises ItemNotFound, AccessDenied."""

    def put_off(event: CalendarItem, master: CalendarItem | None, time: datetime) -> CalendarItem | None:
        return reminders.snoozed(event, master, until) if until > time else None

    return _act(world, owner, item_id, by, put_off)


def _act(
    world: World,
    owner: Mailbox,
    item_id: str,
    by: Mailbox | None,
    act: Callable[[CalendarItem, CalendarItem | None, datetime], CalendarItem | None],
) -> CalendarItem | None:
    """The item with this id after ``act`` has changed what is stored of it; None where nothing has."""
    with world.store.begin() as unit:
        item = item_in(unit, owner, item_id, by, Reach.edits)
        if not isinstance(item, CalendarItem):
            return None
        master = item if item.recurrence is not None else _master_of(unit, item)
        event = reminders.turn_of(item, world.clock.now()) if master is item else item
        time = None if event is None else reminders.reminder_time(event)
        changed = None if event is None or time is None else act(event, master, time)
        if changed is None:
            return None
        unit.put(master or item, replace(changed, modified=world.clock.now()))
        kept = unit.item(owner.id, item_id)
        assert isinstance(kept, CalendarItem)
        return kept


def _master_of(unit: UnitOfWork, event: CalendarItem) -> CalendarItem | None:
    """The series that an occurrence belongs to."""
    master = None if event.series_id is None else unit.item(event.mailbox_id, event.series_id)
    return master if isinstance(master, CalendarItem) else None
