"""What is told to be busy is what the items say, whatever is remembered of earlier readings."""

from datetime import UTC, date, datetime, timedelta
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain.copying import replace
from reference_impl.domain.freebusy import busy_event
from reference_impl.domain.items import Attendee, CalendarItem, Response, Sensitivity, ShowAs, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.queries import Query
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.service.world import SeededIds
from reference_impl.store.busy import BusyWindows, busy_event_in
from reference_impl.store.codec import encode
from reference_impl.store.listing import listing
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = Recurrence(frequency=Frequency.DAILY, start=NOW.date(), count=3)


@pytest.fixture
def store():
    store = open_store()
    store.populate(default_population(), SeededIds("windows"), NOW)
    yield store
    store.close()


@pytest.fixture
def calendar(store):
    return store.directory.roles[store.directory.find("organizer0@example.com").id, FolderRole.CALENDAR]


def event(calendar, number, **fields):
    return CalendarItem(
        id=f"{number:032x}",
        mailbox_id=calendar.mailbox_id,
        folder_id=calendar.id,
        version=0,
        uid=f"uid{number}",
        start=NOW + number * HOUR,
        end=NOW + (number + 2) * HOUR,
        organizer=Person("organizer0@example.com"),
        created=NOW,
        modified=NOW,
        **fields,
    )


EVENT = CalendarItem(
    id="cd" * 16,
    mailbox_id="m",
    folder_id="f",
    version=0,
    uid="u",
    start=NOW,
    end=NOW + HOUR,
    organizer=Person("organizer0@example.com"),
    created=NOW,
    modified=NOW,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "subject": st.text(st.characters(exclude_categories=["Cs"])),
            "location": st.just("Room 7"),
            "show_as": st.sampled_from(ShowAs),
            "sensitivity": st.sampled_from(Sensitivity),
            "is_cancelled": st.booleans(),
            "my_response": st.sampled_from(Response),
            "is_organizer": st.booleans(),
            "attendees": st.just((Attendee(Person("a@b.example")),)),
            "reminder_is_set": st.booleans(),
            "series_id": st.none() | st.just("ab" * 16),
            "day": st.none() | st.just(date(2026, 1, 5)),
            "is_exception": st.booleans(),
        },
    )
)
def test_a_part_of_a_payload_tells_what_the_whole_item_does(fields):
    made = replace(EVENT, **fields)
    assert busy_event_in(encode(made)) == busy_event(made)


def read(windows, store, calendar, window):
    with store.begin(write=False) as unit:
        return windows.read(unit, calendar.mailbox_id, calendar.id, window).events


def listed(store, calendar, window):
    with store.begin(write=False) as unit:
        items = listing(unit, calendar.mailbox_id, calendar.id, Query(window=window)).items
    return tuple(busy_event(item) for item in items)


WINDOWS = [TimeSlot(NOW + start * HOUR, NOW + end * HOUR) for start, end in ((0, 8), (3, 30), (-5, 90), (100, 200))]
ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "add series", "put", "move", "remove", "look"]), st.integers(0, 7)), max_size=12
)


@pytest.mark.parametrize("most", [0, 5, 1000])
def test_windows_see_every_change(store, calendar, most):
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(ACTS)
    def check(acts):
        windows = BusyWindows(most)
        for act, number in acts:
            with store.begin() as unit:
                present = unit.item(calendar.mailbox_id, f"{number:032x}")
                if present is None and act in {"add", "add series"}:
                    unit.add(event(calendar, number, recurrence=DAILY if act == "add series" else None))
                elif present is not None and act == "put":
                    unit.put(present, replace(present, subject=f"{present.subject}+"))
                elif present is not None and act == "move":
                    unit.put(present, replace(present, start=present.start - HOUR, end=present.end + HOUR))
                elif present is not None and act == "remove":
                    unit.remove(present)
            for window in WINDOWS:
                seen = read(windows, store, calendar, window)
                assert seen == tuple(sorted(listed(store, calendar, window), key=itemgetter(0, 1)))
                assert len(windows) <= most

    check()


def test_a_window_in_which_nothing_has_changed_is_not_read_again(store, calendar):
    windows = BusyWindows()
    with store.begin() as unit:
        unit.add(event(calendar, 1))
    first = read(windows, store, calendar, WINDOWS[0])
    assert [event.item.uid for event in first] == ["uid1"]
    assert read(windows, store, calendar, WINDOWS[0]) is first


def test_what_was_never_committed_is_not_remembered(store, calendar):
    windows = BusyWindows()

    def look_and_fail():
        with store.begin() as unit:
            unit.add(event(calendar, 1, subject="Never"))
            assert len(windows.read(unit, calendar.mailbox_id, calendar.id, WINDOWS[0]).events) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        look_and_fail()
    with store.begin() as unit:
        unit.add(event(calendar, 2, subject="Really"))
    assert [event.item.subject for event in read(windows, store, calendar, WINDOWS[0])] == ["Really"]
