"""Series in neutral words: the days they stand for, and both spellings read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.actor import Changes, Draft, ews_recurrence, ews_requests, graph_recurrence, graph_requests
from conformance.actor.equivalence import EWS_KINDS, GRAPH_KINDS
from conformance.actor.recurrence import DAYS, INDEXES, Pattern, Recurrence, days_of, in_order
from conformance.actor.views import EventKind, MeetingRef, Slot
from conformance.actor.xml import Node, parse, t
from conformance.wire.validate import request_violations
from tests.conformance.actor.scripted import Script, answered

START = date(2026, 1, 12)  # a Monday
SLOT = Slot(datetime(2026, 1, 12, 10, tzinfo=UTC), datetime(2026, 1, 12, 11, tzinfo=UTC))


def rule(pattern: Pattern, **fields) -> Recurrence:
    return Recurrence(pattern=pattern, start=START, **fields)


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (rule(Pattern.DAILY, interval=3), ["2026-01-12", "2026-01-15", "2026-01-18"]),
        (rule(Pattern.DAILY, count=2), ["2026-01-12", "2026-01-13"]),
        (rule(Pattern.DAILY, until=date(2026, 1, 13)), ["2026-01-12", "2026-01-13"]),
        (
            rule(Pattern.WEEKLY, interval=2, days=("monday", "sunday"), first_day="monday"),
            ["2026-01-12", "2026-01-18", "2026-01-26"],
        ),
        (
            rule(Pattern.WEEKLY, interval=2, days=("monday", "sunday"), first_day="sunday"),
            ["2026-01-12", "2026-01-25", "2026-01-26"],
        ),
        (rule(Pattern.ABSOLUTE_MONTHLY, day_of_month=31), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (
            rule(Pattern.RELATIVE_MONTHLY, interval=2, days=("friday",), index="last"),
            ["2026-01-30", "2026-03-27", "2026-05-29"],
        ),
        (rule(Pattern.RELATIVE_MONTHLY, days=("weekendday",), index="second"), ["2026-02-07", "2026-03-07"]),
        (rule(Pattern.RELATIVE_MONTHLY, days=("weekday",), index="last"), ["2026-01-30", "2026-02-27"]),
        (rule(Pattern.ABSOLUTE_YEARLY, day_of_month=12, month=1), ["2026-01-12", "2027-01-12", "2028-01-12"]),
        (
            rule(Pattern.RELATIVE_YEARLY, days=("monday",), index="second", month=1),
            ["2026-01-12", "2027-01-11", "2028-01-10"],
        ),
    ],
)
def test_the_days_of_a_series_are_those_of_the_calendar(series, expected):
    assert [day.isoformat() for day in days_of(series, len(expected))] == expected


ENDS = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"count": st.integers(1, 999)}),
    st.fixed_dictionaries({"until": st.dates(START, date(2100, 1, 1))}),
)
NUMBERS = {
    "interval": st.integers(1, 99),
    "days": st.sets(st.sampled_from(DAYS), min_size=1).map(in_order),
    "day": st.sampled_from(DAYS).map(lambda day: (day,)),
    "index": st.sampled_from(INDEXES),
    "day_of_month": st.integers(1, 31),
    "month": st.integers(1, 12),
    "first_day": st.sampled_from(DAYS),
}
FIELDS = {"day": "days"}
NEEDS = {
    Pattern.DAILY: ("interval",),
    Pattern.WEEKLY: ("interval", "days", "first_day"),
    Pattern.ABSOLUTE_MONTHLY: ("interval", "day_of_month"),
    Pattern.RELATIVE_MONTHLY: ("interval", "day", "index"),
    Pattern.ABSOLUTE_YEARLY: ("day_of_month", "month"),
    Pattern.RELATIVE_YEARLY: ("day", "index", "month"),
}
RULES = st.sampled_from(Pattern).flatmap(
    lambda pattern: st.builds(
        lambda fields, end: rule(pattern, **fields, **end),
        st.fixed_dictionaries({FIELDS.get(name, name): NUMBERS[name] for name in NEEDS[pattern]}),
        ENDS,
    )
)


@given(series=RULES)
def test_a_series_is_read_as_it_was_written_in_either_spelling(series):
    draft = Draft(subject="Plan", slot=SLOT, recurrence=series)
    script = Script(answered("CreateItem"))
    script.ews().call(ews_requests.create_meeting(draft))
    assert request_violations(script.asked[0]) == ()
    element = parse(ews_recurrence.recurrence(series).replace("<t:Recurrence>", f"<t:Recurrence {NAMES}>", 1).encode())
    assert element is not None
    assert ews_recurrence.read_recurrence(Node(element)) == series
    told = graph_requests.event(draft)["recurrence"]
    assert graph_recurrence.read_recurrence(told) == series
    assert graph_requests.changed(Changes(recurrence=series), ())["recurrence"] == told


NAMES = 'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'


def test_what_a_pattern_has_no_use_for_is_not_read():
    plain = graph_recurrence.recurrence(rule(Pattern.DAILY))
    filled = {"month": 0, "dayOfMonth": 0, "daysOfWeek": [], "firstDayOfWeek": "sunday", "index": "first"}
    told = {**plain, "pattern": {**plain["pattern"], **filled}}
    assert graph_recurrence.read_recurrence(told) == rule(Pattern.DAILY)
    assert graph_recurrence.read_recurrence(None) is None
    assert ews_recurrence.read_recurrence(None) is None


def test_days_are_read_in_the_order_of_the_week():
    told = graph_recurrence.recurrence(rule(Pattern.WEEKLY, days=("sunday", "monday")))
    read = graph_recurrence.read_recurrence(told)
    assert read is not None
    assert read.days == ("monday", "sunday")


def test_regenerating_tasks_are_no_series_of_meetings():
    element = parse(f"<t:Recurrence {NAMES}><t:DailyRegeneration/></t:Recurrence>".encode())
    assert element is not None
    assert ews_recurrence.read_recurrence(Node(element)) is None


def test_occurrences_and_their_series_are_named_by_each_other():
    master = MeetingRef("QUJD", "Q0s=")
    assert ews_recurrence.occurrence_id(master, 2) == t(
        "OccurrenceItemId", RecurringMasterId="QUJD", ChangeKey="Q0s=", InstanceIndex="2"
    )
    bare = MeetingRef("QUJD")
    assert ews_recurrence.master_id(bare) == t("RecurringMasterItemId", OccurrenceId="QUJD")
    assert ews_requests.item_id(ews_recurrence.master_id(bare)) == ews_recurrence.master_id(bare)


def test_a_zone_is_told_to_both_protocols_unless_it_is_utc():
    draft = Draft(subject="Plan", slot=SLOT, zone="Tokyo Standard Time")
    assert 'StartTimeZone Id="Tokyo Standard Time"' in ews_requests.calendar_item(draft)
    assert graph_requests.event(draft)["start"] == {
        "dateTime": "2026-01-12T19:00:00",
        "timeZone": "Tokyo Standard Time",
    }
    assert "TimeZone" not in ews_requests.calendar_item(replace(draft, zone="UTC"))


def test_both_protocols_have_a_word_for_every_kind_of_event():
    assert set(EWS_KINDS.values()) == set(GRAPH_KINDS.values()) == set(EventKind)
