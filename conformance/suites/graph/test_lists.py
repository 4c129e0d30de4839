"""Distribution lists over Graph: what an invitation to one brings to its members."""

from __future__ import annotations

from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, act, call_meeting, entry, event, own_event, received
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft

SCENARIO = "distribution-lists"


@case(
    "distribution-lists.invite-by-graph",
    scenario=SCENARIO,
    verifies=("GRAPH-LST-001", "GRAPH-LST-002", "GRAPH-LST-003"),
    pairings=GRAPH,
    needs=("nested-lists",),
)
def test_the_members_of_an_invited_list_are_invited(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    listed, who = address(scene, "list1"), address(scene, "attendee0")
    meeting = call_meeting(scene, draft(scene, required=(listed,)))
    for person in ("attendee0", "attendee2"):
        received(scene, person, "eventMessageRequest", requirement="GRAPH-LST-001")
    copy = own_event(scene, "attendee0")
    scene.expect("GRAPH-LST-002", "the list among the attendees that a member reads", entry(copy, listed)).is_present()
    act(scene.graph("attendee0"), copy, "accept", {"sendResponse": True}).succeed("accept")

    def answered() -> Resource:
        told = entry(event(organizer, str(meeting["id"])), who)
        return told if (told.get("status") or {}).get("response") == "accepted" else {}

    found = scene.eventually(answered, "the member's answer")
    scene.expect("GRAPH-LST-003", "the organizer's entry of the member", found).is_present()
