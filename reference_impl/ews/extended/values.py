"""The values of extended properties: checked by their type, kept in one written form, and compared ([MS-OXWSXPROP])."""

from __future__ import annotations

import base64
import binascii
import math
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import ExtendedPath
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.namespaces import t
from reference_impl.ews.times import absolute, parse_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import LONGEST_FOUND_BINARY, LONGEST_FOUND_TEXT

_ARRAY: Final = "Array"
_FLAGS: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}
_NUMBERS: Final = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}

Reader = Callable[[str, Call], str]
"""A value as written -> its one form. ValueError, KeyError for what is no value of the type."""


def _whole(bits: int) -> Reader:
    limit = 2 ** (bits - 1)

    def read(text: str, _call: Call) -> str:
        number = int(text)
        if not -limit <= number < limit:
            raise ValueError(f"{number} has more than {bits} bits")
        return str(number)

    return read


def _number(text: str, _call: Call) -> str:
    stripped = text.strip()
    number = _NUMBERS[stripped] if stripped in _NUMBERS else float(stripped)
    if math.isnan(number):
        return "NaN"
    return ("INF" if number > 0 else "-INF") if math.isinf(number) else repr(number)


def _time(text: str, call: Call) -> str:
    try:
        return time_text(absolute(parse_time(text), call.input_zone))
    except ResponseError as error:
        raise ValueError(error.text) from None


def time_text(moment: datetime) -> str:
    """A moment in its one written form."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _binary(text: str, _call: Call) -> str:
    return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode()


_READERS: Final[Mapping[str, Reader]] = {
    "ApplicationTime": _number,
    "Binary": _binary,
    "Boolean": lambda text, _call: _FLAGS[text.strip().lower()],
    "CLSID": lambda text, _call: str(uuid.UUID(text.strip())),
    "Currency": _whole(64),
    "Double": _number,
    "Float": _number,
    "Integer": _whole(32),
    "Long": _whole(64),
    "Short": _whole(16),
    "String": lambda text, _call: text,
    "SystemTime": _time,
}

_COMPARED: Final[Mapping[str, tuple[Kind, Callable[[str], Any]]]] = {
    "Boolean": (Kind.FLAG, lambda text: text == "true"),
    "Currency": (Kind.NUMBER, int),
    "Integer": (Kind.NUMBER, int),
    "Long": (Kind.NUMBER, int),
    "Short": (Kind.NUMBER, int),
    "SystemTime": (Kind.TIME, datetime.fromisoformat),
}
"""Type -> how its values are compared; the others are compared as they are written."""


def is_array(type_: str) -> bool:
    """Whether properties of a type have several values."""
    return type_.endswith(_ARRAY)


def read_values(element: Element, path: ExtendedPath, call: Call) -> tuple[str, ...]:
    """The values of a t:ExtendedProperty. Raises ErrorInvalidExtendedPropertyValue."""
    type_ = path.address.type
    single, several = element.find(t("Value")), element.find(t("Values"))
    if (several is not None) is not is_array(type_):
        raise _wrong(path, f"A {type_} is written as {'Values' if is_array(type_) else 'one Value'}.")
    given = [single] if several is None else list(several)
    reader = _READERS[type_.removesuffix(_ARRAY)]
    try:
        return tuple(reader((value.text or "") if value is not None else "", call) for value in given)
    except (ValueError, KeyError, binascii.Error, OverflowError):
        raise _wrong(path, f"The property holds a {type_}; the value is none.") from None


def _wrong(path: ExtendedPath, text: str) -> ResponseError:
    return ResponseError("ErrorInvalidExtendedPropertyValue", text, (path.xml,))


def write_values(values: tuple[str, ...], type_: str, call: Call) -> str:
    """The t:Value or t:Values with what a property holds; times as the call shows them."""
    is_time = type_.removesuffix(_ARRAY) == "SystemTime"
    shown = [call.time(datetime.fromisoformat(value)) if is_time else value for value in values]
    leaves = "".join(xml.leaf("Value", value) for value in shown)
    return xml.node("Values", leaves) if is_array(type_) else leaves


def cut_short(value: str, type_: str) -> str:
    """A written value as FindItem has it: the first 255 characters of a text, the first 512 bytes of a binary."""
    if type_ == "String":
        return value[:LONGEST_FOUND_TEXT]
    return base64.b64encode(base64.b64decode(value)[:LONGEST_FOUND_BINARY]).decode() if type_ == "Binary" else value


def kind_of(type_: str) -> Kind:
    """How values of a type are compared."""
    return _COMPARED.get(type_.removesuffix(_ARRAY), (Kind.TEXT, str))[0]


def comparable(values: tuple[str, ...], type_: str) -> Any:
    """A property's value as searches compare it: a tuple where there may be several."""
    _, read = _COMPARED.get(type_.removesuffix(_ARRAY), (Kind.TEXT, str))
    compared = tuple(read(value) for value in values)
    return compared if is_array(type_) else compared[0]
