"""An attendee's copy of a meeting, made from a request or brought up to date by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from reference_impl.domain.correspondence import SHARED
from reference_impl.domain.items import CalendarItem, EventChanges, MeetingFacts, Message, Response, SeriesException
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.meeting import Showing, held_as, shown_as
from reference_impl.domain.reminders import rearmed
from reference_impl.domain.series import is_rescheduled
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_CALENDAR: Final = FolderRole.CALENDAR
_HELD: Final = Showing.HELD
_NOT_RESPONDED: Final = Response.NOT_RESPONDED


def new_copy(unit: UnitOfWork, world: World, owner: Mailbox, request: Message) -> CalendarItem:
    """The tentative calendar item that a request makes, not kept yet."""
    facts = facts_in(request)
    now = world.clock.now()
    blank = CalendarItem(
        id=world.ids.entry_id(),
        mailbox_id=owner.id,
        folder_id=unit.folder(owner.id, _CALENDAR).id,
        version=0,
        uid=facts.uid,
        start=facts.start,
        end=facts.end,
        show_as=shown_as(_HELD, facts.intended_show_as),
        organizer=facts.organizer,
        is_organizer=False,
        my_response=_NOT_RESPONDED,
        request_sent=True,
        created=now,
        modified=now,
    )
    copy = _as_decided(blank, request, facts)
    if facts.day is not None:
        copy = replace(copy, day=facts.day, original_start=facts.original_start)
    return copy if facts.recurrence is None else _with_occurrences(copy, facts, {}, facts.deleted)


def _as_decided(copy: CalendarItem, request: Message, facts: MeetingFacts) -> CalendarItem:
    """The copy with what the organizer decides, as far as it does not concern single occurrences."""
    # In steps: a call with more than 15 keywords would first make a dictionary of them.
    held = replace(
        copy,
        start=facts.start,
        end=facts.end,
        start_zone=facts.start_zone,
        end_zone=facts.end_zone,
        is_all_day=facts.is_all_day,
        recurrence=facts.recurrence,
        location=facts.location,
        place=facts.place,
        venues=facts.venues,
        is_online_meeting=facts.is_online_meeting,
        online_meeting_provider=facts.online_meeting_provider,
        join_url=facts.join_url,
        conference_type=facts.conference_type,
        meeting_workspace_url=facts.meeting_workspace_url,
    )
    return replace(
        held,
        net_show_url=facts.net_show_url,
        subject=request.subject,
        body=request.body,
        importance=request.importance,
        sensitivity=request.sensitivity,
        attachments=request.attachments,
        attendees=facts.attendees,
        intended_show_as=facts.intended_show_as,
        response_requested=facts.response_requested,
        allow_new_time_proposals=facts.allow_new_time_proposals,
        do_not_forward=facts.do_not_forward,
        sequence=facts.sequence,
    )


def told(copy: CalendarItem, request: Message) -> CalendarItem:
    """The copy with everything the organizer decides taken from the request; the owner's private fields stay.

    A series with another pattern or other hours begins anew. Otherwise the owner's own deletions stay, and what the
    owner noted on single occurrences.
    """
    facts = facts_in(request)
    changed = rearmed(copy, _as_decided(copy, request, facts))
    if facts.recurrence is None:
        return replace(changed, exceptions=(), deleted=()) if changed.exceptions or changed.deleted else changed
    if is_rescheduled(copy, changed) or copy.is_cancelled:
        return _with_occurrences(changed, facts, {}, facts.deleted)
    kept = {exception.day: _own(exception) for exception in copy.exceptions}
    return _with_occurrences(changed, facts, kept, tuple(sorted({*copy.deleted, *facts.deleted})))


def _with_occurrences(
    copy: CalendarItem, facts: MeetingFacts, kept: Mapping[date, Mapping[str, Any]], deleted: tuple[date, ...]
) -> CalendarItem:
    """The copy of a series with what the organizer said of its occurrences, and what its owner noted on them."""
    told_of = {exception.day: _received(exception, copy) for exception in facts.exceptions}
    exceptions = tuple(
        SeriesException(day, changes)
        for day in sorted(kept.keys() | told_of.keys())
        if day not in deleted and (changes := EventChanges({**told_of.get(day, {}), **kept.get(day, {})}))
    )
    return replace(copy, exceptions=exceptions, deleted=deleted)


def _own(exception: SeriesException) -> Mapping[str, Any]:
    """What the owner of the copy decided for one occurrence."""
    return {name: value for name, value in exception.changes.items() if name not in SHARED}


def _received(exception: SeriesException, copy: CalendarItem) -> Mapping[str, Any]:
    """What the organizer decided for one occurrence, and how it shows in this copy until it is answered."""
    changes = dict(exception.changes)
    if "intended_show_as" in changes:
        changes["show_as"] = held_as(copy.my_response, changes["intended_show_as"])
    return changes


def facts_in(message: Message) -> MeetingFacts:
    """What a meeting message says of its meeting."""
    assert message.meeting is not None, "a meeting message without facts"
    return message.meeting
