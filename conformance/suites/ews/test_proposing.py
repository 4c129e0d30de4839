"""The document on proposing a new time over EWS: its own messages, and the rules around them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor import ews_views as read
from conformance.actor.times import instant, xml_time
from conformance.actor.views import Answer, MeetingRef, Slot
from conformance.actor.xml import Markup, t
from conformance.model.verdict import Verdict
from conformance.suites.case import EWS, case
from conformance.suites.documents import Text, message, render
from conformance.suites.ews.steps import SPELLING, entry_of, invited, response_received, tally
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    first_listed,
    free_day,
    id_of,
    listed,
    names_in,
    read_item,
    settle,
    slot,
    token,
    written,
)

SCENARIO = "ews-propose-new-time"
SLUG = "ews-propose-new-time"
SUBJECT = "Competitive analysis: kick off meeting"
PRINTED_ID, PRINTED_KEY = "AAMkADEzOTExYjJkL1AAA=", "CwAAAB/G6X"
MEETING = Slot(instant("2013-11-09T17:00:00Z"), instant("2013-11-09T17:30:00Z"))
PROPOSAL = Slot(instant("2013-11-28T04:00:00Z"), instant("2013-11-28T04:30:00Z"))


def _text(name: str, request: MeetingRef, which: Text = Text.CORRECTED) -> str:
    ids = {PRINTED_ID: request.id, PRINTED_KEY: request.change_key}
    return render(message(SLUG, name), ids=ids, which=which)


def _subject(scene: Scene) -> str:
    """The document's subject, and the case's token behind it."""
    return f"{SUBJECT} {token(scene)}"


def _documents_meeting(scene: Scene) -> tuple[MeetingRef, MeetingRef]:
    """The document's meeting at its organizer, and its request in the Inbox of attendee0."""
    plan = draft(scene, subject=_subject(scene), slot=MEETING)
    meeting = written(scene.ews("organizer0").call(ask.create_meeting(plan)))
    return meeting, first_listed(scene, scene.ews("attendee0"), "inbox", "MeetingRequest")


def _proposal(scene: Scene) -> Slot:
    return slot(scene, 15, days=1)


@case(
    "ews-propose-new-time.offered",
    scenario=SCENARIO,
    verifies=("EWS-MTG-028", "EWS-MTG-148", "EWS-MTG-226", "EWS-MTG-236"),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_the_documents_get_item_shows_that_a_proposal_is_welcome(scene: Scene) -> None:
    _, request = _documents_meeting(scene)
    answer = scene.ews("attendee0").post(_text("get-request.request", request))
    scene.require("EWS-MTG-028", "the code of the document's GetItem", answer.code).equals("NoError")
    item = answer.item
    assert item is not None
    offered = item.names("t:ResponseObjects")
    scene.expect("EWS-MTG-148", "the response objects", offered).contains("ProposeNewTime")
    scene.expect("EWS-MTG-236", "the response objects", offered).contains(
        "AcceptItem", "TentativelyAcceptItem", "DeclineItem"
    )
    scene.expect("EWS-MTG-226", "the properties", item.names()).equals(
        ("ItemId", "Subject", "ResponseObjects", "Start", "End")
    )
    scene.expect("EWS-MTG-226", "Subject", item.text("t:Subject")).equals(_subject(scene))
    scene.expect("EWS-MTG-226", "Start and End", read.slot(item, "t:Start", "t:End")).equals(MEETING)


@case(
    "ews-propose-new-time.offered-on-the-item",
    scenario=SCENARIO,
    verifies=("EWS-MTG-148", "EWS-MTG-150"),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_the_attendees_item_offers_a_proposal_and_the_organizers_does_not(scene: Scene) -> None:
    attendee, organizer = scene.ews("attendee0"), scene.ews("organizer0")
    meeting, _ = invited(scene)
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    offered = read_item(attendee, event).names("t:ResponseObjects")
    scene.expect("EWS-MTG-148", "the attendee's response objects", offered).contains("ProposeNewTime")
    offered = read_item(organizer, meeting).names("t:ResponseObjects")
    scene.expect("EWS-MTG-150", "the organizer's response objects", offered).lacks("ProposeNewTime")


@case(
    "ews-propose-new-time.not-offered",
    scenario=SCENARIO,
    verifies=("EWS-MTG-149",),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_no_proposal_is_offered_where_the_organizer_allows_none(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    scene.ews("organizer0").call(ask.create_meeting(draft(scene, allows_proposals=False)))
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    offered = read_item(attendee, request).names("t:ResponseObjects")
    scene.expect("EWS-MTG-149", "the response objects", offered).contains("AcceptItem")
    scene.expect("EWS-MTG-149", "the response objects", offered).lacks("ProposeNewTime")


@case(
    "ews-propose-new-time.unwelcome",
    scenario=SCENARIO,
    verifies=("EWS-MTG-149", "EWS-MTG-158"),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_a_proposal_nobody_asked_for_leaves_no_trace(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, allows_proposals=False))))
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    offered = read_item(attendee, request).names("t:ResponseObjects")
    scene.expect("EWS-MTG-149", "the response objects", offered).lacks("ProposeNewTime")
    attendee.call(ask.respond(Answer.TENTATIVE, request, proposal=_proposal(scene)))
    settle(scene, "organizer0")
    item = read_item(organizer, meeting)
    entry = entry_of(item, address(scene, "attendee0"))
    scene.expect("EWS-MTG-158", "the organizer's entry", entry and entry.names()).lacks("ProposedStart", "ProposedEnd")
    scene.expect("EWS-MTG-158", "Start and End", read.slot(item, "t:Start", "t:End")).equals(draft(scene).slot)


@case(
    "ews-propose-new-time.older-schemas",
    scenario=SCENARIO,
    verifies=("EWS-MTG-152", "EWS-MTG-156"),
    pairings=EWS,
)
def test_older_schemas_know_no_proposal(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    for version in ("Exchange2007_SP1", "Exchange2010_SP2"):
        offered = read_item(attendee, request, version=version).names("t:ResponseObjects")
        scene.expect("EWS-MTG-152", f"the response objects under {version}", offered).lacks("ProposeNewTime")
        answer = attendee.call(ask.respond(Answer.ACCEPT, request, proposal=_proposal(scene)), version=version)
        scene.expect("EWS-MTG-156", f"a proposal under {version}", answer.code).is_one_of(
            "ErrorSchemaValidation", "ErrorIncorrectSchemaVersion"
        )
    inbox = names_in(attendee, "inbox", token(scene))
    scene.expect("EWS-MTG-156", "the attendee's Inbox afterwards", inbox).equals(["MeetingRequest"])


@case(
    "ews-propose-new-time.as-printed-online",
    scenario=SCENARIO,
    verifies=("EWS-MTG-105", "EWS-MTG-148"),
    pairings=EWS,
    needs=("propose-new-time", "online"),
)
def test_the_printed_version_offers_a_proposal_online(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = _documents_meeting(scene)
    answer = attendee.post(_text("get-request.request", request, Text.CANONICAL))
    offered = answer.item.names("t:ResponseObjects") if answer.item else ()
    scene.expect("EWS-MTG-148", "the response objects under Exchange2013", offered).contains("ProposeNewTime")
    printed = attendee.post(_text("accept.request", request, Text.CANONICAL))
    scene.expect("EWS-MTG-105", "the code of the printed AcceptItem", printed.code).equals(
        "ErrorMessageDispositionRequired"
    )


@case(
    "ews-propose-new-time.as-printed",
    scenario=SCENARIO,
    verifies=("EWS-MTG-105",),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_the_printed_acceptance_lacks_its_disposition(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = _documents_meeting(scene)
    printed = _text("accept.request", request, Text.CANONICAL)
    newer = printed.replace('Version="Exchange2013"', f'Version="{scene.version}"')
    code = attendee.post(newer).code
    scene.expect("EWS-MTG-105", "the code of the printed AcceptItem", code).equals("ErrorMessageDispositionRequired")
    inbox = names_in(attendee, "inbox", token(scene))
    scene.expect("EWS-MTG-105", "the attendee's Inbox afterwards", inbox).equals(["MeetingRequest"])


@case(
    "ews-propose-new-time.corrected",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-114",
        "EWS-MTG-120",
        "EWS-MTG-126",
        "EWS-MTG-130",
        "EWS-MTG-145",
        "EWS-MTG-154",
        "EWS-MTG-157",
        "EWS-MTG-160",
        "EWS-MTG-161",
    ),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_the_corrected_acceptance_carries_the_documents_proposal(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = _documents_meeting(scene)
    answer = attendee.post(_text("accept.request", request))
    scene.require("EWS-MTG-154", "the code of AcceptItem with a proposal", answer.code).equals("NoError")
    returned = [item.local for item in answer.items]
    scene.expect("EWS-MTG-130", "the items that AcceptItem returns", returned).contains(
        "CalendarItem", "MeetingRequest"
    )
    deleted = names_in(attendee, "deleteditems", token(scene))
    scene.expect("EWS-MTG-114", "the attendee's Deleted Items", deleted).contains("MeetingRequest")
    sent = names_in(attendee, "sentitems", token(scene))
    scene.expect("EWS-MTG-120", "the attendee's Sent Items", sent).equals(["MeetingResponse"])
    arrived = first_listed(scene, organizer, "inbox", "MeetingResponse", requirement="EWS-MTG-157")
    response = read_item(organizer, arrived)
    proposal = read.slot(response, "t:ProposedStart", "t:ProposedEnd")
    scene.expect("EWS-MTG-157", "ProposedStart and ProposedEnd of the response", proposal).equals(PROPOSAL)
    linked = response.text("t:AssociatedCalendarItemId/@Id")
    scene.expect("EWS-MTG-126", "AssociatedCalendarItemId", linked).equals(meeting.id)
    subject = response.text("t:Subject")
    scene.expect("EWS-MTG-161", "the subject", subject).equals(f"New Time Proposed: {_subject(scene)}")
    scene.expect("EWS-MTG-145", "the body", response.text("t:Body")).contains("This time works better for the HiPPO.")
    times = read.slot(read_item(organizer, meeting), "t:Start", "t:End")
    scene.expect("EWS-MTG-160", "Start and End of the organizer's item", times).equals(MEETING)


@case(
    "ews-propose-new-time.each-answer",
    scenario=SCENARIO,
    verifies=("EWS-MTG-113", "EWS-MTG-154", "EWS-MTG-157"),
    pairings=EWS,
    needs=("propose-new-time",),
)
@pytest.mark.parametrize("answer", list(Answer))
def test_each_answer_can_carry_a_proposal(scene: Scene, answer: Answer) -> None:
    _, request = invited(scene)
    _, response_type, _, _ = SPELLING[answer]
    proposed = _proposal(scene)
    code = scene.ews("attendee0").call(ask.respond(answer, request, proposal=proposed)).code
    scene.require("EWS-MTG-154", f"the code of {ask.ANSWERS[answer]}", code).equals("NoError")
    response = response_received(scene, "EWS-MTG-113")
    scene.expect("EWS-MTG-113", "ResponseType", response.text("t:ResponseType")).equals(response_type)
    told = read.slot(response, "t:ProposedStart", "t:ProposedEnd")
    scene.expect("EWS-MTG-157", "the proposal of the response", told).equals(proposed)


@case(
    "ews-propose-new-time.entry",
    scenario=SCENARIO,
    verifies=("EWS-MTG-159",),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_the_organizers_entry_shows_a_proposal(scene: Scene) -> None:
    meeting, request = invited(scene)
    proposed = _proposal(scene)
    scene.ews("attendee0").call(ask.respond(Answer.TENTATIVE, request, proposal=proposed))
    tally(scene, meeting, "Tentative")
    if not scene.speaks("Exchange2016"):
        scene.note("EWS-MTG-159", Verdict.NOT_APPLICABLE, "the server is not asked for Exchange2016")
        return
    item = read_item(scene.ews("organizer0"), meeting, version="Exchange2016")
    entry = entry_of(item, address(scene, "attendee0"))
    told = read.slot(entry, "t:ProposedStart", "t:ProposedEnd") if entry else None
    scene.expect("EWS-MTG-159", "the proposal in the organizer's entry", told).equals(proposed)


@case(
    "ews-propose-new-time.none",
    scenario=SCENARIO,
    verifies=("EWS-MTG-158",),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_an_answer_without_a_proposal_shows_none(scene: Scene) -> None:
    meeting, request = invited(scene)
    scene.ews("attendee0").call(ask.respond(Answer.TENTATIVE, request))
    response = response_received(scene)
    scene.expect("EWS-MTG-158", "the elements of the response", response.names()).lacks("ProposedStart", "ProposedEnd")
    entry = tally(scene, meeting, "Tentative")
    scene.expect("EWS-MTG-158", "the organizer's entry", entry and entry.names()).lacks("ProposedStart", "ProposedEnd")


@case(
    "ews-propose-new-time.schema",
    scenario=SCENARIO,
    verifies=("EWS-MTG-153", "EWS-MTG-155"),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_a_proposal_is_part_of_an_answer_and_comes_last(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    reference = ask.item_id(request, "ReferenceItemId")
    alone = ask.create_item(t("ProposeNewTime", reference), disposition="SendAndSaveCopy")
    fault = attendee.call(alone).fault
    scene.expect("EWS-MTG-153", "the fault of ProposeNewTime sent in", fault and fault.code).equals(
        "ErrorSchemaValidation"
    )
    good = ask.respond(Answer.ACCEPT, request, proposal=_proposal(scene))
    early = Markup(good.replace(reference, "").replace("</t:AcceptItem>", f"{reference}</t:AcceptItem>"))
    fault = attendee.call(early).fault
    scene.expect("EWS-MTG-155", "the fault of a proposal before the reference", fault and fault.code).equals(
        "ErrorSchemaValidation"
    )
    inbox = names_in(attendee, "inbox", token(scene))
    scene.expect("EWS-MTG-155", "the attendee's Inbox afterwards", inbox).equals(["MeetingRequest"])


@case(
    "ews-propose-new-time.taken-up",
    scenario=SCENARIO,
    verifies=("EWS-MTG-126", "EWS-MTG-157", "EWS-MTG-175", "EWS-MTG-180", "EWS-MTG-181", "EWS-MTG-286"),
    pairings=EWS,
    needs=("propose-new-time", "availability"),
)
def test_the_organizer_takes_a_proposal_up(scene: Scene) -> None:
    free_day(scene, "ews", "attendee0", "attendee1")
    organizer = scene.ews("organizer0")
    people = tuple(address(scene, who) for who in ("attendee0", "attendee1"))
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=people))))
    request = first_listed(scene, scene.ews("attendee0"), "inbox", "MeetingRequest")
    proposed = _proposal(scene)
    scene.ews("attendee0").call(ask.respond(Answer.DECLINE, request, proposal=proposed))
    # The steps of the document: read the proposal, find the own item by it, ask for availability, update.
    response = response_received(scene, "EWS-MTG-157")
    told = read.slot(response, "t:ProposedStart", "t:ProposedEnd")
    scene.require("EWS-MTG-157", "the proposal of the response", told).equals(proposed)
    linked = response.text("t:AssociatedCalendarItemId/@Id")
    scene.require("EWS-MTG-126", "AssociatedCalendarItemId", linked).equals(meeting.id)
    day = Slot(proposed.start, proposed.start + timedelta(hours=1))
    schedules = scene.actor("organizer", "ews").availability(people, day, 60)
    scene.expect(
        "EWS-MTG-286", "how busy the attendees are at the proposed time", [schedule.merged for schedule in schedules]
    ).equals(["0", "0"])
    start = ask.set_field("calendar:Start", t("Start", xml_time(proposed.start)))
    end = ask.set_field("calendar:End", t("End", xml_time(proposed.end)))
    key = response.text("t:AssociatedCalendarItemId/@ChangeKey") or ""
    organizer.call(ask.update_item(MeetingRef(linked or "", key), start, end)).succeed("UpdateItem")
    for who in ("attendee0", "attendee1"):
        client = scene.ews(who)
        event = read_item(client, first_listed(scene, client, "calendar", "CalendarItem"))
        times = read.slot(event, "t:Start", "t:End")
        scene.expect("EWS-MTG-180", f"Start and End of the item of {who}", times).equals(proposed)
        requests = [id_of(item) for item in listed(client, "inbox", token(scene)) if item.local == "MeetingRequest"]
        kinds = [read_item(client, one).text("t:MeetingRequestType") for one in requests]
        scene.expect("EWS-MTG-175", f"the requests in the Inbox of {who}", kinds).contains("FullUpdate")
    item = read_item(organizer, meeting)
    for who in people:
        entry = entry_of(item, who)
        scene.expect("EWS-MTG-181", f"ResponseType of {who}", entry and entry.text("t:ResponseType")).is_one_of(
            "Unknown", "NoResponseReceived"
        )
        scene.expect("EWS-MTG-181", f"the entry of {who}", entry and entry.names()).lacks("ProposedStart")
