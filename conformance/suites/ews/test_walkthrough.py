"""The document on handling meetings, replayed with its own messages."""

from __future__ import annotations

import re

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.views import Answer, MeetingRef
from conformance.suites.case import EWS, case
from conformance.suites.documents import Text, in_envelope, message, render
from conformance.suites.ews.steps import entry_of
from conformance.suites.scene import Scene
from conformance.suites.steps import address, first_listed, found, listed, names_in, read_item, token, written

SCENARIO = "handling-meetings"
SLUG = "handling-meetings"
PEOPLE = ("attendee0", "attendee1", "attendee2", "attendee3", "room0")


def _text(scene: Scene, name: str, ids: dict[str, str] | None = None, which: Text = Text.CORRECTED) -> str:
    """A message of the document with the addresses of this target, and the case's token behind its subject."""
    told = message(SLUG, name)
    people = {f"{who}@example.com": address(scene, who) for who in PEOPLE}
    addresses = {key: value for key, value in people.items() if key in told.addresses}
    text = render(told, addresses=addresses, ids=ids, which=which)
    return re.sub(r"(</(?:t:)?Subject>)", rf" {token(scene)}\1", text)


def _create(scene: Scene, organizer: EwsClient) -> MeetingRef:
    """The document's CreateItem, which names no version."""
    answer = organizer.post(in_envelope(_text(scene, "create-meeting.request")))
    scene.require("EWS-MTG-001", "the code of CreateItem", answer.code).equals("NoError")
    return written(answer)


@case(
    "handling-meetings.walkthrough-create",
    scenario=SCENARIO,
    verifies=("EWS-MTG-001", "EWS-MTG-051", "EWS-MTG-052", "EWS-MTG-097"),
    pairings=EWS,
)
def test_the_documents_meeting_is_found_where_it_says(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    _create(scene, organizer)
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-001", "the organizer's calendar", calendar).equals(["CalendarItem"])
    sent = scene.eventually(lambda: names_in(organizer, "sentitems", token(scene)))
    scene.expect("EWS-MTG-052", "the organizer's Sent Items", sent).equals(["MeetingRequest"])
    for who in PEOPLE[:3]:
        client = scene.ews(who)
        first_listed(scene, client, "inbox", "MeetingRequest", token(scene), "EWS-MTG-051")
        inbox = names_in(client, "inbox", token(scene))
        scene.expect("EWS-MTG-051", f"the Inbox of {who}", inbox).equals(["MeetingRequest"])
        event = read_item(client, first_listed(scene, client, "calendar", "CalendarItem", token(scene)))
        scene.expect("EWS-MTG-097", f"the item of {who}", event.text("t:LegacyFreeBusyStatus")).equals("Tentative")


@case(
    "handling-meetings.walkthrough-answers",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-001",
        "EWS-MTG-060",
        "EWS-MTG-061",
        "EWS-MTG-114",
        "EWS-MTG-120",
        "EWS-MTG-123",
        "EWS-MTG-124",
        "EWS-MTG-237",
    ),
    pairings=EWS,
)
def test_the_documents_tally_is_that_of_its_answers(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = _create(scene, organizer)
    answers = {"attendee0": Answer.ACCEPT, "attendee1": Answer.TENTATIVE, "attendee2": Answer.DECLINE}
    for who, answer in answers.items():
        client = scene.ews(who)
        request = first_listed(scene, client, "inbox", "MeetingRequest", token(scene))
        text = _text(scene, "accept.request", {"ASwAYX": request.id, "CwAAAB": request.change_key})
        client.post(in_envelope(text.replace("AcceptItem", ask.ANSWERS[answer])))
        deleted = names_in(client, "deleteditems", token(scene))
        scene.expect("EWS-MTG-114", f"Deleted Items of {who}", deleted).contains("MeetingRequest")
        scene.expect("EWS-MTG-114", f"the Inbox of {who}", names_in(client, "inbox", token(scene))).is_absent()
        sent = names_in(client, "sentitems", token(scene))
        scene.expect("EWS-MTG-120", f"Sent Items of {who}", sent).equals(["MeetingResponse"])

    def everybody() -> bool:
        responses = [item for item in listed(organizer, "inbox", token(scene)) if item.local == "MeetingResponse"]
        return len(responses) == len(answers)

    found(scene, everybody, "three responses in the organizer's Inbox")
    item = read_item(organizer, meeting)
    words = {"attendee0": "Accept", "attendee1": "Tentative", "attendee2": "Decline"}
    for who, word in words.items():
        entry = entry_of(item, address(scene, who))
        response = entry and entry.text("t:ResponseType")
        scene.expect("EWS-MTG-123", f"ResponseType of {who}", response).equals(word)
        time = entry and entry.text("t:LastResponseTime")
        scene.expect("EWS-MTG-124", f"LastResponseTime of {who}", time).is_present()
    room = entry_of(item, address(scene, "room0"))
    scene.expect("EWS-MTG-060", "ResponseType of the room", room and room.text("t:ResponseType")).equals("Unknown")
    time = room.text("t:LastResponseTime") if room else "no entry"
    scene.expect("EWS-MTG-061", "LastResponseTime of the room", time).is_absent()
    offered = item.names("t:ResponseObjects")
    scene.expect("EWS-MTG-237", "the response objects", offered).contains("CancelCalendarItem", "ForwardItem")


@case(
    "handling-meetings.walkthrough-update-as-printed",
    scenario=SCENARIO,
    verifies=("EWS-MTG-004", "EWS-MTG-001", "EWS-MTG-031"),
    pairings=EWS,
)
def test_the_documents_update_in_the_wrong_namespace_is_refused(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = _create(scene, organizer)
    ids = {"AS0Ab3J": meeting.id, "AAGUomp": meeting.change_key}
    answer = organizer.post(in_envelope(_text(scene, "update-meeting.request", ids, Text.CANONICAL)))
    code = answer.fault and answer.fault.code
    scene.expect("EWS-MTG-031", "the fault of the printed UpdateItem", code).equals("ErrorSchemaValidation")
    people = read_item(organizer, meeting).anywhere("t:Attendee")
    scene.expect("EWS-MTG-004", "the attendees afterwards", people).has_length(4)


@case(
    "handling-meetings.walkthrough-update",
    scenario=SCENARIO,
    verifies=("EWS-MTG-001", "EWS-MTG-109", "EWS-MTG-170", "EWS-MTG-171", "EWS-MTG-192", "EWS-MTG-223"),
    pairings=EWS,
)
def test_the_documents_update_adds_one_attendee_and_drops_another(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = _create(scene, organizer)
    ids = {"AS0Ab3J": meeting.id, "AAGUomp": meeting.change_key}
    answer = organizer.post(in_envelope(_text(scene, "update-meeting.request", ids)))
    scene.require("EWS-MTG-192", "the code of UpdateItem", answer.code).equals("NoError")
    item = read_item(organizer, meeting)
    wanted = {
        "RequiredAttendees": [address(scene, "attendee0")],
        "OptionalAttendees": [address(scene, "attendee2"), address(scene, "attendee3")],
        "Resources": [address(scene, "room0")],
    }
    for name, people in wanted.items():
        told = item.texts(f"t:{name}/t:Attendee/t:Mailbox/t:EmailAddress")
        scene.expect("EWS-MTG-192", name, told).has_members(people)
    added = scene.ews("attendee3")
    request = read_item(added, first_listed(scene, added, "inbox", "MeetingRequest", token(scene), "EWS-MTG-171"))
    scene.expect("EWS-MTG-171", "MeetingRequestType", request.text("t:MeetingRequestType")).equals("NewMeetingRequest")
    removed = scene.ews("attendee1")
    first_listed(scene, removed, "calendar", "CalendarItem", token(scene))
    notice = first_listed(scene, removed, "inbox", "MeetingCancellation", token(scene), "EWS-MTG-170")
    inbox = names_in(removed, "inbox", token(scene))
    scene.expect("EWS-MTG-170", "the Inbox of who was dropped", inbox).contains("MeetingCancellation")
    ids = {"ASwAYXA": notice.id, "DQAAABY": notice.change_key}
    gone = removed.post(in_envelope(_text(scene, "remove.request", ids)))
    scene.expect("EWS-MTG-109", "the code of the document's RemoveItem", gone.code).equals("NoError")
    calendar = names_in(removed, "calendar", token(scene))
    scene.expect("EWS-MTG-223", "the calendar of who was dropped", calendar).is_absent()


@case(
    "handling-meetings.walkthrough-https",
    scenario=SCENARIO,
    verifies=("EWS-MTG-003", "EWS-MTG-004"),
    pairings=EWS,
)
def test_the_documents_https_namespaces_are_no_namespaces(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    printed = _text(scene, "create-meeting.request", which=Text.PRINTED)
    # The envelope declares the prefix t truly, so that nothing but the https namespace is wrong.
    within = organizer.post(in_envelope(printed))
    scene.expect("EWS-MTG-004", "an https messages namespace", within.fault is not None).is_true()
    whole = in_envelope(_text(scene, "create-meeting.request")).replace(
        "http://schemas.xmlsoap", "https://schemas.xmlsoap"
    )
    around = organizer.post(whole)
    scene.expect("EWS-MTG-003", "an https envelope namespace: HTTP status", around.status).is_one_of(400, 500)
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-003", "the calendar afterwards", calendar).is_absent()
    scene.expect("EWS-MTG-004", "the calendar afterwards", calendar).is_absent()
