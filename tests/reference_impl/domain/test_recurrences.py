"""Recurrence by arithmetic, held to an oracle that asks of every single day whether the pattern has it."""

import calendar
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain import recurrence
from reference_impl.domain.errors import (
    RecurrenceEndTooLate,
    RecurrenceHasNoOccurrence,
    RecurrenceInvalid,
    RecurrenceOutOfRange,
)
from reference_impl.domain.recurrence import (
    EVERY_DAY,
    LAST_WEEK,
    WEEKDAYS,
    WEEKEND,
    Frequency,
    Recurrence,
    check_recurrence,
    day_at,
    days_between,
    last_day,
    number_of,
)

DAY = timedelta(days=1)
HORIZON = 1500  # days that the oracle looks ahead


def is_on(rule, day):
    """Whether a day belongs to the pattern, asked without any arithmetic of periods."""
    years = day.year - rule.start.year
    months = 12 * years + day.month - rule.start.month
    first_of_week = rule.start
    while first_of_week.weekday() != rule.first_day:
        first_of_week -= DAY
    last_of_month = calendar.monthrange(day.year, day.month)[1]
    is_date = day.day == min(rule.day_of_month, last_of_month)
    is_week = day.day == nth(rule, day.year, day.month)
    is_month = day.month == rule.month
    return (
        day >= rule.start
        and {
            Frequency.DAILY: (day - rule.start).days % rule.interval == 0,
            Frequency.WEEKLY: day.weekday() in rule.days and (day - first_of_week).days // 7 % rule.interval == 0,
            Frequency.ABSOLUTE_MONTHLY: months % rule.interval == 0 and is_date,
            Frequency.RELATIVE_MONTHLY: months % rule.interval == 0 and is_week,
            Frequency.ABSOLUTE_YEARLY: years % rule.interval == 0 and is_month and is_date,
            Frequency.RELATIVE_YEARLY: years % rule.interval == 0 and is_month and is_week,
        }[rule.frequency]
    )


def nth(rule, year, month):
    """The day of a month on which the rule's weekdays come for the time the rule says."""
    length = calendar.monthrange(year, month)[1]
    matching = [number for number in range(1, length + 1) if date(year, month, number).weekday() in rule.days]
    return matching[-1] if rule.week == LAST_WEEK else matching[rule.week - 1]


def oracle(rule):
    """Every day of the series, up to a horizon."""
    found = (day for number in range(HORIZON) if is_on(rule, day := rule.start + number * DAY))
    if rule.until is not None:
        found = (day for day in found if day <= rule.until)
    return list(islice(found, rule.count))


@st.composite
def recurrences(draw, *, ended=True):
    frequency = draw(st.sampled_from(Frequency))
    yearly = frequency in {Frequency.ABSOLUTE_YEARLY, Frequency.RELATIVE_YEARLY}
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    if frequency in {Frequency.RELATIVE_MONTHLY, Frequency.RELATIVE_YEARLY}:
        days = draw(st.sampled_from([EVERY_DAY, WEEKDAYS, WEEKEND, *(frozenset({day}) for day in range(7))]))
    start = draw(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
    end = draw(st.sampled_from(["never", "until", "count"] if ended else ["never"]))
    return Recurrence(
        frequency=frequency,
        interval=draw(st.integers(1, 1 if yearly else 5)),
        days=days,
        first_day=draw(st.integers(0, 6)),
        day_of_month=draw(st.integers(1, 31)),
        week=draw(st.integers(1, 5)),
        month=draw(st.integers(1, 12)),
        start=start,
        until=start + draw(st.integers(-5, HORIZON - 1)) * DAY if end == "until" else None,
        count=draw(st.integers(1, 3)) if end == "count" else None,
    )


@given(recurrences())
def test_days_and_numbers_are_those_of_a_day_by_day_count(rule):
    expected = oracle(rule)
    assert list(days_between(rule, rule.start, rule.start + (HORIZON - 1) * DAY)) == expected
    for number, day in enumerate(expected, start=1):
        assert day_at(rule, number) == day
        assert number_of(rule, day) == number
    if rule.count is not None or rule.until is not None:
        assert day_at(rule, len(expected) + 1) is None
        assert (last_day(rule) == expected[-1]) if expected else (last_day(rule) < rule.start)


@given(recurrences(), st.integers(-50, HORIZON), st.integers(0, 400))
def test_a_window_shows_what_the_whole_shows_in_it(rule, offset, length):
    first = rule.start + offset * DAY
    last = first + length * DAY
    horizon = rule.start + (HORIZON - 1) * DAY
    expected = [day for day in oracle(rule) if first <= day <= last]
    assert [day for day in days_between(rule, first, last) if day <= horizon] == expected


@given(recurrences(), st.integers(-10, HORIZON - 1))
def test_a_day_that_is_none_of_the_series_has_no_number(rule, offset):
    day = rule.start + offset * DAY
    assert (number_of(rule, day) is None) is (day not in oracle(rule))


@given(recurrences(ended=False))
def test_a_series_without_end_has_no_last_day(rule):
    assert last_day(rule) is None
    check_recurrence(rule)


def weekly(**changes):
    return Recurrence(**{"frequency": Frequency.WEEKLY, "days": frozenset({0}), "start": date(2026, 1, 5)} | changes)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"interval": 0}, RecurrenceOutOfRange),
        ({"interval": 100}, RecurrenceOutOfRange),
        ({"count": 0}, RecurrenceOutOfRange),
        ({"count": 1000}, RecurrenceOutOfRange),
        ({"days": frozenset()}, RecurrenceInvalid),
        ({"until": date(4500, 9, 2)}, RecurrenceEndTooLate),
        ({"start": date(4499, 1, 1), "count": 999}, RecurrenceEndTooLate),
        ({"start": date(2026, 1, 6), "until": date(2026, 1, 11)}, RecurrenceHasNoOccurrence),
        ({"until": date(2026, 1, 4)}, RecurrenceHasNoOccurrence),
        ({"frequency": Frequency.ABSOLUTE_MONTHLY, "day_of_month": 32}, RecurrenceOutOfRange),
        ({"frequency": Frequency.RELATIVE_MONTHLY, "week": 6}, RecurrenceOutOfRange),
        ({"frequency": Frequency.ABSOLUTE_YEARLY, "month": 13}, RecurrenceOutOfRange),
        ({"frequency": Frequency.DAILY, "interval": 1000}, RecurrenceOutOfRange),
    ],
)
def test_what_no_series_can_be_is_refused(changes, kind):
    with pytest.raises(kind):
        check_recurrence(weekly(**changes))


def test_the_last_possible_end_is_allowed():
    check_recurrence(weekly(until=date(4500, 9, 1)))


def test_the_thirty_first_is_the_last_day_of_shorter_months():
    rule = Recurrence(frequency=Frequency.ABSOLUTE_MONTHLY, day_of_month=31, start=date(2028, 1, 31), count=4)
    assert list(days_between(rule, rule.start, date(2029, 1, 1))) == [
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_the_first_day_of_the_week_decides_which_weeks_belong_together():
    """Every other week from a Tuesday, on Sundays and Tuesdays: the Sunday of the first week comes before or after."""
    days = frozenset({1, 6})
    from_sunday = weekly(days=days, interval=2, first_day=6, start=date(2026, 1, 6), count=3)
    from_monday = weekly(days=days, interval=2, first_day=0, start=date(2026, 1, 6), count=3)
    assert [day_at(from_sunday, number).day for number in (1, 2, 3)] == [6, 18, 20]
    assert [day_at(from_monday, number).day for number in (1, 2, 3)] == [6, 11, 20]


@pytest.mark.parametrize("frequency", Frequency)
def test_a_far_window_of_a_long_series_looks_at_no_more_days_than_a_near_one(frequency, monkeypatch):
    rule = Recurrence(frequency=frequency, days=EVERY_DAY, start=date(1700, 1, 1))
    looked = []
    real = recurrence._days_in
    monkeypatch.setattr(recurrence, "_days_in", lambda *arguments: looked.append(arguments) or real(*arguments))
    costs = []
    for year in (1701, 4400):
        looked.clear()
        list(days_between(rule, date(year, 1, 28), date(year, 2, 3)))
        costs.append(len(looked))
    assert costs[0] == costs[1] <= 8
