"""Restrictions: trees of expressions, made into what is asked of each item and what the store can tell beforehand."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.queries import Condition, Denied, Every, Order, Related, Relation, Some
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.namespaces import local
from reference_impl.ews.search.constants import bitmask, constant
from reference_impl.ews.search.paths import NOT_SEARCHED, PATHS, Properties, Property, item_property
from reference_impl.ews.tree import Element
from reference_impl.search.containment import MODES, Folding, are_near, folding

Predicate = Callable[[Any], bool]

_NODES: Final = 255
_DEPTH: Final = 64
_LAST_CHARACTER: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Search:
    """What an expression finds: ``keep`` tells it of an item.

    ``where`` is true of everything found; if it ``is_exact``, of nothing else.
    """

    keep: Predicate
    where: Condition | None = None
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    call: Call
    properties: Properties


def restriction(element: Element, call: Call, properties: Properties = item_property) -> Search:
    """What an m:Restriction finds, or another element with one expression in it.

    Raises ErrorRestrictionTooLong for more than 255 expressions, ErrorRestrictionTooComplex for more than 64 within one
    another, and the errors of single expressions (DOC responsecode): ErrorUnsupportedPathForQuery,
    ErrorInvalidValueForProperty, ErrorContainsFilterWrongType, ErrorInvalidPropertyForExists,
    ErrorInvalidExcludesRestriction.
    """
    nodes = sum(1 for node in element.iterdescendants() if local(node.tag) in _EXPRESSIONS)
    if nodes > _NODES:
        raise ResponseError("ErrorRestrictionTooLong", f"A restriction has {_NODES} expressions at most.")
    return _search(element[0], _Context(call, properties), 0)


def _search(element: Element, context: _Context, depth: int) -> Search:
    if depth > _DEPTH:
        raise ResponseError("ErrorRestrictionTooComplex", f"A restriction is {_DEPTH} levels deep at most.")
    return _EXPRESSIONS[local(element.tag)](element, context, depth)


def _and(element: Element, context: _Context, depth: int) -> Search:
    parts = [_search(child, context, depth + 1) for child in element]
    kept = [part.keep for part in parts]
    told = tuple(part.where for part in parts if part.where is not None)
    return Search(
        lambda item: all(keep(item) for keep in kept),
        Every(told) if told else None,
        all(part.is_exact for part in parts),
    )


def _or(element: Element, context: _Context, depth: int) -> Search:
    parts = [_search(child, context, depth + 1) for child in element]
    kept = [part.keep for part in parts]
    told = tuple(part.where for part in parts if part.where is not None)
    return Search(
        lambda item: any(keep(item) for keep in kept),
        Some(told) if len(told) == len(parts) else None,
        all(part.is_exact for part in parts),
    )


def _not(element: Element, context: _Context, depth: int) -> Search:
    denied = _search(element[0], context, depth + 1)
    keep = denied.keep
    where = Denied(denied.where) if denied.is_exact and denied.where is not None else None
    return Search(lambda item: not keep(item), where, is_exact=where is not None)


def _exists(element: Element, context: _Context, _depth: int) -> Search:
    found = context.properties(element[0], NOT_SEARCHED)
    if found.is_mark:
        raise ResponseError("ErrorInvalidPropertyForExists", "Every item has its flags.", (found.path,))
    value = found.value
    return Search(lambda item: value(item) not in {None, "", ()})


def _excludes(element: Element, context: _Context, _depth: int) -> Search:
    """True where no bit of the mask is set, and where there is no value (DOC excludes, search filters)."""
    found = context.properties(element[0], NOT_SEARCHED)
    if found.kind is not Kind.NUMBER:
        raise ResponseError(NOT_SEARCHED, "Only whole numbers have bits.", (found.path,))
    mask, value = bitmask(element[1].get("Value", ""), found), found.value
    return Search(lambda item: not _entries(value(item), lambda entry: bool(entry & mask)))


def _entries(value: Any, holds: Callable[[Any], bool]) -> bool:
    """Whether something holds of a value, or of one of several."""
    if isinstance(value, tuple):
        return any(holds(entry) for entry in value)
    return value is not None and holds(value)


# Comparisons

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "IsEqualTo": operator.eq,
    "IsNotEqualTo": operator.ne,
    "IsGreaterThan": operator.gt,
    "IsGreaterThanOrEqualTo": operator.ge,
    "IsLessThan": operator.lt,
    "IsLessThanOrEqualTo": operator.le,
}

_RELATIONS: Final = {
    "IsEqualTo": Relation.EQUAL,
    "IsGreaterThan": Relation.GREATER,
    "IsGreaterThanOrEqualTo": Relation.GREATER_OR_EQUAL,
    "IsLessThan": Relation.LESS,
    "IsLessThanOrEqualTo": Relation.LESS_OR_EQUAL,
}


def _comparison(element: Element, context: _Context, _depth: int) -> Search:
    name, operand = local(element.tag), element[1][0]
    compare = _OPERATORS[name]
    found = context.properties(element[0], NOT_SEARCHED)
    value = _compared(found)
    if local(operand.tag) in PATHS:
        other = context.properties(operand, NOT_SEARCHED)
        if (other.kind, other.choices) != (found.kind, found.choices):
            raise ResponseError(
                "ErrorInvalidValueForProperty", "The two properties hold values of different kinds.", (found.path,)
            )
        against = _compared(other)
        return Search(lambda item: _holds(compare, value(item), against(item)))
    expected = constant(operand.get("Value", ""), found, context.call)
    where, is_exact = _told(name, found, expected)
    return Search(lambda item: _holds(compare, value(item), expected), where, is_exact)


def _compared(found: Property) -> Callable[[Any], Any]:
    return found.rank if found.kind is Kind.CHOICE else found.value


def _holds(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """What is missing is unequal to everything, and nothing else; of several values one must fit."""
    if left is None or right is None:
        return compare is operator.ne
    if isinstance(left, tuple):
        if compare is operator.ne:
            return not _holds(operator.eq, left, right)
        return any(_holds(compare, entry, right) for entry in left)
    if isinstance(right, tuple):
        return any(compare(left, entry) for entry in right)
    return compare(left, right)


def _told(name: str, found: Property, expected: Any) -> tuple[Condition | None, bool]:
    """What the store knows of a comparison with a constant, and whether that is all there is to know."""
    known = found.known
    if known is None:
        return None, False
    if known is Order.UNREAD:
        return (
            (Related(known, Relation.EQUAL, int(not expected)), not expected) if name == "IsEqualTo" else (None, False)
        )
    if known is Order.SUBJECT:
        return (Related(known, Relation.EQUAL, expected.casefold()), False) if name == "IsEqualTo" else (None, False)
    assert isinstance(expected, datetime)
    if name == "IsNotEqualTo":
        return Denied(Related(known, Relation.EQUAL, expected)), True
    return Related(known, _RELATIONS[name], expected), True


# Texts


def _text(element: Element, context: _Context) -> Property:
    found = context.properties(element[0], NOT_SEARCHED)
    if found.kind is not Kind.TEXT:
        raise ResponseError("ErrorContainsFilterWrongType", "The property holds no text.", (found.path,))
    return found


def _contains(element: Element, context: _Context, _depth: int) -> Search:
    found = _text(element, context)
    mode, comparison = element.get("ContainmentMode", "FullString"), element.get("ContainmentComparison", "Exact")
    fold, contains, value = folding(comparison), MODES[mode], found.value
    wanted = fold(element[1].get("Value", ""))

    def keep(item: Any) -> bool:
        return _entries(value(item), lambda text: contains(fold(text), wanted))

    where = _told_of_text(mode, comparison, wanted) if found.known is Order.SUBJECT else None
    return Search(keep, where, where is not None and comparison == "IgnoreCase")


def _told_of_text(mode: str, comparison: str, wanted: str) -> Condition | None:
    if comparison not in {"Exact", "IgnoreCase"}:
        return None
    if mode == "FullString":
        return Related(Order.SUBJECT, Relation.EQUAL, wanted.casefold())
    if mode == "Prefixed" and wanted and _LAST_CHARACTER not in wanted:
        return Related(Order.SUBJECT, Relation.BEGINS, wanted.casefold())
    return None


def _near(element: Element, context: _Context, _depth: int) -> Search:
    """True where several texts stand in one property with few words between them (Exchange2016).

    Raises ErrorRestrictionTooComplex for anything else than Contains of one property.
    """
    *parts, distance, ordered = element
    paths = {_text(part, context).path for part in parts if local(part.tag) == "Contains"}
    if len(paths) != 1 or any(local(part.tag) != "Contains" for part in parts):
        raise ResponseError("ErrorRestrictionTooComplex", "Only texts in one property can be near each other.")
    value = _text(parts[0], context).value
    folds = {part.get("ContainmentComparison", "Exact") for part in parts}
    if len(folds) != 1:
        raise ResponseError("ErrorRestrictionTooComplex", "Texts near each other are compared in one way.")
    fold: Folding = folding(folds.pop())
    phrases = [
        (fold(part[1].get("Value", "")), part.get("ContainmentMode", "FullString") in {"Prefixed", "PrefixOnWords"})
        for part in parts
    ]
    most, is_ordered = int(distance.text or "0"), (ordered.text or "").strip() in {"true", "1"}
    return Search(
        lambda item: _entries(value(item), lambda text: are_near(fold(text), phrases, most, ordered=is_ordered))
    )


_EXPRESSIONS: Final[Mapping[str, Callable[[Element, _Context, int], Search]]] = {
    "And": _and,
    "Or": _or,
    "Not": _not,
    "Exists": _exists,
    "Excludes": _excludes,
    "Contains": _contains,
    "Near": _near,
    **dict.fromkeys(_OPERATORS, _comparison),
}
