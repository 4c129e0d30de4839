"""A meeting is forwarded to one more person, by an attendee or the organizer, and that person answers."""

from __future__ import annotations

import pytest

from conformance.actor import ews_requests as ews_ask
from conformance.actor import graph_requests as graph_ask
from conformance.actor.views import Answer, Folder, MeetingRef, MessageKind, MessageView, RequestKind, ResponseState
from conformance.suites.case import ALL, EWS, GRAPH, case
from conformance.suites.ews.steps import invited
from conformance.suites.graph.steps import act, call_meeting, own_event
from conformance.suites.meeting.steps import forward, invite, of_kind, settled, wait_for
from conformance.suites.recurring import daily, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    event_of,
    first_listed,
    found,
    listed,
    names_in,
    read_item,
    request_of,
    token,
)
from conformance.suites.wire.snapshot import of_ews, of_graph

SCENARIO = "forwarding"
WORDS = "You should be there too."


@case(
    "forwarding.meeting",
    scenario=SCENARIO,
    verifies=(
        "MEETING-FWD-001",
        "MEETING-FWD-002",
        "MEETING-FWD-003",
        "MEETING-FWD-004",
        "MEETING-FWD-005",
        "MEETING-FWD-006",
    ),
    pairings=ALL,
)
@pytest.mark.parametrize("by", ["attendee", "organizer"])
def test_a_forwarded_meeting_invites_one_more(scene: Scene, by: str) -> None:
    person = address(scene, "attendee1")
    meeting, _ = invite(scene)
    own = event_of(scene, scene.attendee)
    forward(
        scene.attendee if by == "attendee" else scene.organizer, own if by == "attendee" else meeting, person, WORDS
    )
    added = scene.actor("attendee1")
    request = request_of(scene, added, "MEETING-FWD-001")
    scene.expect("MEETING-FWD-001", "what the invitation is", request.request_kind).equals(RequestKind.NEW)
    theirs = event_of(scene, added, "MEETING-FWD-002")
    scene.expect("MEETING-FWD-002", "UID, time, place and organizer", _facts(theirs)).equals(_facts(own))
    scene.expect("MEETING-FWD-002", "the item that the invitation names", request.event_id).equals(theirs.id)
    scene.expect("MEETING-FWD-003", "the body of the invitation", request.body).contains(WORDS)
    mine = event_of(scene, scene.attendee)
    scene.expect("MEETING-FWD-004", "the first attendee's answer", mine.my_response).equals(ResponseState.NOT_RESPONDED)
    told = scene.organizer.look(meeting).response_of(address(scene, "attendee0"))
    scene.expect("MEETING-FWD-004", "whether the first attendee is unanswered", bool(told and told.is_open)).is_true()
    added.respond(Answer.ACCEPT, request)
    after = wait_for(scene, meeting, ResponseState.ACCEPTED, "attendee1")
    scene.expect("MEETING-FWD-005", "the organizer's entry of the new person", after.response_of(person)).equals(
        ResponseState.ACCEPTED
    )
    responses = of_kind(scene, scene.organizer, Folder.INBOX, MessageKind.RESPONSE)
    scene.expect("MEETING-FWD-006", "who answered", [one.sender.casefold() for one in responses]).equals(
        [person.casefold()]
    )


def _facts(event: object) -> tuple[object, ...]:
    return tuple(getattr(event, name) for name in ("uid", "slot", "location", "organizer"))


def _notices(scene: Scene) -> list[str]:
    """The classes of what tells the organizer of a forward, and of nothing else."""
    kinds = {MessageKind.REQUEST, MessageKind.RESPONSE, MessageKind.CANCELLATION}
    return [one.subject for one in scene.organizer.messages(Folder.INBOX, token(scene)) if one.kind not in kinds]


@case(
    "forwarding.notification",
    scenario=SCENARIO,
    verifies=("MEETING-FWD-007", "MEETING-FWD-008", "MEETING-FWD-009"),
    pairings=ALL,
)
def test_the_organizer_hears_of_a_forward(scene: Scene) -> None:
    person = address(scene, "attendee1")
    meeting, _ = invite(scene)
    forward(scene.organizer, meeting, address(scene, "attendee2"), WORDS)
    request_of(scene, scene.actor("attendee2"))
    settled(scene, "organizer0")
    scene.expect("MEETING-FWD-008", "what the organizer hears of the own forward", _notices(scene)).is_absent()
    forward(scene.attendee, event_of(scene, scene.attendee), person, WORDS)
    request_of(scene, scene.actor("attendee1"))
    notice = scene.eventually(lambda: _notices(scene), "a notification of the forward")
    scene.expect("MEETING-FWD-007", "what the organizer hears of an attendee's forward", notice).has_length(1)
    listed_now = scene.organizer.look(meeting).attendee(person)
    scene.expect("MEETING-FWD-009", "the new person among the organizer's attendees", listed_now).is_present()


@case(
    "forwarding.occurrence",
    scenario=SCENARIO,
    verifies=("MEETING-FWD-010", "MEETING-FWD-011"),
    pairings=ALL,
    needs=("series",),
)
def test_one_occurrence_is_forwarded_alone(scene: Scene) -> None:
    person, plan = address(scene, "attendee1"), daily(scene, 3, required=(address(scene, "attendee0"),))
    span = window(plan)
    scene.organizer.schedule(plan)
    request_of(scene, scene.attendee)
    forward(scene.attendee, scene.attendee.view(token(scene), span)[1], person, WORDS)
    added = scene.actor("attendee1")
    request = request_of(scene, added, "MEETING-FWD-010")
    shown = [one.slot for one in added.view(token(scene), span)]
    scene.expect("MEETING-FWD-010", "what the new person has of the series", shown).equals([slots(plan)[1]])
    added.respond(Answer.ACCEPT, request)

    def told() -> list[ResponseState | None]:
        return [one.response_of(person) for one in scene.organizer.view(token(scene), span)]

    scene.eventually(lambda: ResponseState.ACCEPTED in told(), "the answer of the new person")
    scene.expect("MEETING-FWD-011", "the new person's answer on the organizer's lists", told()).equals(
        [None, ResponseState.ACCEPTED, None]
    )


@case(
    "forwarding.ews",
    scenario=SCENARIO,
    verifies=("EWS-MTG-341", "EWS-FWD-001", "EWS-FWD-002", "EWS-FWD-003", "EWS-FWD-004"),
    pairings=EWS,
)
def test_forwarding_over_ews_has_its_rules(scene: Scene) -> None:
    attendee, person = scene.ews("attendee0"), address(scene, "attendee1")
    _, request = invited(scene)
    first_listed(scene, attendee, "calendar", "CalendarItem")
    before = of_ews(scene)
    refusals = {
        "nobody to forward to": (
            "EWS-FWD-001",
            ews_ask.forward(request, ()),
            ("ErrorInvalidRecipients", "ErrorMissingRecipients"),
        ),
        "no disposition": (
            "EWS-FWD-002",
            ews_ask.forward(request, (person,), disposition=None),
            ("ErrorMessageDispositionRequired",),
        ),
        "an id that is none": (
            "EWS-FWD-001",
            ews_ask.forward(MeetingRef("%%%"), (person,)),
            ("ErrorInvalidIdMalformed", "ErrorInvalidReferenceItem"),
        ),
    }
    for about, (requirement, operation, codes) in refusals.items():
        scene.expect(requirement, f"the code for {about}", attendee.call(operation).code).is_one_of(*codes)
    after = of_ews(scene)
    for requirement in ("EWS-FWD-001", "EWS-FWD-002"):
        scene.expect(requirement, "the mailboxes after refusals", after).equals(before)
    answer = attendee.call(ews_ask.forward(request, (person,), WORDS, disposition="SendOnly"))
    scene.expect("EWS-MTG-341", "the code of ForwardItem by the request", answer.code).equals("NoError")
    added = scene.ews("attendee1")
    item = read_item(added, first_listed(scene, added, "inbox", "MeetingRequest", requirement="EWS-MTG-341"))
    scene.expect("EWS-MTG-341", "ItemClass", item.text("t:ItemClass")).equals("IPM.Schedule.Meeting.Request")
    offered = item.names("t:ResponseObjects")
    scene.expect("EWS-MTG-341", "the response objects", offered).contains("AcceptItem", "DeclineItem")
    sent = names_in(attendee, "sentitems", token(scene))
    scene.expect("EWS-FWD-003", "Sent Items after SendOnly", sent).is_absent()
    organizer = scene.ews("organizer0")

    def notice() -> MeetingRef | None:
        items = listed(organizer, "inbox", token(scene))
        classes = [(one, one.text("t:ItemClass") or "") for one in items]
        found_now = [one for one, name in classes if name == "IPM.Schedule.Meeting.Notification.Forward"]
        return MeetingRef(found_now[0].text("t:ItemId/@Id") or "") if found_now else None

    scene.expect("EWS-FWD-004", "a notification of the organizer", scene.eventually(notice, "it")).is_present()


@case(
    "forwarding.graph",
    scenario=SCENARIO,
    verifies=("GRAPH-CAN-014", "GRAPH-CAN-016", "GRAPH-CAN-017"),
    pairings=GRAPH,
)
def test_forwarding_over_graph_has_its_rules(scene: Scene) -> None:
    attendee, person = scene.graph("attendee0"), address(scene, "attendee1")
    call_meeting(scene)
    copy = own_event(scene, "attendee0")
    before = of_graph(scene)
    for about, body in {"no recipients": {}, "an empty list": graph_ask.forward(())}.items():
        scene.expect("GRAPH-CAN-016", f"the status for {about}", act(attendee, copy, "forward", body).status).equals(
            400
        )
    scene.expect("GRAPH-CAN-016", "the mailboxes after refusals", of_graph(scene)).equals(before)
    pascal = {"ToRecipients": [{"EmailAddress": {"Address": person}}], "Comment": WORDS}
    answer = act(attendee, copy, "forward", pascal)
    scene.expect("GRAPH-CAN-017", "the status with PascalCase", answer.status).equals(202)
    scene.expect("GRAPH-CAN-014", "the body of the answer", answer.exchange.response.body).equals(b"")
    reader = scene.actor("attendee1")

    def request() -> MessageView | None:
        return reader.find_request(token(scene))

    received = found(scene, request, "the forwarded request", "GRAPH-CAN-014")
    scene.expect("GRAPH-CAN-017", "the words of the forward", received.body).contains(WORDS)
