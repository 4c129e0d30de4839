"""Every operation offered, as data: one table a resource."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.negotiation import XML
from reference_impl.graph.odata.options import NOTHING
from reference_impl.graph.resources.metadata_document import document_of
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes import (
    calendars,
    directory,
    events,
    mail_folders,
    mailbox,
    messages,
    places,
    service,
    subscriptions,
    uploads,
)

_ASKED: Final[tuple[Route, ...]] = (
    *directory.ROUTES,
    *calendars.ROUTES,
    *events.ROUTES,
    *messages.ROUTES,
    *mail_folders.ROUTES,
    *mailbox.ROUTES,
    *places.ROUTES,
    *subscriptions.ROUTES,
    *service.ROUTES,
    *uploads.ROUTES,
)

ROUTES: Final = (
    *_ASKED,
    Route(
        "metadata.get",
        "GET",
        ("/$metadata",),
        document_of(_ASKED),
        frozenset(),
        NOTHING,
        Reach.SERVICE,
        produces=XML,
        is_public=True,
    ),
)
