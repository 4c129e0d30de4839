"""Rows are written as tuples: what stands where in them is what the statements take there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from reference_impl.domain.items import CalendarItem, MeetingFacts, Message, MessageKind, ShowAs
from reference_impl.domain.mailbox import Person
from reference_impl.store.codec import encode
from reference_impl.store.columns import COLUMNS, Share, columns
from reference_impl.store.schema import ABSENT, moment, uid_key
from reference_impl.store.statements import Statements

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADELE = Person("adele@example.com")
ORDERS = {
    "put_item": ("folder", "kind", *COLUMNS, "key"),
    "adjust_folder": (*(f"{name}_more" for name in Share._fields), "latest", "changed", "key"),
}
ADDED = {
    "add_item": ("number", "id", "mailbox", "folder", "kind", "serial", *COLUMNS),
    "log": (
        *("mailbox", "version", "time", "change", "item_number", "item", "folder", "fields"),
        *("other_item", "other_folder", "lasting", "former"),
    ),
}
in_every_language = pytest.mark.parametrize(
    "dialect", [sqlite.dialect(), psycopg.dialect()], ids=lambda dialect: dialect.name
)


@in_every_language
@pytest.mark.parametrize("name", ORDERS)
def test_statements_take_values_in_the_order_in_which_they_are_given(name, dialect):
    statement = Statements(dialect)[name]
    assert statement.names == ORDERS[name]
    values = tuple(range(len(ORDERS[name])))
    assert statement.arrange(values) == statement.bind(dict(zip(ORDERS[name], values, strict=True)))


@in_every_language
@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("count", [1, 3])
def test_rows_that_are_added_together_come_one_after_the_other(name, count, dialect):
    statement = Statements(dialect).inserting(name, count)
    assert statement.names == tuple(f"{column}_{row}" for row in range(count) for column in ADDED[name])


def test_an_event_has_its_own_times_and_those_of_its_making():
    event = CalendarItem(
        id="1",
        mailbox_id="m",
        folder_id="f",
        version=1,
        uid="U",
        start=NOON,
        end=NOON + HOUR,
        subject="Übersicht",
        organizer=ADELE,
        reminder_minutes=5,
        lasting_id="0",
        created=NOON - HOUR,
        modified=NOON - HOUR / 2,
    )
    created = moment(NOON - HOUR)
    assert dict(zip(COLUMNS, columns(event), strict=True)) == {
        "lasting": "0",
        "uid": uid_key("U"),
        "span": 0,
        "start": moment(NOON),
        "end": moment(NOON + HOUR),
        "remind": moment(NOON - timedelta(minutes=5)),
        "begins": moment(NOON),
        "ends": moment(NOON + HOUR),
        "received": created,
        "sent": created,
        "created": created,
        "modified": moment(NOON - HOUR / 2),
        "unread": 0,
        "associated": 0,
        "subject": "übersicht",
        "payload": encode(event),
    }


@pytest.mark.parametrize("is_of_meeting", [True, False])
def test_a_message_has_its_own_times_and_those_of_its_meeting(is_of_meeting):
    facts = MeetingFacts("U", NOON, NOON + HOUR, "UTC", "UTC", False, "", ADELE, (), 0, ShowAs.BUSY, True, True)
    message = Message(
        id="1",
        mailbox_id="m",
        folder_id="f",
        version=1,
        kind=MessageKind.REQUEST if is_of_meeting else MessageKind.NOTE,
        subject="Plan",
        sender=ADELE,
        sent=NOON - 2 * HOUR,
        received=NOON - HOUR,
        created=NOON - 3 * HOUR,
        modified=NOON - HOUR / 2,
        meeting=facts if is_of_meeting else None,
    )
    assert dict(zip(COLUMNS, columns(message), strict=True)) == {
        "lasting": "",
        "uid": uid_key("U") if is_of_meeting else None,
        "span": -1,
        "start": moment(NOON) if is_of_meeting else 0,
        "end": moment(NOON + HOUR) if is_of_meeting else 0,
        "remind": ABSENT,
        "begins": moment(NOON) if is_of_meeting else ABSENT,
        "ends": moment(NOON + HOUR) if is_of_meeting else ABSENT,
        "received": moment(NOON - HOUR),
        "sent": moment(NOON - 2 * HOUR),
        "created": moment(NOON - 3 * HOUR),
        "modified": moment(NOON - HOUR / 2),
        "unread": 1,
        "associated": 0,
        "subject": "plan",
        "payload": encode(message),
    }


def made_at(moment_made, rest="0" * 32):
    """A global object id."""
    ticks = (moment_made - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    return (
        f"040000008200E00074C5B7101A82E00800000000{ticks.to_bytes(8, 'little').hex().upper()}{'0' * 16}10000000{rest}"
    )


def test_meetings_that_are_made_one_after_the_other_are_neighbours_by_their_uids():
    keys = [uid_key(made_at(NOON + second * timedelta(seconds=1))) for second in range(100)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_meetings_that_are_made_at_once_are_told_apart_by_their_uids():
    assert len({uid_key(made_at(NOON, f"{number:032X}")) for number in range(1000)}) > 990


@pytest.mark.parametrize(
    "uid",
    [
        *("", "U", "ü" * 300, "040000008200E00074C5B7101A82E008", "040000008200E00074C5B7101A82E008 no hex at all"),
        *(made_at(datetime.max.replace(tzinfo=UTC)), "040000008200E00074C5B7101A82E008" + "F" * 80),
    ],
)
def test_any_uid_has_a_number_that_a_database_can_keep(uid):
    assert -(2**63) <= uid_key(uid) < 2**63
