"""Rules that begin on a case's day, and when they take place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.actor.acts import Draft
from conformance.actor.recurrence import Pattern, Recurrence, days_of
from conformance.actor.views import Slot
from conformance.suites.recurring import (
    KINDS_OF_DAYS,
    RULES,
    anchor,
    change_of_clocks,
    ended,
    hour_of,
    midnights,
    slots,
    window,
)

DAY = date(2026, 1, 12)
BERLIN = "W. Europe Standard Time"


def scene(day: date) -> SimpleNamespace:
    return SimpleNamespace(date=day)


@given(day=st.dates(date(2026, 1, 1), date(2031, 12, 31)), name=st.sampled_from(sorted(RULES)))
def test_every_rule_begins_on_the_first_day_of_a_case(day, name):
    first = anchor(scene(day))
    assert timedelta() <= first - day < timedelta(days=4)
    assert days_of(RULES[name](first), 1) == [first]


@pytest.mark.parametrize("how", ["numbered", "end-date", "no-end"])
@pytest.mark.parametrize("name", [*RULES, *KINDS_OF_DAYS])
def test_a_rule_is_ended_after_so_many_days(name, how):
    rule = ended({**RULES, **KINDS_OF_DAYS}[name](DAY), how)
    found = days_of(rule, 4)
    assert found[0] == rule.start
    assert len(found) == (4 if how == "no-end" else 3)


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        (BERLIN, "2026-03-29"),
        ("Eastern Standard Time", "2026-03-08"),
        ("AUS Eastern Standard Time", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("India Standard Time", "2026-01-19"),
    ],
)
def test_the_next_change_of_a_clock_is_found_where_there_is_one(zone, change):
    assert change_of_clocks(zone, DAY).isoformat() == change


def test_a_series_takes_place_at_the_hours_of_its_zone():
    rule = Recurrence(pattern=Pattern.WEEKLY, start=date(2026, 3, 25), days=("wednesday",), count=2)
    plan = Draft(subject="Plan", slot=hour_of(rule.start, name=BERLIN), zone=BERLIN, recurrence=rule)
    assert [one.start for one in slots(plan)] == [
        datetime(2026, 3, 25, 9, tzinfo=UTC),
        datetime(2026, 4, 1, 8, tzinfo=UTC),
    ]
    assert window(plan) == Slot(datetime(2026, 3, 24, 9, tzinfo=UTC), datetime(2026, 4, 1, 10, tzinfo=UTC))


def test_a_day_on_which_the_clock_changes_is_an_hour_shorter_or_longer():
    rule, days = midnights(scene(DAY), BERLIN)
    assert rule.start == date(2026, 3, 28)
    assert [(one.end - one.start) // timedelta(hours=1) for one in days] == [24, 23, 24]
    _, days = midnights(scene(DAY), "AUS Eastern Standard Time")
    assert [(one.end - one.start) // timedelta(hours=1) for one in days] == [24, 25, 24]
