"""Series of meetings over Graph: what organizer and attendees tell one another of all occurrences, and of one."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import segment
from conformance.actor.graph_recurrence import read_recurrence, recurrence
from conformance.actor.graph_views import original_start, slot
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.recurring import (
    again,
    answer_one,
    copies,
    instances,
    invited,
    members,
    nth,
    path_of,
    starts,
    times,
    view,
)
from conformance.suites.graph.steps import Resource, act, entry, event, in_folder, own_event, patch, received, status
from conformance.suites.recurring import anchor, daily, moved, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import address, found, token

SCENARIO = "series"
ANSWERS = {"accept": "accepted", "tentativelyAccept": "tentativelyAccepted"}


def _mine(events: list[Resource]) -> list[object]:
    """One's own answers."""
    return [(one.get("responseStatus") or {}).get("response") for one in events]


def _told(scene: Scene, master: Resource) -> list[object]:
    """What the organizer's occurrences tell of attendee0."""
    shown = instances(scene.graph("organizer0"), master, window(daily(scene), 5))
    return [status(one, address(scene, "attendee0")) for one in shown]


def _wait_for(scene: Scene, master: Resource, number: int, wanted: str) -> None:
    scene.eventually(lambda: _told(scene, master)[number - 1] == wanted, f"the answer {wanted}")


def _later(scene: Scene, who: str, kind: str, known: Collection[object], requirement: str) -> Resource:
    """A message of a type that is none of those known already."""
    client = scene.graph(who)

    def look() -> Resource | None:
        listed = in_folder(client, "inbox", token(scene))
        fresh = (one for one in listed if str(one.get("@odata.type")).endswith(f".{kind}") and one["id"] not in known)
        return next(fresh, None)

    return found(scene, look, f"a new {kind} in the Inbox of {who}", requirement)


def _event_of(scene: Scene, who: str, message: Resource) -> Resource:
    """The event that a message belongs to."""
    link = f"me/messages/{segment(str(message['id']))}/microsoft.graph.eventMessage/event"
    return scene.graph(who).get(link).members


@case(
    "series.graph-request",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-001", "GRAPH-SERMTG-002", "GRAPH-SERMTG-003", "GRAPH-SERMTG-004", "GRAPH-SERMTG-005"),
    pairings=GRAPH,
    needs=("series",),
)
def test_attendees_receive_one_request_for_the_whole_series(scene: Scene) -> None:
    plan, master, own = invited(scene)
    request = received(scene, "attendee0", "eventMessageRequest", requirement="GRAPH-SERMTG-001")
    scene.expect("GRAPH-SERMTG-001", "the type of the request", request.get("type")).equals("seriesMaster")
    everything = in_folder(scene.graph("attendee0"), "inbox", token(scene))
    scene.expect("GRAPH-SERMTG-001", "the messages in the Inbox", everything).has_length(1)
    told = read_recurrence(request.get("recurrence"))
    scene.expect("GRAPH-SERMTG-002", "the request's recurrence", told).equals(plan.recurrence)
    linked = _event_of(scene, "attendee0", request)
    scene.expect("GRAPH-SERMTG-003", "the event of the request", (linked.get("id"), linked.get("type"))).equals(
        (own["id"], "seriesMaster")
    )
    kept = read_recurrence(own.get("recurrence"))
    scene.expect("GRAPH-SERMTG-004", "the attendee's recurrence", kept).equals(plan.recurrence)
    scene.expect("GRAPH-SERMTG-004", "the iCalUIds", own.get("iCalUId")).equals(master.get("iCalUId"))
    shown = copies(scene)
    scene.expect("GRAPH-SERMTG-005", "the attendee's occurrences", times(shown)).equals(slots(plan, 5))
    states = [(answer, one.get("showAs")) for answer, one in zip(_mine(shown), shown, strict=True)]
    scene.expect("GRAPH-SERMTG-005", "answers and free/busy", states).equals([("notResponded", "tentative")] * 5)


@case(
    "series.graph-answer-all",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-006", "GRAPH-SERMTG-007"),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("verb", ANSWERS)
def test_an_answer_to_the_series_counts_for_every_occurrence(scene: Scene, verb: str) -> None:
    person, wanted = address(scene, "attendee0"), ANSWERS[verb]
    _, master, own = invited(scene)
    answer = act(scene.graph("attendee0"), own, verb)
    scene.expect("GRAPH-SERMTG-006", "the status of the answer", answer.status).equals(202)
    scene.expect("GRAPH-SERMTG-006", "the attendee's occurrences", _mine(copies(scene))).equals([wanted] * 5)
    _wait_for(scene, master, 1, wanted)
    scene.expect("GRAPH-SERMTG-007", "the organizer's occurrences", _told(scene, master)).equals([wanted] * 5)
    scene.expect("GRAPH-SERMTG-007", "the organizer's series", status(again(scene, master), person)).equals(wanted)


@case(
    "series.graph-answer-one",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-008", "GRAPH-SERMTG-009", "GRAPH-SERMTG-010"),
    pairings=GRAPH,
    needs=("series",),
)
def test_an_answer_to_one_occurrence_counts_for_it_alone(scene: Scene) -> None:
    verb, wanted = "tentativelyAccept", "tentativelyAccepted"
    plan, master, _ = invited(scene)
    answer = answer_one(scene, verb, 3)
    scene.expect("GRAPH-SERMTG-008", "the status of the answer", answer.status).equals(202)
    none = "notResponded"
    scene.expect("GRAPH-SERMTG-008", "the attendee's occurrences", _mine(copies(scene))).equals(
        [none, none, wanted, none, none]
    )
    response = received(scene, "organizer0", "eventMessageResponse", requirement="GRAPH-SERMTG-010")
    linked = _event_of(scene, "organizer0", response)
    about = (linked.get("seriesMasterId"), original_start(linked))
    scene.expect("GRAPH-SERMTG-010", "series and day of the response's event", about).equals(
        (master["id"], starts(plan, 3)[-1])
    )
    _wait_for(scene, master, 3, wanted)
    scene.expect("GRAPH-SERMTG-009", "the organizer's occurrences", _told(scene, master)).equals(
        ["none", "none", wanted, "none", "none"]
    )


@case(
    "series.graph-decline-one",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-011", "GRAPH-SERMTG-012"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_declined_occurrence_leaves_the_attendees_series_alone(scene: Scene) -> None:
    plan, master, _ = invited(scene)
    expected = slots(plan, 5)
    wanted = moved(expected[1], hours=2)
    answer_one(scene, "decline", 2, {"proposedNewTime": ask.times(wanted)}).succeed("decline")
    scene.expect("GRAPH-SERMTG-011", "the attendee's occurrences", times(copies(scene))).equals(
        [expected[0], *expected[2:]]
    )
    _wait_for(scene, master, 2, "declined")
    scene.expect("GRAPH-SERMTG-011", "the organizer's occurrences", _told(scene, master)).equals(
        ["none", "declined", "none", "none", "none"]
    )
    person = address(scene, "attendee0")
    second = nth(scene, master, 2)
    proposed = slot(entry(second, person).get("proposedNewTime"))
    scene.expect("GRAPH-SERMTG-012", "the proposal for the occurrence", proposed).equals(wanted)
    others = [entry(again(scene, master), person), entry(nth(scene, master, 3), person)]
    told = [slot(one.get("proposedNewTime")) for one in others]
    scene.expect("GRAPH-SERMTG-012", "proposals for the series and the next", told).equals([None, None])
    scene.expect("GRAPH-SERMTG-012", "the occurrence's own time", times([second])).equals([expected[1]])


@case(
    "series.graph-decline-all",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-013",),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_declined_series_leaves_the_attendees_calendar(scene: Scene) -> None:
    _, master, own = invited(scene)
    act(scene.graph("attendee0"), own, "decline").succeed("decline")
    scene.expect("GRAPH-SERMTG-013", "the attendee's calendarView", copies(scene)).is_absent()
    _wait_for(scene, master, 5, "declined")
    scene.expect("GRAPH-SERMTG-013", "the organizer's occurrences", _told(scene, master)).equals(["declined"] * 5)


@case(
    "series.graph-move-one",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-014", "GRAPH-SERMTG-015", "GRAPH-SERMTG-016", "GRAPH-SERMTG-017"),
    pairings=GRAPH,
    needs=("series",),
)
def test_a_moved_occurrence_is_told_as_such(scene: Scene) -> None:
    plan, master, own = invited(scene)
    act(scene.graph("attendee0"), own, "accept").succeed("accept")
    _wait_for(scene, master, 2, "accepted")
    known = {one["id"] for one in in_folder(scene.graph("attendee0"), "inbox", token(scene))}
    expected = slots(plan, 5)
    later = moved(expected[1], hours=3)
    patch(scene.graph("organizer0"), nth(scene, master, 2), ask.times(later)).succeed("PATCH of an occurrence")
    request = _later(scene, "attendee0", "eventMessageRequest", known, "GRAPH-SERMTG-014")
    told = (request.get("type"), request.get("recurrence"))
    scene.expect("GRAPH-SERMTG-014", "type and recurrence of the request", told).equals(("exception", None))
    linked = _event_of(scene, "attendee0", request)
    about = (linked.get("seriesMasterId"), original_start(linked), slot(linked))
    scene.expect("GRAPH-SERMTG-015", "series, day and time of the request's event", about).equals(
        (own["id"], expected[1].start, later)
    )
    shown = copies(scene)
    scene.expect("GRAPH-SERMTG-016", "the attendee's occurrences", times(shown)).equals(
        [expected[0], later, *expected[2:]]
    )
    mine = _mine(shown)
    scene.expect("GRAPH-SERMTG-017", "the answers of the others", [mine[0], *mine[2:]]).equals(["accepted"] * 4)
    scene.expect("GRAPH-SERMTG-017", "the answer to the moved one", mine[1]).equals("notResponded")


@case(
    "series.graph-cancel-one",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-018", "GRAPH-SERMTG-019", "GRAPH-SERMTG-020"),
    pairings=GRAPH,
    needs=("series",),
)
@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_a_cancelled_occurrence_leaves_the_series_in_place(scene: Scene, how: str) -> None:
    organizer = scene.graph("organizer0")
    plan, master, own = invited(scene)
    expected = slots(plan, 5)
    third = nth(scene, master, 3)
    if how == "cancel":
        answer = act(organizer, third, "cancel", {"comment": "Not then."})
    else:
        answer = organizer.delete(path_of(third))
    scene.expect("GRAPH-SERMTG-018", "the status of the act", answer.status).equals(202 if how == "cancel" else 204)
    shown = times(view(scene, "organizer0", window(plan, 5)))
    scene.expect("GRAPH-SERMTG-018", "the organizer's occurrences", shown).equals([*expected[:2], *expected[3:]])
    notice = received(scene, "attendee0", "eventMessage", requirement="GRAPH-SERMTG-019")
    scene.expect("GRAPH-SERMTG-019", "meetingMessageType", notice.get("meetingMessageType")).equals("meetingCancelled")
    linked = _event_of(scene, "attendee0", notice)
    about = (linked.get("seriesMasterId"), original_start(linked))
    scene.expect("GRAPH-SERMTG-019", "series and day of the notice's event", about).equals(
        (own["id"], expected[2].start)
    )
    cancelled = members(copies(scene), "isCancelled")
    scene.expect("GRAPH-SERMTG-020", "isCancelled of the attendee's occurrences", cancelled).equals(
        [False, False, True, False, False]
    )


@case(
    "series.graph-cancel-all",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-021", "GRAPH-SERMTG-022"),
    pairings=GRAPH,
    needs=("series",),
)
def test_cancelling_the_series_cancels_every_occurrence(scene: Scene) -> None:
    plan, master, own = invited(scene)
    answer = act(scene.graph("organizer0"), master, "cancel", {"comment": "Not at all."})
    scene.expect("GRAPH-SERMTG-021", "the status of cancel", answer.status).equals(202)
    shown = times(view(scene, "organizer0", window(plan, 5)))
    scene.expect("GRAPH-SERMTG-021", "the organizer's calendarView", shown).is_absent()
    received(scene, "attendee0", "eventMessage", requirement="GRAPH-SERMTG-022")
    cancelled = members(copies(scene), "isCancelled")
    scene.expect("GRAPH-SERMTG-022", "isCancelled of the attendee's occurrences", cancelled).equals([True] * 5)
    series = event(scene.graph("attendee0"), str(own["id"]))
    scene.expect("GRAPH-SERMTG-022", "isCancelled of the attendee's series", series.get("isCancelled")).is_true()


@case(
    "series.graph-refused-acts",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-023", "GRAPH-SERMTG-024"),
    pairings=GRAPH,
    needs=("series",),
)
def test_organizers_do_not_answer_occurrences_and_attendees_do_not_cancel_them(scene: Scene) -> None:
    _, master, own = invited(scene)
    for what, one in (("series", master), ("occurrence", nth(scene, master, 1))):
        code = act(scene.graph("organizer0"), one, "accept").status
        scene.expect("GRAPH-SERMTG-023", f"the status of accept of the own {what}", code).equals(400)
    for what, one in (("series", own), ("occurrence", copies(scene)[0])):
        code = act(scene.graph("attendee0"), one, "cancel").status
        scene.expect("GRAPH-SERMTG-024", f"the status of cancel of the organizer's {what}", code).equals(400)


@case(
    "series.graph-change-all-told",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-025", "GRAPH-SERMTG-026"),
    pairings=GRAPH,
    needs=("series",),
)
def test_changes_of_the_series_reach_the_attendees_occurrences(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    plan, master, _ = invited(scene)
    known = {one["id"] for one in in_folder(scene.graph("attendee0"), "inbox", token(scene))}
    patch(organizer, master, {"location": {"displayName": "The roof"}}).succeed("PATCH of the series")
    request = _later(scene, "attendee0", "eventMessageRequest", known, "GRAPH-SERMTG-025")
    scene.expect("GRAPH-SERMTG-025", "the type of the update", request.get("type")).equals("seriesMaster")
    places = {(one.get("location") or {}).get("displayName") for one in copies(scene)}
    scene.expect("GRAPH-SERMTG-025", "the attendee's places", places).equals({"The roof"})
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), count=3)
    patch(organizer, master, {"recurrence": recurrence(rule)}).succeed("PATCH of the recurrence")
    scene.eventually(lambda: len(copies(scene)) == 3, "the shorter series")
    scene.expect("GRAPH-SERMTG-026", "the attendee's occurrences", times(copies(scene))).equals(slots(plan, 3))
    kept = read_recurrence(own_event(scene, "attendee0").get("recurrence"))
    scene.expect("GRAPH-SERMTG-026", "the attendee's recurrence", kept).equals(rule)


@case(
    "series.graph-guest-of-one",
    scenario=SCENARIO,
    verifies=("GRAPH-SERMTG-027",),
    pairings=GRAPH,
    needs=("series",),
)
def test_who_is_invited_to_one_occurrence_has_it_alone(scene: Scene) -> None:
    plan, master, _ = invited(scene)
    people = [ask.attendee(address(scene, f"attendee{n}")) for n in range(2)]
    patch(scene.graph("organizer0"), nth(scene, master, 2), {"attendees": people}).succeed("PATCH of an occurrence")
    received(scene, "attendee1", "eventMessageRequest", requirement="GRAPH-SERMTG-027")
    shown = copies(scene, "attendee1")
    scene.expect("GRAPH-SERMTG-027", "the guest's calendarView", times(shown)).equals(slots(plan)[1:2])
    listed = [entry(one, address(scene, "attendee1")) != {} for one in (again(scene, master), nth(scene, master, 2))]
    scene.expect("GRAPH-SERMTG-027", "the guest at the series and at the occurrence", listed).equals([False, True])
