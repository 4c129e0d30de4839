"""Conversations: where a message stands in one, and what it is about ([MS-OXOMSG] 2.2.1.2, 2.2.1.3)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from reference_impl.domain.era import filetime
from reference_impl.domain.items import CalendarItem, Item, Message

_FIRST: Final = b"\x01"
_HEAD: Final = 22  # reserved byte, five bytes of time, GUID
_SHORT, _LONG = 18, 23  # low bits of a time difference that a response level leaves out
_LEVEL_BITS: Final = 31
_MOST: Final = (1 << _LEVEL_BITS) - 1

PREFIXES: Final = (
    "RE: ",
    "FW: ",
    "Accepted: ",
    "Tentative: ",
    "Declined: ",
    "New Time Proposed: ",
    "Canceled: ",
    "Meeting Forward Notification: ",
    "Read: ",
    "Not read: ",
    "Delivered: ",
)
"""What subjects begin with beside what they are about."""


def conversation_of(uid: str) -> str:
    """The conversation that all messages of one meeting belong to, in hex."""
    return hashlib.sha256(uid.encode()).hexdigest()[:32]


def conversation_id_of(item: Item) -> str:
    """The conversation that an item belongs to, in hex; empty where it belongs to none."""
    return conversation_of(item.uid) if isinstance(item, CalendarItem) else item.conversation_id


def topic_of(subject: str) -> str:
    """What a message is about: its subject without what answering and forwarding put before it."""
    while found := next((prefix for prefix in PREFIXES if subject.startswith(prefix)), None):
        subject = subject.removeprefix(found)
    return subject


def first_index(conversation: str, moment: datetime) -> bytes:
    """The place of the message with which a conversation begins."""
    return _FIRST + filetime(moment).to_bytes(8, "big")[1:6] + bytes.fromhex(conversation)


def conversation_at(index: bytes) -> str:
    """The conversation in which there is this place, in hex; empty for what is no place."""
    return index[_HEAD - 16 : _HEAD].hex() if len(index) >= _HEAD else ""


def index_of(item: Item) -> bytes:
    """Where an item stands in its conversation; empty where it belongs to none."""
    if isinstance(item, Message) and item.conversation_index:
        return bytes.fromhex(item.conversation_index)
    conversation = conversation_id_of(item)
    return first_index(conversation, item.created) if conversation else b""


def next_index(index: bytes, moment: datetime) -> bytes:
    """The place of an answer, given at a moment, to what stands at a place: one level of five bytes more."""
    if len(index) < _HEAD:
        return index
    began = int.from_bytes(b"\x01" + index[1:6] + bytes(2), "big")
    since = max(filetime(moment) - began, 0)
    is_long = since >> (_LEVEL_BITS + _SHORT) != 0
    level: int = (since >> (_LONG if is_long else _SHORT)) & _MOST
    return index + ((_MOST + 1 if is_long else 0) | level).to_bytes(4, "big") + bytes(1)
