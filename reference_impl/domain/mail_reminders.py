"""Reminders that are to come by mail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReminderReaders(StrEnum):
    """Who is to be reminded."""

    NOT_SET = "not_set"
    USER = "user"
    ALL_ATTENDEES = "all_attendees"
    STAFF = "staff"
    CUSTOMER = "customer"


class OccurrenceChange(StrEnum):
    """How a reminder of an occurrence differs from that of its series."""

    NONE = "none"
    ADDED = "added"
    OVERRIDE = "override"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReminder:
    """One reminder, so many minutes before the start."""

    id: str  # a GUID
    minutes: int = 0
    message: str = ""
    is_organizers: bool = False
    occurrence_change: OccurrenceChange = OccurrenceChange.NONE
    readers: ReminderReaders = ReminderReaders.NOT_SET
