"""The members of a user and of the owner's mailbox settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.mailbox import Mailbox, MailboxKind, WorkingHours
from reference_impl.domain.oof import ExternalAudience, OofSettings, OofState
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.fields.values import time_of_day, universal

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


_STATUS: Final[Mapping[OofState, str]] = {
    OofState.DISABLED: "disabled",
    OofState.ENABLED: "alwaysEnabled",
    OofState.SCHEDULED: "scheduled",
}
_AUDIENCE: Final[Mapping[ExternalAudience, str]] = {
    ExternalAudience.NONE: "none",
    ExternalAudience.KNOWN: "contactsOnly",
    ExternalAudience.ALL: "all",
}
_NEVER: Final = {"dateTime": "0001-01-01T00:00:00.0000000", "timeZone": "UTC"}


def automatic_replies(absence: OofSettings) -> dict[str, Any]:
    """An automaticRepliesSetting; a mailbox that never set anything has the service's own unused schedule."""
    is_unused = absence == OofSettings()
    slot = absence.slot
    return {
        "status": _STATUS[absence.state],
        "externalAudience": _AUDIENCE[ExternalAudience.NONE if is_unused else absence.audience],
        "internalReplyMessage": "" if absence.internal is None else absence.internal.content,
        "externalReplyMessage": "" if absence.external is None else absence.external.content,
        "scheduledStartDateTime": _NEVER if slot is None else universal(slot.start),
        "scheduledEndDateTime": _NEVER if slot is None else universal(slot.end),
    }


SETTINGS: Final[Mapping[str, Callable[[Mailbox, OofSettings], Any]]] = {
    "archiveFolder": lambda _owner, _absence: None,
    "timeZone": lambda owner, _: owner.time_zone,
    "delegateMeetingMessageDeliveryOptions": lambda _owner, _absence: "sendToDelegateOnly",
    "dateFormat": lambda _owner, _absence: "M/d/yyyy",
    "timeFormat": lambda _owner, _absence: "h:mm tt",
    "userPurpose": lambda owner, _: PURPOSES[owner.kind],
    "automaticRepliesSetting": lambda _, absence: automatic_replies(absence),
    "language": lambda _owner, _absence: {"locale": "en-US", "displayName": "English (United States)"},
    "workingHours": lambda owner, _: working_hours(owner.working_hours, owner.time_zone),
}
"""mailboxSettings, member by member; each can be asked for by its own address too."""
