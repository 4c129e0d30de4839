"""Making, changing and calling off calendar items."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import (
    CALENDAR,
    Audience,
    Cancelled,
    ConflictResolution,
    Delivery,
    EventDraft,
    EventEdit,
    FolderRef,
    Sending,
    Updated,
)
from reference_impl.domain.changes import audience_of, change
from reference_impl.domain.errors import (
    DeletedItemNotSendable,
    DuplicateTransaction,
    IsNotMeeting,
    IsNotOrganizer,
    ItemNotFound,
    MeetingIsCancelled,
    NotACalendarFolder,
    NotCancellable,
    OccurrenceHasNoRecurrence,
    StaleVersion,
)
from reference_impl.domain.items import Body, CalendarItem, Item, Message, Sensitivity, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.queries import Query
from reference_impl.domain.reminders import bound, rearmed
from reference_impl.domain.series import check_between, is_rescheduled, with_guests_followed
from reference_impl.service.checking import checked, checked_whole
from reference_impl.service.delivery import settle
from reference_impl.service.drafts import attachments_from, event_from
from reference_impl.service.finding import attendees_of, copy_among, fresh, is_stale, item_in, place_in, seen
from reference_impl.service.invitations import call_off, invite, tell_of_change, with_answers_kept
from reference_impl.service.online_meetings import joined
from reference_impl.service.rights import creator_in, reach_into, reach_to
from reference_impl.service.world import World
from reference_impl.store.codec import encode
from reference_impl.store.columns import changed_fields
from reference_impl.store.listing import listing
from reference_impl.store.unit import UnitOfWork

_FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)

_NOT_EDITABLE = (
    "id",
    "mailbox_id",
    "folder_id",
    "lasting_id",
    "version",
    "uid",
    "organizer",
    "is_organizer",
    "my_response",
    "reply_time",
    "sequence",
    "request_sent",
    "uninvited",
    "sent_slot",
    "sent_location",
    "sent_recurrence",
    "is_cancelled",
    "transaction_id",
    "join_url",
    "exceptions",
    "deleted",
    "reminded_through",
    "series_id",
    "day",
    "original_start",
    "is_exception",
    "is_associated",
    "creator",
    "created",
)

_STRICTNESS = (Sensitivity.NORMAL, Sensitivity.PERSONAL, Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL)


class Neighbours(NamedTuple):
    """The calendar items that overlap a meeting, and those that touch its start or end."""

    conflicting: tuple[CalendarItem, ...]
    adjacent: tuple[CalendarItem, ...]


def create_event(
    world: World,
    actor: Mailbox,
    draft: EventDraft,
    sending: Sending,
    folder: FolderRef = CALENDAR,
    by: Mailbox | None = None,
) -> CalendarItem:
    """Make a calendar item of the actor's own and invite its attendees as ``sending`` says.

    The same draft with the same transaction id gives the event it made before. Raises FolderNotFound,
    CreatingItemsDenied, SendingDenied, NotACalendarFolder, the errors of ``check_event`` and ``event_from``,
    BadAddress, DuplicateTransaction; IsNotOrganizer if invitations are to be sent for a meeting that another person
    has called.
    """
    with world.store.begin() as unit:
        place = place_in(unit, actor, folder, by)
        digest = "" if draft.transaction_id is None else hashlib.sha256(encode(draft).encode()).hexdigest()
        earlier = _earlier(unit, actor, draft, digest)
        if earlier is not None:
            return earlier
        if not place.is_calendar:
            raise NotACalendarFolder
        made = event_from(unit, world, actor, draft, place.id)
        if creator := creator_in(actor, by):
            made = replace(made, creator=creator)
        event = checked_whole(world, made)
        if not event.is_organizer and sending.audience is not Audience.NOBODY:
            raise IsNotOrganizer
        event = unit.add(invite(unit, world, by or actor, bound(joined(world.settings, event)), sending))
        if draft.transaction_id is not None:
            unit.keep_transaction(actor.id, draft.transaction_id, event.uid, digest)
        settle(unit, world)
        return fresh(unit, event)


def _earlier(unit: UnitOfWork, actor: Mailbox, draft: EventDraft, digest: str) -> CalendarItem | None:
    """The event this very draft made before, if its transaction id says so and it is still there."""
    if draft.transaction_id is None:
        return None
    known = unit.transaction(actor.id, draft.transaction_id)
    if known is None:
        return None
    uid, known_digest = known
    event = copy_among(unit, unit.items_of(actor.id, uid), of_organizer=True)
    if event is None:
        return None
    if known_digest != digest:
        raise DuplicateTransaction(transaction_id=draft.transaction_id, existing=event)
    return event


def find_transaction(world: World, actor: Mailbox, transaction_id: str) -> CalendarItem | None:
    """The event that was made with this transaction id, if it is still there."""
    with world.store.begin(write=False) as unit:
        known = unit.transaction(actor.id, transaction_id)
        return None if known is None else copy_among(unit, unit.items_of(actor.id, known[0]), of_organizer=True)


def update_event(
    world: World,
    actor: Mailbox,
    item_id: str,
    edit: EventEdit,
    sending: Sending,
    expected: int | None = None,
    resolution: ConflictResolution = ConflictResolution.ALWAYS_OVERWRITE,
    by: Mailbox | None = None,
) -> Updated:
    """Change a calendar item and tell attendees as ``sending`` says.

    ``expected`` is the version the caller read. Identity, counters and answers cannot be edited. An attendee's change
    of the own copy is local and tells nobody. Raises ItemNotFound, AccessDenied, SendingDenied, StaleVersion,
    DeletedItemNotSendable, OccurrenceCrossesNeighbour, BadAddress and the errors of ``edit`` and ``check_event``.
    """
    with world.store.begin() as unit:
        before = item_in(unit, actor, item_id, by, Reach.edits)
        if not isinstance(before, CalendarItem):
            raise ItemNotFound
        stale = is_stale(world, before.version, expected)
        if stale and resolution is ConflictResolution.NEVER_OVERWRITE:
            raise StaleVersion(expected=expected, actual=before.version)
        after = _guarded(unit, world, actor, before, edit(before))
        conflicts = 0
        if stale and expected is not None and resolution is ConflictResolution.AUTO_RESOLVE:
            after, conflicts = _resolved(unit, before, after, expected)
        after = bound(rearmed(before, joined(world.settings, checked(world, after))))
        _check_place(unit, before, after)
        if before.recurrence is not None and is_rescheduled(before, after):
            after = replace(after, exceptions=(), deleted=())
        elif before.recurrence is not None:
            after = with_guests_followed(before, after)
        difference = change(before, after)
        audience = audience_of(sending.audience, difference)
        if audience is not Audience.NOBODY and unit.is_in(before, FolderRole.DELETED):
            raise DeletedItemNotSendable
        if after.is_organizer:
            after = tell_of_change(unit, world, by or actor, after, difference, sending)
        event = unit.put(before, after)
        settle(unit, world)
        return Updated(fresh(unit, event), conflicts)


def _check_place(unit: UnitOfWork, before: CalendarItem, after: CalendarItem) -> None:
    """Raise OccurrenceCrossesNeighbour for an occurrence that was moved where its series has another."""
    if before.series_id is None or (before.start, before.end) == (after.start, after.end):
        return
    master = unit.item(before.mailbox_id, before.series_id)
    assert isinstance(master, CalendarItem)
    check_between(master, after)


def _guarded(
    unit: UnitOfWork, world: World, actor: Mailbox, before: CalendarItem, edited: CalendarItem
) -> CalendarItem:
    """The edited item with everything no caller may change put back. Raises OccurrenceHasNoRecurrence."""
    if before.series_id is not None and edited.recurrence is not None:
        raise OccurrenceHasNoRecurrence
    invited = attendees_of(unit, before.organizer, edited.attendees)
    is_elsewhere = edited.location != before.location and edited.place == before.place
    return replace(
        edited,
        **{name: getattr(before, name) for name in _NOT_EDITABLE},
        intended_show_as=edited.show_as if before.is_organizer else before.intended_show_as,
        attendees=with_answers_kept(before.attendees, invited),
        attachments=attachments_from(unit, world, actor, edited.attachments),
        place=None if is_elsewhere else edited.place,
        modified=world.clock.now(),
    )


def _resolved(unit: UnitOfWork, before: CalendarItem, after: CalendarItem, expected: int) -> tuple[CalendarItem, int]:
    """The change merged with what others wrote meanwhile: the later writer wins, except against a stricter sensitivity.

    The number counts the properties both wrote (MS-OXWSCORE R583 to R586).
    """
    theirs = unit.fields_changed_since(before, expected)
    conflicts = len(theirs & changed_fields(before, after))
    is_stricter = _STRICTNESS.index(before.sensitivity) > _STRICTNESS.index(after.sensitivity)
    if "sensitivity" in theirs and is_stricter:
        after = replace(after, sensitivity=before.sensitivity)
    return after, conflicts


def cancel_event(
    world: World, actor: Mailbox, item_id: str, body: Body | None, delivery: Delivery, by: Mailbox | None = None
) -> Cancelled:
    """Call off the organizer's meeting: attendees are told, the event goes to Deleted Items under a new id.

    Raises ItemNotFound, AccessDenied, SendingDenied, NotCancellable, IsNotOrganizer, IsNotMeeting, MeetingIsCancelled.
    """
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id, by, Reach.replaces)
        if not isinstance(item, CalendarItem):
            raise NotCancellable
        if not item.is_organizer:
            raise IsNotOrganizer
        if not item.is_meeting:
            raise IsNotMeeting
        if item.is_cancelled:
            raise MeetingIsCancelled
        off, saved = call_off(unit, world, by or actor, item, body, send=delivery.send, save_copy=delivery.save_copy)
        if not unit.is_in(off, FolderRole.DELETED):
            deleted = unit.folder(actor.id, FolderRole.DELETED)
            off = unit.relocate(off, deleted.id, world.ids.entry_id())
        settle(unit, world)
        return Cancelled(fresh(unit, off), saved)


def event_of_message(world: World, actor: Mailbox, message: Message, by: Mailbox | None = None) -> CalendarItem | None:
    """The calendar item that one of the actor's meeting messages is about, if there is one to be seen.

    It is in the mailbox that the message was sent to, which is another than the actor's if that is a delegate.
    """
    if message.meeting is None:
        return None
    with world.store.begin(write=False) as unit:
        owner = _meant_by(unit, actor, message)
        is_own = message.meeting.organizer.is_same(owner.person)
        related = unit.items_of(owner.id, message.meeting.uid)
        event = copy_among(unit, related, of_organizer=is_own, day=message.meeting.day)
        return event if event is not None and reach_to(unit, event, by or actor).reads(event) else None


def _meant_by(unit: UnitOfWork, actor: Mailbox, item: Item) -> Mailbox:
    """The mailbox that one of the actor's items was meant for: that of the person for whom a delegate has a copy."""
    if isinstance(item, CalendarItem) or item.received_for is None:
        return actor
    return unit.directory.find(item.received_for.address) or actor


def neighbours(world: World, actor: Mailbox, item: Item, by: Mailbox | None = None) -> Neighbours:
    """The calendar items around one of the actor's meetings or meeting messages, without its own and cancelled ones.

    Looked for in the item's own calendar, or the default calendar for messages and items elsewhere (MS-OXWSMTGS R321).
    """
    slot, uid = _slot_and_uid(item)
    if slot is None:
        return Neighbours((), ())
    around = TimeSlot(max(slot.start, _FIRST_MOMENT + _TICK) - _TICK, min(slot.end, _LAST_MOMENT - _TICK) + _TICK)
    with world.store.begin(write=False) as unit:
        own = unit.directory.folders[item.folder_id]
        owner = _meant_by(unit, actor, item)
        calendar = own if own.is_calendar else unit.folder(owner.id, FolderRole.CALENDAR)
        query = seen(Query(window=around), reach_into(unit, calendar, by or actor))
        found = listing(unit, owner.id, calendar.id, query).items
    others = sorted(
        (other for other in found if isinstance(other, CalendarItem) and other.uid != uid and not other.is_cancelled),
        key=lambda other: (other.start, other.end),
    )
    touching = tuple(other for other in others if other.end == slot.start or other.start == slot.end)
    return Neighbours(tuple(other for other in others if other not in touching), touching)


def _slot_and_uid(item: Item) -> tuple[TimeSlot | None, str]:
    if isinstance(item, CalendarItem):
        return item.slot, item.uid
    if item.meeting is None:
        return None, ""
    return TimeSlot(item.meeting.start, item.meeting.end), item.meeting.uid
