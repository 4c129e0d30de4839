"""What each person may do over Graph, and with which token."""

from __future__ import annotations

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.graph_client import segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import call_meeting, entry, event, in_calendar, in_folder, own_event, patch
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, token

SCENARIO = "graph-propose-new-time"


@case(
    "graph-propose-new-time.attendees-own",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-045", "GRAPH-EVT-046"),
    pairings=GRAPH,
)
def test_an_attendee_changes_only_the_own_copy(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    meeting = call_meeting(scene)
    copy = own_event(scene, "attendee0")
    mine = {"location": {"displayName": "My own desk"}, "categories": ["Blue category", "A category"]}
    done = patch(attendee, copy, mine)
    scene.expect("GRAPH-EVT-045", "the status of an attendee's PATCH", done.status).equals(200)
    scene.expect("GRAPH-EVT-046", "categories", done.members.get("categories")).equals(mine["categories"])
    theirs = event(organizer, str(meeting["id"]))
    place = (theirs.get("location") or {}).get("displayName")
    scene.expect("GRAPH-EVT-045", "the organizer's place", place).equals(draft(scene).location)
    scene.expect("GRAPH-EVT-045", "the organizer's categories", theirs.get("categories")).equals([])
    key = theirs.get("changeKey")
    scene.expect("GRAPH-EVT-045", "the organizer's changeKey", key).equals(meeting.get("changeKey"))


@case(
    "graph-propose-new-time.hidden-attendees",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-048",),
    pairings=GRAPH,
)
def test_hidden_attendees_do_not_see_each_other(scene: Scene) -> None:
    people = (address(scene, "attendee0"), address(scene, "attendee1"))
    meeting = call_meeting(scene, draft(scene, required=people), hideAttendees=True)
    seen = [read.address(one) for one in own_event(scene, "attendee0").get("attendees") or ()]
    scene.expect("GRAPH-EVT-048", "whom an attendee sees", seen).lacks(people[1])
    scene.expect("GRAPH-EVT-048", "whom the organizer sees", entry(meeting, people[1])).is_present()


@case(
    "graph-propose-new-time.appointment",
    scenario=SCENARIO,
    verifies=("GRAPH-CAN-012", "GRAPH-CAN-010"),
    pairings=GRAPH,
)
def test_an_appointment_goes_without_a_word(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = call_meeting(scene, draft(scene, required=()))
    path = f"me/events/{segment(str(made['id']))}"
    scene.expect("GRAPH-CAN-012", "the status of DELETE", organizer.delete(path).status).equals(204)
    scene.expect("GRAPH-CAN-010", "a second DELETE", organizer.delete(path).refusal).equals((404, "ErrorItemNotFound"))
    scene.expect("GRAPH-CAN-012", "the calendar", in_calendar(organizer, token(scene))).is_absent()
    sent = in_folder(organizer, "sentitems", token(scene))
    scene.expect("GRAPH-CAN-012", "the messages sent", sent).is_absent()


@case(
    "graph-propose-new-time.scopes",
    scenario=SCENARIO,
    verifies=("GRAPH-WIRE-004",),
    pairings=GRAPH,
)
def test_a_token_reaches_as_far_as_its_scope(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    reader = scene.graph("organizer0", scope="Calendars.Read")
    scene.expect("GRAPH-WIRE-004", "reading with Calendars.Read", reader.get("me/events").status).equals(200)
    refused = reader.post("me/events", ask.event(draft(scene)))
    scene.expect("GRAPH-WIRE-004", "writing with Calendars.Read", refused.refusal).equals((403, "ErrorAccessDenied"))
    mail = reader.get("me/messages")
    scene.expect("GRAPH-WIRE-004", "mail with Calendars.Read", mail.refusal).equals((403, "ErrorAccessDenied"))
    scene.expect("GRAPH-WIRE-004", "the calendar", in_calendar(organizer, token(scene))).is_absent()
