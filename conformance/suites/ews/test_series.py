"""Series over EWS: every pattern and range as it was given, the days it stands for, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes, Draft
from conformance.actor.ews_recurrence import master_id, occurrence_id, read_recurrence
from conformance.actor.ews_views import moment, slot
from conformance.actor.recurrence import Pattern, Recurrence, days_of
from conformance.actor.times import xml_time
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, several, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.recurring import calendar, called, nth, seen, spoken, texts, times
from conformance.suites.recurring import KINDS_OF_DAYS, RULES, anchor, daily, ended, hour_of, series, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, id_of, is_refusal, listed, names_in, read_item, token, written

SCENARIO = "series"
PATTERNS = {**RULES, **KINDS_OF_DAYS}


@case(
    "series.ews-pattern",
    scenario=SCENARIO,
    verifies=("EWS-SER-001", "EWS-SER-002", "EWS-SER-008"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_comes_back_and_stands_for_its_days(scene: Scene, name: str) -> None:
    rule = ended(PATTERNS[name](anchor(scene)), "numbered")
    plan = spoken(scene, series(scene, rule))
    item = read_item(scene.ews("organizer0"), called(scene, plan))
    scene.expect("EWS-SER-001", "CalendarItemType", item.text("t:CalendarItemType")).equals("RecurringMaster")
    told = read_recurrence(item.one("t:Recurrence"))
    kept = told and plan.recurrence and replace(told, start=rule.start, count=rule.count)
    if told and not scene.speaks("Exchange2010"):
        kept = replace(kept or rule, first_day="")
    scene.expect("EWS-SER-002", "the pattern", kept).equals(plan.recurrence)
    most = 2 if rule.pattern in {Pattern.ABSOLUTE_YEARLY, Pattern.RELATIVE_YEARLY} else 3  # a view spans two years
    shown = times(calendar(scene, "organizer0", window(plan, most)))
    scene.expect("EWS-SER-008", f"the first {most} occurrences", shown).equals(slots(plan, most))


@case(
    "series.ews-range",
    scenario=SCENARIO,
    verifies=("EWS-SER-003", "EWS-SER-004", "EWS-SER-005"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("how", ["numbered", "end-date"])
def test_a_range_comes_back_with_its_first_and_last_occurrence(scene: Scene, how: str) -> None:
    rule = ended(RULES["daily"](anchor(scene)), how, 4)
    plan = series(scene, rule)
    item = read_item(scene.ews("organizer0"), called(scene, plan))
    told = read_recurrence(item.one("t:Recurrence"))
    extent = told and (told.start, told.count, told.until)
    scene.expect("EWS-SER-003", "start, number and end of the range", extent).equals(
        (rule.start, rule.count, rule.until)
    )
    found = slots(plan, 4)
    ends = {"EWS-SER-004": ("t:FirstOccurrence", found[0]), "EWS-SER-005": ("t:LastOccurrence", found[-1])}
    for requirement, (name, expected) in ends.items():
        node = item.one(name)
        scene.expect(requirement, f"{name[2:]}, its times", node and slot(node, "t:Start", "t:End")).equals(expected)
        original = node and moment(node, "t:OriginalStart")
        scene.expect(requirement, f"{name[2:]}, its original start", original).equals(expected.start)
        scene.expect(requirement, f"{name[2:]}, its id", node and node.text("t:ItemId/@Id")).is_present()
    shown = times(calendar(scene, "organizer0", window(plan, 4)))
    scene.expect("EWS-SER-003", "all occurrences", shown).equals(found)


@case(
    "series.ews-endless",
    scenario=SCENARIO,
    verifies=("EWS-SER-006", "EWS-SER-007"),
    pairings=EWS,
    needs=("series",),
)
def test_a_series_without_end_goes_on(scene: Scene) -> None:
    plan = series(scene, ended(RULES["weekly"](anchor(scene)), "no-end"))
    plan = spoken(scene, plan)
    item = read_item(scene.ews("organizer0"), called(scene, plan))
    told = read_recurrence(item.one("t:Recurrence"))
    scene.expect("EWS-SER-006", "number and end of the range", told and (told.count, told.until)).equals((None, None))
    scene.expect("EWS-SER-007", "LastOccurrence", item.one("t:LastOccurrence")).is_absent()
    late = slots(plan, 60)[-2:]  # more than a year later
    span = replace(window(plan), start=late[0].start - timedelta(days=1), end=late[1].end)
    scene.expect("EWS-SER-006", "two late occurrences", times(calendar(scene, "organizer0", span))).equals(late)


@case(
    "series.ews-occurrence-ids",
    scenario=SCENARIO,
    verifies=(
        "EWS-SER-009",
        "EWS-SER-010",
        "EWS-SER-011",
        "EWS-SER-012",
        "EWS-SER-013",
        "EWS-SER-014",
        "EWS-SER-016",
        "EWS-SER-029",
    ),
    pairings=EWS,
    needs=("series",),
)
def test_occurrences_are_found_by_their_numbers_and_lead_to_their_series(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    found = slots(plan, 5)
    for number in (1, 3, 5):
        item = nth(organizer, master, number)
        scene.expect("EWS-SER-009", f"Start and End of number {number}", slot(item, "t:Start", "t:End")).equals(
            found[number - 1]
        )
        scene.expect("EWS-SER-010", "CalendarItemType", item.text("t:CalendarItemType")).equals("Occurrence")
        scene.expect("EWS-SER-011", "OriginalStart", moment(item, "t:OriginalStart")).equals(found[number - 1].start)
        scene.expect("EWS-SER-012", "RecurrenceId", moment(item, "t:RecurrenceId")).equals(found[number - 1].start)
        scene.expect("EWS-SER-029", "IsRecurring", item.text("t:IsRecurring")).equals("true")
        scene.expect("EWS-SER-013", "Recurrence of an occurrence", item.one("t:Recurrence")).is_absent()
    for number in (0, 6):
        code = organizer.call(ask.get_item(occurrence_id(MeetingRef(master.id), number))).code
        scene.expect("EWS-SER-014", f"the code for number {number}", code).equals(
            "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"
        )
    answer = organizer.call(ask.get_item(master_id(MeetingRef(id_of(item).id))))
    scene.expect("EWS-SER-016", "the id of the series", answer.text("t:ItemId/@Id")).equals(master.id)
    scene.expect("EWS-SER-016", "its CalendarItemType", answer.text("t:CalendarItemType")).equals("RecurringMaster")


@case(
    "series.ews-recurring",
    scenario=SCENARIO,
    verifies=("EWS-SER-030",),
    pairings=EWS,
    needs=("series",),
)
def test_what_does_not_recur_says_so(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    called(scene, daily(scene))
    single = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    told = read_item(organizer, single).text("t:IsRecurring")
    scene.expect("EWS-SER-030", "IsRecurring of a single item", told).equals("false")


@case(
    "series.ews-wrong-ids",
    scenario=SCENARIO,
    verifies=("EWS-SER-017", "EWS-SER-018"),
    pairings=EWS,
    needs=("series",),
)
def test_ids_of_the_wrong_kind_lead_nowhere(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    master = MeetingRef(called(scene, daily(scene)).id)
    single = MeetingRef(written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone"))).id)
    occurrence = MeetingRef(id_of(nth(organizer, master, 2)).id)
    acts: dict[str, Callable[[Markup], Markup]] = {
        "get": ask.get_item,
        "update": lambda named: ask.update_item(named, *ask.updates_of(Changes(location="Elsewhere"))),
        "delete": lambda named: ask.delete_item(named, cancellations="SendToNone"),
    }
    for name, act in acts.items():
        for what, one in (("a series", master), ("a single item", single)):
            code = organizer.call(act(master_id(one))).code
            scene.expect("EWS-SER-017", f"{name}: the code for the series of {what}", code).equals(
                "ErrorCalendarCannotUseIdForRecurringMasterId"
            )
        for what, one in (("an occurrence", occurrence), ("a single item", single)):
            code = organizer.call(act(occurrence_id(one, 1))).code
            scene.expect("EWS-SER-018", f"{name}: the code for occurrences of {what}", code).equals(
                "ErrorCalendarCannotUseIdForOccurrenceId"
            )


@case(
    "series.ews-views",
    scenario=SCENARIO,
    verifies=("EWS-SER-019", "EWS-SER-020", "EWS-SER-021"),
    pairings=EWS,
    needs=("series",),
)
def test_a_calendar_view_shows_occurrences_and_a_plain_one_the_series(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    shown = calendar(scene, "organizer0", window(plan, 5))
    scene.expect("EWS-SER-019", "the kinds of a CalendarView", texts(shown, "t:CalendarItemType")).equals(
        ["Occurrence"] * 5
    )
    plain = listed(organizer, "calendar", token(scene), ("calendar:CalendarItemType",))
    scene.expect("EWS-SER-020", "the kinds of a plain view", texts(plain, "t:CalendarItemType")).equals(
        ["RecurringMaster"]
    )
    scene.expect("EWS-SER-020", "the id in a plain view", [id_of(one).id for one in plain]).equals([master.id])
    found = slots(plan, 5)
    part = replace(window(plan), start=found[1].start + timedelta(minutes=30), end=found[3].start)
    scene.expect("EWS-SER-021", "a view from amid the second", times(calendar(scene, "organizer0", part))).equals(
        found[1:3]
    )


def _raw(plan: Draft, pattern: Markup, extent: Markup) -> Markup:
    """A series of nobody else's with a Recurrence of one's own making."""
    alone = replace(plan, recurrence=None)
    return ask.create_item(ask.calendar_item(alone, more=t("Recurrence", pattern, extent)), invitations="SendToNone")


_DAILY = t("DailyRecurrence", t("Interval", "1"))


@case(
    "series.ews-refused",
    scenario=SCENARIO,
    verifies=("EWS-SER-022", "EWS-SER-023", "EWS-SER-024", "EWS-SER-025"),
    pairings=EWS,
    needs=("series",),
)
def test_a_series_that_cannot_be_is_refused_and_leaves_nothing(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    day = anchor(scene)
    start = t("StartDate", day.isoformat())
    until = t("EndDateRecurrence", start, t("EndDate", (day + timedelta(days=1)).isoformat()))
    tomorrow = (day + timedelta(days=2)).strftime("%A")
    weekly = t("WeeklyRecurrence", t("Interval", "1"), t("DaysOfWeek", tomorrow))
    code = organizer.call(_raw(plan, weekly, until)).code
    scene.expect("EWS-SER-022", "the code for a range without an occurrence", code).equals(
        "ErrorRecurrenceHasNoOccurrence"
    )
    late = t("EndDateRecurrence", start, t("EndDate", "4500-09-02"))
    code = organizer.call(_raw(plan, _DAILY, late)).code
    scene.expect("EWS-SER-023", "the code for an end in 4500", code).equals("ErrorRecurrenceEndDateTooBig")
    long = replace(plan, slot=replace(plan.slot, end=plan.slot.start + timedelta(days=2)))
    code = organizer.call(ask.create_meeting(long, "SendToNone")).code
    scene.expect("EWS-SER-024", "the code for occurrences that overlap", code).equals("ErrorOccurrenceTimeSpanTooBig")
    never = t("DailyRecurrence", t("Interval", "0"))
    code = organizer.call(_raw(plan, never, until)).code
    scene.expect("EWS-SER-025", "the code for an interval of nothing", code).holds(is_refusal, "a refusal")
    left = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-SER-025", "the calendar afterwards", left).is_absent()


@case(
    "series.ews-weekly-kinds",
    scenario=SCENARIO,
    verifies=("EWS-SER-026",),
    pairings=EWS,
    needs=("series",),
)
def test_a_weekly_pattern_takes_no_kinds_of_days(scene: Scene) -> None:
    extent = t("NoEndRecurrence", t("StartDate", anchor(scene).isoformat()))
    for kind in ("Day", "Weekday", "WeekendDay"):
        weekly = t("WeeklyRecurrence", t("Interval", "1"), t("DaysOfWeek", kind))
        code = scene.ews("organizer0").call(_raw(daily(scene), weekly, extent)).code
        scene.expect("EWS-SER-026", f"the code for {kind} in a week", code).equals(
            "ErrorCalendarInvalidDayForWeeklyRecurrence"
        )


@case(
    "series.ews-first-day-of-the-week",
    scenario=SCENARIO,
    verifies=("EWS-SER-027", "EWS-SER-028"),
    pairings=EWS,
    needs=("series",),
)
def test_the_first_day_of_the_week_came_with_2010(scene: Scene) -> None:
    organizer, day = scene.ews("organizer0"), anchor(scene)
    monday = day - timedelta(days=day.weekday())
    rules = {
        first: Recurrence(
            pattern=Pattern.WEEKLY, start=monday, interval=2, days=("monday", "sunday"), first_day=first, count=3
        )
        for first in ("monday", "sunday")
    }
    for first, rule in rules.items():
        plan = series(scene, rule, subject=f"From {first} {token(scene)}")
        made = organizer.call(ask.create_meeting(plan, "SendToNone"), version="Exchange2010")
        scene.expect("EWS-SER-027", "the code under Exchange2010", made.code).equals("NoError")
        shown = seen(organizer, window(plan), plan.subject)
        days = [one.start.date() for one in times(shown) if one]
        scene.expect("EWS-SER-027", f"the days of weeks from {first}", days).equals(days_of(rule, 3))
    plan = replace(daily(scene), recurrence=rules["monday"], slot=hour_of(monday))
    old = organizer.call(ask.create_meeting(plan, "SendToNone"), version="Exchange2007_SP1")
    scene.expect("EWS-SER-028", "the fault under Exchange2007_SP1", old.fault and old.fault.code).equals(
        "ErrorSchemaValidation"
    )


@case(
    "series.ews-ranges-of-ids",
    scenario=SCENARIO,
    verifies=("EWS-SER-031",),
    pairings=EWS,
    needs=("series",),
)
def test_a_series_is_read_with_the_occurrences_of_a_span(scene: Scene) -> None:
    plan = daily(scene)
    master, found = called(scene, plan), slots(plan, 5)
    span = t("Range", Start=xml_time(found[1].start), End=xml_time(found[3].start))
    named = t("RecurringMasterItemIdRanges", t("Ranges", several(span)), Id=master.id)
    answer = scene.ews("organizer0").call(ask.get_item(named))
    shown = [(item.text("t:CalendarItemType"), moment(item, "t:Start")) for item in answer.items]
    starts = [("Occurrence", one.start) for one in found[1:3]]
    with_end = [*starts, ("Occurrence", found[3].start)]  # whether the end of a range belongs to it is not documented
    first = ("RecurringMaster", found[0].start)
    scene.expect("EWS-SER-031", "the items of the answer", shown).is_one_of([first, *starts], [first, *with_end])


@case(
    "series.ews-meeting-time-zone",
    scenario=SCENARIO,
    verifies=("EWS-SER-032", "EWS-SER-033"),
    pairings=EWS,
    needs=("series",),
)
def test_the_meeting_time_zone_is_told_of_series_and_by_2007_alone(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    zone = t("MeetingTimeZone", TimeZoneName="Tokyo Standard Time")
    plan = spoken(scene, daily(scene))
    item = ask.calendar_item(plan, more=zone)
    item = Markup(item.replace("<t:AllowNewTimeProposal>true</t:AllowNewTimeProposal>", ""))
    made = organizer.call(ask.create_item(item, invitations="SendToNone"), version="Exchange2007_SP1")
    master = written(made)
    old = read_item(organizer, master, version="Exchange2007_SP1")
    name = old.text("t:MeetingTimeZone/@TimeZoneName")
    scene.expect("EWS-SER-032", "MeetingTimeZone of a series", name).equals("Tokyo Standard Time")
    named = occurrence_id(MeetingRef(master.id), 1)
    one = organizer.call(ask.get_item(named), version="Exchange2007_SP1").item
    scene.expect("EWS-SER-033", "the occurrence", one and one.text("t:CalendarItemType")).equals("Occurrence")
    scene.expect("EWS-SER-033", "MeetingTimeZone of an occurrence", one and one.one("t:MeetingTimeZone")).is_absent()
