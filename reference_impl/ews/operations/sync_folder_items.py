"""SyncFolderItems: what changed among the items of a folder ([MS-OXWSSYNC])."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.items import Message
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import failure, response, speaking_of, success
from reference_impl.ews.shapes import Shape, read_shape, write_item
from reference_impl.ews.sync_states import read_item_state, write_item_state
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.service.item_ids import IdKind
from reference_impl.service.synchronisation import ItemChange, SyncChange, sync_items

_NOTHING: Final = "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>"

_NAMES: Final = {SyncChange.CREATE: "Create", SyncChange.UPDATE: "Update", SyncChange.READ_FLAG: "Update"}


def sync_folder_items(request: Element, call: Call) -> str:
    """Answer a SyncFolderItems."""
    try:
        with speaking_of():
            message = success("SyncFolderItems", _synchronised(request, call))
    except ResponseError as error:
        message = failure("SyncFolderItems", error, _NOTHING)
    return response("SyncFolderItems", [message])


def _synchronised(request: Element, call: Call) -> str:
    shape_element, target = request.find(m("ItemShape")), request.find(m("SyncFolderId"))
    assert shape_element is not None
    assert target is not None
    if shape_element.findtext(t("IncludeMimeContent")) in {"true", "1"}:
        raise ResponseError("ErrorInvalidPropertyForOperation", "SyncFolderItems does not return MIME content.")
    shape = read_shape(shape_element)
    folder = folder_named(target[0], call, missing="ErrorSyncFolderNotFound")
    text = request.findtext(m("SyncState"))
    found = sync_items(
        call.world,
        call.owner(folder.mailbox_id),
        folder,
        read_item_state(text, folder.mailbox_id) if text else None,
        int(request.findtext(m("MaxChangesReturned")) or 0),
        _ignored(request),
        call.actor,
        with_associated=request.findtext(m("SyncScope")) == "NormalAndAssociatedItems",
    )
    changes = "".join(_written(change, folder.mailbox_id, shape, call) for change in found.changes)
    return (
        f"<m:SyncState>{write_item_state(found.state, folder.mailbox_id)}</m:SyncState>"
        f"<m:IncludesLastItemInRange>{'true' if found.is_last else 'false'}</m:IncludesLastItemInRange>"
        f"<m:Changes>{changes}</m:Changes>"
    )


def _ignored(request: Element) -> frozenset[str]:
    elements = request.iterfind(f"{m('Ignore')}/{t('ItemId')}")
    return frozenset(ids.stored_id(element.get("Id", ""), IdKind.ITEM).token for element in elements)


def _written(change: ItemChange, mailbox_id: str, shape: Shape, call: Call) -> str:
    written_id = (
        f'<t:ItemId Id="{ids.item_id(mailbox_id, change.item_id)}" ChangeKey="{ids.change_key(change.version)}"/>'
    )
    if change.item is None:
        return xml.node("Delete", written_id)
    tells_flags = change.change is SyncChange.READ_FLAG and call.version.has("Exchange2007_SP1")
    if tells_flags and isinstance(change.item, Message):
        return xml.node("ReadFlagChange", written_id + xml.leaf("IsRead", change.item.is_read))
    view = View(call, change.item, shape.rendering, found=True)
    return xml.node(_NAMES[change.change], write_item(view, shape))
