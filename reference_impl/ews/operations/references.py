"""Finding the items that requests name by id."""

from __future__ import annotations

from reference_impl.domain.items import Item
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.ews.view import element_of
from reference_impl.service import items
from reference_impl.service.item_ids import IdKind


def item_of(element: Element, call: Call) -> Item:
    """The item that an id element names; its ``mailbox_id`` tells whose it is.

    Another mailbox's id is not found, a change key must be readable.
    """
    stored = ids.stored_id(element.get("Id", ""), IdKind.ITEM)
    key = element.get("ChangeKey")
    if key:
        ids.stored_version(key)
    if stored.mailbox_id != call.actor.id:
        raise ResponseError("ErrorItemNotFound", "The item was not found in this mailbox.")
    return items.get_item(call.world, call.owner(stored.mailbox_id), stored.token)


def referenced(element: Element, call: Call) -> Item:
    """The item that a response object answers to."""
    reference = element.find(t("ReferenceItemId"))
    if reference is None:
        raise ResponseError("ErrorMissingInformationReferenceItemId", "The response object names no item.")
    return item_of(reference, call)


def written_id(item: Item) -> str:
    """The item's element with nothing but its id and change key."""
    item_id, key = ids.item_id(item.mailbox_id, item.id), ids.change_key(item.version)
    return xml.node(element_of(item), f'<t:ItemId Id="{item_id}" ChangeKey="{key}"/>')


def written_ids(found: list[Item | None]) -> str:
    """An m:Items with the ids of the items there are."""
    return f"<m:Items>{''.join(written_id(item) for item in found if item is not None)}</m:Items>"
