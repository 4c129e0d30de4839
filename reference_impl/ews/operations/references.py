"""Finding the items that requests name by id."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import Item
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.ews.view import element_of
from reference_impl.service import items, occurrences
from reference_impl.service.directory import mailbox_by_id
from reference_impl.service.item_ids import IdKind
from reference_impl.service.occurrences import OccurrenceRange


def item_of(element: Element, call: Call) -> Item:
    """The item that an ItemId, OccurrenceItemId or RecurringMasterItemId names; its ``mailbox_id`` tells whose it is.

    A change key must be readable. Raises ItemNotFound where there is nothing that the caller may see.
    """
    attribute = _NAMING.get(element.tag, "Id")
    stored = ids.stored_id(element.get(attribute, ""), _ITEM)
    key = element.get("ChangeKey")
    if key:
        ids.stored_version(key)
    owner = mailbox_by_id(call.world, stored.mailbox_id)
    if owner is None:
        raise ItemNotFound
    if attribute == "RecurringMasterId":
        number = int(element.get("InstanceIndex", ""))
        return occurrences.occurrence_at(call.world, owner, stored.token, number, call.actor)
    if attribute == "OccurrenceId":
        return occurrences.master_of(call.world, owner, stored.token, call.actor)
    return items.get_item(call.world, owner, stored.token, call.actor)


def items_of(element: Element, call: Call) -> tuple[Item, ...]:
    """The items that an id element names; RecurringMasterItemIdRanges names a series and the occurrences in ranges."""
    master = item_of(element, call)
    if element.tag != _RANGES:
        return (master,)
    ranges = [_range(wanted, call) for wanted in element.iterfind(f"{t('Ranges')}/{t('Range')}")]
    owner = call.owner(master.mailbox_id)
    limit = call.world.settings.occurrences_per_range
    return (master, *occurrences.occurrences_in(call.world, owner, master.id, ranges, limit, call.actor))


def _range(element: Element, call: Call) -> OccurrenceRange:
    start, end, count = (element.get(name) for name in ("Start", "End", "Count"))
    return OccurrenceRange(
        start=None if start is None else call.read_time(start),
        end=None if end is None else call.read_time(end),
        count=None if count is None else int(count),
        by_original_start=element.get("CompareOriginalStartTime") in {"true", "1"},
    )


_ITEM: Final = IdKind.ITEM
_RANGES: Final = t("RecurringMasterItemIdRanges")
_NAMING: Final = {t("OccurrenceItemId"): "RecurringMasterId", t("RecurringMasterItemId"): "OccurrenceId"}
"""The attribute that holds the id, where it is not Id."""


def version_read(element: Element, call: Call) -> int | None:
    """The version of an item that the client read; without a change key it cannot be told.

    Raises ErrorChangeKeyRequiredForWriteOperations, ErrorInvalidChangeKey (DOC responsecode).
    """
    key = element.get("ChangeKey")
    if key:
        return ids.stored_version(key)
    if call.world.settings.change_key_required:
        raise ResponseError("ErrorChangeKeyRequiredForWriteOperations", "A change key is required to change an item.")
    return None


def referenced(element: Element, call: Call) -> Item:
    """The item that a response object answers to."""
    reference = element.find(t("ReferenceItemId"))
    if reference is None:
        raise ResponseError("ErrorMissingInformationReferenceItemId", "The response object names no item.")
    return item_of(reference, call)


def written_id(item: Item) -> str:
    """The item's element with nothing but its id and change key."""
    return xml.node(element_of(item), bare_id(item))


def bare_id(item: Item) -> str:
    """The item's id and change key."""
    item_id, key = ids.item_id(item.mailbox_id, item.id), ids.change_key(item.version)
    return f'<t:ItemId Id="{item_id}" ChangeKey="{key}"/>'


def written_ids(found: list[Item | None]) -> str:
    """An m:Items with the ids of the items there are."""
    return f"<m:Items>{''.join(written_id(item) for item in found if item is not None)}</m:Items>"
