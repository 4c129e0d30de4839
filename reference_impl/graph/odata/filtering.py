"""$filter trees over a resource's filterable properties: type-checked once, then a plain predicate."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from reference_impl.graph.odata.syntax import AnyOf, Comparison, Expression, Junction, Literal, Negation
from reference_impl.graph.refusals import FilterUnsupported, OptionInvalid

Predicate = Callable[[Any], bool]


class Type(Enum):
    """What a filterable property holds, and so which literals it is compared with."""

    TEXT = "text"
    WORD = "an enumeration literal"
    BOOLEAN = "true or false"
    INTEGER = "a whole number"
    MOMENT = "a date and time with offset"
    LOCAL = "a date and time in quotes"
    TEXTS = "a collection of texts"
    OBJECTS = "a collection of objects"
    NAMED = "a collection of properties, each named by its id"


@dataclass(frozen=True, slots=True)
class Filterable:
    """One property: its type and how it is read from an item (None where the item has no such property).

    ``inner`` is what the elements of a collection of objects have. Of a NAMED one ``read`` takes a name, which it may
    refuse, and gives what reads that one element from an item.
    """

    type: Type
    read: Callable[[Any], Any]
    inner: Mapping[str, Filterable] = field(default_factory=dict)


_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_OPERATORS: Final[Mapping[Type, frozenset[str]]] = {
    Type.TEXT: frozenset(_COMPARE),
    Type.WORD: frozenset({"eq", "ne"}),
    Type.BOOLEAN: frozenset({"eq", "ne"}),
    Type.INTEGER: frozenset({"eq", "ne", "gt", "ge", "lt", "le"}),
    Type.MOMENT: frozenset({"eq", "ne", "gt", "ge", "lt", "le"}),
    Type.LOCAL: frozenset({"eq", "ne", "gt", "ge", "lt", "le"}),
}


# The metadata of v1.0 misspells this word, that of beta does not; filters know both.
SPELLINGS: Final[Mapping[str, str]] = {"meetingtentativelyaccepted": "meetingtenativelyaccepted"}


def compile_filter(expression: Expression, table: Mapping[str, Filterable]) -> Predicate:
    """The predicate of a tree; ``table`` is keyed by the property path in lower case.

    OptionInvalid for an unknown property, FilterUnsupported for an operator or literal its type does not take.
    """
    return _compile(expression, table, {})


def paths(expression: Expression) -> Iterator[str]:
    """The property paths of a tree, in the order they stand."""
    match expression:
        case Comparison(path=path) | AnyOf(path=path):
            yield path.lower()
        case Negation(term=term):
            yield from paths(term)
        case Junction(terms=terms):
            for each in terms:
                yield from paths(each)


def _compile(expression: Expression, table: Mapping[str, Filterable], bound: Mapping[str, Filterable]) -> Predicate:
    match expression:
        case Comparison():
            return _comparison(expression, {**table, **bound})
        case Negation(term=term):
            denied = _compile(term, table, bound)
            return lambda item: not denied(item)
        case Junction(word=word, terms=terms):
            parts = [_compile(each, table, bound) for each in terms]
            join = all if word == "and" else any
            return lambda item: join(part(item) for part in parts)
        case AnyOf(path=path, variable=variable, term=term):
            return _any(_property(path, {**table, **bound}), path, variable.lower(), term)


def _any(collection: Filterable, path: str, variable: str, term: Expression) -> Predicate:
    """Some element for which the term holds."""
    if collection.type is Type.TEXTS:
        holds = _compile(term, {}, {variable: Filterable(Type.TEXT, lambda element: element)})
        return lambda item: any(holds(element) for element in collection.read(item))
    if collection.type not in {Type.OBJECTS, Type.NAMED}:
        raise FilterUnsupported(reason=f"{path} is no collection.")
    holds = _compile(term, {}, {f"{variable}/{name}": each for name, each in collection.inner.items()})
    if collection.type is Type.OBJECTS:
        return lambda item: any(holds(element) for element in collection.read(item))
    readers = [collection.read(name) for name in _named(term, f"{variable}/id")]
    if not readers:
        raise FilterUnsupported(reason=f"{path}: name the properties, as in {variable}/id eq 'String 0x37'.")
    return lambda item: any(holds(element) for read in readers if (element := read(item)) is not None)


def _named(expression: Expression, path: str) -> Iterator[str]:
    """The texts that a property is compared with."""
    match expression:
        case Comparison(path=found, operator="eq", literal=str() as literal) if found.lower() == path:
            yield literal
        case Negation(term=term):
            yield from _named(term, path)
        case Junction(terms=terms):
            for each in terms:
                yield from _named(each, path)


def _comparison(comparison: Comparison, table: Mapping[str, Filterable]) -> Predicate:
    subject = _property(comparison.path, table)
    if comparison.operator not in _OPERATORS.get(subject.type, frozenset()):
        raise FilterUnsupported(reason=f"{comparison.operator} does not apply to {comparison.path}.")
    compare = _COMPARE[comparison.operator]
    if comparison.literal is None:
        if comparison.operator not in {"eq", "ne"}:
            raise FilterUnsupported(reason=f"{comparison.operator} does not apply to null.")
        return lambda item: compare(subject.read(item), None)
    expected = _literal(comparison.path, subject.type, comparison.literal)
    folded = subject.type in {Type.TEXT, Type.WORD}
    absent = comparison.operator == "ne"

    def holds(item: Any) -> bool:
        value = subject.read(item)
        if value is None:
            return absent
        return compare(value.casefold() if folded else value, expected)

    return holds


def _property(path: str, table: Mapping[str, Filterable]) -> Filterable:
    found = table.get(path.lower())
    if found is None:
        raise OptionInvalid(reason=f"Could not find a property named {path!r} that can be filtered.")
    return found


def _literal(path: str, kind: Type, literal: Literal) -> Any:
    """The literal as compared: texts without regard to case, times as aware UTC."""
    if kind is Type.WORD and isinstance(literal, str):
        return SPELLINGS.get(literal.casefold(), literal.casefold())
    if kind is Type.TEXT and isinstance(literal, str):
        return literal.casefold()
    if kind is Type.BOOLEAN and isinstance(literal, bool):
        return literal
    if kind is Type.INTEGER and isinstance(literal, int) and not isinstance(literal, bool):
        return literal
    if kind is Type.MOMENT and isinstance(literal, datetime):
        return literal
    if kind is Type.LOCAL and isinstance(literal, str):
        try:
            moment = datetime.fromisoformat(literal)
        except ValueError:
            moment = None
        if moment is not None:
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    raise FilterUnsupported(reason=f"{path} is compared with {kind.value}, got {literal!r}.")
