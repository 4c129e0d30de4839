"""Files on their way to an item, piece by piece, kept in memory until they are whole, given up, or wait too long.

Whoever has the token of an upload may send its pieces. Each piece gives it more time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from reference_impl.domain.acts import NewAttachment
from reference_impl.domain.errors import UploadNotFound, UploadOutOfOrder
from reference_impl.domain.mailbox import Mailbox

LASTS: Final = timedelta(hours=1)
MOST: Final = 16
"""Uploads of a mailbox under way at most: the one that has waited longest gives way to another."""


@dataclass(slots=True, kw_only=True)
class Upload:
    """A file under way: whose item it is to hang on, who hangs it there, what is known of it, and what has come."""

    token: str
    owner: Mailbox
    by: Mailbox | None
    item_id: str
    file: NewAttachment  # without its content
    size: int
    expires: datetime
    data: bytearray = field(default_factory=bytearray)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing any more."""
        return len(self.data) == self.size


class Uploads:
    """The uploads under way, by their tokens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Upload] = {}

    def keep(self, upload: Upload, now: datetime) -> None:
        """Hold another one; those whose time is over are given up, and the oldest of a mailbox that has too many."""
        with self._lock:
            left = {token: one for token, one in self._under_way.items() if one.expires > now}
            others = sorted(
                (one for one in left.values() if one.owner.id == upload.owner.id), key=lambda one: one.expires
            )
            for oldest in others[: max(0, len(others) - MOST + 1)]:
                del left[oldest.token]
            self._under_way = {**left, upload.token: upload}

    def find(self, token: str, now: datetime) -> Upload:
        """The upload with this token. Raises UploadNotFound."""
        upload = self._under_way.get(token)
        if upload is None or upload.expires <= now:
            raise UploadNotFound
        return upload

    def add(self, upload: Upload, start: int, piece: bytes, now: datetime) -> None:
        """Add the piece that begins at a byte; one that is whole is held no longer.

        Raises UploadOutOfOrder unless that is the next byte, and UploadNotFound for one that has ended meanwhile.
        """
        with self._lock:
            if upload.token not in self._under_way:
                raise UploadNotFound
            if start != len(upload.data):
                raise UploadOutOfOrder(expected=len(upload.data), start=start)
            upload.data += piece
            upload.expires = now + LASTS
            if upload.is_whole:
                del self._under_way[upload.token]

    def end(self, upload: Upload) -> None:
        """Hold it no longer."""
        with self._lock:
            self._under_way.pop(upload.token, None)
