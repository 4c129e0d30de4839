"""Reminders over Graph: what events say of them, reminderView, snoozeReminder and dismissReminder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.acts import Draft
from conformance.actor.graph_views import moment
from conformance.actor.times import local_time
from conformance.actor.views import Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.recurring import instances, members
from conformance.suites.graph.steps import Resource, act, call_meeting, event, own_event, patch
from conformance.suites.recurring import daily, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, token

SCENARIO = "reminders"
MINUTES = 25


def _made(scene: Scene, minutes: int | None = MINUTES, plan: Draft | None = None) -> Resource:
    """An event of organizer0's that reminds so many minutes before, or not at all."""
    more: dict[str, Any] = {"isReminderOn": minutes is not None}
    if minutes is not None:
        more["reminderMinutesBeforeStart"] = minutes
    return call_meeting(scene, plan or draft(scene, required=()), **more)


def _around(plan: Draft) -> Slot:
    return Slot(plan.slot.start - timedelta(hours=6), plan.slot.end + timedelta(hours=6))


def _view(span: Slot) -> str:
    start, end = local_time(span.start), local_time(span.end)
    return f"me/reminderView(startDateTime='{start}',endDateTime='{end}')"


def _found(scene: Scene, who: str, span: Slot) -> list[Resource]:
    """The case's reminders of somebody in an interval."""
    answer = scene.graph(who).get(_view(span)).succeed("GET reminderView")
    return [one for one in answer.value if token(scene) in str(one.get("eventSubject"))]


def _fires(reminders: list[Resource]) -> list[datetime | None]:
    return [moment(one.get("reminderFireTime")) for one in reminders]


@case("reminders.graph-settings", scenario=SCENARIO, verifies=("GRAPH-REM-001", "GRAPH-REM-002"), pairings=GRAPH)
def test_an_event_keeps_what_is_said_of_its_reminder(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    for minutes in (0, 15, 10080):
        made = _made(scene, minutes)
        told = (made.get("isReminderOn"), made.get("reminderMinutesBeforeStart"))
        scene.expect("GRAPH-REM-001", "isReminderOn and its minutes", told).equals((True, minutes))
    changed = patch(organizer, made, {"reminderMinutesBeforeStart": minutes + 5}).members
    scene.expect("GRAPH-REM-002", "the minutes after a PATCH", changed.get("reminderMinutesBeforeStart")).equals(
        minutes + 5
    )
    silent = patch(organizer, made, {"isReminderOn": False}).members
    scene.expect("GRAPH-REM-002", "isReminderOn after a PATCH", silent.get("isReminderOn")).is_false()


@case(
    "reminders.graph-view",
    scenario=SCENARIO,
    verifies=("GRAPH-REM-003", "GRAPH-REM-004", "GRAPH-REM-005", "GRAPH-REM-006", "GRAPH-REM-007", "GRAPH-REM-008"),
    pairings=GRAPH,
    needs=("reminders",),
)
def test_the_reminder_of_an_event_tells_what_it_is_about(scene: Scene) -> None:
    plan = draft(scene, required=())
    made = _made(scene)
    _made(scene, None, draft(scene, required=(), subject=f"Silent {token(scene)}"))
    found = _found(scene, "organizer0", _around(plan))
    scene.expect("GRAPH-REM-003", "eventSubject", members(found, "eventSubject")).equals([plan.subject])
    scene.expect("GRAPH-REM-004", "eventId", members(found, "eventId")).equals([made["id"]])
    due = plan.slot.start - timedelta(minutes=MINUTES)
    scene.expect("GRAPH-REM-005", "reminderFireTime", _fires(found)).equals([due])
    ends = [(moment(one.get("eventStartTime")), moment(one.get("eventEndTime"))) for one in found]
    scene.expect("GRAPH-REM-006", "eventStartTime and eventEndTime", ends).equals([(plan.slot.start, plan.slot.end)])
    places = [(one.get("eventLocation") or {}).get("displayName") for one in found]
    scene.expect("GRAPH-REM-007", "eventLocation", places).equals([plan.location])
    links = [(one.get("changeKey"), one.get("eventWebLink")) for one in found]
    scene.expect("GRAPH-REM-008", "changeKey and eventWebLink", links).equals([(made["changeKey"], made["webLink"])])


@case(
    "reminders.graph-span",
    scenario=SCENARIO,
    verifies=("GRAPH-REM-009", "GRAPH-REM-010"),
    pairings=GRAPH,
    needs=("reminders",),
)
def test_reminders_are_asked_for_by_a_window(scene: Scene) -> None:
    plan = draft(scene, required=())
    _made(scene)
    span = _around(plan)
    scene.expect("GRAPH-REM-009", "the reminders around", _found(scene, "organizer0", span)).has_length(1)
    for what, other in (
        ("before", Slot(span.start - timedelta(days=1), span.start)),
        ("after", Slot(span.end, span.end + timedelta(days=1))),
    ):
        scene.expect("GRAPH-REM-009", f"the reminders {what}", _found(scene, "organizer0", other)).is_absent()
    half = scene.graph("organizer0").get(f"me/reminderView(startDateTime='{local_time(span.start)}')")
    scene.expect("GRAPH-REM-010", "the status without an end", half.status).holds(
        lambda status: 400 <= status < 500, "a refusal"
    )


@case(
    "reminders.graph-snooze",
    scenario=SCENARIO,
    verifies=("GRAPH-REM-011", "GRAPH-REM-012", "GRAPH-REM-013"),
    pairings=GRAPH,
    needs=("reminders",),
)
def test_a_reminder_is_put_off(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), draft(scene, required=())
    made = _made(scene)
    later = plan.slot.start - timedelta(minutes=5)
    answer = act(organizer, made, "snoozeReminder", {"newReminderTime": ask.moment(later, "Pacific Standard Time")})
    told = (answer.status, answer.exchange.response.body)
    scene.expect("GRAPH-REM-011", "status and body of snoozeReminder", told).equals((200, b""))
    scene.expect("GRAPH-REM-012", "reminderFireTime", _fires(_found(scene, "organizer0", _around(plan)))).equals(
        [later]
    )
    start = moment(event(organizer, str(made["id"])).get("start"))
    scene.expect("GRAPH-REM-012", "the event's own start", start).equals(plan.slot.start)
    status = act(organizer, made, "snoozeReminder").status
    scene.expect("GRAPH-REM-013", "the status without newReminderTime", status).equals(400)


@case(
    "reminders.graph-dismiss",
    scenario=SCENARIO,
    verifies=("GRAPH-REM-014", "GRAPH-REM-015"),
    pairings=GRAPH,
    needs=("reminders",),
)
def test_a_dismissed_reminder_is_gone(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), draft(scene, required=())
    made = _made(scene)
    scene.expect("GRAPH-REM-015", "the reminders before", _found(scene, "organizer0", _around(plan))).has_length(1)
    answer = act(organizer, made, "dismissReminder")
    told = (answer.status, answer.exchange.response.body)
    scene.expect("GRAPH-REM-014", "status and body of dismissReminder", told).equals((200, b""))
    left = _found(scene, "organizer0", _around(plan))
    scene.expect("GRAPH-REM-015", "the reminders afterwards", left).is_absent()


@case(
    "reminders.graph-everybodys-own",
    scenario=SCENARIO,
    verifies=("GRAPH-REM-016", "GRAPH-REM-017"),
    pairings=GRAPH,
    needs=("reminders",),
)
def test_everybody_has_a_reminder_of_ones_own(scene: Scene) -> None:
    plan = draft(scene)
    call_meeting(scene, plan, reminderMinutesBeforeStart=MINUTES)
    own = own_event(scene, "attendee0")
    theirs = _found(scene, "attendee0", _around(plan))
    scene.expect("GRAPH-REM-016", "the attendee's reminder", theirs).has_length(1)
    act(scene.graph("attendee0"), own, "dismissReminder").succeed("dismissReminder")
    mine = _fires(_found(scene, "organizer0", _around(plan)))
    scene.expect("GRAPH-REM-017", "the organizer's reminder", mine).equals(
        [plan.slot.start - timedelta(minutes=MINUTES)]
    )


@case(
    "reminders.graph-series",
    scenario=SCENARIO,
    verifies=("GRAPH-REM-018", "GRAPH-REM-019"),
    pairings=GRAPH,
    needs=("reminders", "series"),
)
def test_a_series_reminds_of_one_occurrence_after_the_other(scene: Scene) -> None:
    organizer, plan = scene.graph("organizer0"), daily(scene)
    found = slots(plan, 5)
    master = _made(scene, MINUTES, plan)
    first = Slot(found[0].start - timedelta(hours=6), found[0].end)
    due = [one.start - timedelta(minutes=MINUTES) for one in found]
    scene.expect("GRAPH-REM-018", "the first day's reminder", _fires(_found(scene, "organizer0", first))).equals(
        due[:1]
    )
    one = instances(organizer, master, window(plan, 5))[0]
    act(organizer, one, "dismissReminder").succeed("dismissReminder")
    scene.expect("GRAPH-REM-019", "the first day's afterwards", _found(scene, "organizer0", first)).is_absent()
    second = Slot(found[0].end, found[1].end)
    scene.expect("GRAPH-REM-019", "the second day's", _fires(_found(scene, "organizer0", second))).equals(due[1:2])
    kinds = members(instances(organizer, master, window(plan, 5)), "type")
    scene.expect("GRAPH-REM-019", "the types of all", kinds).equals(["occurrence"] * 5)
