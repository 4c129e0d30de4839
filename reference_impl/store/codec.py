"""The one codec between domain values and the JSON kept in payload columns.

msgspec reads and writes Structs and dataclasses by their declared field types, so a field added to a domain class is
stored and read without further words here. Members of items that have the field's default are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any, Final, TypeVar, cast, get_type_hints

import msgspec

from reference_impl.domain.items import CalendarItem, EventChanges

Value = TypeVar("Value")

_ENCODER = msgspec.json.Encoder(order="deterministic")  # sets have no order of their own


def encode(value: object) -> str:
    """The JSON text of a Struct, or of a dataclass, of such, of enumerations, times, tuples, sets and plain values."""
    return _ENCODER.encode(value).decode()


def decode(kind: type[Value], text: str) -> Value:
    """The value of class ``kind`` whose JSON is ``text``; equal texts give the same (immutable) object."""
    return cast("Value", _remembered(cast("Any", kind), text))


def decode_once(kind: type[Value], text: str) -> Value:
    """The same without remembering it: for what is large and seldom read."""
    return cast("Value", _decoder(cast("Any", kind)).decode(text))


def decode_at(place: Hashable, kind: type[Value], text: str) -> Value:
    """The same of a row, remembered by its place, such as an id, as long as its text stays.

    To compare a long text takes a fraction of what it takes to hash it.
    """
    known = _READ.get(place)
    if known is not None and known[0] == text:
        return cast("Value", known[1])
    value = decode_once(kind, text)
    with _READING:
        _READ[place] = text, value
        if len(_READ) > _MOST:
            del _READ[next(iter(_READ))]
    return value


_MOST: Final = 8192
_READ: Final[dict[Hashable, tuple[str, Any]]] = {}
_READING: Final = threading.Lock()


@lru_cache(maxsize=_MOST)
def _remembered(kind: Any, text: str) -> Any:
    return _decoder(kind).decode(text)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=_own_classes)


def _own_classes(kind: type[Any], members: Any) -> Any:
    """What msgspec leaves to its user: some attributes of a class, each of which is read as it is there."""
    assert kind is EventChanges, f"{kind.__name__} cannot be stored"
    types = _attributes(CalendarItem)
    return EventChanges(
        (name, msgspec.convert(value, types[name], dec_hook=_own_classes)) for name, value in members.items()
    )


@cache
def _attributes(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)
