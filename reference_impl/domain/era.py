"""The years that calendars have, for whoever writes a moment into one or asks about one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from reference_impl.domain.errors import OutsideCalendar
from reference_impl.domain.items import TimeSlot

FIRST_YEAR: Final = 1601
"""Stored times count from 1601 (MS-DTYP FILETIME)."""
LAST_YEAR: Final = 4500
"""Stored times end with 4500; the year 4501 stands for no time at all (MS-OXOCAL)."""

_FILETIME_START: Final = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

FIRST_MOMENT: Final = datetime(FIRST_YEAR, 1, 2, tzinfo=UTC)
LAST_MOMENT: Final = datetime(LAST_YEAR, 12, 30, tzinfo=UTC)
"""The ends of all windows that no calendar has anything outside of, in any zone."""


def filetime(moment: datetime) -> int:
    """The moment as FILETIME counts it: tenths of microseconds since 1601."""
    return (moment - _FILETIME_START) // _MICROSECOND * 10


def absolute(moment: datetime) -> datetime:
    """An aware moment in UTC. Raises OutsideCalendar unless its year of UTC is one that calendars have."""
    try:
        known = moment.astimezone(UTC)
    except OverflowError:
        known = None
    if known is None or not FIRST_YEAR <= known.year <= LAST_YEAR:
        raise OutsideCalendar(first=FIRST_YEAR, last=LAST_YEAR, moment=moment.isoformat())
    return known


def check_slot(slot: TimeSlot) -> None:
    """Raise OutsideCalendar unless calendars have both ends."""
    absolute(slot.start)
    absolute(slot.end)
