"""The same mailbox through both protocols at once."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor import graph_requests
from conformance.actor.graph_client import segment
from conformance.actor.views import Answer, MeetingRef, MessageKind, ShowAs, Slot
from conformance.suites.case import MIXED, case
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    event_of,
    free_day,
    message_of,
    moment,
    names_in,
    request_of,
    settle,
    slot,
    token,
)

SCENARIO = "cross-protocol"


@case(
    "cross-protocol.same-mailbox",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-001", "GRAPH-MIG-005", "GRAPH-MIG-006"),
    pairings=MIXED,
)
def test_one_item_reads_alike_in_both_protocols(scene: Scene) -> None:
    scene.organizer.schedule(draft(scene))
    for who in ("organizer0", "attendee0"):
        ews, graph = (event_of(scene, scene.actor(who, protocol)) for protocol in ("ews", "graph"))
        for name in ("subject", "slot", "location", "organizer", "my_response", "show_as", "is_cancelled"):
            left, right = getattr(ews, name), getattr(graph, name)
            scene.expect("GRAPH-MIG-001", f"{name} of {who} in Graph", right).equals(left)
        scene.expect("GRAPH-MIG-001", f"the attendees of {who} in Graph", list(graph.attendees)).equals(
            list(ews.attendees)
        )
        scene.expect("GRAPH-MIG-006", f"iCalUId of {who}", graph.uid).equals(ews.uid)
        scene.expect("GRAPH-MIG-006", f"UID of {who}", ews.uid).is_present()
        graph_actor, ews_actor = scene.actor(who, "graph"), scene.actor(who, "ews")
        scene.graph(who).patch(f"me/events/{segment(graph.id)}", {"categories": ["Blue category"]})
        later = [actor.look(one).change_key for actor, one in ((ews_actor, ews), (graph_actor, graph))]
        scene.expect("GRAPH-MIG-005", f"the ChangeKey of {who} after a PATCH", later[0]).differs_from(ews.change_key)
        scene.expect("GRAPH-MIG-005", f"the changeKey of {who} after a PATCH", later[1]).differs_from(graph.change_key)


@case(
    "cross-protocol.accept-with-proposal",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-003", "GRAPH-MIG-004"),
    pairings=("graph-ews",),
    needs=("propose-new-time",),
)
def test_an_acceptance_with_a_proposal_shows_in_graph(scene: Scene) -> None:
    meeting = scene.organizer.schedule(draft(scene))
    wanted = slot(scene, 15, days=1)
    scene.attendee.respond(Answer.ACCEPT, request_of(scene, scene.attendee), proposal=wanted)
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE, "GRAPH-MIG-003")
    scene.expect("GRAPH-MIG-003", "the proposal of the message", response.proposal).equals(wanted)
    event = scene.organizer.look(meeting)
    entry = event.attendee(address(scene, "attendee0"))
    state = entry and (entry.response.value, entry.proposal)
    scene.expect("GRAPH-MIG-004", "the attendee in Graph", state).equals(("accepted", wanted))


@case(
    "cross-protocol.gap",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-009",),
    pairings=("ews-graph",),
)
def test_what_ews_keeps_to_itself_graph_can_only_read(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    organizer.call(ask.create_meeting(draft(scene), "SendToNone")).succeed("CreateItem")
    read = event_of(scene, scene.actor("organizer0", "graph"))
    scene.expect("GRAPH-MIG-009", "the subject read in Graph", read.subject).equals(draft(scene).subject)
    settle(scene, "attendee0")
    inbox = names_in(scene.ews("attendee0"), "inbox", token(scene))
    scene.expect("GRAPH-MIG-009", "the attendee's Inbox", inbox).is_absent()


@case(
    "cross-protocol.availability",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-010",),
    pairings=MIXED,
    needs=("availability",),
)
def test_both_protocols_tell_the_same_availability(scene: Scene) -> None:
    free_day(scene, scene.organizer.protocol, "attendee0", "attendee1")
    for hour, show_as in ((8, ShowAs.FREE), (9, ShowAs.TENTATIVE), (10, ShowAs.BUSY), (11, ShowAs.OOF)):
        own = draft(scene, required=(), slot=slot(scene, hour), show_as=show_as)
        if scene.attendee.protocol == "ews":
            scene.ews("attendee0").call(ask.create_meeting(own, "SendToNone")).succeed("CreateItem")
        else:
            scene.graph("attendee0").post("me/events", graph_requests.event(own)).succeed("POST events")
    window = Slot(moment(scene, 8), moment(scene, 13))
    people = (address(scene, "attendee0"), f"nobody-{token(scene)}@example.com", address(scene, "attendee1"))
    ews, graph = (scene.actor("organizer0", protocol).availability(people, window, 60) for protocol in ("ews", "graph"))
    scene.expect("GRAPH-MIG-010", "the digits in EWS", ews[0].merged).equals("01230")
    for left, right in zip(ews, graph, strict=True):
        if left.error is None:
            scene.expect("GRAPH-MIG-010", f"the digits of {left.address} in Graph", right.merged).equals(left.merged)
        scene.expect("GRAPH-MIG-010", f"whether {left.address} is known", right.error is None).equals(
            left.error is None
        )
    shown = [[(one.slot, one.show_as) for one in schedules[0].events] for schedules in (ews, graph)]
    scene.expect("GRAPH-MIG-010", "the entries in Graph", shown[1]).equals(shown[0])


@case(
    "cross-protocol.ids",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-011", "GRAPH-EVT-021"),
    pairings=MIXED,
)
def test_an_id_of_one_protocol_is_spelled_in_the_other(scene: Scene) -> None:
    meeting = scene.organizer.schedule(draft(scene))
    if scene.organizer.protocol == "ews":
        spelled = meeting.id.replace("/", "-").replace("+", "_")
    else:
        spelled = meeting.id.replace("-", "/").replace("_", "+")
    other = scene.actor("organizer0", "graph" if scene.organizer.protocol == "ews" else "ews")
    seen = other.look(MeetingRef(spelled))
    scene.expect("GRAPH-MIG-011", "the subject by the other spelling", seen.subject).equals(draft(scene).subject)
    stranger = spelled if other.protocol == "graph" else meeting.id
    foreign = scene.graph("attendee0").get(f"me/events/{segment(stranger)}")
    scene.expect("GRAPH-EVT-021", "the id in another mailbox", foreign.refusal).equals((404, "ErrorItemNotFound"))
