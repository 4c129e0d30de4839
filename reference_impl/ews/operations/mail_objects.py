"""The response objects of mail: reply, reply to all, forward (DOC createitem-operation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reference_impl.domain.acts import Delivery, MessageDraft
from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import Person
from reference_impl.ews.bodies import with_reply
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.people import read_people
from reference_impl.ews.fields.setters import body_of
from reference_impl.ews.namespaces import t
from reference_impl.ews.operations.answers import NO_ITEMS
from reference_impl.ews.operations.disposition import disposition_of
from reference_impl.ews.operations.references import referenced, written_ids
from reference_impl.ews.tree import Element
from reference_impl.service import messages, responses
from reference_impl.service.forwarding import forward_meeting

_HEADING: Final = "-----Original Message-----"


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
        new = entry.find(t("NewBodyContent"))
        whole = entry.find(t("Body"))
        text = None if new is None else body_of(new)
        draft = MessageDraft(
            subject=entry.findtext(t("Subject")) or _prefixed(self.prefix, original.subject),
            body=with_reply(original.body, text, _HEADING) if whole is None else body_of(whole),
            to=_people(entry, "ToRecipients", self._to(original, call)),
            cc=_people(entry, "CcRecipients", self._cc(original, call)),
            bcc=_people(entry, "BccRecipients", ()),
        )
        saved = self._sent(original, draft, delivery, call)
        return NO_ITEMS if delivery.send or saved is None else written_ids([saved])

    def _sent(self, original: Item, draft: MessageDraft, delivery: Delivery, call: Call) -> Message | None:
        """A forwarded meeting arrives as a request, everything else as plain mail (DOC createitem-operation)."""
        is_meeting = isinstance(original, CalendarItem) or original.kind is MessageKind.REQUEST
        if self.offer != "forward" or not is_meeting:
            return messages.create_message(call.world, call.actor, draft, delivery)
        people = (*draft.to, *draft.cc, *draft.bcc)
        return forward_meeting(
            call.world, call.owner(original.mailbox_id), original.id, people, draft.subject, draft.body, delivery
        )

    def _to(self, original: Item, call: Call) -> tuple[Person, ...]:
        if self.offer == "forward":
            return ()
        sender = original.organizer if isinstance(original, CalendarItem) else original.sender
        if self.offer == "reply":
            return (sender,)
        others = _named(original) if isinstance(original, CalendarItem) else original.to
        return _without(call.actor.person, (sender, *others))

    def _cc(self, original: Item, call: Call) -> tuple[Person, ...]:
        if self.offer != "reply_all" or isinstance(original, CalendarItem):
            return ()
        return _without(call.actor.person, original.cc)


reply_to_item: Final = _Mail("reply", "RE: ")
reply_all_to_item: Final = _Mail("reply_all", "RE: ")
forward_item: Final = _Mail("forward", "FW: ")


def _prefixed(prefix: str, subject: str) -> str:
    return subject if subject.startswith(prefix) else prefix + subject


def _people(entry: Element, name: str, default: tuple[Person, ...]) -> tuple[Person, ...]:
    element = entry.find(t(name))
    return default if element is None else read_people(element)


def _named(event: CalendarItem) -> tuple[Person, ...]:
    return tuple(entry.person for entry in event.attendees)


def _without(person: Person, people: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple({other.key: other for other in people if other.key != person.key}.values())
