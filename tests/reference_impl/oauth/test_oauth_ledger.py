"""What is remembered between the steps of a login, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reference_impl.oauth.ledger import Expiring

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LIFE = timedelta(minutes=10)


def test_a_value_is_taken_once():
    kept = Expiring[str]()
    kept.put("key", "value", NOON + LIFE, NOON)
    assert kept.get("key") == (NOON + LIFE, "value")
    assert kept.pop("key") == (NOON + LIFE, "value")
    assert kept.pop("key") is None


@given(waits=st.lists(st.integers(0, 900), min_size=1, max_size=60), most=st.integers(1, 8))
def test_what_is_over_or_too_much_is_forgotten_and_the_newest_stays(waits, most):
    kept, now = Expiring[int](most), NOON
    for number, seconds in enumerate(waits):
        now += timedelta(seconds=seconds)
        kept.put(str(number), number, now + LIFE, now)
        assert kept.get(str(number)) == (now + LIFE, number)
        held = [found for each in range(number + 1) if (found := kept.get(str(each)))]
        assert len(held) <= most
        assert all(until > now for until, _ in held)
