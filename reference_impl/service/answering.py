"""Answering an invitation within a mailbox: the copy moves, the request is done with, and a response is composed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from reference_impl.domain import meeting
from reference_impl.domain.acts import Reply
from reference_impl.domain.correspondence import response
from reference_impl.domain.items import CalendarItem, Item, Message, Response
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.service.copies import facts_in, new_copy
from reference_impl.service.finding import copy_among, requests_among
from reference_impl.service.lone_occurrences import answer_lone, lone_among, restored, series_without
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


class Answered(NamedTuple):
    """The copy and the request where they are now (None if gone for good), and the response, not yet sent or kept."""

    event: CalendarItem | None
    request: Message | None
    response: Message


def answer(
    unit: UnitOfWork, world: World, owner: Mailbox, item: Item, related: Sequence[Item], reply: Reply
) -> Answered:
    """Apply the owner's reply, given through ``item``: the received request or the calendar copy.

    ``related`` is everything of that meeting in the mailbox. A declined copy goes to Deleted Items, an accepted one
    comes back from there. The request answered directly goes to Deleted Items too, or, if it was there already, away
    for good; one whose meeting is answered on the calendar stays where it is.
    """
    now = world.clock.now()
    by_request = isinstance(item, Message)
    copy = copy_answered(unit, item, related)
    if copy is None:
        assert isinstance(item, Message)
        copy = new_copy(unit, world, owner, item)
        is_kept = False
    else:
        is_kept = True
    composed = response(copy, owner.person, reply.response, reply.body, reply.proposal, now)
    changed, place = meeting.next_copy(copy, meeting.OWN_TRIGGERS[reply.response], now)
    if changed.recurrence is not None:
        changed = meeting.answered_series(changed)
    event: CalendarItem | None
    if is_kept:
        event = place_copy(unit, world, copy, changed, place)
    else:
        event = None if reply.response is Response.DECLINED else unit.add(changed)
    if event is not None and event.recurrence is not None:
        event = answer_lone(unit, world, event, lone_among(unit, related))
    request = item if isinstance(item, Message) else _pending(related, item)
    if request is not None:
        request = _finish(
            unit, world, request, stays=reply.keep_request or not by_request or "request-stays-in-inbox" in world.faults
        )
    return Answered(event, request, composed)


def copy_answered(unit: UnitOfWork, item: Item, related: Sequence[Item]) -> CalendarItem | None:
    """The owner's copy of what an item is about: the calendar item itself, or that of a request."""
    if isinstance(item, CalendarItem):
        return item
    day = item.meeting.day if item.meeting is not None else None
    return copy_among(unit, related, of_organizer=False, day=day)


def place_copy(
    unit: UnitOfWork, world: World, before: CalendarItem, after: CalendarItem, place: meeting.Place
) -> CalendarItem:
    """Keep the changed copy, in the folder the state table names; a change of folder gives it a new id."""
    in_deleted = unit.is_in(before, FolderRole.DELETED)
    if place is meeting.Place.DELETED and not in_deleted and "declined-copy-stays" not in world.faults:
        role = FolderRole.DELETED
    elif place is meeting.Place.CALENDAR and in_deleted:
        master = series_without(unit, after)
        if master is not None:
            return restored(unit, master, before, after)
        role = FolderRole.CALENDAR
    else:
        return unit.put(before, after)
    return unit.relocate(after, unit.folder(after.mailbox_id, role).id, world.ids.entry_id())


def _pending(related: Sequence[Item], event: CalendarItem) -> Message | None:
    current = [request for request in requests_among(related, event.day) if not request.is_out_of_date]
    return next(reversed([request for request in current if facts_in(request).day == event.day]), None)


def _finish(unit: UnitOfWork, world: World, request: Message, *, stays: bool) -> Message | None:
    done = replace(request, has_been_processed=True, is_read=True, modified=world.clock.now())
    if stays:
        return unit.put(request, done)
    if unit.is_in(request, FolderRole.DELETED):
        unit.remove(replace(request, modified=done.modified))
        return None
    deleted = unit.folder(request.mailbox_id, FolderRole.DELETED)
    return unit.relocate(done, deleted.id, world.ids.entry_id())
