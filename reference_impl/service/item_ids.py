"""The byte layout behind every wire id: both dialects spell the same bytes, so their ids convert into one another.

An id is one kind byte, the 16 bytes of the mailbox's GUID and a token: that of the folder; that of the item, or the one
that the item began with, behind its length and the zeros that make up the usual size; or, for an attachment, the length
of its item's token, that token, and the ids on the way from the item to the attachment. EWS spells it in standard
base64, Graph in URL-safe base64. A version (change key, etag) is four marker bytes and eight of the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID


class IdKind(IntEnum):
    """What an id names."""

    ITEM = 1
    FOLDER = 2
    ATTACHMENT = 3
    LASTING_ITEM = 4


_KINDS = {kind.value: kind for kind in IdKind}


class IdMalformed(ValueError):
    """Bytes that no server of this kind has ever handed out."""


class StoredId(NamedTuple):
    """One id taken apart: what it names, the mailbox's GUID text, the token of hex digits."""

    kind: IdKind
    mailbox_id: str
    token: str


_PADDED = frozenset({IdKind.ITEM, IdKind.LASTING_ITEM})

ATTACHMENT_DIGITS = 16
"""Hex digits of the id that an attachment has within its item."""

_HEAD = 17
_ITEM_SIZE = 114  # 152 characters, as Exchange's; some clients tell ids from other names by their length
_VERSION_MARK = b"\x09\x00\x00\x00"
_VERSION_SIZE = 12


@lru_cache(maxsize=4096)
def _opening(kind: IdKind, mailbox_id: str, size: int) -> bytes:
    """All of an id that stands before a token of so many bytes."""
    head = bytes([kind]) + UUID(mailbox_id).bytes
    if kind not in _PADDED:
        return head
    return head + bytes([size]).ljust(_ITEM_SIZE - _HEAD - size, b"\0")


@lru_cache(maxsize=4096)
def _guid(data: bytes) -> str:
    return str(UUID(bytes=data))


def pack_id(kind: IdKind, mailbox_id: str, token: str) -> bytes:
    """The bytes of one id."""
    tail = bytes.fromhex(token)
    return _opening(kind, mailbox_id, len(tail)) + tail


def unpack_id(data: bytes) -> StoredId:
    """The parts of one id; IdMalformed where the bytes cannot be one."""
    if len(data) <= _HEAD:
        raise IdMalformed(f"an id has more than {_HEAD} bytes; got {len(data)}")
    kind = _KINDS.get(data[0])
    if kind is None:
        raise IdMalformed(f"an id begins with one of {[*_KINDS]}; got {data[0]}")
    start = _HEAD
    if kind in _PADDED:
        size = data[_HEAD]
        start = len(data) - size
        if not size or len(data) != max(_ITEM_SIZE, _HEAD + 1 + size) or data[_HEAD + 1 : start].strip(b"\0"):
            raise IdMalformed(f"the id of an item has a token of {size} bytes behind zeros; got {data.hex()}")
    return StoredId(kind, _guid(data[1:_HEAD]), data[start:].hex())


def attachment_token(item_token: str, path: Sequence[str]) -> str:
    """The token of an attachment: its item's and the ids on the way from there to the attachment."""
    return f"{len(item_token) // 2:02x}{item_token}{''.join(path)}"


def attachment_of(token: str) -> tuple[str, tuple[str, ...]]:
    """The item's token and the way from there; IdMalformed where the token cannot be an attachment's."""
    length = 2 + 2 * int(token[:2], 16)
    way = token[length:]
    if not way or len(way) % ATTACHMENT_DIGITS:
        raise IdMalformed(f"an attachment's id ends with ids of {ATTACHMENT_DIGITS} digits; got {way!r}")
    path = tuple(way[start : start + ATTACHMENT_DIGITS] for start in range(0, len(way), ATTACHMENT_DIGITS))
    return token[2:length], path


def pack_version(version: int) -> bytes:
    """The bytes of one version number."""
    return _VERSION_MARK + version.to_bytes(8, "big")


def unpack_version(data: bytes) -> int:
    """The version number; IdMalformed where the bytes cannot be one."""
    if len(data) != _VERSION_SIZE or not data.startswith(_VERSION_MARK):
        raise IdMalformed(f"a version has {_VERSION_SIZE} bytes beginning with {_VERSION_MARK.hex()}; got {data.hex()}")
    return int.from_bytes(data[len(_VERSION_MARK) :], "big")
