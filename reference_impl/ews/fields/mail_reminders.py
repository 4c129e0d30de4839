"""InboxReminders: reminders of a calendar item that are to come by mail ([MS-OXWSCDATA] InboxReminderType)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.mail_reminders import MailReminder, OccurrenceChange, ReminderReaders
from reference_impl.ews import xml
from reference_impl.ews.fields.model import Field, Writing
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View

_CHANGES: Final = {change: change.value.capitalize() for change in OccurrenceChange}
_READERS: Final = {
    ReminderReaders.NOT_SET: "NotSet",
    ReminderReaders.USER: "User",
    ReminderReaders.ALL_ATTENDEES: "AllAttendees",
    ReminderReaders.STAFF: "Staff",
    ReminderReaders.CUSTOMER: "Customer",
}
_CHANGE_OF: Final = {word: change for change, word in _CHANGES.items()}
_READERS_OF: Final = {word: readers for readers, word in _READERS.items()}


def _read(view: View) -> str | None:
    content = "".join(_written(reminder) for reminder in view.event.mail_reminders)
    return xml.node("InboxReminders", content) if content else None


def _written(reminder: MailReminder) -> str:
    return xml.node(
        "InboxReminder",
        xml.leaf("Id", reminder.id)
        + xml.leaf("ReminderOffset", reminder.minutes)
        + xml.leaf("Message", reminder.message)
        + xml.leaf("IsOrganizerReminder", reminder.is_organizers)
        + xml.leaf("OccurrenceChange", _CHANGES[reminder.occurrence_change])
        + xml.leaf("SendOption", _READERS[reminder.readers]),
    )


def _set(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    return {"mail_reminders": tuple(_reminder(child, writing) for child in element)}


def _reminder(element: Element, writing: Writing) -> MailReminder:
    """One reminder; it gets an id if it comes without one."""
    fresh = str(uuid.UUID(bytes=writing.call.world.ids.token(16)))
    return MailReminder(
        id=(element.findtext(t("Id")) or fresh).strip().lower(),
        minutes=int(element.findtext(t("ReminderOffset")) or 0),
        message=element.findtext(t("Message")) or "",
        is_organizers=(element.findtext(t("IsOrganizerReminder")) or "").strip() in {"true", "1"},
        occurrence_change=_CHANGE_OF[(element.findtext(t("OccurrenceChange")) or "None").strip()],
        readers=_READERS_OF[(element.findtext(t("SendOption")) or "NotSet").strip()],
    )


MAIL_REMINDERS: Final = Field(
    uri="calendar:InboxReminders",
    element="InboxReminders",
    read=_read,
    since="Exchange2016",
    found=False,
    create=_set,
    update=_set,
    delete=lambda _target: {"mail_reminders": ()},
)
"""The one property of this subject."""
