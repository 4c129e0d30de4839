from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Delivery, MessageDraft
from reference_impl.domain.items import MessageKind, Response, Role
from reference_impl.service import delivery, events
from reference_impl.service.forwarding import forward_meeting
from reference_impl.service.settings import Settings

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


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


def test_deliveries_that_take_time_come_when_they_are_due(make_stage):
    stage = make_stage(settings=Settings(delivery_delay=60))
    event = stage.meet("attendee0")
    sent = stage.clock.now()
    assert delivery.next_due(stage.world) == sent + timedelta(seconds=60)
    stage.clock.set(sent + timedelta(seconds=59))
    delivery.deliver_due(stage.world)
    assert stage.inbox(stage.attendee) == []
    stage.clock.set(sent + timedelta(seconds=60))
    delivery.deliver_due(stage.world)
    (request,) = stage.inbox(stage.attendee)
    assert (request.sent, request.received) == (sent, stage.clock.now())
    stage.answer(stage.attendee, request)
    assert stage.entry(event).response is Response.NONE
    assert delivery.waiting(stage.world) == 1


def test_the_next_act_delivers_what_is_due_and_nothing_else(make_stage):
    stage = make_stage(settings=Settings(delivery_delay=60))
    stage.meet("attendee0")
    stage.clock.set(stage.clock.now() + timedelta(seconds=90))
    stage.meet("attendee1")
    assert (len(stage.inbox(stage.attendee)), len(stage.inbox(stage.other))) == (1, 0)


def test_what_is_due_waits_while_deliveries_are_held(make_stage):
    stage = make_stage(settings=Settings(delivery_delay=60))
    delivery.hold(stage.world)
    stage.meet("attendee0", "attendee1")
    stage.clock.set(stage.clock.now() + timedelta(seconds=90))
    delivery.deliver_due(stage.world)
    assert delivery.next_due(stage.world) is None
    assert delivery.waiting(stage.world) == 2
    assert delivery.step(stage.world)
    delivery.release(stage.world)
    assert (len(stage.inbox(stage.attendee)), len(stage.inbox(stage.other))) == (1, 1)


def test_what_waits_is_stepped_and_released_before_it_is_due(make_stage):
    stage = make_stage(settings=Settings(delivery_delay=60))
    stage.meet("attendee0", "attendee1")
    assert delivery.step(stage.world)
    assert (len(stage.inbox(stage.attendee)), len(stage.inbox(stage.other))) == (1, 0)
    delivery.release(stage.world)
    assert len(stage.inbox(stage.other)) == 1


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
    draft = MessageDraft(subject="FW: Plan", to=tuple(people))
    return forward_meeting(stage.world, actor, item.id, draft, Delivery())


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


def test_the_organizer_hears_of_a_meeting_passed_on_and_has_the_new_people_on_the_list(stage):
    event = stage.meet("attendee0", "attendee1")
    stage.answer(stage.attendee, stage.request(stage.attendee))
    pass_on(stage, stage.other, stage.request(stage.other), "attendee5", "attendee0")
    notice = stage.inbox(stage.organizer)[-1]
    assert (notice.kind, notice.subject) == (MessageKind.FORWARD_NOTICE, "Meeting Forward Notification: Plan")
    assert notice.sender == stage.other.person
    assert [entry.person.address for entry in notice.meeting.attendees] == [
        "attendee5@example.com",
        "attendee0@example.com",
    ]
    added = stage.entry(event, "attendee5")
    assert (added.role, added.response) == (Role.OPTIONAL, Response.NONE)
    assert stage.entry(event).response is Response.ACCEPTED
    stage.answer(stage.who("attendee5"), stage.request(stage.who("attendee5")))
    assert stage.entry(event, "attendee5").response is Response.ACCEPTED


def test_a_meeting_passed_on_by_its_organizer_notifies_nobody(stage):
    event = stage.meet("attendee0")
    pass_on(stage, stage.organizer, event, "attendee5")
    assert stage.inbox(stage.organizer) == []
    assert [entry.person.address for entry in stage.now(stage.organizer, event).attendees] == ["attendee0@example.com"]


def test_whoever_answers_uninvited_is_on_the_list_from_then_on(stage):
    event = stage.meet("attendee0")
    pass_on(stage, stage.organizer, event, "attendee5")
    stage.answer(stage.who("attendee5"), stage.request(stage.who("attendee5")))
    added = stage.entry(event, "attendee5")
    assert (added.role, added.response) == (Role.OPTIONAL, Response.ACCEPTED)


@pytest.mark.parametrize(
    ("switch", "notices", "people"),
    [
        ({"forwards_are_told": False}, 0, 1),
        ({"forwards_invite": False}, 1, 1),
        ({}, 1, 2),
    ],
)
def test_what_a_forward_does_to_the_organizer_is_a_switch(make_stage, switch, notices, people):
    stage = make_stage(settings=Settings(**switch))
    event = stage.meet("attendee0")
    pass_on(stage, stage.attendee, stage.request(stage.attendee), "attendee5")
    assert len(stage.inbox(stage.organizer)) == notices
    assert len(stage.now(stage.organizer, event).attendees) == people


def test_an_uninvited_answer_changes_no_list_where_that_is_switched_off(make_stage):
    stage = make_stage(settings=Settings(answers_invite=False))
    event = stage.meet("attendee0")
    pass_on(stage, stage.organizer, event, "attendee5")
    stage.answer(stage.who("attendee5"), stage.request(stage.who("attendee5")))
    assert len(stage.now(stage.organizer, event).attendees) == 1
    assert len(stage.inbox(stage.organizer)) == 1
