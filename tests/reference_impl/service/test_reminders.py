from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain import reminders as rules
from reference_impl.domain.acts import FolderDraft, FolderRef
from reference_impl.domain.errors import AccessDenied, ItemNotFound
from reference_impl.domain.items import EventKind
from reference_impl.domain.mailbox import FolderRole, Mailbox, Person
from reference_impl.domain.permissions import Level
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.domain.series import occurrence, occurrence_at
from reference_impl.service import folders, items
from reference_impl.service.reminders import ReminderScope, ReminderSpan, dismiss, reminders_in, snooze
from reference_impl.store import reminders as stored
from reference_impl.store.columns import EVENT, SERIES

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEAD = timedelta(minutes=15)


def daily(**changes):
    return Recurrence(frequency=Frequency.DAILY, start=date(2026, 1, 6), **changes)


def found(stage, begin=None, end=None, scope=ReminderScope.ALL, limit=200, who=None):
    span = ReminderSpan(begin, end, scope, limit)
    return reminders_in(stage.world, who or stage.organizer, span)


def ids(reminders):
    return [reminder.event.id for reminder in reminders]


def test_a_meeting_reminds_everybody_who_has_it_on_the_calendar(stage):
    stage.meet("attendee0")
    for who in (stage.organizer, stage.attendee):
        (reminder,) = found(stage, who=who)
        assert (reminder.time, reminder.event.subject) == (NINE - LEAD, "Plan")
    assert not found(stage, who=stage.other)


def test_the_ends_of_a_span_are_in_it(stage):
    stage.meet()
    instant = timedelta(microseconds=1)
    assert found(stage, NINE - LEAD, NINE - LEAD)
    assert not found(stage, NINE - LEAD + instant, NINE)
    assert not found(stage, NINE - DAY, NINE - LEAD - instant)


def test_reminders_come_by_their_times_and_no_more_than_asked_for(stage):
    times = [NINE + hours * HOUR for hours in (5, 1, 3)]
    events = {start: stage.meet(start=start).id for start in times}
    series = stage.meet(start=NINE + 2 * HOUR, recurrence=daily(count=3))
    first = occurrence_at(series, 1).id
    in_order = [events[NINE + HOUR], first, events[NINE + 3 * HOUR], events[NINE + 5 * HOUR]]
    assert ids(found(stage)) == in_order
    for limit in range(1, 5):
        assert ids(found(stage, limit=limit)) == in_order[:limit]


def test_nothing_reminds_of_what_is_deleted_or_in_a_folder_below(stage):
    gone, kept = stage.meet(subject="gone"), stage.meet(subject="kept")
    items.move_item(stage.world, stage.organizer, gone.id, FolderRef(role=FolderRole.DELETED))
    assert ids(found(stage)) == [kept.id]
    draft = FolderDraft(name="Old", folder_class="IPF.Appointment")
    old = folders.create_folder(stage.world, stage.organizer, FolderRef(role=FolderRole.DELETED), draft)
    items.move_item(stage.world, stage.organizer, kept.id, FolderRef(id=old.id))
    assert not found(stage)


def test_what_has_no_reminder_reminds_of_nothing(stage):
    stage.meet(reminder_is_set=False)
    stage.meet(recurrence=daily(count=3), reminder_is_set=False)
    assert not found(stage)


def test_a_dismissed_reminder_is_gone_and_says_so_of_its_item(stage):
    event = stage.meet("attendee0")
    changed = dismiss(stage.world, stage.organizer, event.id)
    assert (changed.reminder_is_set, changed.version > event.version) == (False, True)
    assert not found(stage)
    assert found(stage, who=stage.attendee), "everybody is reminded alone"
    assert dismiss(stage.world, stage.organizer, event.id) is None


def test_a_reminder_put_off_comes_again_and_not_before(stage):
    event = stage.meet()
    assert snooze(stage.world, stage.organizer, event.id, NINE - LEAD) is None, "not later than it was"
    snooze(stage.world, stage.organizer, event.id, NINE + HOUR)
    assert not found(stage, end=NINE)
    (reminder,) = found(stage, NINE)
    assert reminder.time == NINE + HOUR
    stage.change(event, start=NINE + DAY, end=NINE + DAY + HOUR)
    (reminder,) = found(stage)
    assert reminder.time == NINE + DAY - LEAD


def test_a_series_reminds_of_one_occurrence_and_after_it_is_dismissed_of_the_next(stage):
    series = stage.meet(recurrence=daily(count=5))
    for number in range(1, 6):
        (reminder,) = found(stage)
        assert reminder.event.id == occurrence_at(series, number).id
        stage.clock.set(reminder.event.end)
        changed = dismiss(stage.world, stage.organizer, reminder.event.id)
        assert (changed.kind, changed.reminder_is_set) == (EventKind.OCCURRENCE, False)
    assert not found(stage)
    assert stage.now(stage.organizer, series).reminder_is_set


def test_the_id_of_a_series_means_what_it_reminds_of_now(stage):
    series = stage.meet(recurrence=daily(count=5))
    stage.clock.set(NINE + 2 * DAY)
    assert dismiss(stage.world, stage.organizer, series.id).id == series.id
    (reminder,) = found(stage)
    assert reminder.event.id == occurrence_at(series, 4).id


def test_an_occurrence_put_off_past_the_next_one_is_dismissed(stage):
    series = stage.meet(recurrence=daily(count=5))
    first = occurrence_at(series, 1)
    snooze(stage.world, stage.organizer, first.id, NINE + 2 * HOUR)
    assert [reminder.time for reminder in found(stage)] == [NINE + 2 * HOUR]
    snooze(stage.world, stage.organizer, first.id, NINE + DAY)
    (reminder,) = found(stage)
    assert (reminder.event.id, reminder.time) == (occurrence_at(series, 2).id, NINE + DAY - LEAD)


def test_what_goes_on_is_current_though_its_reminder_came_before(stage):
    going_on = stage.meet(subject="now", end=NINE + 4 * HOUR)
    occurrence_going_on = occurrence_at(stage.meet(recurrence=daily(count=2), end=NINE + 4 * HOUR), 1)
    stage.meet(subject="over", start=NINE - HOUR)
    later = stage.meet(subject="later", start=NINE + 6 * HOUR)
    stage.clock.set(NINE + HOUR)
    span = (NINE + 2 * HOUR, NINE + 8 * HOUR)
    assert ids(found(stage, *span)) == [later.id]
    current = ids(found(stage, *span, ReminderScope.CURRENT))
    assert current == [going_on.id, occurrence_going_on.id, later.id]
    assert len(found(stage, *span, ReminderScope.CURRENT, limit=2)) == 2
    dismiss(stage.world, stage.organizer, occurrence_going_on.id)
    assert ids(found(stage, *span, ReminderScope.CURRENT)) == [going_on.id, later.id]


def test_what_is_not_over_is_not_old(stage):
    over = stage.meet(subject="over", start=NINE - HOUR)
    stage.meet(subject="now", end=NINE + 4 * HOUR)
    series = stage.meet(start=NINE - 2 * HOUR, recurrence=daily(count=3))
    stage.clock.set(NINE + HOUR)
    span = (NINE - DAY, NINE + 8 * HOUR)
    assert ids(found(stage, *span, ReminderScope.OLD)) == [occurrence_at(series, 1).id, over.id]
    assert len(found(stage, *span)) == 3


def test_an_attendee_is_reminded_of_a_series_at_its_new_hours(stage):
    event = stage.meet("attendee0", recurrence=daily(count=5))
    (reminder,) = found(stage, who=stage.attendee)
    dismiss(stage.world, stage.attendee, reminder.event.id)
    stage.change(event, start=NINE + HOUR, end=NINE + 2 * HOUR)
    (reminder,) = found(stage, who=stage.attendee)
    assert reminder.time == NINE + HOUR - LEAD


def test_a_message_has_no_reminder_to_dismiss(stage):
    stage.meet("attendee0")
    before = stage.snapshot()
    request = stage.request(stage.attendee)
    assert dismiss(stage.world, stage.attendee, request.id) is None
    assert snooze(stage.world, stage.attendee, request.id, NINE) is None
    with pytest.raises(ItemNotFound):
        dismiss(stage.world, stage.attendee, "ab" * 16)
    assert stage.snapshot() == before


@pytest.mark.parametrize(
    ("level", "refusal"), [(Level.TIME_ONLY, ItemNotFound), (Level.REVIEWER, AccessDenied), (Level.EDITOR, None)]
)
def test_others_dismiss_as_far_as_they_may_change_the_item(make_stage, level, refusal):
    host = Mailbox(id="host", person=Person("host@example.com"), default_access=level)
    stage = make_stage(population=(*default_population(), host))
    event = stage.meet(actor=stage.who("host"))
    if refusal is None:
        assert dismiss(stage.world, host, event.id, stage.attendee).id == event.id
        assert not found(stage, who=host)
    else:
        with pytest.raises(refusal):
            dismiss(stage.world, host, event.id, stage.attendee)
        assert found(stage, who=host)


acts = st.lists(
    st.tuples(
        st.sampled_from(["single", "series", "dismiss", "snooze", "move"]), st.integers(0, 9), st.integers(1, 60)
    ),
    max_size=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts, st.integers(-100, 300), st.integers(0, 200), st.integers(-100, 300))
def test_a_span_has_the_reminders_that_looking_at_everything_finds(make_stage, acts, begin, length, now):
    stage = make_stage()
    made = []
    for kind, which, hours in acts:
        if kind in {"single", "series"}:
            rule = daily(count=which + 1) if kind == "series" else None
            start = NINE + (hours % 24) * HOUR
            made.append(stage.meet(start=start, recurrence=rule, reminder_minutes=hours * 15))
            continue
        if not made:
            continue
        event = stage.now(stage.organizer, made[which % len(made)])
        if event.recurrence is not None:
            event = occurrence_at(event, 1 + which * hours % event.recurrence.count)
        if kind == "dismiss":
            dismiss(stage.world, stage.organizer, event.id)
        elif kind == "snooze":
            snooze(stage.world, stage.organizer, event.id, event.start + hours * HOUR)
        else:
            stage.change(event, reminder_minutes=hours)
    stage.clock.set(NINE + now * HOUR)
    start, end = NINE + begin * HOUR, NINE + (begin + length) * HOUR
    expected = []
    for event in stage.calendar(stage.organizer):
        candidates = [event] if event.recurrence is None else in_turn(event, stage.clock.now(), start)
        times = [(time, one.id) for one in candidates if (time := rules.reminder_time(one)) is not None]
        expected += [(time, item_id) for time, item_id in times if start <= time <= end][:1]
    shown = [(reminder.time, reminder.event.id) for reminder in found(stage, start, end)]
    assert sorted(shown) == sorted(expected)
    assert [time for time, _ in shown] == sorted(time for time, _ in shown)


def in_turn(master, now, start):
    """The occurrence that a series reminds of now, and that which is first to remind after the start of a span."""
    turn = rules.turn_of(master, now)
    if turn is None:
        return []
    days = [turn.day + number * DAY for number in range(40)]
    ahead = [one for day in days if (one := occurrence(master, day)) is not None and rules.reminder_time(one)]
    later = [one for one in ahead if rules.reminder_time(one) >= start]
    return [turn, *sorted(later, key=rules.reminder_time)[:1]]


@pytest.mark.parametrize("kind", [EVENT, SERIES])
def test_reminders_are_read_through_their_index(stage, kind):
    with stage.world.store.begin(write=False) as unit:
        text = unit.run.statements.shaped(("reminders", kind), lambda: stored._statement(kind)).text
        arguments = (0,) * text.count("?")
        steps = [row[3] for row in unit.run.connection.execute("explain query plan " + text, arguments)]
    (search,) = (step for step in steps if "SEARCH" in step or "SCAN" in step)
    assert "item_by_reminder" in search, steps
    assert "remind<" in search, steps


def test_the_first_reminders_cost_no_more_when_there_are_many(stage, monkeypatch):
    """Rows beyond those asked for are never decoded."""
    for hour in range(60):
        stage.meet(start=NINE + hour * HOUR)
        stage.meet(start=NINE + hour * HOUR, recurrence=daily(count=3))
    decoded = []
    decode = stored.decode
    monkeypatch.setattr(stored, "decode", lambda kind, text: decoded.append(text) or decode(kind, text))
    assert len(found(stage, limit=3)) == 3
    assert len(decoded) < 10
