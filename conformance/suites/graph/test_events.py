"""Events over Graph: what creating, changing, cancelling and deleting them does."""

from __future__ import annotations

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.graph_client import segment
from conformance.actor.times import instant
from conformance.actor.views import Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import (
    Resource,
    act,
    answered,
    call_meeting,
    created,
    entry,
    event,
    in_calendar,
    in_folder,
    own_event,
    patch,
    received,
    settle,
    status,
    subjects,
)
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, found, moment, slot, token

SCENARIO = "graph-propose-new-time"


@case(
    "graph-propose-new-time.defaults",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-EVT-006",
        "GRAPH-EVT-007",
        "GRAPH-EVT-008",
        "GRAPH-EVT-009",
        "GRAPH-EVT-012",
        "GRAPH-EVT-035",
        "GRAPH-EVT-040",
        "GRAPH-EVT-041",
        "GRAPH-ODT-003",
        "GRAPH-WIRE-017",
        "GRAPH-PREF-002",
        "GRAPH-PREF-009",
    ),
    pairings=GRAPH,
)
def test_what_is_not_said_has_its_default(scene: Scene) -> None:
    plain = {
        "subject": f"Plain {token(scene)}",
        **ask.times(slot(scene)),
        "body": {"contentType": "Text", "content": "Plain words"},
        "location": {"displayName": "Conference room 7"},
        "attendees": [
            {"emailAddress": {"address": address(scene, "attendee0")}},
            {"emailAddress": {"address": address(scene, "attendee1")}, "type": "Optional"},
        ],
    }
    made = created(scene.graph("organizer0").post("me/events", plain))
    scene.expect("GRAPH-EVT-006", "allowNewTimeProposals", made.get("allowNewTimeProposals")).is_true()
    scene.expect("GRAPH-EVT-007", "responseRequested", made.get("responseRequested")).is_true()
    flags = ("hideAttendees", "isAllDay", "isCancelled", "isDraft", "isOnlineMeeting")
    scene.expect("GRAPH-EVT-008", "what defaults to false", {name: made.get(name) for name in flags}).equals(
        dict.fromkeys(flags, False)
    )
    usual = {
        "importance": "normal",
        "sensitivity": "normal",
        "showAs": "busy",
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 15,
    }
    scene.expect("GRAPH-EVT-009", "the usual values", {name: made.get(name) for name in usual}).equals(usual)
    place = {
        "displayName": "Conference room 7",
        "locationType": "default",
        "uniqueId": "Conference room 7",
        "uniqueIdType": "private",
    }
    scene.expect("GRAPH-EVT-012", "location", made.get("location")).equals(place)
    scene.expect("GRAPH-EVT-012", "locations", made.get("locations")).equals([place])
    scene.expect("GRAPH-EVT-035", "transactionId", made.get("transactionId")).is_absent()
    kinds = [entry(made, address(scene, who)).get("type") for who in ("attendee0", "attendee1")]
    scene.expect("GRAPH-EVT-040", "the attendees' types", kinds).equals(["required", "optional"])
    scene.expect("GRAPH-WIRE-017", 'the type given as "Optional"', kinds[1]).equals("optional")
    scene.expect("GRAPH-EVT-041", "webLink", made.get("webLink")).contains(segment(str(made["id"])))
    scene.expect("GRAPH-ODT-003", "@odata.etag", made.get("@odata.etag")).equals(f'W/"{made.get("changeKey")}"')
    zones = {(made.get(name) or {}).get("timeZone") for name in ("start", "end")}
    scene.expect("GRAPH-PREF-002", "the zones of start and end", zones).equals({"UTC"})
    scene.expect("GRAPH-PREF-009", "body.contentType", (made.get("body") or {}).get("contentType")).equals("html")


@case(
    "graph-propose-new-time.change",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-EVT-013",
        "GRAPH-EVT-018",
        "GRAPH-EVT-024",
        "GRAPH-EVT-025",
        "GRAPH-EVT-029",
        "GRAPH-EVT-030",
        "GRAPH-MSG-006",
        "GRAPH-MSG-007",
    ),
    pairings=GRAPH,
)
def test_a_patch_changes_what_it_names(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = call_meeting(scene)
    first = received(scene, "attendee0", "eventMessageRequest")
    answer = patch(organizer, made, {"location": {"displayName": "Upstairs"}})
    scene.require("GRAPH-EVT-025", "the status of PATCH", answer.status).equals(200)
    told = answer.members
    scene.expect("GRAPH-EVT-029", "the place, changed without If-Match", answer.at("location", "displayName")).equals(
        "Upstairs"
    )
    scene.expect("GRAPH-EVT-013", "locations", [one.get("displayName") for one in told.get("locations") or ()]).equals(
        ["Upstairs"]
    )
    kept = ("subject", "start", "end", "attendees", "organizer", "showAs", "originalStartTimeZone")
    scene.expect("GRAPH-EVT-024", "what the PATCH did not name", {name: told.get(name) for name in kept}).equals(
        {name: made.get(name) for name in kept}
    )
    patch(organizer, made, {"isOrganizer": False, "iCalUId": "another", "isCancelled": True})
    fixed = ("isOrganizer", "iCalUId", "isCancelled")
    again = event(organizer, str(made["id"]))
    scene.expect("GRAPH-EVT-030", "what cannot be written", {name: again.get(name) for name in fixed}).equals(
        {name: made.get(name) for name in fixed}
    )
    modified = [instant(str(one.get("lastModifiedDateTime"))) for one in (made, told)]
    scene.expect("GRAPH-EVT-018", "lastModifiedDateTime", modified[1]).is_at_least(modified[0])
    inbox = scene.graph("attendee0")
    scene.eventually(lambda: len(in_folder(inbox, "inbox", token(scene))) > 1, "the update in the Inbox")
    requests = {str(one["id"]): one for one in in_folder(inbox, "inbox", token(scene))}
    earlier = requests.pop(str(first["id"]), {})
    update = next(iter(requests.values()), {})
    scene.expect("GRAPH-MSG-007", "isOutOfDate of the earlier request", earlier.get("isOutOfDate")).is_true()
    place = (update.get("previousLocation") or {}).get("displayName")
    scene.expect("GRAPH-MSG-006", "previousLocation of the update", place).equals(draft(scene).location)


@case(
    "graph-propose-new-time.move",
    scenario=SCENARIO,
    verifies=("GRAPH-MSG-005", "GRAPH-MSG-006", "GRAPH-PNT-013"),
    pairings=GRAPH,
)
def test_a_new_time_asks_again_and_names_the_old(scene: Scene) -> None:
    organizer, person = scene.graph("organizer0"), address(scene, "attendee0")
    made = call_meeting(scene)
    first = received(scene, "attendee0", "eventMessageRequest")
    act(scene.graph("attendee0"), own_event(scene, "attendee0"), "accept")
    answered(scene, made, person, "accepted")
    told = patch(organizer, made, ask.times(slot(scene, 14))).members
    scene.expect("GRAPH-PNT-013", "the attendee's response", status(told, person)).equals("notResponded")

    def update() -> Resource | None:
        listed = in_folder(scene.graph("attendee0"), "inbox", token(scene))
        return next((one for one in listed if one["id"] != first["id"]), None)

    later = found(scene, update, "the update in the Inbox", "GRAPH-MSG-005")
    old = read.slot(later, "previousStartDateTime", "previousEndDateTime")
    scene.expect("GRAPH-MSG-005", "the previous start and end", old).equals(draft(scene).slot)
    scene.expect("GRAPH-MSG-006", "previousLocation", later.get("previousLocation")).is_absent()


@case(
    "graph-propose-new-time.attendees",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-026", "GRAPH-MSG-008", "GRAPH-MSG-009", "GRAPH-MSG-015"),
    pairings=GRAPH,
)
def test_a_new_list_of_attendees_tells_only_whom_it_concerns(scene: Scene) -> None:
    people = [address(scene, f"attendee{n}") for n in range(3)]
    made = call_meeting(scene, draft(scene, required=tuple(people[:2])))
    received(scene, "attendee0", "eventMessageRequest")
    received(scene, "attendee1", "eventMessageRequest")
    told = patch(scene.graph("organizer0"), made, {"attendees": ask.attendees((people[0], people[2]))}).members
    listed = [read.address(one) for one in told.get("attendees") or ()]
    scene.expect("GRAPH-EVT-026", "the attendees", listed).has_members([people[0], people[2]])
    received(scene, "attendee2", "eventMessageRequest", requirement="GRAPH-MSG-008")
    notice = received(scene, "attendee1", "eventMessage", requirement="GRAPH-MSG-009")
    scene.expect("GRAPH-MSG-009", "meetingMessageType", notice.get("meetingMessageType")).equals("meetingCancelled")
    scene.expect("GRAPH-MSG-015", "@odata.type", notice.get("@odata.type")).equals("#microsoft.graph.eventMessage")
    settle(scene, "attendee0")
    kept = subjects(scene.graph("attendee0"), "inbox", token(scene))
    scene.expect("GRAPH-MSG-008", "the Inbox of who stays", kept).equals([draft(scene).subject])


@case(
    "graph-propose-new-time.conflict",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-027", "GRAPH-EVT-028", "GRAPH-EVT-029"),
    pairings=GRAPH,
)
def test_if_match_guards_against_overwriting(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = call_meeting(scene, draft(scene, required=()))
    stale = str(made["@odata.etag"])
    fresh = patch(organizer, made, {"subject": f"Second {token(scene)}"}).members
    refused = patch(organizer, made, {"subject": f"Third {token(scene)}"}, {"If-Match": stale})
    scene.expect("GRAPH-EVT-027", "a stale If-Match", refused.refusal).equals((412, "ErrorIrresolvableConflict"))
    subject = event(organizer, str(made["id"])).get("subject")
    scene.expect("GRAPH-EVT-027", "the subject afterwards", subject).equals(f"Second {token(scene)}")
    current = {"If-Match": str(fresh.get("@odata.etag"))}
    done = patch(organizer, made, {"subject": f"Fourth {token(scene)}"}, current)
    scene.expect("GRAPH-EVT-028", "a current If-Match", done.status).equals(200)
    forced = patch(organizer, made, {"subject": f"Fifth {token(scene)}"})
    scene.expect("GRAPH-EVT-029", "no If-Match", forced.members.get("subject")).equals(f"Fifth {token(scene)}")


@case(
    "graph-propose-new-time.transaction",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-031", "GRAPH-EVT-032", "GRAPH-EVT-033", "GRAPH-EVT-034"),
    pairings=GRAPH,
)
def test_a_transaction_id_makes_one_event(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    body = ask.event(draft(scene, required=())) | {"transactionId": f"transaction-{token(scene)}"}
    first = created(organizer.post("me/events", body))
    again = organizer.post("me/events", body)
    scene.expect("GRAPH-EVT-033", "the repeated POST", (again.status, again.members.get("id"))).equals(
        (201, first["id"])
    )
    same = in_calendar(organizer, token(scene))
    scene.expect("GRAPH-EVT-032", "the events in the calendar", same).has_length(1)
    other = organizer.post("me/events", body | {"subject": f"Another {token(scene)}"})
    scene.expect("GRAPH-EVT-034", "the code for another event", other.code).equals("ErrorDuplicateTransactionId")
    scene.expect("GRAPH-EVT-034", "the status for another event", other.status).is_one_of(400, 409)
    told = patch(organizer, first, {"transactionId": "another"}).members
    kept = told.get("transactionId", first.get("transactionId"))
    scene.expect("GRAPH-EVT-031", "transactionId after a PATCH", kept).equals(f"transaction-{token(scene)}")


@case(
    "graph-propose-new-time.refused",
    scenario=SCENARIO,
    verifies=("GRAPH-EVT-036", "GRAPH-EVT-037", "GRAPH-EVT-038"),
    pairings=GRAPH,
)
def test_which_events_are_refused(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    good = ask.event(draft(scene, required=()))
    backwards = good | ask.times(Slot(moment(scene, 11), moment(scene, 10)))
    nowhere = good | {"start": {**good["start"], "timeZone": "Middle of Nowhere Standard Time"}}
    short = good | {"isAllDay": True}
    questions = (
        ("GRAPH-EVT-036", backwards, "ErrorPropertyValidationFailure"),
        ("GRAPH-EVT-037", nowhere, "TimeZoneNotSupportedException"),
        ("GRAPH-EVT-038", short, "ErrorInvalidRequest"),
    )
    for requirement, body, code in questions:
        refused = organizer.post("me/events", body)
        scene.expect(requirement, "the refusal", refused.refusal).equals((400, code))
    made = in_calendar(organizer, token(scene))
    scene.expect("GRAPH-EVT-036", "the calendar afterwards", made).is_absent()


@case(
    "graph-propose-new-time.cancel",
    scenario=SCENARIO,
    verifies=("GRAPH-CAN-001", "GRAPH-CAN-002", "GRAPH-CAN-003", "GRAPH-CAN-005", "GRAPH-CAN-006", "GRAPH-MSG-015"),
    pairings=GRAPH,
)
def test_the_organizer_and_nobody_else_cancels(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    made = call_meeting(scene)
    refused = act(attendee, own_event(scene, "attendee0"), "cancel", {"comment": "No."})
    scene.expect("GRAPH-CAN-003", "an attendee's cancel", refused.refusal).equals((400, "ErrorInvalidRequest"))
    done = act(organizer, made, "cancel", {"Comment": "The figures are late."})
    scene.expect("GRAPH-CAN-001", "status and body", (done.status, done.exchange.response.body)).equals((202, b""))
    left = in_calendar(organizer, token(scene))
    scene.expect("GRAPH-CAN-002", "the organizer's calendar", left).is_absent()
    notice = received(scene, "attendee0", "eventMessage", requirement="GRAPH-CAN-001")
    scene.expect("GRAPH-CAN-001", "meetingMessageType", notice.get("meetingMessageType")).equals("meetingCancelled")
    scene.expect("GRAPH-MSG-015", "@odata.type", notice.get("@odata.type")).equals("#microsoft.graph.eventMessage")
    body = (notice.get("body") or {}).get("content")
    scene.expect("GRAPH-CAN-005", "the body", body).contains("The figures are late.")
    other = call_meeting(scene, draft(scene, subject=f"Second {token(scene)}", slot=slot(scene, 14)))
    own_event(scene, "attendee0", f"Second {token(scene)}")
    act(organizer, other, "cancel", {"comment": "Late again."})
    notice = received(scene, "attendee0", "eventMessage", f"Second {token(scene)}")
    body = (notice.get("body") or {}).get("content")
    scene.expect("GRAPH-CAN-005", "the body, given as comment", body).contains("Late again.")
    copy = own_event(scene, "attendee0", draft(scene).subject)
    scene.expect("GRAPH-CAN-006", "isCancelled of the attendee's event", copy.get("isCancelled")).is_true()


@case(
    "graph-propose-new-time.delete",
    scenario=SCENARIO,
    verifies=("GRAPH-CAN-007", "GRAPH-CAN-008", "GRAPH-CAN-009", "GRAPH-CAN-010"),
    pairings=GRAPH,
)
def test_deleting_cancels_for_the_organizer_alone(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    people = (address(scene, "attendee0"), address(scene, "attendee1"))
    made = call_meeting(scene, draft(scene, required=people))
    copy = f"me/events/{segment(str(own_event(scene, 'attendee0')['id']))}"
    scene.expect("GRAPH-CAN-008", "an attendee's DELETE", attendee.delete(copy).status).equals(204)
    theirs = event(organizer, str(made["id"]))
    scene.expect("GRAPH-CAN-008", "the organizer's event", theirs.get("isCancelled")).is_false()
    scene.expect("GRAPH-CAN-009", "the attendee's response", status(theirs, people[0])).is_one_of("none", "declined")
    own = f"me/events/{segment(str(made['id']))}"
    scene.expect("GRAPH-CAN-007", "the organizer's DELETE", organizer.delete(own).status).equals(204)
    notice = received(scene, "attendee1", "eventMessage", requirement="GRAPH-CAN-007")
    scene.expect("GRAPH-CAN-007", "the message", notice.get("meetingMessageType")).equals("meetingCancelled")
    again = organizer.delete(own)
    scene.expect("GRAPH-CAN-010", "a second DELETE", again.refusal).equals((404, "ErrorItemNotFound"))
