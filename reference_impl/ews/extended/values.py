"""The values of extended properties in requests and answers, and how they are compared ([MS-OXWSXPROP])."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import ExtendedPath
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.namespaces import t
from reference_impl.ews.times import read_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import LONGEST_FOUND_BINARY, LONGEST_FOUND_TEXT
from reference_impl.mapi.values import NoSuchValue, ReadTime, is_array, is_time, one_form

_ARRAY: Final = "Array"

_COMPARED: Final[Mapping[str, tuple[Kind, Callable[[str], Any]]]] = {
    "Boolean": (Kind.FLAG, lambda text: text == "true"),
    "Currency": (Kind.NUMBER, int),
    "Integer": (Kind.NUMBER, int),
    "Long": (Kind.NUMBER, int),
    "Short": (Kind.NUMBER, int),
    "SystemTime": (Kind.TIME, datetime.fromisoformat),
}
"""Type -> how its values are compared; the others are compared as they are written."""


def _time_reader(call: Call) -> ReadTime:
    def read(text: str) -> datetime:
        try:
            return read_time(text, call.input_zone)
        except ResponseError as error:
            raise ValueError(error.text) from None

    return read


def read_values(element: Element, path: ExtendedPath, call: Call) -> tuple[str, ...]:
    """The values of a t:ExtendedProperty. Raises ErrorInvalidExtendedPropertyValue."""
    type_ = path.address.type
    single, several = element.find(t("Value")), element.find(t("Values"))
    if (several is not None) is not is_array(type_):
        raise _wrong(path, f"A {type_} is written as {'Values' if is_array(type_) else 'one Value'}.")
    given = [single] if several is None else list(several)
    read_time = _time_reader(call)
    try:
        return tuple(one_form((value.text or "") if value is not None else "", type_, read_time) for value in given)
    except NoSuchValue:
        raise _wrong(path, f"The property holds a {type_}; the value is none.") from None


def _wrong(path: ExtendedPath, text: str) -> ResponseError:
    return ResponseError("ErrorInvalidExtendedPropertyValue", text, (path.xml,))


def write_values(values: tuple[str, ...], type_: str, call: Call) -> str:
    """The t:Value or t:Values with what a property holds; times as the call shows them."""
    times = is_time(type_)
    shown = [call.time(datetime.fromisoformat(value)) if times else value for value in values]
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
