"""Extended properties as Graph spells them: ids, values in requests, and those that $expand asks for.

An id is a type and a tag, or a type, a property set and a number or a name in it: ``Integer 0x0E08``,
``String {00020329-0000-0000-c000-000000000046} Name Colour`` (extended properties overview).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.copying import replace
from reference_impl.domain.extended import ExtendedAddress
from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.graph.odata.expanding import Expansion
from reference_impl.graph.odata.syntax import Comparison, Expression, Junction, parse_filter
from reference_impl.graph.reading.values import parse_moment
from reference_impl.graph.refusals import OptionInvalid, PropertyInvalid
from reference_impl.mapi.addresses import FIRST_NAMED, LAST_TAG, named, numbered, tag
from reference_impl.mapi.properties import PropertyFixed, delete_at, set_at, values_at
from reference_impl.mapi.values import TYPES, NoSuchValue, is_array, one_form

SINGLE: Final = "singleValueExtendedProperties"
MULTI: Final = "multiValueExtendedProperties"

_GUID: Final = r"\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}"
_ID: Final = re.compile(
    rf"\s*(\w+)\s+(?:(?P<tag>0x[0-9a-f]{{1,4}}|\d{{1,5}})"
    rf"|{_GUID}\s+(?:id\s+(?P<number>0x[0-9a-f]{{1,8}}|\d{{1,9}})|name\s+(?P<name>\S.*?)))\s*",
    re.IGNORECASE,
)
_TYPES: Final = {name.lower(): name for name in TYPES}

Target = TypeVar("Target", CalendarItem, Message, EventDraft, MessageDraft)


def read_id(text: str) -> ExtendedAddress | None:
    """The address that an id spells; None where it spells none."""
    match = _ID.fullmatch(text)
    type_ = None if match is None else _TYPES.get(match[1].lower())
    if match is None or type_ is None:
        return None
    if match["tag"] is not None:
        number = int(match["tag"], 0)
        return tag(number, type_) if number <= LAST_TAG and number < FIRST_NAMED else None
    property_set = match[3].lower()
    if match["number"] is not None:
        return numbered(property_set, int(match["number"], 0), type_)
    return named(property_set, match["name"], type_)


def spell_id(address: ExtendedAddress) -> str:
    """The id of an address."""
    if address.kind == "tag":
        return f"{address.type} 0x{int(address.key):x}"
    word, key = ("Id", f"0x{int(address.key):x}") if address.kind == "id" else ("Name", address.key)
    return f"{address.type} {{{address.property_set}}} {word} {key}"


def with_properties(target: Target, sent: Mapping[str, Any]) -> Target:
    """An item or draft with the extended properties of a request; null takes one away.

    PropertyInvalid for an id that spells none, for values that are none of its type, and for what cannot be set.
    """
    for member, has_several in ((SINGLE, False), (MULTI, True)):
        for place, given in enumerate(sent.get(member) or ()):
            try:
                changes = _changes(target, given, has_several=has_several)
            except (ValueError, PropertyFixed) as problem:
                raise PropertyInvalid(reason=f"{member}.{place}: {problem}") from None
            target = replace(target, **changes)
    return target


def _changes(target: Any, given: Mapping[str, Any], *, has_several: bool) -> Mapping[str, Any]:
    address = read_id(given["id"])
    if address is None:
        raise ValueError(f"{given['id']!r} is the id of no property.")
    if is_array(address.type) is not has_several:
        raise ValueError(f"{address.type} is no type of the properties there.")
    values = given["value"]
    if values is None:
        return delete_at(target, address)
    try:
        written = tuple(one_form(each, address.type, _moment) for each in (values if has_several else (values,)))
        return set_at(target, address, written)
    except NoSuchValue:
        raise ValueError(f"{values!r} is no value of the type {address.type}.") from None


def _moment(text: str) -> datetime:
    parsed = parse_moment(text)
    if parsed is None:
        raise ValueError(text)
    moment, has_offset = parsed
    return moment if has_offset else moment.replace(tzinfo=UTC)


def reader(name: str, *, has_several: bool) -> Callable[[Item], tuple[str, ...] | None]:
    """What reads a property's values by its id, None where an item has none. OptionInvalid for the id of none."""
    address = read_id(name)
    if address is None or is_array(address.type) is not has_several:
        raise OptionInvalid(reason=f"{name!r} is the id of no such property.")
    return lambda item: values_at(item, address)


def expanded(item: Item, expansion: Expansion) -> list[dict[str, Any]]:
    """The properties that an expansion asks for by their ids, as far as the item has them.

    OptionInvalid without a filter, and for one that does not name ids.
    """
    text = expansion.options.system.get("$filter")
    if text is None:
        raise OptionInvalid(reason=f"{expansion.name}: name the properties, as in $filter=id eq 'String 0x37'.")
    several = expansion.name == MULTI
    shown: list[dict[str, Any]] = []
    for wanted in _ids(parse_filter(text)):
        address = read_id(wanted)
        values = None if address is None or is_array(address.type) is not several else values_at(item, address)
        if address is not None and values is not None:
            shown.append({"id": spell_id(address), "value": list(values) if several else values[0]})
    return shown


def _ids(expression: Expression) -> Iterator[str]:
    match expression:
        case Comparison(path=path, operator="eq", literal=str() as literal) if path.lower() == "id":
            yield literal
        case Junction(word="or", terms=terms):
            for term in terms:
                yield from _ids(term)
        case _:
            raise OptionInvalid(reason="Extended properties are filtered by id eq '...', joined by or.")
