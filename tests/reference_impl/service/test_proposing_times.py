from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Delivery
from reference_impl.domain.errors import EndNotAfterStart, ProposalNotSent, ProposalsNotAllowed
from reference_impl.domain.items import Response, TimeSlot

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEXT_DAY = TimeSlot(NINE + timedelta(days=1), NINE + timedelta(days=1) + HOUR)


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])
def test_a_proposal_reaches_the_organizer_who_keeps_the_time(stage, response):
    event = stage.meet("attendee0")
    stage.answer(stage.attendee, stage.request(stage.attendee), response, proposal=NEXT_DAY)
    (received,) = stage.inbox(stage.organizer)
    assert received.subject == "New Time Proposed: Plan"
    assert received.meeting.proposal == NEXT_DAY
    assert received.meeting.response is response
    assert TimeSlot(received.meeting.start, received.meeting.end) == event.slot
    entry = stage.entry(event)
    assert (entry.response, entry.proposal) == (response, NEXT_DAY)
    assert stage.now(stage.organizer, event).slot == event.slot


def test_the_organizer_takes_up_a_proposal_and_everybody_is_asked_again(stage):
    event = stage.meet("attendee0", "attendee1")
    stage.answer(stage.attendee, stage.request(stage.attendee), Response.TENTATIVE, proposal=NEXT_DAY)
    stage.change(event, start=NEXT_DAY.start, end=NEXT_DAY.end)
    for name in ("attendee0", "attendee1"):
        entry = stage.entry(event, name)
        assert (entry.response, entry.response_time, entry.proposal) == (Response.NOT_RESPONDED, None, None)
        assert stage.copy(stage.who(name)).slot == NEXT_DAY


def test_a_plain_answer_withdraws_the_proposal(stage):
    event = stage.meet("attendee0")
    stage.answer(stage.attendee, stage.request(stage.attendee), Response.TENTATIVE, proposal=NEXT_DAY)
    stage.answer(stage.attendee, stage.copy(stage.attendee), Response.ACCEPTED)
    assert stage.entry(event).proposal is None


def test_another_place_keeps_the_proposal(stage):
    event = stage.meet("attendee0")
    stage.answer(stage.attendee, stage.request(stage.attendee), Response.TENTATIVE, proposal=NEXT_DAY)
    stage.change(event, location="There")
    assert stage.entry(event).proposal == NEXT_DAY


@pytest.mark.parametrize(
    ("error", "allows", "reply"),
    [
        (ProposalsNotAllowed, False, {"proposal": NEXT_DAY}),
        (ProposalNotSent, True, {"proposal": NEXT_DAY, "delivery": Delivery(send=False)}),
        (EndNotAfterStart, True, {"proposal": TimeSlot(NEXT_DAY.end, NEXT_DAY.start)}),
    ],
)
@pytest.mark.parametrize("through", ["request", "copy"])
def test_an_impossible_proposal_is_refused_and_nothing_changes(stage, error, allows, reply, through):
    stage.meet("attendee0", allow_new_time_proposals=allows)
    item = stage.request(stage.attendee) if through == "request" else stage.copy(stage.attendee)
    before = stage.snapshot()
    with pytest.raises(error):
        stage.answer(stage.attendee, item, **reply)
    assert stage.snapshot() == before
