"""Times at which people could meet, against a search that looks at one time after another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.attendance import Calendar, Hours
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import SuggestionOptionInvalid, WindowInvalid, WindowTooLong
from reference_impl.domain.freebusy import STRENGTH, BusyEvent
from reference_impl.domain.items import ShowAs, TimeSlot
from reference_impl.domain.mailbox import WorkingHours
from reference_impl.domain.meeting_times import (
    Activity,
    Invited,
    Lack,
    NamedPlace,
    Outcome,
    Place,
    Places,
    Search,
    check_search,
    meeting_times,
)
from reference_impl.domain.timezone import zone

MONDAY = datetime(2026, 2, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def window(start: float, end: float) -> TimeSlot:
    """From one hour after Monday's midnight to another."""
    return TimeSlot(MONDAY + start * HOUR, MONDAY + end * HOUR)


def busy(start: float, end: float, status: ShowAs = ShowAs.BUSY) -> BusyEvent:
    return BusyEvent(MONDAY + start * HOUR, MONDAY + end * HOUR, status)


def calendar(*events: BusyEvent) -> Calendar:
    return Calendar(events, Hours(WorkingHours(), UTC))


def person(*events: BusyEvent) -> Invited:
    return Invited((calendar(*events),))


FREE = calendar()
STRANGER = Invited((Calendar(None),))
MORNING = Search(windows=(window(9, 11),), minutes=60)


def starts(outcome: Outcome) -> list[float]:
    return [(time.start - MONDAY) / HOUR for time in outcome.times]


def test_times_begin_on_half_hours_and_end_within_the_window():
    assert starts(meeting_times(MORNING, FREE, [])) == [9, 9.5, 10]
    odd = replace(MORNING, windows=(window(9.2, 10.6),), minutes=30)
    assert starts(meeting_times(odd, FREE, [])) == [9.2, 9.5, 10]


def test_half_hours_are_those_of_the_asking_persons_clock():
    nepal = replace(MORNING, windows=(window(9, 11),), zone=zone("Asia/Kathmandu"), minutes=45)
    assert starts(meeting_times(nepal, FREE, [])) == [9, 9.25, 9.75, 10.25]


def test_the_likeliest_times_come_first_and_then_the_earliest():
    adele = person(busy(9, 9.5, ShowAs.TENTATIVE))
    outcome = meeting_times(replace(MORNING, minutes=30), FREE, [adele, person()])
    assert [(start, time.chance) for start, time in zip(starts(outcome), outcome.times, strict=True)] == [
        (9.5, 100),
        (10, 100),
        (10.5, 100),
        (9, 75),
    ]


@pytest.mark.parametrize(
    ("status", "chance"),
    [
        (ShowAs.FREE, 100),
        (ShowAs.WORKING_ELSEWHERE, 100),
        (ShowAs.TENTATIVE, 50),
        (ShowAs.NO_DATA, 49),
        (ShowAs.BUSY, 0),
        (ShowAs.OOF, 0),
    ],
)
def test_each_status_has_its_chance(status, chance):
    search = replace(MORNING, windows=(window(9, 10),), least_chance=0)
    (time,) = meeting_times(search, FREE, [person(busy(9, 9.1, status))]).times
    assert (time.chance, time.invited) == (chance, (status,))


def test_members_of_a_list_count_one_by_one():
    team = Invited((calendar(busy(9, 11)), calendar(), calendar()))
    (time, *_) = meeting_times(MORNING, FREE, [team, person()]).times
    assert (time.chance, time.invited) == (75, (ShowAs.BUSY, ShowAs.FREE))


def test_a_list_without_members_is_one_of_which_nothing_is_known_and_nobody_counts():
    (time, *_) = meeting_times(MORNING, FREE, [Invited(()), person()]).times
    assert (time.chance, time.invited) == (100, (ShowAs.NO_DATA, ShowAs.FREE))


@pytest.mark.parametrize(
    ("activity", "expected"),
    [(Activity.WORK, []), (Activity.PERSONAL, [128, 128.5]), (Activity.UNRESTRICTED, [126, 126.5, 127, 127.5, 128])],
)
def test_the_kind_of_time_is_that_of_the_organizers_hours(activity, expected):
    """Saturday from six to half past nine; hours from eight."""
    search = Search(windows=(window(126, 129.5),), minutes=60, activity=activity)
    assert starts(meeting_times(search, FREE, [])) == expected


class TestLack:
    def test_no_window_holds_the_meeting(self):
        assert meeting_times(replace(MORNING, minutes=180), FREE, []).lack is Lack.UNKNOWN

    def test_nothing_lies_in_working_hours(self):
        assert meeting_times(replace(MORNING, windows=(window(1, 5),)), FREE, []).lack is Lack.UNKNOWN

    def test_the_organizer_is_taken_all_the_time_and_not_optional(self):
        taken = calendar(busy(8, 12))
        assert meeting_times(MORNING, taken, [person()]).lack is Lack.ORGANIZER
        assert len(meeting_times(replace(MORNING, is_organizer_optional=True), taken, [person()]).times) == 3

    def test_only_the_organizer_would_come_and_is_taken(self):
        alone = replace(MORNING, is_organizer_optional=True)
        assert meeting_times(alone, calendar(busy(8, 12)), []).lack is Lack.ORGANIZER

    def test_too_few_people_come(self):
        assert meeting_times(MORNING, FREE, [person(busy(8, 12))]).lack is Lack.ATTENDEES

    def test_too_few_people_are_known_to_come(self):
        assert meeting_times(MORNING, FREE, [STRANGER]).lack is Lack.ATTENDEES_OR_UNKNOWN
        assert meeting_times(MORNING, FREE, [STRANGER, person(busy(8, 12))]).lack is Lack.ATTENDEES_OR_UNKNOWN

    def test_no_place_is_free(self):
        places = Places(is_required=True, others=(Place("Room", "room@x", calendar(busy(8, 12))),))
        assert meeting_times(replace(MORNING, places=places), FREE, []).lack is Lack.PLACES
        optional = replace(places, is_required=False, suggests=True)
        assert all(time.places == () for time in meeting_times(replace(MORNING, places=optional), FREE, []).times)


TAKEN = Place("Taken", "taken@x", calendar(busy(8, 12)))
OPEN = Place("Open", "open@x", calendar())
SPARE = Place("Spare", "spare@x", calendar(busy(9, 9.5)))
CAFE = Place("Café")


@pytest.mark.parametrize(
    ("places", "first"),
    [
        (Places(), ()),
        (Places(suggests=True, others=(TAKEN, OPEN, SPARE)), (OPEN,)),
        (Places(is_required=True, others=(TAKEN, OPEN, SPARE)), (OPEN,)),
        (Places(named=(NamedPlace(OPEN),), others=(SPARE,)), (OPEN,)),
        (Places(named=(NamedPlace(CAFE),)), (CAFE,)),
        (Places(named=(NamedPlace(TAKEN),), others=(TAKEN, SPARE, OPEN)), (OPEN,)),
        (Places(named=(NamedPlace(TAKEN, is_replaceable=False),), others=(OPEN,)), (TAKEN,)),
        (Places(named=(NamedPlace(TAKEN), NamedPlace(OPEN)), others=(OPEN,)), (OPEN,)),
        (Places(named=(NamedPlace(TAKEN),)), ()),
    ],
)
def test_places_are_those_named_as_far_as_they_are_free(places, first):
    (time, *_) = meeting_times(replace(MORNING, places=places), FREE, []).times
    assert (time.start, time.places) == (MONDAY + 9 * HOUR, first)


def test_only_so_many_rooms_are_suggested_for_one_time():
    places = Places(suggests=True, others=tuple(Place(f"Room {n}", f"room{n}@x", calendar()) for n in range(9)))
    (time, *_) = meeting_times(replace(MORNING, places=places), FREE, []).times
    assert [place.name for place in time.places] == [f"Room {n}" for n in range(5)]


def test_what_cannot_be_looked_for_is_refused():
    check_search(MORNING, 62)
    for wrong in ({"minutes": 0}, {"minutes": 1441}, {"most": 0}, {"least_chance": 100.5}, {"least_chance": -1}):
        with pytest.raises(SuggestionOptionInvalid):
            check_search(replace(MORNING, **wrong), 62)
    with pytest.raises(WindowInvalid):
        check_search(replace(MORNING, windows=(window(9, 9),)), 62)
    with pytest.raises(WindowTooLong):
        check_search(replace(MORNING, windows=(window(0, 1), window(1488, 1489))), 62)


# The oracle: everything is asked of one time after another, of events one after another, without any table.

_QUARTERS = 7 * 24 * 4
_times = st.integers(0, _QUARTERS)
_statuses = st.sampled_from(list(ShowAs))


@st.composite
def _events(draw):
    found = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(_times)
        length = draw(st.integers(0, 40))
        found.append(busy(start / 4, (start + length) / 4, draw(_statuses)))
    return tuple(sorted(found, key=lambda event: event.start))


@st.composite
def _calendars(draw):
    hours = WorkingHours(
        draw(st.frozensets(st.integers(0, 6))), draw(st.integers(0, 700)), draw(st.integers(701, 1440))
    )
    known = draw(st.booleans()) or draw(st.booleans())
    return Calendar(draw(_events()) if known else None, Hours(hours, zone(draw(st.sampled_from(_ZONES)))))


_ZONES = ("UTC", "Pacific Standard Time", "Asia/Kathmandu", "Asia/Kolkata")
_ROOMS = tuple(f"room{number}@x" for number in range(4))


@st.composite
def _searches(draw):
    windows = []
    for _ in range(draw(st.integers(1, 3))):
        start = draw(_times)
        windows.append(
            window(start / 4 + draw(st.sampled_from((0, 0, 0.1))), (start + draw(st.integers(1, 90))) / 4 + 0.2)
        )
    rooms = [Place(address, address, draw(_calendars())) for address in _ROOMS]
    named = draw(st.lists(st.sampled_from([*rooms, CAFE]), max_size=3))
    return Search(
        windows=tuple(windows),
        zone=zone(draw(st.sampled_from(_ZONES))),
        minutes=draw(st.sampled_from((15, 30, 60, 95, 600))),
        activity=draw(st.sampled_from(list(Activity))),
        most=draw(st.integers(1, 20)),
        least_chance=draw(st.sampled_from((0, 30, 49, 50, 75, 100))),
        is_organizer_optional=draw(st.booleans()),
        tentative_chance=draw(st.sampled_from((0, 50, 80))),
        places=Places(
            draw(st.booleans()),
            draw(st.booleans()),
            tuple(NamedPlace(place, draw(st.booleans())) for place in named),
            tuple(rooms[: draw(st.integers(0, 4))]),
        ),
    )


def _status(known: Calendar, start: datetime, end: datetime) -> ShowAs:
    if known.events is None:
        return ShowAs.NO_DATA
    found = [
        event.show_as
        for event in known.events
        if event.start < end and event.end > start < end and event.start < event.end
    ]
    return max(found, key=STRENGTH.index, default=ShowAs.FREE)


def _is_wanted(search: Search, hours: Hours, start: datetime) -> bool:
    """Minute by minute: whether a meeting may begin then."""
    end = start + search.length
    inside = [slot for slot in search.windows if slot.start <= start and end <= slot.end]
    local = start.astimezone(search.zone)
    on_half_hour = local.minute in {0, 30} and local.second == 0
    if not any(on_half_hour or slot.start == start for slot in inside):
        return False
    if search.activity is Activity.UNRESTRICTED:
        return True
    first, last = start.astimezone(hours.zone), end.astimezone(hours.zone)
    days = hours.working.days | ({5, 6} if search.activity is Activity.PERSONAL else set())
    midnight = first.replace(hour=0, minute=0, second=0, tzinfo=None)
    opening, closing = (
        midnight + minutes * MINUTE for minutes in (hours.working.start_minute, hours.working.end_minute)
    )
    return first.weekday() in days and opening <= first.replace(tzinfo=None) and last.replace(tzinfo=None) <= closing


def _places(search: Search, start: datetime) -> list[str]:
    end, wanted = start + search.length, search.places

    def is_free(place: Place) -> bool:
        return place.calendar is None or _status(place.calendar, start, end) is ShowAs.FREE

    named = {place.address for place, _ in wanted.named}
    spare = [place.name for place in wanted.others if is_free(place) and place.address not in named]
    found = []
    for place, is_replaceable in wanted.named:
        if is_free(place) or not is_replaceable:
            found.append(place.name)
        elif spare:
            found.append(spare.pop(0))
    if not found and (wanted.suggests or wanted.is_required):
        found = spare[:5]
    return found


@given(search=_searches(), organizer=_calendars(), invited=st.lists(st.lists(_calendars(), max_size=3), max_size=3))
def test_the_outcome_is_that_of_looking_at_every_minute(search, organizer, invited):
    people = [Invited(tuple(each)) for each in invited]
    expected = []
    minutes = int((search.span.end - search.span.start) / MINUTE)
    counted = [one for each in invited for one in each] or [organizer]
    for number in range(minutes + 1):
        start = search.span.start + number * MINUTE
        if not _is_wanted(search, organizer.hours, start):
            continue
        end = start + search.length
        if not search.is_organizer_optional and _status(organizer, start, end) in {ShowAs.BUSY, ShowAs.OOF}:
            continue
        chance = sum(search.chance(_status(one, start, end)) for one in counted) / len(counted)
        places = _places(search, start)
        if chance >= search.least_chance and (places or not search.places.is_required):
            expected.append((-chance, start, places))
    expected.sort(key=lambda row: row[:2])
    outcome = meeting_times(search, organizer, people)
    found = [(-time.chance, time.start, [place.name for place in time.places]) for time in outcome.times]
    assert found == expected[: search.most]
    assert (outcome.lack is None) is bool(expected)
