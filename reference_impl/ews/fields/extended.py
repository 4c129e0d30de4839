"""Extended properties: the few that this server knows; the others have no value on any item ([MS-OXWSXPROP])."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.items import CalendarItem, Item
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.tree import Element

_GLOBAL_ID_CLASS: Final = bytes.fromhex("040000008200E00074C5B7101A82E008")
_MEETING_SET: Final = "6ed8da90-450b-101b-98da-00aa003f1305"
_SETS: Final = {"Meeting": _MEETING_SET}
_ADDRESSES: Final = ("PropertyTag", "PropertyId", "PropertyName")


@dataclass(frozen=True, slots=True)
class ExtendedPath:
    """One extended property as a request addresses it; ``xml`` is the path as an answer repeats it."""

    key: tuple[str, str, str]  # property set, id or tag or name, type
    xml: str


def _global_id(item: Item) -> str | None:
    uid = item.uid if isinstance(item, CalendarItem) else item.meeting.uid if item.meeting is not None else None
    return None if not uid else base64.b64encode(global_object_id(uid)).decode()


def global_object_id(uid: str) -> bytes:
    """The binary form of a UID: its hex digits, or the wrapping of a foreign UID ([MS-OXOCAL] 2.2.1.27)."""
    try:
        data = bytes.fromhex(uid)
    except ValueError:
        data = b""
    if data.startswith(_GLOBAL_ID_CLASS):
        return data
    inner = b"vCal-Uid\x01\x00\x00\x00" + uid.encode() + b"\x00"
    return _GLOBAL_ID_CLASS + bytes(20) + len(inner).to_bytes(4, "little") + inner


_KNOWN: Final[Mapping[tuple[str, str, str], Callable[[Item], str | None]]] = {
    (_MEETING_SET, "3", "Binary"): _global_id,  # PidLidGlobalObjectId
    (_MEETING_SET, "35", "Binary"): _global_id,  # PidLidCleanGlobalObjectId
}


def extended_path(element: Element) -> ExtendedPath:
    """The path of a t:ExtendedFieldURI. Raises ErrorInvalidExtendedProperty for contradictory addressing."""
    named = [name for name in _ADDRESSES if element.get(name) is not None]
    sets = [name for name in ("DistinguishedPropertySetId", "PropertySetId") if element.get(name) is not None]
    by_tag = named == ["PropertyTag"]
    if len(named) != 1 or len(sets) != (0 if by_tag else 1):
        raise ResponseError(
            "ErrorInvalidExtendedProperty",
            "An extended property has a PropertyTag, or one property set and one of PropertyId and PropertyName.",
            (_copy(element),),
        )
    property_set = element.get("PropertySetId", "").lower()
    distinguished = element.get("DistinguishedPropertySetId")
    if distinguished is not None:
        property_set = _SETS.get(distinguished, distinguished)
    address = element.get(named[0], "")
    return ExtendedPath((property_set, address, element.get("PropertyType", "")), _copy(element))


def _copy(element: Element) -> str:
    attributes = "".join(f' {name!s}="{xml.attribute(str(value))}"' for name, value in element.attrib.items())
    return f"<t:ExtendedFieldURI{attributes}/>"


def extended_value(path: ExtendedPath, item: Item) -> str | None:
    """The property's value in its wire form, or None."""
    known = _KNOWN.get(path.key)
    return None if known is None else known(item)


def write_extended(path: ExtendedPath, item: Item) -> str | None:
    """The t:ExtendedProperty with the same path, or None where there is no value."""
    value = extended_value(path, item)
    return None if value is None else xml.node("ExtendedProperty", path.xml + xml.leaf("Value", value))
