"""Mail folders: list, make, read, rename, move, copy and delete them, by id or by well-known name."""

from __future__ import annotations

from collections.abc import Callable

from reference_impl.domain.acts import Disposal, FolderDraft, FolderRef
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import FolderNotFound, ItemNotFound
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.folder import (
    MAIL_FOLDER,
    WELL_KNOWN,
    MailFolder,
    folder_id,
    hidden,
    is_hidden,
    is_mail,
)
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.resources.listed import listed
from reference_impl.service import folders
from reference_impl.service.folder_copies import copy_folder
from reference_impl.service.item_ids import IdKind
from reference_impl.service.world import World

TOP = FolderRef(role=FolderRole.TOP)


def folder_ref(call: Call) -> FolderRef:
    """The mail folder that the path names. Raises FolderNotFound, also for a child that is in another folder."""
    ref = named_folder(call, call.keys["folder"])
    if "child" not in call.keys:
        return ref
    child = named_folder(call, call.keys["child"])
    parent = folders.get_folder(call.world, call.owner, ref, call.by)
    if folders.get_folder(call.world, call.owner, child, call.by).parent_id != parent.id:
        raise FolderNotFound
    return child


def named_folder(call: Call, key: str) -> FolderRef:
    """The mail folder with an id or a well-known name, which is matched without regard to case."""
    if key.lower() in WELL_KNOWN:
        role = WELL_KNOWN[key.lower()]
        if role is None:
            raise FolderNotFound
        return FolderRef(role=role)
    ref = FolderRef(id=ids.read(key, call.owner, IdKind.FOLDER))
    folder = folders.get_folder(call.world, call.owner, ref, call.by)
    if not is_mail(folder) and folder.role is not FolderRole.TOP:
        raise ItemNotFound
    return ref


def listing(call: Call) -> Result:
    """GET of the collection: the mail folders right below the root, or below another one; hidden ones if asked for."""
    above = folders.get_folder(call.world, call.owner, _above(call), None if "folder" not in call.keys else call.by)
    with_hidden = call.options.flag("includeHiddenFolders")
    every = _mail_folders(call)
    found = [each for each in every if each.parent_id == above.id and (with_hidden or not is_hidden(each))]
    rows = (_counted(call, each, every) for each in found)
    return listed(call, call.user_context(_place(call)), MAIL_FOLDER, rows)


def create(call: Call) -> Result:
    """POST: 201 and the folder."""
    read_select(call.options, MAIL_FOLDER.selectable(call.version))
    above = _above(call)
    sent = call.body("mailFolder.create")
    draft = FolderDraft(name=sent["displayName"], extended=hidden((), sent.get("isHidden") or False))
    return _made(call, folders.create_folder(call.world, call.owner, above, draft, call.by))


def get(call: Call) -> Result:
    """GET of one folder."""
    return _shown(call, folders.get_folder(call.world, call.owner, folder_ref(call), call.by))


def update(call: Call) -> Result:
    """PATCH: another name; 200 and the folder."""
    read_select(call.options, MAIL_FOLDER.selectable(call.version))
    ref = folder_ref(call)
    sent = call.body("mailFolder.update")
    if "displayName" not in sent:
        return get(call)
    rename = _renaming(sent["displayName"])
    return _shown(call, folders.update_folder(call.world, call.owner, ref, rename, by=call.by))


def delete(call: Call) -> Result:
    """DELETE: to Deleted Items with everything in it; from there it is gone."""
    ref = folder_ref(call)
    folder = folders.get_folder(call.world, call.owner, ref, call.by)
    deleted = folders.get_folder(call.world, call.owner, FolderRef(role=FolderRole.DELETED))
    is_last = call.is_others or folder.parent_id == deleted.id
    return _deleted(call, ref, Disposal.SOFT if is_last else Disposal.TO_DELETED_ITEMS)


def delete_for_good(call: Call) -> Result:
    """POST permanentDelete: gone with everything in it."""
    return _deleted(call, folder_ref(call), Disposal.HARD)


def move(call: Call) -> Result:
    """POST move: 201 and the folder in its new place."""
    return _put(call, folders.move_folder)


def copy(call: Call) -> Result:
    """POST copy: 201 and the copy."""
    return _put(call, copy_folder)


def _put(call: Call, put: Callable[[World, Mailbox, FolderRef, FolderRef, Mailbox | None], Folder]) -> Result:
    ref = folder_ref(call)
    target = named_folder(call, call.body("mailFolder.move")["destinationId"])
    return _made(call, put(call.world, call.owner, ref, target, call.by))


def _renaming(name: str) -> Callable[[Folder], Folder]:
    return lambda folder: replace(folder, name=name)


def _deleted(call: Call, ref: FolderRef, disposal: Disposal) -> Result:
    folders.delete_folder(call.world, call.owner, ref, disposal, call.by)
    return Result(204)


def _above(call: Call) -> FolderRef:
    return folder_ref(call) if "folder" in call.keys else TOP


def _mail_folders(call: Call) -> list[Folder]:
    return [each for each in folders.list_folders(call.world, call.owner, call.by) if is_mail(each)]


def counted(call: Call, folder: Folder) -> MailFolder:
    """A folder with what its owner reads beside it."""
    return _counted(call, folder, _mail_folders(call))


def _counted(call: Call, folder: Folder, every: list[Folder]) -> MailFolder:
    """The folders in it are those that a listing shows."""
    children = sum(each.parent_id == folder.id and not is_hidden(each) for each in every)
    return MailFolder(folder, folders.counts(call.world, folder)._replace(children=children))


def _made(call: Call, folder: Folder) -> Result:
    return call.made(_shown(call, folder, 201), call.location(f"mailFolders('{folder_id(folder)}')"))


def _shown(call: Call, folder: Folder, status: int = 200) -> Result:
    selection = read_select(call.options, MAIL_FOLDER.selectable(call.version))
    members = MAIL_FOLDER.show(counted(call, folder), call.view, selection)
    return call.entity(call.user_context(f"mailFolders{selection.suffix}/$entity"), members, status)


def _place(call: Call) -> str:
    """How the context names the collection."""
    return f"mailFolders('{call.keys['folder']}')/childFolders" if "folder" in call.keys else "mailFolders"
