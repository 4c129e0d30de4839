"""GetRoomLists and GetRooms: the lists of rooms, and the rooms of one list (DOC getroomlists, getrooms)."""

from __future__ import annotations

from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.entries import entry
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import sole
from reference_impl.ews.tree import Element
from reference_impl.service.directory import find_mailbox, room_lists, rooms


def get_room_lists(_request: Element, call: Call) -> str:
    """Answer a GetRoomLists; a server without lists of rooms has an empty answer."""
    content = "".join(entry("Address", found) for found in room_lists(call.world))
    return sole("GetRoomLists", lambda: f"<m:RoomLists>{content}</m:RoomLists>")


def get_rooms(request: Element, call: Call) -> str:
    """Answer a GetRooms."""
    return sole("GetRooms", lambda: f"<m:Rooms>{_rooms(request, call)}</m:Rooms>")


def _rooms(request: Element, call: Call) -> str:
    address = (request.findtext(f"{m('RoomList')}/{t('EmailAddress')}") or "").strip()
    if not address:
        raise ResponseError("ErrorMissingInformationEmailAddress", "The list of rooms has no e-mail address.")
    found = find_mailbox(call.world, address)
    if found is None or not found.is_room_list:
        unknown = call.world.settings.unknown_room_list_has_no_mailbox
        code = "ErrorNameResolutionNoMailbox" if unknown else "ErrorNameResolutionNoResults"
        raise ResponseError(code, "No results were found.")
    return "".join(xml.node("Room", entry("Id", room)) for room in rooms(call.world, found))
