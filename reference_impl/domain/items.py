"""The items of a mailbox: calendar items and the messages that carry meetings between mailboxes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from reference_impl.domain.extended import ExtendedProperty, OpenExtension
from reference_impl.domain.mail_reminders import MailReminder
from reference_impl.domain.mailbox import Person
from reference_impl.domain.places import Place, Venue
from reference_impl.domain.recurrence import Recurrence


class Role(StrEnum):
    """An attendee's role."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    RESOURCE = "resource"


class Response(StrEnum):
    """An answer to an invitation, as kept in one mailbox.

    ``NONE`` is an attendee never yet asked again, ``NOT_RESPONDED`` one whose answer is awaited: the attendee's own
    view from the start, the organizer's view after a change that reset the answers.
    """

    NONE = "none"
    ORGANIZER = "organizer"
    TENTATIVE = "tentative"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_RESPONDED = "not_responded"


class ShowAs(StrEnum):
    """How an item counts in free/busy."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OOF = "oof"
    WORKING_ELSEWHERE = "working_elsewhere"
    NO_DATA = "no_data"


class Sensitivity(StrEnum):
    """Who may see details."""

    NORMAL = "normal"
    PERSONAL = "personal"
    PRIVATE = "private"
    CONFIDENTIAL = "confidential"


class Importance(StrEnum):
    """How much a sender wants to be heard."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class BodyType(StrEnum):
    """The format a body was written in."""

    TEXT = "text"
    HTML = "html"


class FlagStatus(StrEnum):
    """Whether a message waits for something to be done."""

    NOT_FLAGGED = "not_flagged"
    FLAGGED = "flagged"
    COMPLETE = "complete"


class EventKind(StrEnum):
    """What a calendar item is within a series, or that it is in none."""

    SINGLE = "single"
    OCCURRENCE = "occurrence"
    EXCEPTION = "exception"
    RECURRING_MASTER = "recurring_master"


class MessageKind(StrEnum):
    """What a message is."""

    NOTE = "note"
    REQUEST = "request"
    RESPONSE = "response"
    CANCELLATION = "cancellation"
    FORWARD_NOTICE = "forward_notice"
    TASK = "task"  # not a message at all, but kept like one
    AUTOMATIC_REPLY = "automatic_reply"


class RequestKind(StrEnum):
    """What a meeting request tells its reader (MS-OXOCAL 2.2.6.5)."""

    NEW = "new"
    FULL_UPDATE = "full_update"
    INFORMATIONAL_UPDATE = "informational_update"
    SILENT_UPDATE = "silent_update"
    OUTDATED = "outdated"
    PRINCIPAL_COPY = "principal_copy"


class TimeSlot(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An interval of absolute time, end after start."""

    start: datetime
    end: datetime


class Body(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Text as its author wrote it."""

    content: str = ""
    type: BodyType = BodyType.TEXT


class Flag(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A mark for follow-up. A flagged message may have a start and a due date, both or none; a complete one, when."""

    status: FlagStatus = FlagStatus.NOT_FLAGGED
    start: datetime | None = None
    due: datetime | None = None
    completed: datetime | None = None


class Attendee(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One invited person and, on the organizer's copy, the answer that came back."""

    person: Person
    role: Role = Role.REQUIRED
    response: Response = Response.NONE
    response_time: datetime | None = None
    proposal: TimeSlot | None = None
    asked: int = 0  # the sequence number of the request that last asked for an answer; older answers do not count


class AttachmentKind(StrEnum):
    """What is attached."""

    FILE = "file"
    ITEM = "item"
    REFERENCE = "reference"


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A file or folder that stays where it is kept: its address, who keeps it, and what its readers may do there."""

    url: str
    provider: str = "other"  # other, oneDriveBusiness, oneDriveConsumer or dropbox
    permission: str = "other"  # other, view, edit, or one of the two for anonymous or for organization
    thumbnail_url: str = ""
    preview_url: str = ""
    is_folder: bool = False


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Something attached to an item; its content lies in the store under ``digest``.

    The content of an ITEM attachment is the stored form of the attached item, that of a REFERENCE is empty.
    """

    id: str  # hex digits, unique within the item
    kind: AttachmentKind = AttachmentKind.FILE
    name: str
    digest: str
    size: int
    content_type: str = ""
    content_id: str = ""
    content_location: str = ""
    is_inline: bool = False
    is_contact_photo: bool = False
    reference: Reference | None = None
    modified: datetime


class EventChanges(dict[str, Any]):
    """Some attributes of a CalendarItem by name; nobody changes it once it is made."""


class SeriesException(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One occurrence that differs from its series: the day it has by the pattern, and what differs.

    ``changes`` has the attributes that are other here; everything else is the series'.
    """

    day: date
    changes: EventChanges


class Snooze(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A reminder that comes again; of a series, the one of the occurrence of a day."""

    until: datetime
    day: date | None = None


class CalendarItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An appointment, an organizer's meeting, an attendee's copy of one, or an occurrence of a series of these.

    ``start`` and ``end`` are absolute (UTC); ``start_zone`` and ``end_zone`` keep the zone names as they were given,
    Windows or IANA. ``version`` is the mailbox's change-log number of the last change: every dialect's change key,
    etag and sync state are spellings of it.

    The master of a series has ``recurrence``, and the times of its first occurrence. Occurrences are not stored: they
    are made from their master, whose version they share (``domain.series``), and have ``series_id`` and ``day``.
    """

    id: str
    mailbox_id: str
    folder_id: str
    version: int
    uid: str
    start: datetime
    end: datetime
    subject: str = ""
    body: Body = Body()
    start_zone: str = "UTC"
    end_zone: str = "UTC"
    is_all_day: bool = False
    location: str = ""
    place: Place | None = None  # what else is known of the location
    venues: tuple[Venue, ...] = ()  # the locations that the one text names, where they are several
    show_as: ShowAs = ShowAs.BUSY
    intended_show_as: ShowAs = ShowAs.BUSY  # what the organizer chose
    organizer: Person
    is_organizer: bool = True
    attendees: tuple[Attendee, ...] = ()
    uninvited: frozenset[str] = frozenset()  # on the organizer's copy: address keys of people taken off the list
    my_response: Response = Response.ORGANIZER
    reply_time: datetime | None = None
    response_requested: bool = True
    allow_new_time_proposals: bool = True
    hide_attendees: bool = False
    sequence: int = 0
    request_sent: bool = False
    sent_slot: TimeSlot | None = None  # on the organizer's copy: the time everybody was last told of
    sent_location: str | None = None  # likewise the place
    sent_recurrence: Recurrence | None = None  # likewise the recurrence
    is_cancelled: bool = False
    sensitivity: Sensitivity = Sensitivity.NORMAL
    importance: Importance = Importance.NORMAL
    categories: tuple[str, ...] = ()
    reminder_is_set: bool = True
    reminder_minutes: int = 15
    mail_reminders: tuple[MailReminder, ...] = ()
    do_not_forward: bool = False
    reminder_due: datetime | None = None  # what the minutes count back from, where that is not the start
    reminder_snooze: Snooze | None = None
    when: str = ""
    conference_type: int | None = None
    meeting_workspace_url: str = ""
    net_show_url: str = ""
    is_online_meeting: bool = False
    online_meeting_provider: str = "unknown"
    join_url: str = ""  # where an online meeting is joined
    transaction_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    extended: tuple[ExtendedProperty, ...] = ()
    open_extensions: tuple[OpenExtension, ...] = ()
    item_class: str = ""  # the message class, where it is not that of every calendar item
    culture: str = ""  # a language tag, where one was given
    is_associated: bool = False  # belongs to its folder, whose listings do not show it
    creator: str = ""  # the address key of who made it, if not the mailbox itself
    # Of the master of a series
    recurrence: Recurrence | None = None
    exceptions: tuple[SeriesException, ...] = ()  # by day
    deleted: tuple[date, ...] = ()  # days of the pattern on which nothing happens any more, in order
    reminded_through: date | None = None  # the last day whose reminder is dismissed, with those of all before it
    # Of an occurrence, and of an occurrence whose series is not in this mailbox
    series_id: str | None = None  # the id of the master
    day: date | None = None  # the day in the series' zone that the pattern gives it
    original_start: datetime | None = None  # the start that the pattern gives it
    is_exception: bool = False
    arrival: int = 0  # the change-log number with which it came to its folder
    lasting_id: str = ""  # the id that it began with in this mailbox, where that is another one
    created: datetime
    modified: datetime

    @property
    def lasting(self) -> str:
        """The id that stays the same while the item is in this mailbox."""
        return self.lasting_id or self.id

    @property
    def kind(self) -> EventKind:
        """Single, master, occurrence or exception."""
        if self.recurrence is not None:
            return EventKind.RECURRING_MASTER
        if self.series_id is None:
            return EventKind.SINGLE
        return EventKind.EXCEPTION if self.is_exception else EventKind.OCCURRENCE

    @property
    def is_meeting(self) -> bool:
        """Whether anyone was ever invited, or this copy was received."""
        return bool(self.attendees) or not self.is_organizer

    @property
    def duration(self) -> timedelta:
        """The time from start to end."""
        return self.end - self.start

    @property
    def slot(self) -> TimeSlot:
        """Start and end together."""
        return TimeSlot(self.start, self.end)


class MeetingFacts(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a meeting message says of its meeting, frozen at the time of sending."""

    uid: str
    start: datetime
    end: datetime
    start_zone: str
    end_zone: str
    is_all_day: bool
    location: str
    organizer: Person
    attendees: tuple[Attendee, ...]  # as the reader may see them; no resources
    sequence: int
    intended_show_as: ShowAs
    allow_new_time_proposals: bool
    response_requested: bool
    is_cancelled: bool = False
    place: Place | None = None
    venues: tuple[Venue, ...] = ()
    do_not_forward: bool = False
    is_online_meeting: bool = False
    online_meeting_provider: str = "unknown"
    join_url: str = ""
    conference_type: int | None = None
    meeting_workspace_url: str = ""
    net_show_url: str = ""
    # Series, and one occurrence of a series
    recurrence: Recurrence | None = None
    exceptions: tuple[SeriesException, ...] = ()
    deleted: tuple[date, ...] = ()
    day: date | None = None
    original_start: datetime | None = None
    # Requests
    request_kind: RequestKind | None = None
    previous: TimeSlot | None = None  # the slot before this update, where start or end changed
    previous_location: str | None = None  # the location before this update, where it changed
    # Responses
    response: Response | None = None
    proposal: TimeSlot | None = None


class TaskStatus(StrEnum):
    """How far a task is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    WAITING = "waiting"
    DEFERRED = "deferred"


class TaskFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is to be done until when, and how far it is; work is counted in minutes."""

    status: TaskStatus = TaskStatus.NOT_STARTED
    percent: float = 0.0
    start: datetime | None = None
    due: datetime | None = None
    completed: datetime | None = None
    status_description: str = ""
    total_work: int | None = None
    actual_work: int | None = None
    mileage: str = ""
    billing: str = ""
    companies: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A mail message; meeting messages have ``meeting`` filled, tasks ``task``.

    ``sender`` is in whose name it comes; ``sent_by`` is who sent it, if that is a delegate. ``received_for`` is the
    person to whom it was sent, if this is the copy of a delegate.
    """

    id: str = ""  # until it is kept, as with its places and its version
    mailbox_id: str = ""
    folder_id: str = ""
    version: int = 0
    kind: MessageKind
    subject: str
    body: Body = Body()
    sender: Person
    sent_by: Person | None = None
    received_for: Person | None = None
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    sent: datetime | None = None
    received: datetime | None = None
    is_read: bool = False
    is_draft: bool = False
    from_me: bool = False
    importance: Importance = Importance.NORMAL
    sensitivity: Sensitivity = Sensitivity.NORMAL
    categories: tuple[str, ...] = ()
    reply_to: tuple[Person, ...] = ()
    internet_message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    headers: tuple[tuple[str, str], ...] = ()  # further headers that it came with, and their values
    conversation_id: str = ""
    conversation_index: str = ""  # hex digits; without them it is the first of its conversation
    read_receipt_requested: bool = False
    delivery_receipt_requested: bool = False
    receipt_pending: bool = False  # the sender still waits to hear that this copy was read
    flag: Flag = Flag()
    is_focused: bool = True  # among the mail that matters most to its reader, not the other
    meeting: MeetingFacts | None = None
    task: TaskFacts | None = None
    is_out_of_date: bool = False
    has_been_processed: bool = False
    attachments: tuple[Attachment, ...] = ()
    extended: tuple[ExtendedProperty, ...] = ()
    open_extensions: tuple[OpenExtension, ...] = ()
    item_class: str = ""  # as in a calendar item
    culture: str = ""
    is_associated: bool = False
    creator: str = ""
    arrival: int = 0  # the change-log number with which it came to its folder
    lasting_id: str = ""  # as in a calendar item
    created: datetime
    modified: datetime

    @property
    def lasting(self) -> str:
        """The id that stays the same while the message is in this mailbox."""
        return self.lasting_id or self.id

    @property
    def is_delegated(self) -> bool:
        """Whether it came to a delegate because it was sent to another person."""
        return self.received_for is not None


Item = CalendarItem | Message
