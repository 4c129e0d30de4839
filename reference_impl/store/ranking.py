"""The order of a listing told from its items, where the database does not know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.domain.queries import Key, Order, Query

Numbered = tuple[int, Item]
"""An item with its serial number, which tells the order of arrival in its mailbox."""

Rank = tuple[Any, ...]
"""Where an item stands: comparable with the ranks of the same ranking."""

Ranking = Callable[[Item], Rank]


def _begin(item: Item) -> Any:
    if isinstance(item, CalendarItem):
        return item.start
    return None if item.meeting is None else item.meeting.start


def _end(item: Item) -> Any:
    if isinstance(item, CalendarItem):
        return item.end
    return None if item.meeting is None else item.meeting.end


KNOWN: Final[Mapping[Order, Callable[[Item], Any]]] = {
    Order.START: _begin,
    Order.END: _end,
    Order.SUBJECT: lambda item: item.subject.casefold(),
    Order.CREATED: lambda item: item.created,
    Order.MODIFIED: lambda item: item.modified,
    Order.RECEIVED: lambda item: (item.received or item.created) if isinstance(item, Message) else item.created,
    Order.SENT: lambda item: (item.sent or item.created) if isinstance(item, Message) else item.created,
    Order.UNREAD: lambda item: int(isinstance(item, Message) and not item.is_read),
}
"""What each column holds, read from an item."""


class Reversed:
    """A value that stands where its contrary would."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __lt__(self, other: Reversed) -> bool:
        less: bool = other._value < self._value
        return less

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reversed) and bool(self._value == other._value)

    __hash__ = None  # type: ignore[assignment]  # only ever compared


def ranking(order: tuple[tuple[Key, bool], ...], *, backwards: bool = False) -> Ranking:
    """The ranking by several keys, the first of which weighs most; what has no value stands before what has one."""
    keys = [(KNOWN[key] if isinstance(key, Order) else key, descending is not backwards) for key, descending in order]

    def rank(item: Item) -> Rank:
        return tuple(Reversed(_value(key(item))) if reverse else _value(key(item)) for key, reverse in keys)

    return rank


def numbered_ranking(query: Query) -> Callable[[Numbered], Rank]:
    """The ranking that a query asks for, where no two items have the same rank."""
    rank_of, sign = ranking(query.order, backwards=query.backwards), -1 if query.backwards else 1

    def rank(numbered: Numbered) -> Rank:
        serial, item = numbered
        return (*rank_of(item), sign * serial)

    return rank


def _value(found: Any) -> tuple[bool, Any]:
    return (False, 0) if found is None else (True, found)
