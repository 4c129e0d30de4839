"""Listings: which items of a folder are asked for, in which order, and which part of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from fractions import Fraction
from typing import Any

import msgspec

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.items import Item, TimeSlot


class Order(StrEnum):
    """What a store knows of items without reading them: listings are sorted and narrowed by it fastest."""

    START = "start"  # of a calendar item, of a series' first occurrence, or of a message's meeting
    END = "end"
    SUBJECT = "subject"  # without regard to case
    CREATED = "created"
    MODIFIED = "modified"
    RECEIVED = "received"  # of a message; of a calendar item its creation
    SENT = "sent"  # likewise
    UNREAD = "unread"  # 1 for an unread message, 0 for everything else


class Relation(StrEnum):
    """How what is known of an item relates to a constant; nothing relates to what an item does not have."""

    EQUAL = "equal"
    LESS = "less"
    LESS_OR_EQUAL = "less_or_equal"
    GREATER = "greater"
    GREATER_OR_EQUAL = "greater_or_equal"
    BEGINS = "begins"  # of texts; the constant is not empty and does not end in the last character there is


@dataclass(frozen=True, slots=True)
class Related:
    """True of items of which what is known is so related to the constant; texts are given case-folded."""

    known: Order
    relation: Relation
    constant: datetime | str | int


@dataclass(frozen=True, slots=True)
class Every:
    """True where all parts are."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True where one of the parts is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """True where the part is not."""

    part: Condition


Condition = Related | Every | Some | Denied
"""What can be told of items without reading them."""

Key = Order | Callable[[Item], Any]
"""What items are sorted by: what is known of them, or a value read from each; items without it come first."""


class Edge(Enum):
    """Which items that end at the very start of a window belong to it."""

    OPEN = auto()  # none
    POINTS = auto()  # those without length
    CLOSED = auto()  # all


class Shelf(Enum):
    """In which part of a folder items lie."""

    NORMAL = auto()
    ASSOCIATED = auto()  # hidden items that belong to the folder itself
    RECOVERABLE = auto()  # items that were deleted and can be got back


@dataclass(frozen=True, slots=True)
class Seek:
    """Where a slice begins: at the first match of which something holds."""

    holds: Callable[[Item], bool]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which items of one folder, or of the whole mailbox, in which order.

    ``window`` keeps the calendar items of a folder that overlap it (end > window.start and start < window.end); series
    appear in it as their occurrences, elsewhere as their masters. ``where`` narrows what is read, outside of windows,
    and ``keep`` is applied to each item read; what neither leaves out is a match. A slice begins after so many
    matches, after a fraction of them, or where a search leads. With ``backwards`` it is counted and sought from the
    last match, and yet in order.
    """

    folder: FolderRef | None = None
    shelf: Shelf = Shelf.NORMAL
    window: TimeSlot | None = None
    edge: Edge = Edge.OPEN
    calendar_items: bool | None = None  # True: only calendar items; False: only messages; None: both
    where: Condition | None = None
    keep: Callable[[Item], bool] | None = None
    order: tuple[tuple[Key, bool], ...] = ()  # (key, descending); ties are broken by arrival
    offset: int | Fraction | Seek = 0
    limit: int | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a listing, the number of all matches, and how many of them lie before the slice.

    Of a slice taken backwards it is how many lie behind it.
    """

    items: tuple[Item, ...]
    total: int
    offset: int

    @property
    def size(self) -> int:
        """How many matches the slice has."""
        return len(self.items)

    @property
    def is_last(self) -> bool:
        """Whether nothing follows this slice."""
        return self.offset + len(self.items) >= self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How matches are gathered: by a value, which can be hashed, in the order of another one of each group.

    That one is the smallest or the greatest that ``aggregate`` has among the items of the group.
    """

    value: Callable[[Item], Any]
    aggregate: Callable[[Item], Any]
    of_greatest: bool
    descending: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Items that have a value in common, or those of them that a slice shows."""

    value: Any
    number: int  # among all groups, from 0
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class GroupedPage:
    """A slice of the rows of a grouped listing, in which each group is a row, followed by one for each of its items."""

    groups: tuple[Group, ...]
    size: int  # rows in the slice
    total: int
    offset: int
