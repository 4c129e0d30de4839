"""An attendee's copy of a meeting, made from a request or brought up to date by one."""

from __future__ import annotations

from dataclasses import replace

from reference_impl.domain.items import CalendarItem, MeetingFacts, Message, Response
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.meeting import Showing, shown_as
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


def new_copy(unit: UnitOfWork, world: World, owner: Mailbox, request: Message) -> CalendarItem:
    """The tentative calendar item that a request makes, not kept yet."""
    facts = facts_in(request)
    now = world.clock.now()
    blank = CalendarItem(
        id=world.ids.token(16).hex(),
        mailbox_id=owner.id,
        folder_id=unit.folder(owner.id, FolderRole.CALENDAR).id,
        version=0,
        uid=facts.uid,
        start=facts.start,
        end=facts.end,
        show_as=shown_as(Showing.HELD, facts.intended_show_as),
        organizer=facts.organizer,
        is_organizer=False,
        my_response=Response.NOT_RESPONDED,
        request_sent=True,
        created=now,
        modified=now,
    )
    return told(blank, request)


def told(copy: CalendarItem, request: Message) -> CalendarItem:
    """The copy with everything the organizer decides taken from the request; the owner's private fields stay."""
    facts = facts_in(request)
    return replace(
        copy,
        start=facts.start,
        end=facts.end,
        start_zone=facts.start_zone,
        end_zone=facts.end_zone,
        is_all_day=facts.is_all_day,
        location=facts.location,
        subject=request.subject,
        body=request.body,
        attendees=facts.attendees,
        intended_show_as=facts.intended_show_as,
        response_requested=facts.response_requested,
        allow_new_time_proposals=facts.allow_new_time_proposals,
        sequence=facts.sequence,
        importance=request.importance,
        sensitivity=request.sensitivity,
    )


def facts_in(message: Message) -> MeetingFacts:
    """What a meeting message says of its meeting."""
    assert message.meeting is not None, "a meeting message without facts"
    return message.meeting
