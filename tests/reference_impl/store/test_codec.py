from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.items import Body, CalendarItem, Message, SeriesException, ShowAs, TimeSlot
from reference_impl.domain.mailbox import Folder, Mailbox, Person
from reference_impl.store.codec import decode, decode_at, encode

moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
st.register_type_strategy(datetime, moments)
st.register_type_strategy(str, texts)
st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    SeriesException,
    st.builds(
        SeriesException,
        day=st.dates(),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "subject": texts,
                "start": moments,
                "body": st.builds(Body, texts),
                "show_as": st.sampled_from(ShowAs),
                "sent_slot": st.none() | st.builds(TimeSlot, moments, moments),
                "reply_time": st.none() | moments,
                "is_cancelled": st.booleans(),
            },
        ),
    ),
)


@pytest.mark.parametrize("kind", [CalendarItem, Message, Mailbox, Folder])
def test_what_is_kept_is_what_is_read(kind):
    @given(st.from_type(kind))
    def check(value):
        assert decode(kind, encode(value)) == value

    check()


def test_what_is_read_at_a_place_is_remembered_as_long_as_its_text_stays():
    first, second = Person("a@example.com", "A"), Person("b@example.com", "B")
    kept = decode_at(("a test", 1), Person, encode(first))
    assert kept == first
    assert decode_at(("a test", 1), Person, encode(first)) is kept
    assert decode_at(("a test", 1), Person, encode(second)) == second
    assert decode_at(("a test", 2), Person, encode(first)) == first


def test_a_time_in_another_zone_is_the_same_moment():
    zoned = datetime(2026, 1, 5, 8, tzinfo=timezone(timedelta(hours=2)))
    event = CalendarItem(
        id="i",
        mailbox_id="m",
        folder_id="f",
        version=1,
        uid="u",
        start=zoned,
        end=zoned,
        organizer=Person("o@x"),
        created=zoned,
        modified=zoned,
    )
    assert decode(CalendarItem, encode(event)) == event


def test_a_member_that_older_payloads_lack_takes_its_default():
    folder = Folder(id="f", mailbox_id="m", name="Inbox")
    members = orjson.loads(encode(folder))
    del members["parent_id"]
    assert decode(Folder, orjson.dumps(members).decode()) == folder


def test_what_cannot_be_stored_says_so():
    with pytest.raises(TypeError):
        encode(object())
