from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Delivery, Disposal, FolderRef
from reference_impl.domain.errors import (
    IsOrganizer,
    ItemNotFound,
    MeetingIsCancelled,
    NotRespondable,
    RequestIsOutOfDate,
    ResponseNotRequested,
)
from reference_impl.domain.items import Body, MessageKind, Response, ShowAs
from reference_impl.domain.mailbox import FolderRole
from reference_impl.service import delivery, events, folders, items, responses

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

ANSWERS = (
    (Response.ACCEPTED, "Accepted: ", ShowAs.OOF, FolderRole.CALENDAR),
    (Response.TENTATIVE, "Tentative: ", ShowAs.TENTATIVE, FolderRole.CALENDAR),
    (Response.DECLINED, "Declined: ", ShowAs.FREE, FolderRole.DELETED),
)


@pytest.mark.parametrize(("response", "prefix", "shown", "place"), ANSWERS)
@pytest.mark.parametrize("through", ["request", "copy"])
def test_an_answer_reaches_the_organizer_and_moves_the_copy(stage, response, prefix, shown, place, through):
    event = stage.meet("attendee0", "attendee1", show_as=ShowAs.OOF)
    before = stage.request(stage.attendee)
    given = before if through == "request" else stage.copy(stage.attendee)
    replied = stage.answer(stage.attendee, given, response, body=Body("hello"))
    answered_at = stage.clock.now()

    assert replied.event.my_response is response
    assert replied.event.show_as is shown
    assert replied.event.reply_time == answered_at
    assert replied.event in stage.listed(stage.attendee, place)
    assert (replied.event.id == event.id) is False

    if through == "request":
        assert stage.inbox(stage.attendee) == []
        assert replied.request.id != before.id
        assert replied.request in stage.deleted(stage.attendee)
        with pytest.raises(ItemNotFound):
            stage.now(stage.attendee, before)
    else:
        assert stage.inbox(stage.attendee) == [replied.request]
        assert replied.request.id == before.id
    assert replied.request.has_been_processed
    inbox = folders.get_folder(stage.world, stage.attendee, FolderRef(FolderRole.INBOX))
    assert folders.counts(stage.world, inbox).unread == 0

    (received,) = stage.inbox(stage.organizer)
    (saved,) = stage.sent(stage.attendee)
    assert saved == replied.response
    for message in (received, saved):
        assert message.kind is MessageKind.RESPONSE
        assert message.subject == prefix + "Plan"
        assert message.body == Body("hello")
        assert message.meeting.response is response
        assert message.meeting.proposal is None
        assert message.sender == stage.attendee.person
        assert message.to == (stage.organizer.person,)
    assert received.has_been_processed

    entry = stage.entry(event)
    assert (entry.response, entry.response_time, entry.proposal) == (response, answered_at, None)
    assert stage.entry(event, "attendee1").response is Response.NONE
    assert stage.now(stage.organizer, event).version > event.version
    assert events.event_of_message(stage.world, stage.organizer, received).id == event.id


def test_an_answer_can_be_given_again_and_the_later_one_counts(stage):
    event = stage.meet("attendee0")
    stage.answer(stage.attendee, stage.request(stage.attendee), Response.DECLINED)
    assert stage.calendar(stage.attendee) == []
    declined = next(item for item in stage.deleted(stage.attendee) if item.id and hasattr(item, "my_response"))
    replied = stage.answer(stage.attendee, declined, Response.ACCEPTED)
    assert stage.copy(stage.attendee) == replied.event
    assert replied.event.id != declined.id
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.entry(event).response_time == stage.clock.now()


def test_a_request_answered_in_deleted_items_is_gone_for_good(stage):
    event = stage.meet("attendee0")
    first = stage.answer(stage.attendee, stage.request(stage.attendee), Response.DECLINED)
    second = stage.answer(stage.attendee, first.request, Response.TENTATIVE)
    assert second.request is None
    assert stage.deleted(stage.attendee) == ()
    assert stage.copy(stage.attendee).my_response is Response.TENTATIVE
    assert stage.entry(event).response is Response.TENTATIVE


def test_a_request_can_be_kept_in_the_inbox(stage):
    stage.meet("attendee0")
    request = stage.request(stage.attendee)
    replied = stage.answer(stage.attendee, request, keep_request=True)
    assert replied.request.id == request.id
    assert stage.inbox(stage.attendee) == [replied.request]
    assert replied.request.has_been_processed


def test_an_unsent_answer_is_a_draft_and_the_organizer_learns_nothing(stage):
    event = stage.meet("attendee0")
    before = stage.now(stage.organizer, event)
    replied = stage.answer(stage.attendee, stage.request(stage.attendee), delivery=Delivery(send=False))
    assert stage.drafts(stage.attendee) == (replied.response,)
    assert replied.response.is_draft
    assert replied.response.sent is None
    assert stage.sent(stage.attendee) == ()
    assert stage.inbox(stage.organizer) == []
    assert stage.now(stage.organizer, event) == before
    assert stage.copy(stage.attendee).my_response is Response.ACCEPTED


def test_an_answer_neither_sent_nor_saved_changes_only_the_own_copy(stage):
    stage.meet("attendee0")
    replied = stage.answer(
        stage.attendee, stage.request(stage.attendee), delivery=Delivery(send=False, save_copy=False)
    )
    assert replied.response is None
    assert stage.drafts(stage.attendee) == ()
    assert replied.event.my_response is Response.ACCEPTED


def test_an_answer_sent_without_a_copy_is_not_in_sent_items(stage):
    stage.meet("attendee0")
    replied = stage.answer(stage.attendee, stage.request(stage.attendee), delivery=Delivery(save_copy=False))
    assert replied.response is None
    assert stage.sent(stage.attendee) == ()
    assert len(stage.inbox(stage.organizer)) == 1


def test_a_purged_copy_is_made_again_by_accepting_but_not_by_declining(stage):
    stage.meet("attendee0")
    request = stage.request(stage.attendee)
    items.delete_item(stage.world, stage.attendee, stage.copy(stage.attendee).id, Disposal.HARD)
    declined = stage.answer(stage.attendee, request, Response.DECLINED)
    assert declined.event is None
    assert stage.calendar(stage.attendee) == []
    accepted = stage.answer(stage.attendee, declined.request, Response.ACCEPTED)
    assert stage.copy(stage.attendee) == accepted.event
    assert accepted.event.subject == "Plan"


def test_a_member_of_an_invited_list_gets_an_entry_with_the_first_answer(stage):
    event = stage.meet("list0")
    stage.answer(stage.attendee, stage.request(stage.attendee))
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.entry(event, "list0").response is Response.NONE


def test_the_answer_of_somebody_no_longer_invited_is_delivered_but_not_noted(stage):
    event = stage.meet("attendee0", "attendee1")
    delivery.hold(stage.world)
    stage.answer(stage.other, stage.request(stage.other))
    changed = stage.change(event, attendees=stage.guests("attendee0"))
    delivery.release(stage.world)
    (received,) = stage.inbox(stage.organizer)
    assert received.is_out_of_date
    assert stage.now(stage.organizer, event) == changed
    assert stage.copy(stage.other).is_cancelled


def refused(stage, mailbox, item, error, **reply):
    before = stage.snapshot()
    with pytest.raises(error):
        stage.answer(mailbox, item, **reply)
    assert stage.snapshot() == before


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])
def test_the_organizer_cannot_answer_the_own_meeting(stage, response):
    event = stage.meet("attendee0")
    refused(stage, stage.organizer, event, IsOrganizer, response=response)
    refused(stage, stage.organizer, stage.sent(stage.organizer)[0], IsOrganizer, response=response)


def test_an_outdated_request_takes_no_answer(stage):
    event = stage.meet("attendee0")
    old = stage.request(stage.attendee)
    stage.change(event, location="Elsewhere")
    refused(stage, stage.attendee, old, RequestIsOutOfDate)
    stage.answer(stage.attendee, stage.request(stage.attendee))


def test_a_cancelled_meeting_takes_no_answer(stage):
    event = stage.meet("attendee0")
    request = stage.request(stage.attendee)
    events.cancel_event(stage.world, stage.organizer, event.id, None, Delivery())
    refused(stage, stage.attendee, request, MeetingIsCancelled)
    refused(stage, stage.attendee, stage.copy(stage.attendee), MeetingIsCancelled)


def test_only_requests_and_received_meetings_can_be_answered(stage):
    stage.meet("attendee0")
    stage.answer(stage.attendee, stage.request(stage.attendee))
    refused(stage, stage.organizer, stage.inbox(stage.organizer)[0], NotRespondable)
    refused(stage, stage.attendee, stage.sent(stage.attendee)[0], NotRespondable)


def test_an_answer_nobody_asked_for_cannot_be_sent(stage):
    stage.meet("attendee0", response_requested=False)
    request = stage.request(stage.attendee)
    refused(stage, stage.attendee, request, ResponseNotRequested)
    stage.answer(stage.attendee, request, delivery=Delivery(send=False, save_copy=False))
    assert stage.copy(stage.attendee).my_response is Response.ACCEPTED


def test_nobody_answers_from_another_mailbox(stage):
    stage.meet("attendee0")
    refused(stage, stage.other, stage.request(stage.attendee), ItemNotFound)


def test_what_is_offered_follows_the_item_and_its_reader(stage):
    def offered(mailbox, item):
        return set(responses.offered(stage.world, mailbox, stage.now(mailbox, item)))

    mail = {"reply", "reply_all", "forward"}
    answers = {"accept", "tentative", "decline"}
    appointment = stage.meet()
    assert offered(stage.organizer, appointment) == {"forward"}
    event = stage.meet("attendee0")
    assert offered(stage.organizer, event) == {"forward", "cancel"}
    assert offered(stage.organizer, stage.sent(stage.organizer)[0]) == {"forward"}
    request = stage.request(stage.attendee)
    copy = stage.copy(stage.attendee)
    assert offered(stage.attendee, request) == mail | answers | {"propose"}
    assert offered(stage.attendee, copy) == mail | answers | {"propose"}
    stage.change(event, allow_new_time_proposals=False)
    assert offered(stage.attendee, request) == mail
    assert offered(stage.attendee, stage.request(stage.attendee)) == mail | answers
    assert offered(stage.attendee, copy) == mail | answers
    stage.answer(stage.attendee, copy)
    assert offered(stage.organizer, stage.inbox(stage.organizer)[0]) == mail
    cancelled = events.cancel_event(stage.world, stage.organizer, event.id, None, Delivery())
    assert offered(stage.organizer, cancelled.event) == {"forward"}
    assert offered(stage.organizer, cancelled.cancellation) == {"forward"}
    (cancellation,) = stage.inbox(stage.attendee, MessageKind.CANCELLATION)
    assert offered(stage.attendee, cancellation) == mail | {"remove"}
    assert offered(stage.attendee, copy) == mail


def test_a_moved_request_is_answered_where_it_is(stage):
    event = stage.meet("attendee0")
    moved = items.move_item(
        stage.world, stage.attendee, stage.request(stage.attendee).id, FolderRef(role=FolderRole.JUNK)
    )
    replied = stage.answer(stage.attendee, moved)
    assert replied.request in stage.deleted(stage.attendee)
    assert stage.entry(event).response is Response.ACCEPTED
