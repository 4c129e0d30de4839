"""What no protocol knows by a name of its own: properties by their addresses, and extensions of applications."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtendedAddress:
    """How an extended property is found: by tag, or by a property set with a number or a name ([MS-OXWSXPROP]).

    ``property_set`` is a GUID in lower case, empty for tags; ``key`` is a tag's or number's decimal digits, or a name.
    """

    property_set: str
    kind: str  # tag, id or name
    key: str
    type: str  # as the protocols spell MAPI types: String, Integer, StringArray, ...


@dataclass(frozen=True, slots=True)
class ExtendedProperty:
    """A property that no protocol knows by a name of its own, with its value or values in their written form."""

    address: ExtendedAddress
    values: tuple[str, ...]


Extended = tuple[ExtendedProperty, ...]


@dataclass(frozen=True, slots=True)
class OpenExtension:
    """What an application keeps on an item under a name of its own; ``members`` is the text of a JSON object."""

    name: str
    members: str


def value_at(extended: Extended, address: ExtendedAddress) -> tuple[str, ...] | None:
    """The values kept at an address; None if there are none."""
    return next((kept.values for kept in extended if kept.address == address), None)


def with_value(extended: Extended, address: ExtendedAddress, values: tuple[str, ...]) -> Extended:
    """The properties with these values at an address, instead of those that were there."""
    return (*without(extended, address), ExtendedProperty(address, values))


def without(extended: Extended, address: ExtendedAddress) -> Extended:
    """The properties without that of an address."""
    return tuple(kept for kept in extended if kept.address != address)
