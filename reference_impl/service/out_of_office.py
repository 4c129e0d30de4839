"""Announcing an absence, and making room for it on the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from reference_impl.domain.acts import EventDraft, Reply
from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import CalendarItem, Item, Response, ShowAs, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.oof import OofSettings, OofState, announced, check_oof, check_plan
from reference_impl.domain.queries import Query
from reference_impl.service.answering import answer
from reference_impl.service.automatic_replies import OOF, oof_settings_of
from reference_impl.service.delivery import send, settle
from reference_impl.service.drafts import event_from
from reference_impl.service.finding import item_in
from reference_impl.service.invitations import call_off
from reference_impl.service.world import World
from reference_impl.store.codec import encode
from reference_impl.store.listing import listing
from reference_impl.store.unit import UnitOfWork

_SUBJECT = "Out of office"


def oof_settings(world: World, owner: Mailbox) -> OofSettings:
    """What a mailbox says of its owner's absence."""
    with world.store.begin(write=False) as unit:
        return oof_settings_of(unit, owner)


def set_oof_settings(world: World, owner: Mailbox, asked: OofSettings, unwanted: Sequence[str] = ()) -> OofSettings:
    """Announce an absence, or its end; the settings as they are kept.

    ``unwanted`` are the ids of events in it that are to be declined. Raises OofDurationInvalid, OofReplyMissing,
    OofPlanInvalid, ItemNotFound.
    """
    with world.store.begin() as unit:
        settings = announce_absence(unit, world, owner, asked, unwanted)
        settle(unit, world)
        return settings


def announce_absence(
    unit: UnitOfWork, world: World, owner: Mailbox, asked: OofSettings, unwanted: Sequence[str] = ()
) -> OofSettings:
    """The same as a part of an act, which is to be settled."""
    now = world.clock.now()
    before = oof_settings_of(unit, owner)
    check_oof(asked, now)
    settings = replace(announced(before, asked, now), event_id=before.event_id)
    if world.settings.absence_acts_on_calendar:
        check_plan(settings, names_events=bool(unwanted))
        settings = _made_room(unit, world, owner, settings, unwanted)
    unit.keep_setting(owner.id, OOF, encode(settings))
    return settings


def _made_room(
    unit: UnitOfWork, world: World, owner: Mailbox, settings: OofSettings, unwanted: Sequence[str]
) -> OofSettings:
    """The settings after their event is on the calendar and the others in its way are declined."""
    if settings.state is not OofState.SCHEDULED or settings.slot is None:
        return settings
    if settings.declines_events:
        named = (item_in(unit, owner, item_id) for item_id in unwanted)
        found = _events_in(unit, owner, settings.slot) if settings.declines_all_events else named
        _decline(unit, world, owner, settings, [item for item in found if item.id != settings.event_id])
    if not settings.creates_event:
        return settings
    return replace(settings, event_id=_event(unit, world, owner, settings, settings.slot).id)


def _events_in(unit: UnitOfWork, owner: Mailbox, slot: TimeSlot) -> Iterable[Item]:
    calendar = unit.folder(owner.id, FolderRole.CALENDAR)
    return listing(unit, owner.id, calendar.id, Query(window=slot)).items


def _decline(unit: UnitOfWork, world: World, owner: Mailbox, settings: OofSettings, events: Iterable[Item]) -> None:
    """Meetings of others are declined, own ones cancelled, and all of them go to Deleted Items."""
    body = None if settings.declining is None else settings.declining.body
    deleted = unit.folder(owner.id, FolderRole.DELETED)
    for event in events:
        if not isinstance(event, CalendarItem):
            raise ItemNotFound
        if event.is_organizer or event.is_cancelled:
            off, _ = call_off(unit, world, owner, event, body, send=True, save_copy=True)
            unit.relocate(off, deleted.id, world.ids.entry_id())
            continue
        related = unit.items_of(owner.id, event.uid)
        answered = answer(unit, world, owner, event, related, Reply(response=Response.DECLINED, body=body))
        if event.response_requested:
            send(unit, world, owner, answered.response, save_copy=True)


def _event(unit: UnitOfWork, world: World, owner: Mailbox, settings: OofSettings, slot: TimeSlot) -> CalendarItem:
    """The event of the absence: the one made before, with the new times, or a new one."""
    subject = settings.event_subject or _SUBJECT
    known = None if settings.event_id is None else unit.item(owner.id, settings.event_id)
    if isinstance(known, CalendarItem):
        moved = replace(known, start=slot.start, end=slot.end, subject=subject, modified=world.clock.now())
        return unit.put(known, moved)
    draft = EventDraft(
        start=slot.start,
        end=slot.end,
        subject=subject,
        start_zone=owner.time_zone,
        end_zone=owner.time_zone,
        show_as=ShowAs.OOF,
        reminder_is_set=False,
    )
    return unit.add(event_from(unit, world, owner, draft, unit.folder(owner.id, FolderRole.CALENDAR).id))
