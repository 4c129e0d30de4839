"""What applications keep on items under names of their own: made, changed and taken away; nobody else is told of it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from reference_impl.domain.access import Reach
from reference_impl.domain.errors import ExtensionExists, ExtensionNotFound
from reference_impl.domain.extended import OpenExtension
from reference_impl.domain.items import Item
from reference_impl.domain.mailbox import Mailbox
from reference_impl.service.finding import item_in
from reference_impl.service.world import World


def extension_of(item: Item, name: str) -> OpenExtension:
    """The extension of an item with this name. Raises ExtensionNotFound."""
    found = next((one for one in item.open_extensions if one.name == name), None)
    if found is None:
        raise ExtensionNotFound(name=name)
    return found


def extend(world: World, owner: Mailbox, item_id: str, new: OpenExtension, by: Mailbox | None = None) -> Item:
    """The item with one more extension. Raises ItemNotFound, AccessDenied, ExtensionExists."""

    def added(item: Item) -> tuple[OpenExtension, ...]:
        if any(one.name == new.name for one in item.open_extensions):
            raise ExtensionExists(name=new.name)
        return (*item.open_extensions, new)

    return _put(world, owner, item_id, added, by)


def amend(world: World, owner: Mailbox, item_id: str, changed: OpenExtension, by: Mailbox | None = None) -> Item:
    """The item with an extension in place of that of the same name.

    Raises ItemNotFound, AccessDenied, ExtensionNotFound.
    """

    def replaced(item: Item) -> tuple[OpenExtension, ...]:
        before = extension_of(item, changed.name)
        return tuple(changed if one is before else one for one in item.open_extensions)

    return _put(world, owner, item_id, replaced, by)


def take_away(world: World, owner: Mailbox, item_id: str, name: str, by: Mailbox | None = None) -> Item:
    """The item without an extension. Raises ItemNotFound, AccessDenied, ExtensionNotFound."""

    def left(item: Item) -> tuple[OpenExtension, ...]:
        before = extension_of(item, name)
        return tuple(one for one in item.open_extensions if one is not before)

    return _put(world, owner, item_id, left, by)


def _put(
    world: World,
    owner: Mailbox,
    item_id: str,
    change: Callable[[Item], tuple[OpenExtension, ...]],
    by: Mailbox | None,
) -> Item:
    with world.store.begin() as unit:
        item = item_in(unit, owner, item_id, by, Reach.edits)
        return unit.put(item, replace(item, open_extensions=change(item), modified=world.clock.now()))
