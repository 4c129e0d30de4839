"""Hanging large files on items: an upload is begun, sent piece by piece, and hung on its item when it is whole."""

from __future__ import annotations

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import NewAttachment
from reference_impl.domain.errors import AttachmentTooLarge
from reference_impl.domain.mailbox import Mailbox
from reference_impl.service.attachments import Attaching, attach
from reference_impl.service.finding import item_in
from reference_impl.service.uploads import LASTS, Upload
from reference_impl.service.world import World


def begin(
    world: World, owner: Mailbox, item_id: str, file: NewAttachment, size: int, by: Mailbox | None = None
) -> Upload:
    """An upload of a file of so many bytes. Raises ItemNotFound, AccessDenied, AttachmentTooLarge."""
    limit = world.settings.attachment_bytes
    if size > limit:
        raise AttachmentTooLarge(size=size, limit=limit)
    with world.store.begin(write=False) as unit:
        item_in(unit, owner, item_id, by, Reach.edits)
    now = world.clock.now()
    token = world.ids.token(32).hex()
    upload = Upload(token=token, owner=owner, by=by, item_id=item_id, file=file, size=size, expires=now + LASTS)
    world.uploads.keep(upload, now)
    return upload


def find(world: World, token: str) -> Upload:
    """The upload with this token. Raises UploadNotFound."""
    return world.uploads.find(token, world.clock.now())


def send(world: World, upload: Upload, start: int, piece: bytes) -> Attaching | None:
    """Add a piece that begins at a byte; with the last one the file is hung on its item.

    Raises UploadOutOfOrder, UploadNotFound and the errors of ``attach``.
    """
    world.uploads.add(upload, start, piece, world.clock.now())
    if not upload.is_whole:
        return None
    return attach(world, upload.owner, upload.item_id, replace(upload.file, content=bytes(upload.data)), upload.by)


def cancel(world: World, upload: Upload) -> None:
    """Give an upload up."""
    world.uploads.end(upload)
