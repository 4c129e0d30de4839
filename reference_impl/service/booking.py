"""Rooms and equipment that answer requests by their calendar, within the transaction that delivers the request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reference_impl.domain import series
from reference_impl.domain.acts import Reply
from reference_impl.domain.booking import Verdict, booked, decide, horizon
from reference_impl.domain.items import Body, CalendarItem, Item, Message, Response, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.queries import Query
from reference_impl.service.answering import answer
from reference_impl.service.world import World
from reference_impl.store.listing import listing
from reference_impl.store.unit import UnitOfWork


def answer_by_calendar(
    unit: UnitOfWork, world: World, owner: Mailbox, event: CalendarItem, request: Message
) -> tuple[Message, ...]:
    """Book the resource as its policy says; the responses to send: one, and one more per occurrence it stays away from.

    A request that needs no answer gets none.
    """
    if event.my_response is not Response.NOT_RESPONDED:
        return ()
    now = world.clock.now()
    slots = _slots(owner, event, now)
    last_end = event.end if event.recurrence is None else series.span(event)[1]
    verdict = decide(owner.booking, event, slots, last_end, _around(unit, owner, event, slots), now)
    response = Response.ACCEPTED if verdict.accepts else Response.DECLINED
    related: tuple[Item, ...] = (event, request)
    answered = answer(unit, world, owner, request, related, Reply(response=response, body=_text(verdict)))
    responses = [answered.response]
    if verdict.accepts and answered.event is not None:
        kept = unit.put(answered.event, booked(owner.booking, answered.event))
        responses += _stay_away(unit, world, owner, kept, verdict.taken)
    return tuple(responses) if event.response_requested else ()


def _text(verdict: Verdict) -> Body:
    if verdict.accepts:
        return Body("Your request was accepted.")
    return Body(f"Your request was declined. {verdict.reason}")


def _slots(owner: Mailbox, event: CalendarItem, now: datetime) -> Sequence[TimeSlot]:
    """The times asked for: of a series those of its occurrences that end from now on, up to the booking window."""
    if event.recurrence is None:
        return (event.slot,)
    found = series.occurrences(event, TimeSlot(now, horizon(owner.booking, now)))
    return tuple(occurrence.slot for occurrence in found)


def _around(
    unit: UnitOfWork, owner: Mailbox, event: CalendarItem, slots: Sequence[TimeSlot]
) -> tuple[CalendarItem, ...]:
    """What else stands on the calendar over the times asked for."""
    if not slots:
        return ()
    window = TimeSlot(min(slot.start for slot in slots), max(slot.end for slot in slots))
    calendar = unit.folder(owner.id, FolderRole.CALENDAR)
    found = listing(unit, owner.id, calendar.id, Query(window=window)).items
    return tuple(other for other in found if isinstance(other, CalendarItem) and other.uid != event.uid)


def _stay_away(
    unit: UnitOfWork, world: World, owner: Mailbox, master: CalendarItem, taken: Sequence[TimeSlot]
) -> list[Message]:
    """Decline the occurrences of an accepted series that find the resource taken."""
    responses = []
    for slot in taken:
        (occurrence,) = (one for one in series.occurrences(master, slot) if one.slot == slot)
        reply = Reply(response=Response.DECLINED, body=_text(Verdict(accepts=False)))
        responses.append(answer(unit, world, owner, occurrence, (), reply).response)
        found = unit.item(owner.id, master.id)
        assert isinstance(found, CalendarItem)
        master = found
    return responses
