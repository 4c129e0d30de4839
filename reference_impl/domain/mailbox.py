"""Mailboxes, their folders and working hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from reference_impl.domain.calendars import CalendarColor
from reference_impl.domain.extended import ExtendedProperty
from reference_impl.domain.permissions import CLOSED, DEFAULT, LEVELS, Level, Permission, completed
from reference_impl.domain.rooms import RoomFacts

CALENDAR_CLASS: Final = "IPF.Appointment"
CONTACTS_CLASS: Final = "IPF.Contact"
TASKS_CLASS: Final = "IPF.Task"
MAIL_CLASS: Final = "IPF.Note"
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_RECIPIENTS: Final = "/o=Meetproof/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="


class MailboxKind(StrEnum):
    """What an address stands for."""

    USER = "user"
    ROOM = "room"
    EQUIPMENT = "equipment"
    LIST = "list"


class FolderRole(StrEnum):
    """The folders every mailbox is born with."""

    ROOT = "root"
    TOP = "top"
    INBOX = "inbox"
    CALENDAR = "calendar"
    SENT = "sent"
    DELETED = "deleted"
    DRAFTS = "drafts"
    OUTBOX = "outbox"
    JUNK = "junk"
    CONTACTS = "contacts"
    TASKS = "tasks"
    NOTES = "notes"
    JOURNAL = "journal"


class FolderKind(StrEnum):
    """What a folder is for, as far as it is made differently for it; its class tells."""

    CALENDAR = "calendar"
    CONTACTS = "contacts"
    TASKS = "tasks"
    GENERAL = "general"


_CALENDAR: Final = FolderKind.CALENDAR
_KINDS: Final = (
    (CALENDAR_CLASS, FolderKind.CALENDAR),
    (CONTACTS_CLASS, FolderKind.CONTACTS),
    (TASKS_CLASS, FolderKind.TASKS),
)


@lru_cache(maxsize=256)
def kind_of(folder_class: str) -> FolderKind:
    """The kind of a folder of this class, or of one derived from it by a dot and more words."""
    named = folder_class.casefold()
    for known, kind in _KINDS:
        if named == known.casefold() or named.startswith(f"{known.casefold()}."):
            return kind
    return FolderKind.GENERAL


class Person(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A display name with an SMTP address."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """The address as compared: case does not count."""
        return self.address.casefold()

    def is_same(self, other: Person) -> bool:
        """Whether another person has this address."""
        return self is other or self.address.casefold() == other.address.casefold()


@dataclass(frozen=True, slots=True)
class BusinessCard:
    """What an address book says of somebody beside the name; what is not known is empty."""

    given_name: str = ""
    surname: str = ""
    alias: str = ""
    job_title: str = ""
    department: str = ""
    company: str = ""
    office: str = ""
    business_phone: str = ""
    mobile_phone: str = ""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Days (0 Monday .. 6 Sunday) and minutes after midnight at which a person works.

    They are told by the clock of ``zone`` (a name or a definition), or of the mailbox's own zone where it is empty.
    """

    days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    start_minute: int = 480
    end_minute: int = 1020
    zone: str = ""


@dataclass(frozen=True, slots=True)
class BookingPolicy:
    """What a resource accepts, and what is left of an accepted meeting on its calendar.

    The terms and their defaults are those of resource booking (Set-CalendarProcessing, AutomateProcessing AutoAccept).
    """

    window_days: int = 180  # how far ahead it can be booked
    longest_minutes: int = 1440
    allow_recurring: bool = True
    allow_conflicts: bool = False
    conflict_percentage: int = 0  # of the occurrences of a series, that may find it taken
    most_conflicts: int = 0  # occurrences of a series, that may find it taken
    enforce_horizon: bool = True  # a series that goes on beyond the window is declined
    delete_subject: bool = True
    add_organizer_to_subject: bool = True
    delete_comments: bool = True
    delete_attachments: bool = True
    remove_private: bool = True


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox, or a distribution list, which has members instead of folders."""

    id: str  # a GUID; the same at every restart with the same seed
    person: Person
    kind: MailboxKind = MailboxKind.USER
    password: str = ""
    time_zone: str = "UTC"  # a Windows zone name, or an IANA name that its owner has chosen
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    default_access: Level = Level.TIME_ONLY  # of everybody else to the calendar, as long as nobody sets permissions
    access: tuple[tuple[str, Level], ...] = ()  # (address key, access) exceptions to default_access
    auto_accept: bool = False  # rooms and equipment that answer by their calendar
    booking: BookingPolicy = field(default_factory=BookingPolicy)  # how they do
    may_impersonate: bool = False
    members: tuple[str, ...] = ()  # addresses, of a LIST only
    is_room_list: bool = False  # a LIST by which rooms are found
    is_hidden: bool = False  # no address list shows it
    card: BusinessCard = field(default_factory=BusinessCard)
    redirect: str = ""  # an address or a URL where Autodiscover tells clients to look instead
    language: str = "en-US"
    date_format: str = "M/d/yyyy"
    time_format: str = "h:mm tt"
    room: RoomFacts = field(default_factory=RoomFacts)
    chosen: tuple[str, ...] = ()  # the fields that were set since: a changed population leaves them as they are

    @property
    def address(self) -> str:
        """The primary SMTP address."""
        return self.person.address

    @property
    def alias(self) -> str:
        """The short name: the user part of the address, where the card has no other."""
        return self.card.alias or self.address.partition("@")[0]

    @property
    def working_zone(self) -> str:
        """The zone by whose clock the working hours are told."""
        return self.working_hours.zone or self.time_zone

    @property
    def distinguished_name(self) -> str:
        """The name as older directories have it, by which addresses of type EX are given."""
        return f"{_RECIPIENTS}{self.id.replace('-', '')}-{self.alias}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of one mailbox; ``version`` is the mailbox's change-log number of its last change, 0 from birth.

    ``permissions`` is None as long as nobody has set any: then those apply that the folder was born with.
    """

    id: str
    mailbox_id: str
    name: str
    role: FolderRole | None = None
    parent_id: str | None = None
    folder_class: str = MAIL_CLASS
    permissions: tuple[Permission, ...] | None = None
    extended: tuple[ExtendedProperty, ...] = ()
    color: CalendarColor = CalendarColor.AUTO  # of a calendar, as is the group it is shown in, the first if empty
    group_id: str = ""
    version: int = 0
    created: datetime = _LONG_AGO
    modified: datetime = _LONG_AGO

    @property
    def kind(self) -> FolderKind:
        """What the folder is for."""
        return kind_of(self.folder_class)

    @property
    def is_calendar(self) -> bool:
        """Whether calendar items live here."""
        return self.kind is _CALENDAR


def permissions_of(folder: Folder, owner: Mailbox) -> tuple[Permission, ...]:
    """The entries of a folder: those that were set, else Default and Anonymous without rights.

    The default calendar is born with what its owner's ``access`` says.
    """
    if folder.permissions is not None:
        return folder.permissions
    if folder.role is not FolderRole.CALENDAR:
        return CLOSED
    return _born_with(owner.default_access, owner.access)


@lru_cache(maxsize=256)
def _born_with(default: Level, access: tuple[tuple[str, Level], ...]) -> tuple[Permission, ...]:
    shared = (Permission(user, LEVELS[level]) for user, level in access)
    return completed((Permission(DEFAULT, LEVELS[default]), *shared), CLOSED)
