"""One meeting from its call to its end, whichever protocols its people speak."""

from __future__ import annotations

import pytest

from conformance.actor.acts import Changes
from conformance.actor.views import (
    ANSWERED,
    Answer,
    Folder,
    MessageKind,
    MessageView,
    RequestKind,
    ResponseState,
    Role,
    ShowAs,
)
from conformance.suites.case import ALL, case
from conformance.suites.meeting.steps import invite, wait_for
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, event_of, found, message_of, request_of, slot, token

SCENARIO = "cross-protocol"


@case(
    "cross-protocol.schedule",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-001", "GRAPH-MIG-006", "GRAPH-MIG-007", "GRAPH-MIG-008"),
    pairings=ALL,
)
def test_a_meeting_reads_alike_on_both_sides(scene: Scene) -> None:
    people = tuple(address(scene, f"attendee{n}") for n in range(3))
    plan = draft(scene, required=people[:2], optional=people[2:])
    meeting = scene.organizer.schedule(plan)
    request = request_of(scene, scene.attendee, "GRAPH-MIG-001")
    theirs, own = scene.organizer.look(meeting), event_of(scene, scene.attendee, "GRAPH-MIG-001")
    for side, event in (("organizer", theirs), ("attendee", own)):
        told = (event.subject, event.slot, event.location, event.organizer.casefold())
        wanted = (plan.subject, plan.slot, plan.location, address(scene, "organizer0").casefold())
        scene.expect("GRAPH-MIG-001", f"subject, time, place and organizer at the {side}", told).equals(wanted)
        scene.expect("GRAPH-MIG-001", f"the body at the {side}", event.body).contains(plan.body)
    scene.expect("GRAPH-MIG-001", "how the item shows", (theirs.show_as, own.show_as)).equals(
        (ShowAs.BUSY, ShowAs.TENTATIVE)
    )
    scene.expect("GRAPH-MIG-001", "what the invitation is", request.request_kind).equals(RequestKind.NEW)
    scene.expect("GRAPH-MIG-001", "the event of the invitation", request.event_id).equals(own.id)
    scene.expect("GRAPH-MIG-006", "the UID at the attendee", own.uid).equals(theirs.uid)
    listed = [(one.address.casefold(), one.role) for one in theirs.attendees.values()]
    scene.expect("GRAPH-MIG-007", "the attendees in order", listed).equals(
        [(people[0], Role.REQUIRED), (people[1], Role.REQUIRED), (people[2], Role.OPTIONAL)]
    )
    states = {one.response for one in theirs.attendees.values()}
    scene.expect("GRAPH-MIG-008", "the organizer's view of the answers", states).equals({ResponseState.NONE})
    scene.expect("GRAPH-MIG-008", "the attendee's own view", own.my_response).equals(ResponseState.NOT_RESPONDED)
    times = {one.time for one in theirs.attendees.values()}
    scene.expect("GRAPH-MIG-008", "the answer times", times).equals({None})


@case(
    "cross-protocol.answer",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-002", "GRAPH-MIG-005"),
    pairings=ALL,
)
@pytest.mark.parametrize("answer", list(Answer))
def test_an_answer_counts_alike(scene: Scene, answer: Answer) -> None:
    meeting, request = invite(scene)
    before = scene.organizer.look(meeting)
    scene.attendee.respond(answer, request, comment="I will let you know.")
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE, "GRAPH-MIG-002")
    scene.expect("GRAPH-MIG-002", "the response received", response.response).equals(ANSWERED[answer])
    sender = response.sender.casefold()
    scene.expect("GRAPH-MIG-002", "its sender", sender).equals(address(scene, "attendee0").casefold())
    scene.expect("GRAPH-MIG-002", "its event", response.event_id).equals(meeting.id)
    scene.expect("GRAPH-MIG-002", "its body", response.body).contains("I will let you know.")
    scene.expect("GRAPH-MIG-002", "its proposal", response.proposal).is_absent()
    wait_for(scene, meeting, ANSWERED[answer])
    after = scene.organizer.look(meeting)
    told = after.attendee(address(scene, "attendee0"))
    scene.expect("GRAPH-MIG-002", "the organizer's entry", told and told.response).equals(ANSWERED[answer])
    scene.expect("GRAPH-MIG-002", "the time of the answer", told and told.time).is_present()
    scene.expect("GRAPH-MIG-005", "the organizer's change key", after.change_key).differs_from(before.change_key)
    own = scene.attendee.find_event(token(scene))
    if answer is Answer.DECLINE:
        scene.expect("GRAPH-MIG-002", "the declined meeting in the calendar", own).is_absent()
        return
    shown = {Answer.ACCEPT: ShowAs.BUSY, Answer.TENTATIVE: ShowAs.TENTATIVE}[answer]
    scene.expect("GRAPH-MIG-002", "the own view", own and (own.my_response, own.show_as)).equals(
        (ANSWERED[answer], shown)
    )
    sent = [one.kind for one in scene.attendee.messages(Folder.SENT, token(scene))]
    scene.expect("GRAPH-MIG-002", "the attendee's Sent Items", sent).equals([MessageKind.RESPONSE])


@case(
    "cross-protocol.answer-the-event",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-002",),
    pairings=ALL,
)
def test_an_answer_by_the_calendar_counts_too_and_a_later_one_replaces_it(scene: Scene) -> None:
    meeting, _ = invite(scene)
    person = address(scene, "attendee0")
    for answer in (Answer.TENTATIVE, Answer.ACCEPT):
        scene.attendee.respond(answer, event_of(scene, scene.attendee))
        wait_for(scene, meeting, ANSWERED[answer])
        told = scene.organizer.look(meeting).response_of(person)
        scene.expect("GRAPH-MIG-002", f"the organizer's entry after {answer}", told).equals(ANSWERED[answer])


@case(
    "cross-protocol.propose",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-003", "GRAPH-MIG-008", "MEETING-ANS-020"),
    pairings=ALL,
    needs=("propose-new-time",),
)
@pytest.mark.parametrize("answer", [Answer.TENTATIVE, Answer.DECLINE])
def test_a_proposal_is_made_and_taken_up(scene: Scene, answer: Answer) -> None:
    person = address(scene, "attendee0")
    meeting, request = invite(scene)
    scene.expect("GRAPH-MIG-003", "whether the invitation allows proposals", request.allows_proposals).is_true()
    wanted = slot(scene, 15, days=1)
    scene.attendee.respond(answer, request, proposal=wanted)
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE, "GRAPH-MIG-003")
    scene.expect("GRAPH-MIG-003", "the proposal received", response.proposal).equals(wanted)
    scene.expect("GRAPH-MIG-003", "the answer with it", response.response).equals(ANSWERED[answer])
    wait_for(scene, meeting, ANSWERED[answer])
    theirs = scene.organizer.look(meeting)
    if scene.organizer.protocol == "graph":  # entries of EWS carry proposals from Exchange2016 only
        told = theirs.proposal_of(person)
        scene.expect("GRAPH-MIG-003", "the proposal in the organizer's entry", told).equals(wanted)
    scene.expect("GRAPH-MIG-003", "the meeting's own time", theirs.slot).equals(draft(scene).slot)
    scene.organizer.update(theirs, Changes(slot=wanted))
    moved = scene.organizer.look(meeting)
    scene.expect("GRAPH-MIG-003", "the proposal after it was taken up", moved.proposal_of(person)).is_absent()
    entry = moved.attendee(person)
    scene.expect("GRAPH-MIG-008", "the answer after the move", entry and (entry.response.is_open, entry.time)).equals(
        (True, None)
    )

    def at_the_new_time() -> bool:
        own = scene.attendee.find_event(token(scene))
        return own is not None and own.slot == wanted

    scene.eventually(at_the_new_time, "the new time in the attendee's calendar")
    own = scene.attendee.find_event(token(scene))
    scene.expect("GRAPH-MIG-003", "the time at the attendee", own and own.slot).equals(wanted)
    mine = own.my_response if own else None
    scene.expect("GRAPH-MIG-008", "the own answer after the move", mine).equals(ResponseState.NOT_RESPONDED)
    standing = own and (own.reply_time, own.is_cancelled)
    scene.expect("MEETING-ANS-020", "when it was answered, and whether it is off", standing).equals((None, False))


@case(
    "cross-protocol.update",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-001", "GRAPH-MIG-005"),
    pairings=ALL,
)
def test_an_update_reaches_who_has_answered(scene: Scene) -> None:
    meeting, request = invite(scene)
    scene.attendee.respond(Answer.ACCEPT, request)
    wait_for(scene, meeting, ResponseState.ACCEPTED)
    before = scene.organizer.look(meeting)
    scene.organizer.update(before, Changes(location="Upstairs"))

    def update() -> MessageView | None:
        listed = scene.attendee.messages(Folder.INBOX, token(scene))
        requests = (one for one in listed if one.kind is MessageKind.REQUEST and one.id != request.id)
        return next(requests, None)

    received = scene.attendee.look_message(found(scene, update, "the update in the attendee's Inbox", "GRAPH-MIG-001"))
    kind = received.request_kind
    scene.expect("GRAPH-MIG-001", "what the update is", kind).equals(RequestKind.INFORMATIONAL_UPDATE)
    own, theirs = event_of(scene, scene.attendee), scene.organizer.look(meeting)
    scene.expect("GRAPH-MIG-001", "the place on both sides", (own.location, theirs.location)).equals(
        ("Upstairs", "Upstairs")
    )
    scene.expect("GRAPH-MIG-005", "the change key", theirs.change_key).differs_from(before.change_key)


@case(
    "cross-protocol.attendees",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-001", "GRAPH-MIG-007"),
    pairings=ALL,
)
def test_who_is_added_is_invited_and_who_is_dropped_is_told(scene: Scene) -> None:
    people = tuple(address(scene, f"attendee{n}") for n in range(3))
    meeting = scene.organizer.schedule(draft(scene, required=people[:2]))
    dropped, added = scene.actor("attendee1"), scene.actor("attendee2")
    request_of(scene, dropped)
    theirs = scene.organizer.look(meeting)
    scene.organizer.update(theirs, Changes(required=(people[0],), optional=(people[2],)))
    invitation = request_of(scene, added, "GRAPH-MIG-001")
    scene.expect("GRAPH-MIG-001", "what who is added receives", invitation.request_kind).equals(RequestKind.NEW)
    notice = message_of(scene, dropped, MessageKind.CANCELLATION, "GRAPH-MIG-001")
    scene.expect("GRAPH-MIG-001", "what who is dropped receives", notice.subject).contains(draft(scene).subject)
    listed = [(one.address, one.role) for one in scene.organizer.look(meeting).attendees.values()]
    scene.expect("GRAPH-MIG-007", "the attendees", listed).equals(
        [(people[0], Role.REQUIRED), (people[2], Role.OPTIONAL)]
    )


@case(
    "cross-protocol.cancel",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-001",),
    pairings=ALL,
)
def test_a_cancelled_meeting_is_cleared_away(scene: Scene) -> None:
    meeting, _ = invite(scene)
    scene.organizer.cancel(meeting, "The figures are late.")
    gone = scene.organizer.find_event(token(scene))
    scene.expect("GRAPH-MIG-001", "the meeting in the organizer's calendar", gone).is_absent()
    notice = message_of(scene, scene.attendee, MessageKind.CANCELLATION, "GRAPH-MIG-001")
    scene.expect("GRAPH-MIG-001", "the words of the cancellation", notice.body).contains("The figures are late.")
    own = event_of(scene, scene.attendee)
    scene.expect("GRAPH-MIG-001", "whether the attendee's item is cancelled", own.is_cancelled).is_true()
    scene.expect("GRAPH-MIG-001", "the item of the cancellation", notice.event_id).equals(own.id)
    scene.attendee.remove(notice)
    left = scene.attendee.find_event(token(scene))
    scene.expect("GRAPH-MIG-001", "the meeting in the attendee's calendar", left).is_absent()
