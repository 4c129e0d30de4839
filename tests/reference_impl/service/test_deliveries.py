from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import Delivery
from reference_impl.domain.items import Body, MessageKind, Response, Role, ShowAs
from reference_impl.service import delivery, events
from reference_impl.service.forwarding import forward_meeting

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def with_booking_room():
    return tuple(
        replace(mailbox, auto_accept=True) if mailbox.address.startswith("room") else mailbox
        for mailbox in default_population()
    )


def test_held_deliveries_wait_and_are_stepped_one_by_one(stage):
    delivery.hold(stage.world)
    event = stage.meet("attendee0", "attendee1")
    assert delivery.waiting(stage.world) == 2
    assert stage.inbox(stage.attendee) == []
    assert delivery.step(stage.world)
    assert (len(stage.inbox(stage.attendee)), len(stage.inbox(stage.other))) == (1, 0)
    assert delivery.step(stage.world)
    assert not delivery.step(stage.world)
    stage.answer(stage.attendee, stage.request(stage.attendee))
    assert stage.entry(event).response is Response.NONE
    sent_at = stage.clock.now()
    stage.clock.tick()
    delivery.release(stage.world)
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.entry(event).response_time == sent_at
    (received,) = stage.inbox(stage.organizer)
    assert (received.sent, received.received) == (sent_at, stage.clock.now())
    assert delivery.waiting(stage.world) == 0
    stage.meet("attendee0")
    assert delivery.waiting(stage.world) == 0


def test_an_answer_to_an_older_time_does_not_count(stage):
    event = stage.meet("attendee0")
    delivery.hold(stage.world)
    stage.answer(stage.attendee, stage.request(stage.attendee))
    stage.change(event, start=NINE + HOUR, end=NINE + 2 * HOUR)
    delivery.release(stage.world)
    (received,) = stage.inbox(stage.organizer)
    assert received.is_out_of_date
    assert stage.entry(event).response is Response.NOT_RESPONDED
    assert stage.copy(stage.attendee).my_response is Response.NOT_RESPONDED


def test_an_answer_that_crosses_another_place_counts(stage):
    event = stage.meet("attendee0")
    delivery.hold(stage.world)
    stage.answer(stage.attendee, stage.request(stage.attendee))
    stage.change(event, location="There")
    delivery.release(stage.world)
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.copy(stage.attendee).my_response is Response.ACCEPTED


@pytest.mark.parametrize("ordered_first", ["update", "cancellation"])
def test_several_waiting_messages_arrive_in_the_order_sent(stage, ordered_first):
    delivery.hold(stage.world)
    event = stage.meet("attendee0")
    stage.change(event, location="There")
    if ordered_first == "cancellation":
        events.cancel_event(stage.world, stage.organizer, event.id, None, Delivery())
    delivery.release(stage.world)
    kinds = [message.kind for message in stage.inbox(stage.attendee)]
    assert kinds[:2] == [MessageKind.REQUEST, MessageKind.REQUEST]
    copy = stage.copy(stage.attendee)
    assert copy.location == "There"
    assert copy.is_cancelled is (ordered_first == "cancellation")


def test_a_booking_room_takes_the_first_meeting_and_declines_the_second(make_stage):
    stage = make_stage(population=with_booking_room())
    room = stage.guests("room0", role=Role.RESOURCE)
    first = stage.meet(attendees=room)
    assert first.attendees[0].response is Response.ACCEPTED, "the answer is there when the act returns"
    assert stage.entry(first, "room0").response is Response.ACCEPTED
    second = stage.meet(attendees=room, start=NINE + HOUR / 2)
    assert stage.entry(second, "room0").response is Response.DECLINED
    third = stage.meet(attendees=room, start=NINE + 2 * HOUR)
    assert stage.entry(third, "room0").response is Response.ACCEPTED
    booked = stage.calendar(stage.who("room0"))
    assert [(item.uid, item.show_as) for item in booked] == [(first.uid, ShowAs.BUSY), (third.uid, ShowAs.BUSY)]
    assert stage.inbox(stage.who("room0")) == []
    subjects = [message.subject for message in stage.inbox(stage.organizer)]
    assert subjects == ["Accepted: Plan", "Declined: Plan", "Accepted: Plan"]


def test_a_booking_room_follows_a_new_time(make_stage):
    stage = make_stage(population=with_booking_room())
    room = stage.guests("room0", role=Role.RESOURCE)
    stage.meet(attendees=room)
    event = stage.meet(attendees=room, start=NINE + 2 * HOUR)
    changed = stage.change(event, start=NINE, end=NINE + HOUR)
    assert changed.attendees[0].response is Response.DECLINED
    changed = stage.change(event, start=NINE + HOUR, end=NINE + 2 * HOUR)
    assert changed.attendees[0].response is Response.ACCEPTED
    assert [item.start for item in stage.calendar(stage.who("room0"))] == [NINE, NINE + HOUR]


def test_an_ordinary_room_answers_nothing(stage):
    event = stage.meet(attendees=stage.guests("room0", role=Role.RESOURCE))
    assert stage.entry(event, "room0").response is Response.NONE


def test_the_same_seed_gives_the_same_world(make_stage):
    def play(seed):
        stage = make_stage(seed=seed)
        event = stage.meet("attendee0", "list0")
        stage.answer(stage.attendee, stage.request(stage.attendee), Response.TENTATIVE)
        stage.change(event, location="There", attendees=stage.guests("attendee0", "attendee7"))
        events.cancel_event(stage.world, stage.organizer, event.id, None, Delivery())
        return stage.snapshot()

    assert play("one") == play("one")
    assert play("one") != play("two")


def pass_on(stage, actor, item, *names):
    stage.clock.tick()
    people = [stage.who(name).person for name in names]
    return forward_meeting(stage.world, actor, item.id, people, "FW: Plan", Body(), Delivery())


def test_a_meeting_passed_on_to_the_invited_resets_no_answer(stage):
    event = stage.meet("attendee0", "attendee1")
    stage.answer(stage.attendee, stage.request(stage.attendee))
    pass_on(stage, stage.other, stage.request(stage.other), "attendee0", "attendee5")
    assert stage.copy(stage.attendee).my_response is Response.ACCEPTED
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.copy(stage.who("attendee5")).my_response is Response.NOT_RESPONDED


def test_a_meeting_passed_on_to_its_organizer_makes_no_second_event(stage):
    event = stage.meet("attendee0")
    pass_on(stage, stage.attendee, stage.request(stage.attendee), "organizer0")
    assert stage.calendar(stage.organizer) == [event]
    assert len(stage.inbox(stage.organizer)) == 1
