"""Series, their occurrences, exceptions and deletions, held to a day-by-day oracle on the wall clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain import series
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import (
    NoSuchOccurrence,
    NotAMaster,
    OccurrenceCrossesNeighbour,
    OccurrenceIsDeleted,
    OccurrencesOverlap,
    RecurrenceHasNoOccurrence,
)
from reference_impl.domain.items import CalendarItem, EventKind, TimeSlot
from reference_impl.domain.mailbox import Person
from reference_impl.domain.recurrence import Frequency, Recurrence, day_at

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ZONES = ["UTC", "Europe/Copenhagen", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]


def local(zone, *clock):
    return datetime(*clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def master(rule, *, zone="Europe/Copenhagen", hour=9, minute=0, length=HOUR, **changes):
    start = datetime(rule.start.year, rule.start.month, rule.start.day, hour, minute)  # noqa: DTZ001
    made = CalendarItem(
        id="ab" * 16,
        mailbox_id="m",
        folder_id="f",
        version=7,
        uid="u",
        start=start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        end=(start + length).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        subject="Stand-up",
        start_zone=zone,
        end_zone=zone,
        organizer=Person("o@example.com"),
        recurrence=rule,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        modified=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return series.normalised(replace(made, **changes))


def daily(start=date(2026, 3, 2), **changes):
    return Recurrence(frequency=Frequency.DAILY, start=start, **changes)


def weekly(*days, start=date(2026, 3, 2), **changes):
    return Recurrence(frequency=Frequency.WEEKLY, days=frozenset(days), start=start, **changes)


@st.composite
def schedules(draw):
    zone = draw(st.sampled_from(ZONES))
    start = draw(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
    rule = draw(
        st.sampled_from(
            [
                daily(start, count=400),
                daily(start, interval=3, count=120),
                weekly(0, 2, 5, start=start, interval=2, count=100),
                Recurrence(frequency=Frequency.ABSOLUTE_MONTHLY, day_of_month=31, start=start),
                Recurrence(frequency=Frequency.RELATIVE_MONTHLY, days=frozenset({6}), week=5, start=start),
            ]
        )
    )
    minutes = draw(st.integers(0, 24 * 60 - 1))
    length = timedelta(minutes=draw(st.integers(0, 24 * 60)))
    return master(rule, zone=zone, hour=minutes // 60, minute=minutes % 60, length=length), minutes, length


@given(schedules(), st.integers(-40, 900), st.integers(1, 40))
def test_a_window_shows_the_occurrences_that_a_wall_clock_shows(schedule, offset, days):
    made, minutes, length = schedule
    rule, zone = made.recurrence, ZoneInfo(made.start_zone)
    window_start = datetime(2026, 1, 1, tzinfo=UTC) + offset * DAY
    window = TimeSlot(window_start, window_start + days * DAY)
    expected = []
    for number in range(1, 1000):
        day = day_at(rule, number)
        if day is None:
            break
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
        start, end = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (wall, wall + length))
        end = max(start, end)
        if end > window.start and start < window.end:
            expected.append((day, start, end))
    found = sorted((one.day, one.start, one.end) for one in series.occurrences(made, window))
    assert found == expected


def test_occurrences_keep_their_hour_when_the_clock_changes():
    made = master(weekly(0, start=date(2026, 3, 23), count=2))
    window = TimeSlot(made.start, made.start + 30 * DAY)
    assert [one.start for one in series.occurrences(made, window)] == [
        local("Europe/Copenhagen", 2026, 3, 23, 9),
        local("Europe/Copenhagen", 2026, 3, 30, 9),
    ]
    assert [one.start.hour for one in series.occurrences(made, window)] == [8, 7]


def test_an_hour_that_the_clock_leaves_out_comes_after_the_change():
    made = master(daily(date(2026, 3, 28), count=3), hour=2, minute=30)
    starts = [series.occurrence_at(made, number).start for number in (1, 2, 3)]
    assert starts == [
        datetime(2026, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 30, 0, 30, tzinfo=UTC),
    ]


def test_an_occurrence_takes_everything_but_its_times_from_its_master():
    made = master(daily(count=5))
    third = series.occurrence_at(made, 3)
    assert third.kind is EventKind.OCCURRENCE
    assert made.kind is EventKind.RECURRING_MASTER
    assert (third.series_id, third.day, third.version) == (made.id, date(2026, 3, 4), 7)
    assert third.start == third.original_start == made.start + 2 * DAY
    assert (third.subject, third.uid, third.recurrence) == ("Stand-up", "u", None)
    assert series.occurrence_of_id(third.id, 32) == (made.id, third.day)


@pytest.mark.parametrize("text", ["ab" * 16, "ab" * 16 + "00000000", "ab" * 16 + "ffffffff", "ab"])
def test_other_ids_name_no_occurrence(text):
    assert series.occurrence_of_id(text, 32) is None


def test_an_exception_keeps_only_what_differs():
    made = master(daily(count=5))
    second = series.occurrence_at(made, 2)
    changed = series.with_exception(made, replace(second, subject="Elsewhere", start=second.start + HOUR))
    (kept,) = changed.exceptions
    assert kept.changes == {"subject": "Elsewhere", "start": second.start + HOUR}
    renamed = replace(changed, subject="Renamed", location="Roof")
    (exception,) = series.exceptions_of(renamed)
    assert exception.kind is EventKind.EXCEPTION
    assert (exception.subject, exception.location, exception.end) == ("Elsewhere", "Roof", second.end)
    assert exception.original_start == second.start


def test_an_unchanged_occurrence_makes_no_exception():
    made = master(daily(count=5))
    second = series.occurrence_at(made, 2)
    assert series.with_exception(made, replace(second, modified=second.modified + HOUR)) is made


def test_a_moved_exception_is_found_where_it_is_now():
    made = master(weekly(0, count=3))
    second = series.occurrence_at(made, 2)
    moved = series.with_exception(made, replace(second, start=second.start + 3 * DAY, end=second.end + 3 * DAY))
    old = TimeSlot(second.start, second.end)
    new = TimeSlot(second.start + 3 * DAY, second.end + 3 * DAY)
    assert list(series.occurrences(moved, old)) == []
    assert [one.day for one in series.occurrences(moved, new)] == [second.day]


def test_an_occurrence_cannot_pass_its_neighbours():
    made = master(weekly(0, count=3))
    second = series.occurrence_at(made, 2)
    for shift in (-7 * DAY, 7 * DAY, -8 * DAY, 20 * DAY):
        with pytest.raises(OccurrenceCrossesNeighbour):
            series.check_between(made, replace(second, start=second.start + shift, end=second.end + shift))
    without_third = series.without(made, [date(2026, 3, 16)])
    series.check_between(without_third, replace(second, start=second.start + 9 * DAY, end=second.end + 9 * DAY))


def test_an_occurrence_cannot_run_into_its_neighbours():
    made = master(weekly(0, count=3))
    second, third = series.occurrence_at(made, 2), series.occurrence_at(made, 3)
    series.check_between(made, replace(second, end=third.start))
    with pytest.raises(OccurrenceCrossesNeighbour):
        series.check_between(made, replace(second, end=third.start + HOUR))
    longer = series.with_exception(made, replace(second, end=third.start))
    with pytest.raises(OccurrenceCrossesNeighbour):
        series.check_between(longer, replace(third, start=third.start - HOUR))


def test_a_deleted_occurrence_is_gone_but_counts():
    made = series.without(master(daily(count=3)), [date(2026, 3, 3)])
    assert series.occurrence(made, date(2026, 3, 3)) is None
    with pytest.raises(OccurrenceIsDeleted):
        series.occurrence_at(made, 2)
    assert series.occurrence_at(made, 3).day == date(2026, 3, 4)
    assert series.deleted_starts(made) == (made.start + DAY,)
    assert [one.day.day for one in series.occurrences(made, TimeSlot(made.start, made.start + 9 * DAY))] == [2, 4]


def test_first_and_last_are_those_that_are_left():
    made = series.without(master(daily(count=4)), [date(2026, 3, 2), date(2026, 3, 5)])
    assert series.first_occurrence(made).day == date(2026, 3, 3)
    assert series.last_occurrence(made).day == date(2026, 3, 4)
    assert series.last_occurrence(master(daily())) is None


def test_the_last_occurrence_cannot_be_deleted():
    with pytest.raises(RecurrenceHasNoOccurrence):
        series.without(master(daily(count=2)), [date(2026, 3, 2), date(2026, 3, 3)])


@pytest.mark.parametrize("number", [0, -1, 4])
def test_a_number_beyond_the_series_is_refused(number):
    with pytest.raises(NoSuchOccurrence):
        series.occurrence_at(master(daily(count=3)), number)


def test_an_item_without_recurrence_has_no_occurrences():
    single = replace(master(daily()), recurrence=None)
    assert series.occurrence(single, date(2026, 3, 2)) is None
    with pytest.raises(NotAMaster):
        series.occurrence_at(single, 1)


def test_occurrences_may_touch_but_not_overlap():
    master(daily(), length=DAY)
    with pytest.raises(OccurrencesOverlap):
        master(daily(), length=DAY + timedelta(minutes=1))
    with pytest.raises(OccurrencesOverlap):
        master(weekly(0, 1), length=2 * DAY)


def test_a_series_begins_with_its_first_occurrence():
    made = master(weekly(4, start=date(2026, 3, 2)))
    assert made.start == local("Europe/Copenhagen", 2026, 3, 6, 9)


def test_the_span_reaches_to_moved_exceptions():
    made = master(weekly(0, count=2))
    assert series.span(made) == (made.start, made.end + 7 * DAY)
    last = series.occurrence_at(made, 2)
    later = series.with_exception(made, replace(last, start=last.start + 30 * DAY, end=last.end + 30 * DAY))
    assert series.span(later) == (made.start, last.end + 30 * DAY)
    assert series.span(master(daily()))[1] is None


def test_every_occurrence_was_told_at_its_own_time():
    made = master(daily(count=3))
    told = replace(made, sent_slot=made.slot)
    assert series.occurrence_at(told, 3).sent_slot == series.occurrence_at(told, 3).slot
    assert series.occurrence_at(made, 3).sent_slot is None


def test_all_day_occurrences_run_from_midnight_to_midnight():
    made = master(daily(date(2026, 3, 28), count=3), hour=0, length=DAY, is_all_day=True)
    lengths = [series.occurrence_at(made, number).duration for number in (1, 2, 3)]
    assert lengths == [DAY, DAY - HOUR, DAY]
