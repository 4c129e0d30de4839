"""Free/busy as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from operator import itemgetter
from typing import Final, NamedTuple

from reference_impl.domain.era import check_slot
from reference_impl.domain.errors import DomainError, IntervalInvalid, WindowInvalid, WindowTooLong
from reference_impl.domain.items import CalendarItem, Response, Sensitivity, ShowAs, TimeSlot
from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.permissions import FreeBusyAccess


class BusyEvent(NamedTuple):
    """One event as the asking person may see it; ``item`` is None where only the time may be seen."""

    start: datetime
    end: datetime
    show_as: ShowAs
    item: CalendarItem | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one asked address answered.

    ``slots`` has one rank of STRENGTH per interval, ceil(window / interval) of them, the strongest status touching it.
    For a distribution list ``mailbox`` is the list, ``is_list`` is true, and only ``slots`` is filled (the merge of
    all). ``error`` is the reason where nothing can be told; then the rest is empty.
    """

    address: str
    mailbox: Mailbox | None = None
    access: FreeBusyAccess = FreeBusyAccess.NONE
    slots: bytes = b""
    events: tuple[BusyEvent, ...] = ()
    is_list: bool = False
    error: DomainError | None = None


STRENGTH: Final[tuple[ShowAs, ...]] = (
    ShowAs.FREE,
    ShowAs.WORKING_ELSEWHERE,
    ShowAs.NO_DATA,
    ShowAs.TENTATIVE,
    ShowAs.BUSY,
    ShowAs.OOF,
)
"""Statuses from weakest to strongest: who works elsewhere has time, and not knowing outweighs nothing but time."""

RANK: Final[Mapping[ShowAs, int]] = {status: rank for rank, status in enumerate(STRENGTH)}

DETAILED: Final = frozenset({FreeBusyAccess.TIME_SUBJECT_LOCATION, FreeBusyAccess.FULL})
"""The levels at which more is seen of an event than its time."""

SHORTEST_INTERVAL, LONGEST_INTERVAL = 5, 1440  # minutes
_DAY: Final = timedelta(days=1)


def check_window(window: TimeSlot, days_limit: int, zone: tzinfo = UTC) -> None:
    """Raise OutsideCalendar, WindowInvalid or WindowTooLong if the window cannot be asked about.

    Its days are counted by the clock of ``zone``, so a change of the clock makes no window longer or shorter.
    """
    check_slot(window)
    if window.end <= window.start:
        raise WindowInvalid
    start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (window.start, window.end))
    if end - start > days_limit * _DAY:
        raise WindowTooLong(days=-(-(end - start) // _DAY), limit=days_limit)


def check_interval(window: TimeSlot, minutes: int, *, is_merged: bool = True) -> None:
    """Raise IntervalInvalid unless the interval is 5 to 1440 minutes, and not longer than a window to be merged."""
    is_allowed = SHORTEST_INTERVAL <= minutes <= LONGEST_INTERVAL
    if not is_allowed or (is_merged and timedelta(minutes=minutes) > window.end - window.start):
        raise IntervalInvalid(minutes=minutes)


def counted_as(item: CalendarItem) -> ShowAs:
    """How an item counts: cancelled and declined meetings count as free."""
    return ShowAs.FREE if item.is_cancelled or item.my_response is Response.DECLINED else item.show_as


def busy_events(
    items: Iterable[CalendarItem], access: FreeBusyAccess, *, sees_private: bool = False
) -> tuple[BusyEvent, ...]:
    """The items as their reader may see them, by start; who does not see private items sees only their time."""
    shows_details = access in DETAILED
    events = []
    for item in items:
        is_private = item.sensitivity is Sensitivity.PRIVATE
        visible = item if shows_details and (sees_private or not is_private) else None
        events.append(BusyEvent(item.start, item.end, counted_as(item), visible, is_private))
    events.sort(key=itemgetter(0, 1))
    return tuple(events)


def painted(size: int, spans: Iterable[tuple[int, int, int]]) -> bytes:
    """For each of ``size`` places the highest rank among the spans over it, 0 where there is none.

    A span is (first place, place after the last, rank), both within ``size``.
    """
    places = bytearray(size)
    for first, last, rank in sorted(spans, key=itemgetter(2)):
        places[first:last] = bytes((rank,)) * (last - first)
    return bytes(places)


def slots_of(events: Iterable[BusyEvent], window: TimeSlot, minutes: int) -> bytes:
    """One rank of STRENGTH per interval, the strongest status that touches it, rounded up at the end of the window.

    Only time inside the window counts, and an event without length takes none.
    """
    start, end = window.start, window.end
    interval = timedelta(minutes=minutes)
    spans = []
    for event in events:
        first, last = max(event.start, start), min(event.end, end)
        if first < last and event.show_as is not ShowAs.FREE:
            spans.append(((first - start) // interval, -((start - last) // interval), RANK[event.show_as]))
    return painted(-((start - end) // interval), spans)


def spelt(slots: bytes, digits: Mapping[ShowAs, str]) -> str:
    """Slots as a string with the digit of each status."""
    ranks = bytes(range(len(STRENGTH)))
    return slots.translate(bytes.maketrans(ranks, "".join(digits[status] for status in STRENGTH).encode())).decode()
