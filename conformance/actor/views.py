"""What a person sees of a meeting, in words that belong to neither protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from conformance.actor.recurrence import Recurrence


class Folder(StrEnum):
    """The folders that meeting traffic passes through."""

    INBOX = "inbox"
    SENT = "sent"
    DELETED = "deleted"
    DRAFTS = "drafts"


class Answer(StrEnum):
    """The three answers to an invitation."""

    ACCEPT = "accept"
    TENTATIVE = "tentative"
    DECLINE = "decline"


class ResponseState(StrEnum):
    """Where an invitation stands, as one mailbox shows it.

    ``NONE`` and ``NOT_RESPONDED`` both mean that no answer is known: the first is the organizer's view of a fresh
    invitation, the second the invited person's own view, and the organizer's view after answers were reset.
    """

    NONE = "none"
    ORGANIZER = "organizer"
    TENTATIVE = "tentative"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_RESPONDED = "not responded"

    @property
    def is_open(self) -> bool:
        """Whether no answer is known."""
        return self in {ResponseState.NONE, ResponseState.NOT_RESPONDED}


ANSWERED: Mapping[Answer, ResponseState] = {
    Answer.ACCEPT: ResponseState.ACCEPTED,
    Answer.TENTATIVE: ResponseState.TENTATIVE,
    Answer.DECLINE: ResponseState.DECLINED,
}
"""The state that each answer leads to."""


class ShowAs(StrEnum):
    """How a calendar item counts in free/busy."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OOF = "oof"
    WORKING_ELSEWHERE = "working elsewhere"
    NO_DATA = "no data"


class MessageKind(StrEnum):
    """What a message in a mail folder is."""

    REQUEST = "request"
    RESPONSE = "response"
    CANCELLATION = "cancellation"
    NOTE = "note"


class RequestKind(StrEnum):
    """What an invitation tells its reader."""

    NONE = "none"
    NEW = "new"
    FULL_UPDATE = "full update"
    INFORMATIONAL_UPDATE = "informational update"
    SILENT_UPDATE = "silent update"
    OUTDATED = "outdated"
    PRINCIPAL_COPY = "principal's copy"


class EventKind(StrEnum):
    """What a calendar item is: alone, the series itself, or one of its occurrences."""

    SINGLE = "single"
    MASTER = "series master"
    OCCURRENCE = "occurrence"
    EXCEPTION = "exception"


class Role(StrEnum):
    """As what a person was invited."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Slot:
    """An interval of absolute time; both ends are aware."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """One invited person as a calendar item lists them; ``time`` is None where no answer time is told."""

    address: str
    role: Role
    response: ResponseState = ResponseState.NONE
    time: datetime | None = None
    proposal: Slot | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """A calendar item as one mailbox shows it; attendees are keyed by lower-case address, in the order told.

    ``original_start`` is when the pattern of its series has an occurrence; None of anything else.
    """

    id: str
    change_key: str
    uid: str
    subject: str
    slot: Slot
    location: str = ""
    body: str = ""
    organizer: str = ""
    is_organizer: bool | None = None
    my_response: ResponseState = ResponseState.NONE
    reply_time: datetime | None = None
    show_as: ShowAs | None = None
    is_cancelled: bool = False
    allows_proposals: bool | None = None
    kind: EventKind | None = None
    recurrence: Recurrence | None = None
    original_start: datetime | None = None
    attendees: Mapping[str, AttendeeView] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """The start, as an instant."""
        return self.slot.start

    @property
    def end(self) -> datetime:
        """The end, as an instant."""
        return self.slot.end

    def attendee(self, address: str) -> AttendeeView | None:
        """The entry of one address, if it is listed."""
        return self.attendees.get(address.casefold())

    def response_of(self, address: str) -> ResponseState | None:
        """What this item tells of one person's answer; None where the person is not listed."""
        entry = self.attendee(address)
        return entry.response if entry else None

    def proposal_of(self, address: str) -> Slot | None:
        """The new time that one person proposed, if any."""
        entry = self.attendee(address)
        return entry.proposal if entry else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message as a mail folder holds it; ``event_id`` names the calendar item of the same mailbox, if it has one.

    ``event_kind``, ``recurrence`` and ``original_start`` tell what of a series it is about.
    """

    id: str
    change_key: str
    kind: MessageKind
    subject: str
    sender: str = ""
    body: str = ""
    event_id: str | None = None
    event_change_key: str = ""
    slot: Slot | None = None
    response: ResponseState | None = None
    proposal: Slot | None = None
    request_kind: RequestKind | None = None
    is_out_of_date: bool | None = None
    allows_proposals: bool | None = None
    event_kind: EventKind | None = None
    recurrence: Recurrence | None = None
    original_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class BusyView:
    """One interval of somebody's calendar; subject and location are None where they are hidden."""

    slot: Slot
    show_as: ShowAs
    subject: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """What one address answered to a question for availability; ``error`` is the code where it could not."""

    address: str
    merged: str = ""
    events: tuple[BusyView, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingRef:
    """A calendar item of the actor's own mailbox, to act upon."""

    id: str
    change_key: str = ""
