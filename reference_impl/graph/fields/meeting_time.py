"""The members of a meetingTimeSuggestionsResult."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from reference_impl.domain.items import ShowAs
from reference_impl.domain.mailbox import Person
from reference_impl.domain.meeting_times import Lack, MeetingTime, Place
from reference_impl.graph.fields.field import ABSENT, Field, Table, View
from reference_impl.graph.fields.values import SHOW_AS, email_address, local

LACKS: Final[Mapping[Lack | None, str]] = {
    None: "",
    Lack.ATTENDEES: "attendeesUnavailable",
    Lack.ATTENDEES_OR_UNKNOWN: "attendeesUnavailableOrUnknown",
    Lack.PLACES: "locationsUnavailable",
    Lack.ORGANIZER: "organizerUnavailable",
    Lack.UNKNOWN: "unknown",
}
"""emptySuggestionsReason."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """One time, its place among the suggestions, how long the meeting lasts, and the people with their types."""

    time: MeetingTime
    order: int
    length: timedelta
    people: tuple[tuple[Person, str], ...]
    is_explained: bool


def _attendee(person: Person, kind: str, status: ShowAs) -> dict[str, Any]:
    return {
        "attendee": {"type": kind, "emailAddress": email_address(person)},
        "availability": SHOW_AS[status],
    }


def _place(place: Place) -> dict[str, Any]:
    if place.calendar is None:
        return {"displayName": place.name, "locationType": "default", "uniqueIdType": "unknown"}
    return {
        "displayName": place.name,
        "locationType": "conferenceRoom",
        "locationEmailAddress": place.address,
        "uniqueId": place.address,
        "uniqueIdType": "directory",
    }


def _slot(suggested: Suggested, view: View) -> dict[str, Any]:
    start = suggested.time.start
    return {"start": local(start, view), "end": local(start + suggested.length, view)}


def _reason(suggested: Suggested) -> Any:
    if not suggested.is_explained:
        return ABSENT
    if not suggested.people:
        return "The organizer has time."
    if suggested.time.chance == 100:
        return "All attendees have time."
    return f"The chance that an attendee comes is {suggested.time.chance:g} percent on average."


SUGGESTION: Final[Table[Suggested]] = Table(
    (
        Field("confidence", lambda s, _: float(s.time.chance)),
        Field("order", lambda s, _: s.order),
        Field("organizerAvailability", lambda s, _: SHOW_AS[s.time.organizer]),
        Field("suggestionReason", lambda s, _: _reason(s)),
        Field("meetingTimeSlot", _slot),
        Field(
            "attendeeAvailability",
            lambda s, _: [
                _attendee(person, kind, status) for (person, kind), status in zip(s.people, s.time.invited, strict=True)
            ],
        ),
        Field("locations", lambda s, _: [_place(place) for place in s.time.places]),
    )
)
