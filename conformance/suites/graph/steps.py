"""Steps that the Graph cases share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.acts import Draft
from conformance.actor.graph_client import GraphAnswer, GraphClient, segment
from conformance.actor.views import Slot
from conformance.expect import CaseStopped
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, found, slot, token

Resource = Mapping[str, Any]
NEVER = "0001-01-01T00:00:00Z"
UNSET = "4501-01-01T00:00:00Z"


def created(answer: GraphAnswer) -> Resource:
    """The resource that a POST made; the case stops where it made none."""
    if answer.status != 201 or "id" not in answer.members:
        raise CaseStopped(f"a new resource: expected 201 with an id, got {answer.status} {answer.code}")
    return answer.members


def call_meeting(scene: Scene, plan: Draft | None = None, **more: Any) -> Resource:
    """An event created by organizer0; ``more`` are further members."""
    body = ask.event(plan or draft(scene)) | more
    return created(scene.graph("organizer0").post("me/events", body))


def event(client: GraphClient, identity: str, query: str = "") -> Resource:
    """An event by its id; the case stops where it cannot be read."""
    answer = client.get(f"me/events/{segment(identity)}{query}")
    if answer.status != 200:
        raise CaseStopped(f"an event: expected 200, got {answer.status} {answer.code}")
    return answer.members


def in_calendar(client: GraphClient, word: str) -> list[Resource]:
    """The events of somebody's default calendar whose subjects hold a word."""
    return client.named("me/calendar/events", word, 50)


def in_folder(client: GraphClient, folder: str, word: str) -> list[Resource]:
    """The messages of somebody's folder whose subjects hold a word, latest first."""
    return client.named(f"me/mailFolders/{folder}/messages", word, 50)


def own_event(scene: Scene, who: str, word: str | None = None, requirement: str = "") -> Resource:
    """The meeting in somebody's default calendar, once it is there."""
    client = scene.graph(who)
    wanted = token(scene) if word is None else word

    def look() -> Resource | None:
        return next(iter(in_calendar(client, wanted)), None)

    return found(scene, look, f"the meeting in the calendar of {who}", requirement)


def received(
    scene: Scene,
    who: str,
    kind: str,
    word: str | None = None,
    folder: str = "inbox",
    requirement: str = "",
) -> Resource:
    """The latest message of a type in a folder, once it is there; ``kind`` is the type's last word."""
    client = scene.graph(who)
    wanted = token(scene) if word is None else word

    def look() -> Resource | None:
        listed = in_folder(client, folder, wanted)
        return next((one for one in listed if str(one.get("@odata.type")).endswith(f".{kind}")), None)

    return found(scene, look, f"an {kind} in the {folder} of {who}", requirement)


def settle(scene: Scene, who: str) -> None:
    """Wait until a later invitation has reached somebody, so that what has not arrived by now was not sent."""
    sender = "organizer0" if who != "organizer0" else "attendee0"
    marker = f"Marker {token(scene)[::-1]}"
    plan = draft(scene, subject=marker, required=(address(scene, who),), slot=slot(scene, 20, 15))
    created(scene.graph(sender).post("me/events", ask.event(plan)))
    received(scene, who, "eventMessageRequest", marker)


def subjects(client: GraphClient, folder: str, word: str) -> list[str]:
    """The subjects of a folder's messages that hold a word."""
    return [str(one.get("subject")) for one in in_folder(client, folder, word)]


def act(client: GraphClient, what: Resource, verb: str, body: Any = None) -> GraphAnswer:
    """POST an action on an event."""
    return client.post(f"me/events/{segment(str(what['id']))}/{verb}", {} if body is None else body)


def patch(client: GraphClient, what: Resource, body: Any, headers: Mapping[str, str] | None = None) -> GraphAnswer:
    """PATCH an event."""
    return client.patch(f"me/events/{segment(str(what['id']))}", body, headers)


def entry(what: Resource, person: str) -> Resource:
    """The attendee of an address; empty where there is none."""
    entries = what.get("attendees") or ()
    wanted = person.casefold()
    return next((one for one in entries if str(one["emailAddress"]["address"]).casefold() == wanted), {})


def status(what: Resource, person: str) -> Any:
    """The response told of an attendee."""
    return (entry(what, person).get("status") or {}).get("response")


def answered(scene: Scene, meeting: Resource, person: str, wanted: str) -> Resource:
    """The organizer's event once it tells a response of an attendee, else as it is at the deadline."""
    client = scene.graph("organizer0")
    latest: list[Resource] = [meeting]

    def look() -> bool:
        latest[0] = event(client, str(meeting["id"]))
        return bool(status(latest[0], person) == wanted)

    scene.eventually(look, f"the answer {wanted}")
    return latest[0]


def proposal(slot: Slot) -> Resource:
    """A proposedNewTime in UTC."""
    return ask.times(slot)
