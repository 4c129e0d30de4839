from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Audience, Delivery, Disposal, Sending
from reference_impl.domain.errors import (
    IsNotMeeting,
    IsNotOrganizer,
    IsOrganizer,
    ItemNotFound,
    MeetingIsCancelled,
    NotCancellable,
    NotRemovable,
)
from reference_impl.domain.items import Body, MessageKind, Response, ShowAs
from reference_impl.service import events, items, responses

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def cancel(stage, event, body=None, delivery=None, actor=None):
    stage.clock.tick()
    return events.cancel_event(stage.world, actor or stage.organizer, event.id, body, delivery or Delivery())


def test_cancelling_tells_everybody_and_deletes_the_event(stage):
    event = stage.meet("attendee0", "attendee1")
    request = stage.request(stage.attendee)
    stage.answer(stage.other, stage.request(stage.other))
    cancelled = cancel(stage, event, Body("Sorry"))
    assert stage.calendar(stage.organizer) == []
    assert stage.deleted(stage.organizer) == (cancelled.event,)
    assert cancelled.event.id != event.id
    assert cancelled.event.is_cancelled
    assert cancelled.event.sequence == 1
    assert cancelled.event.subject == "Canceled: Plan"
    assert cancelled.cancellation in stage.sent(stage.organizer)
    for mailbox, response in ((stage.attendee, Response.NOT_RESPONDED), (stage.other, Response.ACCEPTED)):
        (cancellation,) = stage.inbox(mailbox, MessageKind.CANCELLATION)
        assert cancellation.subject == "Canceled: Plan"
        assert cancellation.body == Body("Sorry")
        assert cancellation.meeting.is_cancelled
        assert cancellation.meeting.uid == event.uid
        copy = stage.copy(mailbox)
        assert (copy.is_cancelled, copy.show_as, copy.subject) == (True, ShowAs.FREE, "Canceled: Plan")
        assert copy.my_response is response
        assert copy.sequence == 1
        assert events.event_of_message(stage.world, mailbox, cancellation) == copy
    assert stage.now(stage.attendee, request).is_out_of_date


def test_cancelling_without_a_copy_leaves_none_in_sent_items(stage):
    event = stage.meet("attendee0", sending=Sending(save_copy=False))
    cancelled = cancel(stage, event, delivery=Delivery(save_copy=False))
    assert cancelled.cancellation is None
    assert stage.sent(stage.organizer) == ()
    assert len(stage.inbox(stage.attendee, MessageKind.CANCELLATION)) == 1


def test_a_cancellation_saved_but_not_sent_is_a_draft(stage):
    event = stage.meet("attendee0")
    cancelled = cancel(stage, event, delivery=Delivery(send=False))
    assert stage.drafts(stage.organizer) == (cancelled.cancellation,)
    assert stage.inbox(stage.attendee, MessageKind.CANCELLATION) == []
    assert not stage.copy(stage.attendee).is_cancelled


def test_a_meeting_nobody_was_told_of_is_cancelled_in_silence(stage):
    event = stage.meet("attendee0", sending=Sending(Audience.NOBODY))
    assert cancel(stage, event).cancellation is None
    assert stage.inbox(stage.attendee) == []
    assert stage.sent(stage.organizer) == ()


def test_refused_cancellations_change_nothing(stage):
    event = stage.meet("attendee0")
    appointment = stage.meet()
    gone = cancel(stage, stage.meet("attendee1")).event
    before = stage.snapshot()
    for actor, item, error in (
        (stage.attendee, stage.copy(stage.attendee), IsNotOrganizer),
        (stage.attendee, stage.request(stage.attendee), NotCancellable),
        (stage.organizer, appointment, IsNotMeeting),
        (stage.organizer, gone, MeetingIsCancelled),
        (stage.other, event, ItemNotFound),
    ):
        with pytest.raises(error):
            cancel(stage, item, actor=actor)
    assert stage.snapshot() == before


@pytest.mark.parametrize("disposal", list(Disposal))
@pytest.mark.parametrize("saves", [True, False])
def test_deleting_the_organizers_meeting_cancels_it_if_asked(stage, disposal, saves):
    event = stage.meet("attendee0", sending=Sending(save_copy=False))
    deleted = items.delete_item(stage.world, stage.organizer, event.id, disposal, Sending(save_copy=saves))
    (cancellation,) = stage.inbox(stage.attendee, MessageKind.CANCELLATION)
    assert cancellation.subject == "Canceled: Plan"
    assert stage.copy(stage.attendee).is_cancelled
    assert len(stage.sent(stage.organizer)) == saves
    assert stage.calendar(stage.organizer) == []
    if disposal is Disposal.TO_DELETED_ITEMS:
        assert stage.deleted(stage.organizer) == (deleted,)
        assert deleted.id != event.id
        assert deleted.is_cancelled
    else:
        assert deleted is None
        assert stage.deleted(stage.organizer) == ()
    with pytest.raises(ItemNotFound):
        items.delete_item(stage.world, stage.organizer, event.id, disposal, None)


def test_deleting_in_silence_tells_nobody(stage):
    event = stage.meet("attendee0")
    deleted = items.delete_item(
        stage.world, stage.organizer, event.id, Disposal.TO_DELETED_ITEMS, Sending(Audience.NOBODY)
    )
    assert not deleted.is_cancelled
    assert stage.inbox(stage.attendee, MessageKind.CANCELLATION) == []


def test_deleting_an_attendees_copy_tells_nobody(stage):
    event = stage.meet("attendee0")
    before = stage.now(stage.organizer, event)
    items.delete_item(stage.world, stage.attendee, stage.copy(stage.attendee).id, Disposal.TO_DELETED_ITEMS, Sending())
    assert stage.calendar(stage.attendee) == []
    assert stage.inbox(stage.organizer) == []
    assert stage.now(stage.organizer, event) == before


def test_removing_takes_the_cancellation_and_the_meeting_away(stage):
    event = stage.meet("attendee0")
    cancel(stage, event)
    (cancellation,) = stage.inbox(stage.attendee, MessageKind.CANCELLATION)
    removed = responses.remove_cancelled(stage.world, stage.attendee, cancellation.id)
    assert stage.calendar(stage.attendee) == []
    assert stage.inbox(stage.attendee, MessageKind.CANCELLATION) == []
    assert set(stage.deleted(stage.attendee)) == {removed.event, removed.cancellation}
    assert removed.cancellation.id != cancellation.id
    again = responses.remove_cancelled(stage.world, stage.attendee, removed.cancellation.id)
    assert again == removed


def test_removing_leaves_a_revived_meeting_alone(stage):
    event = stage.meet("attendee0", "attendee1")
    stage.change(event, attendees=stage.guests("attendee0"))
    (cancellation,) = stage.inbox(stage.other, MessageKind.CANCELLATION)
    stage.change(event, attendees=stage.guests("attendee0", "attendee1"))
    removed = responses.remove_cancelled(stage.world, stage.other, cancellation.id)
    assert removed.event is None
    assert not stage.copy(stage.other).is_cancelled


def test_only_received_cancellations_can_be_removed(stage):
    event = stage.meet("attendee0")
    request = stage.request(stage.attendee)
    cancelled = cancel(stage, event)
    before = stage.snapshot()
    for actor, item, error in (
        (stage.attendee, request, NotRemovable),
        (stage.attendee, stage.copy(stage.attendee), NotRemovable),
        (stage.organizer, cancelled.cancellation, IsOrganizer),
        (stage.other, request, ItemNotFound),
    ):
        with pytest.raises(error):
            responses.remove_cancelled(stage.world, actor, item.id)
    assert stage.snapshot() == before


def test_a_late_answer_to_a_cancelled_meeting_is_not_noted(stage):
    from reference_impl.service import delivery

    event = stage.meet("attendee0")
    delivery.hold(stage.world)
    stage.answer(stage.attendee, stage.request(stage.attendee))
    cancelled = cancel(stage, event)
    delivery.release(stage.world)
    (received,) = stage.inbox(stage.organizer)
    assert received.is_out_of_date
    assert stage.now(stage.organizer, cancelled.event).attendees[0].response is Response.NONE
    assert stage.copy(stage.attendee).is_cancelled
