from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.errors import IntervalInvalid, WindowInvalid, WindowTooLong
from reference_impl.domain.freebusy import (
    STRENGTH,
    BusyEvent,
    check_interval,
    check_window,
    painted,
    slots_of,
    spelling,
    spelt,
)
from reference_impl.domain.items import ShowAs, TimeSlot
from reference_impl.domain.timezone import zone

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

minutes = st.integers(-600, 2500)
statuses = st.sampled_from(ShowAs)


@st.composite
def busy(draw):
    start = draw(minutes)
    length = draw(st.integers(0, 700))
    return BusyEvent(START + start * MINUTE, START + (start + length) * MINUTE, draw(statuses))


def oracle(events, window_minutes, interval):
    """The strongest status of every single minute, then of every interval."""
    by_minute = []
    for minute in range(window_minutes):
        moment = START + minute * MINUTE
        touching = [ShowAs.FREE] + [event.show_as for event in events if event.start <= moment < event.end]
        by_minute.append(max(touching, key=STRENGTH.index))
    return [
        max(by_minute[first : first + interval], key=STRENGTH.index) for first in range(0, window_minutes, interval)
    ]


@pytest.mark.requirement("EWS-MTG-285", "EWS-MTG-286")
@given(st.lists(busy(), max_size=8), st.integers(5, 1500), st.integers(5, 300))
def test_slots_agree_with_a_minute_by_minute_count(events, window_minutes, interval):
    window = TimeSlot(START, START + window_minutes * MINUTE)
    assert [STRENGTH[rank] for rank in slots_of(events, window, interval)] == oracle(events, window_minutes, interval)


@given(st.lists(st.lists(busy(), max_size=4), min_size=1, max_size=4), st.integers(5, 300))
def test_the_slots_of_several_calendars_together_are_the_strongest_of_each(calendars, interval):
    window = TimeSlot(START, START + timedelta(hours=10))
    together = [event for events in calendars for event in events]
    alone = [slots_of(events, window, interval) for events in calendars]
    assert list(slots_of(together, window, interval)) == [max(column) for column in zip(*alone, strict=True)]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5)), max_size=10))
def test_the_highest_rank_over_a_place_is_painted(given_spans):
    spans = [(min(first, last), max(first, last), rank) for first, last, rank in given_spans]
    covering = [[0, *(rank for first, last, rank in spans if first <= place < last)] for place in range(20)]
    assert list(painted(20, spans)) == [max(ranks) for ranks in covering]


def test_an_event_without_length_takes_no_time():
    moment = START + 10 * MINUTE
    window = TimeSlot(START, START + 60 * MINUTE)
    assert set(slots_of([BusyEvent(moment, moment, ShowAs.BUSY)], window, 30)) == {0}


def test_every_status_has_its_digit():
    digits = {status: str(number) for number, status in enumerate(ShowAs)}
    assert spelt(bytes(range(len(STRENGTH))), spelling(digits)) == "".join(digits[status] for status in STRENGTH)


def test_not_knowing_outweighs_time_and_nothing_else():
    order = [ShowAs.FREE, ShowAs.WORKING_ELSEWHERE, ShowAs.NO_DATA, ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF]
    assert list(STRENGTH) == order


def local_window(name, first, last):
    return TimeSlot(
        *(datetime.fromisoformat(text).replace(tzinfo=zone(name)).astimezone(UTC) for text in (first, last))
    )


@pytest.mark.requirement("EWS-MTG-297")
@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10-01", "2026-11-12"), ("2026-03-01", "2026-04-12"), ("2026-06-01", "2026-07-13")],
)
def test_the_days_of_a_window_are_those_of_its_own_clock(first, last):
    """Six weeks across the change of the clock are an hour longer or shorter than 42 times 24 hours."""
    berlin = zone("Europe/Berlin")
    window = local_window("Europe/Berlin", first, last)
    check_window(window, 42, berlin)
    with pytest.raises(WindowTooLong) as refusal:
        check_window(TimeSlot(window.start, window.end + MINUTE), 42, berlin)
    assert refusal.value.data == {"days": 43, "limit": 42}
    with pytest.raises(WindowTooLong):
        check_window(window, 41, berlin)


@pytest.mark.requirement("EWS-MTG-285")
def test_a_day_on_which_the_clock_changes_has_more_or_fewer_slots():
    for first, last, hours in (("2026-10-25", "2026-10-26", 25), ("2026-03-29", "2026-03-30", 23)):
        assert len(slots_of((), local_window("Europe/Berlin", first, last), 60)) == hours


def test_a_window_that_the_clock_repeats_is_still_a_window():
    """From 2:50 to 2:10 by the clock, but the second 2:10: twenty minutes."""
    start = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    check_window(TimeSlot(start, start + 20 * MINUTE), 42, zone("Europe/Berlin"))
    with pytest.raises(WindowInvalid):
        check_window(TimeSlot(start, start), 42, zone("Europe/Berlin"))


@given(st.integers(-10, 2000), st.integers(1, 3000), st.booleans())
@pytest.mark.requirement("EWS-MTG-287")
def test_an_interval_is_five_minutes_to_a_day_and_within_what_is_merged(interval, window_minutes, is_merged):
    window = TimeSlot(START, START + window_minutes * MINUTE)
    if 5 <= interval <= 1440 and (interval <= window_minutes or not is_merged):
        check_interval(window, interval, is_merged=is_merged)
    else:
        with pytest.raises(IntervalInvalid):
            check_interval(window, interval, is_merged=is_merged)
