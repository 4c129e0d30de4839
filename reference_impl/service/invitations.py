"""Telling attendees: first requests, updates and cancellations that follow from an organizer's act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from reference_impl.domain.acts import Audience, Sending
from reference_impl.domain.changes import Change, audience_of, update_kind
from reference_impl.domain.correspondence import cancellation, cancelled_subject, request
from reference_impl.domain.items import Attendee, Body, CalendarItem, Message, RequestKind, Response, ShowAs
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.meeting import EntryTrigger, next_entry
from reference_impl.service.delivery import keep, send
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_NOBODY: Final = Audience.NOBODY
_NEW: Final = RequestKind.NEW


def invite(unit: UnitOfWork, world: World, actor: Mailbox, event: CalendarItem, sending: Sending) -> CalendarItem:
    """Send the first request of a meeting to everybody; the event as it is then, not kept yet."""
    if sending.audience is _NOBODY or not event.attendees:
        return event
    told = _told(event)
    _post(unit, world, actor, told, request(told, told.attendees, _NEW), sending)
    return told


def tell_of_change(
    unit: UnitOfWork, world: World, actor: Mailbox, after: CalendarItem, difference: Change, sending: Sending
) -> CalendarItem:
    """Send what a change calls for; the event with its entries and counters moved on, not kept yet.

    Everybody means: updates to who stayed, requests to who came, cancellations to who went, the sequence one up, and
    entries reset if the time is another than everybody was last told (MS-OXOCAL 3.1.5.4, 3.1.4.7.3.1).
    """
    audience = audience_of(sending.audience, difference)
    after = _with_uninvited(after, difference)
    if audience is _NOBODY:
        return after
    if not after.request_sent and audience is Audience.EVERYBODY:
        return invite(unit, world, actor, after, replace(sending, audience=audience))
    if audience is Audience.EVERYBODY:
        after = _update_who_stayed(unit, world, actor, after, difference, sending)
    is_told = bool(difference.added) or after.request_sent
    if is_told and not after.request_sent:
        after = _told(after)
    if difference.added:
        after = _with_newcomers_asked(after, difference)
        _post(unit, world, actor, after, request(after, difference.added, _NEW), sending)
    if difference.removed and is_told and "removed-not-told" not in world.faults:
        _post(unit, world, actor, after, cancellation(after, difference.removed), sending)
    return after


def _with_uninvited(event: CalendarItem, difference: Change) -> CalendarItem:
    """People taken off the list are remembered: their late answers do not put them on it again."""
    if not difference.added and not difference.removed:
        return event
    gone = {entry.person.key for entry in difference.removed}
    came = {entry.person.key for entry in difference.added}
    return replace(event, uninvited=(event.uninvited | gone) - came)


def _told(event: CalendarItem) -> CalendarItem:
    """The event once everybody has been told of it as it is."""
    return replace(
        event,
        request_sent=True,
        sent_slot=event.slot,
        sent_location=event.location,
        sent_recurrence=event.recurrence,
    )


def _with_newcomers_asked(event: CalendarItem, difference: Change) -> CalendarItem:
    newcomers = {entry.person.key for entry in difference.added}
    return replace(
        event,
        attendees=tuple(
            replace(entry, asked=event.sequence) if entry.person.key in newcomers else entry
            for entry in event.attendees
        ),
    )


def _update_who_stayed(
    unit: UnitOfWork, world: World, actor: Mailbox, after: CalendarItem, difference: Change, sending: Sending
) -> CalendarItem:
    is_rescheduled = after.sent_slot != after.slot or after.sent_recurrence != after.recurrence
    is_relocated = after.sent_location != after.location
    asks_again = is_rescheduled and "answers-survive-new-time" not in world.faults
    trigger = EntryTrigger.RESCHEDULED if asks_again else EntryTrigger.REVISED
    newcomers = {entry.person.key for entry in difference.added}
    sequence = after.sequence + ("sequence-stands-still" not in world.faults)
    told = replace(
        _told(after),
        sequence=sequence,
        attendees=tuple(
            entry if entry.person.key in newcomers else next_entry(entry, trigger, sequence)
            for entry in after.attendees
        ),
    )
    stayed = [entry for entry in told.attendees if entry.person.key not in newcomers]
    if stayed:
        update = request(
            told,
            stayed,
            update_kind(
                difference,
                is_rescheduled=is_rescheduled,
                is_silent_on_people=world.settings.silent_updates_of_people,
            ),
            previous=after.sent_slot if is_rescheduled else None,
            previous_location=after.sent_location if is_relocated else None,
        )
        _post(unit, world, actor, told, update, sending)
    return told


def call_off(
    unit: UnitOfWork,
    world: World,
    actor: Mailbox,
    event: CalendarItem,
    body: Body | None,
    *,
    send: bool,
    save_copy: bool,
) -> tuple[CalendarItem, Message | None]:
    """The organizer's meeting cancelled and everybody told, if anybody ever was; other events stay as they are.

    The event is kept under its id with its new state. The second value is the cancellation in Sent Items, or in Drafts
    if it is to be saved without being sent.
    """
    if not event.is_organizer or not event.is_meeting or event.is_cancelled:
        return event, None
    off = replace(
        event,
        subject=cancelled_subject(event.subject),
        is_cancelled=True,
        show_as=ShowAs.FREE,
        sequence=event.sequence + 1,
        modified=world.clock.now(),
    )
    saved: Message | None = None
    if event.request_sent:
        news = cancellation(off, off.attendees, body)
        if send:
            saved = _post(unit, world, actor, off, news, Sending(save_copy=save_copy))
        elif save_copy:
            saved = keep(unit, world, actor, news, FolderRole.DRAFTS)
    return unit.put(event, off), saved


def _post(
    unit: UnitOfWork, world: World, actor: Mailbox, event: CalendarItem, message: Message, sending: Sending
) -> Message | None:
    return send(unit, world, actor, message, save_copy=sending.save_copy, hides_attendees=event.hide_attendees)


def with_answers_kept(before: Sequence[Attendee], invited: Sequence[Attendee]) -> tuple[Attendee, ...]:
    """The invited people, each with the answer already noted; roles may have changed."""
    known = {entry.person.key: entry for entry in before}
    return tuple(
        replace(known[entry.person.key], role=entry.role)
        if entry.person.key in known
        else Attendee(entry.person, entry.role, Response.NONE)
        for entry in invited
    )
