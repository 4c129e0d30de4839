"""What a calendar item must satisfy, whoever writes it."""

from __future__ import annotations

from datetime import datetime, time

from reference_impl.domain.era import check_slot
from reference_impl.domain.errors import (
    AllDayNotMidnight,
    DurationTooLong,
    EndNotAfterStart,
    TooManyAttendees,
)
from reference_impl.domain.items import CalendarItem
from reference_impl.domain.timezone import zone

LONGEST_YEARS = 5


def check_event(event: CalendarItem, *, end_may_equal_start: bool, attendees_limit: int) -> None:
    """Raise the DomainError that the event deserves, if any.

    NoSuchTimeZone, OutsideCalendar, EndNotAfterStart, DurationTooLong (MS-OXWSMTGS R1203, R1204), AllDayNotMidnight,
    TooManyAttendees.
    """
    start_zone = zone(event.start_zone)
    end_zone = zone(event.end_zone)
    check_slot(event.slot)
    if event.end < event.start or (event.end == event.start and not end_may_equal_start):
        raise EndNotAfterStart
    if event.end > _years_later(event.start, LONGEST_YEARS):
        raise DurationTooLong
    if event.is_all_day:
        start = event.start.astimezone(start_zone)
        end = event.end.astimezone(end_zone)
        if start.time() != time() or end.time() != time() or end.date() <= start.date():
            raise AllDayNotMidnight
    if len(event.attendees) > attendees_limit:
        raise TooManyAttendees(size=len(event.attendees), limit=attendees_limit)


def _years_later(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February, or beyond the calendar's last year
        return (
            datetime.max.replace(tzinfo=moment.tzinfo)
            if moment.year + years > 9999
            else moment.replace(year=moment.year + years, day=28)
        )
