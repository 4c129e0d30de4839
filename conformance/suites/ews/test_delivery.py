"""What an invitation brings into an attendee's mailbox, seen over EWS."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant
from conformance.actor.views import ShowAs
from conformance.actor.xml import Markup, Node
from conformance.suites.case import EWS, case
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, read_item, slot, token, written

SCENARIO = "handling-meetings"


@case(
    "handling-meetings.request",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-080",
        "EWS-MTG-081",
        "EWS-MTG-083",
        "EWS-MTG-084",
        "EWS-MTG-085",
        "EWS-MTG-090",
        "EWS-MTG-092",
        "EWS-MTG-093",
        "EWS-MTG-094",
        "EWS-MTG-236",
    ),
    pairings=EWS,
)
def test_the_first_request_says_what_it_is(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    organizer.call(ask.create_meeting(draft(scene)))
    arrived = first_listed(scene, attendee, "inbox", "MeetingRequest", requirement="EWS-MTG-080")
    request = read_item(attendee, arrived)
    told = {
        "EWS-MTG-080": ("t:ItemClass", "IPM.Schedule.Meeting.Request"),
        "EWS-MTG-081": ("t:MeetingRequestType", "NewMeetingRequest"),
        "EWS-MTG-083": ("t:IsMeeting", "true"),
        "EWS-MTG-084": ("t:MeetingRequestWasSent", "true"),
        "EWS-MTG-085": ("t:AppointmentState", "3"),
        "EWS-MTG-090": ("t:AppointmentSequenceNumber", "0"),
        "EWS-MTG-092": ("t:IsDelegated", "false"),
        "EWS-MTG-093": ("t:IsOutOfDate", "false"),
        "EWS-MTG-094": ("t:ResponseType", "NoResponseReceived"),
    }
    for requirement, (path, value) in told.items():
        scene.expect(requirement, f"{path[2:]} of the request", request.text(path), at=path).equals(value)
    scene.expect("EWS-MTG-236", "the response objects", request.names("t:ResponseObjects")).contains(
        "AcceptItem", "TentativelyAcceptItem", "DeclineItem"
    )


@case(
    "handling-meetings.request-content",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-082",
        "EWS-MTG-086",
        "EWS-MTG-087",
        "EWS-MTG-088",
        "EWS-MTG-089",
        "EWS-MTG-091",
        "EWS-MTG-095",
        "EWS-MTG-103",
    ),
    pairings=EWS,
)
def test_the_request_carries_the_meeting_and_not_what_is_the_organizers_own(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting = draft(
        scene,
        slot=slot(scene, 9, 90),
        optional=(address(scene, "attendee1"),),
        rooms=(address(scene, "room0"),),
        show_as=ShowAs.OOF,
        allows_proposals=False,
    )
    item = ask.calendar_item(meeting).replace("</t:Location>", "</t:Location><t:When>After lunch</t:When>", 1)
    organizer.call(ask.create_item(Markup(item), invitations=ask.SEND_TO_ALL))
    request = read_item(attendee, first_listed(scene, attendee, "inbox", "MeetingRequest"))
    event_id = first_listed(scene, attendee, "calendar", "CalendarItem")
    event = read_item(attendee, event_id)
    told = [instant(request.text(f"t:{name}") or "0001-01-01T00:00:00Z") for name in ("Start", "End")]
    scene.expect("EWS-MTG-082", "Start and End", told).equals([meeting.slot.start, meeting.slot.end])
    scene.expect("EWS-MTG-082", "Location", request.text("t:Location")).equals(meeting.location)
    people = request.texts("t:RequiredAttendees/t:Attendee/t:Mailbox/t:EmailAddress")
    scene.expect("EWS-MTG-082", "RequiredAttendees", people).contains(address(scene, "attendee0"))
    people = request.texts("t:OptionalAttendees/t:Attendee/t:Mailbox/t:EmailAddress")
    scene.expect("EWS-MTG-082", "OptionalAttendees", people).contains(address(scene, "attendee1"))
    people = request.texts("t:CcRecipients/t:Mailbox/t:EmailAddress")
    scene.expect("EWS-MTG-082", "CcRecipients", people).contains(address(scene, "attendee1"))
    scene.expect("EWS-MTG-086", "Resources", request.one("t:Resources")).is_absent()
    scene.expect("EWS-MTG-087", "When of the request", request.text("t:When")).is_absent()
    scene.expect("EWS-MTG-087", "When of the attendee's item", event.text("t:When")).is_absent()
    scene.expect("EWS-MTG-088", "IntendedFreeBusyStatus", request.text("t:IntendedFreeBusyStatus")).equals("OOF")
    scene.expect("EWS-MTG-089", "Duration", request.text("t:Duration")).is_one_of("PT1H30M", "PT90M")
    scene.expect("EWS-MTG-091", "AllowNewTimeProposal", request.text("t:AllowNewTimeProposal")).equals("false")
    linked = request.text("t:AssociatedCalendarItemId/@Id")
    scene.expect("EWS-MTG-095", "AssociatedCalendarItemId", linked).equals(event_id.id)
    for about, node in (("request", request), ("attendee's item", event)):
        organizer_told = node.text("t:Organizer/t:Mailbox/t:EmailAddress")
        scene.expect("EWS-MTG-103", f"Organizer of the {about}", organizer_told).equals(address(scene, "organizer0"))


@case(
    "handling-meetings.attendee-item",
    scenario=SCENARIO,
    verifies=("EWS-MTG-096", "EWS-MTG-097", "EWS-MTG-099", "EWS-MTG-103"),
    pairings=EWS,
)
def test_the_attendees_item_is_tentative_until_answered(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    organizer.call(ask.create_meeting(draft(scene)))
    event_id = first_listed(scene, attendee, "calendar", "CalendarItem", requirement="EWS-MTG-096")
    event = read_item(attendee, event_id)
    scene.expect("EWS-MTG-096", "MyResponseType", event.text("t:MyResponseType")).equals("NoResponseReceived")
    scene.expect("EWS-MTG-097", "LegacyFreeBusyStatus", event.text("t:LegacyFreeBusyStatus")).equals("Tentative")
    scene.expect("EWS-MTG-099", "AppointmentState", event.text("t:AppointmentState")).equals("3")
    organizer_told = event.text("t:Organizer/t:Mailbox/t:EmailAddress")
    scene.expect("EWS-MTG-103", "Organizer", organizer_told).equals(address(scene, "organizer0"))


@case("handling-meetings.attendee-item-free", scenario=SCENARIO, verifies=("EWS-MTG-098",), pairings=EWS)
def test_a_meeting_that_takes_no_time_takes_none_of_the_attendees(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    organizer.call(ask.create_meeting(draft(scene, show_as=ShowAs.FREE)))
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-MTG-098", "LegacyFreeBusyStatus", event.text("t:LegacyFreeBusyStatus")).equals("Free")


@case(
    "handling-meetings.neighbours",
    scenario=SCENARIO,
    verifies=("EWS-MTG-100", "EWS-MTG-101", "EWS-MTG-102"),
    pairings=EWS,
)
def test_an_item_counts_what_overlaps_and_what_touches_it(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    fields = (
        "calendar:ConflictingMeetingCount",
        "calendar:AdjacentMeetingCount",
        "calendar:ConflictingMeetings",
        "calendar:AdjacentMeetings",
    )

    def count(item: Node, name: str) -> int:
        return int(item.text(f"t:{name}") or 0)

    plan = draft(scene, required=(), slot=slot(scene, 10, 60))
    middle = written(organizer.call(ask.create_meeting(plan, "SendToNone")))
    before = read_item(organizer, middle, "IdOnly", fields)
    others = {
        f"Overlapping {token(scene)}": slot(scene, 9, 90),
        f"Touching the end {token(scene)}": slot(scene, 11, 30),
        f"Touching the start {token(scene)}": slot(scene, 8, 120),
        f"Far away {token(scene)}": slot(scene, 15, 30),
    }
    for subject, when in others.items():
        organizer.call(ask.create_meeting(draft(scene, subject=subject, required=(), slot=when), "SendToNone"))
    after = read_item(organizer, middle, "IdOnly", fields)
    more = count(after, "ConflictingMeetingCount") - count(before, "ConflictingMeetingCount")
    scene.expect("EWS-MTG-100", "how much ConflictingMeetingCount grew", more).equals(1)
    more = count(after, "AdjacentMeetingCount") - count(before, "AdjacentMeetingCount")
    scene.expect("EWS-MTG-101", "how much AdjacentMeetingCount grew", more).equals(2)
    overlapping, end, start, _ = others
    for path, subjects in (("t:ConflictingMeetings", [overlapping]), ("t:AdjacentMeetings", [end, start])):
        told = [text for text in after.texts(f"{path}/t:CalendarItem/t:Subject") if token(scene) in text]
        scene.expect("EWS-MTG-102", f"the subjects in {path[2:]}", told).has_members(subjects)
