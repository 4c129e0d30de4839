"""UpdateFolder: properties of folders set and deleted."""

from __future__ import annotations

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import StaleVersion
from reference_impl.ews import ids
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folder_shapes import written_folder
from reference_impl.ews.folder_writing import folder_edit
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import local, m, t
from reference_impl.ews.operations.answers import NO_FOLDERS, each
from reference_impl.ews.tree import Element
from reference_impl.service import folders


def update_folder(request: Element, call: Call) -> str:
    """Answer an UpdateFolder: each FolderChange is an act of its own."""
    changes = request.find(m("FolderChanges"))
    assert changes is not None
    return each("UpdateFolder", changes, lambda change: _update(change, call), NO_FOLDERS)


def _update(change: Element, call: Call) -> str:
    updates = change.find(t("Updates"))
    assert updates is not None
    folder, expected = folder_named(change[0], call), _expected(change[0], call)
    owner, edit = call.owner(folder.mailbox_id), folder_edit(updates, call)
    try:
        changed = folders.update_folder(call.world, owner, FolderRef(id=folder.id), edit, expected, call.actor)
    except StaleVersion as error:
        raise ResponseError("ErrorChangeKeyRequiredForWriteOperations", str(error)) from error
    return written_folder(changed)


def _expected(named: Element, call: Call) -> int | None:
    """The version that the client read; a folder named by its id needs one (DOC responsecode)."""
    key = named.get("ChangeKey")
    if key:
        return ids.stored_version(key)
    if local(named.tag) == "FolderId" and call.world.settings.change_key_required:
        raise ResponseError("ErrorChangeKeyRequiredForWriteOperations", "A change key is required to change a folder.")
    return None
