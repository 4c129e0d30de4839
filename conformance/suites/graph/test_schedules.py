"""getSchedule over Graph."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.graph_client import GraphAnswer
from conformance.actor.views import ShowAs, Slot
from conformance.model.verdict import Verdict
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, act, call_meeting, created, own_event, received
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, free_day, moment, slot, token

SCENARIO = "availability"
PACIFIC = "Pacific Standard Time"


def _ask(scene: Scene, *people: str, hours: tuple[int, int] = (8, 12), interval: int | None = 30) -> GraphAnswer:
    window = Slot(moment(scene, hours[0]), moment(scene, hours[1]))
    return scene.graph("organizer0").post("me/calendar/getSchedule", ask.schedule_question(people, window, interval))


def _fill(scene: Scene, who: str, *entries: tuple[int, int, ShowAs], **more: Any) -> None:
    for hour, minutes, show_as in entries:
        own = f"Own {token(scene)}"
        plan = draft(scene, subject=own, required=(), slot=slot(scene, hour, minutes), show_as=show_as)
        created(scene.graph(who).post("me/events", ask.event(plan) | more))


def _views(answer: GraphAnswer) -> list[Any]:
    return [one.get("availabilityView") for one in answer.value]


@case(
    "availability.schedule-list",
    scenario=SCENARIO,
    verifies=("GRAPH-SCH-022",),
    pairings=GRAPH,
    needs=("availability", "distribution-lists"),
)
def test_a_distribution_list_has_one_schedule(scene: Scene) -> None:
    free_day(scene, "graph", "list0")
    _fill(scene, "attendee0", (8, 60, ShowAs.TENTATIVE))
    _fill(scene, "attendee1", (8, 30, ShowAs.BUSY), (10, 60, ShowAs.OOF))
    answer = _ask(scene, address(scene, "list0"))
    told = [(str(one.get("scheduleId")).casefold(), one.get("availabilityView")) for one in answer.value]
    scene.expect("GRAPH-SCH-022", "the schedules and their views", told).equals(
        [(address(scene, "list0").casefold(), "21003300")]
    )


@case(
    "availability.schedule",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-SCH-001",
        "GRAPH-SCH-002",
        "GRAPH-SCH-004",
        "GRAPH-SCH-005",
        "GRAPH-SCH-006",
        "GRAPH-SCH-007",
        "GRAPH-SCH-012",
    ),
    pairings=GRAPH,
    needs=("availability",),
)
def test_a_schedule_shows_the_strongest_status_of_each_interval(scene: Scene) -> None:
    free_day(scene, "graph", "attendee0", "attendee1")
    _fill(
        scene,
        "attendee0",
        (8, 30, ShowAs.TENTATIVE),
        (9, 60, ShowAs.BUSY),
        (9, 15, ShowAs.TENTATIVE),
        (10, 15, ShowAs.OOF),
        (11, 30, ShowAs.WORKING_ELSEWHERE),
    )
    people = (address(scene, "attendee1"), address(scene, "attendee0"))
    answer = _ask(scene, *people)
    ids = [one.get("scheduleId") for one in answer.value]
    scene.expect("GRAPH-SCH-001", "scheduleId, in the order asked", (answer.status, ids)).equals((200, list(people)))
    busy = _views(answer)[-1] if answer.value else None
    scene.expect("GRAPH-SCH-005", "availabilityView", str(busy)[:6]).equals("102230")
    scene.expect("GRAPH-SCH-007", "the half hour of two statuses", str(busy)[2:3]).equals("2")
    scene.expect("GRAPH-SCH-006", "the half hour of working elsewhere", str(busy)[6:7]).equals("0")
    default = _ask(scene, *people, interval=None)
    scene.expect("GRAPH-SCH-002", "availabilityView without an interval", _views(default)).equals(_views(answer))
    odd = _ask(scene, *people, interval=50)
    scene.expect(
        "GRAPH-SCH-004", "digits of four hours in pieces of fifty minutes", [len(str(view)) for view in _views(odd)]
    ).equals([5, 5])
    hours = answer.value[-1].get("workingHours") or {} if answer.value else {}
    settings = scene.graph("attendee0").get("me/mailboxSettings").succeed("GET mailboxSettings")
    own = settings.members.get("workingHours") or {}
    scene.expect("GRAPH-SCH-012", "the working days", set(hours.get("daysOfWeek") or ())).equals(
        set(own.get("daysOfWeek") or ("none told",))
    )
    for name in ("startTime", "endTime"):
        scene.expect("GRAPH-SCH-012", name, str(hours.get(name))[:8]).equals(str(own.get(name, "none told"))[:8])


@case(
    "availability.schedule-details",
    scenario=SCENARIO,
    verifies=("GRAPH-SCH-008", "GRAPH-SCH-010", "GRAPH-SCH-011"),
    pairings=GRAPH,
    needs=("availability",),
)
def test_a_schedule_tells_the_owner_everything(scene: Scene) -> None:
    free_day(scene, "graph", "organizer0")
    _fill(scene, "organizer0", (9, 60, ShowAs.BUSY))
    unknown = f"nobody-{token(scene)}@example.com"
    people = (address(scene, "organizer0"), unknown, address(scene, "attendee0"))
    answer = _ask(scene, *people)
    mine, nobody, _ = ([*answer.value, {}, {}, {}])[:3]
    error = nobody.get("error") or {}
    scene.expect("GRAPH-SCH-008", "the status", answer.status).equals(200)
    scene.expect("GRAPH-SCH-008", "the unknown address's error", error.get("responseCode")).is_present()
    scene.expect("GRAPH-SCH-008", "the unknown address's items", nobody.get("scheduleItems")).is_absent()
    own: list[Resource] = list(mine.get("scheduleItems") or ())
    subjects = [(one.get("subject"), one.get("location")) for one in own]
    scene.expect("GRAPH-SCH-010", "the own items", subjects).equals([(f"Own {token(scene)}", draft(scene).location)])
    window = Slot(moment(scene, 8), moment(scene, 12))
    elsewhere = scene.graph("organizer0").post(
        "me/calendar/getSchedule", ask.schedule_question(people[:1], window, 30), ask.prefer_zone(PACIFIC)
    )
    item = elsewhere.at("value", 0, "scheduleItems", 0) or {}
    scene.expect("GRAPH-SCH-011", "the zone of an item", (item.get("start") or {}).get("timeZone")).equals(PACIFIC)
    scene.expect("GRAPH-SCH-011", "when it is", read.slot(item)).equals(slot(scene, 9))


@case(
    "availability.schedule-private",
    scenario=SCENARIO,
    verifies=("GRAPH-SCH-009",),
    pairings=GRAPH,
    needs=("availability",),
)
def test_a_private_event_hides_what_its_neighbours_show(scene: Scene) -> None:
    # The last attendee shows the organizer all details; where nobody does, privacy cannot be told from permission.
    free_day(scene, "graph", "attendee9")
    _fill(scene, "attendee9", (8, 60, ShowAs.BUSY))
    _fill(scene, "attendee9", (9, 60, ShowAs.BUSY), sensitivity="private")
    _fill(scene, "attendee9", (10, 60, ShowAs.BUSY), sensitivity="confidential")
    answer = _ask(scene, address(scene, "attendee9"))
    items = {read.slot(one): one for one in answer.at("value", 0, "scheduleItems") or ()}
    plain = items.get(slot(scene, 8)) or {}
    if not plain.get("subject"):
        scene.note("GRAPH-SCH-009", Verdict.NOT_APPLICABLE, "nobody's calendar shows the organizer its details")
        return
    for hour, kind in ((9, "private"), (10, "confidential")):
        item = items.get(slot(scene, hour))
        scene.expect("GRAPH-SCH-009", f"the time of the {kind} event", item).is_present()
        told = {name: value for name, value in (item or {}).items() if name in {"subject", "location"} and value}
        scene.expect("GRAPH-SCH-009", f"what the {kind} event tells", told).equals({})
        scene.expect("GRAPH-SCH-009", f"the status of the {kind} event", (item or {}).get("status")).equals("busy")


@case(
    "availability.schedule-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-SCH-002", "GRAPH-SCH-003", "GRAPH-SCH-013", "GRAPH-SCH-014", "GRAPH-SCH-015", "GRAPH-SCH-016"),
    pairings=GRAPH,
    needs=("availability", "online"),
)
def test_a_question_for_schedules_has_limits(scene: Scene) -> None:
    me = address(scene, "organizer0")
    for interval in (4, 1441):
        refused = _ask(scene, me, hours=(0, 12), interval=interval)
        scene.expect("GRAPH-SCH-003", f"{interval} minutes", refused.refusal).equals(
            (400, "ErrorInvalidMergedFreeBusyInterval")
        )
    longer = _ask(scene, me, hours=(8, 9), interval=90)
    scene.expect("GRAPH-SCH-003", "an interval longer than the window", longer.refusal).equals(
        (400, "ErrorInvalidMergedFreeBusyInterval")
    )
    scene.expect("GRAPH-SCH-002", "5 minutes", _ask(scene, me, interval=5).status).equals(200)
    scene.expect("GRAPH-SCH-013", "twenty addresses", _ask(scene, *[me] * 20).status).equals(200)
    many = _ask(scene, *[me] * 101)
    scene.expect("GRAPH-SCH-014", "101 addresses", many.refusal).equals((400, "ErrorMailboxDataArrayTooBig"))
    start = moment(scene, 0)
    questions = (
        ("GRAPH-SCH-015", 62, (200, "")),
        ("GRAPH-SCH-015", 63, (400, "ErrorTimeIntervalTooBig")),
        ("GRAPH-SCH-016", 0, (400, "ErrorInvalidTimeInterval")),
        ("GRAPH-SCH-016", -1, (400, "ErrorInvalidTimeInterval")),
    )
    for requirement, days, wanted in questions:
        window = Slot(start, start + timedelta(days=days))
        answer = scene.graph("organizer0").post(
            "me/calendar/getSchedule", ask.schedule_question((me,), window, 1440 if days > 0 else 30)
        )
        scene.expect(requirement, f"a window of {days} days", answer.refusal).equals(wanted)


@case(
    "availability.schedule-document-form",
    scenario=SCENARIO,
    verifies=("GRAPH-SCH-018", "GRAPH-WIRE-019"),
    pairings=GRAPH,
    needs=("availability",),
)
def test_names_in_pascal_case_and_a_number_as_text_are_understood(scene: Scene) -> None:
    free_day(scene, "graph", "attendee0")
    window = ask.schedule_question((address(scene, "attendee0"),), Slot(moment(scene, 8), moment(scene, 10)), None)
    body = {
        "Schedules": window["schedules"],
        "StartTime": window["startTime"],
        "EndTime": window["endTime"],
        "availabilityViewInterval": "15",
    }
    answer = scene.graph("organizer0").post("me/calendar/getSchedule", body)
    scene.expect("GRAPH-SCH-018", "the status", answer.status).equals(200)
    scene.expect("GRAPH-WIRE-019", "the digits for an interval given as text", _views(answer)).equals(["0" * 8])


@case(
    "availability.schedule-answers",
    scenario=SCENARIO,
    verifies=("GRAPH-SCH-019", "GRAPH-SCH-020"),
    pairings=GRAPH,
    needs=("availability",),
)
def test_a_declined_or_cancelled_meeting_blocks_nobody(scene: Scene) -> None:
    free_day(scene, "graph", "attendee0")
    declined = f"To decline {token(scene)}"
    call_meeting(scene, draft(scene, subject=declined, slot=slot(scene, 9)))
    called_off = call_meeting(scene, draft(scene, subject=f"To cancel {token(scene)}", slot=slot(scene, 10)))
    person = address(scene, "attendee0")
    copy = own_event(scene, "attendee0", declined)
    act(scene.graph("attendee0"), copy, "decline")
    own_event(scene, "attendee0", f"To cancel {token(scene)}")
    act(scene.graph("organizer0"), called_off, "cancel", {})
    received(scene, "attendee0", "eventMessage", f"To cancel {token(scene)}")
    view = (_views(_ask(scene, person, hours=(8, 12), interval=60)) or [""])[0]
    scene.expect("GRAPH-SCH-020", "the hour of the declined meeting", str(view)[1:2]).equals("0")
    scene.expect("GRAPH-SCH-019", "the hour of the cancelled meeting", str(view)[2:3]).equals("0")
