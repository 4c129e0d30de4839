"""Mail folders: list and read, by id or by well-known name."""

from __future__ import annotations

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.mailbox import Folder, FolderRole
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.folder import MAIL_FOLDER, MAIL_ROLES, WELL_KNOWN, MailFolder
from reference_impl.graph.odata.selecting import read_select
from reference_impl.service import folders
from reference_impl.service.item_ids import IdKind

_READABLE = MAIL_ROLES | {FolderRole.TOP}


def folder_ref(call: Call) -> FolderRef:
    """The mail folder that the path names; names are matched without regard to case."""
    key = call.keys["folder"]
    role = WELL_KNOWN.get(key.lower())
    if role is not None:
        return FolderRef(role=role)
    ref = FolderRef(id=ids.read(key, call.owner, IdKind.FOLDER))
    if folders.get_folder(call.world, call.owner, ref, call.by).role not in _READABLE:
        raise ItemNotFound
    return ref


def listing(call: Call) -> Result:
    """GET of the collection: the folders of mail."""
    selection = read_select(call.options, MAIL_FOLDER.selectable(call.version))
    found = [each for each in folders.list_folders(call.world, call.owner, call.by) if each.role in MAIL_ROLES]
    rows = [_counted(call, each) for each in found]
    return call.table_page(call.user_context("mailFolders"), MAIL_FOLDER, rows, selection)


def get(call: Call) -> Result:
    """GET of one folder."""
    selection = read_select(call.options, MAIL_FOLDER.selectable(call.version))
    folder = folders.get_folder(call.world, call.owner, folder_ref(call), call.by)
    members = MAIL_FOLDER.show(_counted(call, folder), call.view, selection)
    return call.entity(call.user_context(f"mailFolders{selection.suffix}/$entity"), members)


def _counted(call: Call, folder: Folder) -> MailFolder:
    return MailFolder(folder, folders.counts(call.world, folder))
