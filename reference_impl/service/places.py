"""Rooms and lists of rooms as places: found, and what is told of them changed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from reference_impl.domain.errors import PlaceNotFound
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.domain.rooms import RoomFacts
from reference_impl.service.directory import find_mailbox, mailbox_by_id
from reference_impl.service.world import World


def place(world: World, key: str) -> Mailbox:
    """The room or list of rooms with this id or address, hidden ones apart. Raises PlaceNotFound."""
    found = mailbox_by_id(world, _guid(key)) or find_mailbox(world, key)
    if found is None or found.is_hidden or not (found.kind is MailboxKind.ROOM or found.is_room_list):
        raise PlaceNotFound(key=key)
    return found


def room_list(world: World, key: str) -> Mailbox:
    """The list of rooms with this id or address. Raises PlaceNotFound."""
    found = place(world, key)
    if not found.is_room_list:
        raise PlaceNotFound(key=key)
    return found


def change_place(world: World, key: str, edit: Callable[[RoomFacts], RoomFacts]) -> Mailbox:
    """The place with what ``edit`` made of its facts. Raises PlaceNotFound and the errors of ``edit``."""
    with world.store.begin() as unit:
        found = place(world, key)
        facts = edit(found.room)
        return found if facts == found.room else unit.put_mailbox(found, {"room": facts})


def _guid(key: str) -> str:
    try:
        return str(UUID(key))
    except ValueError:
        return ""
