"""An organizer calls a meeting over EWS."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.views import Slot
from conformance.actor.xml import Markup, Node, m, t
from conformance.suites.case import EWS, case
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    arrived,
    draft,
    first_listed,
    found,
    id_of,
    listed,
    moment,
    names_in,
    read_item,
    settle,
    slot,
    token,
    written,
)

SCENARIO = "handling-meetings"
LISTS = ("RequiredAttendees", "OptionalAttendees", "Resources")


def _everybody(scene: Scene) -> dict[str, tuple[str, ...]]:
    return {
        "required": (address(scene, "attendee0"), address(scene, "attendee1")),
        "optional": (address(scene, "attendee2"),),
        "rooms": (address(scene, "room0"),),
    }


@case(
    "handling-meetings.create",
    scenario=SCENARIO,
    verifies=(
        "EWS-MTG-001",
        "EWS-MTG-010",
        "EWS-MTG-039",
        "EWS-MTG-054",
        "EWS-MTG-055",
        "EWS-MTG-057",
        "EWS-MTG-058",
        "EWS-MTG-059",
        "EWS-MTG-237",
    ),
    pairings=EWS,
)
def test_a_meeting_is_created_with_required_and_optional_people_and_a_room(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    created = organizer.call(ask.create_meeting(draft(scene, **_everybody(scene))))
    scene.expect("EWS-MTG-001", "the HTTP status of CreateItem", created.status).equals(200)
    scene.expect("EWS-MTG-010", "the HTTP status of CreateItem", created.status).equals(200)
    pairs = [(message.response_class, message.code) for message in created.messages]
    scene.expect("EWS-MTG-039", "class and code of the response messages", pairs).equals([("Success", "NoError")])
    scene.expect("EWS-MTG-054", "the items of the answer", [item.local for item in created.items]).equals(
        ["CalendarItem"]
    )
    scene.expect("EWS-MTG-054", "what the answer tells of the item", created.item and created.item.names()).equals(
        ("ItemId",)
    )
    meeting = read_item(organizer, written(created))
    scene.expect("EWS-MTG-055", "MyResponseType", meeting.text("t:MyResponseType")).equals("Organizer")
    scene.expect("EWS-MTG-057", "IsMeeting", meeting.text("t:IsMeeting")).equals("true")
    scene.expect("EWS-MTG-057", "AppointmentState", meeting.text("t:AppointmentState")).equals("1")
    scene.expect("EWS-MTG-058", "MeetingRequestWasSent", meeting.text("t:MeetingRequestWasSent")).equals("true")
    scene.expect("EWS-MTG-059", "AppointmentSequenceNumber", meeting.text("t:AppointmentSequenceNumber")).equals("0")
    offered = meeting.names("t:ResponseObjects")
    scene.expect("EWS-MTG-237", "the organizer's response objects", offered).contains(
        "CancelCalendarItem", "ForwardItem"
    )
    scene.expect("EWS-MTG-237", "the organizer's response objects", offered).lacks(
        "AcceptItem", "TentativelyAcceptItem", "DeclineItem"
    )


@case(
    "handling-meetings.create-attendees",
    scenario=SCENARIO,
    verifies=("EWS-MTG-060", "EWS-MTG-061", "EWS-MTG-076"),
    pairings=EWS,
)
def test_nobody_has_answered_a_new_meeting(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    people = _everybody(scene)
    meeting = read_item(organizer, written(organizer.call(ask.create_meeting(draft(scene, **people)))))
    entries = [entry for name in LISTS for entry in meeting.all(f"t:{name}/t:Attendee")]
    everybody = [one for group in people.values() for one in group]
    scene.expect(
        "EWS-MTG-076", "the addresses invited", [entry.text("t:Mailbox/t:EmailAddress") for entry in entries]
    ).has_members(everybody)
    for entry in entries:
        who = entry.text("t:Mailbox/t:EmailAddress")
        scene.expect("EWS-MTG-060", f"ResponseType of {who}", entry.text("t:ResponseType")).equals("Unknown")
        scene.expect("EWS-MTG-061", f"LastResponseTime of {who}", entry.text("t:LastResponseTime")).is_absent()
        scene.expect("EWS-MTG-076", f"RoutingType of {who}", entry.text("t:Mailbox/t:RoutingType")).equals("SMTP")
        scene.expect("EWS-MTG-076", f"Name of {who}", entry.text("t:Mailbox/t:Name")).is_present()


@case(
    "handling-meetings.create-appointment",
    scenario=SCENARIO,
    verifies=("EWS-MTG-056", "EWS-MTG-238"),
    pairings=EWS,
)
def test_a_calendar_item_without_attendees_is_an_appointment(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    created = organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone"))
    item = read_item(organizer, written(created))
    scene.expect("EWS-MTG-056", "IsMeeting", item.text("t:IsMeeting")).equals("false")
    scene.expect("EWS-MTG-056", "AppointmentState", item.text("t:AppointmentState")).equals("0")
    scene.expect("EWS-MTG-238", "the response objects", item.names("t:ResponseObjects")).has_members(["ForwardItem"])


@case(
    "handling-meetings.create-and-send-to-none",
    scenario=SCENARIO,
    verifies=("EWS-MTG-045", "EWS-MTG-046", "EWS-MTG-047", "EWS-MTG-058"),
    pairings=EWS,
)
def test_a_meeting_sent_to_none_stays_with_its_organizer(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    created = organizer.call(ask.create_meeting(draft(scene), "SendToNone"))
    stored = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-045", "the organizer's calendar", stored).equals(["CalendarItem"])
    meeting = read_item(organizer, written(created), "IdOnly", ("calendar:MeetingRequestWasSent",))
    scene.expect("EWS-MTG-058", "MeetingRequestWasSent", meeting.text("t:MeetingRequestWasSent")).equals("false")
    settle(scene, "attendee0")
    scene.expect("EWS-MTG-046", "the attendee's Inbox", names_in(attendee, "inbox", token(scene))).is_absent()
    scene.expect("EWS-MTG-047", "the attendee's calendar", names_in(attendee, "calendar", token(scene))).is_absent()


@case(
    "handling-meetings.create-and-send-only",
    scenario=SCENARIO,
    verifies=("EWS-MTG-048", "EWS-MTG-049", "EWS-MTG-050"),
    pairings=EWS,
)
def test_a_meeting_only_sent_leaves_no_copy(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    people = (address(scene, "attendee0"), address(scene, "attendee1"))
    organizer.call(ask.create_meeting(draft(scene, required=people), "SendOnlyToAll"))
    for who in ("attendee0", "attendee1"):
        inbox = arrived(scene, who, "inbox")
        scene.expect("EWS-MTG-048", f"the Inbox of {who}", inbox).equals(["MeetingRequest"])
        calendar = arrived(scene, who, "calendar")
        scene.expect("EWS-MTG-049", f"the calendar of {who}", calendar).equals(["CalendarItem"])
    scene.expect("EWS-MTG-050", "Sent Items", names_in(organizer, "sentitems", token(scene))).is_absent()


@case(
    "handling-meetings.create-and-save-copy",
    scenario=SCENARIO,
    verifies=("EWS-MTG-051", "EWS-MTG-052", "EWS-MTG-104"),
    pairings=EWS,
)
def test_a_meeting_sent_and_saved_leaves_a_copy_of_the_request(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    organizer.call(ask.create_meeting(draft(scene)))
    inbox = arrived(scene, "attendee0", "inbox")
    scene.expect("EWS-MTG-051", "the attendee's Inbox", inbox).equals(["MeetingRequest"])
    sent = arrived(scene, "organizer0", "sentitems")
    scene.require("EWS-MTG-052", "the organizer's Sent Items", sent).equals(["MeetingRequest"])
    received = read_item(attendee, first_listed(scene, attendee, "inbox", "MeetingRequest"))
    copy = read_item(organizer, first_listed(scene, organizer, "sentitems", "MeetingRequest"))
    for name in ("t:UID", "t:Start", "t:End"):
        scene.expect("EWS-MTG-104", f"{name[2:]} of the sent copy", copy.text(name)).equals(received.text(name))


@case("handling-meetings.uid", scenario=SCENARIO, verifies=("EWS-MTG-062", "EWS-MTG-063"), pairings=EWS)
def test_the_uid_is_the_same_everywhere(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    given = f"{token(scene)}-chosen-by-the-client"
    plain = ask.calendar_item(draft(scene))
    with_uid = Markup(plain.replace("<t:Start>", f"<t:UID>{given}</t:UID><t:Start>", 1))
    chosen = written(organizer.call(ask.create_item(with_uid, invitations=ask.SEND_TO_ALL)))
    uids = [read_item(organizer, chosen).text("t:UID")]
    uids.append(read_item(attendee, first_listed(scene, attendee, "inbox", "MeetingRequest")).text("t:UID"))
    uids.append(read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem")).text("t:UID"))
    scene.expect("EWS-MTG-062", "UID of the organizer's item, the request and the attendee's item", uids).equals(
        [given] * 3
    )
    plans = [draft(scene, slot=slot(scene, hour)) for hour in (14, 16)]
    made = [read_item(organizer, written(organizer.call(ask.create_meeting(plan)))).text("t:UID") for plan in plans]
    scene.expect("EWS-MTG-063", "the UIDs that the server made", set(made) - {None, "", given}).has_length(2)

    def everything() -> tuple[Node, ...] | None:
        items = listed(attendee, "calendar", token(scene))
        return items if len(items) == len(plans) + 1 else None

    items = found(scene, everything, "three meetings in the attendee's calendar")
    received = [read_item(attendee, id_of(item)).text("t:UID") for item in items]
    scene.expect("EWS-MTG-063", "the UIDs in the attendee's calendar", received).has_members([given, *made])


@case(
    "handling-meetings.create-refused",
    scenario=SCENARIO,
    verifies=("EWS-MTG-053", "EWS-MTG-064", "EWS-MTG-065", "EWS-MTG-066", "EWS-MTG-068", "EWS-MTG-072"),
    pairings=EWS,
)
def test_what_a_meeting_may_not_be(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    good = draft(scene)
    ends_first = draft(scene, slot=Slot(moment(scene, 11), moment(scene, 10)))
    too_long = draft(scene, slot=Slot(moment(scene), moment(scene, days=1830)))
    received = t("MeetingRequest", t("Subject", good.subject))
    sized = Markup(ask.calendar_item(good).replace("</t:Body>", "</t:Body><t:Size>9</t:Size>", 1))
    questions = (
        ("EWS-MTG-053", ask.create_meeting(good, None), "ErrorSendMeetingInvitationsRequired"),
        ("EWS-MTG-064", ask.create_meeting(ends_first), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        ("EWS-MTG-065", ask.create_meeting(too_long), "ErrorCalendarDurationIsTooLong"),
        (
            "EWS-MTG-066",
            ask.create_item(ask.calendar_item(good), invitations="SendToNone", folder="inbox"),
            "ErrorCannotCreateCalendarItemInNonCalendarFolder",
        ),
        (
            "EWS-MTG-068",
            ask.create_item(received, disposition="SaveOnly"),
            "ErrorInvalidItemForOperationCreateItem",
        ),
        ("EWS-MTG-072", ask.create_item(sized, invitations="SendToNone"), "ErrorInvalidPropertySet"),
    )
    for requirement, operation, code in questions:
        scene.expect(requirement, "the code of CreateItem", organizer.call(operation).code).equals(code)
    scene.expect("EWS-MTG-064", "the calendar afterwards", names_in(organizer, "calendar", token(scene))).is_absent()


@case(
    "handling-meetings.create-schema",
    scenario=SCENARIO,
    verifies=("EWS-MTG-031", "EWS-MTG-035", "EWS-MTG-036", "EWS-MTG-037"),
    pairings=EWS,
)
def test_a_meeting_against_the_schema_is_a_fault(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    good = ask.create_meeting(draft(scene))
    start, end = "".join(good.partition("<t:Start>")[1:]).partition("<t:End>")[0], "<t:End>"
    swapped = Markup(good.replace(start, "").replace("<t:LegacyFreeBusyStatus>", f"{start}<t:LegacyFreeBusyStatus>"))
    questions = (
        ("EWS-MTG-031", "an element of no schema", good.replace("<t:Start>", "<t:Weather/><t:Start>", 1)),
        ("EWS-MTG-035", f"{end[3:-1]} before Start", swapped),
        ("EWS-MTG-036", "a busy status of no schema", good.replace(">Busy<", ">Occupied<", 1)),
        (
            "EWS-MTG-037",
            "an empty list of attendees",
            m("CreateItem", m("Items", _with_empty_list(good)), SendMeetingInvitations="SendToNone"),
        ),
    )
    for requirement, about, operation in questions:
        answer = organizer.call(operation)
        scene.expect(requirement, f"the fault for {about}", answer.fault and answer.fault.code).equals(
            "ErrorSchemaValidation"
        )
    scene.expect("EWS-MTG-031", "the calendar afterwards", names_in(organizer, "calendar", token(scene))).is_absent()


def _with_empty_list(operation: str) -> Markup:
    item = operation.partition("<m:Items>")[2].partition("</m:Items>")[0]
    before, _, rest = item.partition("<t:RequiredAttendees>")
    return Markup(before + "<t:RequiredAttendees/>" + rest.partition("</t:RequiredAttendees>")[2])
