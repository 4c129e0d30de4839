"""Properties that no protocol knows by a name of its own."""

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
