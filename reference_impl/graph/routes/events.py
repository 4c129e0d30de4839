"""Events, calendar views, and what is done with an event."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.items import CalendarItem
from reference_impl.graph.delta import TOKENS
from reference_impl.graph.fields.event import event_id
from reference_impl.graph.fields.field import View
from reference_impl.graph.negotiation import ANYTHING
from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import (
    attachments,
    event_deltas,
    event_lists,
    event_reminders,
    events,
    extensions,
    responses,
)
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import EVENT, EVENTS, VIEWS, below
from reference_impl.graph.routes.scopes import CALENDARS_READ, CALENDARS_WRITE

_ACTIONS: Final = {
    "accept": responses.accept,
    "tentativelyAccept": responses.tentatively_accept,
    "decline": responses.decline,
    "cancel": responses.cancel,
    "forward": responses.forward,
    "dismissReminder": event_reminders.dismiss,
    "snoozeReminder": event_reminders.snooze,
    "permanentDelete": events.permanent_delete,
}

_EXPANDED: Final = frozenset({"$expand"})
_WINDOW: Final = ("startDateTime", "endDateTime")

_ATTACHMENTS: Final = below(EVENT, "attachments")
_ATTACHMENT: Final = below(_ATTACHMENTS, "{attachment}")
_EXTENSIONS: Final = below(EVENT, "extensions")
_EXTENSION: Final = below(_EXTENSIONS, "{extension}")


def _place(event: CalendarItem, view: View) -> str:
    return f"events('{event_id(event, view)}')"


_HUNG: Final = attachments.AttachmentsOf(events.read_event, _place)
_KEPT: Final = extensions.ExtensionsOf(events.read_event, _place)

ROUTES: Final[tuple[Route, ...]] = (
    Route("event.create", "POST", EVENTS, events.create, CALENDARS_WRITE, ENTITY),
    Route("event.list", "GET", EVENTS, event_lists.listing, CALENDARS_READ, LISTING | _EXPANDED),
    Route("event.view", "GET", VIEWS, event_lists.view, CALENDARS_READ, LISTING | _EXPANDED, parameters=_WINDOW),
    Route("event.delta", "GET", below(EVENTS, "delta()"), event_deltas.events, CALENDARS_READ, TOKENS),
    Route(
        "event.view.delta",
        "GET",
        below(VIEWS, "delta()"),
        event_deltas.view,
        CALENDARS_READ,
        TOKENS,
        parameters=_WINDOW,
    ),
    Route("event.get", "GET", EVENT, events.get, CALENDARS_READ, ENTITY | _EXPANDED),
    Route("event.update", "PATCH", EVENT, events.update, CALENDARS_WRITE, ENTITY),
    Route("event.delete", "DELETE", EVENT, events.delete, CALENDARS_WRITE),
    Route(
        "event.instances",
        "GET",
        below(EVENT, "instances"),
        event_lists.instances,
        CALENDARS_READ,
        LISTING | _EXPANDED,
        parameters=_WINDOW,
    ),
    Route(
        "event.exceptionOccurrences",
        "GET",
        below(EVENT, "exceptionOccurrences"),
        event_lists.exception_occurrences,
        CALENDARS_READ,
        LISTING | _EXPANDED,
    ),
    Route(
        "event.attachments.list",
        "GET",
        _ATTACHMENTS,
        _HUNG.listing,
        CALENDARS_READ,
        LISTING - {"$orderby"} | _EXPANDED,
    ),
    Route("event.attachments.create", "POST", _ATTACHMENTS, _HUNG.create, CALENDARS_WRITE),
    Route("event.attachments.get", "GET", _ATTACHMENT, _HUNG.get, CALENDARS_READ, ENTITY | _EXPANDED),
    Route("event.attachments.delete", "DELETE", _ATTACHMENT, _HUNG.delete, CALENDARS_WRITE),
    Route(
        "event.attachments.value",
        "GET",
        below(_ATTACHMENT, "$value"),
        _HUNG.value,
        CALENDARS_READ,
        produces=ANYTHING,
    ),
    Route(
        "event.attachments.createUploadSession",
        "POST",
        below(_ATTACHMENTS, "createUploadSession()"),
        _HUNG.create_upload,
        CALENDARS_WRITE,
    ),
    Route("event.extensions.list", "GET", _EXTENSIONS, _KEPT.listing, CALENDARS_READ),
    Route("event.extensions.create", "POST", _EXTENSIONS, _KEPT.create, CALENDARS_WRITE),
    Route("event.extensions.get", "GET", _EXTENSION, _KEPT.get, CALENDARS_READ),
    Route("event.extensions.update", "PATCH", _EXTENSION, _KEPT.update, CALENDARS_WRITE),
    Route("event.extensions.delete", "DELETE", _EXTENSION, _KEPT.delete, CALENDARS_WRITE),
    *(
        Route(f"event.{name}", "POST", below(EVENT, f"{name}()"), act, CALENDARS_WRITE)
        for name, act in _ACTIONS.items()
    ),
)
