"""Opaque texts that clients keep and send back: base64 of packed bytes, with a digest that shows any damage."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final
from uuid import UUID

_DIGEST_SIZE: Final = 8


class SealBroken(ValueError):
    """A text that was not made here, or for another use or mailbox, or that has been damaged."""


def sealed(mark: bytes, mailbox_id: str, content: bytes) -> str:
    """The text that spells some bytes; ``mark`` tells their use."""
    data = mark + UUID(mailbox_id).bytes + content
    return base64.b64encode(data + _digest(data)).decode()


def opened(mark: bytes, mailbox_id: str, text: str) -> bytes:
    """The bytes that a text spells. Raises SealBroken."""
    try:
        whole = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken from None
    data, digest = whole[:-_DIGEST_SIZE], whole[-_DIGEST_SIZE:]
    head = mark + UUID(mailbox_id).bytes
    if digest != _digest(data) or not data.startswith(head):
        raise SealBroken
    return data[len(head) :]


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_DIGEST_SIZE]
