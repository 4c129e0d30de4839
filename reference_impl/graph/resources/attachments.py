"""Attachments of an item: list, add, read, delete, their raw content, and uploads of large files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from reference_impl.domain.acts import NewAttachment
from reference_impl.domain.attached import attachment_in
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import AccessDenied, AttachmentNotFound, AttachmentTooLarge
from reference_impl.domain.items import Attachment, AttachmentKind, Item
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Content, Result
from reference_impl.graph.fields.attachment import ATTACHMENT, Hung, attachment_id, item_members
from reference_impl.graph.fields.field import View
from reference_impl.graph.fields.values import moment
from reference_impl.graph.odata.expanding import read_expand
from reference_impl.graph.odata.filtering import compile_filter
from reference_impl.graph.odata.selecting import Selection, read_select
from reference_impl.graph.odata.syntax import parse_filter
from reference_impl.graph.reading.attachment import read_attachment
from reference_impl.graph.reading.drafts import read_draft
from reference_impl.graph.refusals import (
    AttachmentTooSmall,
    BodyInvalid,
    IdMalformed,
    MethodNotAllowed,
    ParameterInvalid,
    RangeTooLong,
)
from reference_impl.mapi.contents import mime_of
from reference_impl.service import attachments, item_ids, uploading
from reference_impl.service.item_ids import IdKind
from reference_impl.service.uploads import Upload

SMALL: Final = 3 * 2**20
"""Files from this size on are uploaded piece by piece, smaller ones are sent at once (outlook-large-attachments)."""
LARGEST_UPLOAD: Final = 150 * 2**20

INNER_ITEM: Final = "microsoft.graph.itemAttachment/item"
"""What can be expanded: the item in an item attachment."""

UPLOADS: Final = "uploadSessions"
_OPAQUE: Final = "application/octet-stream"
_CALENDAR: Final = "text/calendar"
_MESSAGE: Final = "message/rfc822"
_TYPE: Final = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_RANGE: Final = re.compile(r"bytes\s+(\d{1,12})-(\d{1,12})/(\d{1,12})")


def hung_on(call: Call, item: Item) -> Iterator[Hung]:
    """What hangs on an item, in its order."""
    for attachment in item.attachments:
        yield _hung(call, item, attachment)


def _hung(call: Call, item: Item, attachment: Attachment) -> Hung:
    way = (attachment.id,)
    return Hung(
        item,
        attachment,
        partial(attachments.open_attachment, call.world, call.owner, item.id, way, call.by),
    )


@dataclass(frozen=True, slots=True)
class AttachmentsOf:
    """The operations on what hangs on one sort of items; ``place`` is how contexts and addresses name an item."""

    read: Callable[[Call], Item]
    place: Callable[[Any, View], str]

    def listing(self, call: Call) -> Result:
        """GET of the collection."""
        item = self.read(call)
        selection, with_item = _asked(call)
        restriction = call.options.system.get("$filter")
        every = list(hung_on(call, item))
        if restriction is not None:
            keep = compile_filter(parse_filter(restriction), ATTACHMENT.filterable(call.version))
            every = [hung for hung in every if keep(hung)]
        skip = call.options.skip
        page = every[skip : skip + call.page_size]
        rows = [self._shown(call, hung, selection, with_item=with_item) for hung in page]
        context = call.user_context(f"{self._collection(call, item)}{selection.suffix}")
        return call.collection(context, rows, total=len(every), skip=skip)

    def get(self, call: Call) -> Result:
        """GET of one attachment, with what is in a file, and on request with the item that is in it."""
        selection, with_item = _asked(call)
        hung = self._named(call)
        members = self._shown(call, hung, selection, with_item=with_item)
        return call.entity(self._context(call, hung.item, selection), members)

    def create(self, call: Call) -> Result:
        """POST: 201 and the attachment; nobody is told of it before the event is updated or the message sent."""
        item = self.read(call)
        new = read_attachment(call.body("attachment.create"), partial(read_draft, call.world.settings))
        if isinstance(new.content, bytes) and len(new.content) >= SMALL:
            raise AttachmentTooLarge(size=len(new.content), limit=SMALL - 1)
        made = attachments.attach(call.world, call.owner, item.id, new, call.by)
        hung = _hung(call, made.item, made.attachment)
        members = self._shown(call, hung, Selection(), with_item=False)
        result = call.entity(self._context(call, made.item, Selection()), members, 201)
        return replace(result, headers=(("Location", call.location(self._address(call, hung))),))

    def delete(self, call: Call) -> Result:
        """DELETE: 204; the attachment is gone for good."""
        hung = self._named(call)
        attachments.detach(call.world, call.owner, hung.item.id, (hung.attachment.id,), call.by)
        return Result(204)

    def value(self, call: Call) -> Result:
        """GET of the raw content: the bytes of a file, or an item as MIME; a reference has none (attachment-get)."""
        hung = self._named(call)
        if hung.attachment.kind is AttachmentKind.REFERENCE:
            raise MethodNotAllowed(method="GET", offered="none, as a reference has no content")
        opened = hung.opened()
        if opened.attached is None:
            told = hung.attachment.content_type
            return Result(200, content=Content(told if _TYPE.fullmatch(told) else _OPAQUE, opened.data))
        data = mime_of(call.world, opened.attached.item, call.owner.person, opened.attached)
        return Result(200, content=Content(_MESSAGE if opened.attached.event is None else _CALENDAR, data))

    def create_upload(self, call: Call) -> Result:
        """POST createUploadSession: 201 and where the pieces are to be sent, by whoever has the address.

        It is not offered in what others share (known issues of large attachments).
        """
        item = self.read(call)
        if call.is_others:
            raise AccessDenied
        sent = call.body("attachment.createUploadSession")["AttachmentItem"]
        if sent["attachmentType"] != "file":
            raise BodyInvalid(reason="AttachmentItem.attachmentType: only files are uploaded.")
        if sent["size"] < SMALL:
            raise AttachmentTooSmall(size=sent["size"], limit=SMALL)
        if sent["size"] > LARGEST_UPLOAD:
            raise AttachmentTooLarge(size=sent["size"], limit=LARGEST_UPLOAD)
        file = NewAttachment(
            name=sent["name"],
            content=b"",
            content_type=sent.get("contentType") or "",
            content_id=sent.get("contentId") or "",
            is_inline=bool(sent.get("isInline")),
        )
        upload = uploading.begin(call.world, call.owner, item.id, file, sent["size"], call.by)
        key = ids.opaque(f"{upload.token} {self._collection(call, item)}".encode())
        members = {
            "uploadUrl": f"{call.request.origin}/{call.version}/{UPLOADS}/{key}",
            "expirationDateTime": moment(upload.expires),
            "nextExpectedRanges": ["0-"],
        }
        return call.entity(call.context("microsoft.graph.uploadSession"), members, 201)

    def _named(self, call: Call) -> Hung:
        """The attachment that the path names. AttachmentNotFound for one of another item."""
        item = self.read(call)
        key = call.keys["attachment"]
        try:
            item_token, path = item_ids.attachment_of(ids.read(key, call.owner, IdKind.ATTACHMENT))
        except item_ids.IdMalformed:
            raise IdMalformed(id=key) from None
        if item_token not in {item.id, item.lasting} or len(path) != 1:
            raise AttachmentNotFound
        return _hung(call, item, attachment_in(item, path[0]))

    def _shown(self, call: Call, hung: Hung, selection: Selection, *, with_item: bool) -> Mapping[str, Any]:
        members = ATTACHMENT.show(hung, call.view, selection)
        if not with_item or hung.attachment.kind is not AttachmentKind.ITEM:
            return members
        context = call.user_context(f"{self._address(call, hung)}/{INNER_ITEM}/$entity")
        return {**members, "item@odata.context": context, "item": item_members(hung, call.view)}

    def _collection(self, call: Call, item: Item) -> str:
        return f"{self.place(item, call.view)}/attachments"

    def _address(self, call: Call, hung: Hung) -> str:
        return f"{self._collection(call, hung.item)}('{attachment_id(hung, call.view)}')"

    def _context(self, call: Call, item: Item, selection: Selection) -> str:
        return call.user_context(f"{self._collection(call, item)}{selection.suffix}/$entity")


def _asked(call: Call) -> tuple[Selection, bool]:
    """The members selected, and whether the item in an attachment is to be embedded."""
    expansions = read_expand(call.options, {INNER_ITEM})
    return read_select(call.options, ATTACHMENT.selectable(call.version)), bool(expansions)


def send_piece(call: Call) -> Result:
    """PUT of the next bytes of an upload: its state, and with the last ones 201 and where the attachment is."""
    upload, collection = _upload(call)
    start, piece = _piece(call, upload)
    made = uploading.send(call.world, upload, start, piece)
    if made is None:
        status = 202 if call.world.settings.upload_pieces_are_accepted else 200
        return _state(call, upload, status)
    key = attachment_id(_hung(call, made.item, made.attachment), call.view)
    address = f"{call.request.origin}/{call.version}/users('{upload.owner.id}')/{collection}('{key}')"
    return Result(201, headers=(("Location", address),))


def upload_state(call: Call) -> Result:
    """GET of an upload: the byte expected next."""
    upload, _ = _upload(call)
    return _state(call, upload)


def cancel_upload(call: Call) -> Result:
    """DELETE: 204; the upload is given up."""
    upload, _ = _upload(call)
    uploading.cancel(call.world, upload)
    return Result(204)


def _upload(call: Call) -> tuple[Upload, str]:
    """The upload that an address names, and how the collection is named that its file comes to."""
    key = call.keys["upload"]
    token, _, collection = ids.read_opaque(key).decode(errors="replace").partition(" ")
    return uploading.find(call.world, token), collection


def _piece(call: Call, upload: Upload) -> tuple[int, bytes]:
    """The bytes of a request, and the first of them by Content-Range (RFC 9110 section 14.4)."""
    header, piece = call.request.headers.get("content-range", ""), call.request.body
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        raise ParameterInvalid(reason=f"Content-Range: expected bytes FIRST-LAST/SIZE, got {header!r}.")
    first, last, size = map(int, match.groups())
    if size != upload.size or last >= size or last - first + 1 != len(piece):
        told = f"{len(piece)} bytes of a file of {upload.size}"
        raise ParameterInvalid(reason=f"Content-Range: {header!r} does not tell of {told}.")
    limit = call.world.settings.upload_piece_bytes
    if len(piece) > limit:
        raise RangeTooLong(size=len(piece), limit=limit)
    return first, piece


def _state(call: Call, upload: Upload, status: int = 200) -> Result:
    members = {"expirationDateTime": moment(upload.expires), "nextExpectedRanges": [str(len(upload.data))]}
    return call.entity(call.context("microsoft.graph.uploadSession"), members, status)
