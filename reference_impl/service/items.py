"""Reading, listing, moving and deleting items of any kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reference_impl.domain.acts import Audience, Disposal, FolderRef, Sending
from reference_impl.domain.errors import AccessDenied, ItemNotFound, OccurrenceNotMovable, SentRequestNotEditable
from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.permissions import FreeBusyAccess
from reference_impl.domain.queries import GroupedPage, Grouping, Page, Query
from reference_impl.service.delivery import settle
from reference_impl.service.finding import folder_in, item_in
from reference_impl.service.invitations import call_off
from reference_impl.service.rights import is_other, reach_into
from reference_impl.service.world import World
from reference_impl.store.columns import changed_fields
from reference_impl.store.grouping import grouped
from reference_impl.store.listing import listing
from reference_impl.store.unit import UnitOfWork

_RECEIVED_REQUEST_FIELDS = frozenset({"is_read", "categories", "importance", "extended"})
"""What the reader of a sent meeting request may change on it."""


def get_item(world: World, actor: Mailbox, item_id: str) -> Item:
    """The actor's item with this id; raises ItemNotFound."""
    with world.store.begin(write=False) as unit:
        return item_in(unit, actor, item_id)


def find_items(world: World, actor: Mailbox, query: Query, by: Mailbox | None = None) -> Page:
    """A slice of the actor's items, asked for by somebody; raises FolderNotFound, AccessDenied."""
    with world.store.begin(write=False) as unit:
        folder_id, query = _readable(unit, actor, query, by)
        return listing(unit, actor.id, folder_id, query)


def find_groups(
    world: World, actor: Mailbox, query: Query, grouping: Grouping, by: Mailbox | None = None
) -> GroupedPage:
    """A slice of the rows of the actor's items in groups; raises FolderNotFound, AccessDenied."""
    with world.store.begin(write=False) as unit:
        folder_id, query = _readable(unit, actor, query, by)
        return grouped(unit, actor.id, folder_id, query, grouping)


def _readable(unit: UnitOfWork, actor: Mailbox, query: Query, by: Mailbox | None) -> tuple[str | None, Query]:
    """The folder of a query, and the query for what the one who asks may read. Raises FolderNotFound, AccessDenied."""
    if query.folder is None:
        if is_other(actor, by):
            raise AccessDenied
        return None, query
    folder = folder_in(unit, actor, query.folder, by)
    reach = reach_into(unit, folder, by)
    if reach.reads_everything:
        return folder.id, query
    if reach.rights.reads is not FreeBusyAccess.FULL:
        raise AccessDenied
    keep = query.keep
    return folder.id, replace(query, keep=lambda item: reach.reads(item) and (keep is None or keep(item)))


def delete_item(
    world: World, actor: Mailbox, item_id: str, disposal: Disposal, sending: Sending | None = None
) -> Item | None:
    """Delete an item; the copy in Deleted Items, with its new id, if that is where it goes.

    An organizer's meeting that was sent is called off as ``sending`` says; deleting an attendee's copy tells nobody.
    Raises ItemNotFound.
    """
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id)
        if isinstance(item, CalendarItem) and sending is not None and sending.audience is not Audience.NOBODY:
            item, _ = call_off(unit, world, actor, item, None, send=True, save_copy=sending.save_copy)
        deleted = _dispose(unit, world, item, disposal)
        settle(unit, world)
        return deleted


def _dispose(unit: UnitOfWork, world: World, item: Item, disposal: Disposal) -> Item | None:
    if disposal is not Disposal.TO_DELETED_ITEMS:
        unit.remove(replace(item, modified=world.clock.now()), recoverably=disposal is Disposal.SOFT)
        return None
    deleted = unit.folder(item.mailbox_id, FolderRole.DELETED)
    return _relocate(unit, world, item, deleted.id)


def move_item(world: World, actor: Mailbox, item_id: str, folder: FolderRef) -> Item:
    """The item in its new folder, with its new id; raises ItemNotFound, FolderNotFound, OccurrenceNotMovable."""
    with world.store.begin() as unit:
        item = item_in(unit, actor, item_id)
        if isinstance(item, CalendarItem) and item.series_id is not None:
            raise OccurrenceNotMovable
        return _relocate(unit, world, item, folder_in(unit, actor, folder).id)


def _relocate(unit: UnitOfWork, world: World, item: Item, folder_id: str) -> Item:
    moved = replace(item, modified=world.clock.now())
    return unit.relocate(moved, folder_id, world.ids.token(16).hex())


def set_read(world: World, actor: Mailbox, item_id: str, is_read: bool) -> Message:
    """The message with its read flag set; raises ItemNotFound, also for calendar items."""
    return update_message(world, actor, item_id, lambda message: replace(message, is_read=is_read))


def update_message(world: World, actor: Mailbox, item_id: str, edit: Callable[[Message], Message]) -> Message:
    """The message as ``edit`` made it; its identity and its meeting cannot be edited.

    Raises ItemNotFound, also for calendar items, and SentRequestNotEditable for more than the reader's own marks on a
    sent meeting request.
    """
    with world.store.begin() as unit:
        before = item_in(unit, actor, item_id)
        if not isinstance(before, Message):
            raise ItemNotFound
        after = replace(
            edit(before),
            id=before.id,
            mailbox_id=before.mailbox_id,
            folder_id=before.folder_id,
            kind=before.kind,
            meeting=before.meeting,
            is_draft=before.is_draft,
            created=before.created,
            modified=world.clock.now(),
        )
        is_sent_request = before.kind is MessageKind.REQUEST and not before.is_draft
        if is_sent_request and changed_fields(before, after) - _RECEIVED_REQUEST_FIELDS:
            raise SentRequestNotEditable
        return unit.put(before, after)
