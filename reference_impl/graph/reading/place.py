"""The members of a room or a list of rooms in a request body, read into its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.places import PostalAddress
from reference_impl.domain.rooms import RoomFacts
from reference_impl.graph.fields.postal_address import ADDRESS, COORDINATES

_TEXTS: Final[Mapping[str, str]] = {
    "phone": "phone",
    "nickname": "nickname",
    "label": "label",
    "building": "building",
    "floorLabel": "floor_label",
    "audioDeviceName": "audio_device",
    "videoDeviceName": "video_device",
    "displayDeviceName": "display_device",
}
_PLAIN: Final[Mapping[str, str]] = {
    "capacity": "capacity",
    "floorNumber": "floor_number",
    "isWheelChairAccessible": "is_wheelchair_accessible",
}


def changed(before: RoomFacts, sent: Mapping[str, Any]) -> RoomFacts:
    """The facts with those members changed that were sent; null takes what was known away."""
    said: dict[str, Any] = {attribute: sent[member] for member, attribute in _PLAIN.items() if member in sent}
    said |= {attribute: sent[member] or "" for member, attribute in _TEXTS.items() if member in sent}
    if "tags" in sent:
        said["tags"] = tuple(sent["tags"] or ())
    address = before.address or PostalAddress()
    if "address" in sent:
        address = replace(address, **_members(sent["address"], ADDRESS, ""))
    if "geoCoordinates" in sent:
        address = replace(address, **_members(sent["geoCoordinates"], COORDINATES, None))
    if address != (before.address or PostalAddress()):
        said["address"] = address
    return replace(before, **said)


def _members(given: Mapping[str, Any] | None, attributes: Mapping[str, str], absent: str | None) -> dict[str, Any]:
    """A complex value takes the place of the one before as a whole."""
    known = given or {}
    return {
        attribute: absent if known.get(member) is None else known[member] for member, attribute in attributes.items()
    }
