"""MAPI properties of items by their addresses: read, set and taken away, whether they mirror others or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.extended import ExtendedAddress, value_at, with_value, without
from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.mapi.addresses import INTERNET_HEADERS
from reference_impl.mapi.calendar import EVENT_PROPERTIES, MEETING_MESSAGE_PROPERTIES, PRIVACY
from reference_impl.mapi.known import Knowledge, Known
from reference_impl.mapi.messages import ITEM_PROPERTIES, MESSAGE_PROPERTIES, header_of
from reference_impl.mapi.values import NoSuchValue

_OF_EVENTS: Final[Knowledge] = {**ITEM_PROPERTIES, **PRIVACY, **EVENT_PROPERTIES}
_OF_MESSAGES: Final[Knowledge] = {**ITEM_PROPERTIES, **PRIVACY, **MESSAGE_PROPERTIES, **MEETING_MESSAGE_PROPERTIES}

_READERS_OWN: Final = frozenset({"is_read", "categories"})
"""What the reader of a meeting message may change on it."""


class PropertyFixed(Exception):
    """A property that follows from others, or that the reader of a received meeting message may not change."""


def _known(target: Any, address: ExtendedAddress) -> Known | None:
    table = _OF_EVENTS if isinstance(target, CalendarItem | EventDraft) else _OF_MESSAGES
    return table.get(address)


def values_at(item: Item, address: ExtendedAddress) -> tuple[str, ...] | None:
    """The property's values on an item, in their written form, or None where it has none."""
    known = _known(item, address)
    if known is not None:
        return known.read(item)
    kept = value_at(item.extended, address)
    if kept is None and isinstance(item, Message) and address.property_set == INTERNET_HEADERS:
        return header_of(item, address.key) if address.type == "String" else None
    return kept


def set_at(target: Any, address: ExtendedAddress, values: tuple[str, ...]) -> Mapping[str, Any]:
    """The attributes of an item or draft that change when a property is set to values in their written form.

    Raises PropertyFixed, and NoSuchValue for what is none of the choices that there are.
    """
    known = _known(target, address)
    if known is None:
        return {"extended": with_value(target.extended, address, values)}
    write = (known.write_new if isinstance(target, EventDraft | MessageDraft) else None) or known.write
    if write is None:
        raise PropertyFixed("The property is calculated and cannot be set.")
    try:
        changes = write(values)
    except ValueError as error:
        raise NoSuchValue(str(error)) from None
    if _is_received_meeting(target) and changes.keys() - _READERS_OWN:
        raise PropertyFixed("A received meeting message cannot be changed.")
    return changes


def _is_received_meeting(target: Any) -> bool:
    return isinstance(target, Message) and target.meeting is not None and not target.is_draft


def delete_at(target: Any, address: ExtendedAddress) -> Mapping[str, Any]:
    """The attributes that change when a property is deleted. Raises PropertyFixed."""
    known = _known(target, address)
    if known is None:
        return {"extended": without(target.extended, address)}
    if known.write is None or known.absent is None:
        raise PropertyFixed("The property cannot be deleted.")
    return known.write(known.absent)
