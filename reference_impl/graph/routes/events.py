"""Events, calendar views, and what is done with an event."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import event_lists, event_reminders, events, responses
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

ROUTES: Final[tuple[Route, ...]] = (
    Route("event.create", "POST", EVENTS, events.create, CALENDARS_WRITE, ENTITY),
    Route("event.list", "GET", EVENTS, event_lists.listing, CALENDARS_READ, LISTING | _EXPANDED),
    Route("event.view", "GET", VIEWS, event_lists.view, CALENDARS_READ, LISTING | _EXPANDED),
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
    ),
    Route(
        "event.exceptionOccurrences",
        "GET",
        below(EVENT, "exceptionOccurrences"),
        event_lists.exception_occurrences,
        CALENDARS_READ,
        LISTING | _EXPANDED,
    ),
    *(
        Route(f"event.{name}", "POST", below(EVENT, f"{name}()"), act, CALENDARS_WRITE)
        for name, act in _ACTIONS.items()
    ),
)
