"""The members of mail folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.mailbox import Folder, FolderRole
from reference_impl.graph import ids
from reference_impl.graph.fields.field import Field, Table
from reference_impl.service.folders import FolderCounts
from reference_impl.service.item_ids import IdKind

WELL_KNOWN: Final[Mapping[str, FolderRole]] = {
    "inbox": FolderRole.INBOX,
    "drafts": FolderRole.DRAFTS,
    "sentitems": FolderRole.SENT,
    "deleteditems": FolderRole.DELETED,
    "outbox": FolderRole.OUTBOX,
    "junkemail": FolderRole.JUNK,
    "msgfolderroot": FolderRole.TOP,
}
"""The names a mail folder can be addressed by (mailFolder resource, well-known folder names)."""

MAIL_ROLES: Final = frozenset(WELL_KNOWN.values()) - {FolderRole.TOP}


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A mail folder and what is in it."""

    folder: Folder
    counts: FolderCounts


def folder_id(folder: Folder) -> str:
    """The wire id of a folder."""
    return ids.spell(IdKind.FOLDER, folder.mailbox_id, folder.id)


MAIL_FOLDER: Final[Table[MailFolder]] = Table(
    (
        Field("id", lambda f, _: folder_id(f.folder), always=True),
        Field("displayName", lambda f, _: f.folder.name),
        Field(
            "parentFolderId",
            lambda f, _: ids.spell(IdKind.FOLDER, f.folder.mailbox_id, f.folder.parent_id or f.folder.id),
        ),
        Field("childFolderCount", lambda f, _: f.counts.children),
        Field("unreadItemCount", lambda f, _: f.counts.unread),
        Field("totalItemCount", lambda f, _: f.counts.total),
        Field("isHidden", lambda _f, _v: False),
    )
)
