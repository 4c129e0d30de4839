"""The response objects of mail: reply, reply to all, forward (DOC createitem-operation)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import Final

from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import Person
from reference_impl.ews.bodies import with_reply
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.messages import author_of
from reference_impl.ews.fields.people import read_people
from reference_impl.ews.fields.setters import body_of, flag_of
from reference_impl.ews.namespaces import t
from reference_impl.ews.operations.answers import NO_ITEMS
from reference_impl.ews.operations.disposition import disposition_of, saved_in
from reference_impl.ews.operations.references import referenced, written_ids
from reference_impl.ews.tree import Element
from reference_impl.mapi.transport import display_to
from reference_impl.service import messages, responses
from reference_impl.service.forwarding import forward_meeting


@dataclass(frozen=True, slots=True)
class _Mail:
    """One of the three, as a maker for CreateItem: a plain message with the original's text below the new."""

    offer: str
    prefix: str

    def __call__(self, request: Element, entry: Element, call: Call) -> str:
        delivery = disposition_of(request)
        original = referenced(entry, call)
        if self.offer not in responses.offered(call.world, call.owner(original.mailbox_id), original):
            raise ResponseError("ErrorInvalidReferenceItem", "The item offers no such answer to this mailbox.")
        draft = self._draft(original, entry, call)
        folder = saved_in(request, call)
        saved = self._sent(original, draft, delivery, folder, call)
        return NO_ITEMS if delivery.send or saved is None else written_ids([saved])

    def _draft(self, original: Item, entry: Element, call: Call) -> MessageDraft:
        """The new message: what the response object leaves open follows from the original."""
        new, whole = entry.find(t("NewBodyContent")), entry.find(t("Body"))
        text = None if new is None else body_of(new)
        author = entry.find(t("From"))
        goes_on = original if isinstance(original, Message) and self.offer != "forward" else None
        return MessageDraft(
            author=None if author is None else author_of(author),
            subject=entry.findtext(t("Subject")) or _prefixed(self.prefix, original.subject),
            body=with_reply(original.body, text, _heading(original)) if whole is None else body_of(whole),
            to=_people(entry, "ToRecipients", self._to(original, call)),
            cc=_people(entry, "CcRecipients", self._cc(original, call)),
            bcc=_people(entry, "BccRecipients", ()),
            read_receipt_requested=_is_set(entry, "IsReadReceiptRequested"),
            delivery_receipt_requested=_is_set(entry, "IsDeliveryReceiptRequested"),
            answers=original,
            in_reply_to="" if goes_on is None else goes_on.internet_message_id,
            references="" if goes_on is None else f"{goes_on.references} {goes_on.internet_message_id}".strip(),
        )

    def _sent(
        self, original: Item, draft: MessageDraft, delivery: Delivery, folder: FolderRef | None, call: Call
    ) -> Message | None:
        """A forwarded meeting arrives as a request, everything else as plain mail (DOC createitem-operation)."""
        if self.offer != "forward":
            return messages.create_message(call.world, call.actor, draft, delivery, folder, call.actor)
        if isinstance(original, CalendarItem) or original.kind is MessageKind.REQUEST:
            owner = call.owner(original.mailbox_id)
            return forward_meeting(call.world, owner, original.id, draft, delivery, folder, call.actor)
        whole = replace(draft, attachments=original.attachments)
        return messages.create_message(call.world, call.actor, whole, delivery, folder, call.actor)

    def _to(self, original: Item, call: Call) -> tuple[Person, ...]:
        if self.offer == "forward":
            return ()
        authors = (
            (original.organizer,) if isinstance(original, CalendarItem) else original.reply_to or (original.sender,)
        )
        if self.offer == "reply":
            return authors
        others = _named(original) if isinstance(original, CalendarItem) else original.to
        return _without(call.actor.person, (*authors, *others))

    def _cc(self, original: Item, call: Call) -> tuple[Person, ...]:
        if self.offer != "reply_all" or isinstance(original, CalendarItem):
            return ()
        return _without(call.actor.person, original.cc)


reply_to_item: Final = _Mail("reply", "RE: ")
reply_all_to_item: Final = _Mail("reply_all", "RE: ")
forward_item: Final = _Mail("forward", "FW: ")


def _heading(original: Item) -> tuple[str, ...]:
    """The lines above the original text."""
    author = original.organizer if isinstance(original, CalendarItem) else original.sender
    lines = ["-----Original Message-----", f"From: {author.name or author.address}"]
    if isinstance(original, Message) and original.sent is not None:
        lines.append(f"Sent: {original.sent.astimezone(UTC):%Y-%m-%d %H:%M UTC}")
    return (*lines, f"To: {display_to(original)}", f"Subject: {original.subject}")


def _is_set(entry: Element, name: str) -> bool:
    found = entry.find(t(name))
    return found is not None and flag_of(found)


def _prefixed(prefix: str, subject: str) -> str:
    return subject if subject.startswith(prefix) else prefix + subject


def _people(entry: Element, name: str, default: tuple[Person, ...]) -> tuple[Person, ...]:
    element = entry.find(t(name))
    return default if element is None else read_people(element)


def _named(event: CalendarItem) -> tuple[Person, ...]:
    return tuple(entry.person for entry in event.attendees)


def _without(person: Person, people: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple({other.key: other for other in people if other.key != person.key}.values())
