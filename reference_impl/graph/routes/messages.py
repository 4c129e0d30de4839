"""Messages, and the event that a meeting message is about."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import messages
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import EVENT_MESSAGE, MESSAGE, MESSAGES, below
from reference_impl.graph.routes.scopes import MAIL_READ, MAIL_WRITE

_EXPANDED: Final = frozenset({"$expand"})

ROUTES: Final[tuple[Route, ...]] = (
    Route("message.list", "GET", MESSAGES, messages.listing, MAIL_READ, LISTING | _EXPANDED),
    Route("message.get", "GET", MESSAGE, messages.get, MAIL_READ, ENTITY | _EXPANDED),
    Route("message.update", "PATCH", MESSAGE, messages.update, MAIL_WRITE, ENTITY | _EXPANDED),
    Route("message.delete", "DELETE", MESSAGE, messages.delete, MAIL_WRITE),
    Route("message.event", "GET", below(EVENT_MESSAGE, "event"), messages.event, MAIL_READ, ENTITY),
)
