from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from reference_impl.domain.copying import replace
from reference_impl.domain.correspondence import facts_of
from reference_impl.domain.items import (
    Attendee,
    CalendarItem,
    RequestKind,
    Response,
    ShowAs,
    TimeSlot,
)
from reference_impl.domain.mailbox import Person
from reference_impl.domain.meeting import (
    ANSWER_TRIGGERS,
    COPY_TABLE,
    ENTRY_TABLE,
    OWN_TRIGGERS,
    CopyTrigger,
    EntryTrigger,
    Place,
    Showing,
    answer_counts,
    copy_trigger,
    next_copy,
    next_entry,
    received_kind,
    shown_as,
)

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
SLOT = TimeSlot(NOW, NOW + timedelta(hours=1))
ENTRY_STATES = [state for state in Response if state is not Response.ORGANIZER]
COPY_STATES = [state for state in ENTRY_STATES if state is not Response.NONE]


def entry(response=Response.NONE, **fields):
    return Attendee(Person("a@example.com"), response=response, **fields)


def copy(response=Response.NOT_RESPONDED, **fields):
    fields.setdefault("is_organizer", False)
    return CalendarItem(
        id="c",
        mailbox_id="m",
        folder_id="f",
        version=1,
        uid="u",
        start=SLOT.start,
        end=SLOT.end,
        organizer=Person("o@example.com"),
        my_response=response,
        created=NOW,
        modified=NOW,
        **fields,
    )


def test_the_tables_know_every_state_and_trigger_and_no_other():
    assert set(ENTRY_TABLE) == set(product(ENTRY_STATES, EntryTrigger))
    assert set(COPY_TABLE) == set(product(COPY_STATES, CopyTrigger))
    assert {change.response for change in ENTRY_TABLE.values()} <= set(ENTRY_STATES)
    assert {change.response for change in COPY_TABLE.values()} <= set(COPY_STATES)


def test_the_tables_are_coupled_by_the_answers():
    """What an answer makes of the copy is what its response makes of the entry."""
    for response, trigger in OWN_TRIGGERS.items():
        for state, other in product(COPY_STATES, ENTRY_STATES):
            assert COPY_TABLE[state, trigger].response is response
            assert ENTRY_TABLE[other, ANSWER_TRIGGERS[response]].response is response


def test_the_tables_are_coupled_by_the_updates():
    """What a change keeps or resets on one side, it keeps or resets on the other."""
    for state in COPY_STATES:
        assert ENTRY_TABLE[state, EntryTrigger.RESCHEDULED].response is Response.NOT_RESPONDED
        assert COPY_TABLE[state, CopyTrigger.RESCHEDULED].response is Response.NOT_RESPONDED
        assert ENTRY_TABLE[state, EntryTrigger.REVISED].response is state
        assert COPY_TABLE[state, CopyTrigger.REVISED].response is state


@pytest.mark.parametrize("state", ENTRY_STATES)
def test_an_answer_sets_response_time_and_proposal_whatever_was_before(state):
    before = entry(state, response_time=NOW - timedelta(days=1), proposal=SLOT)
    answered = next_entry(before, EntryTrigger.DECLINED, 3, NOW, None)
    assert (answered.response, answered.response_time, answered.proposal) == (Response.DECLINED, NOW, None)
    proposed = next_entry(before, EntryTrigger.TENTATIVE, 3, NOW, SLOT)
    assert (proposed.response, proposed.proposal) == (Response.TENTATIVE, SLOT)
    assert answered.asked == proposed.asked == 0


@pytest.mark.parametrize("state", ENTRY_STATES)
def test_rescheduling_clears_and_revising_keeps(state):
    before = entry(state, response_time=NOW, proposal=SLOT)
    assert next_entry(before, EntryTrigger.RESCHEDULED, 3) == entry(Response.NOT_RESPONDED, asked=3)
    assert next_entry(before, EntryTrigger.REVISED, 3) == before


def test_an_answer_counts_unless_it_is_older_than_the_question_or_than_another_answer():
    event = copy(is_organizer=True)
    asked = entry(asked=2, response_time=NOW)
    late = NOW + timedelta(minutes=1)
    assert answer_counts(event, asked, replace(facts_of(event), sequence=2), late)
    assert answer_counts(event, asked, replace(facts_of(event), sequence=2), NOW)
    assert not answer_counts(event, asked, replace(facts_of(event), sequence=1), late)
    assert not answer_counts(event, asked, replace(facts_of(event), sequence=2), NOW - timedelta(minutes=1))
    assert not answer_counts(replace(event, is_cancelled=True), asked, replace(facts_of(event), sequence=2), late)


@pytest.mark.parametrize(
    ("trigger", "shown", "place"),
    [
        (CopyTrigger.INVITED, ShowAs.TENTATIVE, Place.CALENDAR),
        (CopyTrigger.RESCHEDULED, ShowAs.TENTATIVE, Place.CALENDAR),
        (CopyTrigger.ACCEPT, ShowAs.OOF, Place.CALENDAR),
        (CopyTrigger.TENTATIVE, ShowAs.TENTATIVE, Place.CALENDAR),
        (CopyTrigger.DECLINE, ShowAs.FREE, Place.DELETED),
        (CopyTrigger.CANCELLED, ShowAs.FREE, Place.SAME),
    ],
)
@pytest.mark.parametrize("state", COPY_STATES)
def test_the_copy_shows_and_goes_as_the_table_says(state, trigger, shown, place):
    changed, where = next_copy(copy(state, intended_show_as=ShowAs.OOF, reply_time=NOW), trigger, NOW)
    assert changed.show_as is shown
    assert where is place
    assert changed.is_cancelled is (trigger is CopyTrigger.CANCELLED)
    asks = trigger in {CopyTrigger.INVITED, CopyTrigger.RESCHEDULED}
    assert changed.reply_time == (None if asks else NOW)


@pytest.mark.parametrize(
    ("showing", "busy", "free"),
    [
        (Showing.INTENDED, ShowAs.BUSY, ShowAs.FREE),
        (Showing.HELD, ShowAs.TENTATIVE, ShowAs.FREE),
        (Showing.TENTATIVE, ShowAs.TENTATIVE, ShowAs.TENTATIVE),
        (Showing.FREE, ShowAs.FREE, ShowAs.FREE),
    ],
)
def test_a_showing_follows_the_organizers_choice(showing, busy, free):
    assert shown_as(showing, ShowAs.BUSY) is busy
    assert shown_as(showing, ShowAs.FREE) is free


def test_a_request_asks_anew_reschedules_or_revises():
    assert copy_trigger(RequestKind.FULL_UPDATE, SLOT, None) is CopyTrigger.INVITED
    assert copy_trigger(RequestKind.FULL_UPDATE, None, copy(is_cancelled=True)) is CopyTrigger.INVITED
    assert copy_trigger(RequestKind.NEW, None, copy()) is CopyTrigger.INVITED
    assert copy_trigger(RequestKind.FULL_UPDATE, SLOT, copy()) is CopyTrigger.RESCHEDULED
    assert copy_trigger(RequestKind.FULL_UPDATE, None, copy()) is CopyTrigger.REVISED


def test_the_receiver_labels_updates_by_its_own_answer():
    informational, full = RequestKind.INFORMATIONAL_UPDATE, RequestKind.FULL_UPDATE
    assert received_kind(informational, None) is RequestKind.NEW
    assert received_kind(informational, copy(Response.NOT_RESPONDED)) is full
    assert received_kind(informational, copy(Response.ACCEPTED)) is informational
    assert received_kind(full, copy(Response.ACCEPTED)) is full
