"""Series that were made elsewhere, as Graph shows them: masters in listings, occurrences in views."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reference_impl.domain.acts import EventDraft, Sending
from reference_impl.domain.items import Attendee
from reference_impl.domain.mailbox import Person
from reference_impl.domain.recurrence import LAST_WEEK, WEEKDAYS, Frequency, Recurrence
from reference_impl.service import directory, events

NOON = datetime(2026, 2, 2, 20, tzinfo=UTC)
VIEW = "/v1.0/me/calendarView?startDateTime=2026-02-01T00:00:00Z&endDateTime=2026-02-20T00:00:00Z"


def series_of(office, **rule):
    alex = directory.find_mailbox(office.world, "AlexW@contoso.com")
    draft = EventDraft(
        start=NOON,
        end=NOON + timedelta(hours=1),
        subject="Lunch",
        start_zone="Pacific Standard Time",
        end_zone="Pacific Standard Time",
        attendees=(Attendee(Person("AdeleV@contoso.com")),),
        recurrence=Recurrence(**{"frequency": Frequency.DAILY, "start": date(2026, 2, 2), "count": 5} | rule),
    )
    return events.create_event(office.world, alex, draft, Sending())


@pytest.mark.parametrize("who", ["alex", "adele"])
def test_a_listing_shows_the_master_and_a_view_its_occurrences(office, who):
    series_of(office)
    caller = getattr(office, who)
    (master,) = caller.get("/v1.0/me/events")["value"]
    assert (master["type"], master["seriesMasterId"]) == ("seriesMaster", None)
    shown = caller.get(VIEW)["value"]
    assert [event["type"] for event in shown] == ["occurrence"] * 5
    assert {event["seriesMasterId"] for event in shown} == {master["id"]}
    assert [event["start"]["dateTime"][:10] for event in shown] == [f"2026-02-0{day}" for day in range(2, 7)]
    assert all(event["recurrence"] is None for event in shown)
    assert caller.get(f"/v1.0/me/events/{shown[2]['id']}")["start"] == shown[2]["start"]


@pytest.mark.parametrize(
    ("rule", "pattern", "extent"),
    [
        (
            {},
            {"type": "daily", "interval": 1, "month": 0, "dayOfMonth": 0, "index": "first"},
            {"type": "numbered", "numberOfOccurrences": 5, "endDate": "0001-01-01"},
        ),
        (
            {"frequency": Frequency.WEEKLY, "days": frozenset({0, 3}), "count": None},
            {"type": "weekly", "daysOfWeek": ["monday", "thursday"], "firstDayOfWeek": "sunday"},
            {"type": "noEnd", "numberOfOccurrences": 0},
        ),
        (
            {
                "frequency": Frequency.RELATIVE_YEARLY,
                "days": WEEKDAYS,
                "week": LAST_WEEK,
                "month": 2,
                "count": None,
                "until": date(2030, 1, 1),
            },
            {"type": "relativeYearly", "index": "last", "month": 2},
            {"type": "endDate", "endDate": "2030-01-01"},
        ),
        (
            {"frequency": Frequency.ABSOLUTE_MONTHLY, "day_of_month": 31, "interval": 2},
            {"type": "absoluteMonthly", "dayOfMonth": 31, "interval": 2},
            {"type": "numbered"},
        ),
    ],
)
def test_a_recurrence_is_told_by_pattern_and_range(office, rule, pattern, extent):
    series_of(office, **rule)
    recurrence = office.alex.get("/v1.0/me/events")["value"][0]["recurrence"]
    assert recurrence["pattern"].items() >= pattern.items()
    assert recurrence["range"].items() >= extent.items()
    assert recurrence["range"]["startDate"] == "2026-02-02"
    assert recurrence["range"]["recurrenceTimeZone"] == "Pacific Standard Time"


def test_an_answer_to_one_occurrence_makes_an_exception_of_it(office):
    series_of(office)
    shown = office.adele.get(VIEW)["value"]
    assert office.adele.post(f"/v1.0/me/events/{shown[1]['id']}/accept").status == 202
    assert [event["type"] for event in office.adele.get(VIEW)["value"]][:3] == ["occurrence", "exception", "occurrence"]
    theirs = office.alex.get(VIEW)["value"]
    answers = [event["attendees"][0]["status"]["response"] for event in theirs]
    assert answers == ["none", "accepted", "none", "none", "none"]
