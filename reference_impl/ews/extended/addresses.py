"""The ways in which requests address an extended property, each brought to one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.extended import ExtendedAddress
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.tree import Element
from reference_impl.mapi.addresses import FIRST_NAMED, LAST_TAG, SETS, named, numbered, tag

_KINDS: Final[Mapping[str, str]] = {"PropertyTag": "tag", "PropertyId": "id", "PropertyName": "name"}
_UNSPOKEN_TYPES: Final = frozenset({"Error", "Null", "Object", "ObjectArray"})


@dataclass(frozen=True, slots=True)
class ExtendedPath:
    """One extended property as a request addresses it; ``xml`` is the path as an answer repeats it."""

    address: ExtendedAddress
    xml: str


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
    property_set = element.get("PropertySetId", "").lower() if distinguished is None else SETS[distinguished]
    if addressing == ["PropertyId"]:
        return ExtendedPath(numbered(property_set, int(key), type_), copied)
    return ExtendedPath(named(property_set, key, type_), copied)


def _tag_number(text: str, copied: str) -> int:
    number = int(text, 16) if text[:2].lower() == "0x" else int(text)
    if number > LAST_TAG:
        raise ResponseError("ErrorInvalidExtendedProperty", f"{text} is no property tag.", (copied,))
    if number >= FIRST_NAMED:
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
