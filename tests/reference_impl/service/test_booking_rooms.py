"""Rooms that answer by their calendar: what they take, what they decline, and what they keep."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Attachment, Body, Response, Role, Sensitivity, ShowAs
from reference_impl.domain.mailbox import BookingPolicy
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.domain.series import occurrence_at

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def with_booking_room(**policy):
    return tuple(
        replace(mailbox, auto_accept=True, booking=BookingPolicy(**policy))
        if mailbox.address.startswith("room")
        else mailbox
        for mailbox in default_population()
    )


@pytest.fixture
def booking(make_stage):
    """A function that makes a stage whose room books by a policy."""
    return lambda **policy: make_stage(population=with_booking_room(**policy))


def meet(stage, **fields):
    return stage.meet(attendees=stage.guests("room0", role=Role.RESOURCE), **fields)


def answer_of(stage, event):
    return stage.entry(event, "room0").response


def daily(count=5, **changes):
    return Recurrence(frequency=Frequency.DAILY, start=date(2026, 1, 6), count=count, **changes)


@pytest.mark.requirement("EWS-MTG-319")
def test_a_booking_room_takes_the_first_meeting_and_declines_the_second(booking):
    stage = booking()
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


def test_a_booking_room_follows_a_new_time(booking):
    stage = booking()
    room = stage.guests("room0", role=Role.RESOURCE)
    stage.meet(attendees=room)
    event = stage.meet(attendees=room, start=NINE + 2 * HOUR)
    changed = stage.change(event, start=NINE, end=NINE + HOUR)
    assert changed.attendees[0].response is Response.DECLINED
    changed = stage.change(event, start=NINE + HOUR, end=NINE + 2 * HOUR)
    assert changed.attendees[0].response is Response.ACCEPTED
    assert [item.start for item in stage.calendar(stage.who("room0"))] == [NINE, NINE + HOUR]


@pytest.mark.parametrize(
    ("policy", "fields", "response"),
    [
        ({}, {"start": NINE + 178 * DAY, "end": NINE + 178 * DAY + HOUR}, Response.ACCEPTED),
        ({}, {"start": NINE + 181 * DAY, "end": NINE + 181 * DAY + HOUR}, Response.DECLINED),
        ({"window_days": 10}, {"start": NINE + 11 * DAY, "end": NINE + 11 * DAY + HOUR}, Response.DECLINED),
        ({}, {"start": NINE, "end": NINE + DAY}, Response.ACCEPTED),
        ({}, {"start": NINE, "end": NINE + DAY + HOUR}, Response.DECLINED),
        ({"longest_minutes": 30}, {"start": NINE, "end": NINE + HOUR}, Response.DECLINED),
        ({}, {"recurrence": daily()}, Response.ACCEPTED),
        ({"allow_recurring": False}, {"recurrence": daily()}, Response.DECLINED),
        ({}, {"recurrence": daily(count=200)}, Response.DECLINED),
        ({"enforce_horizon": False}, {"recurrence": daily(count=200)}, Response.ACCEPTED),
        ({}, {"recurrence": daily(count=None)}, Response.DECLINED),
        ({"enforce_horizon": False}, {"recurrence": daily(count=None)}, Response.ACCEPTED),
    ],
)
def test_a_room_answers_by_its_policy(booking, policy, fields, response):
    stage = booking(**policy)
    assert answer_of(stage, meet(stage, **fields)) is response


def test_a_room_declines_a_series_that_finds_it_taken_once(booking):
    stage = booking()
    meet(stage, start=NINE + 2 * DAY, end=NINE + 2 * DAY + HOUR)
    event = meet(stage, recurrence=daily())
    assert answer_of(stage, event) is Response.DECLINED
    assert "taken by another meeting" in stage.inbox(stage.organizer)[-1].body.content


@pytest.mark.parametrize("policy", [{"most_conflicts": 1}, {"conflict_percentage": 20}])
def test_a_room_may_stay_away_from_some_occurrences(booking, policy):
    stage = booking(**policy)
    meet(stage, start=NINE + 2 * DAY, end=NINE + 2 * DAY + HOUR)
    event = meet(stage, recurrence=daily())
    series = stage.now(stage.organizer, event)
    answers = [occurrence_at(series, number).attendees[0].response for number in range(1, 6)]
    assert answers == [Response.ACCEPTED, Response.ACCEPTED, Response.DECLINED, Response.ACCEPTED, Response.ACCEPTED]
    room = stage.who("room0")
    booked = next(item for item in stage.calendar(room) if item.recurrence is not None)
    assert booked.deleted == (date(2026, 1, 8),)


def test_conflicts_can_be_allowed(booking):
    stage = booking(allow_conflicts=True)
    first, second = meet(stage), meet(stage)
    assert answer_of(stage, first) is answer_of(stage, second) is Response.ACCEPTED


def test_a_free_item_is_in_nobodys_way(booking):
    stage = booking()
    meet(stage, show_as=ShowAs.FREE)
    assert answer_of(stage, meet(stage)) is Response.ACCEPTED


def test_a_room_keeps_the_organizers_name_in_place_of_what_the_meeting_is_about(booking):
    stage = booking()
    event = meet(stage, subject="Secret", body=Body("Details"), sensitivity=Sensitivity.PRIVATE)
    (booked,) = stage.calendar(stage.who("room0"))
    assert (booked.subject, booked.body.content) == ("Organizer 0", "")
    assert booked.sensitivity is Sensitivity.NORMAL
    assert stage.now(stage.organizer, event).subject == "Secret"
    (sent,) = stage.sent(stage.who("room0"))
    assert sent.subject == "Accepted: Secret"


def test_a_room_may_keep_everything(booking):
    stage = booking(
        delete_subject=False,
        add_organizer_to_subject=False,
        delete_comments=False,
        delete_attachments=False,
        remove_private=False,
    )
    with stage.world.store.begin() as unit:
        digest = unit.contents.keep(b"agenda")
        unit.contents.use({digest: 1})
    attached = Attachment(id="ab", name="agenda.txt", digest=digest, size=6, modified=NINE)
    meet(stage, subject="Open", body=Body("Details"), sensitivity=Sensitivity.PRIVATE, attachments=(attached,))
    (booked,) = stage.calendar(stage.who("room0"))
    assert (booked.subject, booked.body.content) == ("Open", "Details")
    assert booked.sensitivity is Sensitivity.PRIVATE
    assert [one.name for one in booked.attachments] == ["agenda.txt"]


def test_a_change_of_one_occurrence_is_answered_for_it_alone(booking):
    stage = booking()
    event = meet(stage, recurrence=daily())
    meet(stage, start=NINE + DAY + 3 * HOUR, end=NINE + DAY + 4 * HOUR)
    second = occurrence_at(stage.now(stage.organizer, event), 2)
    stage.change(second, start=NINE + DAY + 3 * HOUR, end=NINE + DAY + 4 * HOUR)
    series = stage.now(stage.organizer, event)
    assert occurrence_at(series, 2).attendees[0].response is Response.DECLINED
    assert occurrence_at(series, 3).attendees[0].response is Response.ACCEPTED
