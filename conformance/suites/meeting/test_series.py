"""One series from its call to its end, whichever protocols its people speak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.actor.acts import Changes, Draft
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.views import (
    ANSWERED,
    Answer,
    EventKind,
    EventView,
    MeetingRef,
    MessageKind,
    MessageView,
    ResponseState,
    ShowAs,
)
from conformance.suites.case import ALL, case
from conformance.suites.recurring import RULES, anchor, daily, ended, moved, over_the_change, series, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import address, event_of, found, message_of, request_of, token

SCENARIO = "cross-protocol"
NONE = ResponseState.NOT_RESPONDED


def _call(scene: Scene, plan: Draft | None = None) -> tuple[Draft, MeetingRef, MessageView]:
    """A series called with attendee0, five days in a row unless a plan is given, and the attendee's request."""
    told = plan or daily(scene, required=(address(scene, "attendee0"),))
    master = scene.organizer.schedule(told)
    return told, master, request_of(scene, scene.attendee)


def _views(scene: Scene, plan: Draft, most: int = 5) -> tuple[tuple[EventView, ...], tuple[EventView, ...]]:
    """The occurrences at the organizer and at the attendee."""
    span = window(plan, most)
    return scene.organizer.view(token(scene), span), scene.attendee.view(token(scene), span)


def _told(scene: Scene, plan: Draft) -> list[ResponseState | None]:
    """What the organizer's occurrences tell of attendee0."""
    shown = scene.organizer.view(token(scene), window(plan, 5))
    return [one.response_of(address(scene, "attendee0")) for one in shown]


def _open(states: list[ResponseState | None]) -> list[ResponseState | None]:
    """The states with one word for all that are open."""
    return [NONE if state and state.is_open else state for state in states]


@case(
    "cross-protocol.series",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-001", "GRAPH-MIG-SER-002", "GRAPH-MIG-SER-003"),
    pairings=ALL,
    needs=("series",),
)
@pytest.mark.parametrize("name", ["weekly", "relative-monthly"])
def test_a_series_reads_alike_on_both_sides(scene: Scene, name: str) -> None:
    rule = ended(RULES[name](anchor(scene)), "end-date" if name == "weekly" else "numbered")
    plan, master, request = _call(scene, series(scene, rule, required=(address(scene, "attendee0"),)))
    theirs, own = scene.organizer.look(master), event_of(scene, scene.attendee)
    told = [(side.kind, side.recurrence) for side in (theirs, own)]
    scene.expect("GRAPH-MIG-SER-001", "kind and recurrence on both sides", told).equals([(EventKind.MASTER, rule)] * 2)
    about = (request.event_kind, request.recurrence)
    scene.expect("GRAPH-MIG-SER-001", "kind and recurrence of the request", about).equals((EventKind.MASTER, rule))
    for side, shown in zip(("organizer", "attendee"), _views(scene, plan, 3), strict=True):
        scene.expect("GRAPH-MIG-SER-002", f"the occurrences at the {side}", [one.slot for one in shown]).equals(
            slots(plan)
        )
        scene.expect("GRAPH-MIG-SER-002", f"their kinds at the {side}", {one.kind for one in shown}).equals(
            {EventKind.OCCURRENCE}
        )
        starts = [one.original_start for one in shown]
        scene.expect("GRAPH-MIG-SER-003", f"the original starts at the {side}", starts).equals(
            [one.start for one in slots(plan)]
        )


@case(
    "cross-protocol.series-over-the-change",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-004",),
    pairings=ALL,
    needs=("series",),
)
def test_a_series_keeps_its_hours_on_both_sides(scene: Scene) -> None:
    plan = over_the_change(scene, "W. Europe Standard Time", required=(address(scene, "attendee0"),))
    _call(scene, plan)
    for side, shown in zip(("organizer", "attendee"), _views(scene, plan, 3), strict=True):
        scene.expect("GRAPH-MIG-SER-004", f"the occurrences at the {side}", [one.slot for one in shown]).equals(
            slots(plan)
        )


@case(
    "cross-protocol.series-answer",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-005",),
    pairings=ALL,
    needs=("series",),
)
def test_an_answer_to_a_series_counts_alike(scene: Scene) -> None:
    plan, master, request = _call(scene)
    person = address(scene, "attendee0")
    scene.attendee.respond(Answer.ACCEPT, request)
    scene.eventually(lambda: scene.organizer.look(master).response_of(person) is ResponseState.ACCEPTED, "the answer")
    scene.expect("GRAPH-MIG-SER-005", "the organizer's occurrences", _told(scene, plan)).equals(
        [ResponseState.ACCEPTED] * 5
    )
    _, own = _views(scene, plan)
    states = [(one.my_response, one.show_as) for one in own]
    scene.expect("GRAPH-MIG-SER-005", "the attendee's occurrences", states).equals(
        [(ResponseState.ACCEPTED, ShowAs.BUSY)] * 5
    )


@case(
    "cross-protocol.series-answer-one",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-006", "GRAPH-MIG-SER-007"),
    pairings=ALL,
    needs=("series",),
)
@pytest.mark.parametrize("answer", [Answer.TENTATIVE, Answer.DECLINE])
def test_an_answer_to_one_occurrence_counts_alike(scene: Scene, answer: Answer) -> None:
    plan, _, _ = _call(scene)
    expected = slots(plan, 5)
    _, own = _views(scene, plan)
    scene.attendee.respond(answer, own[1])
    wanted = ANSWERED[answer]
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE, "GRAPH-MIG-SER-007")
    scene.expect("GRAPH-MIG-SER-007", "what was answered", response.response).equals(wanted)
    scene.expect("GRAPH-MIG-SER-007", "the occurrence that was answered", response.original_start).equals(
        expected[1].start
    )
    scene.eventually(lambda: _told(scene, plan)[1] is wanted, "the answer")
    scene.expect("GRAPH-MIG-SER-006", "the organizer's occurrences", _open(_told(scene, plan))).equals(
        [NONE, wanted, NONE, NONE, NONE]
    )
    _, own = _views(scene, plan)
    states = [(one.slot, one.my_response) for one in own]
    rest = [(one, NONE) for one in expected]
    if answer is Answer.DECLINE:
        rest.pop(1)
    else:
        rest[1] = (expected[1], wanted)
    scene.expect("GRAPH-MIG-SER-006", "the attendee's occurrences", states).equals(rest)


@case(
    "cross-protocol.series-move-one",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-008", "GRAPH-MIG-SER-009"),
    pairings=ALL,
    needs=("series",),
)
def test_a_moved_occurrence_is_an_exception_on_both_sides(scene: Scene) -> None:
    plan, _, request = _call(scene)
    expected = slots(plan, 5)
    later = moved(expected[1], hours=3)
    theirs, _ = _views(scene, plan)
    scene.organizer.update(theirs[1], Changes(slot=later))

    def update() -> MessageView | None:
        latest = scene.attendee.find_request(token(scene))
        return latest if latest and latest.id != request.id else None

    told = found(scene, update, "the request for the occurrence", "GRAPH-MIG-SER-009")
    about = (told.event_kind, told.original_start, told.recurrence)
    scene.expect("GRAPH-MIG-SER-009", "kind, occurrence and recurrence of the request", about).equals(
        (EventKind.EXCEPTION, expected[1].start, None)
    )
    wanted = [(EventKind.OCCURRENCE, one, one.start) for one in expected]
    wanted[1] = (EventKind.EXCEPTION, later, expected[1].start)
    for side, shown in zip(("organizer", "attendee"), _views(scene, plan), strict=True):
        states = [(one.kind, one.slot, one.original_start) for one in shown]
        scene.expect("GRAPH-MIG-SER-008", f"the occurrences at the {side}", states).equals(wanted)


@case(
    "cross-protocol.series-cancel-one",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-010", "GRAPH-MIG-SER-011"),
    pairings=ALL,
    needs=("series",),
)
def test_a_cancelled_occurrence_is_cancelled_on_both_sides(scene: Scene) -> None:
    plan, _, _ = _call(scene)
    expected = slots(plan, 5)
    theirs, _ = _views(scene, plan)
    scene.organizer.cancel(theirs[2], "Not then.")
    notice = message_of(scene, scene.attendee, MessageKind.CANCELLATION, "GRAPH-MIG-SER-011")
    scene.expect("GRAPH-MIG-SER-011", "the occurrence that is cancelled", notice.original_start).equals(
        expected[2].start
    )
    scene.expect("GRAPH-MIG-SER-011", "the words of the cancellation", notice.body).contains("Not then.")
    theirs, own = _views(scene, plan)
    scene.expect("GRAPH-MIG-SER-010", "the organizer's occurrences", [one.slot for one in theirs]).equals(
        [*expected[:2], *expected[3:]]
    )
    cancelled = [one.is_cancelled for one in own]
    scene.expect("GRAPH-MIG-SER-010", "whether the attendee's are cancelled", cancelled).equals(
        [False, False, True, False, False]
    )


@case(
    "cross-protocol.series-cut-short",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-012",),
    pairings=ALL,
    needs=("series",),
)
def test_a_series_that_is_cut_short_ends_on_both_sides(scene: Scene) -> None:
    plan, master, _ = _call(scene)
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), count=2)
    scene.organizer.update(master, Changes(recurrence=rule))
    scene.eventually(lambda: len(_views(scene, plan)[1]) == len(slots(plan, 2)), "the shorter series")
    for side, shown in zip(("organizer", "attendee"), _views(scene, plan), strict=True):
        scene.expect("GRAPH-MIG-SER-012", f"the occurrences at the {side}", [one.slot for one in shown]).equals(
            slots(plan, 2)
        )
    kept = [scene.organizer.look(MeetingRef(master.id)).recurrence, event_of(scene, scene.attendee).recurrence]
    scene.expect("GRAPH-MIG-SER-012", "the recurrence on both sides", kept).equals([rule, rule])


@case(
    "cross-protocol.series-cancel",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-013",),
    pairings=ALL,
    needs=("series",),
)
def test_a_cancelled_series_is_cleared_away(scene: Scene) -> None:
    plan, master, _ = _call(scene)
    scene.organizer.cancel(master, "Not at all.")
    notice = message_of(scene, scene.attendee, MessageKind.CANCELLATION, "GRAPH-MIG-SER-013")
    theirs, own = _views(scene, plan)
    scene.expect("GRAPH-MIG-SER-013", "the organizer's occurrences", theirs).is_absent()
    scene.expect("GRAPH-MIG-SER-013", "whether the attendee's are cancelled", [one.is_cancelled for one in own]).equals(
        [True] * 5
    )
    scene.attendee.remove(replace(notice, event_id=event_of(scene, scene.attendee).id))
    _, own = _views(scene, plan)
    scene.expect("GRAPH-MIG-SER-013", "the attendee's occurrences once it is removed", own).is_absent()


@case(
    "cross-protocol.series-in-one-mailbox",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-SER-014", "GRAPH-MIG-SER-015"),
    pairings=("ews-graph", "graph-ews"),
    needs=("series",),
)
def test_what_one_protocol_makes_of_a_series_the_other_reads(scene: Scene) -> None:
    plan = daily(scene)
    expected = slots(plan, 5)
    maker = scene.organizer
    reader = scene.actor("organizer0", "graph" if maker.protocol == "ews" else "ews")
    master = maker.schedule(plan)
    read = found(scene, lambda: reader.find_event(token(scene)), "the series", "GRAPH-MIG-SER-014")
    told = maker.look(master)
    facts = [(one.kind, one.uid, one.recurrence) for one in (told, read)]
    scene.expect("GRAPH-MIG-SER-014", "kind, UID and recurrence as the other reads them", facts[1]).equals(facts[0])
    span = window(plan, 5)
    later = moved(expected[1], hours=3)
    maker.update(maker.view(token(scene), span)[1], Changes(slot=later))
    wanted = [(EventKind.OCCURRENCE, one, one.start) for one in expected]
    wanted[1] = (EventKind.EXCEPTION, later, expected[1].start)
    for who in (maker, reader):
        shown = [(one.kind, one.slot, one.original_start) for one in who.view(token(scene), span)]
        scene.expect("GRAPH-MIG-SER-015", f"the occurrences over {who.protocol}", shown).equals(wanted)
