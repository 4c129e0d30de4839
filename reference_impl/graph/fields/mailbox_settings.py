"""The members of the owner's mailbox settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.delegation import MeetingDelivery
from reference_impl.domain.languages import languages
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.domain.oof import ExternalAudience, OofSettings, OofState
from reference_impl.graph.fields.values import universal
from reference_impl.graph.fields.working_hours import working_hours
from reference_impl.service.mailbox_settings import MailboxSettings

PURPOSES: Final[Mapping[MailboxKind, str]] = {
    MailboxKind.USER: "user",
    MailboxKind.ROOM: "room",
    MailboxKind.EQUIPMENT: "equipment",
    MailboxKind.LIST: "others",
}
STATUS: Final[Mapping[OofState, str]] = {
    OofState.DISABLED: "disabled",
    OofState.ENABLED: "alwaysEnabled",
    OofState.SCHEDULED: "scheduled",
}
AUDIENCE: Final[Mapping[ExternalAudience, str]] = {
    ExternalAudience.NONE: "none",
    ExternalAudience.KNOWN: "contactsOnly",
    ExternalAudience.ALL: "all",
}
DELIVERY: Final[Mapping[MeetingDelivery, str]] = {
    MeetingDelivery.DELEGATES_ONLY: "sendToDelegateOnly",
    MeetingDelivery.DELEGATES_AND_ME: "sendToDelegateAndPrincipal",
    MeetingDelivery.DELEGATES_AND_INFORM_ME: "sendToDelegateAndInformationToPrincipal",
}
_NO_FORWARD: Final = DELIVERY[MeetingDelivery.DELEGATES_AND_ME]
"""What tells the same of mailboxes whose delegates get nothing: the owner gets everything."""
_NEVER: Final = {"dateTime": "0001-01-01T00:00:00.0000000", "timeZone": "UTC"}


def audience_of(absence: OofSettings) -> ExternalAudience:
    """Whom of elsewhere an absence is told to: nobody, as long as nothing was ever said of it."""
    return ExternalAudience.NONE if absence == OofSettings() else absence.audience


def automatic_replies(absence: OofSettings) -> dict[str, Any]:
    """An automaticRepliesSetting; a mailbox that never set anything has the service's own unused schedule."""
    slot = absence.slot
    return {
        "status": STATUS[absence.state],
        "externalAudience": AUDIENCE[audience_of(absence)],
        "internalReplyMessage": "" if absence.internal is None else absence.internal.content,
        "externalReplyMessage": "" if absence.external is None else absence.external.content,
        "scheduledStartDateTime": _NEVER if slot is None else universal(slot.start),
        "scheduledEndDateTime": _NEVER if slot is None else universal(slot.end),
    }


def locale(tag: str) -> dict[str, str]:
    """A localeInfo."""
    return {"locale": tag, "displayName": languages().get(tag, tag)}


SETTINGS: Final[Mapping[str, Callable[[Mailbox, MailboxSettings], Any]]] = {
    "archiveFolder": lambda _owner, _settings: None,
    "timeZone": lambda _, settings: settings.time_zone,
    "delegateMeetingMessageDeliveryOptions": lambda _, settings: DELIVERY.get(settings.delivery, _NO_FORWARD),
    "dateFormat": lambda _, settings: settings.date_format,
    "timeFormat": lambda _, settings: settings.time_format,
    "userPurpose": lambda owner, _: PURPOSES[owner.kind],
    "automaticRepliesSetting": lambda _, settings: automatic_replies(settings.absence),
    "language": lambda _, settings: locale(settings.language),
    "workingHours": lambda _, settings: working_hours(
        settings.working_hours, settings.working_hours.zone or settings.time_zone
    ),
}
"""mailboxSettings, member by member; each can be asked for by its own address too."""
