"""Hanging things on items, reading them and taking them away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import NewAttachment
from reference_impl.domain.attached import AttachedItem, attached, attachment_in, digest_of, size_of
from reference_impl.domain.errors import AttachmentNotFound, ItemNotFound, SentRequestNotEditable
from reference_impl.domain.items import Attachment, AttachmentKind, Item, Message, MessageKind
from reference_impl.domain.mailbox import Mailbox
from reference_impl.service.drafts import attachments_from
from reference_impl.service.finding import item_in
from reference_impl.service.world import World
from reference_impl.store.codec import decode_once, encode
from reference_impl.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Attaching:
    """An item with one more attachment, and which that is."""

    item: Item
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment with what is in it: the bytes of a file, which a reference has none of, or an item."""

    attachment: Attachment
    data: bytes = b""
    attached: AttachedItem | None = None


def attach(world: World, actor: Mailbox, item_id: str, new: NewAttachment, by: Mailbox | None = None) -> Attaching:
    """Hang something on an item of the actor's; nobody is told of it before the item is sent or updated.

    An occurrence becomes an exception of its series. Raises ItemNotFound, AccessDenied, SentRequestNotEditable,
    AttachmentTooLarge, AttachmentsTooDeep.
    """
    with world.store.begin() as unit:
        item = _changeable(item_in(unit, actor, item_id, by, Reach.edits))
        (attachment,) = attachments_from(unit, world, actor, (new,))
        return Attaching(_put(unit, world, item, (*item.attachments, attachment)), attachment)


def open_attachment(
    world: World, actor: Mailbox, item_id: str, path: Sequence[str], by: Mailbox | None = None
) -> Opened:
    """The attachment at the end of a way that begins at an item of the actor's. Raises AttachmentNotFound."""
    with world.store.begin(write=False) as unit:
        return _opened(unit, _item_with(unit, actor, item_id, by), path)


def detach(world: World, actor: Mailbox, item_id: str, path: Sequence[str], by: Mailbox | None = None) -> Item:
    """The actor's item without the attachment at the end of a way that begins there.

    Raises AttachmentNotFound, AccessDenied, SentRequestNotEditable.
    """
    with world.store.begin() as unit:
        item = _changeable(_item_with(unit, actor, item_id, by, Reach.edits))
        attachment = attachment_in(item, path[0])
        left = [one for one in item.attachments if one is not attachment]
        if len(path) > 1:
            inner = without(_inside(attachment, unit.contents.read(attachment.digest)), path[1:])
            data = _packed(inner)
            left.append(replace(attachment, digest=unit.contents.keep(data), size=size_of(inner.item)))
        return _put(unit, world, item, tuple(left))


def content_of(world: World, attachment: Attachment, holder: AttachedItem | None) -> bytes | AttachedItem:
    """What is in an attachment of a stored item, or of one that is attached itself. Raises AttachmentNotFound."""
    try:
        if holder is not None:
            data = holder.content(attachment.digest)
        else:
            with world.store.begin(write=False) as unit:
                data = unit.contents.read(attachment.digest)
    except KeyError:
        raise AttachmentNotFound from None
    return data if attachment.kind is not AttachmentKind.ITEM else _inside(attachment, data)


def without(inner: AttachedItem, path: Sequence[str]) -> AttachedItem:
    """An attached item without the attachment at the end of a way. Raises AttachmentNotFound."""
    attachment = attachment_in(inner.item, path[0])
    left = [one for one in inner.item.attachments if one is not attachment]
    contents = dict(inner.contents)
    if len(path) > 1:
        deeper = without(_inside(attachment, contents[attachment.digest]), path[1:])
        data = _packed(deeper)
        left.append(replace(attachment, digest=digest_of(data), size=size_of(deeper.item)))
        contents[digest_of(data)] = data
    used = {one.digest for one in left}
    kept = tuple((digest, data) for digest, data in contents.items() if digest in used)
    return attached(replace(inner.item, attachments=tuple(left)), kept)


def _inside(attachment: Attachment, data: bytes) -> AttachedItem:
    """The item in an attachment. Raises AttachmentNotFound for a file, on which nothing can hang."""
    if attachment.kind is not AttachmentKind.ITEM:
        raise AttachmentNotFound
    return decode_once(AttachedItem, data.decode())


def _packed(inner: AttachedItem) -> bytes:
    return encode(inner).encode()


def _item_with(
    unit: UnitOfWork,
    actor: Mailbox,
    item_id: str,
    by: Mailbox | None,
    needs: Callable[[Reach, Item], bool] = Reach.reads,
) -> Item:
    try:
        return item_in(unit, actor, item_id, by, needs)
    except ItemNotFound:
        raise AttachmentNotFound from None


def _changeable(item: Item) -> Item:
    if isinstance(item, Message) and item.kind is not MessageKind.NOTE and not item.is_draft:
        raise SentRequestNotEditable
    return item


def _put(unit: UnitOfWork, world: World, item: Item, attachments: tuple[Attachment, ...]) -> Item:
    return unit.put(item, replace(item, attachments=attachments, modified=world.clock.now()))


def _opened(unit: UnitOfWork, item: Item, path: Sequence[str]) -> Opened:
    attachment = attachment_in(item, path[0])
    data = unit.contents.read(attachment.digest)
    for step in path[1:]:
        inner = _inside(attachment, data)
        attachment = attachment_in(inner.item, step)
        data = inner.content(attachment.digest)
    if attachment.kind is not AttachmentKind.ITEM:
        return Opened(attachment, data)
    return Opened(attachment, attached=_inside(attachment, data))
