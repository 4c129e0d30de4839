"""Parts that calendar items and meeting requests have in common: free/busy words, zones, neighbours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.items import CalendarItem, MeetingFacts, ShowAs
from reference_impl.domain.timezone import to_windows, zone
from reference_impl.domain.zonerules import definition_of, is_zone_text
from reference_impl.ews import words, xml
from reference_impl.ews.call import Call
from reference_impl.ews.custom_zones import write_zone
from reference_impl.ews.fields.model import Field, Table
from reference_impl.ews.fields.readers import item_id
from reference_impl.ews.times import format_time
from reference_impl.ews.versions import Version
from reference_impl.ews.view import View


def show_as(value: ShowAs, version: Version) -> str:
    """A free/busy status; WorkingElsewhere came with Exchange2013, before it counts as Free."""
    known = value is not ShowAs.WORKING_ELSEWHERE or version.has("Exchange2013")
    return words.SHOW_AS[value if known else ShowAs.FREE]


def zone_id(name: str) -> str:
    """The Windows name of a zone where it has one."""
    if is_zone_text(name):
        return definition_of(name).name
    try:
        return to_windows(name)
    except NoSuchTimeZone:
        return name


def zone_element(element: str, name: str) -> str:
    """A zone by its Windows name where it has one, by its rules where it has none at all."""
    return write_zone(element, name if is_zone_text(name) else zone_id(name))


def wall_clock(element: str, moment: datetime, zone_name: str) -> str:
    """A moment as a clock in its own zone shows it."""
    return f"<t:{element}>{format_time(moment, zone(zone_name))}</t:{element}>"


def wall_clock_fields(told: Callable[[View], CalendarItem | MeetingFacts]) -> Table:
    """Start and end as clocks in their own zones show them, and the ids of those zones."""
    return (
        Field(
            uri="calendar:StartWallClock",
            element="StartWallClock",
            read=lambda view: wall_clock("StartWallClock", told(view).start, told(view).start_zone),
            since="Exchange2013",
        ),
        Field(
            uri="calendar:EndWallClock",
            element="EndWallClock",
            read=lambda view: wall_clock("EndWallClock", told(view).end, told(view).end_zone),
            since="Exchange2013",
        ),
        Field(
            uri="calendar:StartTimeZoneId",
            element="StartTimeZoneId",
            read=lambda view: xml.leaf("StartTimeZoneId", zone_id(told(view).start_zone)),
            since="Exchange2013",
        ),
        Field(
            uri="calendar:EndTimeZoneId",
            element="EndTimeZoneId",
            read=lambda view: xml.leaf("EndTimeZoneId", zone_id(told(view).end_zone)),
            since="Exchange2013",
        ),
    )


def neighbour_list(element: str, events: tuple[CalendarItem, ...], view: View) -> str | None:
    """Conflicting or adjacent meetings: id, subject, times, status and place of each."""
    content = "".join(
        xml.node(
            "CalendarItem",
            item_id("ItemId", event)
            + (xml.leaf("Subject", event.subject) if event.subject else "")
            + f"<t:Start>{view.call.time(event.start)}</t:Start><t:End>{view.call.time(event.end)}</t:End>"
            + xml.leaf("LegacyFreeBusyStatus", show_as(event.show_as, view.call.version))
            + (xml.leaf("Location", event.location) if event.location else ""),
        )
        for event in events
    )
    return xml.node(element, content) if content else None


def neighbour_fields() -> Table:
    """The four calculated properties about other meetings (R321 to R327)."""
    return (
        Field(
            uri="calendar:ConflictingMeetingCount",
            element="ConflictingMeetingCount",
            read=lambda view: xml.leaf("ConflictingMeetingCount", len(view.neighbours.conflicting)),
            found=False,
        ),
        Field(
            uri="calendar:AdjacentMeetingCount",
            element="AdjacentMeetingCount",
            read=lambda view: xml.leaf("AdjacentMeetingCount", len(view.neighbours.adjacent)),
            found=False,
        ),
        Field(
            uri="calendar:ConflictingMeetings",
            element="ConflictingMeetings",
            read=lambda view: neighbour_list("ConflictingMeetings", view.neighbours.conflicting, view),
            found=False,
        ),
        Field(
            uri="calendar:AdjacentMeetings",
            element="AdjacentMeetings",
            read=lambda view: neighbour_list("AdjacentMeetings", view.neighbours.adjacent, view),
            found=False,
        ),
    )


def zone_text(call: Call, name: str, *, is_recurring: bool) -> str | None:
    """The TimeZone text, which items without recurrence lost with Exchange2016 (R2182)."""
    is_told = is_recurring or not call.version.has("Exchange2016")
    return xml.leaf("TimeZone", zone_id(name)) if is_told else None
