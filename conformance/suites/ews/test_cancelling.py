"""An organizer calls a meeting off over EWS, and the attendee clears it away."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant
from conformance.actor.views import MeetingRef
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    draft,
    first_listed,
    names_in,
    read_item,
    settle,
    token,
    written,
)

SCENARIO = "handling-meetings"


@case(
    "handling-meetings.cancel",
    scenario=SCENARIO,
    verifies=("EWS-MTG-214", "EWS-MTG-215", "EWS-MTG-216", "EWS-MTG-217", "EWS-MTG-221", "EWS-MTG-222", "EWS-MTG-225"),
    pairings=EWS,
)
def test_a_cancelled_meeting_is_cancelled_everywhere(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    plan = draft(scene)
    meeting, _ = invited(scene)
    answer = organizer.call(ask.cancel(meeting, "The figures are late."))
    scene.require("EWS-MTG-214", "the code of CancelCalendarItem", answer.code).equals("NoError")
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-215", "the organizer's calendar", calendar).is_absent()
    kept = first_listed(scene, organizer, "deleteditems", "CalendarItem", requirement="EWS-MTG-215")
    deleted = read_item(organizer, kept)
    state = deleted.text("t:AppointmentState")
    scene.expect("EWS-MTG-215", "AppointmentState in Deleted Items", state).equals("5")
    arrived = first_listed(scene, attendee, "inbox", "MeetingCancellation", requirement="EWS-MTG-214")
    notice = read_item(attendee, arrived)
    scene.expect("EWS-MTG-214", "ItemClass", notice.text("t:ItemClass")).equals("IPM.Schedule.Meeting.Canceled")
    scene.expect("EWS-MTG-216", "the body", notice.text("t:Body")).contains("The figures are late.")
    times = [instant(notice.text(path) or "0001-01-01T00:00:00Z") for path in ("t:Start", "t:End")]
    scene.expect("EWS-MTG-221", "Start and End", times).equals([plan.slot.start, plan.slot.end])
    scene.expect("EWS-MTG-221", "Location", notice.text("t:Location")).equals(plan.location)
    scene.expect("EWS-MTG-221", "CalendarItemType", notice.text("t:CalendarItemType")).equals("Single")
    scene.expect("EWS-MTG-222", "the response objects", notice.names("t:ResponseObjects")).contains("RemoveItem")
    scene.expect("EWS-MTG-225", "the subject", notice.text("t:Subject")).equals(f"Canceled: {plan.subject}")
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    state = event.text("t:AppointmentState")
    scene.expect("EWS-MTG-217", "AppointmentState of the attendee's item", state).equals("7")
    scene.expect("EWS-MTG-217", "IsCancelled of the attendee's item", event.text("t:IsCancelled")).equals("true")


@case(
    "handling-meetings.remove",
    scenario=SCENARIO,
    verifies=("EWS-MTG-109", "EWS-MTG-223"),
    pairings=EWS,
)
def test_a_cancellation_removes_the_meeting(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    first_listed(scene, attendee, "calendar", "CalendarItem")
    organizer.call(ask.cancel(meeting))
    notice = first_listed(scene, attendee, "inbox", "MeetingCancellation")
    answer = attendee.call(ask.remove(notice))
    scene.expect("EWS-MTG-109", "the code of RemoveItem", answer.code).equals("NoError")
    calendar = names_in(attendee, "calendar", token(scene))
    scene.expect("EWS-MTG-223", "the attendee's calendar", calendar).is_absent()
    inbox = names_in(attendee, "inbox", token(scene))
    scene.expect("EWS-MTG-223", "the attendee's Inbox", inbox).lacks("MeetingCancellation")


@case("handling-meetings.cancel-refused", scenario=SCENARIO, verifies=("EWS-MTG-218",), pairings=EWS)
def test_only_the_organizer_cancels(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    invited(scene)
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    code = attendee.call(ask.cancel(event)).code
    scene.expect("EWS-MTG-218", "the code of CancelCalendarItem", code).equals("ErrorCalendarIsNotOrganizer")
    calendar = names_in(scene.ews("organizer0"), "calendar", token(scene))
    scene.expect("EWS-MTG-218", "the organizer's calendar", calendar).equals(["CalendarItem"])


@case(
    "handling-meetings.delete-refused",
    scenario=SCENARIO,
    verifies=("EWS-MTG-205", "EWS-MTG-206"),
    pairings=EWS,
)
def test_deleting_a_meeting_says_how(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting, _ = invited(scene)
    silent = organizer.call(ask.delete_item(meeting))
    scene.expect("EWS-MTG-205", "the code without SendMeetingCancellations", silent.code).equals(
        "ErrorSendMeetingCancellationsRequired"
    )
    vague = organizer.call(ask.delete_item(meeting, disposal=None, cancellations="SendToNone"))
    scene.expect("EWS-MTG-206", "the fault without DeleteType", vague.fault and vague.fault.code).equals(
        "ErrorSchemaValidation"
    )
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-205", "the organizer's calendar", calendar).equals(["CalendarItem"])


@case(
    "handling-meetings.delete-to-none",
    scenario=SCENARIO,
    verifies=("EWS-MTG-207", "EWS-MTG-211", "EWS-MTG-212"),
    pairings=EWS,
)
def test_a_meeting_deleted_in_silence_is_gone_for_the_organizer_alone(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    gone = organizer.call(ask.delete_item(meeting, disposal="HardDelete", cancellations="SendToNone"))
    scene.expect("EWS-MTG-207", "the code of DeleteItem", gone.code).equals("NoError")
    deleted = names_in(organizer, "deleteditems", token(scene))
    scene.expect("EWS-MTG-211", "the organizer's Deleted Items", deleted).is_absent()
    again = organizer.call(ask.delete_item(meeting, disposal="HardDelete", cancellations="SendToNone"))
    scene.expect("EWS-MTG-212", "the code of the second DeleteItem", again.code).equals("ErrorItemNotFound")
    settle(scene, "attendee0")
    inbox = names_in(attendee, "inbox", token(scene))
    scene.expect("EWS-MTG-207", "the attendee's Inbox", inbox).equals(["MeetingRequest"])


@case(
    "handling-meetings.delete-only-to-all",
    scenario=SCENARIO,
    verifies=("EWS-MTG-208", "EWS-MTG-210"),
    pairings=EWS,
)
def test_a_deleted_meeting_is_cancelled_for_everybody(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene), "SendOnlyToAll")))
    organizer.call(ask.delete_item(meeting, cancellations="SendOnlyToAll"))
    first_listed(scene, attendee, "inbox", "MeetingRequest")
    inbox = scene.eventually(
        lambda: [name for name in names_in(attendee, "inbox", token(scene)) if name == "MeetingCancellation"]
    )
    scene.expect("EWS-MTG-208", "cancellations in the Inbox", inbox).equals(["MeetingCancellation"])
    sent = names_in(organizer, "sentitems", token(scene))
    scene.expect("EWS-MTG-208", "the organizer's Sent Items", sent).is_absent()
    deleted = first_listed(scene, organizer, "deleteditems", "CalendarItem", requirement="EWS-MTG-210")
    scene.expect("EWS-MTG-210", "the id in Deleted Items", deleted.id).differs_from(meeting.id)
    code = organizer.call(ask.get_item(MeetingRef(meeting.id))).code
    scene.expect("EWS-MTG-210", "the code of GetItem by the old id", code).equals("ErrorItemNotFound")


@case("handling-meetings.delete-and-save-copy", scenario=SCENARIO, verifies=("EWS-MTG-209",), pairings=EWS)
def test_a_deletion_can_leave_a_copy_of_the_cancellation(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    organizer.call(ask.delete_item(meeting, cancellations="SendToAllAndSaveCopy"))
    first_listed(scene, attendee, "inbox", "MeetingCancellation", requirement="EWS-MTG-209")
    sent = names_in(organizer, "sentitems", token(scene))
    scene.expect("EWS-MTG-209", "the organizer's Sent Items", sent).contains("MeetingCancellation")
