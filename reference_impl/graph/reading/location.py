"""The locations of an event in a request body: their names, addresses and coordinates (location resource)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reference_impl.domain.places import Place, PlaceSource, PostalAddress, Venue
from reference_impl.graph.fields.location import JOINT
from reference_impl.graph.fields.postal_address import ADDRESS, COORDINATES


def read_location(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The fields that one location sets; null is nowhere."""
    return _fields((_venue(given),) if given is not None else ())


def read_locations(given: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any]:
    """The fields that several locations set, whose names are kept as one text too; those without a name are none."""
    return _fields(tuple(venue for each in given or () if (venue := _venue(each)).name))


def _fields(venues: tuple[Venue, ...]) -> Mapping[str, Any]:
    if len(venues) == 1:
        return {"location": venues[0].name, "place": venues[0].place, "venues": ()}
    return {"location": JOINT.join(venue.name for venue in venues), "place": None, "venues": venues}


def _venue(given: Mapping[str, Any]) -> Venue:
    name = given.get("displayName") or ""
    address = given.get("address") or {}
    coordinates = given.get("coordinates") or {}
    room, uri = given.get("locationEmailAddress") or "", given.get("locationUri") or ""
    if not (address or coordinates or room or uri):
        return Venue(name)
    members: dict[str, Any] = {attribute: address.get(member) or "" for member, attribute in ADDRESS.items()}
    members |= {attribute: coordinates.get(member) for member, attribute in COORDINATES.items()}
    known = PostalAddress(**members, uri=room or uri, source=PlaceSource.RESOURCE if room else None)
    place = None if known == PostalAddress() else Place(address=known)
    return Venue(name, place)
