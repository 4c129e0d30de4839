from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import Delivery
from reference_impl.domain.errors import (
    IntervalInvalid,
    ListTooLarge,
    MailboxNotFound,
    NoFreeBusyAccess,
    TooManyEvents,
    TooManyMailboxes,
    WindowInvalid,
    WindowTooLong,
)
from reference_impl.domain.freebusy import busy_event, spelling, spelt
from reference_impl.domain.items import Response, Sensitivity, ShowAs, TimeSlot
from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.domain.permissions import FreeBusyAccess, Level
from reference_impl.service import events
from reference_impl.service.availability import expanded, free_busy
from reference_impl.service.settings import Settings
from reference_impl.store.directory import Directory

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MORNING = TimeSlot(NINE - HOUR, NINE + 3 * HOUR)
DIGITS = {
    ShowAs.FREE: "0",
    ShowAs.TENTATIVE: "1",
    ShowAs.BUSY: "2",
    ShowAs.OOF: "3",
    ShowAs.NO_DATA: "4",
    ShowAs.WORKING_ELSEWHERE: "5",
}


def ask(stage, *names, actor=None, window=MORNING, minutes=60, days_limit=42, mailboxes_limit=100):
    addresses = [name if "@" in name else f"{name}@example.com" for name in names]
    return free_busy(
        stage.world,
        actor or stage.organizer,
        addresses,
        window,
        minutes,
        days_limit=days_limit,
        mailboxes_limit=mailboxes_limit,
    )


def digits(schedule):
    return spelt(schedule.slots, spelling(DIGITS))


def person(name, **fields):
    return Mailbox(id=f"00000000-0000-0000-0000-{name:>012}", person=Person(f"{name}@example.com", name), **fields)


def group(name, *members):
    return person(name, kind=MailboxKind.LIST, members=tuple(f"{member}@example.com" for member in members))


def test_answers_follow_the_order_of_the_questions_and_one_failure_spoils_nothing(stage):
    stage.meet("attendee0")
    found = ask(stage, "attendee0", "nobody", "organizer0", "attendee0")
    assert [schedule.address for schedule in found] == [
        "attendee0@example.com",
        "nobody@example.com",
        "organizer0@example.com",
        "attendee0@example.com",
    ]
    assert [digits(schedule) for schedule in found] == ["0100", "", "0200", "0100"]
    assert isinstance(found[1].error, MailboxNotFound)
    assert found[1].mailbox is None


def test_an_accepted_meeting_is_busy_a_declined_or_cancelled_one_free(stage):
    event = stage.meet("attendee0", "attendee1")
    stage.answer(stage.attendee, stage.request(stage.attendee))
    stage.answer(stage.other, stage.request(stage.other), Response.DECLINED)
    assert [digits(schedule) for schedule in ask(stage, "attendee0", "attendee1")] == ["0200", "0000"]
    events.cancel_event(stage.world, stage.organizer, event.id, None, Delivery())
    attendee, organizer = ask(stage, "attendee0", "organizer0")
    assert (digits(attendee), digits(organizer)) == ("0000", "0000")
    assert [shown.show_as for shown in attendee.events] == [ShowAs.FREE]


@pytest.mark.parametrize(
    ("level", "access", "sees"),
    [
        (Level.TIME_ONLY, FreeBusyAccess.TIME_ONLY, False),
        (Level.TIME_SUBJECT_LOCATION, FreeBusyAccess.TIME_SUBJECT_LOCATION, True),
        (Level.REVIEWER, FreeBusyAccess.FULL, True),
        (Level.EDITOR, FreeBusyAccess.FULL, True),
    ],
)
def test_details_are_a_matter_of_permission(make_stage, level, access, sees):
    host = person("host", access=(("organizer0@example.com", level),))
    stage = make_stage(population=(*default_population(), host))
    open_event = stage.meet(actor=stage.who("host"))
    stage.meet(actor=stage.who("host"), sensitivity=Sensitivity.PRIVATE, start=NINE + HOUR)
    (schedule,) = ask(stage, "host")
    assert schedule.access is access
    first, second = schedule.events
    assert first.item == (busy_event(open_event).item if sees else None)
    assert second.item is None
    assert (first.is_private, second.is_private) == (False, True)
    assert (first.start, first.end) == (NINE, NINE + HOUR)
    (own,) = ask(stage, "host", actor=stage.who("host"))
    assert own.access is FreeBusyAccess.FULL
    assert all(event.item is not None for event in own.events)
    (stranger,) = ask(stage, "host", actor=stage.attendee)
    assert stranger.access is FreeBusyAccess.TIME_ONLY
    assert all(event.item is None for event in stranger.events)


def test_a_closed_calendar_says_nothing(make_stage):
    stage = make_stage(population=(*default_population(), person("closed", default_access=Level.NONE)))
    (schedule,) = ask(stage, "closed")
    assert isinstance(schedule.error, NoFreeBusyAccess)
    assert (schedule.slots, schedule.events) == (b"", ())


def test_an_event_over_the_edge_is_told_whole(stage):
    stage.meet(start=MORNING.start - HOUR, end=MORNING.start + HOUR / 2)
    (schedule,) = ask(stage, "organizer0")
    assert digits(schedule) == "2000"
    assert schedule.events[0].start == MORNING.start - HOUR


def test_a_list_is_one_stream_of_all_its_members(stage):
    stage.meet("attendee0")
    stage.meet(actor=stage.who("attendee3"), start=NINE + HOUR, show_as=ShowAs.OOF)
    stage.meet(actor=stage.who("attendee7"), start=NINE + 2 * HOUR)
    (schedule,) = ask(stage, "list0")
    assert schedule.is_list
    assert digits(schedule) == "0130"
    assert schedule.events == ()
    assert schedule.mailbox == stage.who("list0")


def test_lists_in_lists_are_opened_once_each_and_strangers_are_no_data(make_stage):
    stage = make_stage(
        population=(
            *default_population(),
            group("outer", "inner", "attendee0"),
            group("inner", "outer", "attendee1", "stranger"),
        )
    )
    stage.meet("attendee1")
    (schedule,) = ask(stage, "outer")
    assert digits(schedule) == "4144"


def test_a_list_of_a_hundred_is_opened_and_a_larger_one_is_not(make_stage):
    crowd = [f"p{number}" for number in range(101)]
    stage = make_stage(
        population=(
            *default_population(),
            *(person(name) for name in crowd),
            group("hundred", *crowd[:100]),
            group("more", *crowd),
        )
    )
    allowed, refused = ask(stage, "hundred", "more")
    assert digits(allowed) == "0000"
    assert isinstance(refused.error, ListTooLarge)
    assert refused.error.data == {"size": 101, "limit": 100}


def test_a_list_inside_that_would_exceed_the_limit_stays_closed(make_stage):
    """It is one member without data, wherever it stands among the members (DOC groupattendeeconflictdata)."""
    stage = make_stage(
        population=(
            *default_population(),
            group("small", "attendee0", "attendee1"),
            group("fits", "small", "attendee2"),
            group("closed", "small", "attendee2", "attendee3"),
            group("itself", "itself", "small", "attendee1", "ATTENDEE0"),
        ),
        settings=Settings(free_busy_list_members=3),
    )
    directory = stage.world.store.directory

    def members(name, limit=3):
        return [
            found and found.person.name for found in expanded(directory, directory.find(f"{name}@example.com"), limit)
        ]

    assert members("fits") == ["Attendee 2", "Attendee 0", "Attendee 1"]
    assert members("closed") == [None, "Attendee 2", "Attendee 3"]
    assert members("closed", limit=4) == ["Attendee 2", "Attendee 3", "Attendee 0", "Attendee 1"]
    assert members("itself") == ["Attendee 1", "Attendee 0"]
    stage.meet(actor=stage.who("attendee2"))
    assert digits(ask(stage, "closed")[0]) == "4244"


@given(st.dictionaries(st.integers(0, 5), st.lists(st.integers(0, 11), max_size=6), min_size=1), st.integers(1, 12))
def test_an_expanded_list_has_each_person_once_and_never_too_many(lists, limit):
    """Lists 0 to 5 contain people 6 to 10, the stranger 11 and each other in any way."""
    directory = Directory(
        [group(f"l{number}", *(f"l{inner}" for inner in members)) for number, members in lists.items()]
        + [person(f"l{number}") for number in range(6, 11)]
    )
    root = directory.find(f"l{next(iter(lists))}@example.com")
    inside = set(root.members) - {root.address}
    if len(inside) > limit:
        with pytest.raises(ListTooLarge):
            expanded(directory, root, limit)
        return
    found = expanded(directory, root, limit)
    people = [member.address for member in found if member is not None]
    assert len(found) <= limit
    assert len(people) == len(set(people))
    assert all(directory.find(address).kind is not MailboxKind.LIST for address in people)
    if limit == 12:
        assert set(people) == reachable(directory, root)


def reachable(directory, root):
    """The people under a list by walking everything."""
    seen, todo = set(), [root]
    while todo:
        mailbox = todo.pop()
        if mailbox is None or mailbox.address in seen:
            continue
        seen.add(mailbox.address)
        todo += [directory.find(address) for address in mailbox.members]
    return {address for address in seen if directory.find(address).kind is not MailboxKind.LIST}


def test_too_many_events_are_an_error_of_that_mailbox(make_stage):
    stage = make_stage(settings=Settings(free_busy_events=2))
    for _ in range(3):
        stage.meet("attendee0")
    first, second = ask(stage, "attendee0", "attendee1")
    assert isinstance(first.error, TooManyEvents)
    assert second.error is None


@pytest.mark.parametrize(
    ("error", "question"),
    [
        (WindowInvalid, {"window": TimeSlot(NINE, NINE)}),
        (WindowInvalid, {"window": TimeSlot(NINE, NINE - HOUR)}),
        (WindowTooLong, {"window": TimeSlot(NINE, NINE + timedelta(days=42, microseconds=1))}),
        (IntervalInvalid, {"minutes": 4}),
        (IntervalInvalid, {"minutes": 1441, "window": TimeSlot(NINE, NINE + timedelta(days=3))}),
        (IntervalInvalid, {"minutes": 241}),
        (TooManyMailboxes, {"mailboxes_limit": 0}),
    ],
)
def test_an_impossible_question_is_refused_as_a_whole(stage, error, question):
    with pytest.raises(error):
        ask(stage, "attendee0", **question)


def test_the_limits_themselves_are_allowed(stage):
    for minutes, window in ((5, MORNING), (240, MORNING), (1440, TimeSlot(NINE, NINE + timedelta(days=42)))):
        (schedule,) = ask(stage, "attendee0", minutes=minutes, window=window, mailboxes_limit=1)
        assert len(schedule.slots) == -(-(window.end - window.start) // timedelta(minutes=minutes))


def test_a_window_too_long_tells_its_days(stage):
    with pytest.raises(WindowTooLong) as refusal:
        ask(stage, "attendee0", window=TimeSlot(NINE, NINE + timedelta(days=62, hours=1)))
    assert refusal.value.data == {"days": 63, "limit": 42}


def test_items_outside_the_default_calendar_do_not_count(stage):
    from reference_impl.domain.acts import Disposal, Sending
    from reference_impl.service import items

    event = stage.meet()
    items.delete_item(stage.world, stage.organizer, event.id, Disposal.TO_DELETED_ITEMS, Sending())
    assert digits(ask(stage, "organizer0")[0]) == "0000"
