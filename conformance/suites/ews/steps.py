"""Steps that the EWS cases share: a meeting called, its request received, the organizer's tally."""

from __future__ import annotations

from collections.abc import Collection

from conformance.actor import ews_folders as folders
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Markup, Node
from conformance.expect import CaseStopped
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, found, id_of, listed, read_item, token, written

# How each answer is spelled: the element, the response type, the item class, the subject's prefix.
SPELLING = {
    Answer.ACCEPT: ("AcceptItem", "Accept", "IPM.Schedule.Meeting.Resp.Pos", "Accepted: "),
    Answer.TENTATIVE: ("TentativelyAcceptItem", "Tentative", "IPM.Schedule.Meeting.Resp.Tent", "Tentative: "),
    Answer.DECLINE: ("DeclineItem", "Decline", "IPM.Schedule.Meeting.Resp.Neg", "Declined: "),
}


def invited(scene: Scene) -> tuple[MeetingRef, MeetingRef]:
    """A meeting called by organizer0, and its request in the Inbox of attendee0."""
    meeting = written(scene.ews("organizer0").call(ask.create_meeting(draft(scene))))
    return meeting, first_listed(scene, scene.ews("attendee0"), "inbox", "MeetingRequest")


def later_request(scene: Scene, known: Collection[str], requirement: str = "") -> Node:
    """A request in the Inbox of attendee0 that is none of those known already, by their ids, read in full."""
    client = scene.ews("attendee0")

    def look() -> MeetingRef | None:
        requests = (id_of(one) for one in listed(client, "inbox", token(scene)) if one.local == "MeetingRequest")
        return next((one for one in requests if one.id not in known), None)

    return read_item(client, found(scene, look, "the update in the Inbox of attendee0", requirement))


def entry_of(meeting: Node, who: str) -> Node | None:
    """The Attendee element of an address."""
    entries = (entry for entry in meeting.anywhere("t:Attendee") if entry.text("t:Mailbox/t:EmailAddress") == who)
    return next(entries, None)


def tally(scene: Scene, meeting: MeetingRef, wanted: str, who: str = "attendee0") -> Node | None:
    """The organizer's entry of an attendee once it shows a response, else as it is at the deadline."""
    latest: list[Node] = []

    def look() -> Node | None:
        entry = entry_of(read_item(scene.ews("organizer0"), meeting), address(scene, who))
        latest[:] = [entry] if entry else []
        return entry if entry and entry.text("t:ResponseType") == wanted else None

    scene.eventually(look)
    return next(iter(latest), None)


def response_received(scene: Scene, requirement: str = "") -> Node:
    """The response in the organizer's Inbox."""
    organizer = scene.ews("organizer0")
    response = first_listed(scene, organizer, "inbox", "MeetingResponse", requirement=requirement)
    return read_item(organizer, response)


def made_folder(client: EwsClient, name: str, parent: Markup | None = None, kind: str = "Folder") -> MeetingRef:
    """A new folder, below the top one unless another is named; the case stops where it cannot be made."""
    answer = client.call(folders.create_folder(name, parent or ask.folder_id("msgfolderroot"), kind))
    made = next(iter(answer.root.anywhere(f"t:{kind}")), None) if answer.code == "NoError" and answer.root else None
    identity = made.text("t:FolderId/@Id") if made else None
    if made is None or not identity:
        raise CaseStopped(f"CreateFolder: expected a folder, got {answer.code}")
    return MeetingRef(identity, made.text("t:FolderId/@ChangeKey") or "")
