"""Steps of the Graph cases about series: called, and seen through instances and calendarView."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from conformance.actor.acts import Draft
from conformance.actor.graph_client import GraphAnswer, GraphClient, segment
from conformance.actor.graph_views import slot
from conformance.actor.times import xml_time
from conformance.actor.views import Slot
from conformance.expect import CaseStopped
from conformance.suites.graph.steps import Resource, act, call_meeting, event, own_event
from conformance.suites.recurring import daily, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import address, token


def between(span: Slot) -> str:
    """The window of a view as a query."""
    return f"startDateTime={xml_time(span.start)}&endDateTime={xml_time(span.end)}"


def instances(
    client: GraphClient, master: Resource, span: Slot, query: str = "", headers: Mapping[str, str] | None = None
) -> list[Resource]:
    """The occurrences of a series in a window, by their starts; the case stops where they are refused."""
    answer = client.get(f"{path_of(master)}/instances?{between(span)}&$top=100{query}", headers)
    return _by_start(answer, "instances")


def view(scene: Scene, who: str, span: Slot, headers: Mapping[str, str] | None = None) -> list[Resource]:
    """What a case has in somebody's calendarView, by start."""
    answer = scene.graph(who).get(f"me/calendarView?{between(span)}&$top=200", headers)
    return [one for one in _by_start(answer, "calendarView") if token(scene) in str(one.get("subject"))]


def _by_start(answer: GraphAnswer, what: str) -> list[Resource]:
    if answer.status != 200:
        raise CaseStopped(f"{what}: expected 200, got {answer.status} {answer.code}")
    return sorted(answer.value, key=lambda one: str((one.get("start") or {}).get("dateTime")))


def path_of(what: Resource) -> str:
    """The path of an event below the service root."""
    return f"me/events/{segment(str(what['id']))}"


def invited(scene: Scene, times_: int = 5) -> tuple[Draft, Resource, Resource]:
    """A daily series called with attendee0: what it is, the organizer's series and the attendee's."""
    plan = daily(scene, times_, required=(address(scene, "attendee0"),))
    return plan, call_meeting(scene, plan), own_event(scene, "attendee0")


def copies(scene: Scene, who: str = "attendee0", times_: int = 5) -> list[Resource]:
    """The occurrences of ``invited`` in somebody's calendar."""
    return view(scene, who, window(daily(scene, times_), times_))


def answer_one(scene: Scene, verb: str, number: int, body: object = None) -> GraphAnswer:
    """attendee0 answers one occurrence, counted from 1."""
    return act(scene.graph("attendee0"), copies(scene)[number - 1], verb, body)


def nth(scene: Scene, master: Resource, number: int, times_: int = 5) -> Resource:
    """The organizer's occurrence of ``invited`` by its place, counted from 1, where none is missing."""
    span = window(daily(scene, times_), times_)
    return instances(scene.graph("organizer0"), master, span)[number - 1]


def again(scene: Scene, what: Resource) -> Resource:
    """The organizer's event as it is now."""
    return event(scene.graph("organizer0"), str(what["id"]))


def times(events: Sequence[Resource]) -> list[Slot | None]:
    """Start and end of each event."""
    return [slot(one) for one in events]


def members(events: Sequence[Resource], name: str) -> list[object]:
    """One member of each event."""
    return [one.get(name) for one in events]


def starts(plan: Draft, most: int) -> list[datetime]:
    """When the first occurrences of a series begin."""
    return [one.start for one in slots(plan, most)]
