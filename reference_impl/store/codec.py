"""The one codec between domain values and the JSON kept in payload columns.

Encoding is orjson's own of dataclasses. Decoding is compiled once per class from the declared field types, so a field
added to a domain class is stored and read without further words here; absent members take the field's default.
"""

from __future__ import annotations

import base64
import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from reference_impl.domain.items import CalendarItem

Value = TypeVar("Value")
Decoder = Callable[[Any], Any]

_PLAIN = (str, int, float, bool, type(None))

_FROM_TEXT: Mapping[Any, Decoder] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    bytes: base64.b64decode,
}

# The classes of which some attributes may be stored alone: Annotated[Mapping[str, Any], "name of the class"].
_IN_PART: Mapping[str, type[Any]] = {"CalendarItem": CalendarItem}


def encode(value: object) -> str:
    """The JSON text of a dataclass of dataclasses, enumerations, times, tuples, frozen sets, bytes and plain values."""
    return orjson.dumps(value, default=_as_json).decode()


def _as_json(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be stored")


def decode(kind: type[Value], text: str) -> Value:
    """The value of class ``kind`` whose JSON is ``text``; equal texts give the same (immutable) object."""
    return cast("Value", _remembered(cast("Any", kind), text))


def decode_once(kind: type[Value], text: str) -> Value:
    """The same without remembering it: for what is large and seldom read."""
    return cast("Value", _decoder(cast("Any", kind))(orjson.loads(text)))


@lru_cache(maxsize=8192)
def _remembered(kind: Any, text: str) -> Any:
    return _decoder(kind)(orjson.loads(text))


@cache
def _decoder(annotation: Any) -> Decoder:
    """The function that turns parsed JSON into a value of the annotated type."""
    if annotation in _PLAIN:
        return _as_is
    if annotation in _FROM_TEXT:
        return _FROM_TEXT[annotation]
    origin = get_origin(annotation)
    return _simple(annotation) if origin is None else _generic(annotation, origin, get_args(annotation))


def _generic(annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> Decoder:
    if origin is Union or origin is types.UnionType:
        return _optional(annotation, arguments)
    if origin in {tuple, frozenset}:
        return _collection(origin, arguments)
    if origin is Annotated and get_origin(arguments[0]) is Mapping:
        return _in_part(_IN_PART[arguments[1]])
    raise _unknown(annotation)


def _simple(annotation: Any) -> Decoder:
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _dataclass(annotation)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        members: dict[Any, Any] = {member.value: member for member in annotation}
        return members.__getitem__
    raise _unknown(annotation)


def _unknown(annotation: Any) -> TypeError:
    return TypeError(
        f"{annotation!r} cannot be stored: it is no dataclass, enumeration, time, day, tuple, set, bytes or plain value"
    )


def _as_is(value: Any) -> Any:
    return value


def _optional(annotation: Any, arguments: tuple[Any, ...]) -> Decoder:
    inner = [argument for argument in arguments if argument is not type(None)]
    if len(inner) != 1 or len(inner) == len(arguments):
        raise TypeError(f"{annotation!r} cannot be stored: only unions with None are")
    decode_inner = _decoder(inner[0])
    if decode_inner is _as_is:
        return _as_is
    return lambda value: None if value is None else decode_inner(value)


def _collection(origin: Any, arguments: tuple[Any, ...]) -> Decoder:
    if origin is tuple and arguments[-1] is not Ellipsis:
        parts = [_decoder(argument) for argument in arguments]
        return lambda values: tuple(part(value) for part, value in zip(parts, values, strict=True))
    member = _decoder(arguments[0])
    if member is _as_is:
        return cast("Decoder", origin)
    return lambda values: origin(member(value) for value in values)


def _dataclass(kind: type[Any]) -> Decoder:
    hints = get_type_hints(kind, include_extras=True)
    fields = [(field.name, _decoder(hints[field.name])) for field in dataclasses.fields(kind) if field.init]
    plain = frozenset(name for name, decoder in fields if decoder is _as_is)
    coded = [(name, decoder) for name, decoder in fields if name not in plain]

    def build(members: dict[str, Any]) -> Any:
        values = {name: value for name, value in members.items() if name in plain}
        for name, decoder in coded:
            if name in members:
                values[name] = decoder(members[name])
        return kind(**values)

    return build


def _in_part(kind: type[Any]) -> Decoder:
    """Some attributes of a class by name; the decoders are found at first use, as the class may contain its parts."""

    @cache
    def decoder_of(name: str) -> Decoder:
        return _decoder(get_type_hints(kind, include_extras=True)[name])

    return lambda members: {name: decoder_of(name)(value) for name, value in members.items()}
