"""Series of meetings over EWS: what organizer and attendees tell one another of all occurrences, and of one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes
from conformance.actor.ews_recurrence import read_recurrence
from conformance.actor.ews_views import moment, slot
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Node
from conformance.suites.case import EWS, case
from conformance.suites.ews.recurring import calendar, called, fresh, invited, nth, read_all, texts, times
from conformance.suites.ews.steps import SPELLING, entry_of
from conformance.suites.recurring import anchor, daily, moved, slots, window
from conformance.suites.scene import Scene
from conformance.suites.steps import address, first_listed, found, id_of, listed, read_item, settle, token

SCENARIO = "series"


def _copies(scene: Scene, who: str = "attendee0", times_: int = 5) -> tuple[Node, ...]:
    """The occurrences in somebody's calendar, read in full."""
    return read_all(scene.ews(who), calendar(scene, who, window(daily(scene, times_), times_)))


def _answer_of(item: Node, person: str) -> str | None:
    entry = entry_of(item, person)
    return entry.text("t:ResponseType") if entry else None


def _answers(scene: Scene, master: MeetingRef, *numbers: int) -> list[str | None]:
    """What the organizer's occurrences tell of attendee0's answer."""
    organizer, person = scene.ews("organizer0"), address(scene, "attendee0")
    return [_answer_of(nth(organizer, master, number), person) for number in numbers]


def _arrived(scene: Scene, who: str, folder: str, name: str, requirement: str, seen: tuple[str, ...] = ()) -> Node:
    """A message of a kind that is none of those seen already, read in full."""
    client = scene.ews(who)

    def look() -> Node | None:
        items = listed(client, folder, token(scene))
        return next((item for item in items if item.local == name and id_of(item).id not in seen), None)

    return read_item(client, id_of(found(scene, look, f"a {name} in the {folder} of {who}", requirement)))


@case(
    "series.ews-request",
    scenario=SCENARIO,
    verifies=(
        "EWS-SERMTG-001",
        "EWS-SERMTG-002",
        "EWS-SERMTG-003",
        "EWS-SERMTG-004",
        "EWS-SERMTG-005",
        "EWS-SERMTG-006",
    ),
    pairings=EWS,
    needs=("series",),
)
def test_attendees_receive_one_request_for_the_whole_series(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    plan, _, request = invited(scene)
    item = read_item(attendee, request)
    scene.expect("EWS-SERMTG-001", "CalendarItemType", item.text("t:CalendarItemType")).equals("RecurringMaster")
    scene.expect("EWS-SERMTG-002", "IsRecurring", item.text("t:IsRecurring")).equals("true")
    scene.expect("EWS-SERMTG-003", "Recurrence", read_recurrence(item.one("t:Recurrence"))).equals(plan.recurrence)
    expected = slots(plan, 5)
    ends = [item.one(f"t:{name}Occurrence") for name in ("First", "Last")]
    told = [end and slot(end, "t:Start", "t:End") for end in ends]
    scene.expect("EWS-SERMTG-004", "first and last occurrence", told).equals([expected[0], expected[-1]])
    associated = MeetingRef(item.text("t:AssociatedCalendarItemId/@Id") or "")
    kind = attendee.call(ask.get_item(associated)).text("t:CalendarItemType")
    scene.expect("EWS-SERMTG-005", "what AssociatedCalendarItemId leads to", kind).equals("RecurringMaster")
    shown = _copies(scene)
    scene.expect("EWS-SERMTG-006", "the times in the attendee's calendar", times(shown)).equals(expected)
    states = [(one.text("t:MyResponseType"), one.text("t:LegacyFreeBusyStatus")) for one in shown]
    scene.expect("EWS-SERMTG-006", "answers and free/busy", states).equals([("NoResponseReceived", "Tentative")] * 5)
    requests = [one.local for one in listed(attendee, "inbox", token(scene))]
    scene.expect("EWS-SERMTG-001", "the messages in the Inbox", requests).equals(["MeetingRequest"])


@case(
    "series.ews-answer-all",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-007", "EWS-SERMTG-008", "EWS-SERMTG-009"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize(("answer", "start"), [(Answer.ACCEPT, "request"), (Answer.TENTATIVE, "item")])
def test_an_answer_to_the_series_counts_for_every_occurrence(scene: Scene, answer: Answer, start: str) -> None:
    attendee, organizer, person = scene.ews("attendee0"), scene.ews("organizer0"), address(scene, "attendee0")
    _, master, request = invited(scene)
    what = request if start == "request" else first_listed(scene, attendee, "calendar", "CalendarItem")
    code = attendee.call(ask.respond(answer, what)).code
    scene.expect("EWS-SERMTG-007", "the code of the answer", code).equals("NoError")
    wanted = SPELLING[answer][1]
    mine = texts(_copies(scene), "t:MyResponseType")
    scene.expect("EWS-SERMTG-007", "the attendee's occurrences", mine).equals([wanted] * 5)
    response = _arrived(scene, "organizer0", "inbox", "MeetingResponse", "EWS-SERMTG-009")
    associated = response.text("t:AssociatedCalendarItemId/@Id")
    scene.expect("EWS-SERMTG-009", "what the response is about", associated).equals(master.id)
    scene.expect("EWS-SERMTG-009", "its RecurrenceId", response.text("t:RecurrenceId")).is_absent()
    scene.eventually(lambda: _answer_of(fresh(organizer, master), person) == wanted, "the answer")
    scene.expect("EWS-SERMTG-008", "the series", _answer_of(fresh(organizer, master), person)).equals(wanted)
    scene.expect("EWS-SERMTG-008", "the occurrences", _answers(scene, master, 1, 5)).equals([wanted] * 2)


@case(
    "series.ews-answer-one",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-010", "EWS-SERMTG-011", "EWS-SERMTG-012"),
    pairings=EWS,
    needs=("series",),
)
def test_an_answer_to_one_occurrence_counts_for_it_alone(scene: Scene) -> None:
    answer, attendee = Answer.TENTATIVE, scene.ews("attendee0")
    plan, master, _ = invited(scene)
    copies = _copies(scene)
    code = attendee.call(ask.respond(answer, id_of(copies[2]))).code
    scene.expect("EWS-SERMTG-010", "the code of the answer", code).equals("NoError")
    wanted = SPELLING[answer][1]
    none = "NoResponseReceived"
    mine = texts(_copies(scene), "t:MyResponseType")
    scene.expect("EWS-SERMTG-010", "the attendee's occurrences", mine).equals([none, none, wanted, none, none])
    response = _arrived(scene, "organizer0", "inbox", "MeetingResponse", "EWS-SERMTG-012")
    about = moment(response, "t:RecurrenceId")
    scene.expect("EWS-SERMTG-012", "RecurrenceId of the response", about).equals(slots(plan)[2].start)
    scene.eventually(lambda: _answers(scene, master, 3) == [wanted], "the answer")
    told = _answers(scene, master, 2, 3, 4)
    scene.expect("EWS-SERMTG-011", "the organizer's occurrences", told).equals(["Unknown", wanted, "Unknown"])


@case(
    "series.ews-answers-of-both-kinds",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-013",),
    pairings=EWS,
    needs=("series",),
)
def test_a_later_answer_to_the_series_keeps_what_was_answered_for_one(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, master, request = invited(scene)
    attendee.call(ask.respond(Answer.TENTATIVE, id_of(_copies(scene)[3]))).succeed("TentativelyAcceptItem")
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    mine = texts(_copies(scene), "t:MyResponseType")
    expected = ["Accept", "Accept", "Accept", "Tentative", "Accept"]
    scene.expect("EWS-SERMTG-013", "the attendee's occurrences", mine).equals(expected)
    scene.eventually(lambda: _answers(scene, master, 5) == ["Accept"], "the answer to the series")
    told = _answers(scene, master, 4, 5)
    scene.expect("EWS-SERMTG-013", "the organizer's occurrences", told).equals(["Tentative", "Accept"])


@case(
    "series.ews-decline-one",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-014", "EWS-SERMTG-015"),
    pairings=EWS,
    needs=("series",),
)
def test_a_declined_occurrence_leaves_the_attendees_series_alone(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    plan, master, _ = invited(scene)
    attendee.call(ask.respond(Answer.DECLINE, id_of(_copies(scene)[1]))).succeed("DeclineItem")
    expected = slots(plan, 5)
    left = times(calendar(scene, "attendee0", window(plan, 5)))
    scene.expect("EWS-SERMTG-014", "the attendee's occurrences", left).equals([expected[0], *expected[2:]])
    scene.eventually(lambda: _answers(scene, master, 2) == ["Decline"], "the answer")
    scene.expect("EWS-SERMTG-015", "the organizer's occurrences", _answers(scene, master, 1, 2, 3)).equals(
        ["Unknown", "Decline", "Unknown"]
    )
    kept = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-SERMTG-015", "the organizer's calendar", kept).equals(expected)


@case(
    "series.ews-decline-all",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-016",),
    pairings=EWS,
    needs=("series",),
)
def test_a_declined_series_leaves_the_attendees_calendar(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    plan, master, request = invited(scene)
    attendee.call(ask.respond(Answer.DECLINE, request)).succeed("DeclineItem")
    left = times(calendar(scene, "attendee0", window(plan, 5)))
    scene.expect("EWS-SERMTG-016", "the attendee's calendar", left).is_absent()
    scene.eventually(lambda: _answers(scene, master, 2) == ["Decline"], "the answer")
    scene.expect("EWS-SERMTG-016", "the organizer's occurrences", _answers(scene, master, 1, 5)).equals(["Decline"] * 2)


@case(
    "series.ews-move-one",
    scenario=SCENARIO,
    verifies=(
        "EWS-SERMTG-017",
        "EWS-SERMTG-018",
        "EWS-SERMTG-019",
        "EWS-SERMTG-020",
        "EWS-SERMTG-021",
        "EWS-SERMTG-022",
    ),
    pairings=EWS,
    needs=("series",),
)
def test_a_moved_occurrence_is_told_as_such(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    plan, master, request = invited(scene)
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    scene.eventually(lambda: _answers(scene, master, 2) == ["Accept"], "the answer")
    expected = slots(plan, 5)
    later = moved(expected[1], hours=3)
    update = ask.update_item(id_of(nth(organizer, master, 2)), *ask.updates_of(Changes(slot=later)))
    organizer.call(update).succeed("UpdateItem of an occurrence")
    item = _arrived(scene, "attendee0", "inbox", "MeetingRequest", "EWS-SERMTG-017", (request.id,))
    scene.expect("EWS-SERMTG-017", "CalendarItemType", item.text("t:CalendarItemType")).equals("Exception")
    kind = item.text("t:MeetingRequestType")
    scene.expect("EWS-SERMTG-018", "MeetingRequestType", kind).equals("FullUpdate")
    original = expected[1].start
    scene.expect("EWS-SERMTG-019", "OriginalStart", moment(item, "t:OriginalStart")).equals(original)
    scene.expect("EWS-SERMTG-020", "RecurrenceId", moment(item, "t:RecurrenceId")).equals(original)
    scene.expect("EWS-SERMTG-017", "Recurrence", item.one("t:Recurrence")).is_absent()
    shown = _copies(scene)
    scene.expect("EWS-SERMTG-021", "the times", times(shown)).equals([expected[0], later, *expected[2:]])
    kinds = texts(shown, "t:CalendarItemType")
    scene.expect("EWS-SERMTG-021", "the kinds", kinds).equals(["Occurrence", "Exception", *["Occurrence"] * 3])
    mine = texts(shown, "t:MyResponseType")
    scene.expect("EWS-SERMTG-022", "the answers of the others", [mine[0], *mine[2:]]).equals(["Accept"] * 4)
    scene.expect("EWS-SERMTG-022", "the answer to the moved one", mine[1]).equals("NoResponseReceived")


@case(
    "series.ews-cancel-one",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-023", "EWS-SERMTG-024", "EWS-SERMTG-025", "EWS-SERMTG-026"),
    pairings=EWS,
    needs=("series",),
)
@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_a_cancelled_occurrence_leaves_the_series_in_place(scene: Scene, how: str) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    plan, master, _ = invited(scene)
    second = id_of(nth(organizer, master, 2))
    acts = {"cancel": ask.cancel(second), "delete": ask.delete_item(second, cancellations="SendToAllAndSaveCopy")}
    code = organizer.call(acts[how]).code
    scene.expect("EWS-SERMTG-023", "the code of the act", code).equals("NoError")
    expected = slots(plan, 5)
    left = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-SERMTG-023", "the organizer's occurrences", left).equals([expected[0], *expected[2:]])
    entries = fresh(organizer, master).all("t:DeletedOccurrences/t:DeletedOccurrence")
    starts = [moment(one, "t:Start") for one in entries]
    scene.expect("EWS-SERMTG-023", "DeletedOccurrences", starts).equals([expected[1].start])
    notice = _arrived(scene, "attendee0", "inbox", "MeetingCancellation", "EWS-SERMTG-024")
    about = moment(notice, "t:RecurrenceId")
    scene.expect("EWS-SERMTG-024", "RecurrenceId of the cancellation", about).equals(expected[1].start)
    shown = texts(_copies(scene), "t:IsCancelled")
    scene.expect("EWS-SERMTG-025", "IsCancelled of the attendee's occurrences", shown).equals(
        ["false", "true", "false", "false", "false"]
    )
    attendee.call(ask.remove(id_of(notice))).succeed("RemoveItem")
    left = times(calendar(scene, "attendee0", window(plan, 5)))
    scene.expect("EWS-SERMTG-026", "the attendee's occurrences", left).equals([expected[0], *expected[2:]])


@case(
    "series.ews-cancel-all",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-027", "EWS-SERMTG-028", "EWS-SERMTG-029"),
    pairings=EWS,
    needs=("series",),
)
def test_cancelling_the_series_cancels_every_occurrence(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    plan, master, _ = invited(scene)
    code = organizer.call(ask.cancel(master)).code
    scene.expect("EWS-SERMTG-027", "the code of CancelCalendarItem", code).equals("NoError")
    left = times(calendar(scene, "organizer0", window(plan, 5)))
    scene.expect("EWS-SERMTG-027", "the organizer's calendar", left).is_absent()
    notice = _arrived(scene, "attendee0", "inbox", "MeetingCancellation", "EWS-SERMTG-028")
    told = (notice.text("t:CalendarItemType"), read_recurrence(notice.one("t:Recurrence")))
    scene.expect("EWS-SERMTG-028", "what the cancellation is about", told).equals(("RecurringMaster", plan.recurrence))
    shown = texts(_copies(scene), "t:IsCancelled")
    scene.expect("EWS-SERMTG-029", "IsCancelled of the attendee's occurrences", shown).equals(["true"] * 5)
    attendee.call(ask.remove(id_of(notice))).succeed("RemoveItem")
    left = times(calendar(scene, "attendee0", window(plan, 5)))
    scene.expect("EWS-SERMTG-029", "the attendee's calendar", left).is_absent()


@case(
    "series.ews-late-invitation",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-030", "EWS-SERMTG-031", "EWS-SERMTG-032"),
    pairings=EWS,
    needs=("series",),
)
def test_who_is_invited_late_learns_of_exceptions_and_deletions(scene: Scene) -> None:
    organizer, people = scene.ews("organizer0"), [address(scene, f"attendee{n}") for n in range(2)]
    plan, master, _ = invited(scene)
    expected = slots(plan, 5)
    update = ask.update_item(id_of(nth(organizer, master, 2)), *ask.updates_of(Changes(location="The roof")))
    organizer.call(update).succeed("UpdateItem of an occurrence")
    third = id_of(nth(organizer, master, 3))
    organizer.call(ask.delete_item(third, cancellations="SendOnlyToAll")).succeed("DeleteItem of an occurrence")
    all_of_them = ask.updates_of(Changes(required=(people[0],), optional=(people[1],)))
    now = id_of(fresh(organizer, master))
    organizer.call(ask.update_item(now, *all_of_them)).succeed("UpdateItem of the series")
    item = _arrived(scene, "attendee1", "inbox", "MeetingRequest", "EWS-SERMTG-030")
    entries = item.all("t:ModifiedOccurrences/t:Occurrence")
    told = [(slot(one, "t:Start", "t:End"), moment(one, "t:OriginalStart")) for one in entries]
    scene.expect("EWS-SERMTG-030", "ModifiedOccurrences", told).equals([(expected[1], expected[1].start)])
    starts = [moment(one, "t:Start") for one in item.all("t:DeletedOccurrences/t:DeletedOccurrence")]
    scene.expect("EWS-SERMTG-031", "DeletedOccurrences", starts).equals([expected[2].start])
    shown = calendar(scene, "attendee1", window(plan, 5), ("calendar:Location",))
    scene.expect("EWS-SERMTG-032", "the occurrences", times(shown)).equals([*expected[:2], *expected[3:]])
    places = texts(shown, "t:Location")
    scene.expect("EWS-SERMTG-032", "their places", places).equals([plan.location, "The roof", *[plan.location] * 2])


@case(
    "series.ews-guest-of-one",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-033", "EWS-SERMTG-034", "EWS-SERMTG-035"),
    pairings=EWS,
    needs=("series",),
)
def test_who_is_invited_to_one_occurrence_has_it_alone(scene: Scene) -> None:
    organizer, guest, person = scene.ews("organizer0"), scene.ews("attendee1"), address(scene, "attendee1")
    plan, master, _ = invited(scene)
    second = slots(plan)[1]
    people = ask.updates_of(Changes(optional=(person,)))
    organizer.call(ask.update_item(id_of(nth(organizer, master, 2)), *people)).succeed("UpdateItem of an occurrence")
    item = _arrived(scene, "attendee1", "inbox", "MeetingRequest", "EWS-SERMTG-033")
    scene.expect("EWS-SERMTG-033", "RecurrenceId", moment(item, "t:RecurrenceId")).equals(second.start)
    scene.expect("EWS-SERMTG-033", "Recurrence", item.one("t:Recurrence")).is_absent()
    shown = times(calendar(scene, "attendee1", window(plan, 5)))
    scene.expect("EWS-SERMTG-034", "the guest's calendar", shown).equals([second])
    guest.call(ask.respond(Answer.ACCEPT, id_of(item))).succeed("AcceptItem")
    scene.eventually(lambda: _answer_of(nth(organizer, master, 2), person) == "Accept", "the answer")
    listed_ = [_answer_of(nth(organizer, master, number), person) for number in (1, 2)]
    scene.expect("EWS-SERMTG-035", "the guest at the first and second", listed_).equals([None, "Accept"])


@case(
    "series.ews-dropped-from-one",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-036",),
    pairings=EWS,
    needs=("series",),
)
def test_who_is_dropped_from_one_occurrence_is_told_of_it(scene: Scene) -> None:
    organizer, people = scene.ews("organizer0"), tuple(address(scene, f"attendee{n}") for n in range(2))
    plan = daily(scene, required=people)
    master = called(scene, plan)
    first_listed(scene, scene.ews("attendee0"), "inbox", "MeetingRequest")
    rest = ask.updates_of(Changes(required=people[1:]))
    organizer.call(ask.update_item(id_of(nth(organizer, master, 2)), *rest)).succeed("UpdateItem of an occurrence")
    notice = _arrived(scene, "attendee0", "inbox", "MeetingCancellation", "EWS-SERMTG-036")
    about = moment(notice, "t:RecurrenceId")
    scene.expect("EWS-SERMTG-036", "RecurrenceId of the cancellation", about).equals(slots(plan)[1].start)
    settle(scene, "attendee1")
    others = [item.local for item in listed(scene.ews("attendee1"), "inbox", token(scene))]
    scene.expect("EWS-SERMTG-036", "cancellations to who stays", others.count("MeetingCancellation")).equals(0)


@case(
    "series.ews-change-all-told",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-037", "EWS-SERMTG-038"),
    pairings=EWS,
    needs=("series",),
)
def test_a_change_of_the_series_reaches_the_attendees_occurrences(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plan, master, request = invited(scene)
    update = ask.update_item(master, *ask.updates_of(Changes(location="The roof")))
    organizer.call(update).succeed("UpdateItem of the series")
    item = _arrived(scene, "attendee0", "inbox", "MeetingRequest", "EWS-SERMTG-037", (request.id,))
    told = (item.text("t:CalendarItemType"), item.text("t:Location"))
    scene.expect("EWS-SERMTG-037", "the update", told).equals(("RecurringMaster", "The roof"))
    shown = calendar(scene, "attendee0", window(plan, 5), ("calendar:Location",))
    scene.expect("EWS-SERMTG-038", "the attendee's places", texts(shown, "t:Location")).equals(["The roof"] * 5)


@case(
    "series.ews-cut-short-told",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-039",),
    pairings=EWS,
    needs=("series",),
)
def test_attendees_learn_that_a_series_is_cut_short(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plan, master, request = invited(scene)
    rule = Recurrence(pattern=Pattern.DAILY, start=anchor(scene), count=3)
    update = ask.update_item(master, *ask.updates_of(Changes(recurrence=rule)))
    organizer.call(update).succeed("UpdateItem of the series")
    item = _arrived(scene, "attendee0", "inbox", "MeetingRequest", "EWS-SERMTG-039", (request.id,))
    scene.expect("EWS-SERMTG-039", "Recurrence", read_recurrence(item.one("t:Recurrence"))).equals(
        replace(rule, first_day="")
    )
    shown = times(calendar(scene, "attendee0", window(plan, 5)))
    scene.expect("EWS-SERMTG-039", "the attendee's occurrences", shown).equals(slots(plan, 3))


@case(
    "series.ews-proposals",
    scenario=SCENARIO,
    verifies=("EWS-SERMTG-040", "EWS-SERMTG-041"),
    pairings=EWS,
    needs=("series", "propose-new-time"),
)
def test_a_new_time_is_proposed_for_one_occurrence(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    plan, master, request = invited(scene)
    series = read_item(attendee, request).names("t:ResponseObjects")
    scene.expect("EWS-SERMTG-040", "what the series' request offers", series).lacks("ProposeNewTime")
    copy = _copies(scene)[1]
    scene.expect("EWS-SERMTG-040", "what an occurrence offers", copy.names("t:ResponseObjects")).contains(
        "ProposeNewTime"
    )
    wanted = moved(slots(plan)[1], hours=2)
    code = attendee.call(ask.respond(Answer.TENTATIVE, id_of(copy), proposal=wanted)).code
    scene.expect("EWS-SERMTG-041", "the code of the proposal", code).equals("NoError")
    response = _arrived(scene, "organizer0", "inbox", "MeetingResponse", "EWS-SERMTG-041")
    told = (moment(response, "t:RecurrenceId"), slot(response, "t:ProposedStart", "t:ProposedEnd"))
    scene.expect("EWS-SERMTG-041", "occurrence and proposal", told).equals((slots(plan)[1].start, wanted))
    own = slot(nth(organizer, master, 2), "t:Start", "t:End")
    scene.expect("EWS-SERMTG-041", "the organizer's own time", own).equals(slots(plan)[1])
