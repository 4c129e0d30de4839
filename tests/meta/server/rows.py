"""The rows of a table of the server, and what can be done to each: dropped, or one value in it altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

import msgspec

from reference_impl.domain.copying import replace

DROPPED = "dropped"
_NAMES = ("uri", "element", "name", "user")  # what a row that is an object is called by
_DEPTH = 3  # of tables within tables


@dataclass(frozen=True, slots=True)
class Alteration:
    """One row of a table dropped or altered: its name, what becomes of it, and the table made so."""

    row: str
    change: str
    made: Callable[[], Any]


def is_record(value: Any) -> bool:
    """Whether a value, or a class, has columns: those of a dataclass or of a Struct."""
    return is_dataclass(value) or hasattr(value, "__struct_fields__")


def columns(row: Any) -> Iterator[tuple[str, bool]]:
    """The name of each column of a row, and whether nothing stands in it where nothing else is given."""
    for column in fields(row) if is_dataclass(row) else msgspec.structs.fields(row):
        yield column.name, column.default is None


def label(value: Any) -> str:
    """What a row, or a value in it, is called."""
    named = next((found for name in _NAMES if isinstance(found := getattr(value, name, None), str)), None)
    if isinstance(value, Enum):
        told = str(value.name).lower()
    elif isinstance(value, type):
        told = value.__name__
    elif isinstance(value, tuple) and not hasattr(value, "_fields"):
        told = ", ".join(map(label, value[:2]))
    elif isinstance(value, AbstractSet):
        told = "{" + ", ".join(sorted(map(label, value))) + "}"
    elif named is not None:
        told = named
    elif is_record(value):
        told = ", ".join(label(getattr(value, name)) for name, _ in columns(value) if _tells(value, name))
    elif callable(value):
        told = getattr(value, "__qualname__", type(value).__name__)
    else:
        told = str(value)
    return told


def _tells(value: Any, name: str) -> bool:
    return isinstance(getattr(value, name), str | int | Enum)


def words(value: Any) -> Iterator[str]:
    """The texts in a row, by which messages that it made can be known."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | AbstractSet):
        for each in value:
            yield from words(each)
    elif is_record(value):
        for name in _NAMES:
            if isinstance(found := getattr(value, name, None), str):
                yield found.rpartition(":")[2]
        if isinstance(key := getattr(value, "key", None), str):  # of an extended property
            yield key


def alterations(table: Any, depth: int = _DEPTH) -> Iterator[Alteration]:
    """Every row dropped, and every value of every row altered once."""
    if isinstance(table, Mapping):
        yield from _of_mapping(table, depth)
    elif isinstance(table, AbstractSet):
        for each in sorted(table, key=label):
            yield Alteration(label(each), DROPPED, lambda each=each: type(table)(one for one in table if one != each))
    elif isinstance(table, tuple):
        yield from _of_tuple(table)
    elif is_record(table) and isinstance(rows := getattr(table, "fields", None), tuple):
        for one in _of_tuple(rows):
            yield replace(one, made=lambda one=one: replace(table, fields=one.made()))


def _of_mapping(table: Mapping[Any, Any], depth: int) -> Iterator[Alteration]:
    peers = list(table.values())
    for key, value in table.items():
        if _is_table(value) and depth > 1:
            for one in alterations(value, depth - 1):
                yield replace(one, row=f"{label(key)} / {one.row}", made=lambda k=key, o=one: {**table, k: o.made()})
            continue
        yield Alteration(label(key), DROPPED, lambda key=key: {k: v for k, v in table.items() if k != key})
        for change, other in _others(value, peers):
            yield Alteration(label(key), change, lambda key=key, other=other: {**table, key: other})


def _is_table(value: Any) -> bool:
    rows = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return isinstance(value, Mapping) or (bool(rows) and all(is_record(row) for row in rows))


def _of_tuple(table: tuple[Any, ...]) -> Iterator[Alteration]:
    for place, row in enumerate(table):
        before, after = table[:place], table[place + 1 :]
        yield Alteration(label(row), DROPPED, lambda b=before, a=after: (*b, *a))
        if isinstance(row, str | Enum):
            if after:
                swapped = (*before, after[0], row, *after[1:])
                yield Alteration(label(row), f"after {label(after[0])}", lambda swapped=swapped: swapped)
            continue
        for change, other in _others(row, list(table)):
            yield Alteration(label(row), change, lambda b=before, a=after, other=other: (*b, other, *a))


def _others(value: Any, peers: list[Any]) -> Iterator[tuple[str, Any]]:
    """Other values for this one, each with what was changed; ``peers`` are the values of the table's other rows."""
    for kind, others in _OTHERS.items():
        if isinstance(value, kind):
            yield from others(value, peers)
            return
    if is_record(value) and not isinstance(value, type):
        yield from _of_object(value, [one for one in peers if type(one) is type(value)])
    elif callable(value):
        other = next((one for one in _after(value, peers) if callable(one) and one is not value), None)
        if other is not None:
            yield "as the next", other


def _flipped(value: bool, _peers: list[Any]) -> Iterator[tuple[str, Any]]:
    yield f"{value} -> {not value}", not value


def _next_member(value: Enum, _peers: list[Any]) -> Iterator[tuple[str, Any]]:
    members = list(type(value))
    other = members[(members.index(value) + 1) % len(members)]
    if other is not value:
        yield f"{label(value)} -> {label(other)}", other


def _one_more(value: float, _peers: list[Any]) -> Iterator[tuple[str, Any]]:
    yield f"{value} -> {value + 1}", value + 1


def _another_text(value: str, peers: list[Any]) -> Iterator[tuple[str, Any]]:
    other = next((one for one in _after(value, peers) if isinstance(one, str) and one != value), f"x{value}")
    yield f"{value} -> {other}", other


def _without_one(value: AbstractSet[Any], _peers: list[Any]) -> Iterator[tuple[str, Any]]:
    for one in alterations(value):
        yield f"without {one.row}", one.made()


def _with_another_part(value: tuple[Any, ...], peers: list[Any]) -> Iterator[tuple[str, Any]]:
    for place, part in enumerate(value):
        columns = [one[place] for one in peers if isinstance(one, tuple) and len(one) > place]
        for change, other in _others(part, columns):
            yield change, (*value[:place], other, *value[place + 1 :])


# The first kind that a value is of counts: what is a member of an enumeration or a truth is a text or a number, too.
_OTHERS: Mapping[Any, Callable[[Any, list[Any]], Iterator[tuple[str, Any]]]] = {
    bool: _flipped,
    Enum: _next_member,
    (int, float): _one_more,
    str: _another_text,
    AbstractSet: _without_one,
    tuple: _with_another_part,
}


def _after(value: Any, peers: list[Any]) -> list[Any]:
    """The other values of a table, beginning behind this one."""
    place = next((number for number, one in enumerate(peers) if one is value), 0)
    return [*peers[place + 1 :], *peers[:place]]


def _of_object(row: Any, peers: list[Any]) -> Iterator[tuple[str, Any]]:
    """A row with one of its columns altered; what names it stays, and what may be missing is missing."""
    for name, is_optional in columns(row):
        value = getattr(row, name)
        if name in _NAMES or value is None:
            continue
        if is_optional:
            yield f"no {name}", replace(row, **{name: None})
        elif isinstance(value, tuple):
            if value:
                yield f"no {name}", replace(row, **{name: ()})
        elif not callable(value) or isinstance(value, type):
            for change, other in _others(value, [getattr(one, name) for one in peers]):
                yield f"{name}: {change}", replace(row, **{name: other})
