"""exchangelib, unmodified, lives meetings that recur."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from exchangelib import Account, CalendarItem, EWSTimeZone
from exchangelib.errors import ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange, ErrorItemNotFound
from exchangelib.fields import JUNE, LAST, MONDAY, THURSDAY
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, MeetingCancellation, MeetingRequest, MeetingResponse
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern,
    AbsoluteYearlyPattern,
    DailyPattern,
    EndDatePattern,
    NoEndPattern,
    NumberedPattern,
    Recurrence,
    RelativeMonthlyPattern,
    RelativeYearlyPattern,
    WeeklyPattern,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ZONE = EWSTimeZone("Europe/Copenhagen")
HOUR = timedelta(hours=1)
MONDAYS = [date(2026, 3, day) for day in (9, 16, 23, 30)] + [date(2026, 4, 6)]


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def invite(organizer: Account, *attendees: str, recurrence: Recurrence) -> CalendarItem:
    start = at(recurrence.boundary.start)
    item = CalendarItem(
        account=organizer,
        folder=organizer.calendar,
        subject="Jour fixe",
        start=start,
        end=start + HOUR,
        required_attendees=list(attendees),
        recurrence=recurrence,
    )
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    return item


def mondays() -> Recurrence:
    return Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=[MONDAY]),
        boundary=NumberedPattern(start=MONDAYS[0], number=5),
    )


def agenda(account: Account) -> list[datetime]:
    found = account.calendar.view(start=at(date(2026, 3, 1)), end=at(date(2026, 5, 1))).order_by("start")
    return [item.start for item in found]


def received(account: Account, kind: type) -> list:
    return [item for item in account.inbox.all().order_by("-datetime_received") if isinstance(item, kind)]


def test_a_series_is_accepted_at_once_and_keeps_its_hour_when_the_clock_changes(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    series = invite(organizer, "attendee0@example.com", recurrence=mondays())
    (request,) = received(attendee, MeetingRequest)
    assert request.type == "RecurringMaster"
    request.accept()

    assert agenda(attendee) == agenda(organizer) == [at(day) for day in MONDAYS]
    (copy,) = attendee.calendar.filter(subject="Jour fixe")
    assert (copy.type, copy.my_response_type) == ("RecurringMaster", "Accept")
    series.refresh()
    assert [one.response_type for one in series.required_attendees] == ["Accept"]
    assert (series.first_occurrence.start, series.last_occurrence.start) == (at(MONDAYS[0]), at(MONDAYS[-1]))
    assert series.recurrence.boundary == mondays().boundary


def test_one_occurrence_is_moved_and_one_cancelled_for_everybody(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    series = invite(organizer, "attendee0@example.com", recurrence=mondays())
    received(attendee, MeetingRequest)[0].accept()

    second = series.occurrence(index=2)
    second.refresh()
    second.start, second.end = at(date(2026, 3, 17)), at(date(2026, 3, 17)) + HOUR
    second.subject = "Jour fixe on Tuesday"
    second.save(update_fields=["start", "end", "subject"], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    third = series.occurrence(index=3)
    third.refresh()
    third.cancel(body="Spring fair.")

    left = [at(day) for day in (MONDAYS[0], date(2026, 3, 17), MONDAYS[3], MONDAYS[4])]
    assert agenda(organizer) == left
    series.refresh()
    assert [(one.original_start, one.start) for one in series.modified_occurrences] == [(at(MONDAYS[1]), left[1])]
    assert [one.start for one in series.deleted_occurrences] == [at(MONDAYS[2])]

    (update,) = received(attendee, MeetingRequest)
    assert (update.subject, update.start) == ("Jour fixe on Tuesday", left[1])
    update.accept()
    (cancellation,) = received(attendee, MeetingCancellation)
    assert cancellation.subject == "Canceled: Jour fixe"
    found = attendee.calendar.view(start=at(date(2026, 3, 1)), end=at(date(2026, 5, 1))).order_by("start")
    assert {item.start: (item.subject, item.is_cancelled) for item in found} == {
        left[0]: ("Jour fixe", False),
        left[1]: ("Jour fixe on Tuesday", False),
        at(MONDAYS[2]): ("Canceled: Jour fixe", True),
        left[2]: ("Jour fixe", False),
        left[3]: ("Jour fixe", False),
    }
    moved = series.occurrence(index=2)
    moved.refresh()
    assert [one.response_type for one in moved.required_attendees] == ["Accept"]
    assert (moved.type, moved.recurrence) == ("Exception", None)


def test_one_occurrence_is_answered_otherwise_than_the_series(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    series = invite(organizer, "attendee0@example.com", recurrence=mondays())
    received(attendee, MeetingRequest)[0].accept()
    (copy,) = attendee.calendar.filter(subject="Jour fixe")
    fourth = copy.occurrence(index=4)
    fourth.refresh()
    fourth.decline(body="Holidays.")

    assert agenda(attendee) == [at(day) for day in MONDAYS if day != MONDAYS[3]]
    response = received(organizer, MeetingResponse)[0]
    assert response.response_type == "Decline"
    answers = []
    for index in range(1, 6):
        occurrence = series.occurrence(index=index)
        occurrence.refresh()
        answers += [one.response_type for one in occurrence.required_attendees]
    assert answers == ["Accept", "Accept", "Accept", "Decline", "Accept"]


def test_a_series_is_changed_and_ended(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    series = invite(organizer, "attendee0@example.com", recurrence=mondays())
    thursdays = [date(2026, 3, 12) + timedelta(weeks=2 * week) for week in range(3)]
    series.recurrence = Recurrence(
        pattern=WeeklyPattern(interval=2, weekdays=[THURSDAY]),
        boundary=EndDatePattern(start=thursdays[0], end=thursdays[2]),
    )
    series.start, series.end = at(thursdays[0]), at(thursdays[0]) + HOUR
    series.save(update_fields=["start", "end", "recurrence"], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    assert agenda(organizer) == agenda(attendee) == [at(day) for day in thursdays]

    occurrence = series.occurrence(index=3)
    occurrence.refresh()
    master = occurrence.recurring_master()
    master.refresh()
    assert master.id == series.id
    with pytest.raises(ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange):
        series.occurrence(index=4).refresh()

    master.cancel(body="No more of this.")
    assert agenda(organizer) == []
    assert all(item.is_cancelled for item in attendee.calendar.all())
    with pytest.raises(ErrorItemNotFound):
        series.refresh()


@pytest.mark.parametrize(
    "pattern",
    [
        DailyPattern(interval=3),
        WeeklyPattern(interval=2, weekdays=[MONDAY, THURSDAY], first_day_of_week=MONDAY),
        AbsoluteMonthlyPattern(interval=1, day_of_month=31),
        RelativeMonthlyPattern(interval=2, weekday=THURSDAY, week_number=LAST),
        AbsoluteYearlyPattern(day_of_month=9, month=JUNE),
        RelativeYearlyPattern(weekday=MONDAY, week_number=LAST, month=JUNE),
    ],
    ids=lambda pattern: type(pattern).__name__,
)
@pytest.mark.parametrize(
    "boundary", [NumberedPattern(start=date(2026, 3, 9), number=4), NoEndPattern(start=date(2026, 3, 9))]
)
def test_every_pattern_is_kept(account, pattern, boundary):
    organizer = account("organizer0@example.com")
    series = invite(organizer, recurrence=Recurrence(pattern=pattern, boundary=boundary))
    series.refresh()
    assert series.recurrence.pattern == pattern
    assert type(series.recurrence.boundary) is type(boundary)
