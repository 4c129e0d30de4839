"""Graph's spelling of times, people, bodies and enumerations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from reference_impl.domain.items import Importance, Response, Role, Sensitivity, ShowAs
from reference_impl.domain.mailbox import Person
from reference_impl.domain.zonerules import is_zone_text
from reference_impl.graph.fields.field import View

_DAY: Final = 1440  # minutes

_UTC: Final = "+00:00"
_MICROSECONDS: Final = len("0001-01-01T00:00:00.000000")

NEVER: Final = "0001-01-01T00:00:00Z"
RESET: Final = "4501-01-01T00:00:00Z"

RESPONSES: Final[Mapping[Response, str]] = {
    Response.NONE: "none",
    Response.ORGANIZER: "organizer",
    Response.TENTATIVE: "tentativelyAccepted",
    Response.ACCEPTED: "accepted",
    Response.DECLINED: "declined",
    Response.NOT_RESPONDED: "notResponded",
}
SHOW_AS: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "free",
    ShowAs.TENTATIVE: "tentative",
    ShowAs.BUSY: "busy",
    ShowAs.OOF: "oof",
    ShowAs.WORKING_ELSEWHERE: "workingElsewhere",
    ShowAs.NO_DATA: "unknown",
}
ROLES: Final[Mapping[Role, str]] = {
    Role.REQUIRED: "required",
    Role.OPTIONAL: "optional",
    Role.RESOURCE: "resource",
}
IMPORTANCE: Final[Mapping[Importance, str]] = {
    Importance.LOW: "low",
    Importance.NORMAL: "normal",
    Importance.HIGH: "high",
}
SENSITIVITY: Final[Mapping[Sensitivity, str]] = {
    Sensitivity.NORMAL: "normal",
    Sensitivity.PERSONAL: "personal",
    Sensitivity.PRIVATE: "private",
    Sensitivity.CONFIDENTIAL: "confidential",
}


def moment(value: datetime) -> str:
    """A DateTimeOffset: UTC with Z, the fraction without trailing zeros."""
    universal = value if value.tzinfo is UTC else value.astimezone(UTC)
    spelt = universal.isoformat().removesuffix(_UTC)
    return f"{spelt.rstrip('0') if value.microsecond else spelt}Z"


def local(value: datetime, view: View) -> dict[str, str]:
    """A dateTimeTimeZone in the client's zone, seven digits of fraction."""
    preferences = view.preferences
    return {"dateTime": _wall(_shift(value, preferences.zone)), "timeZone": preferences.zone_name}


def universal(value: datetime) -> dict[str, str]:
    """A dateTimeTimeZone in UTC, whatever the client prefers."""
    return {"dateTime": _wall(value.astimezone(UTC)), "timeZone": "UTC"}


def brief_local(value: datetime, view: View) -> dict[str, str]:
    """The same without a fraction where it is zero, as messages show proposals."""
    preferences = view.preferences
    text = _wall(_shift(value, preferences.zone))
    return {"dateTime": text.removesuffix(".0000000"), "timeZone": preferences.zone_name}


def floating(value: datetime, view: View) -> dict[str, str]:
    """The wall time of a value in its own zone, labelled with the client's: all-day items keep their midnights."""
    return {"dateTime": _wall(value), "timeZone": view.preferences.zone_name}


def zone_shown(name: str) -> str:
    """A zone by its name; one that has none is told as customized (Graph: event resource)."""
    return "tzone://Microsoft/Custom" if is_zone_text(name) else name


def time_of_day(minute: int) -> str:
    """A TimeOfDay from minutes after midnight; midnight at the end of a day is the last moment before it."""
    if minute == _DAY:
        return "23:59:59.9999999"
    return f"{minute // 60:02d}:{minute % 60:02d}:00.0000000"


def email_address(person: Person) -> dict[str, str]:
    """An emailAddress; a person without a name is called by the address."""
    return {"name": person.name or person.address, "address": person.address}


def recipient(person: Person) -> dict[str, Any]:
    """A recipient."""
    return {"emailAddress": email_address(person)}


def _shift(value: datetime, zone: tzinfo) -> datetime:
    if value.tzinfo is zone:
        return value
    try:
        return value.astimezone(zone)
    except OverflowError:  # the first or last day of the calendar
        return value


def _wall(value: datetime) -> str:
    """The wall time of a value, with the seven digits of fraction that the service writes."""
    return f"{value.isoformat(timespec='microseconds')[:_MICROSECONDS]}0"
