"""The response objects of mail: reply, reply to all, forward (DOC createitem-operation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reference_impl.domain.acts import Delivery, FolderRef, MessageDraft
from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mail_answers import MailAnswer
from reference_impl.domain.mailbox import Person
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
from reference_impl.mime.replies import with_reply
from reference_impl.service import messages, responses
from reference_impl.service.forwarding import forward_meeting


@dataclass(frozen=True, slots=True)
class _Mail:
    """One of the three, as a maker for CreateItem: a plain message with the original's text below the new."""

    kind: MailAnswer

    def __call__(self, request: Element, entry: Element, call: Call) -> str:
        delivery = disposition_of(request)
        original = referenced(entry, call)
        if self.kind.value not in responses.offered(call.world, call.owner(original.mailbox_id), original):
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
        in_reply_to, references = self.kind.thread(original)
        return MessageDraft(
            author=None if author is None else author_of(author),
            subject=entry.findtext(t("Subject")) or self.kind.titled(original.subject),
            body=with_reply(original, text) if whole is None else body_of(whole),
            to=_people(entry, "ToRecipients", self.kind.to(original, call.actor.person)),
            cc=_people(entry, "CcRecipients", self.kind.cc(original, call.actor.person)),
            bcc=_people(entry, "BccRecipients", ()),
            read_receipt_requested=_is_set(entry, "IsReadReceiptRequested"),
            delivery_receipt_requested=_is_set(entry, "IsDeliveryReceiptRequested"),
            answers=original,
            in_reply_to=in_reply_to,
            references=references,
        )

    def _sent(
        self, original: Item, draft: MessageDraft, delivery: Delivery, folder: FolderRef | None, call: Call
    ) -> Message | None:
        """A forwarded meeting arrives as a request, everything else as plain mail (DOC createitem-operation)."""
        if self.kind is not MailAnswer.FORWARD:
            return messages.create_message(call.world, call.actor, draft, delivery, folder, call.actor)
        if isinstance(original, CalendarItem) or original.kind is MessageKind.REQUEST:
            owner = call.owner(original.mailbox_id)
            return forward_meeting(call.world, owner, original.id, draft, delivery, folder, call.actor)
        whole = replace(draft, attachments=original.attachments)
        return messages.create_message(call.world, call.actor, whole, delivery, folder, call.actor)


reply_to_item: Final = _Mail(MailAnswer.REPLY)
reply_all_to_item: Final = _Mail(MailAnswer.REPLY_ALL)
forward_item: Final = _Mail(MailAnswer.FORWARD)


def _is_set(entry: Element, name: str) -> bool:
    found = entry.find(t(name))
    return found is not None and flag_of(found)


def _people(entry: Element, name: str, default: tuple[Person, ...]) -> tuple[Person, ...]:
    element = entry.find(t(name))
    return default if element is None else read_people(element)
