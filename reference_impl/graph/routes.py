"""Every operation offered, as data."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.fields.person import SETTINGS
from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import calendars, events, mail_folders, messages, people, responses, schedule
from reference_impl.graph.router import Route

CALENDARS_READ: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
CALENDARS_WRITE: Final = frozenset({"Calendars.ReadWrite"})
CALENDARS_BASIC: Final = CALENDARS_READ | {"Calendars.ReadBasic"}
MAIL_READ: Final = frozenset({"Mail.Read", "Mail.ReadWrite"})
MAIL_WRITE: Final = frozenset({"Mail.ReadWrite"})
SETTINGS_READ: Final = frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"})
USER_READ: Final = frozenset({"User.Read", "User.ReadWrite", "User.Read.All", "User.ReadWrite.All"})
DIRECTORY_SCOPES: Final = frozenset({"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All"})

_SHAREABLE: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite", "Mail.Read", "Mail.ReadWrite"})

_EXPANDED: Final = frozenset({"$expand"})
_COLLECTIONS: Final = ("/events", "/calendar/events", "/calendars/{calendar}/events")
_EVENT: Final = tuple(f"{path}/{{event}}" for path in _COLLECTIONS)
_VIEWS: Final = ("/calendarView", "/calendar/calendarView", "/calendars/{calendar}/calendarView")
_MESSAGES: Final = ("/messages", "/mailFolders/{folder}/messages")
_MESSAGE: Final = tuple(f"{path}/{{message}}" for path in _MESSAGES)
_SCHEDULE: Final = ("/calendar/getSchedule", "/calendars/{calendar}/getSchedule")
_ZONES: Final = ("/outlook/supportedTimeZones", "/outlook/supportedTimeZones/{arguments}")


def permissions_for(scopes: frozenset[str], *, is_others: bool) -> frozenset[str]:
    """The permissions of which one is needed: for what others share its .Shared form, which is good for one's own too.

    None where a signed-in person never reaches into another's mailbox (permissions reference, Calendars and Mail).
    """
    shared = frozenset(f"{scope}.Shared" for scope in scopes & _SHAREABLE)
    return shared if is_others else scopes | shared


def _on(paths: tuple[str, ...], act: str) -> tuple[str, ...]:
    return tuple(f"{path}/{act}" for path in paths)


_EVENT_OF_MESSAGE: Final = _on(_MESSAGE, "microsoft.graph.eventMessage/event")

ROUTES: Final[tuple[Route, ...]] = (
    Route("user.get", "GET", ("",), people.user, USER_READ, ENTITY),
    Route(
        "calendar.list", "GET", ("/calendars",), calendars.listing, CALENDARS_BASIC, LISTING - {"$filter", "$orderby"}
    ),
    Route("calendar.get", "GET", ("/calendar", "/calendars/{calendar}"), calendars.get, CALENDARS_BASIC, ENTITY),
    Route("calendar.getSchedule", "POST", _SCHEDULE, schedule.get_schedule, CALENDARS_BASIC),
    Route("event.create", "POST", _COLLECTIONS, events.create, CALENDARS_WRITE, ENTITY),
    Route("event.list", "GET", _COLLECTIONS, events.listing, CALENDARS_READ, LISTING),
    Route("event.view", "GET", _VIEWS, events.view, CALENDARS_READ, LISTING),
    Route("event.get", "GET", _EVENT, events.get, CALENDARS_READ, ENTITY),
    Route("event.update", "PATCH", _EVENT, events.update, CALENDARS_WRITE, ENTITY),
    Route("event.delete", "DELETE", _EVENT, events.delete, CALENDARS_WRITE),
    Route("event.accept", "POST", _on(_EVENT, "accept"), responses.accept, CALENDARS_WRITE),
    Route(
        "event.tentativelyAccept",
        "POST",
        _on(_EVENT, "tentativelyAccept"),
        responses.tentatively_accept,
        CALENDARS_WRITE,
    ),
    Route("event.decline", "POST", _on(_EVENT, "decline"), responses.decline, CALENDARS_WRITE),
    Route("event.cancel", "POST", _on(_EVENT, "cancel"), responses.cancel, CALENDARS_WRITE),
    Route("event.forward", "POST", _on(_EVENT, "forward"), responses.forward, CALENDARS_WRITE),
    Route("message.list", "GET", _MESSAGES, messages.listing, MAIL_READ, LISTING | _EXPANDED),
    Route("message.get", "GET", _MESSAGE, messages.get, MAIL_READ, ENTITY | _EXPANDED),
    Route("message.update", "PATCH", _MESSAGE, messages.update, MAIL_WRITE, ENTITY | _EXPANDED),
    Route("message.delete", "DELETE", _MESSAGE, messages.delete, MAIL_WRITE),
    Route("message.event", "GET", _EVENT_OF_MESSAGE, messages.event, MAIL_READ, ENTITY),
    Route(
        "mailFolder.list", "GET", ("/mailFolders",), mail_folders.listing, MAIL_READ, LISTING - {"$filter", "$orderby"}
    ),
    Route("mailFolder.get", "GET", ("/mailFolders/{folder}",), mail_folders.get, MAIL_READ, ENTITY),
    Route("mailboxSettings.get", "GET", ("/mailboxSettings",), people.settings, SETTINGS_READ),
    *(
        Route(f"mailboxSettings.{name}", "GET", (f"/mailboxSettings/{name}",), people.setting(name), SETTINGS_READ)
        for name in SETTINGS
    ),
    Route("timeZones.list", "GET", _ZONES, people.time_zones, USER_READ),
)
