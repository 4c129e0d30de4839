"""How an embedded server starts for a case: what the features that the case needs ask of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_PEOPLE: tuple[Mapping[str, Any], ...] = (
    {"address": "organizer0@example.com", "name": "Organizer 0", "may_impersonate": True},
    *({"address": f"attendee{number}@example.com", "name": f"Attendee {number}"} for number in range(6)),
)
_ROOMS: tuple[Mapping[str, Any], ...] = (
    {
        "address": "room0@example.com",
        "name": "Room 0",
        "kind": "room",
        "auto_accept": True,
        "room": {"capacity": 8, "building": "North", "floor_number": 2},
    },
    {"address": "room1@example.com", "name": "Room 1", "kind": "room", "auto_accept": True},
    {
        "address": "roomlist0@example.com",
        "name": "Rooms of the North",
        "kind": "list",
        "room_list": True,
        "members": ["room0@example.com", "room1@example.com"],
    },
)
_LISTS: tuple[Mapping[str, Any], ...] = (
    {
        "address": "list0@example.com",
        "name": "List 0",
        "kind": "list",
        "members": ["attendee0@example.com", "attendee1@example.com"],
    },
    {
        "address": "list1@example.com",
        "name": "List 1",
        "kind": "list",
        "members": ["attendee2@example.com", "list0@example.com"],
    },
)
_SHORT_MINUTE = 3.0  # seconds: the server's heartbeat is well before the end of such a minute
_POPULATION = (*_PEOPLE, *_ROOMS, *_LISTS)

# What each feature asks for beside the usual server; a case that needs several gets all of it.
_STARTS: Mapping[str, Mapping[str, Any]] = {
    "online": {"profile": "online"},
    "booking-rooms": {"mailboxes": _POPULATION},
    "room-lists": {"mailboxes": _POPULATION},
    "nested-lists": {"mailboxes": _POPULATION},
    "patience": {"settings": {"minute": _SHORT_MINUTE}},
}


def options_for(needs: Collection[str]) -> dict[str, Any]:
    """The farm's options for a server that has all that is needed, beside seed, clock and faults.

    ``profile``, ``mailboxes`` (tables as in a file of mailboxes; None for the default ones) and ``settings``.
    """
    options: dict[str, Any] = {"profile": "onpremises", "mailboxes": None, "settings": {}}
    for feature, wanted in _STARTS.items():
        if feature in needs:
            options |= wanted
    return options
