"""Calendars and what is asked of a calendar as a whole."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import (
    calendar_groups,
    calendar_permissions,
    calendars,
    meeting_times,
    reminder_views,
    schedule,
)
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import CALENDAR, CALENDAR_GROUP, CALENDARS, below
from reference_impl.graph.routes.scopes import CALENDARS_BASIC, CALENDARS_READ, CALENDARS_SHARED, CALENDARS_WRITE

_LISTED: Final = LISTING - {"$orderby"}
_GROUPS: Final = ("/calendarGroups",)
_PERMISSIONS: Final = below(CALENDAR, "calendarPermissions")
_PERMISSION: Final = below(_PERMISSIONS, "{permission}")

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        "user.reminderView",
        "GET",
        ("/reminderView(startDateTime,endDateTime)",),
        reminder_views.view,
        CALENDARS_READ,
        LISTING - {"$filter", "$orderby"},
    ),
    Route("user.findMeetingTimes", "POST", ("/findMeetingTimes()",), meeting_times.find, CALENDARS_SHARED),
    Route("calendar.list", "GET", CALENDARS, calendars.listing, CALENDARS_BASIC, LISTING),
    Route("calendar.create", "POST", CALENDARS, calendars.create, CALENDARS_WRITE, ENTITY),
    Route("calendar.get", "GET", CALENDAR, calendars.get, CALENDARS_BASIC, ENTITY),
    Route("calendar.update", "PATCH", CALENDAR, calendars.update, CALENDARS_WRITE, ENTITY),
    Route("calendar.delete", "DELETE", CALENDAR, calendars.delete, CALENDARS_WRITE),
    Route(
        "calendar.permanentDelete",
        "POST",
        below(CALENDAR, "permanentDelete()"),
        calendars.delete_for_good,
        CALENDARS_WRITE,
    ),
    Route("calendarGroup.list", "GET", _GROUPS, calendar_groups.listing, CALENDARS_READ, _LISTED),
    Route("calendarGroup.create", "POST", _GROUPS, calendar_groups.create, CALENDARS_WRITE, ENTITY),
    Route("calendarGroup.get", "GET", CALENDAR_GROUP, calendar_groups.get, CALENDARS_READ, ENTITY),
    Route("calendarGroup.update", "PATCH", CALENDAR_GROUP, calendar_groups.update, CALENDARS_WRITE, ENTITY),
    Route("calendarGroup.delete", "DELETE", CALENDAR_GROUP, calendar_groups.delete, CALENDARS_WRITE),
    Route(
        "calendarPermission.list",
        "GET",
        _PERMISSIONS,
        calendar_permissions.listing,
        CALENDARS_READ,
        _LISTED - {"$filter"},
    ),
    Route("calendarPermission.create", "POST", _PERMISSIONS, calendar_permissions.create, CALENDARS_WRITE, ENTITY),
    Route("calendarPermission.get", "GET", _PERMISSION, calendar_permissions.get, CALENDARS_READ, ENTITY),
    Route("calendarPermission.update", "PATCH", _PERMISSION, calendar_permissions.update, CALENDARS_WRITE, ENTITY),
    Route("calendarPermission.delete", "DELETE", _PERMISSION, calendar_permissions.delete, CALENDARS_WRITE),
    Route("calendar.getSchedule", "POST", below(CALENDAR, "getSchedule()"), schedule.get_schedule, CALENDARS_BASIC),
)
