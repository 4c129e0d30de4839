"""Occurrences that stand on a calendar without their series: what a message about the whole series does to them.

An attendee who has declined a series may still be asked about one of its occurrences; that one stands alone then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from reference_impl.domain import meeting, series
from reference_impl.domain.correspondence import SHARED, cancelled_subject
from reference_impl.domain.items import CalendarItem, Item, Response
from reference_impl.domain.mailbox import FolderRole
from reference_impl.service.finding import copy_among
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_BACK_IN_THE_SERIES = frozenset({meeting.CopyTrigger.INVITED, meeting.CopyTrigger.RESCHEDULED})


def lone_among(unit: UnitOfWork, items: Iterable[Item]) -> tuple[CalendarItem, ...]:
    """The attendee's occurrences that stand alone, those in Deleted Items apart."""
    return tuple(
        item
        for item in items
        if isinstance(item, CalendarItem)
        and not item.is_organizer
        and item.day is not None
        and not unit.is_in(item, FolderRole.DELETED)
    )


def series_without(unit: UnitOfWork, lone: CalendarItem) -> CalendarItem | None:
    """The series on the calendar that an occurrence was taken from."""
    if lone.day is None:
        return None
    related = unit.items_of(lone.mailbox_id, lone.uid)
    master = copy_among(unit, related, of_organizer=lone.is_organizer)
    if master is None or master.recurrence is None or unit.is_in(master, FolderRole.DELETED):
        return None
    return master if lone.day in master.deleted else None


def restored(unit: UnitOfWork, master: CalendarItem, before: CalendarItem, after: CalendarItem) -> CalendarItem:
    """A lone occurrence back in its series, as ``after`` has it."""
    assert after.day is not None
    unit.remove(replace(before, modified=after.modified))
    whole = replace(master, deleted=tuple(day for day in master.deleted if day != after.day))
    plain = series.occurrence(unit.put(master, whole), after.day)
    assert plain is not None
    changes: dict[str, Any] = {name: getattr(after, name) for name in series.OWN}
    return unit.put(plain, replace(plain, **changes))


def answer_lone(unit: UnitOfWork, world: World, master: CalendarItem, alone: Iterable[CalendarItem]) -> CalendarItem:
    """What the answer to the series does: declined they go with it, else they are part of it again.

    Cancelled ones stay as they are. The result is the series as it is then.
    """
    now = world.clock.now()
    trigger = meeting.OWN_TRIGGERS[master.my_response]
    for occurrence in (one for one in alone if not one.is_cancelled):
        changed, _ = meeting.next_copy(occurrence, trigger, now)
        if master.my_response is Response.DECLINED:
            deleted = unit.folder(occurrence.mailbox_id, FolderRole.DELETED)
            unit.relocate(changed, deleted.id, world.ids.entry_id())
        elif occurrence.day in master.deleted:
            is_answered = occurrence.my_response not in meeting.OPEN
            restored(unit, master, occurrence, occurrence if is_answered else changed)
            found = unit.item(master.mailbox_id, master.id)
            assert isinstance(found, CalendarItem)
            master = found
    return master


def follow_series(
    unit: UnitOfWork,
    alone: Iterable[CalendarItem],
    master: CalendarItem,
    trigger: meeting.CopyTrigger,
    now: datetime,
) -> None:
    """What a request for the series does: asked anew, they are part of it again; else they take over what changed.

    ``master`` is the series as the organizer tells of it.
    """
    for occurrence in alone:
        assert occurrence.day is not None
        present = series.occurrence(master, occurrence.day)
        if trigger in _BACK_IN_THE_SERIES or present is None:
            unit.remove(replace(occurrence, modified=now))
            continue
        changes: dict[str, Any] = {name: getattr(present, name) for name in SHARED}
        shows = meeting.held_as(occurrence.my_response, present.intended_show_as)
        unit.put(occurrence, replace(occurrence, **changes, show_as=shows, modified=now))


def cancel_with_series(unit: UnitOfWork, alone: Iterable[CalendarItem], sequence: int, now: datetime) -> None:
    """What the end of the series does: they are cancelled too."""
    for occurrence in alone:
        if not occurrence.is_cancelled:
            changed, _ = meeting.next_copy(occurrence, meeting.CopyTrigger.CANCELLED, now)
            unit.put(occurrence, replace(changed, subject=cancelled_subject(occurrence.subject), sequence=sequence))
