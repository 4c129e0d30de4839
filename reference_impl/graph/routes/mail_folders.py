"""Mail folders."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import mail_folders
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import FOLDER, FOLDERS
from reference_impl.graph.routes.scopes import MAIL_READ

ROUTES: Final[tuple[Route, ...]] = (
    Route("mailFolder.list", "GET", FOLDERS, mail_folders.listing, MAIL_READ, LISTING - {"$filter", "$orderby"}),
    Route("mailFolder.get", "GET", FOLDER, mail_folders.get, MAIL_READ, ENTITY),
)
