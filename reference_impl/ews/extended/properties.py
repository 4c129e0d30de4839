"""Extended properties of items: read, set and taken away, whether another property mirrors them or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.extended import ExtendedAddress, value_at, with_value, without
from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import INTERNET_HEADERS, ExtendedPath, extended_path
from reference_impl.ews.extended.calendar import EVENT_PROPERTIES, MEETING_MESSAGE_PROPERTIES, PRIVACY
from reference_impl.ews.extended.known import Knowledge, Known
from reference_impl.ews.extended.messages import ITEM_PROPERTIES, MESSAGE_PROPERTIES, header_of
from reference_impl.ews.extended.values import comparable, cut_short, read_values, write_values
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element

_OF_EVENTS: Final[Knowledge] = {**ITEM_PROPERTIES, **PRIVACY, **EVENT_PROPERTIES}
_OF_MESSAGES: Final[Knowledge] = {**ITEM_PROPERTIES, **PRIVACY, **MESSAGE_PROPERTIES, **MEETING_MESSAGE_PROPERTIES}


_READERS_OWN: Final = frozenset({"is_read", "categories"})
"""What the reader of a meeting message may change on it."""


def _known(target: Any, address: ExtendedAddress) -> Known | None:
    table = _OF_EVENTS if isinstance(target, CalendarItem | EventDraft) else _OF_MESSAGES
    return table.get(address)


def extended_values(path: ExtendedPath, item: Item) -> tuple[str, ...] | None:
    """The property's values on an item, in their written form, or None where it has none."""
    address = path.address
    known = _known(item, address)
    if known is not None:
        return known.read(item)
    kept = value_at(item.extended, address)
    if kept is None and isinstance(item, Message) and address.property_set == INTERNET_HEADERS:
        return header_of(item, address.key) if address.type == "String" else None
    return kept


def extended_comparable(path: ExtendedPath, item: Item) -> Any:
    """The property's value as searches compare it, or None."""
    values = extended_values(path, item)
    return None if values is None else comparable(values, path.address.type)


def write_extended(path: ExtendedPath, item: Item, call: Call, *, found: bool = False) -> str | None:
    """The t:ExtendedProperty with the same path, or None where there is no value; FindItem cuts a long one short."""
    values = extended_values(path, item)
    if values is None:
        return None
    if found:
        values = tuple(cut_short(value, path.address.type) for value in values)
    return xml.node("ExtendedProperty", path.xml + write_values(values, path.address.type, call))


def set_extended(target: Any, element: Element, call: Call) -> Mapping[str, Any]:
    """The attributes that change when a t:ExtendedProperty is set.

    Raises ErrorInvalidExtendedProperty, ErrorInvalidExtendedPropertyValue, ErrorInvalidPropertySet for what is
    calculated.
    """
    path_element = element.find(t("ExtendedFieldURI"))
    assert path_element is not None
    path = extended_path(path_element)
    values = read_values(element, path, call)
    known = _known(target, path.address)
    if known is None:
        return {"extended": with_value(target.extended, path.address, values)}
    write = (known.write_new if isinstance(target, EventDraft | MessageDraft) else None) or known.write
    if write is None:
        raise ResponseError("ErrorInvalidPropertySet", "The property is calculated and cannot be set.", (path.xml,))
    try:
        changes = write(values)
    except ValueError as error:
        raise ResponseError("ErrorInvalidExtendedPropertyValue", f"No value of it: {error}.", (path.xml,)) from None
    if _is_received_meeting(target) and changes.keys() - _READERS_OWN:
        raise ResponseError("ErrorInvalidPropertySet", "A received meeting message cannot be changed.", (path.xml,))
    return changes


def _is_received_meeting(target: Any) -> bool:
    return isinstance(target, Message) and target.meeting is not None and not target.is_draft


def delete_extended(target: Any, path: ExtendedPath) -> Mapping[str, Any]:
    """The attributes that change when an extended property is deleted. Raises ErrorInvalidPropertyDelete."""
    known = _known(target, path.address)
    if known is None:
        return {"extended": without(target.extended, path.address)}
    if known.write is None or known.absent is None:
        raise ResponseError("ErrorInvalidPropertyDelete", "The property cannot be deleted.", (path.xml,))
    return known.write(known.absent)
