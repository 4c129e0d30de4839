"""Mail folders."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.delta import TOKENS
from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import mail_folder_delta, mail_folders
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import CHILD_FOLDERS, FOLDER, FOLDERS, below
from reference_impl.graph.routes.scopes import MAIL_READ, MAIL_WRITE

_LISTS: Final = (*FOLDERS, *CHILD_FOLDERS)
_DELTA: Final = below(FOLDERS, "delta()")

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        "mailFolder.list",
        "GET",
        _LISTS,
        mail_folders.listing,
        MAIL_READ,
        LISTING - {"$orderby"},
        parameters=("includeHiddenFolders",),
    ),
    Route("mailFolder.create", "POST", _LISTS, mail_folders.create, MAIL_WRITE, ENTITY),
    Route("mailFolder.delta", "GET", _DELTA, mail_folder_delta.delta, MAIL_READ, ENTITY | TOKENS),
    Route("mailFolder.get", "GET", FOLDER, mail_folders.get, MAIL_READ, ENTITY),
    Route("mailFolder.update", "PATCH", FOLDER, mail_folders.update, MAIL_WRITE, ENTITY),
    Route("mailFolder.delete", "DELETE", FOLDER, mail_folders.delete, MAIL_WRITE),
    Route("mailFolder.move", "POST", below(FOLDER, "move()"), mail_folders.move, MAIL_WRITE, ENTITY),
    Route("mailFolder.copy", "POST", below(FOLDER, "copy()"), mail_folders.copy, MAIL_WRITE, ENTITY),
    Route(
        "mailFolder.permanentDelete",
        "POST",
        below(FOLDER, "permanentDelete()"),
        mail_folders.delete_for_good,
        MAIL_WRITE,
    ),
)
