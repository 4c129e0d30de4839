"""What changed in a window of a calendar since a client last asked: a round of its items, told by their occurrences.

It sits on the rounds of ``synchronisation``. A series counts as its occurrences in the window; of one of which only
single occurrences changed, only those are told. What may have left the window is told as gone, whether the client knew
of it or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from reference_impl.domain import series
from reference_impl.domain.items import CalendarItem, TimeSlot
from reference_impl.domain.mailbox import Folder, Mailbox
from reference_impl.domain.recurrence import Recurrence, days_between, number_of
from reference_impl.service.synchronisation import ItemChange, ItemSyncState, SyncChange, sync_items
from reference_impl.service.world import World

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that is not in the window any more, by its id and the one that it began with."""

    item_id: str
    lasting: str


Row = CalendarItem | Gone


@dataclass(frozen=True, slots=True)
class ViewState:
    """How far a client has come: the state of the items, and how many rows of the item after it are told already."""

    items: ItemSyncState
    told: int = 0
    item_id: str = ""  # whose rows these are


@dataclass(frozen=True, slots=True)
class ViewChanges:
    """The rows of one answer, the state after them, and whether there are no more."""

    rows: tuple[Row, ...]
    state: ViewState
    is_last: bool


def view_changes(
    world: World,
    owner: Mailbox,
    folder: Folder,
    window: TimeSlot | None,
    state: ViewState | None,
    limit: int,
    by: Mailbox | None = None,
) -> ViewChanges:
    """At most ``limit`` rows after ``state``; without a window those of whole items, series among them as such.

    Raises AccessDenied, SyncStateInvalid.
    """
    rows: list[Row] = []
    items, told, of = (None, 0, "") if state is None else (state.items, state.told, state.item_id)
    while True:
        found = sync_items(world, owner, folder, items, limit - len(rows), by=by)
        before = items or _beginning(found.state)
        for place, change in enumerate(found.changes):
            skipped = told if change.item_id == of else 0
            told, of = 0, ""
            whole = list(_rows(change, window))
            new = whole[skipped : skipped + limit - len(rows)]
            rows += new
            if skipped + len(new) < len(whole):
                reached = sync_items(world, owner, folder, before, place, by=by).state if place else before
                return ViewChanges(tuple(rows), ViewState(reached, skipped + len(new), change.item_id), is_last=False)
        items = found.state
        if found.is_last or len(rows) == limit:
            return ViewChanges(tuple(rows), ViewState(items), is_last=found.is_last)


def _beginning(state: ItemSyncState) -> ItemSyncState:
    """The state with which the round began of which this one is."""
    return replace(state, position=state.until + 1, is_listing=True)


def _rows(change: ItemChange, window: TimeSlot | None) -> Iterator[Row]:
    item = change.item
    is_known = change.change is not SyncChange.CREATE
    if item is None:
        yield Gone(change.item_id, change.lasting)
        if window is not None:
            yield from _gone_days(change, window, None)
    elif not isinstance(item, CalendarItem):
        return
    elif window is None:
        yield item
    elif item.recurrence is not None:
        if is_known and change.formers == () and "recurrence" in change.fields:
            yield Gone(change.item_id, change.lasting)  # it was a single item
        yield from _rows_of_series(change, item, window)
    else:
        if item.end > window.start and item.start < window.end:
            yield item
        elif is_known:
            yield Gone(item.id, item.lasting)
        yield from _gone_days(change, window, None)


def _rows_of_series(change: ItemChange, master: CalendarItem, window: TimeSlot) -> Iterator[Row]:
    days = _days_of(change)
    if days is not None:
        for day in sorted(days):
            yield _row_of_day(master, day, window)
        return
    inside = {found.day: found for found in series.occurrences(master, window)}
    for day in sorted(day for day in inside if day is not None):
        yield inside[day]
    if change.change is SyncChange.CREATE:
        return
    for day in _days_around(series.recurrence_of(master), window):
        if day not in inside:
            yield _gone_on(change, day)
    yield from _gone_days(change, window, master.recurrence)


def _days_of(change: ItemChange) -> frozenset[date] | None:
    """The days of a series on which something changed; None where it did for all of them."""
    parts = [name.rpartition("/") for name in change.fields]
    if change.change is SyncChange.CREATE or any(not day for day, _, _ in parts):
        return None
    return frozenset(date.fromisoformat(day) for day, _, _ in parts)


def _row_of_day(master: CalendarItem, day: date, window: TimeSlot) -> Row:
    found = series.occurrence(master, day)
    if found is not None and found.end > window.start and found.start < window.end:
        return found
    return Gone(series.occurrence_id(master.id, day), series.occurrence_id(master.lasting, day))


def _gone_days(change: ItemChange, window: TimeSlot, now: Recurrence | None) -> Iterator[Gone]:
    """The occurrences that the client may know of from what the recurrence was before, without those it still has."""
    gone = {day for former in change.formers for day in _days_around(former, window)}
    for day in sorted(gone):
        if now is None or number_of(now, day) is None:
            yield _gone_on(change, day)


def _gone_on(change: ItemChange, day: date) -> Gone:
    return Gone(series.occurrence_id(change.item_id, day), series.occurrence_id(change.lasting, day))


def _days_around(recurrence: Recurrence, window: TimeSlot) -> Iterator[date]:
    """The days of a recurrence whose occurrences may reach into a window, in whatever zone and however long."""
    return days_between(recurrence, _day_before(window.start), _day_after(window.end))


def _day_before(moment: datetime) -> date:
    return moment.date() - 2 * _DAY


def _day_after(moment: datetime) -> date:
    return moment.date() + 2 * _DAY
