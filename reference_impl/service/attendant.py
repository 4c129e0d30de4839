"""The calendar attendant: what a mailbox does with a message at the moment it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from reference_impl.domain import meeting
from reference_impl.domain.changelog import Change
from reference_impl.domain.correspondence import cancelled_subject
from reference_impl.domain.items import (
    Attendee,
    CalendarItem,
    EventChanges,
    Message,
    MessageKind,
    RequestKind,
    Response,
    Role,
    SeriesException,
    TimeSlot,
)
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.domain.receipts import Receipt, receipt
from reference_impl.service.answering import place_copy
from reference_impl.service.automatic_replies import automatic_answers
from reference_impl.service.booking import answer_by_calendar
from reference_impl.service.copies import facts_in, new_copy, told
from reference_impl.service.delegated import Handing, copies_before, hand_on, handing_of
from reference_impl.service.finding import copy_among, requests_among
from reference_impl.service.lone_occurrences import cancel_with_series, follow_series, lone_among
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

Answers = tuple[tuple[Mailbox, Message], ...]

_DELIVERED: Final = Change.DELIVERED


def receive(unit: UnitOfWork, world: World, message: Message) -> Answers:
    """Put an arrived message into the Inbox and act on it; the result is what the mailbox sends in answer.

    Delegates may get copies, which are only read: it is the mailbox of the one they act for that acts on a message.
    """
    now = world.clock.now()
    owner = unit.mailbox(message.mailbox_id)
    handing = handing_of(unit, owner, message)
    arrived = replace(
        message,
        id=world.ids.entry_id(),
        folder_id=unit.folder(owner.id, handing.place).id,
        received=now,
        created=now,
        modified=now,
    )
    if message.is_delegated:
        return _delegated(unit, world, arrived)
    answers = _HANDLERS[message.kind](unit, world, owner, arrived, handing)
    hand_on(unit, owner, message, handing, arrived.id, now)
    return answers + automatic_answers(unit, world, owner, arrived)


def _delegated(unit: UnitOfWork, world: World, message: Message) -> Answers:
    if not message.is_out_of_date:
        _outdate(unit, world, copies_before(unit, message))
    unit.add(replace(message, has_been_processed=message.kind is not MessageKind.REQUEST), _DELIVERED)
    return ()


def _note(unit: UnitOfWork, world: World, owner: Mailbox, message: Message, _handing: Handing) -> Answers:
    unit.add(message, _DELIVERED)
    if not message.delivery_receipt_requested or message.sender.is_same(owner.person):
        return ()
    return ((owner, receipt(Receipt.DELIVERED, message, owner.person, world.clock.now())),)


def _request(unit: UnitOfWork, world: World, owner: Mailbox, message: Message, handing: Handing) -> Answers:
    facts = facts_in(message)
    if facts.organizer.is_same(owner.person):
        return _note(unit, world, owner, message, handing)  # the own meeting, passed on by an attendee
    related = unit.items_of(owner.id, facts.uid)
    copy = copy_among(unit, related, of_organizer=False, day=facts.day)
    if copy is not None and facts.sequence < copy.sequence:
        outdated = replace(facts, request_kind=RequestKind.OUTDATED)
        unit.add(replace(message, is_out_of_date=True, meeting=outdated), _DELIVERED)
        return ()
    if related:
        _outdate(unit, world, requests_among(related, facts.day))
    kind = RequestKind.PRINCIPAL_COPY if handing.only_informs else meeting.received_kind(facts.request_kind, copy)
    if kind is not facts.request_kind:
        message = replace(message, meeting=replace(facts, request_kind=kind))
    kept = unit.add(message, _DELIVERED)
    if copy is None:
        event = unit.add(new_copy(unit, world, owner, message))
    else:
        changed, place = meeting.next_copy(told(copy, message), _trigger(message, copy), world.clock.now())
        event = place_copy(unit, world, copy, changed, place)
    if facts.recurrence is not None:
        whole = replace(event, exceptions=facts.exceptions, deleted=facts.deleted)
        follow_series(unit, lone_among(unit, related), whole, _trigger(message, copy), world.clock.now())
    if not owner.auto_accept:
        return ()
    return tuple((owner, response) for response in answer_by_calendar(unit, world, owner, event, kept))


def _trigger(message: Message, copy: CalendarItem | None) -> meeting.CopyTrigger:
    facts = facts_in(message)
    if copy is not None and not message.sender.is_same(facts.organizer) and not copy.is_cancelled:
        return meeting.CopyTrigger.REVISED  # passed on by an attendee to somebody who was invited before
    return meeting.copy_trigger(facts.request_kind, facts.previous, copy)


def _response(unit: UnitOfWork, world: World, owner: Mailbox, message: Message, _handing: Handing) -> Answers:
    facts = facts_in(message)
    assert facts.response is not None, "a response without an answer"
    assert message.sent is not None, "a response that was never sent"
    event = copy_among(unit, unit.items_of(owner.id, facts.uid), of_organizer=True, day=facts.day)
    entry = _entry_of(unit, world, event, message) if event is not None else None
    counts = event is not None and entry is not None and meeting.answer_counts(event, entry, facts, message.sent)
    is_late = event is not None and not counts
    unit.add(replace(message, has_been_processed=True, is_out_of_date=is_late), _DELIVERED)
    if event is not None and entry is not None and counts and "answer-not-noted" not in world.faults:
        trigger = meeting.ANSWER_TRIGGERS[facts.response]
        noted = meeting.next_entry(
            entry,
            trigger,
            event.sequence,
            None if "answer-time-not-noted" in world.faults else message.sent,
            None if "proposal-not-noted" in world.faults else facts.proposal,
        )
        answered = replace(
            event,
            attendees=_with_entry(event.attendees, noted),
            exceptions=tuple(_with_answer(exception, entry, noted) for exception in event.exceptions),
            modified=world.clock.now(),
        )
        unit.put(event, answered)
    return ()


def _with_entry(attendees: Sequence[Attendee], noted: Attendee) -> tuple[Attendee, ...]:
    others = {attendee.person.key: attendee for attendee in attendees}
    return tuple((others | {noted.person.key: noted}).values())


def _with_answer(exception: SeriesException, before: Attendee, noted: Attendee) -> SeriesException:
    """An answer to a series counts for the occurrences to which the attendee gave no answer of its own.

    Declining counts for all of them: nothing of a declined series stays on a calendar.
    """
    attendees: Sequence[Attendee] = exception.changes.get("attendees", ())
    own = next((entry for entry in attendees if entry.person.is_same(noted.person)), None)
    if own is None:
        return exception
    counts = noted.response is Response.DECLINED or own.response in meeting.OPEN or _given(own) == _given(before)
    if not counts:
        return exception
    entry = replace(noted, role=own.role, asked=own.asked)
    answered = EventChanges(exception.changes | {"attendees": _with_entry(attendees, entry)})
    return replace(exception, changes=answered)


def _entry_of(unit: UnitOfWork, world: World, event: CalendarItem, message: Message) -> Attendee | None:
    """The sender's entry; a member of an invited list gets one of its own with the first answer.

    So does whoever was not invited at all, as an optional attendee, where the settings say so.
    """
    for entry in event.attendees:
        if entry.person.is_same(message.sender):
            return entry
    for entry in event.attendees:
        group = unit.directory.find(entry.person.address)
        if group is None or group.kind is not MailboxKind.LIST:
            continue
        if any(member.is_same(message.sender) for member in unit.directory.members(group)):
            return Attendee(message.sender, entry.role)
    is_welcome = world.settings.answers_invite and message.sender.key not in event.uninvited
    return Attendee(message.sender, Role.OPTIONAL) if is_welcome else None


def _cancellation(unit: UnitOfWork, world: World, owner: Mailbox, message: Message, _handing: Handing) -> Answers:
    facts = facts_in(message)
    related = unit.items_of(owner.id, facts.uid)
    _outdate(unit, world, requests_among(related, facts.day))
    unit.add(replace(message, has_been_processed=True), _DELIVERED)
    copy = copy_among(unit, related, of_organizer=False, day=facts.day)
    if copy is not None and not copy.is_cancelled and "cancellation-ignored" not in world.faults:
        changed, place = meeting.next_copy(copy, meeting.CopyTrigger.CANCELLED, world.clock.now())
        subject = cancelled_subject(copy.subject)
        place_copy(unit, world, copy, replace(changed, subject=subject, sequence=facts.sequence), place)
        if facts.day is None:
            cancel_with_series(unit, lone_among(unit, related), facts.sequence, world.clock.now())
    return ()


def _given(entry: Attendee) -> tuple[Response, TimeSlot | None]:
    return entry.response, entry.proposal


def _forward_notice(unit: UnitOfWork, world: World, owner: Mailbox, message: Message, _handing: Handing) -> Answers:
    """The organizer hears of it, and has the new people on the list as optional attendees (Graph: forward event)."""
    facts = facts_in(message)
    unit.add(replace(message, has_been_processed=True), _DELIVERED)
    event = copy_among(unit, unit.items_of(owner.id, facts.uid), of_organizer=True, day=facts.day)
    if event is None or event.is_cancelled or not world.settings.forwards_invite:
        return ()
    known = {entry.person.key for entry in event.attendees} | {event.organizer.key}
    new = tuple(replace(entry, asked=event.sequence) for entry in facts.attendees if entry.person.key not in known)
    if new:
        unit.put(event, replace(event, attendees=(*event.attendees, *new), modified=world.clock.now()))
    return ()


def _outdate(unit: UnitOfWork, world: World, requests: Iterable[Message]) -> None:
    """Older requests are superseded; those nobody answered say so in their kind as well (MS-OXWSMTGS R73, R750)."""
    for request in requests:
        if request.is_out_of_date or "older-requests-stay-current" in world.faults:
            continue
        facts = facts_in(request)
        if not request.has_been_processed:
            facts = replace(facts, request_kind=RequestKind.OUTDATED)
        unit.put(request, replace(request, is_out_of_date=True, meeting=facts, modified=world.clock.now()))


_HANDLERS: Mapping[MessageKind, Callable[[UnitOfWork, World, Mailbox, Message, Handing], Answers]] = {
    MessageKind.NOTE: _note,
    MessageKind.REQUEST: _request,
    MessageKind.RESPONSE: _response,
    MessageKind.CANCELLATION: _cancellation,
    MessageKind.FORWARD_NOTICE: _forward_notice,
    MessageKind.AUTOMATIC_REPLY: _note,
}
