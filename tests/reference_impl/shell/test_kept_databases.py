"""Servers started again on the database of an earlier one."""

from __future__ import annotations

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Person, WorkingHours
from reference_impl.server import Options, build_world
from reference_impl.service import directory
from reference_impl.service.mailbox_settings import change_settings


@pytest.fixture
def started(tmp_path):
    """A function that starts a world on the one database and closes it when the next one starts."""
    worlds = []

    def start(**options):
        for world in worlds:
            world.store.close()
        worlds.append(build_world(Options(database=f"sqlite:///{tmp_path}/kept.db", **options)))
        return worlds[-1]

    yield start
    worlds[-1].store.close()


ZOE = replace(default_population()[0], id="6f1c1d86-9e2b-5d9c-8f4a-1b1f5a3f0c11", person=Person("zoe@new.org", "Zoe"))


def addresses(world):
    return [mailbox.address for mailbox in directory.people(world)]


def test_starting_again_changes_nothing(started):
    before = started().store.snapshot()
    assert started().store.snapshot() == before


def test_a_population_of_ones_own_stays_when_it_is_not_named_again(started):
    assert addresses(started(mailboxes=(ZOE,))) == ["zoe@new.org"]
    assert addresses(started()) == ["zoe@new.org"]


def test_a_population_named_later_joins_the_one_that_is_there(started):
    there = addresses(started())
    assert addresses(started(mailboxes=(ZOE,))) == [*there, "zoe@new.org"]
    assert addresses(started()) == [*there, "zoe@new.org"]


def test_a_mailbox_named_again_keeps_its_items_and_takes_over_the_rest(started):
    started(mailboxes=(ZOE,))
    again = started(mailboxes=(replace(ZOE, id="another", password="changed"),))
    (kept,) = directory.people(again)
    assert (kept.id, kept.password) == (ZOE.id, "changed")


def test_what_an_owner_has_set_outlasts_a_mailbox_named_again(started):
    first = started(mailboxes=(ZOE,))
    hours = WorkingHours(frozenset({1, 2}), 540, 1000, "Asia/Tokyo")
    edit = lambda before: replace(before, time_zone="Europe/Berlin", working_hours=hours)  # noqa: E731
    (zoe,) = directory.people(first)
    change_settings(first, zoe, edit)
    assert directory.people(first)[0].time_zone == "Europe/Berlin"
    for again in (started(), started(mailboxes=(replace(ZOE, password="changed", language="da-DK"),))):
        (kept,) = directory.people(again)
        assert (kept.time_zone, kept.working_hours) == ("Europe/Berlin", hours)
    assert (kept.password, kept.language) == ("changed", "da-DK")
