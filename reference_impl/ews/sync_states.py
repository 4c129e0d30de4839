"""Sync states as clients keep them."""

from __future__ import annotations

import struct
from typing import Final

from reference_impl.domain.errors import SyncStateInvalid
from reference_impl.ews.seals import opened, sealed
from reference_impl.service.seals import SealBroken
from reference_impl.service.synchronisation import FolderSyncState, ItemSyncState

_ITEMS: Final = b"MPSI\x01"
_FOLDERS: Final = b"MPSF\x01"
_POSITIONS: Final = struct.Struct(">QQQ?")
_VERSION: Final = struct.Struct(">Q")


def write_item_state(state: ItemSyncState, mailbox_id: str) -> str:
    """The text of a state of one folder's items."""
    numbers = _POSITIONS.pack(state.since, state.until, state.position, state.is_listing)
    return sealed(_ITEMS, mailbox_id, numbers + bytes.fromhex(state.folder_id))


def read_item_state(text: str, mailbox_id: str) -> ItemSyncState:
    """The state that a text spells. Raises SyncStateInvalid for any other text, and for another mailbox's."""
    data = _opened(_ITEMS, mailbox_id, text)
    since, until, position, is_listing = _POSITIONS.unpack_from(data)
    return ItemSyncState(data[_POSITIONS.size :].hex(), since, until, position, is_listing)


def write_folder_state(state: FolderSyncState, mailbox_id: str) -> str:
    """The text of a state of the folders below a root."""
    ids = (state.root_id, *sorted(state.known))
    content = b"".join(bytes([len(folder_id) // 2]) + bytes.fromhex(folder_id) for folder_id in ids)
    return sealed(_FOLDERS, mailbox_id, _VERSION.pack(state.version) + content)


def read_folder_state(text: str, mailbox_id: str) -> FolderSyncState:
    """The state that a text spells. Raises SyncStateInvalid for any other text, and for another mailbox's."""
    data = _opened(_FOLDERS, mailbox_id, text)
    (version,) = _VERSION.unpack_from(data)
    ids: list[str] = []
    place = _VERSION.size
    while place < len(data):
        end = place + 1 + data[place]
        ids.append(data[place + 1 : end].hex())
        place = end
    return FolderSyncState(ids[0], version, frozenset(ids[1:]))


def _opened(mark: bytes, mailbox_id: str, text: str) -> bytes:
    try:
        return opened(mark, mailbox_id, text)
    except SealBroken:
        raise SyncStateInvalid from None
