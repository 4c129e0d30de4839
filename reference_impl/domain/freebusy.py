"""Free/busy as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reference_impl.domain.errors import DomainError
from reference_impl.domain.items import CalendarItem, ShowAs
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
