from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Audience, EventDraft, FolderRef, Sending
from reference_impl.domain.errors import (
    AllDayNotMidnight,
    BadAddress,
    DuplicateTransaction,
    DurationTooLong,
    EndNotAfterStart,
    FolderNotFound,
    NoSuchTimeZone,
    NotACalendarFolder,
    TooManyAttendees,
)
from reference_impl.domain.items import Attendee, MessageKind, RequestKind, Response, Role, ShowAs
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.service import events
from reference_impl.service.settings import Settings

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_appointment_invites_nobody_and_is_no_meeting(stage):
    event = stage.meet()
    assert not event.is_meeting
    assert not event.request_sent
    assert event.my_response is Response.ORGANIZER
    assert stage.sent(stage.organizer) == ()


def test_a_sent_meeting_is_in_every_mailbox(stage):
    event = stage.meet("attendee0", "attendee1", location="Room 1")
    assert event.request_sent
    assert event.sequence == 0
    (copy_sent,) = stage.sent(stage.organizer)
    assert copy_sent.kind is MessageKind.REQUEST
    assert copy_sent.from_me
    assert copy_sent.is_read
    for mailbox in (stage.attendee, stage.other):
        (request,) = stage.inbox(mailbox)
        assert request.subject == "Plan"
        assert request.meeting.request_kind is RequestKind.NEW
        assert request.meeting.location == "Room 1"
        assert (request.meeting.start, request.meeting.end) == (event.start, event.end)
        assert request.sender == stage.organizer.person
        assert not request.is_read
        assert not request.is_out_of_date
        assert not request.has_been_processed
        assert request.internet_message_id == copy_sent.internet_message_id
        assert request.conversation_id == copy_sent.conversation_id
        copy = stage.copy(mailbox)
        assert copy.uid == event.uid
        assert copy.my_response is Response.NOT_RESPONDED
        assert copy.show_as is ShowAs.TENTATIVE
        assert not copy.is_organizer
        assert copy.is_meeting
        assert copy.organizer == stage.organizer.person
        assert events.event_of_message(stage.world, mailbox, request) == copy


def test_sending_to_nobody_leaves_attendees_alone(stage):
    event = stage.meet("attendee0", sending=Sending(Audience.NOBODY))
    assert not event.request_sent
    assert stage.inbox(stage.attendee) == []
    assert stage.calendar(stage.attendee) == []
    assert stage.sent(stage.organizer) == ()


def test_sending_only_keeps_no_copy(stage):
    stage.meet("attendee0", sending=Sending(save_copy=False))
    assert len(stage.inbox(stage.attendee)) == 1
    assert stage.sent(stage.organizer) == ()


def test_free_meetings_stay_free_on_the_attendees_calendar(stage):
    stage.meet("attendee0", show_as=ShowAs.FREE)
    assert stage.copy(stage.attendee).show_as is ShowAs.FREE


def test_attendees_are_resolved_counted_once_and_never_the_organizer(stage):
    given = (
        Attendee(Person("ATTENDEE0@example.com", "nickname"), Role.OPTIONAL, Response.ACCEPTED, NINE),
        *stage.guests("attendee0", "organizer0", "stranger@nowhere.example"),
    )
    event = stage.meet(attendees=given)
    assert event.attendees == (
        Attendee(Person("attendee0@example.com", "Attendee 0"), Role.OPTIONAL),
        Attendee(Person("stranger@nowhere.example"), Role.REQUIRED),
    )
    assert stage.inbox(stage.organizer) == []


def test_resources_are_hidden_from_the_request(stage):
    stage.meet(attendees=(*stage.guests("attendee0"), *stage.guests("room0", role=Role.RESOURCE)))
    (request,) = stage.inbox(stage.attendee)
    assert [entry.person.address for entry in request.meeting.attendees] == ["attendee0@example.com"]
    assert request.bcc == ()
    assert len(stage.inbox(stage.who("room0"))) == 1
    (saved,) = stage.sent(stage.organizer)
    assert [person.address for person in saved.bcc] == ["room0@example.com"]


def test_hidden_attendees_see_only_themselves(stage):
    stage.meet("attendee0", "attendee1", hide_attendees=True)
    (request,) = stage.inbox(stage.attendee)
    assert [entry.person.address for entry in request.meeting.attendees] == ["attendee0@example.com"]
    assert request.to == (stage.attendee.person,)
    assert [entry.person.address for entry in stage.copy(stage.attendee).attendees] == ["attendee0@example.com"]


def test_a_list_is_invited_through_its_members_each_once(stage):
    stage.meet("list0", "attendee2")
    for number in range(5):
        assert len(stage.inbox(stage.who(f"attendee{number}"))) == 1
    assert stage.inbox(stage.who("attendee5")) == []


def test_a_given_uid_is_kept_and_a_made_one_is_a_global_object_id(stage):
    assert stage.meet("attendee0", uid="my-uid").uid == "my-uid"
    assert stage.copy(stage.attendee).uid == "my-uid"
    made = stage.meet("attendee1").uid
    assert made.startswith("040000008200E00074C5B7101A82E00800000000")
    assert len(bytes.fromhex(made)) == 56
    assert stage.meet().uid != made


@pytest.mark.parametrize(
    ("error", "draft"),
    [
        (EndNotAfterStart, {"end": NINE - HOUR}),
        (DurationTooLong, {"end": NINE.replace(year=2031) + HOUR}),
        (NoSuchTimeZone, {"start_zone": "Atlantis Standard Time"}),
        (AllDayNotMidnight, {"is_all_day": True}),
        (BadAddress, {"attendees": (Attendee(Person("nobody")),)}),
    ],
)
def test_a_bad_draft_is_refused_and_nothing_changes(stage, error, draft):
    before = stage.snapshot()
    with pytest.raises(error):
        stage.meet(**draft)
    assert stage.snapshot() == before


def test_five_years_to_the_minute_are_allowed(stage):
    assert stage.meet(end=NINE.replace(year=2031)).end.year == 2031


def test_a_bad_address_matters_only_when_something_is_sent(stage):
    event = stage.meet(sending=Sending(Audience.NOBODY), attendees=(Attendee(Person("nobody")),))
    assert event.attendees[0].person.address == "nobody"


def test_an_end_at_the_start_is_a_matter_of_the_settings(make_stage):
    assert make_stage().meet(end=NINE).duration == timedelta(0)
    with pytest.raises(EndNotAfterStart):
        make_stage(settings=Settings(end_may_equal_start=False)).meet(end=NINE)


def test_too_many_attendees_are_refused(make_stage):
    stage = make_stage(settings=Settings(attendees=2))
    stage.meet("attendee0", "attendee1")
    with pytest.raises(TooManyAttendees) as refusal:
        stage.meet("attendee0", "attendee1", "attendee2")
    assert refusal.value.data == {"size": 3, "limit": 2}


def test_all_day_events_run_between_midnights_of_their_own_zone(stage):
    start = datetime(2026, 1, 6, 8, tzinfo=UTC)  # midnight in Los Angeles
    zone = {"start_zone": "Pacific Standard Time", "end_zone": "America/Los_Angeles"}
    event = stage.meet(start=start, end=start + timedelta(days=1), is_all_day=True, **zone)
    assert event.is_all_day
    with pytest.raises(AllDayNotMidnight):
        stage.meet(start=start, end=start + timedelta(days=1), is_all_day=True)


def test_calendar_items_are_saved_in_calendars_only(stage):
    draft = EventDraft(start=NINE, end=NINE + HOUR)
    with pytest.raises(NotACalendarFolder):
        events.create_event(stage.world, stage.organizer, draft, Sending(), FolderRef(role=FolderRole.INBOX))
    with pytest.raises(FolderNotFound):
        events.create_event(stage.world, stage.organizer, draft, Sending(), FolderRef(id="00"))


def test_a_repeated_transaction_gives_the_same_event_and_invites_nobody_twice(stage):
    first = stage.meet("attendee0", transaction_id="t-1")
    assert stage.meet("attendee0", transaction_id="t-1").id == first.id
    assert len(stage.inbox(stage.attendee)) == 1
    assert events.find_transaction(stage.world, stage.organizer, "t-1") == first
    assert events.find_transaction(stage.world, stage.attendee, "t-1") is None
    with pytest.raises(DuplicateTransaction) as refusal:
        stage.meet("attendee0", transaction_id="t-1", subject="Something else")
    assert refusal.value.data["existing"].id == first.id
    assert stage.meet("attendee0", actor=stage.other, transaction_id="t-1").id != first.id
