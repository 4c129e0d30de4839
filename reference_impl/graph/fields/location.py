"""The members of a location."""

from __future__ import annotations

from typing import Any, Final

from reference_impl.domain.items import CalendarItem
from reference_impl.domain.places import Place, PlaceSource
from reference_impl.graph.fields.postal_address import ADDRESS, COORDINATES

JOINT: Final = "; "
"""Between the names of several locations, which are kept as one text."""


def location(name: str, place: Place | None = None) -> dict[str, Any]:
    """A location by its name, with what else is known of it."""
    shown: dict[str, Any] = {"displayName": name, "locationType": "default", "uniqueIdType": "unknown"}
    if name:
        shown = {"displayName": name, "locationType": "default", "uniqueId": name, "uniqueIdType": "private"}
    known = None if place is None else place.address
    if known is None:
        return shown
    if known.uri:
        shown["locationEmailAddress" if known.source is PlaceSource.RESOURCE else "locationUri"] = known.uri
    address = {member: value for member, attribute in ADDRESS.items() if (value := getattr(known, attribute))}
    if address:
        shown["address"] = address
    numbers = ((member, getattr(known, attribute)) for member, attribute in COORDINATES.items())
    coordinates = {member: number for member, number in numbers if number is not None}
    if coordinates:
        shown["coordinates"] = coordinates
    return shown


def locations(event: CalendarItem) -> list[dict[str, Any]]:
    """Every location of an event: those that were given apart, as long as they are what its one text says."""
    if event.venues and JOINT.join(venue.name for venue in event.venues) == event.location:
        return [location(venue.name, venue.place) for venue in event.venues]
    names = [name for name in event.location.split(JOINT) if name]
    return [location(name, event.place if len(names) == 1 else None) for name in names]
