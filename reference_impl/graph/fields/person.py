"""The members of a user and of the owner's mailbox settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.mailbox import Mailbox, MailboxKind, WorkingHours
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.fields.values import time_of_day

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PURPOSES: Final[Mapping[MailboxKind, str]] = {
    MailboxKind.USER: "user",
    MailboxKind.ROOM: "room",
    MailboxKind.EQUIPMENT: "equipment",
    MailboxKind.LIST: "others",
}


def working_hours(hours: WorkingHours, zone_name: str) -> dict[str, Any]:
    """A workingHours object; days in the order of the week."""
    return {
        "daysOfWeek": [DAYS[day] for day in sorted(hours.days)],
        "startTime": time_of_day(hours.start_minute),
        "endTime": time_of_day(hours.end_minute),
        "timeZone": {"name": zone_name},
    }


USER: Final[Table[Mailbox]] = Table(
    (
        Field("businessPhones", lambda u, _: [u.card.business_phone] if u.card.business_phone else []),
        Field("displayName", lambda u, _: u.person.name or u.address),
        Field("givenName", lambda u, _: u.card.given_name or None),
        Field("jobTitle", lambda u, _: u.card.job_title or None),
        Field("mail", lambda u, _: u.address),
        Field("mobilePhone", lambda u, _: u.card.mobile_phone or None),
        Field("officeLocation", lambda u, _: u.card.office or None),
        Field("preferredLanguage", lambda _u, _v: None),
        Field("surname", lambda u, _: u.card.surname or None),
        Field("userPrincipalName", lambda u, _: u.address),
        Field("id", lambda u, _: u.id),
    )
)


def _no_replies(_owner: Mailbox) -> dict[str, Any]:
    """Automatic replies are not offered: always off, with the service's own unused schedule."""
    never = {"dateTime": "0001-01-01T00:00:00.0000000", "timeZone": "UTC"}
    return {
        "status": "disabled",
        "externalAudience": "none",
        "internalReplyMessage": "",
        "externalReplyMessage": "",
        "scheduledStartDateTime": never,
        "scheduledEndDateTime": never,
    }


SETTINGS: Final[Mapping[str, Callable[[Mailbox], Any]]] = {
    "archiveFolder": lambda _: None,
    "timeZone": lambda owner: owner.time_zone,
    "delegateMeetingMessageDeliveryOptions": lambda _: "sendToDelegateOnly",
    "dateFormat": lambda _: "M/d/yyyy",
    "timeFormat": lambda _: "h:mm tt",
    "userPurpose": lambda owner: PURPOSES[owner.kind],
    "automaticRepliesSetting": _no_replies,
    "language": lambda _: {"locale": "en-US", "displayName": "English (United States)"},
    "workingHours": lambda owner: working_hours(owner.working_hours, owner.time_zone),
}
"""mailboxSettings, member by member; each can be asked for by its own address too."""
