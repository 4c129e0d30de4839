"""Bad input over Graph: the documented status and code, and no mailbox changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphAnswer, segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import act, call_meeting, own_event, patch
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, token
from conformance.suites.wire.snapshot import of_graph

SCENARIO = "wire"
CLIENT_REQUEST = "0f7b6b0e-4b1c-4c8e-9c1e-2d1f3a5b7c9d"


def _is_error(answer: GraphAnswer) -> bool:
    """Whether the body is an object whose one member, error, has texts for code and message."""
    error = answer.members.get("error")
    texts = isinstance(error, dict) and all(isinstance(error.get(name), str) for name in ("code", "message"))
    return list(answer.members) == ["error"] and texts


@case(
    "wire.graph-malformed",
    scenario=SCENARIO,
    verifies=("GRAPH-WIRE-005", "GRAPH-WIRE-020", "GRAPH-WIRE-021"),
    pairings=GRAPH,
)
def test_what_is_no_json_is_refused_and_changes_nothing(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    meeting = call_meeting(scene)
    own_event(scene, "attendee0")
    before = of_graph(scene)
    good = ask.event(draft(scene))
    text = json.dumps(good).encode()
    bodies = {
        "a body cut short": text[:-5],
        "no JSON at all": b"an event, please",
        "nothing": b"",
        "a trailing comma": text[:-1] + b",}",
        "bytes that are no UTF-8": text.replace(b"Quarterly", b"Quart\xff\xfe"),
        "not a number": text[:-1] + b',"reminderMinutesBeforeStart":NaN}',
    }
    for about, body in bodies.items():
        refused = organizer.post("me/events", body)
        scene.expect("GRAPH-WIRE-020", f"the status for {about}", refused.status).equals(400)
        scene.expect("GRAPH-WIRE-005", f"the error for {about}", _is_error(refused)).is_true()
    changed = patch(organizer, meeting, b"{")
    scene.expect("GRAPH-WIRE-020", "the status of a malformed PATCH", changed.status).equals(400)
    wrong: dict[str, Any] = {
        "a list for an event": [],
        "a text for an event": "event",
        "a text for a time": good | {"start": "noon"},
        "a list for a subject": good | {"subject": ["a", "b"]},
        "a text for a number": good | {"reminderMinutesBeforeStart": "soon"},
        "a text for a boolean": good | {"isAllDay": "perhaps"},
        "an unknown word": good | {"showAs": "hiding"},
        "an object for the attendees": good | {"attendees": {}},
    }
    for about, value in wrong.items():
        refused = organizer.post("me/events", value)
        scene.expect("GRAPH-WIRE-021", about, refused.refusal).is_one_of(
            (400, "RequestBodyRead"), (400, "BadRequest"), (400, "ErrorPropertyValidationFailure")
        )
    scene.expect("GRAPH-WIRE-020", "the mailboxes afterwards", of_graph(scene)).equals(before)


@case(
    "wire.graph-missing",
    scenario=SCENARIO,
    verifies=("GRAPH-WIRE-021", "GRAPH-PNT-012", "GRAPH-WIRE-005"),
    pairings=GRAPH,
)
def test_what_lacks_a_part_is_refused(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    call_meeting(scene)
    copy = own_event(scene, "attendee0")
    before = of_graph(scene)
    good = ask.event(draft(scene))
    for name in ("start", "end"):
        refused = organizer.post("me/events", {key: value for key, value in good.items() if key != name})
        scene.expect("GRAPH-WIRE-021", f"an event without {name}", refused.status).equals(400)
        scene.expect("GRAPH-WIRE-005", f"the error without {name}", _is_error(refused)).is_true()
    for half in ({}, {"start": good["start"]}, {"end": good["end"]}, {"start": good["start"], "end": None}):
        refused = act(attendee, copy, "tentativelyAccept", {"proposedNewTime": half})
        scene.expect("GRAPH-PNT-012", f"a proposal with {', '.join(half) or 'nothing'}", refused.status).equals(400)
    scene.expect("GRAPH-WIRE-021", "the mailboxes afterwards", of_graph(scene)).equals(before)


@case(
    "wire.graph-ids",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-019", "GRAPH-EVT-020", "GRAPH-EVT-021", "GRAPH-EVT-027", "GRAPH-WIRE-005"),
    pairings=GRAPH,
)
def test_ids_lead_to_one_item_or_nowhere(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    meeting = call_meeting(scene)
    gone = call_meeting(scene, draft(scene, required=()))
    organizer.delete(f"me/events/{segment(str(gone['id']))}")
    stale = str(meeting["@odata.etag"])
    since = f"Changed since {token(scene)}"
    patch(organizer, meeting, {"subject": since}).succeed("PATCH event")
    own_event(scene, "attendee0", since)
    before = of_graph(scene)
    lost, broken = f"me/events/{segment(str(gone['id']))}", "me/events/this-is-no-id"
    verbs: dict[str, Callable[[str], GraphAnswer]] = {
        "GET": organizer.get,
        "PATCH": lambda path: organizer.patch(path, {"subject": "Mine"}),
        "DELETE": organizer.delete,
        "cancel": lambda path: organizer.post(f"{path}/cancel", {}),
    }
    for name, verb in verbs.items():
        answer = verb(lost)
        scene.expect("GRAPH-EVT-019", f"{name} of an event that is gone", answer.refusal).equals(
            (404, "ErrorItemNotFound")
        )
        scene.expect("GRAPH-WIRE-005", f"the error of {name}", _is_error(answer)).is_true()
        scene.expect("GRAPH-EVT-020", f"{name} of what is no id", verb(broken).refusal).equals(
            (400, "ErrorInvalidIdMalformed")
        )
    foreign = act(attendee, meeting, "accept")
    scene.expect("GRAPH-EVT-021", "accepting another mailbox's event", foreign.refusal).equals(
        (404, "ErrorItemNotFound")
    )
    refused = patch(organizer, meeting, {"subject": "Too late"}, {"If-Match": stale})
    scene.expect("GRAPH-EVT-027", "a stale If-Match", refused.refusal).equals((412, "ErrorIrresolvableConflict"))
    scene.expect("GRAPH-EVT-027", "the mailboxes afterwards", of_graph(scene)).equals(before)


@case(
    "wire.graph-credentials",
    scenario=SCENARIO,
    verifies=("GRAPH-WIRE-002", "GRAPH-WIRE-003", "GRAPH-WIRE-005"),
    pairings=GRAPH,
)
def test_without_a_token_nothing_is_told(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    before = of_graph(scene)
    attempts = {
        "no token": None,
        "a made-up token": "Bearer made.up.token",
        "Basic": "Basic bm9ib2R5QGV4YW1wbGUuY29tOndyb25n",
    }
    for about, value in attempts.items():
        stranger = organizer.authorized_by(value)
        for answer in (stranger.get("me/events"), stranger.post("me/events", ask.event(draft(scene)))):
            scene.expect("GRAPH-WIRE-002", f"the refusal with {about}", answer.refusal).equals(
                (401, "InvalidAuthenticationToken")
            )
            challenge = answer.header("WWW-Authenticate")
            scene.expect("GRAPH-WIRE-003", f"the challenge with {about}", challenge).starts_with("Bearer")
            scene.expect("GRAPH-WIRE-005", f"the error with {about}", _is_error(answer)).is_true()
    scene.expect("GRAPH-WIRE-002", "the mailboxes afterwards", of_graph(scene)).equals(before)


@case(
    "wire.graph-headers",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-WIRE-006",
        "GRAPH-WIRE-007",
        "GRAPH-WIRE-008",
        "GRAPH-WIRE-009",
        "GRAPH-WIRE-010",
        "GRAPH-WIRE-011",
    ),
    pairings=GRAPH,
)
def test_every_answer_can_be_traced(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    answers = (organizer.get("me/events"), organizer.get("me/events/this-is-no-id"))
    for answer in answers:
        identity = answer.header("request-id") or ""
        scene.expect("GRAPH-WIRE-007", "request-id", identity).holds(
            lambda text: str(UUID(text)) == text.lower(), "a GUID"
        )
        scene.expect("GRAPH-WIRE-009", "client-request-id", answer.header("client-request-id")).equals(identity)
        scene.expect("GRAPH-WIRE-010", "Date", answer.header("Date")).matches(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT")
        kind = answer.header("Content-Type")
        scene.expect("GRAPH-WIRE-011", "Content-Type", kind).starts_with("application/json")
    inner = answers[1].at("error", "innerError")
    scene.expect("GRAPH-WIRE-006", "innerError", inner).holds(
        lambda told: told is None or {"date", "request-id", "client-request-id"} <= set(told),
        "nothing, or date, request-id and client-request-id",
    )
    echoed = organizer.get("me/events", {"client-request-id": CLIENT_REQUEST}).header("client-request-id")
    scene.expect("GRAPH-WIRE-008", "client-request-id", echoed).equals(CLIENT_REQUEST)


@case(
    "wire.graph-routes",
    scenario=SCENARIO,
    verifies=("GRAPH-WIRE-005", "GRAPH-WIRE-022", "GRAPH-WIRE-023"),
    pairings=GRAPH,
)
def test_what_is_no_operation_is_refused(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    meeting = call_meeting(scene, draft(scene, required=()))
    before = of_graph(scene)
    path = f"me/events/{segment(str(meeting['id']))}"
    for method, place in (("PUT", path), ("DELETE", "me/events"), ("POST", path), ("GET", f"{path}/accept")):
        answer = organizer.request(method, place, body=b"{}" if method in {"PUT", "POST"} else None)
        scene.expect("GRAPH-WIRE-022", f"{method} {place.partition('/')[2][:6]}", answer.status).equals(405)
        scene.expect("GRAPH-WIRE-005", f"the error of {method}", _is_error(answer)).is_true()
    for place in ("me/inventions", f"{path}/inventions", "inventions"):
        answer = organizer.get(place)
        scene.expect("GRAPH-WIRE-005", f"the status of {place[-14:]}", answer.status).is_one_of(400, 404)
        scene.expect("GRAPH-WIRE-005", f"the error of {place[-14:]}", _is_error(answer)).is_true()
    picture = organizer.get("me/events", {"Accept": "image/png"})
    scene.expect("GRAPH-WIRE-023", "asking for a picture", picture.status).is_one_of(200, 406)
    scene.expect("GRAPH-WIRE-022", "the mailboxes afterwards", of_graph(scene)).equals(before)
