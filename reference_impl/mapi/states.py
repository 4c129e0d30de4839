"""AppointmentState: the bits meeting 1, received 2, cancelled 4 (MS-OXWSMTGS R514, R738 to R741)."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.items import CalendarItem, MeetingFacts

_MEETING: Final = 1
_RECEIVED: Final = 2
_CANCELLED: Final = 4


def appointment_state(event: CalendarItem) -> int:
    """The state of a calendar item."""
    received = 0 if event.is_organizer else _RECEIVED
    return (_MEETING if event.is_meeting else 0) | received | (_CANCELLED if event.is_cancelled else 0)


def told_state(facts: MeetingFacts) -> int:
    """The state of a meeting as a message tells of it, which is what its reader's copy has."""
    return _MEETING | _RECEIVED | (_CANCELLED if facts.is_cancelled else 0)
