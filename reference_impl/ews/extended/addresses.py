"""The ways in which requests address an extended property, each brought to one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.extended import ExtendedAddress
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.tree import Element

MEETING: Final = "6ed8da90-450b-101b-98da-00aa003f1305"
APPOINTMENT: Final = "00062002-0000-0000-c000-000000000046"
COMMON: Final = "00062008-0000-0000-c000-000000000046"
PUBLIC_STRINGS: Final = "00020329-0000-0000-c000-000000000046"
INTERNET_HEADERS: Final = "00020386-0000-0000-c000-000000000046"

_SETS: Final[Mapping[str, str]] = {
    "Meeting": MEETING,
    "Appointment": APPOINTMENT,
    "Common": COMMON,
    "PublicStrings": PUBLIC_STRINGS,
    "Address": "00062004-0000-0000-c000-000000000046",
    "InternetHeaders": INTERNET_HEADERS,
    "CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0",
    "UnifiedMessaging": "4442858e-a9e3-4e80-b900-317a210cc15b",
    "Task": "00062003-0000-0000-c000-000000000046",
    "Sharing": "00062040-0000-0000-c000-000000000046",
}
"""The distinguished property sets ([MS-OXPROPS] 1.3.2)."""

_KINDS: Final[Mapping[str, str]] = {"PropertyTag": "tag", "PropertyId": "id", "PropertyName": "name"}
_UNSPOKEN_TYPES: Final = frozenset({"Error", "Null", "Object", "ObjectArray"})
_FIRST_NAMED: Final = 0x8000
_LAST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class ExtendedPath:
    """One extended property as a request addresses it; ``xml`` is the path as an answer repeats it."""

    address: ExtendedAddress
    xml: str


def tag(number: int, type_: str) -> ExtendedAddress:
    """The address of a property with a tag."""
    return ExtendedAddress("", "tag", str(number), type_)


def numbered(property_set: str, number: int, type_: str) -> ExtendedAddress:
    """The address of a property with a number within a set."""
    return ExtendedAddress(property_set, "id", str(number), type_)


def named(property_set: str, name: str, type_: str) -> ExtendedAddress:
    """The address of a property with a name within a set; names of headers ignore case."""
    return ExtendedAddress(property_set, "name", name.lower() if property_set == INTERNET_HEADERS else name, type_)


def extended_path(element: Element) -> ExtendedPath:
    """The path of a t:ExtendedFieldURI.

    Raises ErrorInvalidExtendedProperty for contradictory addressing and for types that have no values,
    ErrorNoPropertyTagForCustomProperties for tags from 0x8000 on, which name something else in every mailbox.
    """
    copied = copy_of(element)
    addressing = [name for name in _KINDS if element.get(name) is not None]
    sets = [name for name in ("DistinguishedPropertySetId", "PropertySetId") if element.get(name) is not None]
    if len(addressing) != 1 or len(sets) != (0 if addressing == ["PropertyTag"] else 1):
        raise ResponseError(
            "ErrorInvalidExtendedProperty",
            "An extended property has a PropertyTag, or one property set and one of PropertyId and PropertyName.",
            (copied,),
        )
    type_ = element.get("PropertyType", "")
    if type_ in _UNSPOKEN_TYPES:
        raise ResponseError("ErrorInvalidExtendedProperty", f"Values of the type {type_} are not spoken of.", (copied,))
    key = element.get(addressing[0], "")
    if addressing == ["PropertyTag"]:
        return ExtendedPath(tag(_tag_number(key, copied), type_), copied)
    distinguished = element.get("DistinguishedPropertySetId")
    property_set = element.get("PropertySetId", "").lower() if distinguished is None else _SETS[distinguished]
    if addressing == ["PropertyId"]:
        return ExtendedPath(numbered(property_set, int(key), type_), copied)
    return ExtendedPath(named(property_set, key, type_), copied)


def _tag_number(text: str, copied: str) -> int:
    number = int(text, 16) if text[:2].lower() == "0x" else int(text)
    if number > _LAST:
        raise ResponseError("ErrorInvalidExtendedProperty", f"{text} is no property tag.", (copied,))
    if number >= _FIRST_NAMED:
        raise ResponseError(
            "ErrorNoPropertyTagForCustomProperties",
            f"The tag {text} belongs to a named property, which is addressed by its property set.",
            (copied,),
        )
    return number


def copy_of(element: Element) -> str:
    """A t:ExtendedFieldURI as an answer repeats it."""
    attributes = "".join(f' {name!s}="{xml.attribute(str(value))}"' for name, value in element.attrib.items())
    return f"<t:ExtendedFieldURI{attributes}/>"
