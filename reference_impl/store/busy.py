"""What is busy in a window of a calendar: read without the rest of the items, and remembered as long as it holds."""

from __future__ import annotations

import threading
from operator import itemgetter
from typing import Any, Final, NamedTuple, get_type_hints

import msgspec

from reference_impl.domain.freebusy import BusyEvent, BusyTimes, busy_event
from reference_impl.domain.items import CalendarItem, TimeSlot
from reference_impl.domain.queries import Edge
from reference_impl.store.columns import EVENT
from reference_impl.store.schema import NEVER
from reference_impl.store.selection import Shape, in_no_order, reach, sorted_rows
from reference_impl.store.unit import UnitOfWork
from reference_impl.store.windows import occurring

_NEEDED: Final = (
    *("id", "mailbox_id", "uid", "day", "start", "end", "show_as", "subject", "location", "sensitivity"),
    *("is_cancelled", "my_response", "reminder_is_set", "is_organizer", "attendees"),
    *("recurrence", "series_id", "is_exception"),
)
"""The attributes of a calendar item that ``busy_event`` looks at."""


class _Somebody(msgspec.Struct, frozen=True):
    """An attendee: that there is one is all that matters."""


def _part_of_item() -> Any:
    """A class with some of the fields of CalendarItem, and what follows from them."""
    declared = {field.name: field for field in msgspec.structs.fields(CalendarItem)}
    types = get_type_hints(CalendarItem) | {"attendees": tuple[_Somebody, ...]}
    fields = [
        (name, types[name])
        if declared[name].default is msgspec.NODEFAULT
        else (name, types[name], declared[name].default)
        for name in _NEEDED
    ]
    derived = {"kind": CalendarItem.kind, "is_meeting": CalendarItem.is_meeting}
    return msgspec.defstruct("PartOfItem", fields, namespace=derived, frozen=True, kw_only=True, gc=False)


_DECODER: Final = msgspec.json.Decoder(_part_of_item())


def busy_event_in(payload: str) -> BusyEvent:
    """What ``busy_event`` makes of the single item whose payload this is."""
    return busy_event(_DECODER.decode(payload))


class _Kept(NamedTuple):
    """What was busy in a window when the last change of the mailbox had this number."""

    version: int
    times: BusyTimes


class BusyWindows:
    """What is busy in windows of calendars, read again only when the mailbox has changed.

    ``most`` is how many events are remembered, each window counting as one more. Windows that nobody has asked about
    for the longest time go first.
    """

    def __init__(self, most: int = 65536) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, TimeSlot], _Kept] = {}
        self._size = 0

    def __len__(self) -> int:
        """How much is remembered, in the terms of ``most``."""
        return self._size

    def read(self, unit: UnitOfWork, mailbox_id: str, folder_id: str, window: TimeSlot) -> BusyTimes:
        """What overlaps a window of a calendar, of series the occurrences, by start and end."""
        if mailbox_id in unit.touched:  # what is not committed may never have been
            return _read(unit, folder_id, window)
        key, version = (folder_id, window), unit.version(mailbox_id)
        with self._lock:
            kept = self._take(key)
            if kept is not None and kept.version == version:
                self._put(key, kept)
                return kept.times
        kept = _Kept(version, _read(unit, folder_id, window))
        with self._lock:
            self._take(key)
            self._put(key, kept)
            while self._size > self._most:
                self._take(next(iter(self._kept)))
        return kept.times

    def _take(self, key: tuple[str, TimeSlot]) -> _Kept | None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= len(kept.times.events) + 1
        return kept

    def _put(self, key: tuple[str, TimeSlot], kept: _Kept) -> None:
        self._kept[key] = kept
        self._size += len(kept.times.events) + 1


def _read(unit: UnitOfWork, folder_id: str, window: TimeSlot) -> BusyTimes:
    shape = Shape(in_window=EVENT)
    values = {"folder": unit.folder_number(folder_id), "limit": NEVER} | reach(window, Edge.OPEN)
    found = unit.run_shaped(("in no order", shape), lambda: in_no_order(shape), values).fetchall()
    events = [busy_event_in(payload) for _, payload in sorted_rows(found, shape)]
    events += (busy_event(occurrence) for occurrence in occurring(unit, folder_id, window))
    events.sort(key=itemgetter(0, 1))
    return BusyTimes(window, tuple(events))
