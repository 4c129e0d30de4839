"""What belongs to a mailbox as a whole: its settings, and what the server offers to it."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.fields.person import SETTINGS
from reference_impl.graph.resources import people
from reference_impl.graph.router import Route
from reference_impl.graph.routes.scopes import SETTINGS_READ, USER_READ

_ZONES: Final = ("/outlook/supportedTimeZones()", "/outlook/supportedTimeZones(TimeZoneStandard)")

ROUTES: Final[tuple[Route, ...]] = (
    Route("mailboxSettings.get", "GET", ("/mailboxSettings",), people.settings, SETTINGS_READ),
    *(
        Route(f"mailboxSettings.{name}", "GET", (f"/mailboxSettings/{name}",), people.setting(name), SETTINGS_READ)
        for name in SETTINGS
    ),
    Route("timeZones.list", "GET", _ZONES, people.time_zones, USER_READ),
)
