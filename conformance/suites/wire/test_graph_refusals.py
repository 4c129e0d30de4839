"""Requests over Graph that are refused: writes, actions, queries, paths and methods, and no mailbox changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphAnswer, segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, act, call_meeting, own_event, patch
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, token
from conformance.suites.wire.snapshot import of_graph

SCENARIO = "bad-input"
MARS = {"dateTime": "2031-01-13T10:00:00", "timeZone": "Mars Standard Time"}
NOON = {"dateTime": "noon", "timeZone": "UTC"}


def _set(scene: Scene) -> tuple[Resource, Resource, Any]:
    """A meeting, the attendee's copy of it, and the state of both mailboxes."""
    meeting = call_meeting(scene)
    copy = own_event(scene, "attendee0")
    return meeting, copy, of_graph(scene)


def _is_refused(answer: GraphAnswer) -> bool:
    """Whether an answer is an error of the caller's, with a code."""
    return 400 <= answer.status < 500 and bool(answer.code)


def _expect_refused(scene: Scene, requirement: str, answers: Mapping[str, GraphAnswer]) -> None:
    for about, answer in answers.items():
        scene.expect(requirement, f"status and code for {about}", answer.refusal).holds(
            lambda told: told[0] == 400 and bool(told[1]), "400 with a code"
        )


@case(
    "bad-input.graph-writes",
    scenario=SCENARIO,
    verifies=("GRAPH-BAD-001", "GRAPH-BAD-002", "GRAPH-BAD-003", "GRAPH-BAD-004"),
    pairings=GRAPH,
)
def test_a_refused_write_changes_nothing(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    meeting, _, _ = _set(scene)
    patch(organizer, meeting, {"categories": ["Changed since"]}).succeed("PATCH event")
    before = of_graph(scene)
    good = ask.event(draft(scene))
    times: dict[str, Any] = {
        "an end before its start": {"start": good["end"], "end": good["start"]},
        "an end moved before the start": {"end": {"dateTime": "2020-01-01T00:00:00", "timeZone": "UTC"}},
        "an unknown zone": {"start": MARS, "end": {**MARS, "dateTime": "2031-01-13T11:00:00"}},
        "a time that is none": {"start": NOON},
        "a start that is taken away": {"start": None},
        "a start without its time": {"start": {"timeZone": "UTC"}},
    }
    people: dict[str, Any] = {
        "an attendee without an address": [{"type": "required"}],
        "an attendee whose address is a number": [{"emailAddress": {"address": 7}}],
        "an attendee of an unknown type": [{"emailAddress": {"address": "x@example.com"}, "type": "boss"}],
        "attendees that are no list": "everybody",
    }
    values: dict[str, Any] = {
        "an unknown importance": {"importance": "huge"},
        "a list for the subject": {"subject": ["a", "b"]},
        "a number for a boolean": {"isAllDay": 7},
        "an object for a number": {"reminderMinutesBeforeStart": {}},
        "a text for the location": {"location": "Upstairs"},
        "a body of an unknown type": {"body": {"contentType": "poem", "content": "x"}},
    }
    for requirement, bodies in (
        ("GRAPH-BAD-001", times),
        ("GRAPH-BAD-002", {about: {"attendees": value} for about, value in people.items()}),
        ("GRAPH-BAD-003", values),
    ):
        patched = {f"PATCH with {about}": patch(organizer, meeting, body) for about, body in bodies.items()}
        posted = {f"POST with {about}": organizer.post("me/events", good | body) for about, body in bodies.items()}
        moved = "POST with an end moved before the start"
        _expect_refused(scene, requirement, patched | {key: one for key, one in posted.items() if key != moved})
    for about, tag in {"a stale etag": str(meeting["@odata.etag"]), "an etag of nothing": '"nothing"'}.items():
        refused = organizer.delete(f"me/events/{segment(str(meeting['id']))}", {"If-Match": tag})
        scene.expect("GRAPH-BAD-004", f"DELETE under {about}", refused.status).equals(412)
    after = of_graph(scene)
    for requirement in ("GRAPH-BAD-001", "GRAPH-BAD-002", "GRAPH-BAD-003", "GRAPH-BAD-004"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)


@case(
    "bad-input.graph-actions",
    scenario=SCENARIO,
    verifies=("GRAPH-BAD-005", "GRAPH-BAD-006", "GRAPH-BAD-007", "GRAPH-BAD-008"),
    pairings=GRAPH,
)
def test_a_refused_action_changes_nothing(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    meeting, copy, before = _set(scene)
    plan = ask.times(draft(scene).slot)
    wrong_side = {
        **{f"{verb} by the organizer": act(organizer, meeting, verb) for verb in ask.ANSWERS.values()},
        "cancel by the attendee": act(attendee, copy, "cancel"),
    }
    _expect_refused(scene, "GRAPH-BAD-005", wrong_side)
    proposals = {
        "a proposal that is not sent": {"sendResponse": False, "proposedNewTime": plan},
        "a proposal in an unknown zone": {"proposedNewTime": {"start": MARS, "end": MARS}},
        "a proposal of no time": {"proposedNewTime": {"start": NOON, "end": NOON}},
        "a proposal that is a text": {"proposedNewTime": "tomorrow"},
    }
    told = {
        f"{verb} with {about}": act(attendee, copy, verb, body)
        for verb in ("tentativelyAccept", "decline")
        for about, body in proposals.items()
    }
    _expect_refused(scene, "GRAPH-BAD-006", told)
    parameters = {
        "sendResponse that is no boolean": {"sendResponse": "perhaps"},
        "a comment that is an object": {"comment": {"text": "x"}},
        "a list for its parameters": [],
    }
    told = {
        f"{verb} with {about}": act(attendee, copy, verb, body)
        for verb in ask.ANSWERS.values()
        for about, body in parameters.items()
    }
    _expect_refused(scene, "GRAPH-BAD-007", told)
    unknown = act(attendee, copy, "explode")
    scene.expect("GRAPH-BAD-008", "whether an unknown action was refused", _is_refused(unknown)).is_true()
    after = of_graph(scene)
    for requirement in ("GRAPH-BAD-005", "GRAPH-BAD-006", "GRAPH-BAD-007", "GRAPH-BAD-008"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)


@case(
    "bad-input.graph-proposals-not-wanted",
    scenario=SCENARIO,
    verifies=("GRAPH-BAD-009",),
    pairings=GRAPH,
)
def test_a_proposal_that_is_not_wanted_changes_nothing(scene: Scene) -> None:
    attendee = scene.graph("attendee0")
    call_meeting(scene, draft(scene, allows_proposals=False))
    copy = own_event(scene, "attendee0")
    before = of_graph(scene)
    body = {"proposedNewTime": ask.times(draft(scene).slot)}
    told = {f"a proposal by {verb}": act(attendee, copy, verb, body) for verb in ("tentativelyAccept", "decline")}
    _expect_refused(scene, "GRAPH-BAD-009", told)
    scene.expect("GRAPH-BAD-009", "the mailboxes afterwards", of_graph(scene)).equals(before)


QUERIES: Mapping[str, Mapping[str, str]] = {
    "GRAPH-BAD-010": {
        "a filter cut short": "$filter=subject eq",
        "a text that is not closed": "$filter=subject eq 'open",
        "a bracket that is not closed": "$filter=(subject eq 'x'",
        "an unknown function": "$filter=resembles(subject,'x')",
        "an unknown operator": "$filter=subject like 'x'",
    },
    "GRAPH-BAD-011": {
        "an unknown property": "$orderby=colour",
        "an unknown direction": "$orderby=start/dateTime sideways",
    },
    "GRAPH-BAD-012": {
        "no number": "$top=many",
        "a negative number to skip": "$skip=-1",
        "no number to skip": "$skip=some",
        "a fraction": "$top=1.5",
    },
    "GRAPH-BAD-013": {
        "an unknown relation": "$expand=colour",
        "no boolean": "$count=perhaps",
        "an unknown option": "$bananas=1",
    },
}


@case(
    "bad-input.graph-queries",
    scenario=SCENARIO,
    verifies=("GRAPH-BAD-010", "GRAPH-BAD-011", "GRAPH-BAD-012", "GRAPH-BAD-013", "GRAPH-BAD-014", "GRAPH-ODT-017"),
    pairings=GRAPH,
)
def test_a_question_that_makes_no_sense_is_refused(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    for requirement, queries in QUERIES.items():
        told = {f"{about} in {query}": organizer.get(f"me/events?{query}") for about, query in queries.items()}
        _expect_refused(scene, requirement, told)
    recurring = organizer.get("me/events?$filter=recurrence ne null")
    scene.expect("GRAPH-ODT-017", "a filter on the recurrence", recurring.status).equals(400)
    windows = {
        "no end": "startDateTime=2031-01-13T00:00:00Z",
        "no start": "endDateTime=2031-01-13T00:00:00Z",
        "times that are none": "startDateTime=noon&endDateTime=later",
        "an end before its start": "startDateTime=2031-01-14T00:00:00Z&endDateTime=2031-01-13T00:00:00Z",
        "more than five years": "startDateTime=2000-01-01T00:00:00Z&endDateTime=2031-01-13T00:00:00Z",
    }
    told = {f"a view with {about}": organizer.get(f"me/calendarView?{query}") for about, query in windows.items()}
    _expect_refused(scene, "GRAPH-BAD-014", told)


@case(
    "bad-input.graph-paths",
    scenario=SCENARIO,
    verifies=("GRAPH-BAD-015", "GRAPH-BAD-016", "GRAPH-BAD-017", "GRAPH-BAD-018"),
    pairings=GRAPH,
)
def test_what_does_not_exist_is_not_found(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    meeting = call_meeting(scene, draft(scene, required=()))
    path = f"me/events/{segment(str(meeting['id']))}"
    before = of_graph(scene)
    for place in ("me/colours", "colours", f"{path}/colours", "me/mailFolders/attic/messages"):
        status = organizer.get(place).status
        scene.expect("GRAPH-BAD-015", f"the status of {place.rpartition('/')[2]}", status).is_one_of(400, 404)
    stranger = f"users/nobody-{token(scene)}@example.com"
    for place in (f"{stranger}/events", f"{stranger}/calendar/events", f"{stranger}/messages"):
        told = organizer.get(place)
        scene.expect("GRAPH-BAD-016", f"whether {place.partition('/')[2]} was refused", _is_refused(told)).is_true()
        scene.expect("GRAPH-BAD-016", f"the status of {place.partition('/')[2]}", told.status).equals(404)
    methods = (("PUT", path), ("DELETE", "me/events"), ("GET", f"{path}/accept"), ("PATCH", "me/events"))
    for method, place in methods:
        answer = organizer.request(method, place, body=b"{}" if method in {"PUT", "PATCH"} else None)
        offered = {name.strip() for name in (answer.header("Allow") or "").split(",") if name.strip()}
        scene.expect("GRAPH-BAD-017", f"whether 405 for {method} names what is allowed", offered).holds(bool, "methods")
        scene.expect("GRAPH-BAD-017", f"the methods that 405 for {method} names", offered).lacks(method)
    good = json.dumps(ask.event(draft(scene))).encode()
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        status = organizer.post("me/events", good, {"Content-Type": kind}).status
        scene.expect("GRAPH-BAD-018", f"the status of an event as {kind}", status).is_one_of(400, 415)
    after = of_graph(scene)
    for requirement in ("GRAPH-BAD-017", "GRAPH-BAD-018"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)


@case("bad-input.graph-depth", scenario=SCENARIO, verifies=("GRAPH-BAD-019",), pairings=GRAPH)
def test_json_that_is_too_deep_harms_nobody(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    before = of_graph(scene)
    bodies = {
        "lists five thousand deep": b'{"subject":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        "objects that are never closed": b'{"body":' * 5_000,
        "a number of four thousand digits": b'{"reminderMinutesBeforeStart":' + b"9" * 4_000 + b"}",
    }
    for about, body in bodies.items():
        answer = organizer.post("me/events", body)
        scene.expect("GRAPH-BAD-019", f"the status for {about}", answer.status).is_one_of(400, 413)
    scene.expect("GRAPH-BAD-019", "the mailboxes afterwards", of_graph(scene)).equals(before)
