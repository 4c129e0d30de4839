"""Global object ids: the binary form of a UID, with the day of an occurrence in it ([MS-OXOCAL] 2.2.1.27)."""

from __future__ import annotations

from datetime import date
from typing import Final

CLASS: Final = "040000008200E00074C5B7101A82E008"
"""The hex digits with which all of them begin."""

_CLASS: Final = bytes.fromhex(CLASS)
_DAY: Final = slice(len(_CLASS), len(_CLASS) + 4)
_MADE: Final = slice(2 * _DAY.stop, 2 * _DAY.stop + 16)  # of the hex digits
_BETWEEN: Final = 20  # day, creation time, reserved
_MARK: Final = b"vCal-Uid\x01\x00\x00\x00"


def made_at(uid: str) -> int | None:
    """When a UID of this form says that it was made, as FILETIME; None for a foreign one."""
    try:
        return int.from_bytes(bytes.fromhex(uid[_MADE]), "little") if uid.startswith(CLASS) else None
    except ValueError:
        return None


def global_object_id(uid: str, day: date | None = None) -> bytes:
    """The bytes of a UID: its hex digits, or the wrapping of a foreign UID; ``day`` is that of an occurrence."""
    try:
        data = bytes.fromhex(uid)
    except ValueError:
        data = b""
    if not data.startswith(_CLASS):
        inner = _MARK + uid.encode() + b"\x00"
        data = _CLASS + bytes(_BETWEEN) + len(inner).to_bytes(4, "little") + inner
    if day is None:
        return data
    marked = bytearray(data)
    marked[_DAY] = day.year.to_bytes(2, "big") + bytes((day.month, day.day))
    return bytes(marked)
