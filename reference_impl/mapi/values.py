"""The values of MAPI properties: checked by their type, kept in one written form ([MS-OXCDATA] 2.11.1)."""

from __future__ import annotations

import base64
import binascii
import math
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

_ARRAY: Final = "Array"
_FLAGS: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}
_NUMBERS: Final = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,20}")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

ReadTime = Callable[[str], datetime]
"""Reads a moment as a protocol writes it. ValueError for what is none."""


class NoSuchValue(ValueError):
    """A text that is no value of the property's type."""


def _whole(bits: int) -> Callable[[str], str]:
    limit = 2 ** (bits - 1)

    def read(text: str) -> str:
        if _WHOLE.fullmatch(text.strip()) is None:
            raise ValueError(f"{text!r} is not written as an integer")
        number = int(text)
        if not -limit <= number < limit:
            raise ValueError(f"{number} has more than {bits} bits")
        return str(number)

    return read


def _number(text: str) -> str:
    stripped = text.strip()
    if stripped not in _NUMBERS and _DECIMAL.fullmatch(stripped) is None:
        raise ValueError(f"{text!r} is not written as a number")
    number = _NUMBERS[stripped] if stripped in _NUMBERS else float(stripped)
    if math.isnan(number):
        return "NaN"
    return ("INF" if number > 0 else "-INF") if math.isinf(number) else repr(number)


def _binary(text: str) -> str:
    return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode()


_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "ApplicationTime": _number,
    "Binary": _binary,
    "Boolean": lambda text: _FLAGS[text.strip().lower()],
    "CLSID": lambda text: str(uuid.UUID(text.strip())),
    "Currency": _whole(64),
    "Double": _number,
    "Float": _number,
    "Integer": _whole(32),
    "Long": _whole(64),
    "Short": _whole(16),
    "String": lambda text: text,
}
_TIME: Final = "SystemTime"

TYPES: Final = frozenset({*_READERS, _TIME, *(f"{name}{_ARRAY}" for name in (*_READERS, _TIME))})
"""The types that properties can have; with Array behind them they have several values."""


def is_array(type_: str) -> bool:
    """Whether properties of a type have several values."""
    return type_.endswith(_ARRAY)


def is_time(type_: str) -> bool:
    """Whether the values of a type are moments."""
    return type_.removesuffix(_ARRAY) == _TIME


def one_form(text: str, type_: str, read_time: ReadTime) -> str:
    """A value in the one form in which it is kept. Raises NoSuchValue."""
    try:
        if is_time(type_):
            return time_text(read_time(text))
        return _READERS[type_.removesuffix(_ARRAY)](text)
    except (ValueError, KeyError, binascii.Error, OverflowError) as problem:
        raise NoSuchValue(str(problem)) from None


def time_text(moment: datetime) -> str:
    """A moment in its one written form."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
