"""findMeetingTimes: times at which people could meet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from reference_impl.domain.items import TimeSlot
from reference_impl.domain.meeting_times import Activity, Search
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.meeting_time import LACKS, SUGGESTION, Suggested
from reference_impl.graph.odata.selecting import Selection
from reference_impl.graph.reading.durations import read_minutes
from reference_impl.graph.reading.values import read_person, read_slot
from reference_impl.graph.refusals import ScopeMissing
from reference_impl.service.meeting_times import PlaceAsked, PlacesAsked, find_meeting_times

_ACTIVITIES: Final[Mapping[str, Activity]] = {
    "work": Activity.WORK,
    "personal": Activity.PERSONAL,
    "unrestricted": Activity.UNRESTRICTED,
    "unknown": Activity.WORK,  # deprecated
}
_DEFAULT_SPAN: Final = timedelta(days=7)


def find(call: Call) -> Result:
    """POST: 200 and the suggestions, or why there are none. Every parameter may be left out or null."""
    if call.by is None:
        raise ScopeMissing(needed="Calendars.Read.Shared of a signed-in person")
    sent = {
        name: value for name, value in call.body("user.findMeetingTimes", optional=True).items() if value is not None
    }
    given = [(read_person(one), one.get("type", "required")) for one in sent.get("attendees", ())]
    search = _search(call, sent)
    found = find_meeting_times(
        call.world, call.owner, [person for person, _ in given], _places(sent.get("locationConstraint", {})), search
    )
    kinds = {person.key: kind for person, kind in reversed(given)}
    people = tuple((person, kinds[person.key]) for person in found.people)
    is_explained = sent.get("returnSuggestionReasons", False)
    suggested = (
        Suggested(time, order, search.length, people, is_explained)
        for order, time in enumerate(found.outcome.times, start=1)
    )
    members = {
        "emptySuggestionsReason": LACKS[found.outcome.lack],
        "meetingTimeSuggestions": [SUGGESTION.show(each, call.view, Selection()) for each in suggested],
    }
    return call.entity(call.context("microsoft.graph.meetingTimeSuggestionsResult"), members)


def _search(call: Call, sent: Mapping[str, Any]) -> Search:
    constraint = sent.get("timeConstraint", {})
    slots = constraint.get("timeSlots") or ()
    now = call.world.clock.now()
    windows = tuple(read_slot(slot, f"timeConstraint.timeSlots.{number}") for number, slot in enumerate(slots))
    said: dict[str, Any] = {}
    if "meetingDuration" in sent:
        said["minutes"] = read_minutes(sent["meetingDuration"], "meetingDuration")
    if "maxCandidates" in sent:
        said["most"] = sent["maxCandidates"]
    if "minimumAttendeePercentage" in sent:
        said["least_chance"] = sent["minimumAttendeePercentage"]
    return Search(
        windows=windows or (TimeSlot(now, now + _DEFAULT_SPAN),),
        zone=call.preferences.zone,
        activity=_ACTIVITIES[constraint.get("activityDomain") or "work"],
        tentative_chance=call.world.settings.tentative_chance,
        is_organizer_optional=sent.get("isOrganizerOptional", False),
        **said,
    )


def _places(constraint: Mapping[str, Any]) -> PlacesAsked:
    return PlacesAsked(
        is_required=constraint.get("isRequired") or False,
        suggests=constraint.get("suggestLocation") or False,
        named=tuple(
            PlaceAsked(
                name=place.get("displayName") or "",
                address=(place.get("locationEmailAddress") or "").strip(),
                is_replaceable=place.get("resolveAvailability") is not False,
            )
            for place in constraint.get("locations") or ()
            if place.get("displayName") or place.get("locationEmailAddress")
        ),
    )
