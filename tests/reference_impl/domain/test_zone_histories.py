"""Definitions by eras tell the same as the zones they describe."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.timezone import changes_of, places, windows_names, zone
from reference_impl.domain.zonehistory import history_of
from reference_impl.domain.zonerules import DefinedZone

FIRST, LAST = 2000, 2036
local = datetime.fromisoformat


def by_definition(name, moment):
    shown = DefinedZone(history_of(name, FIRST, LAST)).fromutc(moment)
    return shown.replace(tzinfo=None) - moment.replace(tzinfo=None)


@pytest.mark.parametrize("name", windows_names())
def test_each_change_of_the_clock_is_where_the_zone_has_it(name):
    known = zone(name)
    for year in range(FIRST, LAST + 1):
        for _, moment, _ in changes_of(known, year):
            for near in (moment - timedelta(minutes=1), moment, moment + timedelta(days=1)):
                assert by_definition(name, near) == near.astimezone(known).utcoffset(), near


@given(
    st.sampled_from(windows_names()),
    st.datetimes(local(f"{FIRST}-01-02"), local(f"{LAST}-12-30"), timezones=st.just(UTC)),
)
def test_the_clock_is_as_the_zone_has_it_at_any_time(name, moment):
    moment = moment.replace(second=0, microsecond=0)
    assert by_definition(name, moment) == moment.astimezone(zone(name)).utcoffset()


def test_a_zone_whose_rules_never_changed_has_one_era():
    (era,) = history_of("W. Europe Standard Time", FIRST, LAST).eras
    assert (era.since, era.offset, len(era.changes)) == (None, timedelta(hours=1), 2)
    (era,) = history_of("UTC", FIRST, LAST).eras
    assert (era.offset, era.changes) == (timedelta(), ())


def test_rules_begin_with_the_year_that_first_has_them():
    old, new = history_of("Pacific Standard Time", FIRST, LAST).eras
    assert (old.since, new.since) == (None, local("2007-01-01"))
    assert {change.month for change in old.changes} == {4, 10}
    assert {change.month for change in new.changes} == {3, 11}


def test_a_year_of_moves_for_good_has_an_era_for_each():
    eras = history_of("Russian Standard Time", FIRST, LAST).eras
    assert [(era.since, era.offset) for era in eras if not era.changes and era.since] == [
        (local("2011-01-01"), timedelta(hours=3)),
        (local("2011-03-27T02:00"), timedelta(hours=4)),
        (local("2014-10-26T02:00"), timedelta(hours=3)),
    ]


def test_every_zone_is_shown_by_places():
    assert places().keys() == set(windows_names())
    assert all(places().values())
