"""Graph's spelling of ids and change keys: base64 of the bytes both dialects share, safe in URLs.

``/`` becomes ``-`` and ``+`` becomes ``_``: the other way round than RFC 4648 section 5 has it.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph.refusals import IdMalformed, WrongKind
from reference_impl.service import item_ids
from reference_impl.service.item_ids import IdKind, StoredId

_ETAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_FROM_STANDARD: Final = bytes.maketrans(b"+/", b"_-")
_TO_STANDARD: Final = bytes.maketrans(b"_-+/", b"+/!!")
_NAMES: Final = {IdKind.FOLDER: "folder", IdKind.ATTACHMENT: "attachment"}
_ITEM: Final = "item"
_OF_ITEMS: Final = (IdKind.ITEM, IdKind.LASTING_ITEM)


def spell(kind: IdKind, mailbox_id: str, token: str) -> str:
    """The wire id of an item or folder."""
    return opaque(item_ids.pack_id(kind, mailbox_id, token))


def of_item(item: Item, *, lasting: bool) -> str:
    """The wire id of an item, either the one that changes when it is moved or the one that does not."""
    if lasting:
        return spell(IdKind.LASTING_ITEM, item.mailbox_id, item.lasting)
    return spell(IdKind.ITEM, item.mailbox_id, item.id)


def of_gone(mailbox_id: str, token: str, lasting_token: str, *, lasting: bool) -> str:
    """The wire id of an item that may be gone, by the id that it had last or the one that it began with."""
    kind = IdKind.LASTING_ITEM if lasting else IdKind.ITEM
    return spell(kind, mailbox_id, lasting_token if lasting else token)


def read(text: str, owner: Mailbox, kind: IdKind) -> str:
    """The stored token of a wire id of this mailbox; IdMalformed, WrongKind, or ItemNotFound for another mailbox's."""
    return _read(text, owner, (kind,), _NAMES.get(kind, _ITEM)).token


def read_item(text: str, owner: Mailbox) -> StoredId:
    """What an item's id of either kind names; the errors are those of ``read``."""
    return _read(text, owner, _OF_ITEMS, _ITEM)


def _read(text: str, owner: Mailbox, kinds: tuple[IdKind, ...], expected: str) -> StoredId:
    try:
        stored = item_ids.unpack_id(read_opaque(text))
    except item_ids.IdMalformed:
        raise IdMalformed(id=text) from None
    if stored.mailbox_id != owner.id:
        raise ItemNotFound
    if stored.kind not in kinds:
        raise WrongKind(expected=expected)
    return stored


def opaque(data: bytes) -> str:
    """Any bytes as an id."""
    return binascii.b2a_base64(data, newline=False).translate(_FROM_STANDARD).decode()


def read_opaque(text: str) -> bytes:
    """The bytes of such a text, which has one spelling; IdMalformed for any other."""
    try:
        data = binascii.a2b_base64(text.encode("ascii").translate(_TO_STANDARD), strict_mode=True)
    except ValueError:
        data = b""
    if not data or (text.endswith("=") and opaque(data) != text):  # bits that decoding drops
        raise IdMalformed(id=text)
    return data


def change_key(version: int) -> str:
    """The change key of a version, spelt as in EWS."""
    return binascii.b2a_base64(item_ids.pack_version(version), newline=False).decode()


def etag(version: int) -> str:
    """The weak entity tag of a version (RFC 9110 section 8.8.3)."""
    return f'W/"{change_key(version)}"'


def names_tag(condition: str, tag: str) -> bool:
    """Whether an If-None-Match header names this tag, compared weakly; ``*`` names every one."""
    return condition.strip() == "*" or tag.removeprefix("W/").strip('"') in _ETAG.findall(condition)


def matches(condition: str, version: int) -> bool:
    """Whether an If-Match header admits this version; ``*`` admits every one."""
    return condition.strip() == "*" or change_key(version) in _ETAG.findall(condition)
