"""One mailbox whose changes are followed over both protocols at once."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes
from conformance.actor.graph_client import segment
from conformance.actor.views import Answer
from conformance.actor.xml import t
from conformance.suites.case import MIXED, case
from conformance.suites.ews.following import FolderCopy, mine
from conformance.suites.graph.following import Rounds, named, view_of_the_day
from conformance.suites.graph.steps import received
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, event_of, first_listed, request_of, token

SCENARIO = "synchronisation"
INBOX = "me/mailFolders/inbox/messages/delta?$select=subject,isRead"


class Both:
    """The attendee's calendar, followed by SyncFolderItems and by a delta of its view."""

    def __init__(self, scene: Scene) -> None:
        self._word = token(scene)
        self._copy = FolderCopy(scene.ews("attendee0"), "calendar")
        self._rounds = Rounds(scene.graph("attendee0"), view_of_the_day(scene))
        self._copy.follow()
        self._rounds.follow()

    def tell(self) -> tuple[list[str], list[str]]:
        """Whether each of them tells that the meeting is there, over EWS and over Graph."""
        ews = {"told" for _ in mine(self._copy.follow(), self._word)}
        graph = {"told" for _ in named(self._rounds.follow(), self._word)}
        return sorted(ews), sorted(graph)


@case(
    "synchronisation.both",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-030",),
    pairings=MIXED,
    needs=("synchronisation",),
)
def test_both_protocols_tell_of_every_step(scene: Scene) -> None:
    both = Both(scene)
    told = (["told"], ["told"])
    meeting = scene.organizer.schedule(draft(scene))
    request = request_of(scene, scene.attendee)
    event_of(scene, scene.attendee)
    scene.expect("GRAPH-DLT-030", "who tells of the invitation", both.tell()).equals(told)
    scene.expect("GRAPH-DLT-030", "who tells of nothing", both.tell()).equals(([], []))
    scene.attendee.respond(Answer.TENTATIVE, request)
    scene.expect("GRAPH-DLT-030", "who tells of the answer", both.tell()).equals(told)
    scene.organizer.update(scene.organizer.look(meeting), Changes(location="Elsewhere"))
    scene.eventually(lambda: event_of(scene, scene.attendee).location == "Elsewhere", "the update")
    scene.expect("GRAPH-DLT-030", "who tells of the update", both.tell()).equals(told)
    scene.organizer.cancel(scene.organizer.look(meeting))
    scene.eventually(lambda: event_of(scene, scene.attendee).is_cancelled, "the cancellation")
    scene.expect("GRAPH-DLT-030", "who tells of the cancellation", both.tell()).equals(told)


@case(
    "synchronisation.read-by-the-other",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-031",),
    pairings=MIXED,
    needs=("synchronisation",),
)
def test_what_is_read_over_one_protocol_is_read_over_the_other(scene: Scene) -> None:
    ews, graph = scene.ews("attendee0"), scene.graph("attendee0")
    copy, rounds = FolderCopy(ews, "inbox"), Rounds(graph, INBOX)
    scene.organizer.schedule(draft(scene, required=(address(scene, "attendee0"),)))
    request = received(scene, "attendee0", "eventMessageRequest")
    reference = first_listed(scene, ews, "inbox", "MeetingRequest")
    copy.follow()
    rounds.follow()
    graph.patch(f"me/messages/{segment(str(request['id']))}", {"isRead": True}).succeed("PATCH of isRead")
    flags = [one.node.text("t:IsRead") for one in copy.follow() if one.id == reference.id]
    scene.expect("GRAPH-DLT-031", "IsRead that SyncFolderItems tells", flags).equals(["true"])
    rounds.follow()
    unread = ask.set_field("message:IsRead", t("IsRead", "false"), "MeetingRequest")
    ews.call(ask.update_item(reference, unread, sending=None, disposition="SaveOnly")).succeed("UpdateItem of IsRead")
    read = [one.get("isRead") for one in rounds.follow() if one.get("id") == request["id"]]
    scene.expect("GRAPH-DLT-031", "isRead that the delta tells", read).equals([False])
