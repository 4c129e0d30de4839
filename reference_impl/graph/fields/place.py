"""The members of rooms and of lists of rooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.places import PostalAddress
from reference_impl.domain.rooms import BookingKind
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.fields.postal_address import ADDRESS, COORDINATES
from reference_impl.graph.odata.filtering import Type

BOOKINGS: Final[Mapping[BookingKind, str]] = {
    BookingKind.UNKNOWN: "unknown",
    BookingKind.STANDARD: "standard",
    BookingKind.RESERVED: "reserved",
}
ROOM_TYPE: Final = "#microsoft.graph.room"
LIST_TYPE: Final = "#microsoft.graph.roomList"


def _address(place: Mailbox) -> dict[str, Any] | None:
    known = place.room.address or PostalAddress()
    found = {member: getattr(known, attribute) or None for member, attribute in ADDRESS.items()}
    return found if any(found.values()) else None


def _coordinates(place: Mailbox) -> dict[str, Any] | None:
    known = place.room.address or PostalAddress()
    found = {member: getattr(known, attribute) for member, attribute in COORDINATES.items()}
    return found if any(value is not None for value in found.values()) else None


def _part_of_address(member: str) -> Callable[[Mailbox], Any]:
    return lambda place: (_address(place) or {}).get(member)


def _text(name: str, attribute: str) -> Field[Mailbox]:
    return Field(
        name,
        lambda p, _: getattr(p.room, attribute) or None,
        filters=((name, Type.TEXT, lambda p: getattr(p.room, attribute) or None),),
    )


def _plain(name: str, attribute: str, kind: Type) -> Field[Mailbox]:
    return Field(
        name,
        lambda p, _: getattr(p.room, attribute),
        filters=((name, kind, lambda p: getattr(p.room, attribute)),),
    )


_COMMON: Final[tuple[Field[Mailbox], ...]] = (
    Field("id", lambda p, _: p.id, always=True, filters=(("id", Type.TEXT, lambda p: p.id),)),
    Field(
        "displayName",
        lambda p, _: p.person.name or p.address,
        filters=(("displayName", Type.TEXT, lambda p: p.person.name or p.address),),
    ),
    Field("emailAddress", lambda p, _: p.address, filters=(("emailAddress", Type.TEXT, lambda p: p.address),)),
    Field(
        "address",
        lambda p, _: _address(p),
        filters=tuple((f"address/{member}", Type.TEXT, _part_of_address(member)) for member in ADDRESS),
    ),
    Field("geoCoordinates", lambda p, _: _coordinates(p)),
    Field("phone", lambda p, _: p.room.phone or p.card.business_phone or None),
)

ROOM: Final[Table[Mailbox]] = Table(
    (
        *_COMMON,
        _text("nickname", "nickname"),
        _text("label", "label"),
        _plain("capacity", "capacity", Type.INTEGER),
        _text("building", "building"),
        _text("floorLabel", "floor_label"),
        _plain("floorNumber", "floor_number", Type.INTEGER),
        Field(
            "bookingType",
            lambda p, _: BOOKINGS[p.room.booking],
            filters=(("bookingType", Type.WORD, lambda p: BOOKINGS[p.room.booking]),),
        ),
        _text("audioDeviceName", "audio_device"),
        _text("videoDeviceName", "video_device"),
        _text("displayDeviceName", "display_device"),
        _plain("isWheelChairAccessible", "is_wheelchair_accessible", Type.BOOLEAN),
        Field("tags", lambda p, _: list(p.room.tags), filters=(("tags", Type.TEXTS, lambda p: p.room.tags),)),
    )
)

ROOM_LIST: Final[Table[Mailbox]] = Table(_COMMON)
