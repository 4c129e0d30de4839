"""Time zones over Graph: series that keep their hours when clocks change, preferred zones, whole days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.actor import graph_requests as ask
from conformance.actor.graph_recurrence import recurrence
from conformance.actor.graph_views import original_start
from conformance.actor.times import WINDOWS_ZONES, local_time
from conformance.actor.views import Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.recurring import instances, members, path_of, starts, times, view
from conformance.suites.graph.steps import Resource, call_meeting, created, own_event, patch
from conformance.suites.recurring import (
    CHANGES,
    at_half_past_two,
    change_of_clocks,
    expect_every_day,
    expect_one_instant,
    midnights,
    moved,
    over_the_change,
    slots,
    window,
)
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, token

SCENARIO = "time-zones"
BERLIN = "W. Europe Standard Time"
ZONES = (BERLIN, "AUS Eastern Standard Time", "America/New_York", "Australia/Lord_Howe", "India Standard Time")
IN_TOKYO = ask.prefer_zone("Tokyo Standard Time")


def _clocks(events: list[Resource], end: str = "start") -> list[str]:
    """What the clock of the answer's zone shows."""
    return [str((one.get(end) or {}).get("dateTime"))[:19] for one in events]


def _zones(events: list[Resource], end: str = "start") -> set[str]:
    return {_zone((one.get(end) or {}).get("timeZone")) for one in events}


def _zone(name: object) -> str:
    """A zone by one of its names, Windows' or IANA's."""
    return WINDOWS_ZONES.get(str(name), str(name))


@case(
    "time-zones.graph-series",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-001", "GRAPH-TZ-002", "GRAPH-TZ-003", "GRAPH-TZ-004"),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("name", ZONES)
def test_a_series_keeps_the_hours_of_its_zone(scene: Scene, name: str) -> None:
    organizer, plan = scene.graph("organizer0"), over_the_change(scene, name)
    master = call_meeting(scene, plan)
    shown = instances(organizer, master, window(plan))
    scene.expect("GRAPH-TZ-001", f"the instances in {name}", times(shown)).equals(slots(plan))
    local = instances(organizer, master, window(plan), headers=ask.prefer_zone(name))
    scene.expect("GRAPH-TZ-002", "their hours by the preferred clock", [one[11:] for one in _clocks(local)]).equals(
        ["10:00:00"] * 3
    )
    scene.expect("GRAPH-TZ-002", "the zone of the answer", _zones(local)).equals({_zone(name)})
    extent = (master.get("recurrence") or {}).get("range") or {}
    scene.expect("GRAPH-TZ-003", "recurrenceTimeZone", _zone(extent.get("recurrenceTimeZone"))).equals(_zone(name))
    kept = {_zone(one.get(f"original{end}TimeZone")) for one in (master, *shown, *local) for end in ("Start", "End")}
    scene.expect("GRAPH-TZ-004", "the original zones of series and occurrences", kept).equals({_zone(name)})


@case(
    "time-zones.graph-other-zone-of-the-range",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-005",),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_series_may_have_the_hours_of_another_zone(scene: Scene) -> None:
    plan = over_the_change(scene, BERLIN)
    body = ask.event(plan)
    body |= ask.times(plan.slot)  # the same instants, told in UTC
    body["recurrence"]["range"]["recurrenceTimeZone"] = BERLIN
    master = created(scene.graph("organizer0").post("me/events", body))
    shown = instances(scene.graph("organizer0"), master, window(plan))
    scene.expect("GRAPH-TZ-005", "the instances by the zone of the range", times(shown)).equals(slots(plan))


@case(
    "time-zones.graph-original-start",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-006", "GRAPH-TZ-007", "GRAPH-TZ-008"),
    pairings=GRAPH,
    needs=("series",),
)
def test_an_exception_keeps_its_original_start_in_utc(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    plan = over_the_change(scene, BERLIN, required=(address(scene, "attendee0"),))
    master = call_meeting(scene, plan)
    expected = slots(plan)
    shown = instances(organizer, master, window(plan), headers=IN_TOKYO)
    told = [str(one.get("originalStart")) for one in shown]
    scene.expect("GRAPH-TZ-006", "originalStart in Tokyo's view", [one[:19] for one in told]).equals(
        [local_time(one) for one in starts(plan, 3)]
    )
    later = moved(expected[1], days=1, hours=2)
    answer = patch(organizer, shown[1], ask.times(later, "Pacific Standard Time"))
    scene.expect("GRAPH-TZ-007", "the exception's time", times([answer.members])).equals([later])
    scene.expect("GRAPH-TZ-007", "its originalStart", original_start(answer.members)).equals(expected[1].start)
    wanted = [expected[0], later, expected[2]]
    scene.eventually(lambda: times(view(scene, "attendee0", window(plan))) == wanted, "the new time")
    theirs = view(scene, "attendee0", window(plan), IN_TOKYO)
    scene.expect("GRAPH-TZ-008", "the attendee's occurrences by Tokyo's clock", _clocks(theirs)).equals(
        [local_time(one.start, "Tokyo Standard Time") for one in wanted]
    )


@case(
    "time-zones.graph-whole-days",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-009", "GRAPH-TZ-010"),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("name", [BERLIN, "Australia/Sydney"])
def test_whole_days_go_from_midnight_to_midnight(scene: Scene, name: str) -> None:
    organizer = scene.graph("organizer0")
    rule, expected = midnights(scene, name)
    plan = ask.event(draft(scene, required=()))
    body = plan | ask.times(expected[0], name) | {"isAllDay": True, "recurrence": recurrence(rule)}
    master = created(organizer.post("me/events", body))
    span = Slot(expected[0].start - timedelta(days=1), expected[-1].end)
    shown = instances(organizer, master, span, headers=ask.prefer_zone(name))
    days = [local_time(one.start, name) for one in expected]
    scene.expect("GRAPH-TZ-009", "the starts of the whole days", _clocks(shown)).equals(days)
    ends = [local_time(one.end, name) for one in expected]
    scene.expect("GRAPH-TZ-009", "the ends of the whole days", _clocks(shown, "end")).equals(ends)
    scene.expect("GRAPH-TZ-010", "isAllDay of each", members(shown, "isAllDay")).equals([True] * 3)


@case(
    "time-zones.graph-schedule",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-011",),
    pairings=GRAPH,
    needs=("series", "availability", "quiet-mailboxes"),
)
def test_busy_times_follow_the_zone_of_their_series(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), over_the_change(scene, BERLIN)
    call_meeting(scene, plan)
    found = slots(plan)
    span = Slot(found[0].start - timedelta(hours=1), found[-1].end + timedelta(hours=1))
    body = ask.schedule_question((address(scene, "organizer0"),), span, 60)
    answer = organizer.post("me/calendar/getSchedule", body).succeed("getSchedule")
    items = answer.at("value", 0, "scheduleItems") or []
    scene.expect("GRAPH-TZ-011", "the busy times", times(items)).has_members(found)


@case(
    "time-zones.graph-changing-hour",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-014",),
    pairings=GRAPH,
)
@pytest.mark.parametrize("change", CHANGES)
def test_an_hour_that_is_not_there_or_comes_twice_means_one_instant(scene: Scene, change: str) -> None:
    day = change_of_clocks(BERLIN, scene.date, change)
    local = {end: {"dateTime": f"{day}T0{hour}:30:00", "timeZone": BERLIN} for end, hour in (("start", 2), ("end", 4))}
    answer = scene.graph("organizer0").post("me/events", ask.event(draft(scene)) | local)
    if change == "skipped" and answer.status != 201:
        scene.expect("GRAPH-TZ-014", "the status for an hour that is not there", answer.status).equals(400)
        return
    both = [created(answer), own_event(scene, "attendee0")]
    expect_one_instant(scene, "GRAPH-TZ-014", change, BERLIN, times(both))


@case(
    "time-zones.graph-changing-hour-daily",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-015",),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("change", CHANGES)
def test_no_day_of_a_series_is_lost_to_its_clock(scene: Scene, change: str) -> None:
    day = change_of_clocks(BERLIN, scene.date, change)
    plan = at_half_past_two(scene, day, BERLIN)
    shown = times(instances(scene.graph("organizer0"), call_meeting(scene, plan), window(plan)))
    expect_every_day(scene, "GRAPH-TZ-015", change, plan, shown)


@case(
    "time-zones.graph-unknown",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-012",),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_range_in_a_zone_that_nobody_knows_is_refused(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), over_the_change(scene, BERLIN)
    body = ask.event(plan)
    body["recurrence"]["range"]["recurrenceTimeZone"] = "Middle of Nowhere Standard Time"
    status = organizer.post("me/events", body).status
    scene.expect("GRAPH-TZ-012", "the status", status).equals(400)
    left = organizer.named("me/calendar/events", token(scene))
    scene.expect("GRAPH-TZ-012", "the calendar afterwards", left).is_absent()


@case(
    "time-zones.graph-moved-in-another-zone",
    scenario=SCENARIO,
    verifies=("GRAPH-TZ-013",),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_series_follows_the_hours_of_its_new_zone(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), over_the_change(scene, BERLIN)
    master = call_meeting(scene, plan)
    body = ask.times(plan.slot, "India Standard Time")
    told = recurrence(plan.recurrence) if plan.recurrence else {}
    told["range"]["recurrenceTimeZone"] = "India Standard Time"
    organizer.patch(path_of(master), body | {"recurrence": told}).succeed("PATCH of the zone")
    shown = times(instances(organizer, master, window(plan)))
    same = [moved(plan.slot, days=7 * number) for number in range(3)]
    scene.expect("GRAPH-TZ-013", "the instances by the clock of India", shown).equals(same)
