"""What is told of a room beside its name (Graph: place, room)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reference_impl.domain.places import PostalAddress


class BookingKind(StrEnum):
    """Whether a room is booked, or taken by who comes first."""

    UNKNOWN = "unknown"
    STANDARD = "standard"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """A room's facts; what is not known is None or empty."""

    nickname: str = ""
    capacity: int | None = None
    building: str = ""
    floor_number: int | None = None
    floor_label: str = ""
    label: str = ""
    audio_device: str = ""
    video_device: str = ""
    display_device: str = ""
    is_wheelchair_accessible: bool | None = None
    tags: tuple[str, ...] = ()
    booking: BookingKind = BookingKind.UNKNOWN
    phone: str = ""
    address: PostalAddress | None = None
