from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Audience, ConflictResolution, Disposal, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import (
    AllDayNotMidnight,
    BadAddress,
    DeletedItemNotSendable,
    DurationTooLong,
    EndNotAfterStart,
    ItemNotFound,
    NoSuchTimeZone,
    StaleVersion,
)
from reference_impl.domain.items import (
    Attendee,
    MessageKind,
    RequestKind,
    Response,
    Role,
    Sensitivity,
    ShowAs,
    TimeSlot,
)
from reference_impl.domain.mailbox import Person
from reference_impl.service import events, items

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = {"start": NINE + 2 * HOUR, "end": NINE + 3 * HOUR}
NOBODY = Sending(Audience.NOBODY)
CHANGED = Sending(Audience.CHANGED)
AS_NEEDED = Sending(Audience.AS_NEEDED)


def accepted(stage, *names, **draft):
    event = stage.meet(*names, **draft)
    for name in names:
        mailbox = stage.who(name)
        stage.answer(mailbox, stage.request(mailbox))
    return event


def test_a_new_time_asks_everybody_again(stage):
    event = accepted(stage, "attendee0")
    old = stage.deleted(stage.attendee)[0]
    changed = stage.change(event, **LATER)
    assert changed.id == event.id
    assert changed.sequence == 1
    assert changed.version > event.version
    entry = stage.entry(event)
    assert (entry.response, entry.response_time, entry.proposal) == (Response.NOT_RESPONDED, None, None)
    request = stage.request(stage.attendee)
    assert request.meeting.request_kind is RequestKind.FULL_UPDATE
    assert request.meeting.previous == TimeSlot(NINE, NINE + HOUR)
    assert request.meeting.previous_location is None
    assert request.meeting.sequence == 1
    assert request.subject == "Plan"
    copy = stage.copy(stage.attendee)
    assert (copy.start, copy.my_response, copy.show_as, copy.reply_time, copy.sequence) == (
        LATER["start"],
        Response.NOT_RESPONDED,
        ShowAs.TENTATIVE,
        None,
        1,
    )
    older = stage.now(stage.attendee, old)
    assert older.is_out_of_date
    assert older.meeting.request_kind is RequestKind.NEW, "an answered request keeps its kind"


def test_another_place_informs_who_accepted_and_keeps_the_answers(stage):
    event = accepted(stage, "attendee0", location="Here")
    answered = stage.entry(event)
    stage.change(event, location="There", show_as=ShowAs.OOF)
    assert stage.entry(event) == answered
    request = stage.request(stage.attendee)
    assert request.meeting.request_kind is RequestKind.INFORMATIONAL_UPDATE
    assert (request.meeting.previous, request.meeting.previous_location) == (None, "Here")
    copy = stage.copy(stage.attendee)
    assert (copy.location, copy.my_response, copy.show_as) == ("There", Response.ACCEPTED, ShowAs.OOF)


def test_another_place_is_a_full_update_for_who_has_not_answered(stage):
    event = stage.meet("attendee0")
    old = stage.request(stage.attendee)
    stage.change(event, location="There")
    assert stage.request(stage.attendee).meeting.request_kind is RequestKind.FULL_UPDATE
    older = stage.now(stage.attendee, old)
    assert older.is_out_of_date
    assert older.meeting.request_kind is RequestKind.OUTDATED


def test_a_declined_meeting_comes_back_with_a_new_time_but_not_with_a_new_place(stage):
    event = stage.meet("attendee0")
    stage.answer(stage.attendee, stage.request(stage.attendee), Response.DECLINED)
    stage.change(event, location="There")
    assert stage.calendar(stage.attendee) == []
    assert stage.entry(event).response is Response.DECLINED
    stage.change(event, **LATER)
    copy = stage.copy(stage.attendee)
    assert (copy.my_response, copy.location) == (Response.NOT_RESPONDED, "There")


def test_nobody_is_told_when_nothing_is_sent(stage):
    event = accepted(stage, "attendee0")
    stage.clock.tick()
    before = {name: rows for name, rows in stage.snapshot().items() if name == "item"}
    changed = stage.change(event, sending=NOBODY, subject="Quiet", **LATER)
    after = stage.snapshot()
    assert changed.sequence == 0
    assert stage.entry(event).response is Response.ACCEPTED
    different = set(before["item"]) ^ set(after["item"])
    assert {row[1] for row in different} == {event.id}


def test_a_time_changed_in_silence_is_news_with_the_next_update(stage):
    event = accepted(stage, "attendee0")
    stage.change(event, sending=NOBODY, **LATER)
    stage.change(event, subject="Now you know")
    request = stage.request(stage.attendee)
    assert request.meeting.request_kind is RequestKind.FULL_UPDATE
    assert request.meeting.previous == TimeSlot(NINE, NINE + HOUR)
    assert stage.copy(stage.attendee).start == LATER["start"]
    assert stage.copy(stage.attendee).my_response is Response.NOT_RESPONDED
    assert stage.entry(event).response is Response.NOT_RESPONDED


def test_a_removed_attendee_receives_a_cancellation_and_an_added_one_a_request(stage):
    event = accepted(stage, "attendee0", "attendee1")
    invited = (*stage.guests("attendee0"), *stage.guests("attendee2", role=Role.OPTIONAL))
    changed = stage.change(event, attendees=invited)
    assert [entry.person.address for entry in changed.attendees] == ["attendee0@example.com", "attendee2@example.com"]
    (cancellation,) = stage.inbox(stage.other)
    assert cancellation.kind is MessageKind.CANCELLATION
    assert cancellation.subject == "Canceled: Plan"
    assert stage.copy(stage.other).is_cancelled
    added = stage.who("attendee2")
    assert stage.request(added).meeting.request_kind is RequestKind.NEW
    assert stage.request(added).cc == (added.person,)
    assert stage.entry(event, "attendee2").response is Response.NONE
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.request(stage.attendee).meeting.request_kind is RequestKind.FULL_UPDATE
    assert stage.copy(stage.attendee).my_response is Response.ACCEPTED
    kinds = [message.kind for message in stage.sent(stage.organizer)]
    assert kinds == [MessageKind.REQUEST] * 3 + [MessageKind.CANCELLATION]


def test_only_the_changed_attendees_are_told_if_so_asked(stage):
    event = accepted(stage, "attendee0", "attendee1")
    changed = stage.change(event, sending=CHANGED, attendees=stage.guests("attendee0", "attendee2"), **LATER)
    assert changed.sequence == 0
    assert stage.inbox(stage.attendee) == []
    assert stage.copy(stage.attendee).start == NINE
    assert stage.entry(event).response is Response.ACCEPTED
    assert stage.copy(stage.who("attendee2")).start == LATER["start"]
    assert stage.copy(stage.other).is_cancelled
    kinds = [message.kind for message in stage.sent(stage.organizer)]
    assert kinds == [MessageKind.REQUEST, MessageKind.REQUEST, MessageKind.CANCELLATION]


def test_an_update_sent_without_a_copy_leaves_none(stage):
    event = stage.meet("attendee0", sending=Sending(save_copy=False))
    stage.change(event, sending=Sending(save_copy=False), **LATER)
    assert stage.sent(stage.organizer) == ()
    assert len(stage.inbox(stage.attendee)) == 2


def test_the_first_sending_is_an_invitation_however_late(stage):
    event = stage.meet("attendee0", sending=NOBODY)
    changed = stage.change(event, subject="Now")
    assert (changed.request_sent, changed.sequence) == (True, 0)
    assert stage.request(stage.attendee).meeting.request_kind is RequestKind.NEW
    assert stage.copy(stage.attendee).subject == "Now"


def test_who_was_never_told_is_not_cancelled(stage):
    event = stage.meet("attendee0", "attendee1", sending=NOBODY)
    stage.change(event, attendees=stage.guests("attendee0"))
    assert stage.inbox(stage.other) == []
    assert len(stage.inbox(stage.attendee)) == 1


def test_an_appointment_becomes_a_meeting(stage):
    event = stage.meet()
    changed = stage.change(event, sending=AS_NEEDED, attendees=stage.guests("attendee0"))
    assert changed.request_sent
    assert stage.request(stage.attendee).meeting.request_kind is RequestKind.NEW


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"categories": ("Red",), "reminder_minutes": 5, "show_as": ShowAs.OOF}, []),
        ({"subject": "Other"}, ["attendee0", "attendee1"]),
        (LATER, ["attendee0", "attendee1"]),
    ],
)
def test_the_change_decides_who_needs_to_be_told(stage, fields, told):
    event = accepted(stage, "attendee0", "attendee1")
    stage.change(event, sending=AS_NEEDED, **fields)
    assert [name for name in ("attendee0", "attendee1") if stage.inbox(stage.who(name))] == told


def test_a_change_of_people_only_needs_no_word_to_the_others(stage):
    event = accepted(stage, "attendee0", "attendee1")
    stage.change(event, sending=AS_NEEDED, attendees=stage.guests("attendee0", "attendee2"))
    assert stage.inbox(stage.attendee) == []
    assert len(stage.inbox(stage.other)) == 1
    assert len(stage.inbox(stage.who("attendee2"))) == 1


def test_a_removed_attendee_can_be_invited_again(stage):
    event = accepted(stage, "attendee0", "attendee1")
    stage.change(event, attendees=stage.guests("attendee0"))
    stage.change(event, attendees=stage.guests("attendee0", "attendee1"))
    copy = stage.copy(stage.other)
    assert (copy.is_cancelled, copy.my_response, copy.subject) == (False, Response.NOT_RESPONDED, "Plan")
    assert stage.request(stage.other).meeting.request_kind is RequestKind.NEW
    assert stage.entry(event, "attendee1").response is Response.NONE
    stage.answer(stage.other, stage.request(stage.other))
    assert stage.entry(event, "attendee1").response is Response.ACCEPTED


def test_nobody_writes_answers_identity_or_counters(stage):
    event = accepted(stage, "attendee0")
    forged = tuple(
        replace(entry, response=Response.DECLINED, proposal=TimeSlot(NINE, NINE)) for entry in event.attendees
    )
    changed = stage.change(
        event,
        sending=NOBODY,
        attendees=forged,
        uid="other",
        sequence=9,
        organizer=stage.other.person,
        is_organizer=False,
        is_cancelled=True,
        my_response=Response.DECLINED,
        version=99,
    )
    before = stage.now(stage.organizer, event)
    assert changed == before
    assert (changed.uid, changed.sequence, changed.organizer) == (event.uid, 0, stage.organizer.person)
    assert stage.entry(event).response is Response.ACCEPTED


def test_an_attendees_own_changes_are_local_until_the_next_update(stage):
    event = accepted(stage, "attendee0")
    copy = stage.copy(stage.attendee)
    before = stage.now(stage.organizer, event)
    changed = stage.change(copy, actor=stage.attendee, subject="Mine", categories=("Red",), show_as=ShowAs.OOF)
    assert (changed.subject, changed.show_as) == ("Mine", ShowAs.OOF)
    assert stage.now(stage.organizer, event) == before
    stage.change(event, location="There")
    copy = stage.copy(stage.attendee)
    assert (copy.subject, copy.categories, copy.show_as) == ("Plan", ("Red",), ShowAs.BUSY)


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (EndNotAfterStart, {"start": NINE + 2 * HOUR}),
        (DurationTooLong, {"end": NINE.replace(year=2032)}),
        (NoSuchTimeZone, {"end_zone": "Mars"}),
        (AllDayNotMidnight, {"is_all_day": True}),
        (BadAddress, {"attendees": (Attendee(Person("nobody")),)}),
    ],
)
def test_a_bad_change_is_refused_and_nothing_changes(stage, error, fields):
    event = accepted(stage, "attendee0")
    before = stage.snapshot()
    with pytest.raises(error):
        stage.change(event, **fields)
    assert stage.snapshot() == before


def test_a_stale_writer_is_refused_if_nothing_may_be_overwritten(stage):
    event = accepted(stage, "attendee0")
    before = stage.snapshot()

    def write(expected):
        return events.update_event(
            stage.world,
            stage.organizer,
            event.id,
            lambda item: replace(item, subject="Mine"),
            Sending(),
            expected,
            ConflictResolution.NEVER_OVERWRITE,
        )

    with pytest.raises(StaleVersion):
        write(event.version)
    assert stage.snapshot() == before
    assert write(stage.now(stage.organizer, event).version).event.subject == "Mine"


@pytest.mark.parametrize(
    ("theirs", "mine", "conflicts"),
    [
        ({"location": "There"}, {"subject": "Mine"}, 0),
        ({"subject": "Theirs"}, {"subject": "Mine"}, 1),
        ({"subject": "Theirs", "location": "There"}, {"subject": "Mine", "location": "Here"}, 2),
        ({"subject": "Mine"}, {"subject": "Mine"}, 0),
    ],
)
def test_resolving_counts_the_properties_overridden(stage, theirs, mine, conflicts):
    event = stage.meet("attendee0")
    stage.change(event, sending=NOBODY, **theirs)
    stage.clock.tick()

    def write(resolution):
        return events.update_event(
            stage.world,
            stage.organizer,
            event.id,
            lambda item: replace(item, **mine),
            NOBODY,
            event.version,
            resolution,
        )

    resolved = write(ConflictResolution.AUTO_RESOLVE)
    assert resolved.conflicts == conflicts
    for name, value in (theirs | mine).items():
        assert getattr(resolved.event, name) == value
    assert write(ConflictResolution.ALWAYS_OVERWRITE).conflicts == 0


def test_an_answer_that_came_meanwhile_is_no_conflict(stage):
    event = accepted(stage, "attendee0")
    updated = events.update_event(
        stage.world,
        stage.organizer,
        event.id,
        lambda item: replace(item, attendees=(*item.attendees, *stage.guests("attendee1"))),
        Sending(),
        event.version,
        ConflictResolution.AUTO_RESOLVE,
    )
    assert updated.conflicts == 0
    assert stage.entry(event).response is Response.ACCEPTED


@pytest.mark.requirement("EWS-MTG-187")
def test_a_stricter_sensitivity_of_another_writer_is_kept_when_resolving(stage):
    event = stage.meet("attendee0")
    stage.change(event, sending=NOBODY, sensitivity=Sensitivity.PRIVATE)
    for resolution, kept in (
        (ConflictResolution.AUTO_RESOLVE, Sensitivity.PRIVATE),
        (ConflictResolution.ALWAYS_OVERWRITE, Sensitivity.PERSONAL),
    ):
        updated = events.update_event(
            stage.world,
            stage.organizer,
            event.id,
            lambda item: replace(item, sensitivity=Sensitivity.PERSONAL),
            NOBODY,
            event.version,
            resolution,
        )
        assert updated.event.sensitivity is kept


def test_deleted_events_are_changed_in_silence_only(stage):
    event = stage.meet("attendee0")
    deleted = items.delete_item(stage.world, stage.organizer, event.id, Disposal.TO_DELETED_ITEMS, NOBODY)
    before = stage.snapshot()
    for sending in (Sending(), CHANGED):
        with pytest.raises(DeletedItemNotSendable):
            stage.change(deleted, sending=sending, subject="Loud")
    assert stage.snapshot() == before
    assert stage.change(deleted, sending=NOBODY, subject="Quiet").subject == "Quiet"


def test_messages_are_no_events(stage):
    stage.meet("attendee0")
    with pytest.raises(ItemNotFound):
        stage.change(stage.request(stage.attendee), actor=stage.attendee, subject="x")
