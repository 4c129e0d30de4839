"""Online meetings: who provides them, and where they are joined. No such meeting is really held."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from msgspec.structs import replace

from reference_impl.domain.items import CalendarItem
from reference_impl.service.settings import Settings

TEAMS: Final = "teamsForBusiness"
UNKNOWN: Final = "unknown"

_JOINING: Final = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_"


def allowed_providers(settings: Settings) -> tuple[str, ...]:
    """The providers of online meetings that calendars allow; the first of them is the usual one."""
    return (TEAMS,) if settings.teams_meetings else ()


def joined(settings: Settings, event: CalendarItem) -> CalendarItem:
    """An organizer's online meeting with the address to join it by, if its provider is allowed; others as they are.

    A meeting that names no provider has the usual one.
    """
    allowed = allowed_providers(settings)
    if not event.is_online_meeting or event.join_url or not event.is_organizer or not allowed:
        return event
    provider = allowed[0] if event.online_meeting_provider == UNKNOWN else event.online_meeting_provider
    if provider not in allowed:
        return event
    token = base64.urlsafe_b64encode(hashlib.sha256(event.uid.encode()).digest()).decode().rstrip("=")
    return replace(event, online_meeting_provider=provider, join_url=f"{_JOINING}{token}%40thread.v2/0")
