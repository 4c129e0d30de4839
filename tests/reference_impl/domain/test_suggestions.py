"""Suggested meeting times, held to an oracle that looks at every minute of everybody."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.attendance import Calendar, Hours
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import (
    OutsideCalendar,
    SuggestionOptionInvalid,
    WindowInvalid,
    WindowTooLong,
)
from reference_impl.domain.freebusy import STRENGTH, BusyEvent
from reference_impl.domain.items import ShowAs, TimeSlot
from reference_impl.domain.mailbox import WorkingHours
from reference_impl.domain.suggestions import (
    Invitee,
    Members,
    Part,
    Quality,
    SuggestedDay,
    Suggestion,
    Untold,
    Wanted,
    check_wanted,
    days_of,
    reach_of,
    suggested,
    times_of,
)
from reference_impl.domain.timezone import zone

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
THURSDAY = datetime(2014, 2, 13, tzinfo=zone("America/Los_Angeles")).astimezone(UTC)
PACIFIC = zone("America/Los_Angeles")
OFFICE = Hours(WorkingHours(), PACIFIC)
BUSY = {ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF}


def find(wanted, invitees, organizer=OFFICE):
    return suggested(wanted, times_of(wanted), invitees, organizer)


def at(hour, minute=0):
    return THURSDAY + hour * HOUR + minute * MINUTE


def event(start, end, show_as=ShowAs.BUSY):
    return BusyEvent(at(*start), at(*end), show_as)


def one(part, *events, hours=OFFICE, **more):
    return Invitee(part, calendar=Calendar(events, hours), **more)


WANTED = Wanted(window=TimeSlot(THURSDAY, THURSDAY + DAY), zone=PACIFIC)
MACK = one(Part.ORGANIZER, event((8,), (10,), ShowAs.FREE), event((11,), (12,)))
SADIE = one(
    Part.REQUIRED,
    event((8,), (10,), ShowAs.FREE),
    event((11,), (12,)),
    event((15,), (16,), ShowAs.TENTATIVE),
    hours=Hours(WorkingHours(start_minute=540), PACIFIC),
)


@pytest.mark.requirement("EWS-MTG-304")
def test_the_printed_answer_is_found():
    """DOC how-to-get-free-busy-information: the second person comes at nine, so half past eight is not suggested."""
    wanted = replace(WANTED, good_threshold=49, most=2, least_quality=Quality.GOOD)
    free = (ShowAs.FREE, ShowAs.FREE)
    assert find(wanted, [MACK, SADIE]) == (
        SuggestedDay(
            date(2014, 2, 13),
            Quality.EXCELLENT,
            (
                Suggestion(at(9), True, Quality.EXCELLENT, free),
                Suggestion(at(9, 30), True, Quality.EXCELLENT, free),
            ),
        ),
    )


def shown(days):
    """The starts of the first day by the clock of the Pacific."""
    return [f"{found.start.astimezone(PACIFIC):%H:%M}" for found in days[0].suggestions]


def test_who_is_out_of_hours_is_asked_last_and_the_organizer_decides_what_is_work():
    (day,) = find(replace(WANTED, most=48), [MACK, SADIE])
    assert " ".join(shown([day])) == (
        "09:00 09:30 10:00 12:00 12:30 13:00 13:30 14:00 16:00 08:00 08:30 14:30 15:00 15:30"
    )
    assert {found.quality for found in day.suggestions[:11]} == {Quality.EXCELLENT}
    assert {found.quality for found in day.suggestions[11:]} == {Quality.FAIR}
    assert all(found.is_work_time for found in day.suggestions)


def test_outside_working_hours_only_as_many_as_are_wanted():
    wanted = replace(WANTED, most=48, most_outside_work=3)
    (day,) = find(wanted, [one(Part.ORGANIZER, event((8,), (17,)))])
    assert shown([day]) == ["00:00", "00:30", "01:00"]
    assert not any(found.is_work_time for found in day.suggestions)
    assert day.quality is Quality.EXCELLENT
    (working,) = find(replace(wanted, most_outside_work=0), [one(Part.ORGANIZER, event((8,), (17,)))])
    assert (working.quality, working.suggestions) == (Quality.POOR, ())
    (both,) = find(replace(wanted, most=20, most_outside_work=2), [one(Part.ORGANIZER)])
    assert [found.is_work_time for found in both.suggestions] == [True] * 17 + [False] * 2


def test_the_last_meeting_of_the_day_ends_with_the_working_hours():
    (day,) = find(replace(WANTED, most=48), [one(Part.ORGANIZER)])
    assert (shown([day])[0], shown([day])[-1]) == ("08:00", "16:00")
    (night,) = find(replace(WANTED, most=48), [], Hours(WorkingHours(start_minute=1320, end_minute=1440), PACIFIC))
    assert shown([night]) == ["22:00", "22:30", "23:00"]
    (weekend,) = find(replace(WANTED, most=48), [], Hours(WorkingHours(days=frozenset({5, 6})), PACIFIC))
    assert weekend.suggestions == ()


@pytest.mark.parametrize(
    ("conflicts", "size", "threshold", "quality"),
    [
        (0, 4, 25, Quality.EXCELLENT),
        (1, 4, 25, Quality.GOOD),
        (1, 4, 26, Quality.FAIR),
        (2, 4, 25, Quality.FAIR),
        (2, 4, 1, Quality.FAIR),
        (3, 4, 1, Quality.POOR),
        (1, 2, 49, Quality.FAIR),
        (1, 1, 25, Quality.POOR),
        (49, 100, 1, Quality.GOOD),
        (50, 100, 1, Quality.FAIR),
        (1, 100, 49, Quality.GOOD),
        (2, 100, 49, Quality.FAIR),
    ],
)
def test_quality_is_the_share_of_those_who_can_come(conflicts, size, threshold, quality):
    """DOC suggestionquality: good from 50 and the threshold, fair from 50 percent."""
    taken, free = Calendar((event((0,), (24,)),)), Calendar(())
    members = (taken,) * conflicts + (free,) * (size - conflicts)
    wanted = replace(WANTED, good_threshold=threshold, least_quality=Quality.POOR, most=1)
    for invitees in ([Invitee(Part.REQUIRED, members=members)], [Invitee(Part.OPTIONAL, each) for each in members]):
        (day,) = find(wanted, invitees)
        assert (day.quality, day.suggestions[0].quality) == (quality, quality)


@pytest.mark.requirement("EWS-MTG-304")
@pytest.mark.parametrize("least", Quality)
def test_nothing_worse_than_wanted_is_suggested(least):
    """Four people are free for one, two, three and four hours: every quality occurs."""
    people = [one(Part.REQUIRED, event((hour,), (17,))) for hour in (9, 10, 11, 12)]
    (day,) = find(replace(WANTED, least_quality=least, most=48, good_threshold=10), people)
    assert {found.quality for found in day.suggestions} == {quality for quality in Quality if quality >= least}
    assert day.quality is Quality.EXCELLENT


def test_who_must_come_weighs_more_than_who_may():
    early = event((8,), (9,))
    late = event((9,), (17,))
    for must, may in (
        (one(Part.REQUIRED, early), one(Part.OPTIONAL, late)),
        (one(Part.ROOM, early), one(Part.OPTIONAL, late)),
        (one(Part.RESOURCE, early), one(Part.OPTIONAL, late)),
    ):
        (day,) = find(replace(WANTED, most=1), [must, may])
        assert shown([day]) == ["09:00"]
        (day,) = find(replace(WANTED, most=1), [replace(must, part=Part.OPTIONAL), replace(may, part=Part.ORGANIZER)])
        assert shown([day]) == ["08:00"]


def test_a_time_at_which_one_conflicts_who_must_not_is_left_out():
    room = one(Part.ROOM, event((8,), (16,)), excludes_conflicts=True)
    crowd = [one(Part.REQUIRED)] * 5
    (day,) = find(replace(WANTED, most=48), [room, *crowd])
    assert shown([day]) == ["16:00"]
    (day,) = find(replace(WANTED, most=48), [replace(room, excludes_conflicts=False), *crowd])
    assert len(day.suggestions) == 17
    group = Invitee(Part.REQUIRED, members=(room.calendar, Calendar(None)), excludes_conflicts=True)
    (day,) = find(replace(WANTED, most=48), [group, *crowd])
    assert shown([day]) == ["16:00"]
    assert day.suggestions[0].conflicts[0] == Members(available=1, conflicting=0, without_data=1)


@pytest.mark.requirement("EWS-MTG-305")
def test_every_invited_address_is_told_in_its_place():
    group = Invitee(
        Part.REQUIRED,
        members=(
            Calendar((event((8,), (9,)),)),
            Calendar(None),
            Calendar((event((8,), (9,), ShowAs.WORKING_ELSEWHERE),)),
            Calendar((event((8,), (9,), ShowAs.NO_DATA),)),
            Calendar((event((8,), (9,), ShowAs.TENTATIVE), event((8, 30), (9,), ShowAs.OOF))),
        ),
    )
    invitees = [
        Invitee(Part.REQUIRED),
        one(Part.REQUIRED, event((8,), (8, 1), ShowAs.TENTATIVE), event((8, 59), (10,), ShowAs.OOF)),
        group,
        Invitee(Part.OPTIONAL, untold=Untold.TOO_LARGE),
        Invitee(Part.ROOM, calendar=Calendar(None)),
        one(Part.OPTIONAL, event((7,), (8,)), event((9,), (10,))),
    ]
    (day,) = find(replace(WANTED, most=48), invitees)
    (first,) = [found for found in day.suggestions if found.start == at(8)]
    assert first.conflicts == (
        Untold.UNKNOWN,
        ShowAs.OOF,
        Members(available=1, conflicting=2, without_data=2),
        Untold.TOO_LARGE,
        ShowAs.NO_DATA,
        ShowAs.FREE,
    )
    assert first.quality is Quality.FAIR
    assert {len(found.conflicts) for found in day.suggestions} == {6}


def test_who_is_not_known_is_in_nobody_s_way():
    (day,) = find(WANTED, [Invitee(Part.REQUIRED, untold=untold) for untold in Untold])
    assert day.quality is Quality.EXCELLENT


def test_the_current_time_comes_first_wherever_it_lies():
    current = at(13, 17)
    (day,) = find(replace(WANTED, current=current, most=3), [MACK, SADIE])
    assert shown([day]) == ["13:17", "09:00", "09:30"]
    (day,) = find(replace(WANTED, current=at(13), most=3), [MACK, SADIE])
    assert shown([day]) == ["13:00", "09:00", "09:30"]
    (day,) = find(replace(WANTED, current=at(15), most=3), [MACK, SADIE])
    assert shown([day]) == ["15:00", "09:00", "09:30"]
    assert day.suggestions[0].quality is Quality.FAIR
    (day,) = find(replace(WANTED, current=at(15), most=2, least_quality=Quality.GOOD), [MACK, SADIE])
    assert shown([day]) == ["09:00", "09:30"]
    (day,) = find(replace(WANTED, current=at(20), most=2), [MACK, SADIE])
    assert shown([day]) == ["09:00", "09:30"]
    (day,) = find(replace(WANTED, current=at(20), most=2, most_outside_work=1), [MACK, SADIE])
    assert shown([day]) == ["20:00", "09:00"]
    (day,) = find(replace(WANTED, current=at(30), most=1), [MACK, SADIE])
    assert shown([day]) == ["09:00"]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-06-25T00:00", "2026-06-26T00:00", ["2026-06-25"]),
        ("2026-06-25T09:00", "2026-06-25T10:00", ["2026-06-25"]),
        ("2026-06-25T09:00", "2026-06-26T09:00", ["2026-06-25", "2026-06-26"]),
        ("2026-06-25T00:00", "2026-06-26T00:01", ["2026-06-25", "2026-06-26"]),
        ("2026-10-24T00:00", "2026-10-27T00:00", ["2026-10-24", "2026-10-25", "2026-10-26"]),
    ],
)
def test_the_window_is_widened_to_whole_days_of_its_clock(first, last, days):
    berlin = zone("Europe/Berlin")
    start, end = (datetime.fromisoformat(text).replace(tzinfo=berlin).astimezone(UTC) for text in (first, last))
    wanted = Wanted(window=TimeSlot(start, end), zone=berlin, most=48, most_outside_work=48)
    assert [day.isoformat() for day in days_of(wanted)] == days
    for found in find(wanted, []):
        assert {each.start.astimezone(berlin).date() for each in found.suggestions} == {found.day}


@pytest.mark.parametrize(
    ("name", "day", "starts"),
    [
        ("Europe/Berlin", date(2026, 10, 25), 48),  # an hour comes twice; its clock times are suggested once
        ("Europe/Berlin", date(2026, 3, 29), 46),
        ("Australia/Lord_Howe", date(2026, 10, 4), 47),
        ("America/Sao_Paulo", date(2018, 11, 4), 46),  # the day begins at one
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the day that Samoa left out
        ("UTC", date(2026, 10, 25), 48),
    ],
)
def test_meetings_begin_on_the_half_hours_that_the_clock_shows(name, day, starts):
    own = zone(name)
    noon = datetime.combine(day, time(12), own).astimezone(UTC)
    wanted = Wanted(window=TimeSlot(noon, noon + HOUR), zone=own, most=48, most_outside_work=48)
    if starts == 0:
        wanted = replace(wanted, window=TimeSlot(noon - 2 * DAY, noon + 2 * DAY))
    found = dict(times_of(wanted)).get(day, [])
    assert len(found) == starts
    assert all(start.astimezone(own).strftime("%M:%S") in {"00:00", "30:00"} for start in found)


def test_what_reaches_past_midnight_is_looked_at_too():
    wanted = replace(WANTED, minutes=120, most=48, most_outside_work=48)
    reach = reach_of(wanted, times_of(wanted))
    assert reach == TimeSlot(at(0), at(25, 30))
    tomorrow = one(Part.REQUIRED, event((25,), (26,)))
    (day,) = find(wanted, [tomorrow])
    latest = max(day.suggestions, key=lambda found: found.start)
    assert (latest.start, latest.conflicts) == (at(23), (ShowAs.FREE,))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"good_threshold": -1}, SuggestionOptionInvalid),
        ({"good_threshold": 51}, SuggestionOptionInvalid),
        ({"most": -1}, SuggestionOptionInvalid),
        ({"most": 49}, SuggestionOptionInvalid),
        ({"most_outside_work": -1}, SuggestionOptionInvalid),
        ({"most_outside_work": 49}, SuggestionOptionInvalid),
        ({"minutes": 29}, SuggestionOptionInvalid),
        ({"minutes": 1441}, SuggestionOptionInvalid),
        ({"window": TimeSlot(THURSDAY, THURSDAY)}, WindowInvalid),
        ({"window": TimeSlot(THURSDAY, THURSDAY - DAY)}, WindowInvalid),
        ({"window": TimeSlot(THURSDAY, THURSDAY + 42 * DAY + MINUTE)}, WindowTooLong),
        ({"window": TimeSlot(THURSDAY - MINUTE, THURSDAY + 42 * DAY - HOUR)}, WindowTooLong),
        ({"window": TimeSlot(THURSDAY, datetime(4501, 1, 2, tzinfo=UTC))}, OutsideCalendar),
    ],
)
def test_what_cannot_be_asked_is_refused(changes, error):
    with pytest.raises(error):
        check_wanted(replace(WANTED, **changes), 42)


def test_the_limits_themselves_can_be_asked():
    for changes in (
        {"good_threshold": 0, "most": 0, "most_outside_work": 0, "minutes": 30},
        {"good_threshold": 50, "most": 48, "most_outside_work": 48, "minutes": 1440},
        {"window": TimeSlot(THURSDAY, THURSDAY + 42 * DAY - HOUR)},  # the clock goes forward in March
    ):
        check_wanted(replace(WANTED, **changes), 42)


# The oracle.

ZONES = {"Europe/Berlin": date(2026, 10, 24), "America/Los_Angeles": date(2026, 3, 7), "UTC": date(2026, 6, 24)}
"""Zones with a Saturday or other day before something may happen."""
statuses = st.sampled_from(ShowAs)


@st.composite
def questions(draw):
    name, day = draw(st.sampled_from(sorted(ZONES.items())))
    own = zone(name)
    start = datetime.combine(day, time(), own).astimezone(UTC)
    length = draw(st.integers(1, 3 * 1440)) * MINUTE
    hours = st.builds(
        Hours,
        st.builds(
            WorkingHours,
            st.frozensets(st.integers(0, 6), min_size=4),
            st.integers(0, 700),
            st.integers(800, 1440),
        ),
        st.sampled_from([own, zone("Asia/Kolkata")]),
    )
    events = st.lists(
        st.builds(
            lambda first, minutes, show_as: BusyEvent(
                start + first * MINUTE, start + (first + minutes) * MINUTE, show_as
            ),
            st.integers(-300, 4500),
            st.integers(0, 900),
            statuses,
        ),
        max_size=4,
    ).map(tuple)
    calendars = st.builds(Calendar, st.none() | events, st.none() | hours)
    parts, flags = st.sampled_from(Part), st.sampled_from([False, False, True])
    invitees = st.lists(
        st.builds(Invitee, parts, calendar=calendars, excludes_conflicts=flags)
        | st.builds(Invitee, parts, members=st.lists(calendars, max_size=4).map(tuple), excludes_conflicts=flags)
        | st.builds(Invitee, parts, untold=st.sampled_from(Untold), excludes_conflicts=flags),
        max_size=5,
    )
    wanted = Wanted(
        window=TimeSlot(start, start + length),
        zone=own,
        minutes=draw(st.integers(30, 200)),
        good_threshold=draw(st.integers(0, 50)),
        most=draw(st.integers(0, 48)),
        most_outside_work=draw(st.integers(0, 48)),
        least_quality=draw(st.sampled_from(Quality)),
        current=draw(st.none() | st.integers(0, 3 * 1440).map(lambda minutes: start + minutes * MINUTE)),
    )
    return wanted, draw(invitees), draw(hours)


def status_at(calendar, start, minutes):
    """The strongest status of any minute of the meeting."""
    if calendar.events is None:
        return ShowAs.NO_DATA
    seen = {ShowAs.FREE}
    for minute in range(minutes):
        moment = start + minute * MINUTE
        seen |= {each.show_as for each in calendar.events if each.start <= moment < each.end}
    return max(seen, key=STRENGTH.index)


def works(hours, start, minutes):
    """Whether the clock shows a working minute at the start, and the end is not past closing time."""
    first = start.astimezone(hours.zone)
    last = (start + minutes * MINUTE).astimezone(hours.zone)
    opened = first.weekday() in hours.working.days and first.hour * 60 + first.minute >= hours.working.start_minute
    until = last.hour * 60 + last.minute + 1440 * (last.date() - first.date()).days
    return opened and until <= hours.working.end_minute


def told(invitee, start, minutes):
    """What is told of an invitee, and the statuses of all whom it stands for."""
    if invitee.members is not None:
        found = [status_at(each, start, minutes) for each in invitee.members]
        busy = len([status for status in found if status in BUSY])
        nothing = found.count(ShowAs.NO_DATA)
        return Members(len(found) - busy - nothing, busy, nothing), found
    if invitee.calendar is not None:
        status = status_at(invitee.calendar, start, minutes)
        return status, [status]
    return invitee.untold, [ShowAs.NO_DATA]


def oracle(wanted, invitees, organizer):
    """Every day, every half hour, everybody, every minute."""
    days = []
    day = wanted.window.start.astimezone(wanted.zone).date()
    while datetime.combine(day, time(), wanted.zone).astimezone(UTC) < wanted.window.end:
        starts = set()
        for half in range(48):
            wall = datetime.combine(day, time(half // 2, half % 2 * 30), wanted.zone)
            if wall.astimezone(UTC).astimezone(wanted.zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
                starts.add(wall.astimezone(UTC))
        if wanted.current is not None and wanted.current.astimezone(wanted.zone).date() == day:
            starts.add(wanted.current)
        rows = [row for start in sorted(starts) if (row := judged(wanted, invitees, organizer, start)) is not None]
        rows.sort(key=lambda row: row[0])
        chosen, outside = [], 0
        for _, found in rows:
            fits = found.is_work_time or outside < wanted.most_outside_work
            if found.quality >= wanted.least_quality and fits and len(chosen) < wanted.most:
                chosen.append(found)
                outside += not found.is_work_time
        quality = max((found.quality for _, found in rows), default=Quality.POOR)
        days.append(SuggestedDay(day, quality, tuple(chosen)))
        day += DAY
    return tuple(days)


def judged(wanted, invitees, organizer, start):
    """The place of one time among the others, and the time; None where it may not be suggested."""
    is_work = works(organizer, start, wanted.minutes)
    everybody, needed, answers, away = [], [], [], 0
    for invitee in invitees:
        answer, found = told(invitee, start, wanted.minutes)
        answers.append(answer)
        everybody += found
        needed += found if invitee.part is not Part.OPTIONAL else []
        if invitee.excludes_conflicts and BUSY & set(found):
            return None
        if invitee.part in {Part.ORGANIZER, Part.REQUIRED, Part.OPTIONAL}:
            away += len(
                [
                    one
                    for one in invitee.calendars
                    if one.hours is not None and not works(one.hours, start, wanted.minutes)
                ]
            )
    if not is_work and wanted.most_outside_work == 0:
        return None
    conflicts = len([status for status in everybody if status in BUSY])
    without = (1 - conflicts / len(everybody)) * 100 if everybody else 100
    if conflicts == 0:
        quality = Quality.EXCELLENT
    elif without >= 50 + wanted.good_threshold - 1e-9:
        quality = Quality.GOOD
    else:
        quality = Quality.FAIR if without >= 50 - 1e-9 else Quality.POOR
    place = (
        0 if start == wanted.current else 1,
        -quality,
        0 if is_work else 1,
        len([status for status in needed if status in BUSY]),
        conflicts,
        away,
        start,
    )
    return place, Suggestion(start, is_work, quality, tuple(answers))


@given(questions())
def test_suggestions_agree_with_looking_at_every_minute_of_everybody(question):
    wanted, invitees, organizer = question
    check_wanted(wanted, 42)
    assert find(wanted, invitees, organizer) == oracle(wanted, invitees, organizer)


@given(questions())
def test_no_day_has_more_or_worse_than_wanted(question):
    wanted, invitees, organizer = question
    for day in find(wanted, invitees, organizer):
        assert len(day.suggestions) <= wanted.most
        assert sum(not found.is_work_time for found in day.suggestions) <= wanted.most_outside_work
        assert all(wanted.least_quality <= found.quality <= day.quality for found in day.suggestions)
        assert all(len(found.conflicts) == len(invitees) for found in day.suggestions)
        assert len({found.start for found in day.suggestions}) == len(day.suggestions)
