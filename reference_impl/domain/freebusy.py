"""Free/busy as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from operator import itemgetter
from typing import Final, NamedTuple

from reference_impl.domain.era import check_slot
from reference_impl.domain.errors import DomainError, IntervalInvalid, WindowInvalid, WindowTooLong
from reference_impl.domain.items import CalendarItem, EventKind, Response, Sensitivity, ShowAs, TimeSlot
from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.permissions import FreeBusyAccess


class Glance(NamedTuple):
    """What free/busy may tell of a calendar item besides its time."""

    id: str
    mailbox_id: str
    uid: str
    day: date | None
    subject: str
    location: str
    sensitivity: Sensitivity
    kind: EventKind
    is_meeting: bool
    reminder_is_set: bool


class BusyEvent(NamedTuple):
    """One event as the asking person may see it; ``show_as`` is how it counts.

    ``item`` is None where only the time may be seen.
    """

    start: datetime
    end: datetime
    show_as: ShowAs
    item: Glance | None = None
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


def busy_event(item: CalendarItem) -> BusyEvent:
    """An item as its owner may see it; cancelled and declined meetings count as free."""
    is_free = item.is_cancelled or item.my_response is Response.DECLINED
    glance = Glance(
        item.id,
        item.mailbox_id,
        item.uid,
        item.day,
        item.subject,
        item.location,
        item.sensitivity,
        item.kind,
        item.is_meeting,
        item.reminder_is_set,
    )
    show_as = ShowAs.FREE if is_free else item.show_as
    return BusyEvent(item.start, item.end, show_as, glance, item.sensitivity is Sensitivity.PRIVATE)


class BusyTimes:
    """The events of one calendar over a window, by start and end; what follows from them is worked out once."""

    def __init__(self, window: TimeSlot, events: tuple[BusyEvent, ...], slots: dict[int, bytes] | None = None) -> None:
        self.window = window
        self.events = events
        self._slots = {} if slots is None else slots

    def told(self, access: FreeBusyAccess, sees_private: Callable[[], bool]) -> BusyTimes:
        """What a reader may see; who does not see private events sees only their time.

        Whether private events are seen is asked only if there are any.
        """
        if access not in DETAILED:
            return self._veiled
        return self if not self._has_private or sees_private() else self._discreet

    def slots(self, minutes: int) -> bytes:
        """What ``slots_of`` makes of the events."""
        slots = self._slots.get(minutes)
        if slots is None:
            slots = self._slots[minutes] = slots_of(self.events, self.window, minutes)
        return slots

    @cached_property
    def _has_private(self) -> bool:
        return any(event.is_private for event in self.events)

    @cached_property
    def _veiled(self) -> BusyTimes:
        return BusyTimes(self.window, tuple(map(_veiled, self.events)), self._slots)

    @cached_property
    def _discreet(self) -> BusyTimes:
        events = tuple(_veiled(event) if event.is_private else event for event in self.events)
        return BusyTimes(self.window, events, self._slots)


def _veiled(event: BusyEvent) -> BusyEvent:
    start, end, show_as, _, is_private = event
    return BusyEvent(start, end, show_as, None, is_private)


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
    for begins, ends, show_as, _, _ in events:
        first, last = max(start, begins), min(end, ends)
        if first < last and show_as is not ShowAs.FREE:
            spans.append(((first - start) // interval, -((start - last) // interval), RANK[show_as]))
    return painted(-((start - end) // interval), spans)


def spelling(digits: Mapping[ShowAs, str]) -> bytes:
    """What ``spelt`` makes of each rank, by the digit of each status."""
    ranks = bytes(range(len(STRENGTH)))
    return bytes.maketrans(ranks, "".join(digits[status] for status in STRENGTH).encode())


def spelt(slots: bytes, digits: bytes) -> str:
    """Slots as a string with the digit of each status."""
    return slots.translate(digits).decode()
