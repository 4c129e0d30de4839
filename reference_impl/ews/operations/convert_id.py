"""ConvertId: one id in another spelling ([MS-OXWSCVTID])."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, unquote

from reference_impl.domain.mailbox import Mailbox
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import local, m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.tree import Element
from reference_impl.service.directory import mailbox_by_id
from reference_impl.service.item_ids import IdMalformed, unpack_id

_STORE_MARK: Final = b"\x4d\x50"


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_store(text: str) -> bytes:
    data = _from_base64(text)
    if not data.startswith(_STORE_MARK):
        raise ValueError("a store id begins with its mark")
    return data[len(_STORE_MARK) :]


_READERS: Final[Mapping[str, Callable[[str], bytes]]] = {
    "EwsLegacyId": _from_base64,
    "EwsId": _from_base64,
    "EntryId": _from_base64,
    "HexEntryId": bytes.fromhex,
    "StoreId": _from_store,
    "OwaId": lambda text: _from_base64(unquote(text)),
}

_WRITERS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "EwsLegacyId": _to_base64,
    "EwsId": _to_base64,
    "EntryId": _to_base64,
    "HexEntryId": lambda data: data.hex().upper(),
    "StoreId": lambda data: _to_base64(_STORE_MARK + data),
    "OwaId": lambda data: quote(_to_base64(data), safe=""),
}


_MALFORMED: Final = {"EwsLegacyId": "ErrorInvalidIdMalformedEwsLegacyIdFormat"}
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")


def convert_id(request: Element, call: Call) -> str:
    """Answer a ConvertId; the answer names the mailbox that the id belongs to, whatever address was given."""
    sources = request.find(m("SourceIds"))
    assert sources is not None
    wanted = request.get("DestinationFormat", "")
    return each("ConvertId", sources, lambda source: _converted(source, wanted, call))


def _converted(source: Element, wanted: str, call: Call) -> str:
    if local(source.tag) != "AlternateId":
        raise ResponseError("ErrorPublicFolderServerNotFound", "This server has no public folders.")
    data, owner = _read(source, call)
    if source.get("IsArchive") in {"true", "1"}:
        code = "ErrorArchiveMailboxNotEnabled" if call.version.has("Exchange2013") else "ErrorInvalidOperation"
        raise ResponseError(code, "Mailboxes of this server have no archives.")
    if _ADDRESS.fullmatch(source.get("Mailbox", "").strip()) is None:
        raise ResponseError("ErrorInvalidSmtpAddress", f"{source.get('Mailbox')!r} is not an SMTP address.")
    spelled, address = xml.attribute(_WRITERS[wanted](data)), xml.attribute(owner.address)
    return f'<m:AlternateId Format="{wanted}" Id="{spelled}" Mailbox="{address}"/>'


def _read(source: Element, call: Call) -> tuple[bytes, Mailbox]:
    """The bytes of an id and the mailbox that it is of. Raises ErrorInvalidIdEmpty and the codes of malformed ids."""
    form, text = source.get("Format", ""), source.get("Id", "")
    if not text:
        raise ResponseError("ErrorInvalidIdEmpty", "The id is empty.")
    malformed = _MALFORMED.get(form, "ErrorInvalidIdMalformed")
    try:
        data = _READERS[form](text)
        stored = unpack_id(data)
    except (binascii.Error, IdMalformed, ValueError):
        raise ResponseError(malformed, "The id was not made by this server.") from None
    owner = mailbox_by_id(call.world, stored.mailbox_id)
    if owner is None:
        raise ResponseError(malformed, "The id belongs to no mailbox of this server.")
    return data, owner
