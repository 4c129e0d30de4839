"""Out of office: who is told what while somebody is away ([MS-OXWOOF])."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from reference_impl.domain.errors import OofDurationInvalid, OofPlanInvalid, OofReplyMissing
from reference_impl.domain.items import Body, BodyType, Message, MessageKind, TimeSlot
from reference_impl.domain.mailbox import Person

SUBJECT_PREFIX = "Automatic reply: "

_ANSWERED = frozenset({MessageKind.NOTE, MessageKind.REQUEST, MessageKind.CANCELLATION})
"""What people send; nothing that is itself an answer is answered."""
_RECEIPTS = "report."
"""How the classes of receipts begin ([MS-OXOMSG] 2.2.2)."""
_BY_ITSELF = "auto-submitted"
"""The header of messages that nobody wrote, unless it says no (RFC 3834, section 5)."""


class OofState(StrEnum):
    """When replies are sent."""

    DISABLED = "disabled"
    ENABLED = "enabled"
    SCHEDULED = "scheduled"


_ENABLED, _SCHEDULED = OofState.ENABLED, OofState.SCHEDULED


class ExternalAudience(StrEnum):
    """Which people of elsewhere get a reply: nobody, those in the contacts, or everybody."""

    NONE = "none"
    KNOWN = "known"
    ALL = "all"


class ReplyText(msgspec.Struct, frozen=True, gc=False):
    """A reply as its author wrote it, plain or as HTML, and the tag of its language."""

    content: str = ""
    language: str = ""

    @property
    def body(self) -> Body:
        """The reply as the body of a message."""
        is_html = self.content.lstrip().startswith("<")
        return Body(self.content, BodyType.HTML if is_html else BodyType.TEXT)


class OofSettings(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a mailbox says of its owner's absence.

    ``slot`` counts while the state is SCHEDULED. What is to become of the calendar in it is None where nobody said it.
    """

    state: OofState = OofState.DISABLED
    audience: ExternalAudience = ExternalAudience.ALL
    slot: TimeSlot | None = None
    internal: ReplyText | None = None
    external: ReplyText | None = None
    declining: ReplyText | None = None  # the text with which meetings are declined
    declines_requests: bool | None = None  # those that arrive during the slot
    declines_events: bool | None = None  # those in the slot that are named, or all of them
    declines_all_events: bool | None = None
    creates_event: bool | None = None  # one that fills the slot
    event_subject: str | None = None
    event_id: str | None = None  # of that event, once it is made
    since: datetime | None = None  # when this absence was announced; each sender is told once since then

    def is_in_force(self, now: datetime) -> bool:
        """Whether replies are sent at a moment."""
        if self.state is _SCHEDULED:
            return self.slot is not None and self.slot.start <= now < self.slot.end
        return self.state is _ENABLED


def check_oof(settings: OofSettings, now: datetime) -> None:
    """Raise OofDurationInvalid or OofReplyMissing for settings that cannot be followed.

    The external reply is needed only where people of elsewhere get one (DOC responsecode,
    Set-MailboxAutoReplyConfiguration).
    """
    if settings.state is OofState.DISABLED:
        return
    if settings.state is OofState.SCHEDULED:
        slot = settings.slot
        if slot is None or slot.end <= slot.start or slot.end <= now:
            raise OofDurationInvalid
    is_told_outside = settings.audience is not ExternalAudience.NONE
    if settings.internal is None or (settings.external is None and is_told_outside):
        raise OofReplyMissing


def check_plan(settings: OofSettings, *, names_events: bool) -> None:
    """Raise OofPlanInvalid for what the calendar cannot be asked (Set-MailboxAutoReplyConfiguration)."""
    if settings.state is not OofState.SCHEDULED:
        if settings.declines_requests or settings.declines_events or settings.declines_all_events:
            raise OofPlanInvalid(reason="only a scheduled absence declines meetings")
    elif (settings.declines_all_events or names_events) and not settings.declines_events:
        raise OofPlanInvalid(reason="events are named to be declined, and are not to be")
    elif settings.declines_all_events and names_events:
        raise OofPlanInvalid(reason="either all events are declined, or those that are named")


def announced(before: OofSettings, after: OofSettings, now: datetime) -> OofSettings:
    """The new settings, with the moment since which they announce this absence: other words begin no other one."""
    is_same = before.state is not OofState.DISABLED and (before.state, before.slot) == (after.state, after.slot)
    return replace(after, since=before.since if is_same else now)


def reply_to(message: Message, owner: Person, settings: OofSettings, allowed: ExternalAudience) -> ReplyText | None:
    """The reply to an arrived message, if there is one.

    ``allowed`` limits which people of elsewhere the server lets be told. Nobody is known: mailboxes have no contacts.
    """
    if message.kind not in _ANSWERED or message.sender.is_same(owner) or not _is_written(message):
        return None
    if _domain(message.sender) == _domain(owner):
        reply = settings.internal
    elif settings.audience is allowed is ExternalAudience.ALL:
        reply = settings.external
    else:
        return None
    return reply if reply is not None and reply.content else None


def _is_written(message: Message) -> bool:
    """Whether somebody wrote the message, rather than a machine in answer to another."""
    if message.item_class.lower().startswith(_RECEIPTS):
        return False
    told = (value.partition(";")[0].strip().lower() for name, value in message.headers if name.lower() == _BY_ITSELF)
    return all(value == "no" for value in told)


def _domain(person: Person) -> str:
    return person.key.rpartition("@")[2]


def automatic_reply(message: Message, owner: Person, reply: ReplyText, now: datetime) -> Message:
    """The reply as a message to the sender."""
    return Message(
        kind=MessageKind.AUTOMATIC_REPLY,
        subject=SUBJECT_PREFIX + message.subject,
        body=reply.body,
        sender=owner,
        to=(message.sender,),
        conversation_id=message.conversation_id,
        created=now,
        modified=now,
    )
