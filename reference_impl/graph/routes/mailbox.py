"""What belongs to a mailbox as a whole: its settings, and what the server offers to it."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.fields.mailbox_settings import SETTINGS
from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import exchange_ids, mailbox_settings, master_categories, people
from reference_impl.graph.router import Route
from reference_impl.graph.routes.paths import below
from reference_impl.graph.routes.scopes import SETTINGS_READ, SETTINGS_WRITE, USER_READ

_CATEGORIES: Final = ("/outlook/masterCategories",)
_CATEGORY: Final = below(_CATEGORIES, "{category}")
_ZONES: Final = ("/outlook/supportedTimeZones()", "/outlook/supportedTimeZones(TimeZoneStandard)")

ROUTES: Final[tuple[Route, ...]] = (
    Route("mailboxSettings.get", "GET", ("/mailboxSettings",), mailbox_settings.get, SETTINGS_READ, ENTITY),
    Route("mailboxSettings.update", "PATCH", ("/mailboxSettings",), mailbox_settings.update, SETTINGS_WRITE),
    *(
        Route(
            f"mailboxSettings.{name}",
            "GET",
            (f"/mailboxSettings/{name}",),
            mailbox_settings.setting(name),
            SETTINGS_READ,
        )
        for name in SETTINGS
    ),
    Route("masterCategory.list", "GET", _CATEGORIES, master_categories.listing, SETTINGS_READ, LISTING - {"$orderby"}),
    Route("masterCategory.create", "POST", _CATEGORIES, master_categories.create, SETTINGS_WRITE, ENTITY),
    Route("masterCategory.get", "GET", _CATEGORY, master_categories.get, SETTINGS_READ, ENTITY),
    Route("masterCategory.update", "PATCH", _CATEGORY, master_categories.update, SETTINGS_WRITE, ENTITY),
    Route("masterCategory.delete", "DELETE", _CATEGORY, master_categories.delete, SETTINGS_WRITE),
    Route("exchangeIds.translate", "POST", ("/translateExchangeIds()",), exchange_ids.translate, USER_READ),
    Route("languages.list", "GET", ("/outlook/supportedLanguages()",), people.supported_languages, USER_READ),
    Route("timeZones.list", "GET", _ZONES, people.time_zones, USER_READ),
)
