"""Calendar items with any of their properties, for cases that are about properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.actor import ews_requests as ask
from conformance.actor.ews_recurrence import recurrence
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.times import xml_time
from conformance.actor.xml import Markup, several, t
from conformance.suites.scene import Scene
from conformance.suites.steps import moment, token

# What may be given to a new item, in the order of the schema.
_ORDER: Final = (
    "Subject",
    "Body",
    "Start",
    "End",
    "IsAllDayEvent",
    "LegacyFreeBusyStatus",
    "Location",
    "When",
    "IsResponseRequested",
    "RequiredAttendees",
    "OptionalAttendees",
    "Resources",
    "InboxReminders",
    "Recurrence",
    "MeetingTimeZone",
    "StartTimeZone",
    "EndTimeZone",
    "ConferenceType",
    "AllowNewTimeProposal",
    "IsOnlineMeeting",
    "MeetingWorkspaceUrl",
    "NetShowUrl",
    "EnhancedLocation",
)
ZONE: Final = "Pacific Standard Time"


def whole_item(scene: Scene, values: Mapping[str, str] | None = None, hour: int = 10) -> Markup:
    """A CalendarItem of one hour of the case's day; ``values`` are texts, or elements as they stand."""
    told: dict[str, str] = {
        "Subject": f"Whole plan {token(scene)}",
        "Start": xml_time(moment(scene, hour)),
        "End": xml_time(moment(scene, hour + 1)),
        **(values or {}),
    }
    parts = (told[name] if isinstance(told[name], Markup) else t(name, told[name]) for name in _ORDER if name in told)
    return t("CalendarItem", several(*(Markup(part) for part in parts)))


def people(name: str, *addresses: str) -> Markup:
    """A list of attendees."""
    return ask.attendees(name, addresses)


def daily(scene: Scene, times: int = 4) -> Markup:
    """A Recurrence: every day from the case's on."""
    return recurrence(Recurrence(pattern=Pattern.DAILY, start=scene.date, count=times))


def place() -> Markup:
    """An EnhancedLocation with all that a meeting says of its place."""
    return t(
        "EnhancedLocation",
        t("DisplayName", "Room of maps"),
        t("Annotation", "Second door on the left"),
        t(
            "PostalAddress",
            t("Street", "1 Market Square"),
            t("City", "Springfield"),
            t("Country", "Examplia"),
            t("Type", "Business"),
            t("LocationSource", "None"),
        ),
    )
