"""Occurrences over EWS: changed, moved and deleted one by one, and what changes of their series do to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes
from conformance.actor.ews_recurrence import occurrence_id
from conformance.actor.ews_views import moment, slot
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, Node
from conformance.suites.case import EWS, case
from conformance.suites.ews.recurring import calendar, called, fresh, nth, texts, times
from conformance.suites.recurring import anchor, daily, moved, series, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import id_of, is_refusal, names_in, read_item, token, written

SCENARIO = "series"


def _silent(scene: Scene, what: MeetingRef | Markup, changes: Changes) -> str:
    """The code of an update that nobody is told of."""
    update = ask.update_item(what, *ask.updates_of(changes), sending="SendToNone")
    return scene.ews("organizer0").call(update).code


def _second(scene: Scene, master: MeetingRef) -> MeetingRef:
    return id_of(nth(scene.ews("organizer0"), master, 2))


@case(
    "series.ews-exception",
    scenario=SCENARIO,
    verifies=("EWS-OCC-001", "EWS-OCC-002", "EWS-OCC-003", "EWS-OCC-004", "EWS-OCC-005", "EWS-OCC-006"),
    pairings=EWS,
    needs=("series",),
)
def test_a_moved_occurrence_is_an_exception_that_the_series_tells_of(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    before = fresh(organizer, master)
    found = slots(plan, 5)
    later = moved(found[1], hours=3)
    occurrence = _second(scene, master)
    code = _silent(scene, occurrence, Changes(slot=later))
    scene.expect("EWS-OCC-001", "the code of UpdateItem", code).equals("NoError")
    item = nth(organizer, master, 2)
    scene.expect("EWS-OCC-001", "CalendarItemType", item.text("t:CalendarItemType")).equals("Exception")
    scene.expect("EWS-OCC-002", "OriginalStart", moment(item, "t:OriginalStart")).equals(found[1].start)
    after = fresh(organizer, master)
    entries = after.all("t:ModifiedOccurrences/t:Occurrence")
    told = [(slot(one, "t:Start", "t:End"), moment(one, "t:OriginalStart")) for one in entries]
    scene.expect("EWS-OCC-003", "ModifiedOccurrences of the series", told).equals([(later, found[1].start)])
    opened = [read_item(organizer, id_of(one)).text("t:CalendarItemType") for one in entries]
    scene.expect("EWS-OCC-004", "what its ItemId leads to", opened).equals(["Exception"])
    keys = (before.text("t:ItemId/@ChangeKey"), after.text("t:ItemId/@ChangeKey"))
    scene.expect("EWS-OCC-005", "the series' change key", keys[1]).differs_from(keys[0])
    shown = calendar(scene, "organizer0", window(plan, 5))
    scene.expect("EWS-OCC-006", "the times of all occurrences", times(shown)).equals([found[0], later, *found[2:]])
    kinds = texts(shown, "t:CalendarItemType")
    scene.expect("EWS-OCC-006", "the kinds of all", kinds).equals(["Occurrence", "Exception", *["Occurrence"] * 3])


@case(
    "series.ews-delete-one",
    scenario=SCENARIO,
    verifies=("EWS-OCC-007", "EWS-OCC-008", "EWS-OCC-009", "EWS-SER-015"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("by", ["id", "number"])
def test_a_deleted_occurrence_is_listed_and_keeps_its_number(scene: Scene, by: str) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    found = slots(plan, 5)
    named: MeetingRef | Markup = _second(scene, master)
    if by == "number":
        named = occurrence_id(MeetingRef(master.id), 2)
    code = organizer.call(ask.delete_item(named, cancellations="SendToNone")).code
    scene.expect("EWS-OCC-007", "the code of DeleteItem", code).equals("NoError")
    entries = fresh(organizer, master).all("t:DeletedOccurrences/t:DeletedOccurrence")
    scene.expect("EWS-OCC-007", "DeletedOccurrences", [moment(one, "t:Start") for one in entries]).equals(
        [found[1].start]
    )
    left = [found[0], *found[2:]]
    shown = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-OCC-008", "the occurrences left", shown).equals(left)
    code = organizer.call(ask.get_item(occurrence_id(MeetingRef(master.id), 2))).code
    scene.expect("EWS-SER-015", "the code for its number", code).equals(
        "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
    )
    third = slot(nth(organizer, master, 3), "t:Start", "t:End")
    scene.expect("EWS-OCC-009", "the times of number 3", third).equals(found[2])


@case(
    "series.ews-boundaries",
    scenario=SCENARIO,
    verifies=("EWS-OCC-010", "EWS-OCC-011"),
    pairings=EWS,
    needs=("series",),
)
def test_an_occurrence_stays_between_its_neighbours(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    found = slots(plan, 5)
    for what, target in (("beyond the next", moved(found[3], hours=1)), ("before the last", moved(found[0], hours=-2))):
        code = _silent(scene, _second(scene, master), Changes(slot=target))
        scene.expect("EWS-OCC-010", f"the code for a move {what}", code).equals("ErrorOccurrenceCrossingBoundary")
    shown = calendar(scene, "organizer0", window(plan, 5))
    scene.expect("EWS-OCC-011", "the times afterwards", times(shown)).equals(found)
    kinds = set(texts(shown, "t:CalendarItemType"))
    scene.expect("EWS-OCC-011", "the kinds afterwards", kinds).equals({"Occurrence"})
    told = fresh(organizer, master).one("t:ModifiedOccurrences")
    scene.expect("EWS-OCC-011", "ModifiedOccurrences afterwards", told).is_absent()


@case(
    "series.ews-change-all",
    scenario=SCENARIO,
    verifies=("EWS-OCC-012", "EWS-OCC-013"),
    pairings=EWS,
    needs=("series",),
)
def test_a_change_of_the_series_reaches_all_but_what_has_its_own(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    code = _silent(scene, _second(scene, master), Changes(location="The roof"))
    scene.expect("EWS-OCC-013", "the code of the occurrence's change", code).equals("NoError")
    now = id_of(fresh(organizer, master))
    code = _silent(scene, now, Changes(location="The cellar"))
    scene.expect("EWS-OCC-012", "the code of the series' change", code).equals("NoError")
    shown = calendar(scene, "organizer0", window(plan, 5), ("calendar:Location",))
    places = texts(shown, "t:Location")
    others = [place for number, place in enumerate(places) if number != 1]
    scene.expect("EWS-OCC-012", "the places of the other occurrences", others).equals(["The cellar"] * 4)
    scene.expect("EWS-OCC-013", "the place of the one with its own", places[1:2]).equals(["The roof"])


@case(
    "series.ews-new-pattern",
    scenario=SCENARIO,
    verifies=("EWS-OCC-014", "EWS-OCC-015"),
    pairings=EWS,
    needs=("series",),
)
def test_a_new_pattern_begins_anew(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    _silent(scene, _second(scene, master), Changes(location="The roof"))
    organizer.call(ask.delete_item(occurrence_id(MeetingRef(master.id), 3), cancellations="SendToNone"))
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), interval=2, count=4)
    code = _silent(scene, id_of(fresh(organizer, master)), Changes(recurrence=rule))
    scene.expect("EWS-OCC-014", "the code of UpdateItem", code).equals("NoError")
    other = series(scene, rule)
    shown = calendar(scene, "organizer0", window(other, 4), ("calendar:Location",))
    scene.expect("EWS-OCC-014", "the times of all occurrences", times(shown)).equals(slots(other, 4))
    item = fresh(organizer, master)
    names = [name for name in ("ModifiedOccurrences", "DeletedOccurrences") if item.one(f"t:{name}")]
    scene.expect("EWS-OCC-015", "lists of exceptions and deletions", names).is_absent()
    scene.expect("EWS-OCC-015", "the places of all", set(texts(shown, "t:Location"))).equals({plan.location})


@case(
    "series.ews-cut-short",
    scenario=SCENARIO,
    verifies=("EWS-OCC-016", "EWS-OCC-017"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("how", ["numbered", "end-date"])
def test_a_series_can_be_cut_short(scene: Scene, how: str) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    found = slots(plan, 5)
    start = anchor(scene)
    until = None if how == "numbered" else found[2].start.date()
    rule = Recurrence(pattern=Pattern.DAILY, start=start, count=None if until else 3, until=until)
    code = _silent(scene, master, Changes(recurrence=rule))
    scene.expect("EWS-OCC-016", "the code of UpdateItem", code).equals("NoError")
    shown = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-OCC-016", "the occurrences left", shown).equals(found[:3])
    last = fresh(organizer, master).one("t:LastOccurrence")
    scene.expect("EWS-OCC-017", "LastOccurrence", last and slot(last, "t:Start", "t:End")).equals(found[2])


@case(
    "series.ews-delete-all",
    scenario=SCENARIO,
    verifies=("EWS-OCC-018",),
    pairings=EWS,
    needs=("series",),
)
def test_deleting_the_series_deletes_every_occurrence(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    _silent(scene, _second(scene, master), Changes(location="The roof"))
    code = organizer.call(ask.delete_item(MeetingRef(master.id), cancellations="SendToNone")).code
    scene.expect("EWS-OCC-018", "the code of DeleteItem", code).equals("NoError")
    shown = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-OCC-018", "the calendar's view", shown).is_absent()
    left = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-OCC-018", "the calendar", left).is_absent()


@case(
    "series.ews-copy-and-move",
    scenario=SCENARIO,
    verifies=("EWS-OCC-019", "EWS-OCC-020", "EWS-OCC-021"),
    pairings=EWS,
    needs=("series",),
)
def test_occurrences_are_neither_copied_nor_moved_and_series_are(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    master = called(scene, plan)
    for requirement, act in (("EWS-OCC-019", "CopyItem"), ("EWS-OCC-020", "MoveItem")):
        code = organizer.call(_to_deleted(act, _second(scene, master))).code
        scene.expect(requirement, f"the code of {act} of an occurrence", code).equals(
            "ErrorCalendarCannotMoveOrCopyOccurrence"
        )
    shown = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-OCC-020", "the occurrences afterwards", shown).equals(slots(plan, 5))
    code = organizer.call(_to_deleted("MoveItem", master)).code
    scene.expect("EWS-OCC-021", "the code of MoveItem of the series", code).equals("NoError")
    shown = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-OCC-021", "the occurrences in the calendar", shown).is_absent()


def _to_deleted(act: str, what: MeetingRef) -> Markup:
    return ask.take(act, what, ask.folder_id("deleteditems"))


@case(
    "series.ews-become-a-series",
    scenario=SCENARIO,
    verifies=("EWS-OCC-022", "EWS-OCC-023"),
    pairings=EWS,
    needs=("series",),
)
def test_a_single_item_becomes_a_series_and_a_series_a_single_item(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    single = written(organizer.call(ask.create_meeting(replace(plan, recurrence=None), "SendToNone")))
    code = _silent(scene, single, Changes(recurrence=plan.recurrence))
    scene.expect("EWS-OCC-022", "the code with a Recurrence", code).equals("NoError")
    item = fresh(organizer, single)
    scene.expect("EWS-OCC-022", "CalendarItemType", item.text("t:CalendarItemType")).equals("RecurringMaster")
    shown = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-OCC-022", "the occurrences", shown).equals(slots(plan, 5))
    update = ask.update_item(id_of(item), ask.delete_field("calendar:Recurrence"), sending="SendToNone")
    code = organizer.call(update).code
    scene.expect("EWS-OCC-023", "the code without one", code).equals("NoError")
    left = texts(calendar(scene, "organizer0", window(plan, 5)), "t:CalendarItemType")
    scene.expect("EWS-OCC-023", "the kinds in the calendar", left).equals(["Single"])


@case(
    "series.ews-no-recurrence-of-its-own",
    scenario=SCENARIO,
    verifies=("EWS-OCC-024",),
    pairings=EWS,
    needs=("series",),
)
def test_an_occurrence_takes_no_recurrence(scene: Scene) -> None:
    plan = daily(scene)
    master = called(scene, plan)
    code = _silent(scene, _second(scene, master), Changes(recurrence=plan.recurrence))
    scene.expect("EWS-OCC-024", "the code with a Recurrence", code).holds(is_refusal, "a refusal")
    shown = calendar(scene, "organizer0", window(plan, 5))
    scene.expect("EWS-OCC-024", "the kinds afterwards", texts(shown, "t:CalendarItemType")).equals(["Occurrence"] * 5)


@case(
    "series.ews-availability",
    scenario=SCENARIO,
    verifies=("EWS-OCC-025", "EWS-OCC-026"),
    pairings=EWS,
    needs=("series", "availability", "quiet-mailboxes"),
)
def test_occurrences_and_exceptions_are_busy_times(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene, 3)
    master = called(scene, plan)
    found = slots(plan, 3)
    later = moved(found[1], hours=3)
    _silent(scene, _second(scene, master), Changes(slot=later))
    span = window(plan, 3)
    question = ask.availability(
        (scene.account("organizer0").address,),
        span.start.strftime("%Y-%m-%dT00:00:00"),
        moved(span, days=1).end.strftime("%Y-%m-%dT00:00:00"),
    )
    answer = organizer.call(question)
    told_of = answer.body.anywhere("t:CalendarEvent") if answer.body else ()
    events = sorted(told_of, key=lambda one: one.text("t:StartTime") or "")
    scene.expect("EWS-OCC-025", "the busy times", times_of_events(events)).equals([found[0], later, found[2]])
    told = [
        (one.text("t:CalendarEventDetails/t:IsRecurring"), one.text("t:CalendarEventDetails/t:IsException"))
        for one in events
    ]
    scene.expect("EWS-OCC-026", "IsRecurring and IsException", told).equals(
        [("true", "false"), ("true", "true"), ("true", "false")]
    )


def times_of_events(events: Sequence[Node]) -> list[object]:
    """The intervals of CalendarEvent elements, in UTC."""
    return [slot(one, "t:StartTime", "t:EndTime") for one in events]
