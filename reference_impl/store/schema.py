"""The tables. Times are microseconds since 1970 (UTC); payloads are the whole domain value as JSON.

Mailboxes and folders have ids, which are the world's, and small numbers, by which rows name them: an act writes to
every index of every folder that it touches, and what it costs is for the most part how many pages those are.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
)

from reference_impl.domain.global_ids import made_at

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = 2**62
"""The end of what has none, as stored."""
ABSENT = -NEVER
"""The time of what has none, as stored: before every other one."""

metadata = MetaData()

# Compared by code point, so that listings have one order in every database.
_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")
_ID = String(64)


def _number() -> Column[int]:
    """A primary key that the store gives; in SQLite the table is kept in its order."""
    return Column("number", Integer, primary_key=True, autoincrement=False)


def _index_where(condition: ColumnElement[bool], name: str, *columns: str) -> Index:
    """An index of those rows alone of which a condition holds; SQLite uses it where a statement says the same."""
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


def _index_of_some(name: str, *columns: str, having: str) -> Index:
    """An index of those rows alone that have a value in a column; comparing that column with a value implies it."""
    return _index_where(literal_column(having).is_not(None), name, *columns)


# Every item has a value in these columns, for the driver takes long to bind a null.
IS_EVENT: Final = literal_column("span") >= literal_column("0")
IS_LONG: Final = literal_column("span") > literal_column("0")
REMINDS: Final = literal_column("remind") > literal_column(str(ABSENT))
HAD_ANOTHER_ID: Final = literal_column("lasting") != literal_column("''")


origin = Table(
    "meetproof",
    metadata,
    Column("schema", String(64), primary_key=True),  # the fingerprint of the tables that the database was made with
)

mailbox = Table(
    "mailbox",
    metadata,
    _number(),
    Column("id", _ID, nullable=False, unique=True),
    Column("address", _ORDERED, nullable=False, unique=True),  # case-folded
    Column("ordinal", Integer, nullable=False),
    Column("payload", Text, nullable=False),
)

folder = Table(
    "folder",
    metadata,
    _number(),  # in the order of their making
    Column("id", _ID, nullable=False, unique=True),
    Column("mailbox", Integer, nullable=False),
    Column("is_gone", Integer, nullable=False),  # 1 for a removed one, of which the log still tells
    Column("payload", Text, nullable=False),
    Index("folder_by_mailbox", "mailbox"),
)

folder_count = Table(
    "folder_count",
    metadata,
    Column("folder", Integer, primary_key=True, autoincrement=False),
    Column("total", Integer, nullable=False),  # items in it, associated ones apart
    Column("unread", Integer, nullable=False),
    Column("associated", Integer, nullable=False),
    Column("events", Integer, nullable=False),  # among the total, and likewise the messages; tasks are neither
    Column("messages", Integer, nullable=False),
    Column("latest", BigInteger, nullable=False),  # the log number of the last change of an item in it, or 0
    Column("changed", BigInteger, nullable=False),  # its time, or ABSENT
)

item = Table(
    "item",
    metadata,
    _number(),  # in the order of their making; never given twice
    Column("id", _ID, nullable=False),
    Column("mailbox", Integer, nullable=False),
    Column("folder", Integer, nullable=False),
    Column("kind", String(16), nullable=False),  # "event", "series" for the master of one, or a MessageKind
    Column("serial", BigInteger, nullable=False),  # the log number at creation
    Column("lasting", _ID, nullable=False),  # the id that it began with, or empty where that is its id
    Column("uid", BigInteger),  # the uid_key of the meeting, if any
    Column("span", Integer, nullable=False),  # the span_class of its length, of a series 1 at least; of a message -1
    Column("start", BigInteger, nullable=False),  # of an event or a whole series, or of a message's meeting, or 0
    Column("end", BigInteger, nullable=False),
    Column("remind", BigInteger, nullable=False),  # when a calendar item reminds, a series at the earliest, or ABSENT
    Column("begins", BigInteger, nullable=False),  # of an event or a series' first, of a message's meeting, or ABSENT
    Column("ends", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),  # of a message; of an event its creation
    Column("sent", BigInteger, nullable=False),  # likewise
    Column("created", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("unread", Integer, nullable=False),  # 1 for an unread message
    Column("associated", Integer, nullable=False),  # 1 for an item that folder listings do not show
    Column("subject", _ORDERED, nullable=False),  # case-folded
    Column("payload", Text, nullable=False),
    Index("item_by_id", "id", unique=True),
    Index("item_by_folder", "folder", "serial"),
    _index_where(IS_LONG, "item_by_span", "folder", "kind", "span", "start"),
    _index_where(IS_EVENT, "item_by_begins", "folder", "associated", "begins", "serial"),
    Index("item_by_received", "folder", "associated", "received", "serial"),
    _index_where(HAD_ANOTHER_ID, "item_by_lasting", "lasting"),
    _index_of_some("item_by_uid", "uid", "mailbox", having="uid"),
    _index_where(REMINDS, "item_by_reminder", "folder", "kind", "remind"),
)

# Items that were deleted and can be got back; they are in their folder for nobody but who asks for such items.
recoverable = Table(
    "recoverable",
    metadata,
    _number(),
    Column("id", _ID, nullable=False, unique=True),
    Column("folder", Integer, nullable=False),
    Column("serial", BigInteger, nullable=False),  # the log number at deletion
    Column("kind", String(16), nullable=False),
    Column("payload", Text, nullable=False),
    Index("recoverable_by_folder", "folder", "serial"),
)

change_log = Table(
    "change_log",
    metadata,
    Column("mailbox", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("change", String(16), nullable=False),  # a domain.changelog.Change
    Column("item_number", Integer),
    Column("item", _ID, nullable=False),  # its id, empty where a folder changed
    Column("folder", Integer, nullable=False),
    Column("fields", Text, nullable=False),  # names of the changed properties, separated by spaces
    Column("other_item", _ID, nullable=False),  # what it was copied or moved from, or moved to, or empty
    Column("other_folder", _ID, nullable=False),
    Column("lasting", _ID, nullable=False),  # the id that the item began with, or empty where that is its id
    Column("former", Text, nullable=False),  # of a series that has another recurrence now or is gone: what it had
    _index_of_some("change_log_by_item", "item_number", "version", having="item_number"),
    sqlite_with_rowid=False,
)

content = Table(
    "content",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the data
    Column("uses", Integer, nullable=False),  # attachments of stored and waiting items that have it
    Column("data", LargeBinary, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("mailbox", Integer, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("payload", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("due", BigInteger, nullable=False),  # the time of its delivery
    Column("payload", Text, nullable=False),
)

client_transaction = Table(
    "client_transaction",
    metadata,
    Column("mailbox", Integer, primary_key=True, autoincrement=False),
    Column("token", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)

SPANS = (timedelta(days=1), timedelta(days=32), timedelta(days=1830), timedelta(days=36600))
"""Upper bounds of the length classes. A window query reads, per class, only the starts that could still reach it."""
ENDLESS = len(SPANS)
"""The length class of series without end."""


@lru_cache(maxsize=1024)
def moment(time: datetime) -> int:
    """An aware time as stored; what is written together has few times among its many."""
    return (time - EPOCH) // MICROSECOND


def time_of(stored: int) -> datetime:
    """The aware time of a stored number."""
    return EPOCH + stored * MICROSECOND


def span_class(length: timedelta) -> int:
    """The index of the first bound in ``SPANS`` that ``length`` does not exceed; beyond all, ENDLESS."""
    return bisect_left(SPANS, length)


@lru_cache(maxsize=1024)
def uid_key(uid: str) -> int:
    """A number for a meeting's uid; other uids may have the same.

    Those of meetings that were made one after the other are neighbours, and so are their rows in the index.
    """
    made = made_at(uid)
    if made is not None:
        return made >> 16 << 22 & 2**63 - 1 | crc32(uid.encode()) >> 10
    return int.from_bytes(hashlib.blake2b(uid.encode(), digest_size=8).digest(), "big", signed=True)
