"""Reading, listing, moving and deleting items of any kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.acts import Audience, Disposal, FolderRef, Sending
from reference_impl.domain.changelog import Change, Origin
from reference_impl.domain.errors import (
    AccessDenied,
    ItemNotFound,
    OccurrenceNotMovable,
    OthersDeletedItems,
    SentRequestNotEditable,
)
from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.domain.queries import GroupedPage, Grouping, Page, Query
from reference_impl.domain.receipts import Receipt
from reference_impl.service.delivery import settle
from reference_impl.service.drafts import attachments_from
from reference_impl.service.finding import as_seen, folder_in, item_in, place_in, reading_reach, seen, shown_in
from reference_impl.service.invitations import call_off
from reference_impl.service.receipts import settle_receipt
from reference_impl.service.rights import creator_in, is_other, reach_to
from reference_impl.service.world import World
from reference_impl.store.columns import changed_fields
from reference_impl.store.grouping import grouped
from reference_impl.store.listing import listing
from reference_impl.store.unit import UnitOfWork

_RECEIVED_REQUEST_FIELDS = frozenset(
    {
        "is_read",
        "categories",
        "importance",
        "extended",
        "flag",
        "is_focused",
        "read_receipt_requested",
        "delivery_receipt_requested",
    }
)
"""What the reader of a sent meeting request may change on it."""

_NOT_EDITABLE = (
    "id",
    "mailbox_id",
    "folder_id",
    "lasting_id",
    "kind",
    "meeting",
    "is_draft",
    "is_associated",
    "receipt_pending",
    "sent_by",
    "received_for",
    "creator",
    "created",
)


def get_item(world: World, actor: Mailbox, item_id: str, by: Mailbox | None = None) -> Item:
    """The actor's item with this id; raises ItemNotFound."""
    with world.store.begin(write=False) as unit:
        return shown_in(unit, actor, item_id, by)


def current_id(world: World, actor: Mailbox, lasting: str, by: Mailbox | None = None) -> str:
    """The present id of the actor's item that began with this one; raises ItemNotFound."""
    with world.store.begin(write=False) as unit:
        item = unit.item_of_old(actor.id, lasting)
        if item is None or not reach_to(unit, item, by).reads(item):
            raise ItemNotFound
        return item.id


def reach(world: World, item: Item, by: Mailbox) -> Reach:
    """How far somebody reaches into the folder of an item."""
    with world.store.begin(write=False) as unit:
        return reach_to(unit, item, by)


def find_items(world: World, actor: Mailbox, query: Query, by: Mailbox | None = None) -> Page:
    """A slice of the actor's items, asked for by somebody; raises FolderNotFound, AccessDenied."""
    with world.store.begin(write=False) as unit:
        folder_id, query, far = _readable(unit, actor, query, by)
        page = listing(unit, actor.id, folder_id, query)
    if far is None or far.reads_everything:
        return page
    return Page(tuple(as_seen(far, item) for item in page.items), page.total, page.offset)


def find_groups(
    world: World, actor: Mailbox, query: Query, grouping: Grouping, by: Mailbox | None = None
) -> GroupedPage:
    """A slice of the rows of the actor's items in groups; raises FolderNotFound, AccessDenied."""
    with world.store.begin(write=False) as unit:
        folder_id, query, _ = _readable(unit, actor, query, by)
        return grouped(unit, actor.id, folder_id, query, grouping)


def _readable(
    unit: UnitOfWork, actor: Mailbox, query: Query, by: Mailbox | None
) -> tuple[str | None, Query, Reach | None]:
    """The folder of a query, the query for what the one who asks may read, and how far that one reaches there.

    Raises FolderNotFound, AccessDenied.
    """
    if query.folder is None:
        if is_other(actor, by):
            raise AccessDenied
        return None, query, None
    folder = folder_in(unit, actor, query.folder, by)
    far = reading_reach(unit, folder, by)
    return folder.id, seen(query, far), far


def delete_item(
    world: World,
    actor: Mailbox,
    item_id: str,
    disposal: Disposal,
    sending: Sending | None = None,
    by: Mailbox | None = None,
    *,
    suppress_receipts: bool = False,
) -> Item | None:
    """Delete an item; the copy in Deleted Items, with its new id, if that is where it goes.

    An organizer's meeting that was sent is called off as ``sending`` says; deleting an attendee's copy tells nobody.
    Who waits for a receipt of an unread message learns of its end, unless receipts are suppressed. Raises ItemNotFound,
    AccessDenied, SendingDenied, OthersDeletedItems.
    """
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id, by, Reach.deletes)
        if is_other(actor, by) and disposal is Disposal.TO_DELETED_ITEMS:
            raise OthersDeletedItems
        if isinstance(item, CalendarItem) and sending is not None and sending.audience is not Audience.NOBODY:
            item, _ = call_off(unit, world, by or actor, item, None, send=True, save_copy=sending.save_copy)
        if isinstance(item, Message) and not item.is_read:
            item = settle_receipt(unit, world, actor, item, Receipt.NOT_READ, suppressed=suppress_receipts)
        deleted = _dispose(unit, world, item, disposal)
        settle(unit, world)
        return deleted


def _dispose(unit: UnitOfWork, world: World, item: Item, disposal: Disposal) -> Item | None:
    if disposal is not Disposal.TO_DELETED_ITEMS:
        unit.remove(replace(item, modified=world.clock.now()), recoverably=disposal is Disposal.SOFT)
        return None
    deleted = unit.folder(item.mailbox_id, FolderRole.DELETED)
    return _relocate(unit, world, item, deleted.id)


def move_item(world: World, actor: Mailbox, item_id: str, folder: FolderRef, by: Mailbox | None = None) -> Item:
    """The item in another folder of the mailbox, with its new id.

    Raises ItemNotFound, AccessDenied, FolderNotFound, CreatingItemsDenied, OccurrenceNotMovable.
    """
    with world.store.begin() as unit:
        item = _whole(item_in(unit, actor, item_id, by, Reach.deletes))
        return _relocate(unit, world, item, place_in(unit, actor, folder, by).id)


def copy_item(world: World, actor: Mailbox, item_id: str, folder: FolderRef, by: Mailbox | None = None) -> Item:
    """The copy of an item in a folder of the mailbox, with an id of its own; its sender waits for no receipt of it.

    Raises ItemNotFound, FolderNotFound, CreatingItemsDenied, OccurrenceNotMovable.
    """
    with world.store.begin() as unit:
        item = _whole(shown_in(unit, actor, item_id, by))
        return copied(unit, world, actor, item, place_in(unit, actor, folder, by), by)


def copied(unit: UnitOfWork, world: World, owner: Mailbox, item: Item, place: Folder, by: Mailbox | None) -> Item:
    """The copy of a stored item in a folder of its owner's."""
    unlike: dict[str, Any] = {"creator": creator_in(owner, by)}
    unlike |= {"transaction_id": None} if isinstance(item, CalendarItem) else {"receipt_pending": False}
    now = world.clock.now()
    copy = replace(
        item, id=world.ids.entry_id(), folder_id=place.id, lasting_id="", created=now, modified=now, **unlike
    )
    return unit.add(copy, Change.COPIED, Origin(item.id, item.folder_id))


def _whole(item: Item) -> Item:
    if isinstance(item, CalendarItem) and item.series_id is not None:
        raise OccurrenceNotMovable
    return item


def _relocate(unit: UnitOfWork, world: World, item: Item, folder_id: str) -> Item:
    moved = replace(item, modified=world.clock.now())
    return unit.relocate(moved, folder_id, world.ids.entry_id())


def set_read(world: World, actor: Mailbox, item_id: str, is_read: bool) -> Message:
    """The message with its read flag set; raises ItemNotFound, also for calendar items."""
    return update_message(world, actor, item_id, lambda message: replace(message, is_read=is_read))


def update_message(
    world: World,
    actor: Mailbox,
    item_id: str,
    edit: Callable[[Message], Message],
    by: Mailbox | None = None,
    *,
    suppress_receipts: bool = False,
) -> Message:
    """The message as ``edit`` made it; its identity, its meeting and who sent it to whom cannot be edited.

    Who waits for a receipt learns that the message is read, unless receipts are suppressed. Raises ItemNotFound, also
    for calendar items, AccessDenied, and SentRequestNotEditable for more than the reader's own marks on a sent meeting
    request.
    """
    with world.store.begin() as unit:
        before = item_in(unit, actor, item_id, by, Reach.edits)
        if not isinstance(before, Message):
            raise ItemNotFound
        after = edited(unit, world, actor, before, edit)
        if after.is_read and not before.is_read:
            after = settle_receipt(unit, world, actor, after, Receipt.READ, suppressed=suppress_receipts)
        kept = unit.put(before, after)
        settle(unit, world)
        return kept


def edited(
    unit: UnitOfWork, world: World, actor: Mailbox, before: Message, edit: Callable[[Message], Message]
) -> Message:
    """The message as ``edit`` made it, with everything no caller may change put back. Raises SentRequestNotEditable.

    What ``edit`` hung on it anew is kept from now on.
    """
    changed = edit(before)
    after = replace(
        changed,
        **{name: getattr(before, name) for name in _NOT_EDITABLE},
        attachments=attachments_from(unit, world, actor, changed.attachments),
        modified=world.clock.now(),
    )
    is_sent_request = before.kind is MessageKind.REQUEST and not before.is_draft
    if is_sent_request and changed_fields(before, after) - _RECEIVED_REQUEST_FIELDS:
        raise SentRequestNotEditable
    return after
