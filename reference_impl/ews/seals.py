"""Opaque texts that clients keep and send back: base64 of sealed bytes."""

from __future__ import annotations

import base64
import binascii

from reference_impl.service.seals import SealBroken, seal, unseal


def sealed(mark: bytes, mailbox_id: str, content: bytes) -> str:
    """The text that spells some bytes; ``mark`` tells their use."""
    return base64.b64encode(seal(mark, mailbox_id, content)).decode()


def opened(mark: bytes, mailbox_id: str, text: str) -> bytes:
    """The bytes that a text spells. Raises SealBroken."""
    try:
        whole = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken from None
    return unseal(mark, mailbox_id, whole)
