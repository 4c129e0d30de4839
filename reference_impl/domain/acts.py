"""What a caller asks for: the arguments of the service's acts, in the domain's own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

import msgspec

from reference_impl.domain.calendars import CalendarColor
from reference_impl.domain.extended import ExtendedProperty, OpenExtension
from reference_impl.domain.items import (
    Attachment,
    AttachmentKind,
    Attendee,
    Body,
    CalendarItem,
    Flag,
    Importance,
    Item,
    Message,
    Reference,
    Response,
    Sensitivity,
    SeriesException,
    ShowAs,
    Snooze,
    TaskFacts,
    TimeSlot,
)
from reference_impl.domain.mail_reminders import MailReminder
from reference_impl.domain.mailbox import MAIL_CLASS, Folder, FolderRole, Person
from reference_impl.domain.permissions import Permission
from reference_impl.domain.places import Place, Venue
from reference_impl.domain.recurrence import Recurrence


class Audience(StrEnum):
    """Who is told of a created, changed or deleted meeting."""

    NOBODY = "nobody"
    EVERYBODY = "everybody"
    CHANGED = "changed"  # only attendees added or removed by this change
    AS_NEEDED = "as_needed"  # decided by what changed: private matters nobody, attendees only CHANGED, else EVERYBODY


class Sending(msgspec.Struct, frozen=True, gc=False):
    """Who is told, and whether Sent Items keeps a copy."""

    audience: Audience = Audience.EVERYBODY
    save_copy: bool = True


class Disposal(StrEnum):
    """What becomes of a deleted item."""

    TO_DELETED_ITEMS = "to_deleted_items"
    SOFT = "soft"
    HARD = "hard"


class ConflictResolution(StrEnum):
    """What a write does when the item has changed since the caller read it."""

    NEVER_OVERWRITE = "never_overwrite"
    AUTO_RESOLVE = "auto_resolve"
    ALWAYS_OVERWRITE = "always_overwrite"


class FolderRef(msgspec.Struct, frozen=True, gc=False):
    """A folder by its role or by its id; exactly one is given."""

    role: FolderRole | None = None
    id: str | None = None


CALENDAR = FolderRef(role=FolderRole.CALENDAR)


class NewAttachment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to be attached: a file, a file that stays elsewhere, or an item that exists nowhere else."""

    name: str
    content: bytes | Reference | EventDraft | MessageDraft
    content_type: str = ""
    content_id: str = ""
    content_location: str = ""
    is_inline: bool = False
    is_contact_photo: bool = False

    @property
    def kind(self) -> AttachmentKind:
        """File, reference or item."""
        if isinstance(self.content, Reference):
            return AttachmentKind.REFERENCE
        return AttachmentKind.FILE if isinstance(self.content, bytes) else AttachmentKind.ITEM


Attached = tuple[Attachment | NewAttachment, ...]
"""What a draft is to have: new attachments, and those that hang on another item already."""


class Called(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a calendar that came from elsewhere says of who called a meeting, and how far it has come."""

    organizer: Person
    sequence: int = 0
    intended_show_as: ShowAs = ShowAs.BUSY
    is_cancelled: bool = False


class EventDraft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A calendar item to be made; the service adds identity, organizer and bookkeeping.

    A meeting ``called`` by another person becomes an attendee's copy, whose answer is that of the owner's entry in
    ``attendees``. A series may come with its changed and its deleted occurrences.
    """

    start: datetime  # aware, UTC
    end: datetime
    subject: str = ""
    body: Body = Body()
    start_zone: str = "UTC"
    end_zone: str = "UTC"
    is_all_day: bool = False
    location: str = ""
    place: Place | None = None
    venues: tuple[Venue, ...] = ()
    show_as: ShowAs = ShowAs.BUSY
    attendees: tuple[Attendee, ...] = ()
    response_requested: bool = True
    allow_new_time_proposals: bool = True
    hide_attendees: bool = False
    sensitivity: Sensitivity = Sensitivity.NORMAL
    importance: Importance = Importance.NORMAL
    categories: tuple[str, ...] = ()
    reminder_is_set: bool = True
    reminder_minutes: int = 15
    mail_reminders: tuple[MailReminder, ...] = ()
    do_not_forward: bool = False
    reminder_due: datetime | None = None  # what the minutes count back from, where that is not the start
    reminder_snooze: Snooze | None = None
    uid: str | None = None  # kept if given
    when: str = ""
    conference_type: int | None = None
    meeting_workspace_url: str = ""
    net_show_url: str = ""
    is_online_meeting: bool = False
    online_meeting_provider: str = "unknown"
    transaction_id: str | None = None
    recurrence: Recurrence | None = None
    exceptions: tuple[SeriesException, ...] = ()
    deleted: tuple[date, ...] = ()
    called: Called | None = None
    attachments: Attached = ()
    extended: tuple[ExtendedProperty, ...] = ()
    open_extensions: tuple[OpenExtension, ...] = ()
    item_class: str = ""
    culture: str = ""
    is_associated: bool = False


class MessageDraft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A plain message to be saved or sent; ``answers`` is the one whose conversation it goes on with, if any.

    Without an author it comes from the mailbox that it is made for. One that is no draft has come from elsewhere: it is
    kept as what it was when ``named`` sent it and it was received.
    """

    author: Person | None = None
    named: Person | None = None  # whom a text names as its author, which counts once it is sent
    is_draft: bool = True
    sent: datetime | None = None
    received: datetime | None = None
    subject: str = ""
    body: Body = Body()
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    reply_to: tuple[Person, ...] = ()
    internet_message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    answers: Item | None = None
    conversation_index: bytes = b""  # where it says that it stands in a conversation
    is_read: bool = True  # of a message that is saved; what is sent is read
    read_receipt_requested: bool = False
    delivery_receipt_requested: bool = False
    flag: Flag = Flag()
    is_focused: bool = True
    importance: Importance = Importance.NORMAL
    sensitivity: Sensitivity = Sensitivity.NORMAL
    categories: tuple[str, ...] = ()
    attachments: Attached = ()
    extended: tuple[ExtendedProperty, ...] = ()
    item_class: str = ""
    culture: str = ""
    is_associated: bool = False
    task: TaskFacts | None = None


class FolderDraft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A folder to be made; without permissions of its own it has those of the folder above it."""

    name: str = ""
    folder_class: str = MAIL_CLASS
    permissions: tuple[Permission, ...] | None = None
    extended: tuple[ExtendedProperty, ...] = ()
    color: CalendarColor = CalendarColor.AUTO
    group_id: str = ""


FolderEdit = Callable[[Folder], Folder]
"""A pure change of a folder; it may raise a DomainError."""


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """What becomes of a message that an act produces: sent or not, a copy kept or not."""

    send: bool = True
    save_copy: bool = True


class Reply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An attendee's answer."""

    response: Response  # ACCEPTED, TENTATIVE or DECLINED
    body: Body | None = None
    proposal: TimeSlot | None = None
    delivery: Delivery = Delivery()
    keep_request: bool = False  # Graph leaves the request in the Inbox, EWS moves it to Deleted Items
    more: MessageDraft | None = None  # sensitivity, attachments, further recipients and receipts of the response
    save_in: FolderRef | None = None  # the folder for a response that is saved without being sent


class Replied(msgspec.Struct, frozen=True, gc=False):
    """What an answer left in the attendee's own mailbox."""

    event: CalendarItem | None  # in the calendar, or in Deleted Items after a decline
    request: Message | None  # the request where it is now
    response: Message | None  # the saved copy, if any


class Updated(msgspec.Struct, frozen=True, gc=False):
    """A changed calendar item and the number of properties on which other writers' values were overridden."""

    event: CalendarItem
    conflicts: int = 0


class Removed(msgspec.Struct, frozen=True, gc=False):
    """A cancellation and its meeting, as they are now in Deleted Items."""

    event: CalendarItem | None
    cancellation: Message


class Cancelled(msgspec.Struct, frozen=True, gc=False):
    """The organizer's cancelled copy in Deleted Items, and the cancellation kept in Sent Items, if any."""

    event: CalendarItem
    cancellation: Message | None


EventEdit = Callable[[CalendarItem], CalendarItem]
"""A pure change of a calendar item; it may raise a DomainError."""
