"""Answers over every axis: which answer, to the message or the calendar item, sent or not, single or series."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.actor.acts import Changes, Refused
from conformance.actor.views import (
    ANSWERED,
    Answer,
    EventView,
    Folder,
    MeetingRef,
    MessageKind,
    MessageView,
    ResponseState,
    ShowAs,
)
from conformance.suites.case import ALL, case
from conformance.suites.meeting.steps import (
    COUNT,
    calendar_of,
    invite,
    of_kind,
    settled,
    state_of,
    wait_for,
)
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, event_of, found, message_of, slot, token

SCENARIO = "answers"
SHOWN = {Answer.ACCEPT: ShowAs.BUSY, Answer.TENTATIVE: ShowAs.TENTATIVE}

ANSWER = pytest.mark.parametrize("answer", list(Answer))
START = pytest.mark.parametrize("start", ["message", "item"])
KIND = pytest.mark.parametrize("kind", ["single", "series"])


def _facts(event: EventView | None) -> tuple[object, ...]:
    """What an answer never changes; empty where the calendar has nothing."""
    return () if event is None else (event.uid, event.subject, event.slot, event.location, event.organizer.casefold())


def _standing(event: EventView) -> tuple[object, ...]:
    """An attendee's own item: the answer, when it was given, what time it takes, and whether it is cancelled."""
    return event.my_response, event.reply_time, event.show_as, event.is_cancelled


def _rest(event: EventView, person: str) -> EventView:
    """An organizer's item without what the answer of one person changes in it."""
    others = {name: entry for name, entry in event.attendees.items() if name != person.casefold()}
    return replace(event, change_key="", attendees=others)


def _answer(scene: Scene, answer: Answer, start: str, request: MessageView, *, send: bool) -> EventView:
    """Answer by the message or the item; the attendee's item as it was before."""
    own = event_of(scene, scene.attendee)
    scene.attendee.respond(answer, request if start == "message" else own, send=send)
    return own


def _expect_own_side(scene: Scene, answer: Answer, kind: str, before: EventView) -> None:
    """The attendee's calendar after an answer, the same whether it was sent or not."""
    count = 0 if answer is Answer.DECLINE else COUNT if kind == "series" else 1
    shown = calendar_of(scene, scene.attendee)
    responses = [one.my_response for one in shown]
    scene.expect("MEETING-ANS-001", "the answer in the attendee's calendar", responses).equals(
        [ANSWERED[answer]] * count
    )
    statuses = [one.show_as for one in shown]
    scene.expect("MEETING-ANS-002", "the time in the attendee's calendar", statuses).equals([SHOWN.get(answer)] * count)
    facts = _facts(scene.attendee.find_event(token(scene)))
    scene.expect("MEETING-ANS-003", "UID, subject, time, place and organizer at the attendee", facts).equals(
        _facts(before) if count else ()
    )


@case(
    "answers.sent",
    scenario=SCENARIO,
    verifies=(
        "MEETING-ANS-001",
        "MEETING-ANS-002",
        "MEETING-ANS-003",
        "MEETING-ANS-004",
        "MEETING-ANS-005",
        "MEETING-ANS-006",
        "MEETING-ANS-007",
        "MEETING-ANS-008",
    ),
    pairings=ALL,
)
@ANSWER
@START
@KIND
def test_a_sent_answer_changes_both_sides(scene: Scene, answer: Answer, start: str, kind: str) -> None:
    person = address(scene, "attendee0")
    meeting, request = invite(scene, recurs=kind == "series")
    before = scene.organizer.look(meeting)
    own = _answer(scene, answer, start, request, send=True)
    _expect_own_side(scene, answer, kind, own)
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE, "MEETING-ANS-004")
    scene.expect("MEETING-ANS-004", "the answer that the response tells", response.response).equals(ANSWERED[answer])
    scene.expect("MEETING-ANS-005", "the organizer's item that it names", response.event_id).equals(meeting.id)
    after = wait_for(scene, meeting, ANSWERED[answer])
    entry = after.attendee(person)
    scene.expect("MEETING-ANS-006", "the organizer's entry", entry and entry.response).equals(ANSWERED[answer])
    scene.expect("MEETING-ANS-006", "the time in the entry", entry and entry.time).is_present()
    scene.expect("MEETING-ANS-007", "the rest of the organizer's item", _rest(after, person)).equals(
        _rest(before, person)
    )
    received = of_kind(scene, scene.organizer, Folder.INBOX, MessageKind.RESPONSE)
    scene.expect("MEETING-ANS-004", "the responses in the organizer's Inbox", received).has_length(1)
    kept = [one.kind for one in scene.attendee.messages(Folder.SENT, token(scene))]
    scene.expect("MEETING-ANS-008", "the attendee's Sent Items", kept).equals([MessageKind.RESPONSE])


@case(
    "answers.in-silence",
    scenario=SCENARIO,
    verifies=("MEETING-ANS-001", "MEETING-ANS-002", "MEETING-ANS-003", "MEETING-ANS-009", "MEETING-ANS-010"),
    pairings=ALL,
)
@ANSWER
@pytest.mark.parametrize(("start", "kind"), [("message", "single"), ("item", "series")])
def test_an_answer_kept_silent_changes_one_side(scene: Scene, answer: Answer, start: str, kind: str) -> None:
    meeting, request = invite(scene, recurs=kind == "series")
    before = state_of(scene, scene.organizer, meeting)
    own = _answer(scene, answer, start, request, send=False)
    _expect_own_side(scene, answer, kind, own)
    kept = [one.kind for one in scene.attendee.messages(Folder.SENT, token(scene))]
    scene.expect("MEETING-ANS-009", "the attendee's Sent Items", kept).equals([])
    settled(scene, "organizer0")
    after = state_of(scene, scene.organizer, meeting)
    scene.expect("MEETING-ANS-010", "the organizer's item and mail", after).equals(before)


AGAIN = [(first, second) for first in (Answer.ACCEPT, Answer.TENTATIVE) for second in Answer]


@case(
    "answers.again",
    scenario=SCENARIO,
    verifies=("MEETING-ANS-011", "MEETING-ANS-012", "MEETING-ANS-013", "MEETING-ANS-019"),
    pairings=ALL,
)
@pytest.mark.parametrize(("first", "second"), AGAIN)
def test_a_second_answer_takes_the_place_of_the_first(scene: Scene, first: Answer, second: Answer) -> None:
    person = address(scene, "attendee0")
    meeting, request = invite(scene)
    scene.attendee.respond(first, request)
    earlier = wait_for(scene, meeting, ANSWERED[first]).attendee(person)
    own = event_of(scene, scene.attendee)
    scene.attendee.respond(second, own)

    def look() -> list[ResponseState | None]:
        told = [one.response for one in of_kind(scene, scene.organizer, Folder.INBOX, MessageKind.RESPONSE)]
        return told if len(told) > 1 else []

    responses = scene.eventually(look, "the second answer in the organizer's Inbox")
    scene.expect("MEETING-ANS-013", "the responses in the organizer's Inbox", responses).has_members(
        [ANSWERED[first], ANSWERED[second]]
    )
    later = wait_for(scene, meeting, ANSWERED[second]).attendee(person)
    scene.expect("MEETING-ANS-011", "the organizer's entry", later and later.response).equals(ANSWERED[second])
    scene.expect("MEETING-ANS-011", "the time in the entry", later and later.time).is_at_least(earlier and earlier.time)
    shown = [(one.my_response, one.show_as) for one in calendar_of(scene, scene.attendee)]
    scene.expect("MEETING-ANS-012", "the attendee's calendar", shown).equals(
        [] if second is Answer.DECLINE else [(ANSWERED[second], SHOWN[second])]
    )
    scene.expect("MEETING-ANS-019", "when the item was answered first", own.reply_time).is_present()
    if second is not Answer.DECLINE:
        again = scene.attendee.look(own)
        scene.expect("MEETING-ANS-012", "whether the item is off", again.is_cancelled).is_false()
        scene.expect("MEETING-ANS-019", "when the item was answered again", again.reply_time).is_at_least(
            own.reply_time
        )


def _updated(scene: Scene, meeting: MeetingRef, request: MessageView, changes: Changes) -> MessageView:
    """The request of an update that the organizer sends."""
    scene.organizer.update(scene.organizer.look(meeting), changes)

    def look() -> MessageView | None:
        requests = of_kind(scene, scene.attendee, Folder.INBOX, MessageKind.REQUEST)
        return next((one for one in requests if one.id != request.id), None)

    return scene.attendee.look_message(found(scene, look, "the update in the attendee's Inbox"))


TURNS = {"message": (Answer.TENTATIVE, Answer.ACCEPT), "item": (Answer.ACCEPT, Answer.TENTATIVE)}
"""The answer to the first request and the one to the update, by what the second is given to."""


@case(
    "answers.after-an-update",
    scenario=SCENARIO,
    verifies=("MEETING-ANS-014", "MEETING-ANS-015", "MEETING-ANS-016", "MEETING-ANS-020"),
    pairings=ALL,
)
@START
@pytest.mark.parametrize("moved", [False, True], ids=["of-place", "of-time"])
def test_an_answer_speaks_of_the_meeting_as_it_now_is(scene: Scene, start: str, *, moved: bool) -> None:
    first, second = TURNS[start]
    person = address(scene, "attendee0")
    later = slot(scene, 15)
    meeting, request = invite(scene)
    scene.attendee.respond(first, request)
    noted = wait_for(scene, meeting, ANSWERED[first]).attendee(person)
    earlier = event_of(scene, scene.attendee)
    update = _updated(scene, meeting, request, Changes(slot=later) if moved else Changes(location="Upstairs"))
    between = scene.organizer.look(meeting).attendee(person)
    scene.expect(
        "MEETING-ANS-014", "whether the earlier answer stands", bool(between and between.response.is_open)
    ).equals(moved)
    scene.expect("MEETING-ANS-014", "the organizer's entry", between and (between.response, between.time)).equals(
        (between and between.response, None) if moved else noted and (noted.response, noted.time)
    )
    own = scene.attendee.look(earlier)
    asked_anew = (ResponseState.NOT_RESPONDED, None, ShowAs.TENTATIVE, False)
    scene.expect("MEETING-ANS-020", "the attendee's item", _standing(own)).equals(
        asked_anew if moved else _standing(earlier)
    )
    scene.attendee.respond(second, update if start == "message" else own)
    after = wait_for(scene, meeting, ANSWERED[second])
    told = after.attendee(person)
    scene.expect("MEETING-ANS-015", "the organizer's entry", told and told.response).equals(ANSWERED[second])
    scene.expect("MEETING-ANS-015", "the time in the entry", told and told.time).is_present()
    response = message_of(scene, scene.organizer, MessageKind.RESPONSE, "MEETING-ANS-015")
    scene.expect("MEETING-ANS-016", "the time that the response tells", response.slot).equals(
        later if moved else draft(scene).slot
    )
    scene.expect("MEETING-ANS-016", "the organizer's item that it names", response.event_id).equals(meeting.id)


@case(
    "answers.before-a-cancellation",
    scenario=SCENARIO,
    verifies=("MEETING-ANS-021",),
    pairings=ALL,
)
@pytest.mark.parametrize("answer", [Answer.ACCEPT, Answer.TENTATIVE])
def test_a_cancellation_leaves_an_answer_as_it_was(scene: Scene, answer: Answer) -> None:
    meeting, request = invite(scene)
    scene.attendee.respond(answer, request)
    wait_for(scene, meeting, ANSWERED[answer])
    before = event_of(scene, scene.attendee)
    scene.organizer.cancel(scene.organizer.look(meeting))
    message_of(scene, scene.attendee, MessageKind.CANCELLATION)
    own = scene.attendee.look(before)
    expected = (ANSWERED[answer], before.reply_time, ShowAs.FREE, True)
    scene.expect("MEETING-ANS-021", "the attendee's item", _standing(own)).equals(expected)


@case(
    "answers.after-a-cancellation",
    scenario=SCENARIO,
    verifies=("MEETING-ANS-017", "MEETING-ANS-018", "MEETING-ANS-021"),
    pairings=ALL,
)
@ANSWER
def test_a_cancelled_meeting_takes_no_answer(scene: Scene, answer: Answer) -> None:
    meeting, _ = invite(scene)
    scene.organizer.cancel(meeting)
    message_of(scene, scene.attendee, MessageKind.CANCELLATION)
    own = event_of(scene, scene.attendee)
    scene.expect("MEETING-ANS-021", "the attendee's item", _standing(own)).equals(
        (ResponseState.NOT_RESPONDED, None, ShowAs.FREE, True)
    )
    refused = False
    try:
        scene.attendee.respond(answer, own)
    except Refused:
        refused = True
    scene.expect("MEETING-ANS-017", "whether the answer was refused", refused).is_true()
    after = event_of(scene, scene.attendee, "MEETING-ANS-018")
    scene.expect("MEETING-ANS-018", "the attendee's item", after).equals(own)
    settled(scene, "organizer0")
    received = of_kind(scene, scene.organizer, Folder.INBOX, MessageKind.RESPONSE)
    scene.expect("MEETING-ANS-018", "the responses in the organizer's Inbox", received).is_absent()
