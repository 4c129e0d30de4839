"""findMeetingTimes: times that suit, their confidence and order, constraints, and why there are none."""

from __future__ import annotations

from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphAnswer
from conformance.actor.times import instant
from conformance.actor.views import Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, call_meeting, created
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, free_day, moment, slot

SCENARIO = "suggestions"
PEOPLE = ("organizer0", "attendee0")


def _asked(scene: Scene, **more: Any) -> Any:
    """The body of findMeetingTimes for attendee0 on the case's day from nine to five."""
    window = Slot(moment(scene, 9), moment(scene, 17))
    return {
        "attendees": [ask.attendee(address(scene, "attendee0"))],
        "timeConstraint": {"activityDomain": "unrestricted", "timeSlots": [ask.times(window)]},
        "meetingDuration": "PT1H",
        "maxCandidates": 50,
    } | more


def _find(scene: Scene, headers: dict[str, str] | None = None, **more: Any) -> GraphAnswer:
    return scene.graph("organizer0").post("me/findMeetingTimes", _asked(scene, **more), headers)


def _found(answer: GraphAnswer) -> list[Resource]:
    told = answer.members.get("meetingTimeSuggestions")
    return list(told) if isinstance(told, list) else []


def _span(one: Resource) -> Slot:
    times = one["meetingTimeSlot"]
    return Slot(instant(times["start"]["dateTime"]), instant(times["end"]["dateTime"]))


def _meets(one: Slot, other: Slot) -> bool:
    return one.start < other.end and other.start < one.end


def _busy(scene: Scene, who: str, when: Slot | None = None) -> None:
    plan = draft(scene, required=(), slot=when or slot(scene))
    created(scene.graph(who).post("me/events", ask.event(plan)))


@case(
    "suggestions.find",
    scenario=SCENARIO,
    verifies=("GRAPH-FMT-001", "GRAPH-FMT-002", "GRAPH-FMT-004", "GRAPH-FMT-005", "GRAPH-FMT-006", "GRAPH-FMT-013"),
    pairings=GRAPH,
    needs=("availability",),
)
def test_times_that_suit_everybody_come_first(scene: Scene) -> None:
    free_day(scene, "graph", *PEOPLE)
    _busy(scene, "attendee0")
    answer = _find(scene)
    found = _found(answer)
    scene.require("GRAPH-FMT-001", "the status", answer.status).equals(200)
    scene.require("GRAPH-FMT-001", "the suggestions", found).is_present()
    scene.expect("GRAPH-FMT-002", "why there are none", answer.members.get("emptySuggestionsReason")).equals("")
    spans = [_span(one) for one in found]
    window = Slot(moment(scene, 9), moment(scene, 17))
    outside = [span for span in spans if span.start < window.start or span.end > window.end]
    scene.expect("GRAPH-FMT-013", "suggestions outside the window", outside).is_absent()
    scene.expect(
        "GRAPH-FMT-004", "suggestions while half of all are busy", [span for span in spans if _meets(span, slot(scene))]
    ).is_absent()
    confidences = [one.get("confidence") for one in found]
    scene.expect("GRAPH-FMT-006", "the confidence of times that suit all", set(confidences)).equals({100.0})
    order = [one.get("order") for one in found]
    scene.expect("GRAPH-FMT-005", "the order told", order).equals(list(range(1, len(found) + 1)))
    scene.expect("GRAPH-FMT-005", "the starts", spans).equals(sorted(spans, key=lambda span: span.start))
    fewer = _found(_find(scene, minimumAttendeePercentage=0))
    doubtful = [one for one in fewer if _meets(_span(one), slot(scene))]
    told = {one.get("confidence") for one in doubtful}
    scene.expect("GRAPH-FMT-006", "the confidence while the only other is busy", told).is_one_of({50.0}, {0.0}, set())
    ranks = [one.get("confidence") or 0 for one in fewer]
    scene.expect("GRAPH-FMT-005", "the confidences in order", ranks).equals(sorted(ranks, reverse=True))


@case(
    "suggestions.find-options",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-FMT-003",
        "GRAPH-FMT-008",
        "GRAPH-FMT-009",
        "GRAPH-FMT-011",
        "GRAPH-FMT-012",
        "GRAPH-FMT-014",
    ),
    pairings=GRAPH,
    needs=("availability",),
)
def test_options_of_a_search_are_heeded(scene: Scene) -> None:
    free_day(scene, "graph", *PEOPLE)
    body = _asked(scene)
    plain = scene.graph("organizer0").post(
        "me/findMeetingTimes", {k: v for k, v in body.items() if k != "meetingDuration"}
    )
    lengths = {(span.end - span.start).total_seconds() / 60 for span in map(_span, _found(plain))}
    scene.expect("GRAPH-FMT-003", "the minutes of a meeting of no given length", lengths).equals({30.0})
    two = _found(_find(scene, meetingDuration="PT2H"))
    lengths = {(span.end - span.start).total_seconds() / 60 for span in map(_span, two)}
    scene.expect("GRAPH-FMT-014", "the minutes of a meeting of two hours", lengths).equals({120.0})
    scene.expect("GRAPH-FMT-008", "one candidate at most", _found(_find(scene, maxCandidates=1))).has_length(1)
    reasons = [one.get("suggestionReason") for one in _found(_find(scene, returnSuggestionReasons=True))]
    scene.expect("GRAPH-FMT-009", "reasons that were asked for", reasons).holds(all, "a reason for each")
    silent = [one.get("suggestionReason") for one in _found(_find(scene))]
    scene.expect("GRAPH-FMT-009", "reasons that were not asked for", silent).holds(
        lambda told: bool(told) and not any(told), "suggestions without reasons"
    )
    spelled = _found(_find(scene, maxCandidates="1", minimumAttendeePercentage="100", isOrganizerOptional="false"))
    scene.expect("GRAPH-FMT-012", "suggestions with options as texts", spelled).has_length(1)
    tokyo = _find(scene, ask.prefer_zone("Tokyo Standard Time"))
    zones = {one["meetingTimeSlot"]["start"]["timeZone"] for one in _found(tokyo)}
    scene.expect("GRAPH-FMT-011", "the zone of the suggestions", zones).equals({"Tokyo Standard Time"})
    applied = tokyo.header("Preference-Applied")
    scene.expect("GRAPH-FMT-011", "Preference-Applied", applied).contains('outlook.timezone="Tokyo Standard Time"')


@case(
    "suggestions.find-nothing",
    scenario=SCENARIO,
    verifies=("GRAPH-FMT-007", "GRAPH-FMT-015", "GRAPH-FMT-016"),
    pairings=GRAPH,
    needs=("availability",),
)
def test_why_there_is_no_time_is_told(scene: Scene) -> None:
    free_day(scene, "graph", *PEOPLE)
    constraint = {"activityDomain": "unrestricted", "timeSlots": [ask.times(slot(scene))]}
    _busy(scene, "attendee0")
    theirs = _find(scene, timeConstraint=constraint, minimumAttendeePercentage=100)
    scene.expect("GRAPH-FMT-015", "suggestions while the attendee is busy", _found(theirs)).is_absent()
    why = str(theirs.members.get("emptySuggestionsReason")).casefold()
    scene.expect("GRAPH-FMT-015", "why there are none", why).equals("attendeesunavailable")
    _busy(scene, "organizer0")
    mine = _find(scene, timeConstraint=constraint)
    scene.expect("GRAPH-FMT-007", "suggestions while the organizer is busy", _found(mine)).is_absent()
    why = str(mine.members.get("emptySuggestionsReason")).casefold()
    scene.expect("GRAPH-FMT-007", "why there are none", why).equals("organizerunavailable")
    wrong: dict[str, Any] = {
        "a length that is none": {"meetingDuration": "soon"},
        "a window that ends before it starts": {
            "timeConstraint": {"timeSlots": [ask.times(Slot(moment(scene, 17), moment(scene, 9)))]}
        },
        "an unknown domain": {"timeConstraint": {"activityDomain": "leisure", "timeSlots": [ask.times(slot(scene))]}},
        "attendees that are no list": {"attendees": {}},
    }
    for about, more in wrong.items():
        scene.expect("GRAPH-FMT-016", f"the status for {about}", _find(scene, **more).status).equals(400)


@case(
    "suggestions.find-none-changed",
    scenario=SCENARIO,
    verifies=("GRAPH-FMT-017",),
    pairings=GRAPH,
    needs=("availability",),
)
def test_a_cancelled_meeting_frees_its_time(scene: Scene) -> None:
    free_day(scene, "graph", *PEOPLE)
    meeting = call_meeting(scene, draft(scene, required=()))
    constraint = {"activityDomain": "unrestricted", "timeSlots": [ask.times(slot(scene))]}
    before = _found(_find(scene, timeConstraint=constraint))
    scene.expect("GRAPH-FMT-017", "suggestions while the organizer is busy", before).is_absent()
    scene.graph("organizer0").delete(f"me/events/{meeting['id']}").succeed("DELETE event")
    after = [_span(one) for one in _found(_find(scene, timeConstraint=constraint))]
    scene.expect("GRAPH-FMT-017", "suggestions once the time is free", after).equals([slot(scene)])
