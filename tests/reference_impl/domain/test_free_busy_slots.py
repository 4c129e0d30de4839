from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.freebusy import STRENGTH, BusyEvent, merged, slots_of, stronger
from reference_impl.domain.items import ShowAs, TimeSlot

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

minutes = st.integers(-600, 2500)
statuses = st.sampled_from(ShowAs)


@st.composite
def busy(draw):
    start = draw(minutes)
    length = draw(st.integers(0, 700))
    return BusyEvent(START + start * MINUTE, START + (start + length) * MINUTE, draw(statuses), None)


def oracle(events, window_minutes, interval):
    """The strongest status of every single minute, then of every interval."""
    by_minute = []
    for minute in range(window_minutes):
        moment = START + minute * MINUTE
        touching = [ShowAs.FREE] + [event.show_as for event in events if event.start <= moment < event.end]
        by_minute.append(max(touching, key=STRENGTH.index))
    return tuple(
        max(by_minute[first : first + interval], key=STRENGTH.index) for first in range(0, window_minutes, interval)
    )


@given(st.lists(busy(), max_size=8), st.integers(5, 1500), st.integers(5, 300))
def test_slots_agree_with_a_minute_by_minute_count(events, window_minutes, interval):
    window = TimeSlot(START, START + window_minutes * MINUTE)
    assert slots_of(events, window, interval) == oracle(events, window_minutes, interval)


@given(st.lists(st.lists(busy(), max_size=4), min_size=1, max_size=4), st.integers(5, 300))
def test_merged_streams_are_the_stream_of_everything(calendars, interval):
    window = TimeSlot(START, START + timedelta(hours=10))
    together = [event for events in calendars for event in events]
    assert merged([slots_of(events, window, interval) for events in calendars]) == slots_of(together, window, interval)


@given(statuses, statuses, statuses)
def test_the_stronger_status_is_one_order(left, middle, right):
    assert stronger(left, left) is left
    assert stronger(left, right) is stronger(right, left)
    assert stronger(stronger(left, middle), right) is stronger(left, stronger(middle, right))
    assert stronger(ShowAs.FREE, left) is left
    assert stronger(ShowAs.OOF, left) is ShowAs.OOF


def test_an_event_without_length_takes_no_time():
    moment = START + 10 * MINUTE
    window = TimeSlot(START, START + 60 * MINUTE)
    assert set(slots_of([BusyEvent(moment, moment, ShowAs.BUSY, None)], window, 30)) == {ShowAs.FREE}
