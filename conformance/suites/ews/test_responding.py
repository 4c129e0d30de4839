"""An attendee answers over EWS, and the organizer's tally follows."""

from __future__ import annotations

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Node, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import SPELLING, entry_of, invited, response_received, tally
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    first_listed,
    found,
    id_of,
    listed,
    names_in,
    read_item,
    settle,
    token,
    written,
)

SCENARIO = "handling-meetings"


@case(
    "handling-meetings.accept",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-110",
        "EWS-MTG-113",
        "EWS-MTG-114",
        "EWS-MTG-115",
        "EWS-MTG-116",
        "EWS-MTG-119",
        "EWS-MTG-120",
        "EWS-MTG-123",
        "EWS-MTG-124",
        "EWS-MTG-125",
        "EWS-MTG-126",
        "EWS-MTG-130",
        "EWS-MTG-131",
    ),
    pairings=EWS,
)
def test_accepting_reaches_everything_it_should(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    before = read_item(organizer, meeting, "IdOnly").text("t:ItemId/@ChangeKey")
    answer = attendee.call(ask.respond(Answer.ACCEPT, request))
    returned = [item.local for item in answer.items]
    scene.require("EWS-MTG-131", "the code of AcceptItem", answer.code).equals("NoError")
    scene.expect("EWS-MTG-130", "the items that AcceptItem returns", returned).holds(
        lambda items: {"CalendarItem", "MeetingRequest"} <= set(items), "CalendarItem and MeetingRequest"
    )
    scene.expect("EWS-MTG-131", "the items that AcceptItem returns", returned).is_one_of(
        [], ["CalendarItem", "MeetingRequest"], ["CalendarItem", "MeetingRequest", "MeetingResponse"]
    )
    scene.expect("EWS-MTG-114", "the Inbox", names_in(attendee, "inbox", token(scene))).lacks("MeetingRequest")
    deleted = names_in(attendee, "deleteditems", token(scene))
    scene.expect("EWS-MTG-114", "Deleted Items", deleted).contains("MeetingRequest")
    sent = names_in(attendee, "sentitems", token(scene))
    scene.expect("EWS-MTG-120", "Sent Items", sent).equals(["MeetingResponse"])
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-MTG-115", "MyResponseType", event.text("t:MyResponseType")).equals("Accept")
    scene.expect("EWS-MTG-116", "LegacyFreeBusyStatus", event.text("t:LegacyFreeBusyStatus")).equals("Busy")
    scene.expect("EWS-MTG-119", "AppointmentReplyTime", event.text("t:AppointmentReplyTime")).is_present()
    response = response_received(scene, "EWS-MTG-110")
    scene.expect("EWS-MTG-110", "ItemClass of the response", response.text("t:ItemClass")).equals(
        "IPM.Schedule.Meeting.Resp.Pos"
    )
    scene.expect("EWS-MTG-113", "ResponseType of the response", response.text("t:ResponseType")).equals("Accept")
    linked = response.text("t:AssociatedCalendarItemId/@Id")
    scene.expect("EWS-MTG-126", "AssociatedCalendarItemId of the response", linked).equals(meeting.id)
    entry = tally(scene, meeting, "Accept")
    scene.expect("EWS-MTG-123", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).equals(
        "Accept"
    )
    time = entry.text("t:LastResponseTime") if entry else None
    scene.expect("EWS-MTG-124", "LastResponseTime at the organizer", time).is_present()
    after = read_item(organizer, meeting, "IdOnly").text("t:ItemId/@ChangeKey")
    scene.expect("EWS-MTG-125", "the organizer's ChangeKey", after).differs_from(before)


@case(
    "handling-meetings.answer",
    scenario=SCENARIO,
    verifies=("EWS-MTG-113", "EWS-MTG-123", "EWS-MTG-127", "EWS-MTG-145", "EWS-MTG-146"),
    pairings=EWS,
)
@pytest.mark.parametrize("answer", list(Answer))
def test_the_response_tells_the_answer(scene: Scene, answer: Answer) -> None:
    meeting, request = invited(scene)
    _, response_type, _, prefix = SPELLING[answer]
    scene.ews("attendee0").call(ask.respond(answer, request, comment="I will let you know."))
    response = response_received(scene, "EWS-MTG-113")
    scene.expect("EWS-MTG-113", "ResponseType", response.text("t:ResponseType")).equals(response_type)
    plan = draft(scene)
    scene.expect("EWS-MTG-146", "the subject", response.text("t:Subject")).equals(prefix + plan.subject)
    scene.expect("EWS-MTG-145", "the body", response.text("t:Body")).contains("I will let you know.")
    times = [instant(response.text(path) or "0001-01-01T00:00:00Z") for path in ("t:Start", "t:End")]
    scene.expect("EWS-MTG-127", "Start and End", times).equals([plan.slot.start, plan.slot.end])
    scene.expect("EWS-MTG-127", "Location", response.text("t:Location")).equals(plan.location)
    scene.expect("EWS-MTG-127", "CalendarItemType", response.text("t:CalendarItemType")).equals("Single")
    entry = tally(scene, meeting, response_type)
    scene.expect("EWS-MTG-123", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).equals(
        response_type
    )


@case(
    "handling-meetings.tentative",
    scenario=SCENARIO,
    verifies=("EWS-MTG-111", "EWS-MTG-117"),
    pairings=EWS,
)
def test_a_tentative_answer_keeps_the_meeting_tentative(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    attendee.call(ask.respond(Answer.TENTATIVE, request))
    response = response_received(scene, "EWS-MTG-111")
    scene.expect("EWS-MTG-111", "ItemClass of the response", response.text("t:ItemClass")).equals(
        "IPM.Schedule.Meeting.Resp.Tent"
    )
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-MTG-117", "MyResponseType", event.text("t:MyResponseType")).equals("Tentative")
    scene.expect("EWS-MTG-117", "LegacyFreeBusyStatus", event.text("t:LegacyFreeBusyStatus")).equals("Tentative")


@case(
    "handling-meetings.decline",
    scenario=SCENARIO,
    verifies=("EWS-MTG-112", "EWS-MTG-118"),
    pairings=EWS,
)
def test_a_declined_meeting_leaves_the_calendar(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    first_listed(scene, attendee, "calendar", "CalendarItem")
    attendee.call(ask.respond(Answer.DECLINE, request))
    response = response_received(scene, "EWS-MTG-112")
    scene.expect("EWS-MTG-112", "ItemClass of the response", response.text("t:ItemClass")).equals(
        "IPM.Schedule.Meeting.Resp.Neg"
    )
    calendar = names_in(attendee, "calendar", token(scene))
    scene.expect("EWS-MTG-118", "the attendee's calendar", calendar).is_absent()


@case(
    "handling-meetings.answer-only-sent",
    scenario=SCENARIO,
    verifies=("EWS-MTG-121", "EWS-MTG-123"),
    pairings=EWS,
)
def test_an_answer_only_sent_leaves_no_copy(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, request = invited(scene)
    attendee.call(ask.respond(Answer.ACCEPT, request, disposition="SendOnly"))
    entry = tally(scene, meeting, "Accept")
    scene.expect("EWS-MTG-123", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).equals(
        "Accept"
    )
    scene.expect("EWS-MTG-121", "Sent Items", names_in(attendee, "sentitems", token(scene))).is_absent()


@case("handling-meetings.answer-only-saved", scenario=SCENARIO, verifies=("EWS-MTG-122",), pairings=EWS)
def test_an_answer_only_saved_reaches_nobody(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting, request = invited(scene)
    answer = scene.ews("attendee0").call(ask.respond(Answer.ACCEPT, request, disposition="SaveOnly"))
    scene.expect("EWS-MTG-122", "the code of AcceptItem", answer.code).equals("NoError")
    settle(scene, "organizer0")
    scene.expect("EWS-MTG-122", "the organizer's Inbox", names_in(organizer, "inbox", token(scene))).is_absent()
    entry = entry_of(read_item(organizer, meeting), address(scene, "attendee0"))
    scene.expect("EWS-MTG-122", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).equals(
        "Unknown"
    )


@case("handling-meetings.answer-again", scenario=SCENARIO, verifies=("EWS-MTG-129",), pairings=EWS)
def test_a_later_answer_replaces_an_earlier_one(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, request = invited(scene)
    attendee.call(ask.respond(Answer.TENTATIVE, request))
    first = tally(scene, meeting, "Tentative")
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    attendee.call(ask.respond(Answer.ACCEPT, event))
    entry = tally(scene, meeting, "Accept")
    scene.expect("EWS-MTG-129", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).equals(
        "Accept"
    )
    times = [
        instant(node.text("t:LastResponseTime") or "0001-01-01T00:00:00Z") if node else None for node in (first, entry)
    ]
    scene.expect("EWS-MTG-129", "LastResponseTime at the organizer", times[1]).is_at_least(times[0])


@case(
    "handling-meetings.answer-the-item",
    scenario=SCENARIO,
    verifies=("EWS-MTG-143", "EWS-MTG-144"),
    pairings=EWS,
)
def test_the_calendar_item_can_be_answered_like_the_request(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, _ = invited(scene)
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    answer = attendee.call(ask.respond(Answer.ACCEPT, MeetingRef(event.id)))
    scene.expect("EWS-MTG-143", "the code of AcceptItem without a ChangeKey", answer.code).equals("NoError")
    entry = tally(scene, meeting, "Accept")
    scene.expect("EWS-MTG-144", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).equals(
        "Accept"
    )


@case(
    "handling-meetings.answer-without-disposition",
    scenario=SCENARIO,
    verifies=("EWS-MTG-105", "EWS-MTG-106", "EWS-MTG-107", "EWS-MTG-108"),
    pairings=EWS,
)
def test_answers_and_cancellations_need_a_disposition(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    questions = (
        ("EWS-MTG-105", attendee, ask.respond(Answer.ACCEPT, request, disposition=None)),
        ("EWS-MTG-106", attendee, ask.respond(Answer.TENTATIVE, request, disposition=None)),
        ("EWS-MTG-107", attendee, ask.respond(Answer.DECLINE, request, disposition=None)),
        ("EWS-MTG-108", organizer, ask.cancel(meeting, disposition=None)),
    )
    for requirement, client, operation in questions:
        scene.expect(requirement, "the code", client.call(operation).code).equals("ErrorMessageDispositionRequired")
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-108", "the organizer's calendar afterwards", calendar).equals(["CalendarItem"])


REFUSALS = {
    Answer.ACCEPT: ("EWS-MTG-132", "EWS-MTG-135", "EWS-MTG-138", "Accept", "AcceptItem"),
    Answer.DECLINE: ("EWS-MTG-133", "EWS-MTG-136", "EWS-MTG-140", "Decline", "DeclineItem"),
    Answer.TENTATIVE: ("EWS-MTG-134", "EWS-MTG-137", "EWS-MTG-139", "Tentative", "Tentative"),
}


@case(
    "handling-meetings.answer-refused-to-the-organizer",
    scenario=SCENARIO,
    verifies=("EWS-MTG-132", "EWS-MTG-133", "EWS-MTG-134"),
    pairings=EWS,
)
def test_an_organizer_cannot_answer_the_own_meeting(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene))))
    for answer, (requirement, _, _, word, _) in REFUSALS.items():
        code = organizer.call(ask.respond(answer, meeting)).code
        scene.expect(requirement, f"the code of {SPELLING[answer][0]}", code).equals(
            f"ErrorCalendarIsOrganizerFor{word}"
        )


@case(
    "handling-meetings.answer-refused-when-cancelled",
    scenario=SCENARIO,
    verifies=("EWS-MTG-135", "EWS-MTG-136", "EWS-MTG-137"),
    pairings=EWS,
)
def test_a_cancelled_meeting_cannot_be_answered(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, _ = invited(scene)
    scene.ews("organizer0").call(ask.cancel(meeting))
    first_listed(scene, attendee, "inbox", "MeetingCancellation")
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    for answer, (_, requirement, _, word, _) in REFUSALS.items():
        code = attendee.call(ask.respond(answer, event)).code
        scene.expect(requirement, f"the code of {SPELLING[answer][0]}", code).equals(
            f"ErrorCalendarIsCancelledFor{word}"
        )


@case(
    "handling-meetings.answer-refused-to-mail",
    scenario=SCENARIO,
    verifies=("EWS-MTG-138", "EWS-MTG-139", "EWS-MTG-140", "EWS-MTG-219", "EWS-MTG-224"),
    pairings=EWS,
)
def test_plain_mail_cannot_be_answered_as_an_invitation(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    scene.ews("organizer0").call(ask.send_note(f"No meeting {token(scene)}", (address(scene, "attendee0"),)))
    note = first_listed(scene, attendee, "inbox", "Message")
    for answer, (_, _, requirement, _, word) in REFUSALS.items():
        code = attendee.call(ask.respond(answer, note)).code
        scene.expect(requirement, f"the code of {SPELLING[answer][0]}", code).equals(
            f"ErrorInvalidItemForOperation{word}"
        )
    code = attendee.call(ask.cancel(note)).code
    scene.expect("EWS-MTG-219", "the code of CancelCalendarItem", code).equals("ErrorInvalidItemForOperationCancelItem")
    code = attendee.call(ask.remove(note)).code
    scene.expect("EWS-MTG-224", "the code of RemoveItem", code).equals("ErrorInvalidItemForOperationRemoveItem")


@case("handling-meetings.answer-out-of-date", scenario=SCENARIO, verifies=("EWS-MTG-141",), pairings=EWS)
def test_an_outdated_request_cannot_be_answered(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, request = invited(scene)
    later = ask.set_field("calendar:Location", t("Location", "Upstairs"))
    scene.ews("organizer0").call(ask.update_item(meeting, later))

    def two_requests() -> tuple[Node, ...] | None:
        requests = tuple(item for item in listed(attendee, "inbox", token(scene)) if item.local == "MeetingRequest")
        return requests if any(id_of(item).id != request.id for item in requests) else None

    found(scene, two_requests, "the update in the attendee's Inbox")
    code = attendee.call(ask.respond(Answer.ACCEPT, MeetingRef(request.id))).code
    scene.expect("EWS-MTG-141", "the code of AcceptItem", code).equals("ErrorCalendarMeetingRequestIsOutOfDate")


@case("handling-meetings.answer-to-nothing", scenario=SCENARIO, verifies=("EWS-MTG-142",), pairings=EWS)
def test_an_answer_to_an_item_that_is_gone_is_refused(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    attendee.call(ask.delete_item(request, disposal="HardDelete"))
    code = attendee.call(ask.respond(Answer.ACCEPT, request)).code
    scene.expect("EWS-MTG-142", "the code of AcceptItem", code).equals("ErrorItemNotFound")


@case("handling-meetings.response-of-2010", scenario=SCENARIO, verifies=("EWS-MTG-019", "EWS-MTG-128"), pairings=EWS)
def test_a_response_has_no_elements_of_its_own_before_2013(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    _, request = invited(scene)
    scene.ews("attendee0").call(ask.respond(Answer.ACCEPT, request))
    response = first_listed(scene, organizer, "inbox", "MeetingResponse")
    names = read_item(organizer, response, version="Exchange2010_SP2").names()
    scene.expect("EWS-MTG-128", "the elements of the response", names).lacks(
        "Start", "End", "Location", "CalendarItemType", "ProposedStart", "ProposedEnd", "EnhancedLocation"
    )
    scene.expect("EWS-MTG-019", "the elements of the response", names).lacks("IsOrganizer", "InstanceKey", "TextBody")
