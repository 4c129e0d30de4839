"""Deleting, moving and copying meetings and requests: what is left where, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.actor import ews_folders as folders
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.views import Answer, Folder, MeetingRef, MessageKind, ResponseState
from conformance.actor.xml import Markup
from conformance.suites.case import ALL, EWS, case
from conformance.suites.ews.steps import entry_of, invited, made_folder, tally
from conformance.suites.meeting.steps import delete_event, delete_message, invite, of_kind, settled, wait_for
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    event_of,
    first_listed,
    message_of,
    names_in,
    read_item,
    settle,
    token,
    undone,
    written,
)

SCENARIO = "deleting"

DISPOSALS = pytest.mark.parametrize("disposal", ["HardDelete", "SoftDelete", "MoveToDeletedItems"])
SENDING = pytest.mark.parametrize("sending", ["SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy"])


@case(
    "deleting.by-the-organizer",
    scenario=SCENARIO,
    verifies=("EWS-DEL-001", "EWS-DEL-002", "EWS-DEL-003", "EWS-DEL-004"),
    pairings=EWS,
)
@DISPOSALS
@SENDING
def test_an_organizer_deletes_in_every_way(scene: Scene, disposal: str, sending: str) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene), "SendOnlyToAll")))
    first_listed(scene, attendee, "inbox", "MeetingRequest")
    answer = organizer.call(ask.delete_item(meeting, disposal=disposal, cancellations=sending))
    scene.require("EWS-DEL-001", "the code of DeleteItem", answer.code).equals("NoError")
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-DEL-001", "the organizer's calendar", calendar).is_absent()
    kept = names_in(organizer, "deleteditems", token(scene))
    wanted = ["CalendarItem"] if disposal == "MoveToDeletedItems" else []
    scene.expect("EWS-DEL-002", "the organizer's Deleted Items", kept).equals(wanted)
    is_told = sending != "SendToNone"
    if is_told:
        first_listed(scene, attendee, "inbox", "MeetingCancellation", requirement="EWS-DEL-003")
    else:
        settle(scene, "attendee0")
    notices = [name for name in names_in(attendee, "inbox", token(scene)) if name == "MeetingCancellation"]
    scene.expect("EWS-DEL-003", "the cancellations in the attendee's Inbox", len(notices)).equals(int(is_told))
    own = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    cancelled = own.text("t:IsCancelled")
    scene.expect("EWS-DEL-003", "IsCancelled of the attendee's item", cancelled).equals("true" if is_told else "false")
    sent = names_in(organizer, "sentitems", token(scene))
    wanted = ["MeetingCancellation"] if sending == "SendToAllAndSaveCopy" else []
    scene.expect("EWS-DEL-004", "the organizer's Sent Items", sent).equals(wanted)


@case(
    "deleting.by-the-attendee",
    scenario=SCENARIO,
    verifies=("EWS-DEL-005", "EWS-DEL-006"),
    pairings=EWS,
)
@DISPOSALS
def test_an_attendee_deletes_the_own_copy_alone(scene: Scene, disposal: str) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    own = first_listed(scene, attendee, "calendar", "CalendarItem")
    answer = attendee.call(ask.delete_item(own, disposal=disposal, cancellations="SendToNone"))
    scene.require("EWS-DEL-005", "the code of DeleteItem", answer.code).equals("NoError")
    calendar = names_in(attendee, "calendar", token(scene))
    scene.expect("EWS-DEL-005", "the attendee's calendar", calendar).is_absent()
    settle(scene, "organizer0")
    entry = entry_of(read_item(organizer, meeting), address(scene, "attendee0"))
    told = entry.text("t:ResponseType") if entry else None
    scene.expect("EWS-DEL-006", "the organizer's entry of the attendee", told).is_one_of("Unknown", None)
    scene.expect("EWS-DEL-006", "whether there still is an entry", entry is not None).is_true()
    inbox = names_in(organizer, "inbox", token(scene))
    scene.expect("EWS-DEL-006", "the organizer's Inbox", inbox).is_absent()


@case(
    "deleting.the-request",
    scenario=SCENARIO,
    verifies=("MEETING-DEL-001", "MEETING-DEL-002", "MEETING-DEL-003"),
    pairings=ALL,
)
def test_a_request_deleted_unanswered_leaves_the_meeting(scene: Scene) -> None:
    meeting, request = invite(scene)
    own = event_of(scene, scene.attendee)
    before = scene.organizer.look(meeting)
    delete_message(scene.attendee, request)
    scene.expect("MEETING-DEL-001", "the request in the Inbox", scene.attendee.find_request(token(scene))).is_absent()
    after = scene.attendee.find_event(token(scene))
    told = after and (after.id, after.my_response, after.show_as)
    scene.expect("MEETING-DEL-001", "the meeting in the calendar", told).equals((own.id, own.my_response, own.show_as))
    settled(scene, "organizer0")
    scene.expect("MEETING-DEL-002", "the organizer's item", scene.organizer.look(meeting)).equals(before)
    mail = scene.organizer.messages(Folder.INBOX, token(scene))
    scene.expect("MEETING-DEL-002", "the organizer's Inbox", mail).is_absent()
    scene.attendee.respond(Answer.ACCEPT, event_of(scene, scene.attendee))
    answered = wait_for(scene, meeting, ResponseState.ACCEPTED).response_of(address(scene, "attendee0"))
    scene.expect("MEETING-DEL-003", "the organizer's entry after an answer", answered).equals(ResponseState.ACCEPTED)


@case(
    "deleting.the-meeting",
    scenario=SCENARIO,
    verifies=("MEETING-DEL-004", "MEETING-DEL-005", "MEETING-DEL-006"),
    pairings=ALL,
)
def test_a_deleted_meeting_is_cancelled_whoever_has_answered(scene: Scene) -> None:
    meeting, request = invite(scene)
    scene.attendee.respond(Answer.ACCEPT, request)
    wait_for(scene, meeting, ResponseState.ACCEPTED)
    delete_event(scene.organizer, meeting)
    scene.expect("MEETING-DEL-004", "the organizer's calendar", scene.organizer.find_event(token(scene))).is_absent()
    notice = message_of(scene, scene.attendee, MessageKind.CANCELLATION, "MEETING-DEL-005")
    own = event_of(scene, scene.attendee, "MEETING-DEL-005")
    scene.expect("MEETING-DEL-005", "whether the attendee's item is cancelled", own.is_cancelled).is_true()
    scene.expect("MEETING-DEL-005", "the item that the cancellation names", notice.event_id).equals(own.id)
    delete_event(scene.attendee, own)
    scene.expect("MEETING-DEL-006", "the attendee's calendar", scene.attendee.find_event(token(scene))).is_absent()
    settled(scene, "organizer0")
    responses = of_kind(scene, scene.organizer, Folder.INBOX, MessageKind.RESPONSE)
    scene.expect("MEETING-DEL-006", "the responses in the organizer's Inbox", responses).has_length(1)


@contextmanager
def _folder(scene: Scene, client: EwsClient, kind: str, parent: str) -> Iterator[Markup]:
    """A folder of the case's own, by its id, and gone afterwards."""
    made = made_folder(client, f"Folder {token(scene)}", ask.folder_id(parent), kind)
    folder = folders.folder_ref(MeetingRef(made.id))
    with undone(lambda: client.call(folders.delete_folder(folder))):
        yield folder


@case(
    "deleting.moved-meeting",
    scenario=SCENARIO,
    verifies=("EWS-DEL-007", "EWS-DEL-008", "EWS-DEL-009"),
    pairings=EWS,
)
def test_a_meeting_goes_on_in_another_calendar(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    before = read_item(organizer, meeting)
    with _folder(scene, organizer, "CalendarFolder", "calendar") as folder:
        moved = written(organizer.call(ask.take("MoveItem", meeting, folder)))
        scene.expect("EWS-DEL-007", "the id after MoveItem", moved.id).differs_from(meeting.id)
        after = read_item(organizer, moved)
        paths = ("t:UID", "t:Start", "t:End", "t:Location", "t:MyResponseType", "t:AppointmentState")
        facts = [[item.text(path) for path in paths] for item in (before, after)]
        scene.expect("EWS-DEL-007", "what the moved meeting is", facts[1]).equals(facts[0])
        inbox = names_in(attendee, "inbox", token(scene))
        scene.expect("EWS-DEL-008", "the attendee's Inbox after MoveItem", inbox).equals(["MeetingRequest"])
        attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
        entry = tally(scene, moved, "Accept")
        told = entry.text("t:ResponseType") if entry else None
        scene.expect("EWS-DEL-009", "the entry on the moved meeting", told).equals("Accept")
        organizer.call(ask.cancel(moved)).succeed("CancelCalendarItem")
        first_listed(scene, attendee, "inbox", "MeetingCancellation", requirement="EWS-DEL-009")


@case(
    "deleting.copied-meeting",
    scenario=SCENARIO,
    verifies=("EWS-DEL-010", "EWS-DEL-011"),
    pairings=EWS,
)
def test_a_copied_meeting_tells_nobody(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    with _folder(scene, organizer, "CalendarFolder", "calendar") as folder:
        copy = written(organizer.call(ask.take("CopyItem", meeting, folder)))
        scene.expect("EWS-DEL-010", "the id of the copy", copy.id).differs_from(meeting.id)
        subjects = [read_item(organizer, one).text("t:Subject") for one in (meeting, copy)]
        scene.expect("EWS-DEL-010", "the subjects of meeting and copy", len(set(subjects))).equals(1)
        organizer.call(ask.delete_item(copy, disposal="HardDelete", cancellations="SendToNone")).succeed("DeleteItem")
    settle(scene, "attendee0")
    inbox = names_in(attendee, "inbox", token(scene))
    scene.expect("EWS-DEL-011", "the attendee's Inbox", inbox).equals(["MeetingRequest"])
    own = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-DEL-011", "IsCancelled of the attendee's item", own.text("t:IsCancelled")).equals("false")


@case(
    "deleting.moved-request",
    scenario=SCENARIO,
    verifies=("EWS-DEL-012", "EWS-DEL-013"),
    pairings=EWS,
)
def test_a_request_can_be_answered_from_any_folder(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, request = invited(scene)
    own = first_listed(scene, attendee, "calendar", "CalendarItem")
    with _folder(scene, attendee, "Folder", "inbox") as folder:
        moved = written(attendee.call(ask.take("MoveItem", request, folder)))
        item = read_item(attendee, moved)
        linked = item.text("t:AssociatedCalendarItemId/@Id")
        scene.expect("EWS-DEL-012", "AssociatedCalendarItemId of the moved request", linked).equals(own.id)
        offered = item.names("t:ResponseObjects")
        scene.expect("EWS-DEL-012", "its response objects", offered).contains("AcceptItem", "DeclineItem")
        code = attendee.call(ask.respond(Answer.TENTATIVE, moved)).code
        scene.expect("EWS-DEL-013", "the code of TentativelyAcceptItem", code).equals("NoError")
        entry = tally(scene, meeting, "Tentative")
        told = entry.text("t:ResponseType") if entry else None
        scene.expect("EWS-DEL-013", "the organizer's entry", told).equals("Tentative")
