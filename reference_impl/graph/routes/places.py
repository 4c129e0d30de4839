"""Rooms and lists of rooms, which belong to the organization."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import places
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes.scopes import PLACES_READ, PLACES_WRITE

_LISTED: Final = LISTING - {"$orderby"}
_PLACE: Final = ("/places/{place}",)
_ROOMS: Final = ("/places/{place}/microsoft.graph.roomList/rooms",)

ROUTES: Final[tuple[Route, ...]] = (
    Route("room.list", "GET", ("/places/microsoft.graph.room",), places.rooms, PLACES_READ, _LISTED, Reach.SERVICE),
    Route(
        "roomList.list",
        "GET",
        ("/places/microsoft.graph.roomList",),
        places.room_lists,
        PLACES_READ,
        _LISTED,
        Reach.SERVICE,
    ),
    Route("roomList.rooms", "GET", _ROOMS, places.rooms_of_list, PLACES_READ, _LISTED, Reach.SERVICE),
    Route("place.get", "GET", _PLACE, places.get, PLACES_READ, ENTITY, Reach.SERVICE),
    Route("place.update", "PATCH", _PLACE, places.update, PLACES_WRITE, ENTITY, Reach.SERVICE),
)
