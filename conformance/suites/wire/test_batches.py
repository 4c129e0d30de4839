"""Batches of Graph: several requests in one, in order where one depends on another, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphAnswer, segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import call_meeting, in_calendar, own_event
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, token
from conformance.suites.wire.snapshot import of_graph

SCENARIO = "wire"
JSON = {"Content-Type": "application/json"}
Json = dict[str, Any]


def _get(name: str, url: str = "/me/events?$top=1", **more: Any) -> Json:
    return {"id": name, "method": "GET", "url": url, **more}


def _post(name: str, body: Json, url: str = "/me/events", **more: Any) -> Json:
    return {"id": name, "method": "POST", "url": url, "headers": JSON, "body": body, **more}


def _batch(scene: Scene, *requests: Json) -> GraphAnswer:
    return scene.graph("organizer0").post("$batch", {"requests": list(requests)})


def _told(answer: GraphAnswer) -> Mapping[str, Mapping[str, Any]]:
    """The answers of a batch by the ids of their requests."""
    found = answer.members.get("responses")
    return {str(one.get("id")): one for one in found} if isinstance(found, list) else {}


def _statuses(answer: GraphAnswer) -> dict[str, Any]:
    return {name: one.get("status") for name, one in _told(answer).items()}


@case(
    "wire.graph-batch",
    scenario=SCENARIO,
    verifies=("GRAPH-BAT-001", "GRAPH-BAT-004", "GRAPH-BAT-008", "GRAPH-BAT-012"),
    pairings=GRAPH,
)
def test_each_request_of_a_batch_has_its_answer(scene: Scene) -> None:
    plan = draft(scene, required=())
    backwards = ask.event(plan) | {"start": ask.moment(plan.slot.end), "end": ask.moment(plan.slot.start)}
    answer = _batch(
        scene,
        _post("made", ask.event(plan)),
        _get("lost", "/me/events/this-is-no-id"),
        _post("wrong", backwards, atomicityGroup="g"),
        _post("also", ask.event(plan), atomicityGroup="g"),
        *(_get(f"read {number}") for number in range(16)),
    )
    scene.expect("GRAPH-BAT-001", "the status of a batch of twenty", answer.status).equals(200)
    statuses = _statuses(answer)
    wanted = {"made", "lost", "wrong", "also", *(f"read {number}" for number in range(16))}
    scene.expect("GRAPH-BAT-004", "the ids of the answers", list(statuses)).has_members(wanted)
    scene.expect("GRAPH-BAT-008", "a request that fails", statuses.get("lost")).equals(400)
    scene.expect("GRAPH-BAT-008", "a request beside one that fails", statuses.get("made")).equals(201)
    scene.expect("GRAPH-BAT-012", "requests of one group", (statuses.get("wrong"), statuses.get("also"))).equals(
        (400, 201)
    )
    body = _told(answer).get("made", {}).get("body") or {}
    scene.expect("GRAPH-BAT-001", "the subject in the answer's body", body.get("subject")).equals(plan.subject)
    calendar = in_calendar(scene.graph("organizer0"), token(scene))
    scene.expect("GRAPH-BAT-012", "the events made", calendar).has_length(2)


@case(
    "wire.graph-batch-order",
    scenario=SCENARIO,
    verifies=("GRAPH-BAT-005", "GRAPH-BAT-006"),
    pairings=GRAPH,
)
def test_requests_wait_for_those_they_depend_on(scene: Scene) -> None:
    meeting = call_meeting(scene, draft(scene, required=()))
    path = f"/me/events/{segment(str(meeting['id']))}"
    renamed = f"Renamed {token(scene)}"
    answer = _batch(
        scene,
        _get("read", path, dependsOn=["renamed"]),
        {"id": "renamed", "method": "PATCH", "url": path, "headers": JSON, "body": {"subject": renamed}},
        _get("failed", "/me/events/this-is-no-id"),
        _get("after", path, dependsOn=["failed"]),
        _get("later", path, dependsOn=["after"]),
    )
    told = _told(answer)
    subject = (told.get("read", {}).get("body") or {}).get("subject")
    scene.expect("GRAPH-BAT-005", "the subject read behind the change", subject).equals(renamed)
    statuses = _statuses(answer)
    after = (statuses.get("after"), statuses.get("later"))
    scene.expect("GRAPH-BAT-006", "what depends on a request that failed", after).equals((424, 424))
    scene.expect("GRAPH-BAT-006", "what does not", statuses.get("renamed")).equals(200)


@case(
    "wire.graph-batch-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-BAT-002", "GRAPH-BAT-003", "GRAPH-BAT-007", "GRAPH-BAT-010", "GRAPH-BAT-011", "GRAPH-BAT-013"),
    pairings=GRAPH,
)
def test_a_batch_that_makes_no_sense_does_nothing(scene: Scene) -> None:
    call_meeting(scene)
    own_event(scene, "attendee0")
    before = of_graph(scene)
    make = _post("make", ask.event(draft(scene)))
    bare = {key: value for key, value in make.items() if key != "headers"}
    nested = _post("nested", {"requests": [_get("inner")]}, "/$batch")
    batches = {
        "more than twenty requests": ("GRAPH-BAT-002", [make, *(_get(str(number)) for number in range(20))]),
        "two requests of one id": ("GRAPH-BAT-003", [make, _get("make")]),
        "a request without an id": ("GRAPH-BAT-003", [make, {"method": "GET", "url": "/me"}]),
        "a dependency on nothing": ("GRAPH-BAT-013", [_post("make", make["body"], dependsOn=["nobody"])]),
        "dependencies in a circle": (
            "GRAPH-BAT-013",
            [_post("make", make["body"], dependsOn=["read"]), _get("read", dependsOn=["make"])],
        ),
    }
    for about, (requirement, requests) in batches.items():
        scene.expect(requirement, f"the status for {about}", _batch(scene, *requests).status).equals(400)
    entries = {
        "a body without its Content-Type": ("GRAPH-BAT-007", bare),
        "a batch in the batch": ("GRAPH-BAT-010", nested),
        "an address elsewhere": ("GRAPH-BAT-011", _get("away", "https://elsewhere.example.com/v1.0/me/events")),
    }
    for about, (requirement, entry) in entries.items():
        answer = _batch(scene, entry)
        told = _statuses(answer).get(str(entry["id"]), answer.status) if answer.status == 200 else answer.status
        scene.expect(requirement, f"the status for {about}", told).holds(lambda status: 400 <= status < 500, "a 4xx")
    after = of_graph(scene)
    for requirement in ("GRAPH-BAT-002", "GRAPH-BAT-003", "GRAPH-BAT-007", "GRAPH-BAT-013"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)
    broken = scene.graph("organizer0").post("$batch", b'{"requests": [')
    scene.expect("GRAPH-BAT-003", "the status of a batch that is no JSON", broken.status).equals(400)
