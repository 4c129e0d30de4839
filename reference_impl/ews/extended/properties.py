"""Extended properties of items in requests and answers: read, set and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference_impl.domain.items import Item
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import ExtendedPath, extended_path
from reference_impl.ews.extended.values import comparable, cut_short, read_values, write_values
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.mapi.properties import PropertyFixed, delete_at, set_at, values_at
from reference_impl.mapi.values import NoSuchValue


def extended_comparable(path: ExtendedPath, item: Item) -> Any:
    """The property's value as searches compare it, or None."""
    values = values_at(item, path.address)
    return None if values is None else comparable(values, path.address.type)


def write_extended(path: ExtendedPath, item: Item, call: Call, *, found: bool = False) -> str | None:
    """The t:ExtendedProperty with the same path, or None where there is no value; FindItem cuts a long one short."""
    values = values_at(item, path.address)
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
    try:
        return set_at(target, path.address, values)
    except PropertyFixed as fixed:
        raise ResponseError("ErrorInvalidPropertySet", str(fixed), (path.xml,)) from None
    except NoSuchValue as error:
        raise ResponseError("ErrorInvalidExtendedPropertyValue", f"No value of it: {error}.", (path.xml,)) from None


def delete_extended(target: Any, path: ExtendedPath) -> Mapping[str, Any]:
    """The attributes that change when an extended property is deleted. Raises ErrorInvalidPropertyDelete."""
    try:
        return delete_at(target, path.address)
    except PropertyFixed as fixed:
        raise ResponseError("ErrorInvalidPropertyDelete", str(fixed), (path.xml,)) from None
