"""EWS spellings of ids and change keys: standard base64 of the bytes that both dialects share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from reference_impl.ews.errors import ResponseError
from reference_impl.service.item_ids import (
    IdKind,
    IdMalformed,
    StoredId,
    attachment_of,
    attachment_token,
    pack_id,
    pack_version,
    unpack_id,
    unpack_version,
)

ID_LIMIT: Final = 512

_WRONG_KIND: Final = {
    (IdKind.ITEM, IdKind.FOLDER): "ErrorCannotUseFolderIdForItemId",
    (IdKind.FOLDER, IdKind.ITEM): "ErrorCannotUseItemIdForFolderId",
    (IdKind.ATTACHMENT, IdKind.FOLDER): "ErrorInvalidIdNotAnItemAttachmentId",
    (IdKind.ATTACHMENT, IdKind.ITEM): "ErrorInvalidIdNotAnItemAttachmentId",
}
"""(what is expected, what is given) -> the code; for all else the id is malformed."""


@lru_cache(maxsize=8192)
def item_id(mailbox_id: str, token: str) -> str:
    """The EWS id of an item."""
    return base64.b64encode(pack_id(IdKind.ITEM, mailbox_id, token)).decode()


def folder_id(mailbox_id: str, token: str) -> str:
    """The EWS id of a folder."""
    return base64.b64encode(pack_id(IdKind.FOLDER, mailbox_id, token)).decode()


@lru_cache(maxsize=8192)
def change_key(version: int) -> str:
    """The change key of one state of an item."""
    return base64.b64encode(pack_version(version)).decode()


def stored_id(text: str, kind: IdKind) -> StoredId:
    """What an EWS id names. Raises ErrorInvalidIdEmpty, ...MonikerTooLong, ...Malformed or the wrong-kind codes."""
    if not text:
        raise ResponseError("ErrorInvalidIdEmpty", "The id is empty.")
    if len(text) > ID_LIMIT:
        raise ResponseError("ErrorInvalidIdMonikerTooLong", f"An id has {ID_LIMIT} characters at most.")
    try:
        stored = _unpacked(text)
    except (binascii.Error, ValueError):
        raise ResponseError("ErrorInvalidIdMalformed", "The id was not made by this server.") from None
    if stored.kind is not kind:
        code = _WRONG_KIND.get((kind, stored.kind), "ErrorInvalidIdMalformed")
        raise ResponseError(code, f"The id is that of {_named(stored.kind)}, not of {_named(kind)}.")
    return stored


def _named(kind: IdKind) -> str:
    name = kind.name.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


@lru_cache(maxsize=8192)
def _unpacked(text: str) -> StoredId:
    """What was handed out comes back, again and again."""
    return unpack_id(base64.b64decode(text, validate=True))


class AttachmentRef(NamedTuple):
    """What an attachment's id names: the mailbox, the item, and the way from there."""

    mailbox_id: str
    item: str
    path: tuple[str, ...]


def attachment_id(mailbox_id: str, item_token: str, path: Sequence[str]) -> str:
    """The EWS id of an attachment."""
    return base64.b64encode(pack_id(IdKind.ATTACHMENT, mailbox_id, attachment_token(item_token, path))).decode()


def attachment_ref(text: str) -> AttachmentRef:
    """What an EWS id of an attachment names; the errors are those of ``stored_id``."""
    stored = stored_id(text, IdKind.ATTACHMENT)
    try:
        item, path = attachment_of(stored.token)
    except IdMalformed:
        raise ResponseError("ErrorInvalidIdMalformed", "The id was not made by this server.") from None
    return AttachmentRef(stored.mailbox_id, item, path)


def stored_version(text: str) -> int:
    """The version that a change key names. Raises ErrorInvalidChangeKey."""
    try:
        return _unpacked_version(text)
    except (binascii.Error, IdMalformed, ValueError):
        raise ResponseError("ErrorInvalidChangeKey", "The change key was not made by this server.") from None


@lru_cache(maxsize=8192)
def _unpacked_version(text: str) -> int:
    return unpack_version(base64.b64decode(text, validate=True))


def hexadecimal(mailbox_id: str, token: str) -> str:
    """The hexadecimal spelling of an item's id, as free/busy details and HexEntryId have it."""
    return pack_id(IdKind.ITEM, mailbox_id, token).hex().upper()
