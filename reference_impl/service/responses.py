"""Answering invitations, clearing away cancelled meetings, and what each item offers its reader."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import CALENDAR, MessageDraft, Removed, Replied, Reply
from reference_impl.domain.era import check_slot
from reference_impl.domain.errors import (
    AccessDenied,
    EndNotAfterStart,
    IsOrganizer,
    MeetingIsCancelled,
    MeetingIsDelegated,
    NotRemovable,
    NotRespondable,
    ProposalNotSent,
    ProposalsNotAllowed,
    RequestIsOutOfDate,
    ResponseNotRequested,
    SendingDenied,
)
from reference_impl.domain.items import CalendarItem, Item, MeetingFacts, Message, MessageKind, RequestKind, Response
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.service.answering import answer, copy_answered
from reference_impl.service.copies import facts_in
from reference_impl.service.delivery import keep, send, settle
from reference_impl.service.drafts import message_from
from reference_impl.service.finding import copy_among, item_in, place_in, place_of_copy
from reference_impl.service.rights import is_other, reach_to
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_MAIL = frozenset({"reply", "reply_all", "forward"})
_ANSWERS = frozenset({"accept", "tentative", "decline"})
_OWN = frozenset({"forward"})
_SUPPRESSION = frozenset({"suppress"})


def respond(world: World, actor: Mailbox, item_id: str, reply: Reply, by: Mailbox | None = None) -> Replied:
    """Answer a received meeting request, or the meeting on the calendar.

    A response that is not sent, but saved, is kept in Drafts and the organizer learns nothing. Raises ItemNotFound,
    AccessDenied, CreatingItemsDenied, SendingDenied, NotRespondable, MeetingIsDelegated, IsOrganizer,
    MeetingIsCancelled, RequestIsOutOfDate, ResponseNotRequested, ProposalsNotAllowed, ProposalNotSent, OutsideCalendar,
    EndNotAfterStart.
    """
    with world.store.begin() as unit:
        needs = Reach.replaces if reply.response is Response.DECLINED else Reach.edits
        item = item_in(unit, actor, item_id, by, needs)
        uid = _uid_of(item)
        related = unit.items_of(actor.id, uid) if uid else ()
        copy = copy_answered(unit, item, related)
        _check_answerable(item, copy)
        _check_reply(world, item, copy, reply)
        if copy is None:
            place_in(unit, actor, CALENDAR, by)
        elif not needs(reach_to(unit, copy, by), copy):
            raise AccessDenied
        answered = answer(unit, world, actor, item, related, reply)
        response = _with_more(unit, world, actor, answered.response, reply.more)
        saved: Message | None = None
        if reply.delivery.send:
            saved = send(unit, world, by or actor, response, save_copy=reply.delivery.save_copy)
        elif reply.delivery.save_copy:
            place = FolderRole.DRAFTS if reply.save_in is None else place_of_copy(unit, actor, reply.save_in, by)
            saved = keep(unit, world, by or actor, response, place)
        settle(unit, world)
        return Replied(answered.event, answered.request, saved)


def _with_more(unit: UnitOfWork, world: World, actor: Mailbox, response: Message, more: MessageDraft | None) -> Message:
    """The response with what else it is to carry; it goes to the organizer all the same, and comes from the actor."""
    if more is None:
        return response
    made = message_from(unit, world, actor, more)
    if not made.sender.is_same(actor.person):
        raise SendingDenied(actor=actor.address, person=made.sender.address)
    if replace(more, author=None) == MessageDraft():
        return response
    others = tuple(person for person in made.to if person.key not in {known.key for known in response.to})
    return replace(
        response,
        to=(*response.to, *others),
        cc=made.cc,
        bcc=made.bcc,
        sensitivity=made.sensitivity,
        attachments=made.attachments,
        read_receipt_requested=made.read_receipt_requested,
        delivery_receipt_requested=made.delivery_receipt_requested,
    )


def _uid_of(item: Item) -> str:
    if isinstance(item, CalendarItem):
        return item.uid
    return item.meeting.uid if item.meeting is not None else ""


def _check_answerable(item: Item, copy: CalendarItem | None) -> None:
    if isinstance(item, Message):
        if item.kind is not MessageKind.REQUEST or item.is_draft:
            raise NotRespondable
        if item.received_for is not None:
            raise MeetingIsDelegated(person=item.received_for.address)
        if item.from_me:
            raise IsOrganizer
    elif item.is_organizer:
        raise IsOrganizer
    if copy is not None and copy.is_cancelled:
        raise MeetingIsCancelled
    if isinstance(item, Message) and item.is_out_of_date:
        raise RequestIsOutOfDate


def _check_reply(world: World, item: Item, copy: CalendarItem | None, reply: Reply) -> None:
    terms = copy if copy is not None else facts_in(item) if isinstance(item, Message) else item
    if reply.delivery.send and not terms.response_requested:
        raise ResponseNotRequested
    if reply.proposal is None:
        return
    if not _allows_proposals(terms) and "proposals-always-allowed" not in world.faults:
        raise ProposalsNotAllowed
    if not reply.delivery.send:
        raise ProposalNotSent
    check_slot(reply.proposal)
    if reply.proposal.end < reply.proposal.start:
        raise EndNotAfterStart


def remove_cancelled(world: World, actor: Mailbox, item_id: str, by: Mailbox | None = None) -> Removed:
    """Take a received cancellation and its cancelled meeting to Deleted Items, each under a new id.

    A meeting that was revived since then stays. Delegates clear nothing away (DOC removeitem). Raises ItemNotFound,
    NotRemovable, MeetingIsDelegated, IsOrganizer.
    """
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id, by)
        if not isinstance(item, Message) or item.kind is not MessageKind.CANCELLATION or item.is_draft:
            raise NotRemovable
        if item.received_for is not None or is_other(actor, by):
            raise MeetingIsDelegated(person=(item.received_for or actor.person).address)
        if item.from_me:
            raise IsOrganizer
        facts = facts_in(item)
        copy = copy_among(unit, unit.items_of(actor.id, facts.uid), of_organizer=False, day=facts.day)
        event = _to_deleted(unit, world, copy) if copy is not None and copy.is_cancelled else None
        cancellation = _to_deleted(unit, world, item)
        assert isinstance(cancellation, Message)
        assert event is None or isinstance(event, CalendarItem)
        return Removed(event, cancellation)


def _to_deleted(unit: UnitOfWork, world: World, item: Item) -> Item:
    if unit.is_in(item, FolderRole.DELETED):
        return item
    moved = replace(item, modified=world.clock.now())
    deleted = unit.folder(item.mailbox_id, FolderRole.DELETED)
    return unit.relocate(moved, deleted.id, world.ids.entry_id())


def offered(world: World, actor: Mailbox, item: Item) -> frozenset[str]:  # noqa: ARG001  every act takes both
    """What the actor can do in answer to an item: accept, tentative, decline, propose, cancel, remove, reply,
    reply_all, forward, suppress (MS-OXWSCORE ResponseObjects, MS-OXOCAL 3.1.4.8.4.1).
    """
    if isinstance(item, CalendarItem):
        return _offered_on_event(item)
    junk = world.store.directory.roles[item.mailbox_id, FolderRole.JUNK]
    is_awaited = item.receipt_pending and item.folder_id != junk.id
    return _offered_on_message(item) | (_SUPPRESSION if is_awaited else frozenset())


def _offered_on_message(item: Message) -> frozenset[str]:
    if item.kind is MessageKind.TASK:
        return _OWN
    if item.is_draft:
        return frozenset()
    if item.from_me:
        return _OWN
    if item.is_delegated:
        return _MAIL
    if item.kind is not MessageKind.REQUEST:
        return _MAIL | _EXTRAS.get(item.kind, frozenset())
    facts = facts_in(item)
    mail = _mail_about(facts)
    is_over = item.is_out_of_date or facts.is_cancelled or facts.request_kind is RequestKind.PRINCIPAL_COPY
    return mail if is_over else mail | _answers(facts)


_EXTRAS: Mapping[MessageKind, frozenset[str]] = {MessageKind.CANCELLATION: frozenset({"remove"})}


def _offered_on_event(event: CalendarItem) -> frozenset[str]:
    if event.is_organizer:
        can_cancel = event.is_meeting and event.request_sent and not event.is_cancelled
        return _OWN | {"cancel"} if can_cancel else _OWN
    mail = _mail_about(event)
    return mail if event.is_cancelled else mail | _answers(event)


def _mail_about(terms: CalendarItem | MeetingFacts) -> frozenset[str]:
    """Replies, and passing the meeting on unless the organizer asks that nobody do so."""
    return _MAIL - _OWN if terms.do_not_forward else _MAIL


def _allows_proposals(terms: CalendarItem | MeetingFacts) -> bool:
    """A new time can be proposed if the organizer allows it, and not for a whole series (MS-OXOCAL 3.1.4.8.4.1)."""
    return terms.allow_new_time_proposals and terms.recurrence is None


def _answers(terms: CalendarItem | MeetingFacts) -> frozenset[str]:
    return _ANSWERS | ({"propose"} if _allows_proposals(terms) else frozenset())
