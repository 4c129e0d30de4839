"""Series over Graph: every pattern and range as it was given, the days it stands for, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conformance.actor import graph_requests as ask
from conformance.actor.graph_recurrence import read_recurrence
from conformance.actor.recurrence import DAYS, Pattern, Recurrence, days_of, in_order
from conformance.actor.views import Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.recurring import between, instances, members, path_of, times, view
from conformance.suites.graph.steps import call_meeting, in_calendar, patch
from conformance.suites.recurring import RULES, anchor, daily, ended, series, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, token

SCENARIO = "series"


@case(
    "series.graph-pattern",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-001", "GRAPH-SER-002", "GRAPH-SER-004", "GRAPH-SER-005"),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("name", RULES)
def test_a_pattern_comes_back_and_stands_for_its_days(scene: Scene, name: str) -> None:
    rule = ended(RULES[name](anchor(scene)), "numbered")
    plan = series(scene, rule)
    master = call_meeting(scene, plan)
    scene.expect("GRAPH-SER-001", "type and seriesMasterId", (master.get("type"), master.get("seriesMasterId"))).equals(
        ("seriesMaster", None)
    )
    told = read_recurrence(master.get("recurrence"))
    scene.expect("GRAPH-SER-002", "the pattern", told and replace(told, start=rule.start, count=rule.count)).equals(
        rule
    )
    found = slots(plan)
    yearly = rule.pattern in {Pattern.ABSOLUTE_YEARLY, Pattern.RELATIVE_YEARLY}
    shown = times(instances(scene.graph("organizer0"), master, window(plan)))
    scene.expect("GRAPH-SER-004", "the instances", shown).equals(found)
    most = 2 if yearly else 3
    shown = times(view(scene, "organizer0", window(plan, most)))
    scene.expect("GRAPH-SER-005", "the calendarView", shown).equals(found[:most])


@case(
    "series.graph-range",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-003", "GRAPH-SER-006"),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("how", ["numbered", "end-date"])
def test_a_range_comes_back_and_ends_the_series(scene: Scene, how: str) -> None:
    rule = ended(RULES["daily"](anchor(scene)), how, 4)
    plan = series(scene, rule)
    master = call_meeting(scene, plan)
    told = read_recurrence(master.get("recurrence"))
    scene.expect("GRAPH-SER-003", "the range", told and (told.start, told.count, told.until)).equals(
        (rule.start, rule.count, rule.until)
    )
    year = replace(window(plan), end=slots(plan)[0].start + timedelta(days=365))
    shown = times(instances(scene.graph("organizer0"), master, year))
    scene.expect("GRAPH-SER-006", "the instances of a year", shown).equals(slots(plan, 4))


@case(
    "series.graph-endless",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-007", "GRAPH-SER-008"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_series_without_end_goes_on_and_tells_what_it_has_no_use_for_as_nothing(scene: Scene) -> None:
    plan = series(scene, ended(RULES["weekly"](anchor(scene)), "no-end"))
    master = call_meeting(scene, plan)
    told = master.get("recurrence") or {}
    extent, pattern = told.get("range") or {}, told.get("pattern") or {}
    scene.expect("GRAPH-SER-007", "the range's type", extent.get("type")).equals("noEnd")
    late = slots(plan, 60)[-2:]  # more than a year later
    span = Slot(late[0].start - timedelta(days=1), late[1].end)
    shown = times(instances(scene.graph("organizer0"), master, span))
    scene.expect("GRAPH-SER-007", "two late instances", shown).equals(late)
    unused = (extent.get("endDate"), extent.get("numberOfOccurrences"), pattern.get("dayOfMonth"), pattern.get("month"))
    scene.expect("GRAPH-SER-008", "end, number, day and month", unused).equals(("0001-01-01", 0, 0, 0))


@case(
    "series.graph-defaults",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-009", "GRAPH-SER-010", "GRAPH-SER-011"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_pattern_may_leave_things_open(scene: Scene) -> None:
    organizer, day = scene.graph("organizer0"), anchor(scene)
    monday = day - timedelta(days=day.weekday())
    weekly = Recurrence(pattern=Pattern.WEEKLY, start=monday, interval=2, days=("monday", "sunday"), count=3)
    plan = series(scene, weekly)
    master = call_meeting(scene, plan)
    told = read_recurrence(master.get("recurrence"))
    scene.expect("GRAPH-SER-009", "firstDayOfWeek", told and told.first_day).equals("sunday")
    shown = times(instances(organizer, master, window(plan)))
    scene.expect("GRAPH-SER-009", "the days of weeks from Sunday", shown).equals(slots(plan))
    two = in_order({DAYS[day.weekday()], DAYS[(day.weekday() + 1) % len(DAYS)]})
    monthly = Recurrence(pattern=Pattern.RELATIVE_MONTHLY, start=day, days=two)
    plan = series(scene, ended(monthly, "numbered"))
    master = call_meeting(scene, plan)
    told = read_recurrence(master.get("recurrence"))
    scene.expect("GRAPH-SER-010", "index", told and told.index).equals("first")
    shown = times(instances(organizer, master, window(plan)))
    scene.expect("GRAPH-SER-011", "the first fitting days of each month", shown).equals(slots(plan))


@case(
    "series.graph-first-day",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-012",),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_series_begins_on_a_day_of_its_pattern(scene: Scene) -> None:
    day = anchor(scene)
    next_day = DAYS[(day.weekday() + 1) % len(DAYS)]
    rule = Recurrence(pattern=Pattern.WEEKLY, start=day, days=(next_day,), count=2)
    plan = series(scene, rule, slot=slots(daily(scene, 1), 1)[0])
    answer = scene.graph("organizer0").post("me/events", ask.event(plan))
    if answer.status == 201:  # a server may also refuse a start that the pattern does not have
        told = times([answer.members])[0]
        scene.expect("GRAPH-SER-012", "the day of the series' start", told and told.start.date()).equals(
            days_of(rule, 1)[0]
        )
    else:
        scene.expect("GRAPH-SER-012", "the status of the refusal", answer.status).equals(400)


@case(
    "series.graph-instances",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-SER-013",
        "GRAPH-SER-014",
        "GRAPH-SER-015",
        "GRAPH-SER-016",
        "GRAPH-SER-017",
        "GRAPH-SER-018",
        "GRAPH-SER-019",
    ),
    pairings=GRAPH,
    needs=("series",),
)
def test_instances_are_occurrences_of_their_series(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    found = slots(plan, 5)
    shown = instances(organizer, master, window(plan, 5))
    scene.expect("GRAPH-SER-013", "their types", members(shown, "type")).equals(["occurrence"] * 5)
    scene.expect("GRAPH-SER-014", "their seriesMasterId", set(members(shown, "seriesMasterId"))).equals({master["id"]})
    scene.expect("GRAPH-SER-015", "their recurrence", members(shown, "recurrence")).equals([None] * 5)
    originals = [str(one)[:19] for one in members(shown, "originalStart")]
    scene.expect("GRAPH-SER-016", "their originalStart", originals).equals(
        [one.start.strftime("%Y-%m-%dT%H:%M:%S") for one in found]
    )
    ids = {*members(shown, "iCalUId"), master.get("iCalUId")}
    scene.expect("GRAPH-SER-017", "the iCalUIds of series and occurrences", ids).has_length(6)
    one = organizer.get(path_of(shown[1]))
    scene.expect("GRAPH-SER-018", "an occurrence by its id", times([one.members])).equals([found[1]])
    page = instances(organizer, master, Slot(found[1].start + timedelta(minutes=30), found[3].start))
    scene.expect("GRAPH-SER-019", "the instances that a window touches", times(page)).equals(found[1:3])


@case(
    "series.graph-instances-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-020",),
    pairings=GRAPH,
    needs=("series",),
)
def test_instances_need_both_ends_of_a_window(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    master = call_meeting(scene, plan)
    both = between(window(plan)).split("&")
    for query in ("", *both):
        status = organizer.get(f"{path_of(master)}/instances?{query}").status
        scene.expect("GRAPH-SER-020", f"the status with {query or 'no window'}", status).equals(400)


@case(
    "series.graph-listing",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-021",),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_listing_has_the_series_and_a_view_its_occurrences(scene: Scene) -> None:
    plan = daily(scene)
    call_meeting(scene, plan)
    listed = members(in_calendar(scene.graph("organizer0"), token(scene)), "type")
    scene.expect("GRAPH-SER-021", "the types in the list of events", listed).equals(["seriesMaster"])
    shown = members(view(scene, "organizer0", window(plan, 5)), "type")
    scene.expect("GRAPH-SER-021", "the types in the calendarView", shown).equals(["occurrence"] * 5)


_FIVE = {"type": "numbered", "numberOfOccurrences": 5}
_EVERY_DAY = {"type": "daily", "interval": 1}
# What is wrong with it, the pattern, and the range without its start, by requirement.
_WRONG: tuple[tuple[str, str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("GRAPH-SER-022", "a week without days", {"type": "weekly", "interval": 1}, _FIVE),
    ("GRAPH-SER-022", "a month without a day", {"type": "absoluteMonthly", "interval": 1}, _FIVE),
    ("GRAPH-SER-022", "a month without days of the week", {"type": "relativeMonthly", "interval": 1}, _FIVE),
    ("GRAPH-SER-022", "a year without a month", {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 1}, _FIVE),
    (
        "GRAPH-SER-022",
        "a relative year without a month",
        {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["monday"]},
        _FIVE,
    ),
    ("GRAPH-SER-023", "a numbered range without a number", _EVERY_DAY, {"type": "numbered"}),
    ("GRAPH-SER-023", "an endDate range without an end", _EVERY_DAY, {"type": "endDate"}),
    ("GRAPH-SER-024", "a number of nothing", _EVERY_DAY, {"type": "numbered", "numberOfOccurrences": 0}),
    ("GRAPH-SER-024", "a negative number", _EVERY_DAY, {"type": "numbered", "numberOfOccurrences": -1}),
    ("GRAPH-SER-025", "an interval of nothing", {"type": "daily", "interval": 0}, _FIVE),
    ("GRAPH-SER-026", "the thirty-second", {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 32}, _FIVE),
    (
        "GRAPH-SER-026",
        "the thirteenth month",
        {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 1, "month": 13},
        _FIVE,
    ),
    ("GRAPH-SER-027", "a month that a daily pattern ignores", {**_EVERY_DAY, "month": 13}, _FIVE),
)


@case(
    "series.graph-refused",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-SER-022",
        "GRAPH-SER-023",
        "GRAPH-SER-024",
        "GRAPH-SER-025",
        "GRAPH-SER-026",
        "GRAPH-SER-027",
        "GRAPH-SER-028",
    ),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_series_that_cannot_be_is_refused_and_leaves_nothing(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    plan = ask.event(draft(scene, required=(), slot=slots(daily(scene), 1)[0]))
    start = {"startDate": anchor(scene).isoformat()}
    for requirement, what, pattern, extent in _WRONG:
        body = plan | {"recurrence": {"pattern": pattern, "range": {**extent, **start}}}
        status = organizer.post("me/events", body).status
        scene.expect(requirement, f"the status for {what}", status).equals(400)
    left = in_calendar(organizer, token(scene))
    scene.expect("GRAPH-SER-028", "the calendar afterwards", left).is_absent()


@case(
    "series.graph-become-a-series",
    scenario=SCENARIO,
    verifies=("GRAPH-SER-029", "GRAPH-SER-030"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_single_event_becomes_a_series_and_a_series_a_single_event(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    single = call_meeting(scene, replace(plan, recurrence=None))
    made = patch(organizer, single, {"recurrence": ask.event(plan)["recurrence"]})
    scene.expect("GRAPH-SER-029", "status and type", (made.status, made.members.get("type"))).equals(
        (200, "seriesMaster")
    )
    shown = times(view(scene, "organizer0", window(plan, 5)))
    scene.expect("GRAPH-SER-029", "the occurrences", shown).equals(slots(plan, 5))
    back = patch(organizer, single, {"recurrence": None})
    told = (back.status, back.members.get("type"), back.members.get("recurrence"))
    scene.expect("GRAPH-SER-030", "status, type and recurrence", told).equals((200, "singleInstance", None))
    left = members(view(scene, "organizer0", window(plan, 5)), "type")
    scene.expect("GRAPH-SER-030", "the types in the calendarView", left).equals(["singleInstance"])
