"""When people and rooms have time: their calendars and working hours, held against times for a meeting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from reference_impl.domain.freebusy import RANK, BusyEvent, painted
from reference_impl.domain.items import ShowAs
from reference_impl.domain.mailbox import WorkingHours

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours and the clock they are told by."""

    working: WorkingHours
    zone: tzinfo

    def cover(self, start: datetime, end: datetime) -> bool:
        """Whether a time lies within the working hours of the day on which it begins."""
        first, last = (moment.astimezone(self.zone).replace(tzinfo=None) for moment in (start, end))
        if first.weekday() not in self.working.days:
            return False
        midnight = datetime.combine(first, time())
        opening, closing = (
            midnight + minute * _MINUTE for minute in (self.working.start_minute, self.working.end_minute)
        )
        return opening <= first and last <= closing


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of one person or room: events, or None where nothing may be told, and hours, if any."""

    events: tuple[BusyEvent, ...] | None
    hours: Hours | None = None

    def ranks(self, starts: Sequence[datetime], length: timedelta) -> bytes:
        """For each of some starts in order the strongest status during so long a meeting, as a rank of STRENGTH."""
        if self.events is None:
            return bytes((RANK[ShowAs.NO_DATA],)) * len(starts)
        spans = [
            (bisect_right(starts, event.start - length), bisect_left(starts, event.end), RANK[event.show_as])
            for event in self.events
            if event.start < event.end and event.show_as is not ShowAs.FREE
        ]
        return painted(len(starts), (span for span in spans if span[0] < span[1]))
