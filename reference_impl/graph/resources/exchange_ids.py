"""translateExchangeIds: ids of MAPI, EWS and Graph, of both kinds, into one another."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from reference_impl.domain.errors import DomainError, ItemNotFound
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.errors import ERRORS
from reference_impl.graph.refusals import IdMalformed, Refusal, WrongKind
from reference_impl.service import item_ids, items
from reference_impl.service.item_ids import IdKind, StoredId

_PADDINGS: Final = "012"


def _read_standard(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _written_standard(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _read_binary(text: str) -> bytes:
    """URL-safe base64 whose padding is told by its length at the end."""
    coded, padding = text[:-1], text[-1:]
    if padding not in _PADDINGS or not padding:
        raise IdMalformed(id=text)
    return base64.b64decode(coded + "=" * int(padding), b"-_", validate=True)


def _written_binary(data: bytes) -> str:
    coded = base64.urlsafe_b64encode(data).decode()
    bare = coded.rstrip("=")
    return f"{bare}{len(coded) - len(bare)}"


class _Format(NamedTuple):
    """One spelling of ids, and whether they are those that stay when an item is moved."""

    read: Callable[[str], bytes]
    written: Callable[[bytes], str]
    is_lasting: bool


_FORMATS: Final[Mapping[str, _Format]] = {
    "entryId": _Format(_read_binary, _written_binary, is_lasting=False),
    "ewsId": _Format(_read_standard, _written_standard, is_lasting=False),
    "immutableEntryId": _Format(_read_binary, _written_binary, is_lasting=True),
    "restId": _Format(ids.read_opaque, ids.opaque, is_lasting=False),
    "restImmutableEntryId": _Format(ids.read_opaque, ids.opaque, is_lasting=True),
}
"""exchangeIdFormat, member by member."""


def translate(call: Call) -> Result:
    """POST: one entry per id, in the order sent; what cannot be translated is told in its entry."""
    sent = call.body("exchangeIds.translate")
    source, target = _FORMATS[sent["sourceIdType"]], _FORMATS[sent["targetIdType"]]
    rows = [_translated(call, text, source, target) for text in sent["inputIds"]]
    return call.collection(call.context("Collection(microsoft.graph.convertIdResult)"), rows)


def _translated(call: Call, text: str, source: _Format, target: _Format) -> dict[str, Any]:
    try:
        stored = _stored(text, source)
        if stored.mailbox_id != call.owner.id:
            raise ItemNotFound
        found = _as_wanted(call, stored, source, target)
    except (DomainError, Refusal) as problem:
        return {"sourceId": text, "errorDetails": {"code": ERRORS[type(problem)][1], "message": str(problem)}}
    return {"sourceId": text, "targetId": target.written(item_ids.pack_id(*found))}


def _stored(text: str, source: _Format) -> StoredId:
    try:
        return item_ids.unpack_id(source.read(text))
    except (binascii.Error, ValueError):
        raise IdMalformed(id=text) from None


def _as_wanted(call: Call, stored: StoredId, source: _Format, target: _Format) -> StoredId:
    """The id of the kind that the target has; a folder has one id alone (Outlook immutable identifiers)."""
    if stored.kind is IdKind.FOLDER:
        return stored
    if stored.kind is not (IdKind.LASTING_ITEM if source.is_lasting else IdKind.ITEM):
        raise WrongKind(expected="item" if source.is_lasting else "item by an id that changes when it is moved")
    if source.is_lasting == target.is_lasting:
        return stored
    if target.is_lasting:
        item = items.get_item(call.world, call.owner, stored.token, call.by)
        return StoredId(IdKind.LASTING_ITEM, stored.mailbox_id, item.lasting)
    return StoredId(IdKind.ITEM, stored.mailbox_id, items.current_id(call.world, call.owner, stored.token, call.by))
