"""Rooms over Graph: finding them as places, inviting them, and the answers that they give by their calendar."""

from __future__ import annotations

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, act, created, entry, event, patch, received
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, free_day, slot, token

SCENARIO = "rooms"
ROOMS, LISTS = "places/microsoft.graph.room", "places/microsoft.graph.roomlist"


def _book(scene: Scene, who: str = "organizer0", **fields: object) -> Resource:
    """A meeting of somebody's with room0 as its resource."""
    plan = draft(scene, required=(), rooms=(address(scene, "room0"),), **fields)
    return created(scene.graph(who).post("me/events", ask.event(plan)))


def _answered(scene: Scene, meeting: Resource, who: str = "organizer0", wanted: str = "") -> str | None:
    """What the organizer's event tells of the room once it has answered, else what it tells at the deadline."""
    latest: list[str | None] = [None]

    def look() -> bool:
        told = entry(event(scene.graph(who), str(meeting["id"])), address(scene, "room0"))
        latest[0] = (told.get("status") or {}).get("response")
        return latest[0] == wanted if wanted else latest[0] in {"accepted", "declined", "tentativelyAccepted"}

    scene.eventually(look, "the room's answer")
    return latest[0]


def _busy(scene: Scene, hour: int) -> object:
    """The digit of an hour of the room's calendar."""
    question = ask.schedule_question((address(scene, "room0"),), slot(scene, hour), 60)
    return scene.graph("organizer0").post("me/calendar/getSchedule", question).at("value", 0, "availabilityView")


@case(
    "rooms.booked-by-graph",
    scenario=SCENARIO,
    verifies=("GRAPH-RMS-001", "GRAPH-RMS-002", "GRAPH-RMS-003", "GRAPH-RMS-004", "GRAPH-RMS-005"),
    pairings=GRAPH,
    needs=("booking-rooms", "availability"),
)
def test_a_free_room_accepts_and_a_taken_one_declines(scene: Scene) -> None:
    scene.come_near()
    free_day(scene, "graph", "room0")
    meeting = _book(scene)
    kind = entry(meeting, address(scene, "room0")).get("type")
    scene.expect("GRAPH-RMS-001", "the type of the room's entry", kind).equals("resource")
    scene.require("GRAPH-RMS-002", "the answer of a free room", _answered(scene, meeting)).equals("accepted")
    response = received(scene, "organizer0", "eventMessageResponse")
    told = (response.get("meetingMessageType"), _sender(response))
    scene.expect("GRAPH-RMS-003", "what its response is, and its sender", told).equals(
        ("meetingAccepted", address(scene, "room0").casefold())
    )
    scene.expect("GRAPH-RMS-004", "the room's hour", _busy(scene, 10)).equals("2")
    other = _book(scene, "attendee0", subject=f"Other {token(scene)}")
    late = _answered(scene, other, "attendee0")
    scene.expect("GRAPH-RMS-005", "the answer of a taken room", late).equals("declined")


def _sender(message: Resource) -> str:
    return str(((message.get("from") or {}).get("emailAddress") or {}).get("address")).casefold()


@case(
    "rooms.moved-by-graph",
    scenario=SCENARIO,
    verifies=("GRAPH-RMS-006", "GRAPH-RMS-007"),
    pairings=GRAPH,
    needs=("booking-rooms", "availability"),
)
def test_a_room_follows_its_meetings(scene: Scene) -> None:
    scene.come_near()
    free_day(scene, "graph", "room0")
    organizer = scene.graph("organizer0")
    first = _book(scene)
    _answered(scene, first)
    second = _book(scene, subject=f"Other {token(scene)}", slot=slot(scene, 14))
    _answered(scene, second)
    patch(organizer, second, ask.times(slot(scene, 10))).succeed("PATCH of the times")
    moved = _answered(scene, second, wanted="declined")
    scene.expect("GRAPH-RMS-006", "the answer to a move to a taken time", moved).equals("declined")
    act(organizer, first, "cancel").succeed("cancel")
    scene.eventually(lambda: _busy(scene, 10) == "0", "the room to be free")
    scene.expect("GRAPH-RMS-007", "the room's hour once the meeting is off", _busy(scene, 10)).equals("0")


@case(
    "rooms.places",
    scenario=SCENARIO,
    verifies=("GRAPH-RMS-010", "GRAPH-RMS-011", "GRAPH-RMS-012", "GRAPH-RMS-013"),
    pairings=GRAPH,
    needs=("room-lists",),
)
def test_rooms_are_places(scene: Scene) -> None:
    client = scene.graph("organizer0")
    room, rooms = (address(scene, who).casefold() for who in ("room0", "roomlist0"))
    found = _placed(client.get(f"{ROOMS}?$filter=emailAddress eq '{address(scene, 'room0')}'").value, room)
    scene.require("GRAPH-RMS-010", "the room among the rooms", found.get("id")).is_present()
    lists = _placed(client.get(LISTS).value, rooms)
    scene.expect("GRAPH-RMS-010", "the list among the lists of rooms", lists.get("id")).is_present()
    inside = client.get(f"places/{segment(address(scene, 'roomlist0'))}/microsoft.graph.roomlist/rooms").value
    scene.expect("GRAPH-RMS-011", "the room on the list", _placed(inside, room).get("id")).equals(found["id"])
    for key in (str(found["id"]), address(scene, "room0")):
        place = client.get(f"places/{segment(key)}").members
        told = (place.get("@odata.type"), place.get("displayName"))
        scene.expect("GRAPH-RMS-012", "the type and name of the place", told).equals(
            ("#microsoft.graph.room", found.get("displayName"))
        )
    for nowhere in (f"nowhere-{token(scene)}@example.com", address(scene, "attendee0")):
        refused = client.get(f"places/{segment(nowhere)}")
        scene.expect("GRAPH-RMS-013", "the status for what is no place", refused.status).equals(404)


def _placed(places: object, who: str) -> Resource:
    found = places if isinstance(places, tuple) else ()
    return next((one for one in found if str(one.get("emailAddress")).casefold() == who), {})
