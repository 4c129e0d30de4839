"""Identity over EWS: the UID of everything, numbers that grow, and the conversation of items and messages."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Node, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited, later_request, response_received
from conformance.suites.scene import Scene
from conformance.suites.steps import first_listed, id_of, read_item

SCENARIO = "relations"


def _update(scene: Scene, meeting: MeetingRef, place: str, known: set[str]) -> Node:
    """The request of an update, read in full."""
    change = ask.set_field("calendar:Location", t("Location", place))
    scene.ews("organizer0").call(ask.update_item(meeting, change)).succeed("UpdateItem")
    return later_request(scene, known)


@case("relations.uid", scenario=SCENARIO, verifies=("EWS-REL-001", "EWS-REL-004"), pairings=EWS)
def test_everything_of_one_meeting_has_one_uid(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    attendee.call(ask.respond(Answer.ACCEPT, first_listed(scene, attendee, "calendar", "CalendarItem")))
    response = response_received(scene)
    first = read_item(attendee, request)
    organizer.call(ask.cancel(meeting)).succeed("CancelCalendarItem")
    notice = read_item(attendee, first_listed(scene, attendee, "inbox", "MeetingCancellation"))
    own = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    kept = read_item(organizer, first_listed(scene, organizer, "deleteditems", "CalendarItem"))
    told = {"response": response, "cancellation": notice, "attendee's item": own, "organizer's item": kept}
    uid = first.text("t:UID")
    scene.require("EWS-REL-001", "the UID of the request", uid).is_present()
    for about, item in told.items():
        scene.expect("EWS-REL-001", f"the UID of the {about}", item.text("t:UID")).equals(uid)
    for about, pair in {"attendee": (first, notice, own), "organizer": (response, kept)}.items():
        threads = {item.text("t:ConversationId/@Id") for item in pair}
        scene.expect("EWS-REL-004", f"the conversations at the {about}", threads).holds(
            lambda seen: len(seen) == 1 and None not in seen, "one conversation"
        )


@case("relations.sequence", scenario=SCENARIO, verifies=("EWS-REL-002", "EWS-REL-003"), pairings=EWS)
def test_the_sequence_number_grows_to_the_end(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    number = "t:AppointmentSequenceNumber"
    numbers = [int(read_item(attendee, request).text(number) or -1)]
    known = {request.id}
    for place in ("Upstairs", "Downstairs"):
        update = _update(scene, meeting, place, known)
        known.add(id_of(update).id)
        numbers.append(int(update.text(number) or -1))
        own = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
        scene.expect("EWS-REL-003", "the number of the attendee's item", own.text(number)).equals(str(numbers[-1]))
    organizer.call(ask.cancel(meeting)).succeed("CancelCalendarItem")
    first_listed(scene, attendee, "inbox", "MeetingCancellation")
    own = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    kept = read_item(organizer, first_listed(scene, organizer, "deleteditems", "CalendarItem"))
    for about, item in (("attendee", own), ("organizer", kept)):
        told = [*numbers, int(item.text(number) or -1)]
        scene.expect("EWS-REL-002", f"the numbers up to the cancelled item of the {about}", told).holds(
            lambda seen: seen[0] == 0 and seen == sorted(set(seen)), "numbers that grow from 0"
        )
