"""Places: rooms, lists of rooms, the rooms of one list, and one place read or changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.field import Table
from reference_impl.graph.fields.place import LIST_TYPE, ROOM, ROOM_LIST, ROOM_TYPE
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.reading.place import changed
from reference_impl.graph.resources.listed import listed
from reference_impl.service import directory, places

_PAGE: Final = 100


def rooms(call: Call) -> Result:
    """GET of all rooms."""
    return _page(call, "places/microsoft.graph.room", ROOM, directory.all_rooms(call.world))


def room_lists(call: Call) -> Result:
    """GET of the lists of rooms."""
    return _page(call, "places/microsoft.graph.roomList", ROOM_LIST, directory.room_lists(call.world))


def rooms_of_list(call: Call) -> Result:
    """GET of the rooms of one list."""
    found = places.room_list(call.world, call.keys["place"])
    context = f"places('{call.keys['place']}')/microsoft.graph.roomList/rooms"
    return _page(call, context, ROOM, directory.rooms(call.world, found))


def get(call: Call) -> Result:
    """GET of one place, whose type is told."""
    return _shown(call, places.place(call.world, call.keys["place"]))


def update(call: Call) -> Result:
    """PATCH: 200 and the place."""
    key = call.keys["place"]
    _shown(call, places.place(call.world, key))
    sent = call.body("place.update")
    return _shown(call, places.change_place(call.world, key, lambda before: changed(before, sent)))


def _page(call: Call, context: str, table: Table[Any], subjects: Iterable[Mailbox]) -> Result:
    return listed(call, call.context(context), table, subjects, size=_PAGE)


def _shown(call: Call, place: Mailbox) -> Result:
    table, kind = (ROOM_LIST, LIST_TYPE) if place.is_room_list else (ROOM, ROOM_TYPE)
    selection = read_select(call.options, table.selectable(call.version))
    members = table.show(place, call.view, selection)
    return call.entity(call.context(f"places{selection.suffix}/$entity"), {"@odata.type": kind, **members})
