"""SyncFolderHierarchy: what changed among the folders below another ([MS-OXWSSYNC])."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import SyncStateInvalid
from reference_impl.domain.mailbox import FolderRole
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folder_shapes import FolderShape, read_folder_shape, write_folder
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import failure, response, speaking_of, success
from reference_impl.ews.sync_states import read_folder_state, write_folder_state
from reference_impl.ews.tree import Element
from reference_impl.service import folders
from reference_impl.service.synchronisation import FolderChange, FolderSyncState, SyncChange, sync_folders

_NOTHING: Final = "<m:SyncState/><m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange>"

_NAMES: Final = {SyncChange.CREATE: "Create", SyncChange.UPDATE: "Update"}


def sync_folder_hierarchy(request: Element, call: Call) -> str:
    """Answer a SyncFolderHierarchy: all changes at once, as no request limits them."""
    try:
        with speaking_of():
            message = success("SyncFolderHierarchy", _synchronised(request, call))
    except ResponseError as error:
        message = failure("SyncFolderHierarchy", error, _NOTHING)
    return response("SyncFolderHierarchy", [message])


def _synchronised(request: Element, call: Call) -> str:
    """A state goes with the folder that was named for it, or with none (DOC synchronization errors)."""
    shape_element, target = request.find(m("FolderShape")), request.find(m("SyncFolderId"))
    assert shape_element is not None
    shape = read_folder_shape(shape_element)
    if target is None:
        root, root_id = folders.get_folder(call.world, call.actor, FolderRef(role=FolderRole.ROOT)), ""
    else:
        root = folder_named(target[0], call, missing="ErrorSyncFolderNotFound")
        root_id = root.id
    text = request.findtext(m("SyncState"))
    state = read_folder_state(text, root.mailbox_id) if text else FolderSyncState(root_id, 0, frozenset())
    if state.root_id != root_id:
        raise SyncStateInvalid
    changes, state = sync_folders(call.world, root, call.actor, state)
    written = "".join(_written(change, root.mailbox_id, shape, call) for change in changes)
    return (
        f"<m:SyncState>{write_folder_state(state, root.mailbox_id)}</m:SyncState>"
        f"<m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange><m:Changes>{written}</m:Changes>"
    )


def _written(change: FolderChange, mailbox_id: str, shape: FolderShape, call: Call) -> str:
    if change.folder is None:
        return xml.node("Delete", f'<t:FolderId Id="{ids.folder_id(mailbox_id, change.folder_id)}"/>')
    return xml.node(_NAMES[change.change], write_folder(change.folder, shape, call))
