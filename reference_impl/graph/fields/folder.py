"""The members of mail folders, and which folders are some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.extended import Extended, value_at, with_value, without
from reference_impl.domain.mailbox import MAIL_CLASS, Folder, FolderRole
from reference_impl.graph import ids
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.odata.filtering import Type
from reference_impl.mapi.addresses import tag
from reference_impl.service.folders import FolderCounts
from reference_impl.service.item_ids import IdKind

WELL_KNOWN: Final[Mapping[str, FolderRole | None]] = {
    "inbox": FolderRole.INBOX,
    "drafts": FolderRole.DRAFTS,
    "sentitems": FolderRole.SENT,
    "deleteditems": FolderRole.DELETED,
    "outbox": FolderRole.OUTBOX,
    "junkemail": FolderRole.JUNK,
    "msgfolderroot": FolderRole.TOP,
    **dict.fromkeys(
        (
            "archive",
            "clutter",
            "conflicts",
            "conversationhistory",
            "localfailures",
            "recoverableitemsdeletions",
            "scheduled",
            "searchfolders",
            "serverfailures",
            "syncissues",
        )
    ),
}
"""The names a mail folder can be addressed by (mailFolder resource); None for those that no mailbox here has."""

MAIL_ROLES: Final = frozenset(filter(None, WELL_KNOWN.values())) - {FolderRole.TOP}

_HIDDEN: Final = tag(0x10F4, "Boolean")
"""PidTagAttributeHidden ([MS-OXPROPS] 2.612)."""


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A mail folder and what is in it."""

    folder: Folder
    counts: FolderCounts


def folder_id(folder: Folder) -> str:
    """The wire id of a folder."""
    return ids.spell(IdKind.FOLDER, folder.mailbox_id, folder.id)


def is_mail(folder: Folder) -> bool:
    """Whether messages live in a folder: one of those that every mailbox has for them, or one made for them."""
    folder_class = folder.folder_class.casefold()
    is_made = folder.role is None and folder_class.split(".")[:2] == MAIL_CLASS.casefold().split(".")
    return is_made or folder.role in MAIL_ROLES


def is_hidden(folder: Folder) -> bool:
    """Whether listings leave it out unless hidden folders are asked for."""
    return value_at(folder.extended, _HIDDEN) == ("true",)


def hidden(extended: Extended, is_hidden: bool) -> Extended:
    """The properties of a folder that is hidden, or not."""
    return with_value(extended, _HIDDEN, ("true",)) if is_hidden else without(extended, _HIDDEN)


MAIL_FOLDER: Final[Table[MailFolder]] = Table(
    (
        Field("id", lambda f, _: folder_id(f.folder), always=True),
        Field(
            "displayName",
            lambda f, _: f.folder.name,
            filters=(("displayName", Type.TEXT, lambda f: f.folder.name),),
        ),
        Field(
            "parentFolderId",
            lambda f, _: ids.spell(IdKind.FOLDER, f.folder.mailbox_id, f.folder.parent_id or f.folder.id),
        ),
        Field("childFolderCount", lambda f, _: f.counts.children),
        Field(
            "unreadItemCount",
            lambda f, _: f.counts.unread,
            filters=(("unreadItemCount", Type.INTEGER, lambda f: f.counts.unread),),
        ),
        Field(
            "totalItemCount",
            lambda f, _: f.counts.total,
            filters=(("totalItemCount", Type.INTEGER, lambda f: f.counts.total),),
        ),
        Field("isHidden", lambda f, _: is_hidden(f.folder)),
    )
)
