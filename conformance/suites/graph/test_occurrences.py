"""Occurrences over Graph: changed, moved and called off one by one, and what changes of their series do to them."""

from __future__ import annotations

import pytest

from conformance.actor import graph_requests as ask
from conformance.actor.graph_recurrence import recurrence
from conformance.actor.graph_views import original_start
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.recurring import again, instances, members, nth, path_of, starts, times, view
from conformance.suites.graph.steps import call_meeting, in_calendar, patch
from conformance.suites.recurring import anchor, daily, moved, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import token

SCENARIO = "series"
_ROOF = {"location": {"displayName": "The roof"}}


def _places(events: list[object]) -> list[object]:
    return [one.get("displayName") if isinstance(one, dict) else None for one in events]


@case(
    "series.graph-exception",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-001", "GRAPH-OCC-002", "GRAPH-OCC-003", "GRAPH-OCC-004", "GRAPH-OCC-005"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_moved_occurrence_is_an_exception_that_the_series_tells_of(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    found = slots(plan, 5)
    later = moved(found[1], hours=3)
    answer = patch(organizer, nth(scene, master, 2), ask.times(later))
    scene.expect("GRAPH-OCC-001", "status and type", (answer.status, answer.members.get("type"))).equals(
        (200, "exception")
    )
    scene.expect("GRAPH-OCC-001", "its series", answer.members.get("seriesMasterId")).equals(master["id"])
    scene.expect("GRAPH-OCC-002", "originalStart", original_start(answer.members)).equals(found[1].start)
    shown = view(scene, "organizer0", window(plan, 5))
    scene.expect("GRAPH-OCC-003", "the times of all", times(shown)).equals([found[0], later, *found[2:]])
    scene.expect("GRAPH-OCC-003", "the types of all", members(shown, "type")).equals(
        ["occurrence", "exception", *["occurrence"] * 3]
    )
    expanded = organizer.get(f"{path_of(master)}?$expand=exceptionOccurrences").members
    told = [(one.get("type"), original_start(one)) for one in expanded.get("exceptionOccurrences") or ()]
    scene.expect("GRAPH-OCC-004", "exceptionOccurrences", told).equals([("exception", found[1].start)])
    plain = organizer.get(path_of(master)).members
    scene.expect("GRAPH-OCC-005", "exceptionOccurrences unasked", plain.get("exceptionOccurrences")).is_absent()


@case(
    "series.graph-call-off-one",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-006", "GRAPH-OCC-007", "GRAPH-OCC-008", "GRAPH-OCC-009"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_deleted_occurrence_is_told_by_its_day(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    found = slots(plan, 5)
    third = nth(scene, master, 3)
    answer = organizer.delete(path_of(third))
    scene.expect("GRAPH-OCC-006", "the status of DELETE", answer.status).equals(204)
    shown = times(view(scene, "organizer0", window(plan, 5)))
    scene.expect("GRAPH-OCC-006", "the occurrences left", shown).equals([*found[:2], *found[3:]])
    gone = organizer.get(path_of(third))
    scene.expect("GRAPH-OCC-007", "the deleted one", gone.refusal).equals((404, "ErrorItemNotFound"))
    chosen = organizer.get(f"{path_of(master)}?$select=cancelledOccurrences").members
    told = chosen.get("cancelledOccurrences")
    day = found[2].start.date().isoformat()
    scene.expect("GRAPH-OCC-008", "cancelledOccurrences", told).equals([f"OID.{master['id']}.{day}"])
    plain = organizer.get(path_of(master)).members
    scene.expect("GRAPH-OCC-009", "cancelledOccurrences unasked", plain.get("cancelledOccurrences")).is_absent()


@case(
    "series.graph-boundaries",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-010", "GRAPH-OCC-011"),
    pairings=GRAPH,
    needs=("series",),
)
def test_an_occurrence_is_not_moved_to_or_past_its_neighbours_day(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    found = slots(plan, 5)
    targets = {
        "the day of the next": moved(found[2], hours=3),
        "the day of the last": moved(found[0], hours=3),
        "past the next": moved(found[3], hours=3),
    }
    for what, target in targets.items():
        answer = patch(organizer, nth(scene, master, 2), ask.times(target))
        scene.expect("GRAPH-OCC-010", f"the refusal of a move to {what}", answer.refusal).equals(
            (400, "ErrorOccurrenceCrossingBoundary")
        )
    shown = instances(organizer, master, window(plan, 5))
    scene.expect("GRAPH-OCC-011", "the times afterwards", times(shown)).equals(found)
    scene.expect("GRAPH-OCC-011", "the types afterwards", members(shown, "type")).equals(["occurrence"] * 5)


@case(
    "series.graph-change-all",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-012", "GRAPH-OCC-013"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_change_of_the_series_reaches_all_but_what_has_its_own(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    patch(organizer, nth(scene, master, 2), _ROOF).succeed("PATCH of an occurrence")
    answer = patch(organizer, master, {"location": {"displayName": "The cellar"}})
    scene.expect("GRAPH-OCC-012", "the status of the series' change", answer.status).equals(200)
    places = _places(members(view(scene, "organizer0", window(plan, 5)), "location"))
    others = [place for number, place in enumerate(places) if number != 1]
    scene.expect("GRAPH-OCC-012", "the places of the others", others).equals(["The cellar"] * 4)
    scene.expect("GRAPH-OCC-013", "the place of the one with its own", places[1:2]).equals(["The roof"])


@case(
    "series.graph-cut-short",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-014",),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("how", ["numbered", "end-date"])
def test_a_series_can_be_cut_short(scene: Scene, how: str) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    until = None if how == "numbered" else starts(plan, 3)[-1].date()
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), count=None if until else 3, until=until)
    answer = patch(organizer, master, {"recurrence": recurrence(rule)})
    scene.expect("GRAPH-OCC-014", "the status of PATCH", answer.status).equals(200)
    shown = times(instances(organizer, master, window(plan, 5)))
    scene.expect("GRAPH-OCC-014", "the occurrences left", shown).equals(slots(plan, 3))


@case(
    "series.graph-new-pattern",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-015", "GRAPH-OCC-016"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_new_pattern_begins_anew(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    second, third = nth(scene, master, 2), nth(scene, master, 3)
    patch(organizer, second, _ROOF).succeed("PATCH of an occurrence")
    organizer.delete(path_of(third)).succeed("DELETE of an occurrence")
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), interval=2, count=3)
    answer = patch(organizer, master, {"recurrence": recurrence(rule)})
    scene.expect("GRAPH-OCC-015", "the status of PATCH", answer.status).equals(200)
    expected = slots(plan, 5)[::2]
    shown = view(scene, "organizer0", window(plan, 5))
    scene.expect("GRAPH-OCC-015", "the occurrences", times(shown)).equals(expected)
    told = set(_places(members(shown, "location")))
    scene.expect("GRAPH-OCC-016", "their places", told).equals({plan.location})
    chosen = organizer.get(f"{path_of(master)}?$select=cancelledOccurrences").members
    scene.expect("GRAPH-OCC-016", "cancelledOccurrences", chosen.get("cancelledOccurrences")).is_absent()


@case(
    "series.graph-delete-all",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-017",),
    pairings=GRAPH,
    needs=("series",),
)
def test_deleting_the_series_deletes_every_occurrence(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    patch(organizer, nth(scene, master, 2), _ROOF).succeed("PATCH of an occurrence")
    answer = organizer.delete(path_of(master))
    scene.expect("GRAPH-OCC-017", "the status of DELETE", answer.status).equals(204)
    shown = view(scene, "organizer0", window(plan, 5))
    scene.expect("GRAPH-OCC-017", "the calendarView", shown).is_absent()
    left = in_calendar(organizer, token(scene))
    scene.expect("GRAPH-OCC-017", "the list of events", left).is_absent()


@case(
    "series.graph-no-recurrence-of-its-own",
    scenario=SCENARIO,
    verifies=("GRAPH-OCC-018",),
    pairings=GRAPH,
    needs=("series",),
)
def test_an_occurrence_takes_no_recurrence(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    answer = patch(organizer, nth(scene, master, 2), {"recurrence": ask.event(plan)["recurrence"]})
    scene.expect("GRAPH-OCC-018", "the status of PATCH", answer.status).equals(400)
    kinds = members(view(scene, "organizer0", window(plan, 5)), "type")
    scene.expect("GRAPH-OCC-018", "the types afterwards", kinds).equals(["occurrence"] * 5)
    told = again(scene, master).get("type")
    scene.expect("GRAPH-OCC-018", "the series afterwards", told).equals("seriesMaster")
