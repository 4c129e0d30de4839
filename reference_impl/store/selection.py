"""Selections of items as SQL: the rows of a folder, of a window, or such of which a condition holds, in an order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import count
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from reference_impl.domain.items import MessageKind, TimeSlot
from reference_impl.domain.queries import Condition, Denied, Edge, Every, Order, Related, Relation, Shelf, Some
from reference_impl.store.columns import EVENT, SERIES
from reference_impl.store.schema import (
    ABSENT,
    ENDLESS,
    IS_EVENT,
    IS_LONG,
    MICROSECOND,
    NEVER,
    SPANS,
    item,
    moment,
    recoverable,
)

COLUMNS: Final[Mapping[Order, str]] = {
    Order.START: "begins",
    Order.END: "ends",
    Order.SUBJECT: "subject",
    Order.CREATED: "created",
    Order.MODIFIED: "modified",
    Order.RECEIVED: "received",
    Order.SENT: "sent",
    Order.UNREAD: "unread",
}

_RELATIONS: Final[Mapping[Relation, Callable[[Any, Any], Any]]] = {
    Relation.EQUAL: operator.eq,
    Relation.LESS: operator.lt,
    Relation.LESS_OR_EQUAL: operator.le,
    Relation.GREATER: operator.gt,
    Relation.GREATER_OR_EQUAL: operator.ge,
}
_HALF_OPEN: Final = frozenset({Relation.LESS, Relation.LESS_OR_EQUAL})
_MAY_LACK: Final = frozenset({Order.START, Order.END})
_SURROGATES: Final = range(0xD800, 0xE000)

_NO_MESSAGES: tuple[ColumnElement[str], ...] = tuple(
    literal_column(f"'{kind}'") for kind in (EVENT, SERIES, MessageKind.TASK)
)


class Shape(NamedTuple):
    """What makes one selection's statement differ from another's; recoverable items are known by nothing else."""

    in_window: str | None = None  # the kind of the rows that overlap the window: EVENT or SERIES
    shelf: Shelf = Shelf.NORMAL
    calendar_items: bool | None = None
    where: Hashable = None  # the outline of a condition
    order: tuple[tuple[str, bool], ...] = ()
    backwards: bool = False


def rows(shape: Shape) -> Select[Any]:
    """Serial number, kind and payload of the rows, in order, from ``offset`` on and ``limit`` at most."""
    found = _selected(shape)
    keys = [
        found.c[column].desc() if descending is not shape.backwards else found.c[column].asc()
        for column, descending in shape.order
    ]
    serial = found.c.serial.desc() if shape.backwards else found.c.serial.asc()
    ordered = select(found.c.serial, found.c.kind, found.c.payload).order_by(*keys, serial)
    return ordered.limit(bindparam("limit", type_=BigInteger)).offset(bindparam("offset", type_=BigInteger))


def in_no_order(shape: Shape) -> CompoundSelect[Any]:
    """What a window's rows are ordered by, then serial number and payload; ``limit`` rows at most.

    They come in half the time where the database does not sort them.
    """
    assert shape.in_window is not None
    columns = (*(item.c[column] for column, _ in shape.order), item.c.serial, item.c.payload)
    found = _overlapping(_in_folder(shape).with_only_columns(*columns), shape.in_window)
    return found.limit(bindparam("limit", type_=BigInteger)).offset(literal_column("0"))


def sorted_rows(found: Iterable[tuple[Any, ...]], shape: Shape) -> list[tuple[Any, ...]]:
    """What ``in_no_order`` found, in the order in which ``rows`` has it."""
    assert not shape.backwards
    ordered = sorted(found)  # payloads are not compared, for serial numbers differ
    if any(descending for _, descending in shape.order):
        for number, (_, descending) in reversed([*enumerate(shape.order)]):
            ordered.sort(key=itemgetter(number), reverse=descending)
    return ordered


def counting(shape: Shape) -> Select[Any]:
    """The number of the rows."""
    return select(func.count()).select_from(_selected(shape))


def columns_of(order: tuple[tuple[Order, bool], ...]) -> tuple[tuple[str, bool], ...]:
    """The columns of an order, each once."""
    columns: dict[str, bool] = {}
    for key, descending in order:
        columns.setdefault(COLUMNS[key], descending)
    return tuple(columns.items())


def reach(window: TimeSlot, edge: Edge) -> dict[str, int]:
    """The ends of a window, and per length class the earliest start from which an item can still reach it."""
    begin = moment(window.start)
    start = begin if edge is Edge.OPEN else begin - 1
    reach = {name: start - length for name, length in _LENGTHS}
    edge_of_points = start if edge is Edge.CLOSED else begin
    return reach | {_ENDLESS_REACH: -NEVER, "start": start, "end": moment(window.end), "edge": edge_of_points}


_LENGTHS: Final = tuple((f"reach{index}", bound // MICROSECOND) for index, bound in enumerate(SPANS))
_ENDLESS_REACH: Final = f"reach{ENDLESS}"


def outline(condition: Condition) -> Hashable:
    """A condition without its constants."""
    match condition:
        case Related(known, relation, _):
            return known, relation
        case Denied(part):
            return "not", outline(part)
        case Every(parts):
            return "and", *(outline(part) for part in parts)
        case Some(parts):
            return "or", *(outline(part) for part in parts)


def constants(condition: Condition) -> dict[str, object]:
    """The constants of a condition as its statement names them."""
    return {f"constant{number}": value for number, value in enumerate(_constants(condition))}


def _constants(condition: Condition) -> Iterator[object]:
    match condition:
        case Related(_, Relation.BEGINS, str(text)):
            yield text
            yield _beyond(text)
        case Related(_, _, constant):
            yield constant if isinstance(constant, (str, int)) else moment(constant)
        case Denied(part):
            yield from _constants(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _constants(part)


def _beyond(text: str) -> str:
    """The first text behind all that begin with this one, whose last character has one behind it."""
    point = ord(text[-1]) + 1
    return text[:-1] + chr(_SURROGATES.stop if point in _SURROGATES else point)


def _selected(shape: Shape) -> Subquery:
    if shape.shelf is Shelf.RECOVERABLE:
        return select(recoverable).where(recoverable.c.folder == bindparam("folder")).subquery()
    found = _in_folder(shape)
    if shape.in_window is not None:
        return _overlapping(found, shape.in_window).subquery()
    if shape.calendar_items is not None:
        kind = item.c.kind
        found = found.where(IS_EVENT if shape.calendar_items else kind.not_in(_NO_MESSAGES))
    if shape.where is not None:
        found = found.where(_expression(shape.where, count()))
    return found.subquery()


def _in_folder(shape: Shape) -> Select[Any]:
    associated: ColumnElement[int] = literal_column("1" if shape.shelf is Shelf.ASSOCIATED else "0")
    return select(item).where(item.c.folder == bindparam("folder"), item.c.associated == associated)


def _expression(part: Any, numbers: Iterator[int]) -> ColumnElement[bool]:
    """The outline of a condition as SQL; constants are numbered as they come."""
    head, *rest = part
    if head == "not":
        return not_(_expression(rest[0], numbers))
    if head in {"and", "or"}:
        parts = [_expression(inner, numbers) for inner in rest]
        return and_(*parts) if head == "and" else or_(*parts)
    (relation,) = rest
    column = item.c[COLUMNS[head]]
    if relation is Relation.BEGINS:
        return and_(column >= _constant(numbers), column < _constant(numbers))
    related: ColumnElement[bool] = _RELATIONS[relation](column, _constant(numbers))
    if relation in _HALF_OPEN and head in _MAY_LACK:
        return and_(related, column > literal_column(str(ABSENT)))
    return related


def _constant(numbers: Iterator[int]) -> BindParameter[Any]:
    return bindparam(f"constant{next(numbers)}")


def _overlapping(found: Select[Any], kind: str) -> CompoundSelect[Any]:
    """Those of the rows that are calendar items of this kind, end after the window's start and start before its end.

    Each length class is a search of its own, of only those starts from which it can still reach the window: what is
    long over costs nothing.
    """
    classes = range(1 if kind == SERIES else 0, ENDLESS + 1)
    return union_all(*(_of_class(found, kind, index) for index in classes))


def _of_class(found: Select[Any], kind: str, index: int) -> Select[Any]:
    # Events of the first class are found in the order of their begin, for which there is an index anyway.
    start, is_indexed = (item.c.begins, IS_EVENT) if index == 0 else (item.c.start, IS_LONG)
    return found.where(
        item.c.kind == literal_column(f"'{kind}'"),
        is_indexed,
        item.c.span == literal_column(str(index)),
        start >= bindparam(f"reach{index}"),
        start < bindparam("end"),
        item.c.end > bindparam("start"),
        or_(item.c.end > bindparam("edge"), start >= bindparam("edge")),
    )
