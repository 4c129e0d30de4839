"""Items made from drafts, with whatever is to hang on them; not kept yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from reference_impl.domain.acts import Attached, Called, EventDraft, MessageDraft, NewAttachment
from reference_impl.domain.attached import attached, digest_of, size_of
from reference_impl.domain.conversation import conversation_at, conversation_id_of, first_index, index_of, next_index
from reference_impl.domain.era import filetime
from reference_impl.domain.errors import (
    AttachmentsTooDeep,
    AttachmentTooLarge,
    OccurrenceCrossesNeighbour,
    RecurrenceInvalid,
)
from reference_impl.domain.global_ids import CLASS
from reference_impl.domain.items import (
    Attachment,
    Attendee,
    CalendarItem,
    Item,
    Message,
    MessageKind,
    Reference,
    Response,
    SeriesException,
)
from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.series import check_between, normalised, occurrence, with_exception, without
from reference_impl.service.checking import checked_whole
from reference_impl.service.finding import attendees_of, resolved
from reference_impl.service.item_ids import ATTACHMENT_DIGITS
from reference_impl.service.world import World
from reference_impl.store.codec import encode
from reference_impl.store.unit import UnitOfWork

_UNUSED_AND_SIZE = bytes(8) + (16).to_bytes(4, "little")
_DEPTH = 10

Keep = Callable[[bytes], str]
"""Puts a content where its item can find it; the digest."""


def event_from(unit: UnitOfWork, world: World, actor: Mailbox, draft: EventDraft, folder_id: str) -> CalendarItem:
    """The actor's new calendar item.

    Raises AttachmentTooLarge, AttachmentsTooDeep, the errors of ``checked_whole`` for a calendar item that hangs on it;
    for a series that comes with its occurrences also those of ``normalised``, ``check_between`` and ``without``, and
    RecurrenceInvalid for an occurrence that it does not have.
    """
    return _Making(unit, world, actor, unit.contents.keep).event(draft, folder_id)


def message_from(unit: UnitOfWork, world: World, actor: Mailbox, draft: MessageDraft) -> Message:
    """The actor's new message, in no folder yet.

    Raises AttachmentTooLarge, AttachmentsTooDeep, the errors of ``checked_whole`` for a calendar item that hangs on it.
    """
    return _Making(unit, world, actor, unit.contents.keep).message(draft)


def attachments_from(unit: UnitOfWork, world: World, actor: Mailbox, given: Attached) -> tuple[Attachment, ...]:
    """What is to hang on an item of the actor's. Raises AttachmentTooLarge, AttachmentsTooDeep."""
    return _Making(unit, world, actor, unit.contents.keep).attachments(given)


def new_uid(world: World) -> str:
    """A global object id in hex: class, no instance date, creation time, size, random data (MS-OXOCAL 2.2.1.27)."""
    created = filetime(world.clock.now()).to_bytes(8, "little")
    return f"{CLASS}00000000{(created + _UNUSED_AND_SIZE + world.ids.token(16)).hex().upper()}"


class _Making(msgspec.Struct, frozen=True):
    """Items of one mailbox made within one unit of work; ``depth`` counts the items they are attached to."""

    unit: UnitOfWork
    world: World
    actor: Mailbox
    keep: Keep
    depth: int = 0

    def event(self, draft: EventDraft, folder_id: str = "") -> CalendarItem:
        made = self._event(draft, folder_id)
        if draft.called is not None and not draft.called.organizer.is_same(self.actor.person):
            made = self._called(made, draft, draft.called)
        if not draft.exceptions and not draft.deleted:
            return made
        kept = {exception.day for exception in draft.exceptions}
        left = self._with_deleted(normalised(made), (day for day in draft.deleted if day not in kept))
        return self._with_exceptions(left, draft)

    def _called(self, made: CalendarItem, draft: EventDraft, called: Called) -> CalendarItem:
        """An attendee's copy of a meeting that another person has called."""
        organizer = resolved(self.unit, called.organizer)
        return replace(
            made,
            organizer=organizer,
            is_organizer=False,
            attendees=attendees_of(self.unit, organizer, draft.attendees),
            intended_show_as=called.intended_show_as,
            my_response=self._own_answer(draft.attendees),
            sequence=called.sequence,
            request_sent=True,
            is_cancelled=called.is_cancelled,
        )

    def _own_answer(self, attendees: Sequence[Attendee]) -> Response:
        own = next((entry for entry in attendees if entry.person.is_same(self.actor.person)), None)
        return Response.NOT_RESPONDED if own is None or own.response is Response.NONE else own.response

    def _with_deleted(self, master: CalendarItem, days: Iterable[date]) -> CalendarItem:
        """The series without these days, as far as the pattern has them."""
        found = [day for day in days if occurrence(master, day) is not None]
        return without(master, found) if found else master

    def _with_exceptions(self, master: CalendarItem, draft: EventDraft) -> CalendarItem:
        """The series with its changed occurrences, in whatever order they can be moved to where they are."""
        waiting = list(draft.exceptions)
        while waiting:
            crossing: list[SeriesException] = []
            for exception in waiting:
                changed = self._occurrence(master, exception)
                try:
                    check_between(master, changed)
                except OccurrenceCrossesNeighbour:
                    crossing.append(exception)
                else:
                    master = with_exception(master, changed)
            if len(crossing) == len(waiting):
                raise OccurrenceCrossesNeighbour
            waiting = crossing
        return master

    def _occurrence(self, master: CalendarItem, exception: SeriesException) -> CalendarItem:
        plain = occurrence(master, exception.day)
        if plain is None:
            raise RecurrenceInvalid(reason=f"the pattern has no occurrence on {exception.day}")
        changes: dict[str, Any] = dict(exception.changes)
        if "attendees" in changes:
            if not master.is_organizer:
                changes["my_response"] = self._own_answer(changes["attendees"])
            changes["attendees"] = attendees_of(self.unit, master.organizer, changes["attendees"])
        if "attachments" in changes:
            changes["attachments"] = self.attachments(changes["attachments"])
        if "show_as" in changes and master.is_organizer:
            changes["intended_show_as"] = changes["show_as"]
        return replace(plain, **changes)

    def _event(self, draft: EventDraft, folder_id: str) -> CalendarItem:
        now = self.world.clock.now()
        # In steps: a call with more than 15 keywords would first make a dictionary of them.
        made = CalendarItem(
            id=self.world.ids.entry_id() if folder_id else "",
            mailbox_id=self.actor.id,
            folder_id=folder_id,
            version=0,
            uid=draft.uid or self._new_uid(),
            start=draft.start,
            end=draft.end,
            start_zone=draft.start_zone,
            end_zone=draft.end_zone,
            is_all_day=draft.is_all_day,
            recurrence=draft.recurrence,
            organizer=self.actor.person,
            transaction_id=draft.transaction_id,
            created=now,
            modified=now,
        )
        made = replace(
            made,
            subject=draft.subject,
            body=draft.body,
            location=draft.location,
            place=draft.place,
            venues=draft.venues,
            show_as=draft.show_as,
            intended_show_as=draft.show_as,
            attendees=attendees_of(self.unit, self.actor.person, draft.attendees),
            response_requested=draft.response_requested,
            allow_new_time_proposals=draft.allow_new_time_proposals,
            hide_attendees=draft.hide_attendees,
            sensitivity=draft.sensitivity,
            importance=draft.importance,
            categories=draft.categories,
        )
        made = replace(
            made,
            reminder_is_set=draft.reminder_is_set,
            reminder_minutes=draft.reminder_minutes,
            mail_reminders=draft.mail_reminders,
            reminder_due=draft.reminder_due,
            reminder_snooze=draft.reminder_snooze,
            when=draft.when,
            conference_type=draft.conference_type,
            meeting_workspace_url=draft.meeting_workspace_url,
            net_show_url=draft.net_show_url,
            is_online_meeting=draft.is_online_meeting,
            online_meeting_provider=draft.online_meeting_provider,
            attachments=self.attachments(draft.attachments),
            extended=draft.extended,
        )
        return replace(
            made,
            do_not_forward=draft.do_not_forward,
            open_extensions=draft.open_extensions,
            item_class=draft.item_class,
            culture=draft.culture,
            is_associated=draft.is_associated,
        )

    def _new_uid(self) -> str:
        uid = new_uid(self.world)
        self.unit.new_uids.add(uid)
        return uid

    def message(self, draft: MessageDraft) -> Message:
        if draft.is_draft:
            return self._message(draft)
        made = self._message(replace(draft, author=draft.author or draft.named))
        sent = draft.sent or made.created
        return replace(
            made,
            sent=sent,
            received=draft.received or sent,
            from_me=made.sender.is_same(self.actor.person),
            is_draft=False,
        )

    def _message(self, draft: MessageDraft) -> Message:
        now = self.world.clock.now()
        conversation, index = self._conversation(draft)
        return Message(
            mailbox_id=self.actor.id,
            kind=MessageKind.NOTE,
            subject=draft.subject,
            body=draft.body,
            sender=self.actor.person if draft.author is None else resolved(self.unit, draft.author),
            to=tuple(resolved(self.unit, person) for person in draft.to),
            cc=tuple(resolved(self.unit, person) for person in draft.cc),
            bcc=tuple(resolved(self.unit, person) for person in draft.bcc),
            reply_to=draft.reply_to,
            internet_message_id=draft.internet_message_id,
            in_reply_to=draft.in_reply_to,
            references=draft.references,
            headers=draft.headers,
            conversation_id=conversation,
            conversation_index=index.hex(),
            read_receipt_requested=draft.read_receipt_requested,
            delivery_receipt_requested=draft.delivery_receipt_requested,
            flag=draft.flag,
            is_focused=draft.is_focused,
            is_read=draft.is_read,
            is_draft=True,
            importance=draft.importance,
            sensitivity=draft.sensitivity,
            categories=draft.categories,
            attachments=self.attachments(draft.attachments),
            extended=draft.extended,
            item_class=draft.item_class,
            culture=draft.culture,
            is_associated=draft.is_associated,
            created=now,
            modified=now,
        )

    def _conversation(self, draft: MessageDraft) -> tuple[str, bytes]:
        """The conversation that a message belongs to, and where it stands there."""
        now = self.world.clock.now()
        earlier = "" if draft.answers is None else conversation_id_of(draft.answers)
        if draft.answers is not None and earlier:
            return earlier, next_index(index_of(draft.answers), now)
        if draft.conversation_index:
            return conversation_at(draft.conversation_index), draft.conversation_index
        conversation = self.world.ids.token(16).hex()
        return conversation, first_index(conversation, now)

    def attachments(self, given: Attached) -> tuple[Attachment, ...]:
        return tuple([one if isinstance(one, Attachment) else self._attachment(one) for one in given])

    def _attachment(self, new: NewAttachment) -> Attachment:
        reference = new.content if isinstance(new.content, Reference) else None
        if isinstance(new.content, bytes):
            data, size = new.content, len(new.content)
        elif isinstance(new.content, Reference):
            data, size = b"", 0
        else:
            data, size = self._attached_item(new.content)
        limit = self.world.settings.attachment_bytes
        if size > limit:
            raise AttachmentTooLarge(size=size, limit=limit)
        return Attachment(
            id=self.world.ids.token(ATTACHMENT_DIGITS // 2).hex(),
            kind=new.kind,
            name=new.name,
            digest=self.keep(data),
            size=size,
            content_type=new.content_type,
            content_id=new.content_id,
            content_location=new.content_location,
            is_inline=new.is_inline,
            is_contact_photo=new.is_contact_photo,
            reference=reference,
            modified=self.world.clock.now(),
        )

    def _attached_item(self, draft: EventDraft | MessageDraft) -> tuple[bytes, int]:
        """The stored form of an item, valid, with the contents of its own attachments, and its size."""
        if self.depth >= _DEPTH:
            raise AttachmentsTooDeep(limit=_DEPTH)
        contents: dict[str, bytes] = {}

        def keep(data: bytes) -> str:
            digest = digest_of(data)
            contents[digest] = data
            return digest

        inner = replace(self, keep=keep, depth=self.depth + 1)
        item: Item = (
            checked_whole(self.world, inner.event(draft)) if isinstance(draft, EventDraft) else inner.message(draft)
        )
        return encode(attached(item, tuple(contents.items()))).encode(), size_of(item)
