"""What ties the copies of one meeting and the messages about it together, within a mailbox and across mailboxes."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.actor.acts import Actor, Changes
from conformance.actor.ews import EwsActor
from conformance.actor.graph import GraphActor
from conformance.actor.graph_client import segment
from conformance.actor.views import Answer, Folder, MeetingRef, MessageKind, MessageView
from conformance.suites.case import ALL, case
from conformance.suites.meeting.steps import invite, of_kind
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, event_of, found, message_of, read_item

SCENARIO = "relations"


@dataclass(frozen=True, slots=True)
class Threads:
    """What a message is part of: its conversation, and its id in the mail of the world."""

    conversation: str
    internet_id: str


def _threads(actor: Actor, message: MessageView) -> Threads:
    if isinstance(actor, EwsActor):
        fields = ("item:ConversationId", "message:InternetMessageId")
        item = read_item(actor.client, MeetingRef(message.id), "IdOnly", fields)
        return Threads(item.text("t:ConversationId/@Id") or "", item.text("t:InternetMessageId") or "")
    assert isinstance(actor, GraphActor)
    told = actor.client.get(f"me/messages/{segment(message.id)}").succeed("GET message").members
    return Threads(str(told.get("conversationId") or ""), str(told.get("internetMessageId") or ""))


def _update(scene: Scene, known: set[str]) -> MessageView:
    """A request in the attendee's Inbox that was not known before."""

    def look() -> MessageView | None:
        requests = of_kind(scene, scene.attendee, Folder.INBOX, MessageKind.REQUEST)
        return next((one for one in requests if one.id not in known), None)

    return scene.attendee.look_message(found(scene, look, "the update in the attendee's Inbox"))


@case(
    "relations.of-a-mailbox",
    scenario=SCENARIO,
    verifies=("MEETING-REL-001", "MEETING-REL-002", "MEETING-REL-003"),
    pairings=ALL,
)
def test_everything_about_a_meeting_belongs_together_at_the_attendee(scene: Scene) -> None:
    meeting, request = invite(scene)
    own = event_of(scene, scene.attendee)
    scene.organizer.update(scene.organizer.look(meeting), Changes(location="Upstairs"))
    update = _update(scene, {request.id})
    after = event_of(scene, scene.attendee)
    scene.expect("MEETING-REL-003", "id and UID of the attendee's item after an update", (after.id, after.uid)).equals(
        (own.id, own.uid)
    )
    theirs = scene.organizer.look(meeting)
    scene.expect("MEETING-REL-003", "id and UID of the organizer's item", (theirs.id, theirs.uid)).equals(
        (meeting.id, own.uid)
    )
    scene.organizer.cancel(theirs)
    notice = message_of(scene, scene.attendee, MessageKind.CANCELLATION)
    for about, message in (("request", request), ("update", update), ("cancellation", notice)):
        scene.expect("MEETING-REL-001", f"the item that the {about} names", message.event_id).equals(own.id)
    threads = [_threads(scene.attendee, one).conversation for one in (request, update, notice)]
    scene.expect("MEETING-REL-002", "the conversations of request, update and cancellation", set(threads)).holds(
        lambda found: len(found) == 1 and "" not in found, "one conversation"
    )


@case(
    "relations.of-two-meetings",
    scenario=SCENARIO,
    verifies=("MEETING-REL-004", "MEETING-REL-005"),
    pairings=ALL,
)
def test_meetings_that_look_alike_are_two(scene: Scene) -> None:
    first, request = invite(scene)
    one = event_of(scene, scene.attendee)
    scene.organizer.schedule(draft(scene))
    other = _update(scene, {request.id})
    uids = (one.uid, scene.attendee.look(MeetingRef(other.event_id or "")).uid)
    scene.expect("MEETING-REL-004", "the UIDs of two meetings that look alike", len(set(uids))).equals(2)
    scene.attendee.respond(Answer.ACCEPT, other)
    message_of(scene, scene.organizer, MessageKind.RESPONSE)
    told = scene.organizer.look(first).response_of(address(scene, "attendee0"))
    scene.expect("MEETING-REL-005", "whether the other meeting is unanswered", bool(told and told.is_open)).is_true()


@case(
    "relations.of-a-message",
    scenario=SCENARIO,
    verifies=("MEETING-REL-006", "MEETING-REL-007"),
    pairings=ALL,
)
def test_a_message_and_its_sent_copy_are_one(scene: Scene) -> None:
    _, request = invite(scene)
    of_request = _threads(scene.attendee, request)
    scene.attendee.respond(Answer.ACCEPT, request)
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE)
    pairs = {
        "request": (scene.organizer, MessageKind.REQUEST, request, of_request),
        "response": (scene.attendee, MessageKind.RESPONSE, response, _threads(scene.organizer, response)),
    }
    for about, (sender, kind, received, threads) in pairs.items():
        sent = of_kind(scene, sender, Folder.SENT, kind)
        scene.require("MEETING-REL-006", f"copies of the {about} in Sent Items", sent).has_length(1)
        scene.expect("MEETING-REL-007", f"the id of the {about} in the other mailbox", sent[0].id).differs_from(
            received.id
        )
        ids = {_threads(sender, sent[0]).internet_id, threads.internet_id}
        scene.expect("MEETING-REL-006", f"the internet ids of the {about}", ids).holds(
            lambda found: len(found) == 1 and "" not in found, "one id"
        )
