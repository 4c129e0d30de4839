"""Time zones over EWS: series that keep their hours when clocks change, zones described by rules, whole days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes, Draft
from conformance.actor.ews_recurrence import zones
from conformance.actor.ews_views import moment, slot
from conformance.actor.recurrence import DAYS, Pattern, Recurrence, days_of
from conformance.actor.times import instant, local_time, zone
from conformance.actor.views import Slot
from conformance.actor.xml import Markup, Node, several, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.recurring import calendar, called, fresh, nth, read_all, seen, texts, times
from conformance.suites.recurring import (
    CHANGES,
    at_half_past_two,
    at_hour,
    change_of_clocks,
    expect_every_day,
    expect_one_instant,
    hour_of,
    midnights,
    moved,
    over_the_change,
    series,
    slots,
    window,
)
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    first_listed,
    id_of,
    is_refusal,
    names_in,
    read_item,
    token,
    written,
)

SCENARIO = "time-zones"
BERLIN = "W. Europe Standard Time"
ZONES = (
    BERLIN,
    "Eastern Standard Time",
    "AUS Eastern Standard Time",
    "Lord Howe Standard Time",
    "India Standard Time",
)


def _context(name: str) -> Markup:
    return t("TimeZoneContext", t("TimeZoneDefinition", Id=name))


@case(
    "time-zones.ews-series",
    scenario=SCENARIO,
    verifies=("EWS-TZ-001", "EWS-TZ-002"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("name", ZONES)
def test_a_series_keeps_the_hours_of_its_zone(scene: Scene, name: str) -> None:
    plan = over_the_change(scene, name)
    called(scene, plan)
    shown = calendar(scene, "organizer0", window(plan))
    scene.expect("EWS-TZ-001", f"the occurrences in {name}", times(shown)).equals(slots(plan))
    clocks = [item.text("t:StartWallClock") or "" for item in read_all(scene.ews("organizer0"), shown)]
    scene.expect("EWS-TZ-002", "their hours by StartWallClock", [one[11:19] for one in clocks]).equals(["10:00:00"] * 3)
    instants = [instant(one) for one in clocks if one]
    scene.expect("EWS-TZ-002", "the instants of StartWallClock", instants).equals([one.start for one in slots(plan)])


@case(
    "time-zones.ews-context",
    scenario=SCENARIO,
    verifies=("EWS-TZ-003",),
    pairings=EWS,
    needs=("series",),
)
def test_times_carry_the_offset_of_their_day_in_the_zone_asked_for(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), over_the_change(scene, BERLIN)
    master = called(scene, plan)
    told = []
    for number in (1, 2):
        named = id_of(nth(organizer, master, number))
        told.append(organizer.call(ask.get_item(named), headers=_context(BERLIN)).text("t:Start") or "")
    expected = [one.start.astimezone(zone(BERLIN)).isoformat() for one in slots(plan)[:2]]
    scene.expect("EWS-TZ-003", "Start before and after the change", told).equals(expected)


# A zone of nobody's: three and a half hours ahead of UTC, and four and a half from April to September.
_CUSTOM = several(
    t(
        "Periods",
        t("Period", Bias="-PT3H30M", Name="Standard", Id="std"),
        t("Period", Bias="-PT4H30M", Name="Daylight", Id="dlt"),
    ),
    t(
        "TransitionsGroups",
        t(
            "TransitionsGroup",
            t(
                "RecurringDateTransition",
                t("To", "dlt", Kind="Period"),
                t("TimeOffset", "PT2H"),
                t("Month", "4"),
                t("Day", "1"),
            ),
            t(
                "RecurringDateTransition",
                t("To", "std", Kind="Period"),
                t("TimeOffset", "PT3H"),
                t("Month", "10"),
                t("Day", "1"),
            ),
            Id="0",
        ),
    ),
    t("Transitions", t("Transition", t("To", "0", Kind="Group"))),
)
_NAME = "A zone of the suite"


def _custom(scene: Scene) -> tuple[Draft, list[Slot]]:
    """A weekly series over the first of April, and when it takes place by the rules above."""
    year = scene.date.year + (scene.date > date(scene.date.year, 3, 1))
    first = date(year, 4, 1) - timedelta(days=4)
    rule = Recurrence(pattern=Pattern.WEEKLY, start=first, days=(DAYS[first.weekday()],), first_day="monday", count=3)
    plan = series(scene, rule)
    offsets = [timedelta(hours=3, minutes=30), timedelta(hours=4, minutes=30)]
    expected = []
    for day in days_of(rule, 3):
        start = at_hour(day) - offsets[day >= date(year, 4, 1)]
        expected.append(Slot(start, start + timedelta(hours=1)))
    return plan, expected


@case(
    "time-zones.ews-custom",
    scenario=SCENARIO,
    verifies=("EWS-TZ-004", "EWS-TZ-005"),
    pairings=EWS,
    needs=("series", "custom-time-zones"),
)
def test_a_zone_may_be_described_by_its_rules(scene: Scene) -> None:
    organizer, (plan, expected) = scene.ews("organizer0"), _custom(scene)
    described = several(*(t(f"{end}TimeZone", _CUSTOM, Id=_NAME, Name=_NAME) for end in ("Start", "End")))
    local = several(*(t(name, local_time(when)) for name, when in zip(("Start", "End"), _ends(plan.slot), strict=True)))
    item = ask.calendar_item(plan, times=local, more=described)
    master = written(organizer.call(ask.create_item(item, invitations="SendToNone")))
    span = Slot(expected[0].start - timedelta(days=1), expected[-1].end)
    shown = times(calendar(scene, "organizer0", span))
    scene.expect("EWS-TZ-004", "the occurrences by the zone's own rules", shown).equals(expected)
    told = fresh(organizer, master).one("t:StartTimeZone")
    biases = [one.text("@Bias") for one in told.all("t:Periods/t:Period")] if told else []
    lengths = sorted(_minutes(bias) for bias in biases)
    scene.expect("EWS-TZ-005", "the id of StartTimeZone", told and told.text("@Id")).equals(_NAME)
    scene.expect("EWS-TZ-005", "the biases of its periods, in minutes", sorted(set(lengths))).equals([-270, -210])


def _ends(span: Slot) -> tuple[datetime, datetime]:
    return span.start, span.end


def _minutes(bias: str | None) -> int:
    sign, _, rest = (bias or "PT0M").rpartition("PT")
    hours, _, minutes = rest.rpartition("H")
    seconds = minutes.removesuffix("M").partition(".")[0].removesuffix("S")
    total = int(hours or 0) * 60 + int(seconds or 0)
    return -total if sign == "-" else total


_SWITCH = (("Standard", "PT0M", "October", "03:00:00"), ("Daylight", "-PT60M", "March", "02:00:00"))


@case(
    "time-zones.ews-2007",
    scenario=SCENARIO,
    verifies=("EWS-TZ-006",),
    pairings=EWS,
    needs=("series",),
)
def test_a_series_of_2007_keeps_the_hours_of_its_meeting_zone(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), over_the_change(scene, BERLIN)
    changes = (
        t(
            name,
            t("Offset", offset),
            t(
                "RelativeYearlyRecurrence",
                t("DaysOfWeek", "Sunday"),
                t("DayOfWeekIndex", "Last"),
                t("Month", month),
            ),
            t("Time", hour),
        )
        for name, offset, month, hour in _SWITCH
    )
    described = t("MeetingTimeZone", t("BaseOffset", "-PT60M"), several(*changes), TimeZoneName="The suite's")
    rule = plan.recurrence and replace(plan.recurrence, first_day="")
    item = ask.calendar_item(replace(plan, recurrence=rule), more=described)
    item = Markup(item.replace("<t:AllowNewTimeProposal>true</t:AllowNewTimeProposal>", ""))
    made = organizer.call(ask.create_item(item, invitations="SendToNone"), version="Exchange2007_SP1")
    written(made)
    shown = times(seen(organizer, window(plan), token(scene), version="Exchange2007_SP1"))
    scene.expect("EWS-TZ-006", "the occurrences", shown).equals(slots(plan))


def _whole_days(scene: Scene, rule: Recurrence | None, name: str, first: Slot) -> Markup:
    plan = draft(scene, required=(), recurrence=rule, slot=first)
    ends = several(t("Start", first.start.isoformat()), t("End", first.end.isoformat()), t("IsAllDayEvent", "true"))
    return ask.create_item(ask.calendar_item(plan, times=ends, more=zones(name)), invitations="SendToNone")


@case(
    "time-zones.ews-whole-days",
    scenario=SCENARIO,
    verifies=("EWS-TZ-007", "EWS-TZ-008"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("name", [BERLIN, "AUS Eastern Standard Time"])
def test_whole_days_go_from_midnight_to_midnight(scene: Scene, name: str) -> None:
    organizer = scene.ews("organizer0")
    rule, expected = midnights(scene, name)
    written(organizer.call(_whole_days(scene, rule, name, expected[0])))
    span = Slot(expected[0].start - timedelta(days=1), expected[-1].end + timedelta(hours=1))
    shown = calendar(scene, "organizer0", span, ("calendar:IsAllDayEvent",))
    scene.expect("EWS-TZ-007", "the whole days", times(shown)).equals(expected)
    scene.expect("EWS-TZ-008", "IsAllDayEvent of each", texts(shown, "t:IsAllDayEvent")).equals(["true"] * 3)


@case(
    "time-zones.ews-changing-hour",
    scenario=SCENARIO,
    verifies=("EWS-TZ-015",),
    pairings=EWS,
)
@pytest.mark.parametrize("change", CHANGES)
def test_an_hour_that_is_not_there_or_comes_twice_means_one_instant(scene: Scene, change: str) -> None:
    day = change_of_clocks(BERLIN, scene.date, change)
    local = several(t("Start", f"{day}T02:30:00"), t("End", f"{day}T04:30:00"))
    item = ask.calendar_item(draft(scene), times=local, more=zones(BERLIN))
    answer = scene.ews("organizer0").call(ask.create_item(item, invitations=ask.SEND_TO_ALL))
    if answer.code != "NoError" and change == "skipped":
        scene.expect("EWS-TZ-015", "the code for an hour that is not there", answer.code).is_present()
        return
    written(answer)
    first_listed(scene, scene.ews("attendee0"), "inbox", "MeetingRequest")
    span = Slot(at_hour(day, 0), at_hour(day, 6))
    shown = [one for who in ("organizer0", "attendee0") for one in times(calendar(scene, who, span))]
    expect_one_instant(scene, "EWS-TZ-015", change, BERLIN, shown)


@case(
    "time-zones.ews-changing-hour-daily",
    scenario=SCENARIO,
    verifies=("EWS-TZ-016",),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("change", CHANGES)
def test_no_day_of_a_series_is_lost_to_its_clock(scene: Scene, change: str) -> None:
    day = change_of_clocks(BERLIN, scene.date, change)
    plan = at_half_past_two(scene, day, BERLIN)
    called(scene, plan)
    shown = times(calendar(scene, "organizer0", window(plan)))
    expect_every_day(scene, "EWS-TZ-016", change, plan, shown)


@case(
    "time-zones.ews-unknown",
    scenario=SCENARIO,
    verifies=("EWS-TZ-009",),
    pairings=EWS,
)
def test_a_zone_that_nobody_knows_is_refused(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    nowhere = replace(draft(scene, required=()), zone="UTC")
    item = ask.calendar_item(nowhere, more=zones("Middle of Nowhere Standard Time"))
    answer = organizer.call(ask.create_item(item, invitations="SendToNone"))
    scene.expect("EWS-TZ-009", "the code", answer.code).holds(is_refusal, "a refusal")
    left = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-TZ-009", "the calendar afterwards", left).is_absent()


@case(
    "time-zones.ews-exception",
    scenario=SCENARIO,
    verifies=("EWS-TZ-010", "EWS-TZ-011"),
    pairings=EWS,
    needs=("series",),
)
def test_an_occurrence_moved_over_the_change_keeps_its_original_start(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plan = over_the_change(scene, BERLIN, required=(address(scene, "attendee0"),))
    master = called(scene, plan)
    found = slots(plan)
    later = moved(found[1], days=1, hours=2)
    update = ask.update_item(id_of(nth(organizer, master, 2)), *ask.updates_of(Changes(slot=later)))
    organizer.call(update).succeed("UpdateItem of an occurrence")
    entries = fresh(organizer, master).all("t:ModifiedOccurrences/t:Occurrence")
    told = [(slot(one, "t:Start", "t:End"), moment(one, "t:OriginalStart")) for one in entries]
    scene.expect("EWS-TZ-010", "ModifiedOccurrences", told).equals([(later, found[1].start)])
    wanted = [found[0], later, found[2]]
    scene.eventually(lambda: times(calendar(scene, "attendee0", window(plan))) == wanted, "the new time")
    shown = times(calendar(scene, "attendee0", window(plan)))
    scene.expect("EWS-TZ-011", "the attendee's occurrences", shown).equals(wanted)


@case(
    "time-zones.ews-availability",
    scenario=SCENARIO,
    verifies=("EWS-TZ-012",),
    pairings=EWS,
    needs=("series", "availability", "quiet-mailboxes"),
)
def test_busy_times_follow_the_zone_of_their_series(scene: Scene) -> None:
    plan = over_the_change(scene, BERLIN)
    called(scene, plan)
    found = slots(plan)
    question = ask.availability(
        (address(scene, "organizer0"),),
        found[0].start.strftime("%Y-%m-%dT00:00:00"),
        (found[-1].start + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00"),
    )
    answer = scene.ews("organizer0").call(question)
    events: tuple[Node, ...] = answer.body.anywhere("t:CalendarEvent") if answer.body else ()
    busy = [slot(one, "t:StartTime", "t:EndTime") for one in events]
    scene.expect("EWS-TZ-012", "the busy times", busy).has_members(found)


@case(
    "time-zones.ews-recurring-text",
    scenario=SCENARIO,
    verifies=("EWS-TZ-013", "EWS-TZ-014"),
    pairings=EWS,
    needs=("series",),
)
def test_a_series_tells_its_zones(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    rule = Recurrence(pattern=Pattern.DAILY, start=scene.date, count=3)
    plan = series(scene, rule, slot=hour_of(scene.date, name="Tokyo Standard Time"), zone="Tokyo Standard Time")
    item = ask.calendar_item(replace(plan, zone="UTC"), more=zones("Tokyo Standard Time", BERLIN))
    master = written(organizer.call(ask.create_item(item, invitations="SendToNone")))
    told = read_item(organizer, master)
    ends = [told.text(f"t:{end}TimeZone/@Id") for end in ("Start", "End")]
    scene.expect("EWS-TZ-013", "the zones of the series", ends).equals(["Tokyo Standard Time", BERLIN])
    one = nth(organizer, master, 2)
    ends = [one.text(f"t:{end}TimeZoneId") for end in ("Start", "End")]
    scene.expect("EWS-TZ-014", "the zones of an occurrence", ends).equals(["Tokyo Standard Time", BERLIN])
