"""Free/busy as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

from reference_impl.domain.era import check_slot
from reference_impl.domain.errors import DomainError, IntervalInvalid, WindowInvalid, WindowTooLong
from reference_impl.domain.items import CalendarItem, Response, Sensitivity, ShowAs, TimeSlot
from reference_impl.domain.mailbox import FreeBusyAccess, Mailbox


@dataclass(frozen=True, slots=True)
class BusyEvent:
    """One event as the asking person may see it; ``item`` is None where only the time may be seen."""

    start: datetime
    end: datetime
    show_as: ShowAs
    item: CalendarItem | None
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one asked address answered.

    ``slots`` has one entry per interval, ceil(window / interval), the strongest status touching it. For a
    distribution list ``mailbox`` is the list, ``is_list`` is true, and only ``slots`` is filled (the merge of all).
    ``error`` is the reason where nothing can be told; then the rest is empty.
    """

    address: str
    mailbox: Mailbox | None = None
    access: FreeBusyAccess = FreeBusyAccess.NONE
    slots: tuple[ShowAs, ...] = ()
    events: tuple[BusyEvent, ...] = ()
    is_list: bool = False
    error: DomainError | None = None


STRENGTH: tuple[ShowAs, ...] = (
    ShowAs.FREE,
    ShowAs.NO_DATA,
    ShowAs.WORKING_ELSEWHERE,
    ShowAs.TENTATIVE,
    ShowAs.BUSY,
    ShowAs.OOF,
)
"""Statuses from weakest to strongest; not knowing outweighs only free."""

_RANK = {status: rank for rank, status in enumerate(STRENGTH)}

SHORTEST_INTERVAL, LONGEST_INTERVAL = 5, 1440  # minutes


def stronger(left: ShowAs, right: ShowAs) -> ShowAs:
    """The status that prevails where both apply."""
    return left if _RANK[left] >= _RANK[right] else right


def check_window(window: TimeSlot, days_limit: int) -> None:
    """Raise OutsideCalendar, WindowInvalid or WindowTooLong if the window cannot be asked about."""
    check_slot(window)
    if window.end <= window.start:
        raise WindowInvalid
    length = window.end - window.start
    if length > timedelta(days=days_limit):
        raise WindowTooLong(days=-(-length // timedelta(days=1)), limit=days_limit)


def check_interval(window: TimeSlot, minutes: int) -> None:
    """Raise IntervalInvalid unless the interval is 5 to 1440 minutes and not longer than the window."""
    is_allowed = SHORTEST_INTERVAL <= minutes <= LONGEST_INTERVAL
    if not is_allowed or timedelta(minutes=minutes) > window.end - window.start:
        raise IntervalInvalid(minutes=minutes)


def access_of(mailbox: Mailbox, reader: Mailbox) -> FreeBusyAccess:
    """How much of a mailbox's calendar the reader sees: all of the own, else by exception or by default."""
    if mailbox.id == reader.id:
        return FreeBusyAccess.FULL
    return dict(mailbox.access).get(reader.person.key, mailbox.default_access)


def counted_as(item: CalendarItem) -> ShowAs:
    """How an item counts: cancelled and declined meetings count as free."""
    return ShowAs.FREE if item.is_cancelled or item.my_response is Response.DECLINED else item.show_as


def busy_events(
    items: Iterable[CalendarItem], access: FreeBusyAccess, *, sees_private: bool = False
) -> tuple[BusyEvent, ...]:
    """The items as their reader may see them, by start; who does not see private items sees only their time."""
    shows_details = access in {FreeBusyAccess.TIME_SUBJECT_LOCATION, FreeBusyAccess.FULL}
    events = []
    for item in items:
        is_private = item.sensitivity is Sensitivity.PRIVATE
        visible = item if shows_details and (sees_private or not is_private) else None
        events.append(BusyEvent(item.start, item.end, counted_as(item), visible, is_private))
    return tuple(sorted(events, key=lambda event: (event.start, event.end)))


def slots_of(events: Iterable[BusyEvent], window: TimeSlot, minutes: int) -> tuple[ShowAs, ...]:
    """One status per interval, the strongest that touches it, rounded up at the end of the window.

    Only time inside the window counts, and an event without length takes none.
    """
    interval = timedelta(minutes=minutes)
    slots = [ShowAs.FREE] * -(-(window.end - window.start) // interval)
    for event in events:
        start, end = max(event.start, window.start), min(event.end, window.end)
        if start >= end:
            continue
        first = (start - window.start) // interval
        last = -(-(end - window.start) // interval)
        for index in range(first, last):
            slots[index] = stronger(slots[index], event.show_as)
    return tuple(slots)


def merged(streams: Iterable[Sequence[ShowAs]]) -> tuple[ShowAs, ...]:
    """Streams of equal length as one, the strongest status of each interval."""
    return tuple(reduce(stronger, column) for column in zip(*streams, strict=True))
