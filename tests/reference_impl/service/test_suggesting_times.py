from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.errors import TooManyMailboxes, WindowTooLong
from reference_impl.domain.items import ShowAs, TimeSlot
from reference_impl.domain.mailbox import Mailbox, Person, WorkingHours
from reference_impl.domain.suggestions import Members, Part, Quality, Untold, Wanted
from reference_impl.service.settings import Settings
from reference_impl.service.suggesting import Asked, suggest

DAY = datetime(2026, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
WANTED = Wanted(window=TimeSlot(DAY, DAY + 24 * HOUR), most=48, least_quality=Quality.POOR)


def asked(*names, part=Part.REQUIRED):
    return [Asked(name if "@" in name else f"{name}@example.com", part) for name in names]


def at(days, hour):
    """What is suggested at an hour of the first day."""
    (found,) = [each for each in days[0].suggestions if each.start == DAY + hour * HOUR]
    return found


def test_a_meeting_counts_for_everybody_in_it(stage):
    stage.meet("attendee0", start=DAY + 9 * HOUR)
    days = suggest(stage.world, stage.organizer, asked("organizer0", "attendee0", "list0", "nobody"), WANTED)
    assert at(days, 9).conflicts == (ShowAs.BUSY, ShowAs.TENTATIVE, Members(4, 1, 0), Untold.UNKNOWN)
    assert at(days, 9).quality is Quality.FAIR
    assert at(days, 11).quality is Quality.EXCELLENT


def test_items_may_be_left_out(stage):
    event = stage.meet("attendee0", start=DAY + 9 * HOUR)
    stage.meet("attendee0", start=DAY + 12 * HOUR)
    people = asked("organizer0", "attendee0")
    days = suggest(stage.world, stage.organizer, people, WANTED, without=lambda item: item.uid == event.uid)
    assert at(days, 9).conflicts == (ShowAs.FREE, ShowAs.FREE)
    assert at(days, 12).conflicts == (ShowAs.BUSY, ShowAs.TENTATIVE)


def test_what_cannot_be_read_is_no_data(make_stage):
    stage = make_stage(settings=Settings(free_busy_events=1))
    for hour in (9, 10):
        stage.meet("attendee0", start=DAY + hour * HOUR)
    days = suggest(stage.world, stage.organizer, asked("attendee0", "attendee1", "list0"), WANTED)
    assert at(days, 9).conflicts == (ShowAs.NO_DATA, ShowAs.FREE, Members(4, 0, 1))


@pytest.mark.parametrize(("part", "first"), [(Part.ORGANIZER, 18), (Part.REQUIRED, 8)])
def test_working_time_is_that_of_the_organizer_else_of_who_asks(make_stage, part, first):
    night = Mailbox(
        id="00000000-0000-0000-0000-000000000001",
        person=Person("night@example.com"),
        time_zone="W. Europe Standard Time",
        working_hours=WorkingHours(start_minute=19 * 60, end_minute=24 * 60),
    )
    stage = make_stage(population=(*default_population(), night))
    people = [*asked("organizer0"), *asked("list0", part=Part.ORGANIZER), *asked("night", part=part)]
    (day,) = suggest(stage.world, stage.organizer, people, WANTED)
    assert min(found.start for found in day.suggestions) == DAY + first * HOUR
    assert all(found.is_work_time for found in day.suggestions)


def test_limits_are_those_of_free_busy(make_stage):
    stage = make_stage(settings=Settings(free_busy_days=2, free_busy_mailboxes=1))
    with pytest.raises(TooManyMailboxes):
        suggest(stage.world, stage.organizer, asked("attendee0", "attendee1"), WANTED)
    long = Wanted(window=TimeSlot(DAY, DAY + 49 * HOUR))
    with pytest.raises(WindowTooLong) as refusal:
        suggest(stage.world, stage.organizer, asked("attendee0"), long)
    assert refusal.value.data == {"days": 3, "limit": 2}
