"""Times of both protocols, read as instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.actor.times import WINDOWS_ZONES, instant, local_time, xml_time, zone

MOMENTS = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS)
def test_an_instant_written_for_ews_reads_as_itself(moment):
    assert instant(xml_time(moment)) == moment


@given(MOMENTS, st.sampled_from(sorted(WINDOWS_ZONES)))
def test_a_local_time_reads_as_the_instant_save_in_the_hour_that_comes_twice(moment, name):
    read = instant(local_time(moment, name), zone(name))
    assert read == moment or (
        read + timedelta(hours=1) == moment and local_time(read, name) == local_time(moment, name)
    )


@pytest.mark.parametrize("digits", range(8))
def test_fractions_of_any_length_are_read(digits):
    fraction = "." + "1234567"[:digits] if digits else ""
    wanted = datetime(2019, 8, 16, 12, tzinfo=UTC) + timedelta(microseconds=int(f"{'1234567'[:digits]:0<6}"[:6]))
    assert instant(f"2019-08-16T12:00:00{fraction}Z") == wanted


def test_an_offset_is_taken_literally_whatever_zone_is_assumed():
    assert instant("2026-01-05T10:00:00-08:00", zone("Asia/Tokyo")) == datetime(2026, 1, 5, 18, tzinfo=UTC)


def test_an_unknown_zone_is_named_with_those_there_are():
    with pytest.raises(LookupError, match=r"Middle of Nowhere.*Pacific Standard Time"):
        zone("Middle of Nowhere")
