"""Opaque bytes that clients keep and send back: packed content with a digest that shows any damage."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

_DIGEST_SIZE: Final = 8


class SealBroken(ValueError):
    """Bytes that were not made here, or for another use or mailbox, or that have been damaged."""


def seal(mark: bytes, mailbox_id: str, content: bytes) -> bytes:
    """Some bytes as they are handed out; ``mark`` tells their use."""
    data = mark + UUID(mailbox_id).bytes + content
    return data + _digest(data)


def unseal(mark: bytes, mailbox_id: str, sealed: bytes) -> bytes:
    """The bytes that were handed out for a use and a mailbox. Raises SealBroken."""
    data, digest = sealed[:-_DIGEST_SIZE], sealed[-_DIGEST_SIZE:]
    head = mark + UUID(mailbox_id).bytes
    if digest != _digest(data) or not data.startswith(head):
        raise SealBroken
    return data[len(head) :]


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_DIGEST_SIZE]
