"""When calendar items remind, held to an oracle that looks at every occurrence."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain import reminders, series
from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, EventKind, Snooze
from reference_impl.domain.mailbox import Person
from reference_impl.domain.recurrence import Frequency, Recurrence, day_at

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def single(**changes):
    made = CalendarItem(
        id="cd" * 16,
        mailbox_id="m",
        folder_id="f",
        version=7,
        uid="u",
        start=NINE,
        end=NINE + HOUR,
        subject="Stand-up",
        organizer=Person("o@example.com"),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        modified=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return replace(made, **changes)


def of_series(rule, zone="UTC", **changes):
    start = datetime(rule.start.year, rule.start.month, rule.start.day, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    times = {"start": start, "end": start + HOUR, "start_zone": zone, "end_zone": zone}
    return series.normalised(single(id="ab" * 16, recurrence=rule, **times, **changes))


def daily(**changes):
    return Recurrence(frequency=Frequency.DAILY, start=date(2026, 3, 2), **changes)


def every(master):
    """The occurrences that there are, by their days."""
    number, found = 1, []
    while (day := day_at(master.recurrence, number)) is not None:
        found.append(series.occurrence(master, day))
        number += 1
    return [one for one in found if one is not None]


def armed(master):
    """Those whose reminder may still come, each with its time, by their days."""
    return [
        (one, time)
        for one in every(master)
        if (master.reminded_through is None or one.day > master.reminded_through)
        and (time := reminders.reminder_time(one)) is not None
    ]


def at(master, number):
    return series.occurrence_at(master, number)


@st.composite
def reminding(draw):
    rule = draw(
        st.sampled_from(
            [
                daily(count=60),
                daily(interval=4, count=20),
                Recurrence(
                    frequency=Frequency.WEEKLY, days=frozenset({1, 4}), interval=2, start=date(2026, 3, 2), count=20
                ),
                Recurrence(frequency=Frequency.ABSOLUTE_MONTHLY, day_of_month=31, start=date(2026, 3, 31), count=12),
            ]
        )
    )
    leads = st.sampled_from([0, 15, 60, 1440, 20160, 100_000])
    zone = draw(st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe"]))
    made = of_series(rule, zone, reminder_minutes=draw(leads), reminder_is_set=draw(st.booleans()))
    count = len(every(made))
    for number in sorted(draw(st.sets(st.integers(1, count), max_size=4))):
        plain = at(made, number)
        changed = replace(
            plain,
            reminder_is_set=draw(st.booleans()),
            reminder_minutes=draw(leads),
            reminder_due=draw(st.none() | st.integers(-400, 400).map(lambda hours, s=plain: s.start + hours * HOUR)),
        )
        made = series.with_exception(made, changed)
    for number in draw(st.sets(st.integers(1, count), max_size=3)):
        if number < count and series.occurrence(made, day_at(rule, number)) is not None:
            made = series.without(made, [day_at(rule, number)])
    if draw(st.booleans()):
        made = replace(made, reminded_through=day_at(rule, draw(st.integers(1, count))))
    if draw(st.booleans()) and armed(made):
        put_off, time = draw(st.sampled_from(armed(made)))
        hours = draw(st.integers(0, 200))
        made = series.with_exception(made, replace(put_off, reminder_snooze=Snooze(time + hours * HOUR)))
    return made


moments = st.integers(-2500, 9000).map(lambda hours: NINE + hours * HOUR)


@given(reminding(), moments)
def test_a_series_reminds_of_the_latest_whose_time_has_come_else_of_the_next(made, now):
    come = [one for one, time in armed(made) if time <= now]
    ahead = [one for one, _ in armed(made)]
    expected = come[-1] if come else ahead[0] if ahead else None
    assert reminders.turn_of(made, now) == expected


@given(reminding())
def test_its_next_reminder_is_that_of_the_first_day_and_none_comes_before_the_earliest(made):
    times = [time for _, time in armed(made)]
    assert reminders.next_reminder(made) == (times[0] if times else None)
    assert reminders.earliest_reminder(made) == min(times, default=None)


@given(reminding(), moments, moments)
def test_the_first_reminder_from_a_moment_on_is_of_what_is_not_over(made, begin, now):
    turn = reminders.turn_of(made, now)
    times = [time for one, time in armed(made) if turn is not None and one.day >= turn.day and time >= begin]
    found = reminders.reminding_from(made, begin, now)
    assert (None if found is None else reminders.reminder_time(found)) == min(times, default=None)


@given(reminding(), moments, st.data())
def test_dismissing_an_occurrence_silences_all_up_to_it_and_changes_none(made, now, data):
    if not armed(made):
        return
    event, _ = data.draw(st.sampled_from(armed(made)))
    after = reminders.dismissed(event, made)
    assert all(not one.reminder_is_set for one in every(after) if one.day <= event.day)
    later = [one for one in every(after) if one.day > event.day]
    assert later == [one for one in every(made) if one.day > event.day]
    assert reminders.turn_of(after, now) in [None, *later]
    assert [one.kind for one in every(after)] == [one.kind for one in every(made)]


@given(reminding(), st.data(), st.integers(1, 3000))
def test_what_is_put_off_reminds_then_unless_another_does_before(made, data, hours):
    if not armed(made):
        return
    event, time = data.draw(st.sampled_from(armed(made)))
    until = time + hours * HOUR
    after = reminders.snoozed(event, made, until)
    following = next((later for one, later in armed(made) if one.day > event.day), None)
    found = series.occurrence(after, event.day)
    if following is not None and until >= following:
        assert after == reminders.dismissed(event, made)
    else:
        assert reminders.reminder_time(found) == reminders.next_reminder(after) == until
    assert found.kind is event.kind


def test_a_single_item_reminds_before_its_start_or_what_it_is_due_by():
    assert reminders.reminder_time(single()) == NINE - 15 * MINUTE
    assert reminders.reminder_time(single(reminder_due=NINE - HOUR)) == NINE - 75 * MINUTE
    assert reminders.reminder_time(single(reminder_is_set=False)) is None


def test_a_reminder_before_all_time_never_comes():
    made = single(start=datetime(1, 1, 1, tzinfo=UTC), end=NINE)
    assert reminders.reminder_time(made) is None


def test_a_single_item_is_dismissed_and_put_off_by_itself():
    assert reminders.reminder_time(reminders.snoozed(single(), None, NINE + DAY)) == NINE + DAY
    assert reminders.next_reminder(reminders.dismissed(single(), None)) is None


def test_a_reminder_set_again_for_one_occurrence_comes_again():
    made = reminders.dismissed(at(of_series(daily(count=9)), 3), of_series(daily(count=9)))
    assert reminders.turn_of(made, NINE).day == at(made, 4).day
    again = series.with_exception(made, replace(at(made, 2), reminder_is_set=True))
    assert reminders.turn_of(again, NINE).day == at(made, 2).day
    assert at(again, 2).kind is EventKind.OCCURRENCE


def test_whoever_moves_an_item_is_reminded_before_its_new_start():
    before = single(reminder_due=NINE - HOUR, reminder_snooze=Snooze(NINE + HOUR))
    moved = reminders.rearmed(before, replace(before, start=NINE + DAY, end=NINE + DAY + HOUR))
    assert reminders.reminder_time(moved) == NINE + DAY - 15 * MINUTE
    renamed = reminders.rearmed(before, replace(before, subject="Other"))
    assert reminders.reminder_time(renamed) == NINE + HOUR


def test_a_series_with_another_pattern_has_dismissed_nothing():
    made = of_series(daily(count=9))
    before = reminders.dismissed(at(made, 3), made)
    after = reminders.rearmed(before, replace(before, recurrence=daily(count=9, interval=2)))
    assert after.reminded_through is None
    assert reminders.rearmed(before, replace(before, subject="Other")).reminded_through == at(made, 3).day


def test_a_series_put_off_as_a_whole_is_put_off_at_its_next_occurrence():
    made = of_series(daily(count=9))
    before = reminders.dismissed(at(made, 3), made)
    after = reminders.bound(replace(before, reminder_snooze=Snooze(NINE + 4 * DAY)))
    assert after.reminder_snooze == Snooze(NINE + 4 * DAY, at(made, 4).day)
    assert reminders.next_reminder(after) == NINE + 4 * DAY
    silent = replace(made, reminder_is_set=False, reminder_snooze=Snooze(NINE))
    assert reminders.bound(silent).reminder_snooze is None


@pytest.mark.parametrize("now", [datetime(2026, 1, 1, tzinfo=UTC), datetime(4000, 1, 1, tzinfo=UTC)])
def test_a_series_without_end_is_not_walked(now):
    made = of_series(daily())
    turn = reminders.turn_of(made, now)
    assert turn.day == max(now.date(), date(2026, 3, 2)) - (DAY if now.year == 4000 else timedelta())
