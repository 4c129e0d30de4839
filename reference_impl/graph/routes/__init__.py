"""Every operation offered, as data: one table a resource."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.router import Route
from reference_impl.graph.routes import (
    calendars,
    directory,
    events,
    mail_folders,
    mailbox,
    messages,
    service,
    subscriptions,
    uploads,
)

ROUTES: Final[tuple[Route, ...]] = (
    *directory.ROUTES,
    *calendars.ROUTES,
    *events.ROUTES,
    *messages.ROUTES,
    *mail_folders.ROUTES,
    *mailbox.ROUTES,
    *subscriptions.ROUTES,
    *service.ROUTES,
    *uploads.ROUTES,
)
