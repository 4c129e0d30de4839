"""The constants that properties are compared with, as values of the property's own kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.search.paths import Property
from reference_impl.ews.times import parse_time

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}")
_BITMASK: Final = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def constant(text: str, of: Property, call: Call) -> Any:
    """The value that is written; of an enumeration the place of its word.

    Raises ErrorInvalidValueForProperty for what is no value of the property (DOC responsecode).
    """
    try:
        return _READERS[of.kind](text.strip() if of.kind is not Kind.TEXT else text, of, call)
    except (ValueError, KeyError):
        raise ResponseError(
            "ErrorInvalidValueForProperty", f"{text!r} is no value of this property.", (of.path,)
        ) from None


def _time(text: str, _of: Property, call: Call) -> Any:
    try:
        moment = parse_time(text)
    except ResponseError as error:
        raise ValueError(error.text) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=call.input_zone)


def _number(text: str, _of: Property, _call: Call) -> Any:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


_READERS: Final[Mapping[Kind, Callable[[str, Property, Call], Any]]] = {
    Kind.TEXT: lambda text, _of, _call: text,
    Kind.TIME: _time,
    Kind.NUMBER: _number,
    Kind.FLAG: lambda text, _of, _call: _FLAGS[text.lower()],
    Kind.CHOICE: lambda text, of, _call: of.choices.index(text),
}


def bitmask(text: str, of: Property) -> int:
    """A mask in decimal or hexadecimal digits. Raises ErrorInvalidExcludesRestriction."""
    if _BITMASK.fullmatch(text) is None:
        raise ResponseError("ErrorInvalidExcludesRestriction", f"{text!r} is no bitmask.", (of.path,))
    return int(text, 16) if text[:2].lower() == "0x" else int(text)
