"""Answers over Graph: what they leave with both sides, and what is refused."""

from __future__ import annotations

import pytest

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.graph_client import segment
from conformance.actor.views import Answer, Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import (
    act,
    answered,
    call_meeting,
    entry,
    event,
    in_calendar,
    own_event,
    proposal,
    received,
    settle,
    status,
    subjects,
)
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, slot, token

SCENARIO = "graph-propose-new-time"
RESPONSES = {
    Answer.ACCEPT: ("accepted", "busy", "Accepted: "),
    Answer.TENTATIVE: ("tentativelyAccepted", "tentative", "Tentative: "),
}


@case(
    "graph-propose-new-time.answer",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-RSP-001",
        "GRAPH-RSP-002",
        "GRAPH-RSP-003",
        "GRAPH-RSP-004",
        "GRAPH-RSP-006",
        "GRAPH-RSP-007",
        "GRAPH-RSP-019",
    ),
    pairings=GRAPH,
)
@pytest.mark.parametrize("answer", [Answer.ACCEPT, Answer.TENTATIVE])
def test_an_answer_shows_on_both_sides(scene: Scene, answer: Answer) -> None:
    word, shown, prefix = RESPONSES[answer]
    meeting = call_meeting(scene)
    own = own_event(scene, "attendee0")
    attendee, person = scene.graph("attendee0"), address(scene, "attendee0")
    done = act(attendee, own, ask.ANSWERS[answer])
    scene.expect("GRAPH-RSP-001", "status and body", (done.status, done.exchange.response.body)).equals((202, b""))
    scene.expect("GRAPH-RSP-003", "the status with an empty object", done.status).equals(202)
    theirs = answered(scene, meeting, person, word)
    scene.expect("GRAPH-RSP-006", "the response at the organizer", status(theirs, person)).equals(word)
    scene.expect("GRAPH-RSP-002", "the response sent by default", status(theirs, person)).equals(word)
    received(scene, "organizer0", "eventMessageResponse", requirement="GRAPH-RSP-007")
    messages = subjects(scene.graph("organizer0"), "inbox", token(scene))
    scene.expect("GRAPH-RSP-007", "the responses in the Inbox", messages).equals([prefix + draft(scene).subject])
    mine = next(iter(in_calendar(attendee, token(scene))), {})
    told = mine.get("responseStatus") or {}
    scene.expect("GRAPH-RSP-006", "the own response", told.get("response")).equals(word)
    scene.expect("GRAPH-RSP-004", "the time of the own response", read.answer_time(told.get("time"))).is_present()
    scene.expect("GRAPH-RSP-004", "the own response", told.get("response")).equals(word)
    scene.expect("GRAPH-RSP-019", "showAs", mine.get("showAs")).equals(shown)


@case(
    "graph-propose-new-time.decline",
    scenario=SCENARIO,
    verifies=("GRAPH-RSP-001", "GRAPH-RSP-006", "GRAPH-RSP-007", "GRAPH-RSP-020"),
    pairings=GRAPH,
)
def test_a_declined_meeting_leaves_the_calendar(scene: Scene) -> None:
    meeting = call_meeting(scene)
    attendee, person = scene.graph("attendee0"), address(scene, "attendee0")
    done = act(attendee, own_event(scene, "attendee0"), "decline")
    scene.expect("GRAPH-RSP-001", "status and body", (done.status, done.exchange.response.body)).equals((202, b""))
    theirs = answered(scene, meeting, person, "declined")
    scene.expect("GRAPH-RSP-006", "the response at the organizer", status(theirs, person)).equals("declined")
    response = received(scene, "organizer0", "eventMessageResponse", requirement="GRAPH-RSP-007")
    subject = f"Declined: {draft(scene).subject}"
    scene.expect("GRAPH-RSP-007", "the response in the Inbox", response.get("subject")).equals(subject)
    left = in_calendar(attendee, token(scene))
    scene.expect("GRAPH-RSP-020", "the attendee's calendar", left).is_absent()


@case(
    "graph-propose-new-time.answer-in-silence",
    scenario=SCENARIO,
    verifies=("GRAPH-RSP-008", "GRAPH-RSP-014"),
    pairings=GRAPH,
)
def test_an_answer_not_sent_stays_at_home(scene: Scene) -> None:
    meeting = call_meeting(scene)
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    person = address(scene, "attendee0")
    own = own_event(scene, "attendee0")
    done = act(attendee, own, "accept", {"sendResponse": False})
    scene.expect("GRAPH-RSP-008", "the status", done.status).equals(202)
    mine = event(attendee, str(own_event(scene, "attendee0")["id"]))
    scene.expect("GRAPH-RSP-008", "the own response", (mine.get("responseStatus") or {}).get("response")).equals(
        "accepted"
    )
    settle(scene, "organizer0")
    theirs = event(organizer, str(meeting["id"]))
    scene.expect("GRAPH-RSP-008", "the response at the organizer", status(theirs, person)).equals("none")
    inbox = subjects(organizer, "inbox", token(scene))
    scene.expect("GRAPH-RSP-008", "the organizer's Inbox", inbox).is_absent()
    act(attendee, own_event(scene, "attendee0"), "tentativelyAccept")
    answered(scene, meeting, person, "tentativelyAccepted")
    act(attendee, own_event(scene, "attendee0"), "accept")
    theirs = answered(scene, meeting, person, "accepted")
    scene.expect("GRAPH-RSP-014", "the later response at the organizer", status(theirs, person)).equals("accepted")


@case(
    "graph-propose-new-time.views-of-others",
    scenario=SCENARIO,
    verifies=("GRAPH-RSP-015", "GRAPH-RSP-016", "GRAPH-RSP-017", "GRAPH-RSP-018", "GRAPH-EVT-021", "GRAPH-EVT-022"),
    pairings=GRAPH,
)
def test_nobody_but_the_organizer_learns_of_an_answer(scene: Scene) -> None:
    people = (address(scene, "attendee0"), address(scene, "attendee1"))
    meeting = call_meeting(scene, draft(scene, required=people))
    before = own_event(scene, "attendee0")
    told = before.get("responseStatus") or {}
    scene.expect("GRAPH-RSP-016", "the own response before answering", told.get("response")).is_one_of(
        "notResponded", "none"
    )
    open_states = (told.get("response"), status(meeting, people[0]), status(meeting, people[1]))
    scene.expect("GRAPH-RSP-017", "who has not answered, on both sides", open_states).holds(
        lambda states: set(states) <= {"none", "notResponded"}, "none or notResponded"
    )
    scene.expect("GRAPH-RSP-018", "the time before answering", read.answer_time(told.get("time"))).is_absent()
    act(scene.graph("attendee0"), before, "accept")
    answered(scene, meeting, people[0], "accepted")
    other = own_event(scene, "attendee1")
    scene.expect("GRAPH-RSP-015", "what another attendee sees", status(other, people[0])).is_one_of(
        "none", "notResponded"
    )
    scene.expect("GRAPH-EVT-022", "the id of an attendee's copy", before["id"]).differs_from(meeting["id"])
    scene.expect("GRAPH-EVT-022", "its iCalUId", before.get("iCalUId")).equals(meeting.get("iCalUId"))
    foreign = scene.graph("attendee0").get(f"me/events/{segment(str(meeting['id']))}")
    scene.expect("GRAPH-EVT-021", "another mailbox's id", foreign.refusal).equals((404, "ErrorItemNotFound"))


@case(
    "graph-propose-new-time.answer-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-RSP-011", "GRAPH-RSP-012", "GRAPH-RSP-013", "GRAPH-RSP-021"),
    pairings=GRAPH,
)
def test_which_answers_are_refused(scene: Scene) -> None:
    meeting = call_meeting(scene, responseRequested=False)
    own = act(scene.graph("organizer0"), meeting, "accept")
    scene.expect("GRAPH-RSP-011", "the organizer's own answer", own.refusal).equals((400, "ErrorInvalidRequest"))
    attendee = scene.graph("attendee0")
    copy = own_event(scene, "attendee0")
    unwanted = act(attendee, copy, "accept", {"sendResponse": True})
    scene.expect("GRAPH-RSP-012", "an answer nobody asked for", unwanted.refusal).equals((400, "ErrorInvalidRequest"))
    quiet = act(attendee, copy, "accept", {"sendResponse": False})
    scene.expect("GRAPH-RSP-013", "the same in silence", quiet.status).equals(202)
    request = received(scene, "attendee0", "eventMessageRequest")
    by_message = attendee.post(f"me/messages/{segment(str(request['id']))}/accept", {})
    scene.expect("GRAPH-RSP-021", "answering the message", by_message.status).is_one_of(400, 404, 405)


@case(
    "graph-propose-new-time.propose-by-declining",
    scenario=SCENARIO,
    verifies=("GRAPH-PNT-002", "GRAPH-PNT-003", "GRAPH-PNT-004", "GRAPH-PNT-005", "GRAPH-PNT-010", "GRAPH-PNT-020"),
    pairings=GRAPH,
)
def test_declining_can_propose_a_time_too(scene: Scene) -> None:
    meeting = call_meeting(scene)
    wanted = slot(scene, 15, days=1)
    done = act(
        scene.graph("attendee0"), own_event(scene, "attendee0"), "decline", {"proposedNewTime": proposal(wanted)}
    )
    scene.expect("GRAPH-PNT-010", "the status without sendResponse", done.status).equals(202)
    theirs = answered(scene, meeting, address(scene, "attendee0"), "declined")
    told = read.slot(entry(theirs, address(scene, "attendee0")).get("proposedNewTime"))
    scene.expect("GRAPH-PNT-002", "proposedNewTime of the attendee", told).equals(wanted)
    scene.expect("GRAPH-PNT-005", "start and end of the event", read.slot(theirs)).equals(draft(scene).slot)
    response = received(scene, "organizer0", "eventMessageResponse", requirement="GRAPH-PNT-003")
    scene.expect("GRAPH-PNT-003", "proposedNewTime", read.slot(response.get("proposedNewTime"))).equals(wanted)
    scene.expect("GRAPH-PNT-020", "responseType", response.get("responseType")).equals("declined")
    subject = response.get("subject")
    scene.expect("GRAPH-PNT-004", "the subject", subject).equals(f"New Time Proposed: {draft(scene).subject}")


@case(
    "graph-propose-new-time.propose-again",
    scenario=SCENARIO,
    verifies=("GRAPH-PNT-017", "GRAPH-PNT-018", "GRAPH-RSP-022"),
    pairings=GRAPH,
)
def test_a_second_proposal_replaces_the_first_and_an_acceptance_records_none(scene: Scene) -> None:
    meeting = call_meeting(scene)
    attendee, person = scene.graph("attendee0"), address(scene, "attendee0")
    first, second, third = (slot(scene, hour, days=1) for hour in (13, 15, 17))
    for wanted in (first, second):
        act(attendee, own_event(scene, "attendee0"), "tentativelyAccept", {"proposedNewTime": proposal(wanted)})
    organizer = scene.graph("organizer0")

    def proposed() -> Slot | None:
        return read.slot(entry(event(organizer, str(meeting["id"])), person).get("proposedNewTime"))

    scene.eventually(lambda: proposed() == second, "the second proposal")
    told = proposed()
    scene.expect("GRAPH-PNT-017", "the proposal after two", told).equals(second)
    act(attendee, own_event(scene, "attendee0"), "accept")
    theirs = answered(scene, meeting, person, "accepted")
    told = read.slot(entry(theirs, person).get("proposedNewTime"))
    scene.expect("GRAPH-PNT-018", "the proposal after a plain acceptance", told).is_one_of(None, second)
    refused = act(attendee, own_event(scene, "attendee0"), "accept", {"proposedNewTime": proposal(third)})
    scene.expect("GRAPH-RSP-022", "the status of accept with a proposal", refused.status).is_one_of(202, 400)
    settle(scene, "organizer0")
    told = proposed()
    scene.expect("GRAPH-RSP-022", "the proposal after accept with one", told).holds(
        lambda found: found != third, "anything but the time given with accept"
    )


@case(
    "graph-propose-new-time.propose-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-PNT-008", "GRAPH-PNT-009", "GRAPH-PNT-012", "GRAPH-RSP-010"),
    pairings=GRAPH,
)
def test_which_proposals_are_refused(scene: Scene) -> None:
    wanted = proposal(slot(scene, 15, days=1))
    meeting = call_meeting(scene, draft(scene, allows_proposals=False))
    attendee, organizer = scene.graph("attendee0"), scene.graph("organizer0")
    person = address(scene, "attendee0")
    own = own_event(scene, "attendee0")
    unwelcome = act(attendee, own, "tentativelyAccept", {"proposedNewTime": wanted})
    scene.expect("GRAPH-PNT-008", "where proposals are not allowed", unwelcome.status).equals(400)
    scene.expect("GRAPH-PNT-008", "the organizer's event", status(event(organizer, str(meeting["id"])), person)).equals(
        "none"
    )
    open_plan = draft(scene, subject=f"Open {token(scene)}", slot=slot(scene, 13))
    other = call_meeting(scene, open_plan)
    copy = own_event(scene, "attendee0", open_plan.subject)
    unsent = act(attendee, copy, "tentativelyAccept", {"sendResponse": False, "proposedNewTime": wanted})
    scene.expect("GRAPH-PNT-009", "a proposal not sent", unsent.status).equals(400)
    half = act(attendee, copy, "tentativelyAccept", {"proposedNewTime": {"start": wanted["start"]}})
    scene.expect("GRAPH-PNT-012", "a proposal without an end", half.status).equals(400)
    unheard = act(attendee, copy, "accept", {"comment": "Nobody hears this.", "sendResponse": False})
    scene.expect("GRAPH-RSP-010", "a comment not sent", unheard.status).is_one_of(202, 400)
    settle(scene, "organizer0")
    theirs = event(organizer, str(other["id"]))
    scene.expect("GRAPH-PNT-009", "the organizer's event", status(theirs, person)).equals("none")
    inbox = subjects(organizer, "inbox", token(scene))
    scene.expect("GRAPH-PNT-009", "the organizer's Inbox", inbox).is_absent()
