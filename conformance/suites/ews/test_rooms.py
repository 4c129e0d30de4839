"""Rooms over EWS: finding them, inviting them, and the answers that they give by their calendar."""

from __future__ import annotations

from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes
from conformance.actor.ews_client import EwsAnswer
from conformance.actor.times import xml_time
from conformance.actor.views import MeetingRef
from conformance.suites.case import EWS, case
from conformance.suites.ews.delegation import root_code
from conformance.suites.ews.steps import entry_of
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    first_listed,
    free_day,
    present,
    read_item,
    slot,
    token,
    written,
)

SCENARIO = "rooms"


def _book(scene: Scene, who: str = "organizer0", **fields: object) -> MeetingRef:
    """A meeting of somebody's with room0 as its resource."""
    plan = draft(scene, required=(), rooms=(address(scene, "room0"),), **fields)
    return written(scene.ews(who).call(ask.create_meeting(plan)))


def _answered(scene: Scene, meeting: MeetingRef, who: str = "organizer0", wanted: str = "") -> str | None:
    """What the organizer's item tells of the room once it has answered, else what it tells at the deadline."""
    latest: list[str | None] = [None]

    def look() -> bool:
        entry = entry_of(read_item(scene.ews(who), MeetingRef(meeting.id)), address(scene, "room0"))
        latest[0] = entry.text("t:ResponseType") if entry else None
        return latest[0] == wanted if wanted else latest[0] in {"Accept", "Decline", "Tentative"}

    scene.eventually(look, "the room's answer")
    return latest[0]


def _busy(scene: Scene, hour: int) -> str | None:
    """The merged digit of an hour of the room's calendar."""
    window = (xml_time(slot(scene, hour).start)[:-1], xml_time(slot(scene, hour).end)[:-1])
    question = ask.availability((address(scene, "room0"),), *window, interval=60, view="MergedOnly")
    answer = scene.ews("organizer0").call(question)
    found = answer.root.anywhere("t:MergedFreeBusy") if answer.root else ()
    return found[0].text() if found else None


@case(
    "rooms.booked",
    scenario=SCENARIO,
    verifies=("EWS-RMS-001", "EWS-RMS-002", "EWS-RMS-003", "EWS-RMS-004"),
    pairings=EWS,
    needs=("booking-rooms", "availability"),
)
def test_a_free_room_accepts_and_a_taken_one_declines(scene: Scene) -> None:
    scene.come_near()
    free_day(scene, "ews", "room0")
    meeting = _book(scene)
    scene.require("EWS-RMS-001", "the answer of a free room", _answered(scene, meeting)).equals("Accept")
    organizer = scene.ews("organizer0")
    response = read_item(organizer, first_listed(scene, organizer, "inbox", "MeetingResponse"))
    told = (response.text("t:ItemClass"), (response.text("t:From/t:Mailbox/t:EmailAddress") or "").casefold())
    scene.expect("EWS-RMS-002", "the class and sender of its response", told).equals(
        ("IPM.Schedule.Meeting.Resp.Pos", address(scene, "room0").casefold())
    )
    scene.expect("EWS-RMS-003", "the room's hour", _busy(scene, 10)).equals("2")
    other = _book(scene, "attendee0", subject=f"Other {token(scene)}")
    scene.expect("EWS-RMS-004", "the answer of a taken room", _answered(scene, other, "attendee0")).equals("Decline")
    scene.expect("EWS-RMS-004", "the answer to who came first", _answered(scene, meeting)).equals("Accept")


@case(
    "rooms.moved",
    scenario=SCENARIO,
    verifies=("EWS-RMS-005", "EWS-RMS-006"),
    pairings=EWS,
    needs=("booking-rooms", "availability"),
)
def test_a_room_follows_its_meetings(scene: Scene) -> None:
    scene.come_near()
    free_day(scene, "ews", "room0")
    organizer = scene.ews("organizer0")
    first = _book(scene)
    _answered(scene, first)
    second = _book(scene, subject=f"Other {token(scene)}", slot=slot(scene, 14))
    _answered(scene, second)
    clash = ask.updates_of(Changes(slot=slot(scene, 10)))
    organizer.call(ask.update_item(present(organizer, second), *clash)).succeed("UpdateItem of the times")
    moved = _answered(scene, second, wanted="Decline")
    scene.expect("EWS-RMS-005", "the answer to a move to a taken time", moved).equals("Decline")
    organizer.call(ask.cancel(present(organizer, first))).succeed("CancelCalendarItem")
    scene.eventually(lambda: _busy(scene, 10) == "0", "the room to be free")
    scene.expect("EWS-RMS-006", "the room's hour once the meeting is off", _busy(scene, 10)).equals("0")


@case(
    "rooms.lists",
    scenario=SCENARIO,
    verifies=("EWS-RMS-010", "EWS-RMS-011", "EWS-RMS-012", "EWS-RMS-013"),
    pairings=EWS,
    needs=("room-lists",),
)
def test_rooms_are_found_by_lists(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    rooms, room = (address(scene, who).casefold() for who in ("roomlist0", "room0"))
    lists = organizer.call(people.get_room_lists())
    found = {one[0]: one for one in _entries(lists, "t:Address")}
    scene.expect("EWS-RMS-010", "the list of rooms", found.get(rooms)).equals((rooms, "SMTP", "PublicDL"))
    members = organizer.call(people.get_rooms(address(scene, "roomlist0")))
    inside = {one[0]: one for one in _entries(members, "t:Id")}
    scene.expect("EWS-RMS-011", "the room on the list", inside.get(room)).equals((room, "SMTP", "Mailbox"))
    classes = [one.body.text("@ResponseClass") if one.body else None for one in (lists, members)]
    scene.expect("EWS-RMS-012", "ResponseClass of both answers", classes).equals(["Success", "Success"])
    unknown = organizer.call(people.get_rooms(f"nowhere-{token(scene)}@example.com"))
    scene.expect("EWS-RMS-013", "the code for an unknown list", root_code(unknown)).is_one_of(
        "ErrorNameResolutionNoResults", "ErrorNameResolutionNoMailbox"
    )


def _entries(answer: EwsAnswer, path: str) -> list[tuple[str, str | None, str | None]]:
    """Address in lower case, routing type and mailbox type of each entry."""
    found = answer.root.anywhere(path) if answer.root else ()
    return [
        ((one.text("t:EmailAddress") or "").casefold(), one.text("t:RoutingType"), one.text("t:MailboxType"))
        for one in found
    ]
