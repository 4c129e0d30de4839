"""Restrictions and sort orders over the field tables (DOC restriction, sortorder)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from reference_impl.domain.items import Item
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.extended.properties import extended_comparable
from reference_impl.ews.extended.values import kind_of
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.fields.tables import BY_URI
from reference_impl.ews.namespaces import local
from reference_impl.ews.times import parse_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import element_of
from reference_impl.ews.writing import path_of

Predicate = Callable[[Any], bool]
Value = Callable[[Any], Any]
Properties = Callable[[Element, str], tuple[Value, Kind]]
"""(a path, the code for what cannot be compared) -> how its value is read from what is searched, and compared."""

_DEPTH: Final = 64
_PATHS: Final = frozenset({"FieldURI", "IndexedFieldURI", "ExtendedFieldURI"})

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "IsEqualTo": lambda left, right: bool(left == right),
    "IsNotEqualTo": lambda left, right: bool(left != right),
    "IsGreaterThan": lambda left, right: bool(left > right),
    "IsGreaterThanOrEqualTo": lambda left, right: bool(left >= right),
    "IsLessThan": lambda left, right: bool(left < right),
    "IsLessThanOrEqualTo": lambda left, right: bool(left <= right),
}

_MODES: Final[dict[str, Callable[[str, str], bool]]] = {
    "FullString": lambda text, wanted: text == wanted,
    "Prefixed": lambda text, wanted: text.startswith(wanted),
    "Substring": lambda text, wanted: wanted in text,
    "PrefixOnWords": lambda text, wanted: any(word.startswith(wanted) for word in text.split()),
    "ExactPhrase": lambda text, wanted: f" {wanted} " in f" {' '.join(text.split())} ",
}


def item_properties(path: Element, code: str) -> tuple[Value, Kind]:
    """How the value of a path is read from any item; an item without the property gives None."""
    name = local(path.tag)
    if name == "ExtendedFieldURI":
        wanted = extended_path(path)
        return (lambda item: extended_comparable(wanted, item)), kind_of(wanted.address.type)
    uri = path.get("FieldURI", "")
    fields = {element: table[uri] for element, table in BY_URI.items() if uri in table}
    if name == "IndexedFieldURI" or not fields:
        return (lambda _item: None), Kind.TEXT
    if all(field.value is None for field in fields.values()):
        raise ResponseError(code, f"{uri} is calculated and cannot be searched or sorted by.", (path_of(uri),))

    def value(item: Item) -> Any:
        field = fields.get(element_of(item))
        return None if field is None or field.value is None else field.value(item)

    return value, next(iter(fields.values())).kind


def restriction(element: Element, call: Call, properties: Properties = item_properties) -> Predicate:
    """The predicate of an m:Restriction.

    Raises ErrorUnsupportedPathForQuery for calculated properties, ErrorInvalidValueForProperty for enumerations and
    constants that are no values of the property, ErrorContainsFilterWrongType for Contains on anything but text,
    ErrorRestrictionTooComplex beyond a depth of 64.
    """
    return _expression(element[0], call, properties, 0)


def _expression(element: Element, call: Call, properties: Properties, depth: int) -> Predicate:
    if depth > _DEPTH:
        raise ResponseError("ErrorRestrictionTooComplex", f"A restriction is {_DEPTH} levels deep at most.")
    name = local(element.tag)
    if name in {"And", "Or"}:
        parts = [_expression(child, call, properties, depth + 1) for child in element]
        if name == "And":
            return lambda item: all(part(item) for part in parts)
        return lambda item: any(part(item) for part in parts)
    if name == "Not":
        inner = _expression(element[0], call, properties, depth + 1)
        return lambda item: not inner(item)
    if name == "Exists":
        value, _ = properties(element[0], "ErrorInvalidPropertyForExists")
        return lambda item: value(item) not in {None, "", ()}
    if name == "Contains":
        return _contains(element, properties)
    return _comparison(element, call, properties)


def _comparison(element: Element, call: Call, properties: Properties) -> Predicate:
    compare = _COMPARISONS[local(element.tag)]
    path, operand = element[0], element[1][0]
    value, kind = properties(path, "ErrorUnsupportedPathForQuery")
    if kind is Kind.CHOICE:
        uri = path.get("FieldURI", "")
        raise ResponseError("ErrorInvalidValueForProperty", f"{uri} cannot be compared.", (path_of(uri),))
    if local(operand.tag) in _PATHS:
        other, other_kind = properties(operand, "ErrorUnsupportedPathForQuery")
        if other_kind is not kind:
            raise ResponseError("ErrorInvalidValueForProperty", "The two properties hold values of different kinds.")
        return lambda item: _holds(compare, value(item), other(item))
    constant = _constant(operand.get("Value", ""), kind, path.get("FieldURI", ""), call)
    return lambda item: _holds(compare, value(item), constant)


def _holds(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if left is None or right is None:
        return compare(1, 0) and compare(0, 1)  # true for IsNotEqualTo alone: nothing is unequal to everything
    if isinstance(left, tuple):
        return any(compare(entry, right) for entry in left)
    return compare(left, right)


def _constant(text: str, kind: Kind, uri: str, call: Call) -> Any:
    if kind is Kind.TIME:
        try:
            moment = parse_time(text)
        except ResponseError:
            raise _no_value(text, uri) from None
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=call.input_zone)
    if kind is Kind.FLAG:
        if text.lower() not in {"true", "false", "1", "0"}:
            raise _no_value(text, uri)
        return text.lower() in {"true", "1"}
    if kind is Kind.NUMBER:
        try:
            return int(text)
        except ValueError:
            raise _no_value(text, uri) from None
    return text


def _no_value(text: str, uri: str) -> ResponseError:
    return ResponseError("ErrorInvalidValueForProperty", f"{text!r} is no value of {uri}.", (path_of(uri),))


def _contains(element: Element, properties: Properties) -> Predicate:
    value, kind = properties(element[0], "ErrorUnsupportedPathForQuery")
    uri = element[0].get("FieldURI", "")
    if kind not in {Kind.TEXT, Kind.CHOICE}:
        raise ResponseError("ErrorContainsFilterWrongType", f"{uri} holds no text.", (path_of(uri),))
    if kind is Kind.CHOICE:
        raise ResponseError("ErrorInvalidValueForProperty", f"{uri} cannot be compared.", (path_of(uri),))
    fold = _folding(element.get("ContainmentComparison", "Exact"))
    mode = _MODES[element.get("ContainmentMode", "FullString")]
    wanted = fold(element[1].get("Value", ""))

    def holds(item: Item) -> bool:
        found = value(item)
        texts = found if isinstance(found, tuple) else (found,)
        return any(text is not None and mode(fold(text), wanted) for text in texts)

    return holds


def _folding(comparison: str) -> Callable[[str], str]:
    ignores_case = "Case" in comparison or "Loose" in comparison
    ignores_marks = "NonSpac" in comparison or "Loose" in comparison

    def fold(text: str) -> str:
        if ignores_marks:
            decomposed = unicodedata.normalize("NFKD", text)
            text = "".join(character for character in decomposed if not unicodedata.combining(character))
        return text.casefold() if ignores_case else text

    return fold


def sort_order(element: Element) -> Callable[[list[Item]], list[Item]]:
    """The sorting of an m:SortOrder: the first FieldOrder weighs most, items without the property come first.

    Raises ErrorUnsupportedPathForSortGroup for calculated properties.
    """
    orders = [
        (item_properties(order[0], "ErrorUnsupportedPathForSortGroup")[0], order.get("Order") == "Descending")
        for order in element
    ]

    def sort(items: list[Item]) -> list[Item]:
        for value, descending in reversed(orders):
            items = sorted(items, key=lambda item, value=value: _rank(value(item)), reverse=descending)  # type: ignore[misc]  # a default keeps the loop's value
        return items

    return sort


def _rank(value: Any) -> tuple[bool, Any]:
    if value is None:
        return (False, 0)
    return (True, value.casefold() if isinstance(value, str) else value)
