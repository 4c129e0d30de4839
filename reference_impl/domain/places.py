"""Where a meeting takes place, beside the name of the place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PlaceSource(StrEnum):
    """Who knew of a place."""

    NONE = "none"
    LOCATION_SERVICES = "location_services"
    PHONEBOOK_SERVICES = "phonebook_services"
    DEVICE = "device"
    CONTACT = "contact"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address, and where on earth it is: degrees, and metres for altitude and accuracy."""

    street: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    postal_code: str = ""
    post_office_box: str = ""
    type: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    altitude: float | None = None
    altitude_accuracy: float | None = None
    formatted: str = ""
    uri: str = ""
    source: PlaceSource | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    """One of several locations of a meeting, with what else is known of it."""

    name: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What is said of the place of a meeting, whose name is the meeting's location."""

    annotation: str = ""
    address: PostalAddress | None = None
