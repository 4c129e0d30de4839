"""Ids of new items and folders."""

import re

import pytest

from reference_impl.service.world import RandomIds, SeededIds


@pytest.mark.parametrize("ids", [RandomIds(), SeededIds("a seed")])
def test_ids_are_32_hex_digits_and_never_given_twice(ids):
    given = [ids.entry_id() for _ in range(1000)]
    assert len(set(given)) == 1000
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in given)


def test_random_ids_sort_by_the_time_of_their_making_and_tell_nothing_else(monkeypatch):
    ids = RandomIds()
    given = []
    for millisecond in (1_800_000_000_000, 1_800_000_000_001, 4_000_000_000_000):
        monkeypatch.setattr("time.time_ns", lambda now=millisecond: now * 1_000_000)
        given.append([ids.entry_id() for _ in range(50)])
    assert max(given[0]) < min(given[1]) < max(given[1]) < min(given[2])
    assert all(len({one[12 + digit] for one in given[0]}) > 1 for digit in range(20))


def test_seeded_ids_follow_from_the_seed():
    assert SeededIds("a seed").entry_id() == SeededIds("a seed").token(16).hex() != SeededIds("another").entry_id()
