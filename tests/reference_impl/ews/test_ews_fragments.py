"""What FindItem keeps of unchanged items: only what cannot become wrong, and no more than there is room for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.items import Attendee, CalendarItem, MeetingFacts, Message, MessageKind, Response, TaskFacts
from reference_impl.domain.mailbox import Person
from reference_impl.ews.call import Call
from reference_impl.ews.fields.readers import is_lasting
from reference_impl.ews.fields.tables import TABLES
from reference_impl.ews.shapes import FRAGMENTS
from reference_impl.ews.versions import NEWEST
from reference_impl.ews.view import View, element_of

MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
SOMEBODY = Person("somebody@example.com", "Somebody")
moments = st.integers(0, 10**6).map(lambda hours: MOMENT + timedelta(hours=hours))
texts = st.text(max_size=10)
people = st.builds(Person, st.just("a@example.com"), texts)
PLACE = {"id": st.just("0" * 32), "mailbox_id": st.just("00000000-0000-4000-8000-000000000000"), "folder_id": texts}
TIMES = {"start": moments, "end": moments, "created": moments, "modified": moments}
FACTS = st.builds(
    MeetingFacts,
    start=moments,
    end=moments,
    start_zone=st.just("UTC"),
    end_zone=st.just("UTC"),
    organizer=people,
    attendees=st.just(()),
    recurrence=st.none(),
    exceptions=st.just(()),
    deleted=st.just(()),
    day=st.none(),
    place=st.none(),
    original_start=st.none() | moments,
    previous=st.none(),
    proposal=st.none(),
    response=st.sampled_from([Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED]),
    request_kind=...,
)
ITEMS = st.one_of(
    st.builds(
        CalendarItem,
        **PLACE,
        **TIMES,
        version=st.integers(0, 2**40),
        uid=texts,
        subject=texts,
        location=texts,
        organizer=people,
        show_as=...,
        is_all_day=...,
        is_cancelled=...,
        my_response=...,
        reply_time=st.none() | moments,
        reminder_minutes=st.integers(0, 10_000),
        attendees=st.lists(st.builds(Attendee, people), max_size=2).map(tuple),
    ),
    st.builds(
        Message,
        **PLACE,
        created=moments,
        modified=moments,
        version=st.integers(0, 2**40),
        kind=st.sampled_from([kind for kind in MessageKind if kind.value not in {"note", "automatic_reply", "task"}]),
        subject=texts,
        sender=people,
        meeting=FACTS,
        received=st.none() | moments,
        is_read=...,
    ),
    st.builds(
        Message,
        **PLACE,
        created=moments,
        modified=moments,
        version=st.integers(0, 2**40),
        kind=st.just(MessageKind.TASK),
        subject=texts,
        sender=people,
        task=st.builds(TaskFacts, start=st.none() | moments, due=st.none() | moments, completed=st.none() | moments),
    ),
)


class Nothing:
    """A world, or a person, at which nobody may look."""

    def __getattr__(self, name):
        raise AssertionError(f"something lasting looked at {name}")


@given(ITEMS)
def test_a_reader_of_what_lasts_looks_at_nothing_but_the_item(item):
    view = View(Call(Nothing(), Nothing(), NEWEST), item, found=True)
    table = TABLES[element_of(item)]
    readers = [field.read for field in table if is_lasting(field.read)]
    assert len(readers) > 10
    for read in readers:
        written = read(view)
        assert written is None or written.startswith("<t:")


def test_what_is_not_of_the_item_alone_does_not_last():
    elsewhere = {"EffectiveRights", "ResponseObjects", "ConflictingMeetingCount", "LastModifiedName", "IsRecurring"}
    found = {field.element for field in TABLES["CalendarItem"] if not is_lasting(field.read)}
    assert elsewhere <= found


RENAMED = (
    '<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem><t:Subject>Second</t:Subject>'
    "</t:CalendarItem></t:SetItemField>"
)


def listed(speaker):
    (found,) = speaker.find("calendar", shape="Default").all("CalendarItem")
    return {child.tag.rpartition("}")[2]: child.text for child in found}


@pytest.mark.parametrize("version", ["Exchange2007_SP1", "Exchange2016"])
def test_an_item_is_shown_as_it_is_after_every_change(organizer, version):
    organizer = organizer.at(version)
    organizer.create(subject="First", sending="SendToNone")
    assert listed(organizer)["Subject"] == "First"
    before = len(FRAGMENTS)
    assert listed(organizer) == listed(organizer)
    assert len(FRAGMENTS) == before
    (item_id,) = organizer.find("calendar").ids("CalendarItem")
    organizer.update(item_id, RENAMED)
    assert listed(organizer)["Subject"] == "Second"
