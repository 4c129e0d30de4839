"""An organizer changes a meeting over EWS, and everybody concerned is told."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant, xml_time
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Markup, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import entry_of, invited, later_request, tally
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    arrived,
    draft,
    first_listed,
    id_of,
    listed,
    moment,
    names_in,
    read_item,
    settle,
    token,
    written,
)

SCENARIO = "handling-meetings"


def _location(text: str) -> Markup:
    return ask.set_field("calendar:Location", t("Location", text))


def _times(scene: Scene, hour: int) -> tuple[Markup, Markup]:
    return (
        ask.set_field("calendar:Start", t("Start", xml_time(moment(scene, hour)))),
        ask.set_field("calendar:End", t("End", xml_time(moment(scene, hour + 1)))),
    )


@case(
    "handling-meetings.update-attendees",
    scenario=SCENARIO,
    verifies=("EWS-MTG-167", "EWS-MTG-170", "EWS-MTG-171", "EWS-MTG-192", "EWS-MTG-199"),
    pairings=EWS,
)
def test_attendees_are_added_and_removed_by_set_and_append(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    people = tuple(address(scene, f"attendee{n}") for n in range(4))
    plan = draft(scene, required=people[:2], optional=people[2:3])
    meeting = written(organizer.call(ask.create_meeting(plan)))
    kept = scene.ews("attendee0")
    first = first_listed(scene, kept, "inbox", "MeetingRequest")
    updates = (
        ask.set_field("item:Subject", t("Subject", f"Passing title {token(scene)}")),
        ask.set_field("item:Subject", t("Subject", f"New title {token(scene)}")),
        ask.set_field("calendar:RequiredAttendees", ask.attendees("RequiredAttendees", people[:1])),
        ask.append_field("calendar:OptionalAttendees", ask.attendees("OptionalAttendees", people[3:4])),
    )
    answer = organizer.call(ask.update_item(meeting, *updates))
    scene.require("EWS-MTG-167", "the code of UpdateItem", answer.code).equals("NoError")
    item = read_item(organizer, meeting)
    optional = item.texts("t:OptionalAttendees/t:Attendee/t:Mailbox/t:EmailAddress")
    scene.expect("EWS-MTG-192", "OptionalAttendees", optional).has_members(people[2:])
    scene.expect("EWS-MTG-199", "Subject", item.text("t:Subject")).equals(f"New title {token(scene)}")
    removed = scene.ews("attendee1")
    gone = scene.eventually(
        lambda: [name for name in names_in(removed, "inbox", token(scene)) if name == "MeetingCancellation"],
        "the cancellation",
    )
    scene.expect("EWS-MTG-170", "cancellations in the Inbox of who was removed", gone).equals(["MeetingCancellation"])
    added = scene.ews("attendee3")
    request = read_item(
        added, first_listed(scene, added, "inbox", "MeetingRequest", requirement="EWS-MTG-171"), "IdOnly", _KIND
    )
    scene.expect("EWS-MTG-171", "MeetingRequestType", request.text("t:MeetingRequestType")).equals("NewMeetingRequest")
    sent = arrived(scene, "organizer0", "sentitems")
    scene.expect("EWS-MTG-167", "requests in Sent Items", sent.count("MeetingRequest")).is_at_least(2)
    update = later_request(scene, (first.id,), "EWS-MTG-167")
    subject = update.text("t:Subject")
    scene.expect("EWS-MTG-167", "the update to who stays", subject).equals(f"New title {token(scene)}")


_KIND = ("meetingRequest:MeetingRequestType",)


@case(
    "handling-meetings.reschedule",
    scenario=SCENARIO,
    verifies=("EWS-MTG-173", "EWS-MTG-179", "EWS-MTG-180", "EWS-MTG-182", "EWS-MTG-183"),
    pairings=EWS,
)
def test_a_new_time_reaches_the_attendee(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    answer = organizer.call(ask.update_item(meeting, *_times(scene, 13)))
    scene.require("EWS-MTG-182", "the code of UpdateItem", answer.code).equals("NoError")
    scene.expect("EWS-MTG-182", "the id that UpdateItem returns", answer.text("t:ItemId/@Id")).equals(meeting.id)
    key = answer.text("t:ItemId/@ChangeKey")
    scene.expect("EWS-MTG-182", "the ChangeKey that UpdateItem returns", key).differs_from(meeting.change_key)
    count = answer.messages[0].node.text("m:ConflictResults/t:Count")
    scene.expect("EWS-MTG-183", "ConflictResults/Count", count).equals("0")
    update = later_request(scene, (request.id,), "EWS-MTG-173")
    scene.expect("EWS-MTG-173", "MeetingRequestType", update.text("t:MeetingRequestType")).equals("FullUpdate")
    number = int(update.text("t:AppointmentSequenceNumber") or -1)
    scene.expect("EWS-MTG-179", "AppointmentSequenceNumber of the update", number).is_at_least(1)
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    start = instant(event.text("t:Start") or "0001-01-01T00:00:00Z")
    scene.expect("EWS-MTG-180", "Start of the attendee's item", start).equals(moment(scene, 13))


@case(
    "handling-meetings.reschedule-resets",
    scenario=SCENARIO,
    verifies=("EWS-MTG-175", "EWS-MTG-181"),
    pairings=EWS,
)
def test_a_new_time_asks_everybody_again(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    attendee.call(ask.respond(Answer.ACCEPT, request))
    tally(scene, meeting, "Accept")
    organizer.call(ask.update_item(meeting, *_times(scene, 13)))
    update = later_request(scene, (request.id,), "EWS-MTG-175")
    scene.expect("EWS-MTG-175", "MeetingRequestType", update.text("t:MeetingRequestType")).equals("FullUpdate")
    entry = entry_of(read_item(organizer, meeting), address(scene, "attendee0"))
    scene.expect("EWS-MTG-181", "ResponseType at the organizer", entry and entry.text("t:ResponseType")).is_one_of(
        "Unknown", "NoResponseReceived"
    )
    time = entry.text("t:LastResponseTime") if entry else "no entry"
    scene.expect("EWS-MTG-181", "LastResponseTime at the organizer", time).is_absent()
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    mine = event.text("t:MyResponseType")
    scene.expect("EWS-MTG-181", "MyResponseType of the attendee", mine).equals("NoResponseReceived")


@case(
    "handling-meetings.relocate",
    scenario=SCENARIO,
    verifies=("EWS-MTG-174", "EWS-MTG-178", "EWS-MTG-180"),
    pairings=EWS,
)
def test_a_new_place_only_informs_who_has_accepted(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    attendee.call(ask.respond(Answer.ACCEPT, request))
    tally(scene, meeting, "Accept")
    organizer.call(ask.update_item(meeting, _location("Upstairs")))
    update = later_request(scene, (request.id,), "EWS-MTG-174")
    kind = update.text("t:MeetingRequestType")
    scene.expect("EWS-MTG-174", "MeetingRequestType", kind).equals("InformationalUpdate")
    changed = update.text("t:ChangeHighlights/t:HasLocationChanged")
    scene.expect("EWS-MTG-178", "ChangeHighlights/HasLocationChanged", changed).equals("true")
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-MTG-180", "Location of the attendee's item", event.text("t:Location")).equals("Upstairs")


@case(
    "handling-meetings.outdated",
    scenario=SCENARIO,
    verifies=("EWS-MTG-176", "EWS-MTG-177"),
    pairings=EWS,
)
def test_an_update_makes_the_earlier_request_outdated(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    meeting, request = invited(scene)
    scene.ews("organizer0").call(ask.update_item(meeting, *_times(scene, 13)))
    later_request(scene, (request.id,), "EWS-MTG-176")
    earlier = read_item(attendee, MeetingRef(request.id))
    scene.expect("EWS-MTG-176", "IsOutOfDate of the earlier request", earlier.text("t:IsOutOfDate")).equals("true")
    kind = earlier.text("t:MeetingRequestType")
    scene.expect("EWS-MTG-177", "MeetingRequestType of the earlier request", kind).equals("Outdated")


@case("handling-meetings.update-to-none", scenario=SCENARIO, verifies=("EWS-MTG-165",), pairings=EWS)
def test_an_update_sent_to_none_changes_the_organizers_item_alone(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    organizer.call(ask.update_item(meeting, _location("Upstairs"), sending="SendToNone"))
    place = read_item(organizer, meeting).text("t:Location")
    scene.expect("EWS-MTG-165", "Location at the organizer", place).equals("Upstairs")
    settle(scene, "attendee0")
    ids = [id_of(item).id for item in listed(attendee, "inbox", token(scene))]
    scene.expect("EWS-MTG-165", "the attendee's Inbox", ids).equals([request.id])
    event = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-MTG-165", "Location at the attendee", event.text("t:Location")).equals(draft(scene).location)


@case(
    "handling-meetings.update-only-to-all",
    scenario=SCENARIO,
    verifies=("EWS-MTG-166", "EWS-MTG-172"),
    pairings=EWS,
)
def test_a_meeting_first_saved_is_sent_by_a_later_update(scene: Scene) -> None:
    organizer, _attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene), "SendToNone")))
    answer = organizer.call(ask.update_item(meeting, _location("Upstairs"), sending="SendOnlyToAll"))
    scene.expect("EWS-MTG-166", "the code of UpdateItem", answer.code).equals("NoError")
    inbox = arrived(scene, "attendee0", "inbox")
    scene.expect("EWS-MTG-172", "the attendee's Inbox", inbox).equals(["MeetingRequest"])
    scene.expect("EWS-MTG-166", "Sent Items", names_in(organizer, "sentitems", token(scene))).is_absent()


@case(
    "handling-meetings.update-to-changed",
    scenario=SCENARIO,
    verifies=("EWS-MTG-168", "EWS-MTG-169"),
    pairings=EWS,
)
def test_an_update_to_changed_people_leaves_the_others_alone(scene: Scene) -> None:
    organizer, kept = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    copies = len(names_in(organizer, "sentitems", token(scene)))

    def change(requirement: str, sending: str, update: Markup, who: str, kind: str) -> None:
        answer = organizer.call(ask.update_item(meeting, update, sending=sending))
        scene.expect(requirement, f"the code of UpdateItem with {sending}", answer.code).equals("NoError")
        client = scene.ews(who)
        inbox = scene.eventually(
            lambda: [name for name in names_in(client, "inbox", token(scene)) if name == kind], f"the {kind}"
        )
        scene.expect(requirement, f"what {who} receives", inbox).equals([kind])
        settle(scene, "attendee0")
        ids = [id_of(item).id for item in listed(kept, "inbox", token(scene))]
        scene.expect(requirement, "the Inbox of attendee0, who stays", ids).equals([request.id])

    def invite(*names: str) -> Markup:
        people = [address(scene, name) for name in names]
        return ask.set_field("calendar:OptionalAttendees", ask.attendees("OptionalAttendees", people))

    change("EWS-MTG-168", "SendOnlyToChanged", invite("attendee1"), "attendee1", "MeetingRequest")
    scene.expect("EWS-MTG-168", "Sent Items", names_in(organizer, "sentitems", token(scene))).has_length(copies)
    change("EWS-MTG-169", "SendToChangedAndSaveCopy", invite("attendee1", "attendee2"), "attendee2", "MeetingRequest")
    saved = len(names_in(organizer, "sentitems", token(scene))) - copies
    scene.expect("EWS-MTG-169", "the copies saved", saved).is_at_least(1)
    change("EWS-MTG-168", "SendOnlyToChanged", invite("attendee2"), "attendee1", "MeetingCancellation")


@case(
    "handling-meetings.update-conflict",
    scenario=SCENARIO,
    verifies=("EWS-MTG-184", "EWS-MTG-185", "EWS-MTG-186"),
    pairings=EWS,
)
def test_a_stale_change_key_meets_each_resolution(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    stale = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    organizer.call(ask.update_item(stale, _location("First"), sending="SendToNone"))
    refused = organizer.call(
        ask.update_item(stale, _location("Never"), sending="SendToNone", resolution="NeverOverwrite")
    )
    scene.expect("EWS-MTG-184", "the code with NeverOverwrite", refused.code).equals("ErrorIrresolvableConflict")
    place = read_item(organizer, MeetingRef(stale.id)).text("t:Location")
    scene.expect("EWS-MTG-184", "Location after the refusal", place).equals("First")
    subject = ask.set_field("item:Subject", t("Subject", f"Resolved {token(scene)}"))
    resolved = organizer.call(ask.update_item(stale, subject, sending="SendToNone", resolution="AutoResolve"))
    scene.expect("EWS-MTG-186", "the code with AutoResolve", resolved.code).equals("NoError")
    forced = organizer.call(ask.update_item(stale, _location("Always"), sending="SendToNone"))
    scene.expect("EWS-MTG-185", "the code with AlwaysOverwrite", forced.code).equals("NoError")
    item = read_item(organizer, MeetingRef(stale.id))
    scene.expect("EWS-MTG-185", "Location after AlwaysOverwrite", item.text("t:Location")).equals("Always")
    scene.expect("EWS-MTG-186", "Subject after AutoResolve", item.text("t:Subject")).equals(f"Resolved {token(scene)}")


@case(
    "handling-meetings.update-refused",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-043",
        "EWS-MTG-164",
        "EWS-MTG-189",
        "EWS-MTG-190",
        "EWS-MTG-191",
        "EWS-MTG-193",
        "EWS-MTG-196",
        "EWS-MTG-197",
        "EWS-MTG-200",
        "EWS-MTG-201",
    ),
    pairings=EWS,
)
def test_what_an_update_may_not_do(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    recurring = ask.set_field("calendar:IsRecurring", t("IsRecurring", "true"))
    start_past_end = ask.set_field("calendar:Start", t("Start", xml_time(moment(scene, 12))))
    far_end = ask.set_field("calendar:End", t("End", xml_time(moment(scene, days=1830))))
    mismatch = ask.set_field("calendar:Location", t("Subject", "Not a place"))
    two = t(
        "SetItemField",
        t("FieldURI", FieldURI="item:Subject"),
        t("CalendarItem", t("Subject", "One"), t("Location", "Two")),
    )
    append = ask.append_field("calendar:Location", t("Location", "and more"))
    quiet = {"sending": "SendToNone"}
    broken_key = MeetingRef(meeting.id, "this is no change key")
    questions = (
        (
            "EWS-MTG-164",
            ask.update_item(meeting, _location("x"), sending=None),
            "ErrorSendMeetingInvitationsOrCancellationsRequired",
        ),
        ("EWS-MTG-189", ask.update_item(broken_key, _location("x"), **quiet), "ErrorInvalidChangeKey"),
        ("EWS-MTG-190", ask.update_item(meeting, mismatch, **quiet), "ErrorUpdatePropertyMismatch"),
        ("EWS-MTG-191", ask.update_item(meeting, two, **quiet), "ErrorIncorrectUpdatePropertyCount"),
        ("EWS-MTG-193", ask.update_item(meeting, append, **quiet), "ErrorInvalidPropertyAppend"),
        (
            "EWS-MTG-196",
            ask.update_item(meeting, ask.delete_field("item:ItemId"), **quiet),
            "ErrorInvalidPropertyDelete",
        ),
        ("EWS-MTG-197", ask.update_item(meeting, recurring, **quiet), "ErrorInvalidPropertySet"),
        (
            "EWS-MTG-200",
            ask.update_item(meeting, start_past_end, **quiet),
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        ("EWS-MTG-201", ask.update_item(meeting, far_end, **quiet), "ErrorCalendarDurationIsTooLong"),
    )
    for requirement, operation, code in questions:
        scene.expect(requirement, "the code of UpdateItem", organizer.call(operation).code).equals(code)
    answer = organizer.call(ask.update_item(meeting, recurring, **quiet))
    named = answer.messages[0].node.text("m:MessageXml/t:FieldURI/@FieldURI") if answer.messages else None
    scene.expect("EWS-MTG-043", "the property named in MessageXml", named).equals("calendar:IsRecurring")
    item = read_item(organizer, meeting)
    scene.expect("EWS-MTG-190", "Location afterwards", item.text("t:Location")).equals(draft(scene).location)


@case(
    "handling-meetings.update-schema",
    scenario=SCENARIO,
    verifies=("EWS-MTG-163",),
    pairings=EWS,
)
def test_an_update_says_how_conflicts_are_resolved(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    answer = organizer.call(ask.update_item(meeting, _location("x"), sending="SendToNone", resolution=None))
    scene.expect("EWS-MTG-163", "the fault", answer.fault and answer.fault.code).equals("ErrorSchemaValidation")


@case(
    "handling-meetings.update-body-and-place",
    scenario=SCENARIO,
    verifies=("EWS-MTG-194", "EWS-MTG-195"),
    pairings=EWS,
)
def test_a_property_is_taken_away_and_a_body_keeps_its_kind(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    html = ask.append_field("item:Body", t("Body", "<b>and more</b>", BodyType="HTML"))
    code = organizer.call(ask.update_item(meeting, html, sending="SendToNone")).code
    scene.expect("EWS-MTG-194", "the code of appending HTML to text", code).equals("ErrorInvalidPropertyAppend")
    gone = organizer.call(ask.update_item(meeting, ask.delete_field("calendar:Location"), sending="SendToNone"))
    scene.expect("EWS-MTG-195", "the code of DeleteItemField", gone.code).equals("NoError")
    place = read_item(organizer, meeting).text("t:Location")
    scene.expect("EWS-MTG-195", "Location afterwards", place).is_absent()


@case("handling-meetings.update-deleted", scenario=SCENARIO, verifies=("EWS-MTG-203",), pairings=EWS)
def test_a_deleted_meeting_can_only_be_changed_in_silence(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    organizer.call(ask.delete_item(meeting, cancellations="SendToNone"))
    deleted = first_listed(scene, organizer, "deleteditems", "CalendarItem")
    loud = organizer.call(ask.update_item(deleted, _location("Loud"), sending="SendToAllAndSaveCopy"))
    scene.expect("EWS-MTG-203", "the code with a send option", loud.code).equals("ErrorCalendarCannotUpdateDeletedItem")
    quiet = organizer.call(ask.update_item(deleted, _location("Quiet"), sending="SendToNone"))
    scene.expect("EWS-MTG-203", "the code with SendToNone", quiet.code).equals("NoError")


@case(
    "handling-meetings.update-message",
    scenario=SCENARIO,
    verifies=("EWS-MTG-198", "EWS-MTG-202"),
    pairings=EWS,
)
def test_a_message_is_changed_by_its_own_rules(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    note = written(organizer.call(ask.send_note(f"Draft {token(scene)}", (), disposition="SaveOnly")))
    read = ask.set_field("message:IsRead", t("IsRead", "true"), "Message")
    code = organizer.call(ask.update_item(note, read, sending=None)).code
    scene.expect("EWS-MTG-202", "the code without MessageDisposition", code).equals("ErrorMessageDispositionRequired")
    code = organizer.call(ask.update_item(note, _location("x"), sending=None, disposition="SaveOnly")).code
    scene.expect("EWS-MTG-198", "the code of setting a calendar property", code).equals("ErrorInvalidPropertyRequest")
