"""The tables. Times are microseconds since 1970 (UTC); payloads are the whole domain value as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData()

# Compared by code point, so that listings have one order in every database.
_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")
_ID = String(64)

mailbox = Table(
    "mailbox",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("address", _ORDERED, nullable=False, unique=True),  # case-folded
    Column("ordinal", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),  # number of the last change in the log
    Column("payload", Text, nullable=False),
)

folder = Table(
    "folder",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("mailbox", _ID, nullable=False),
    Column("role", String(32)),
    Column("ordinal", Integer, nullable=False),
    Column("total", Integer, nullable=False),  # items in it, associated ones apart
    Column("unread", Integer, nullable=False),
    Column("associated", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Index("folder_by_mailbox", "mailbox", "ordinal"),
)

item = Table(
    "item",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("mailbox", _ID, nullable=False),
    Column("folder", _ID, nullable=False),
    Column("kind", String(16), nullable=False),  # "event", "series" for the master of one, or a MessageKind
    Column("serial", BigInteger, nullable=False),  # the log number at creation
    Column("uid", _ORDERED, nullable=False),  # of the meeting, or empty
    Column("span", Integer, nullable=False),  # the class of its length, see span_class; -1 for messages
    Column("start", BigInteger, nullable=False),  # of an event or a whole series, or of a message's meeting, or 0
    Column("end", BigInteger, nullable=False),
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
    Index("item_by_folder", "mailbox", "folder", "serial"),
    Index("item_by_span", "mailbox", "folder", "span", "start"),
    Index("item_by_uid", "mailbox", "uid", "serial"),
    *(
        Index(f"item_by_{name}", "mailbox", "folder", "associated", name, "serial")
        for name in ("begins", "received", "sent", "created", "modified", "subject")
    ),
)

# Items that were deleted and can be got back; they are in their folder for nobody but who asks for such items.
recoverable = Table(
    "recoverable",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("mailbox", _ID, nullable=False),
    Column("folder", _ID, nullable=False),
    Column("serial", BigInteger, nullable=False),  # the log number at deletion
    Column("kind", String(16), nullable=False),
    Column("payload", Text, nullable=False),
    Index("recoverable_by_folder", "mailbox", "folder", "serial"),
)

change_log = Table(
    "change_log",
    metadata,
    Column("mailbox", _ID, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("change", String(16), nullable=False),  # a domain.changelog.Change
    Column("item", _ID, nullable=False),  # empty where a folder changed
    Column("folder", _ID, nullable=False),
    Column("fields", Text, nullable=False),  # names of the changed properties, separated by spaces
    Column("other_item", _ID, nullable=False),  # what it was copied or moved from, or moved to, or empty
    Column("other_folder", _ID, nullable=False),
    Index("change_log_by_item", "mailbox", "item", "version"),
    Index("change_log_by_folder", "mailbox", "folder", "version"),
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
    Column("mailbox", _ID, primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("payload", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("recipient", _ID, nullable=False),
    Column("payload", Text, nullable=False),
)

client_transaction = Table(
    "client_transaction",
    metadata,
    Column("mailbox", _ID, primary_key=True),
    Column("token", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)

SPANS = (timedelta(days=1), timedelta(days=32), timedelta(days=1830), timedelta(days=36600))
"""Upper bounds of the length classes. A window query reads, per class, only the starts that could still reach it."""
ENDLESS = len(SPANS)
"""The length class of series without end."""
NEVER = 2**62
"""The end of what has none, as stored."""
ABSENT = -NEVER
"""The time of what has none, as stored: before every other one."""


def moment(time: datetime) -> int:
    """An aware time as stored."""
    return (time - EPOCH) // MICROSECOND


def time_of(stored: int) -> datetime:
    """The aware time of a stored number."""
    return EPOCH + stored * MICROSECOND


def span_class(length: timedelta) -> int:
    """The index of the first bound in ``SPANS`` that ``length`` does not exceed; beyond all, ENDLESS."""
    return next((index for index, bound in enumerate(SPANS) if length <= bound), ENDLESS)
