"""Calendars and what is asked of a calendar as a whole."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import calendars, schedule
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import CALENDAR, CALENDARS, below
from reference_impl.graph.routes.scopes import CALENDARS_BASIC

ROUTES: Final[tuple[Route, ...]] = (
    Route("calendar.list", "GET", CALENDARS, calendars.listing, CALENDARS_BASIC, LISTING - {"$filter", "$orderby"}),
    Route("calendar.get", "GET", CALENDAR, calendars.get, CALENDARS_BASIC, ENTITY),
    Route("calendar.getSchedule", "POST", below(CALENDAR, "getSchedule()"), schedule.get_schedule, CALENDARS_BASIC),
)
