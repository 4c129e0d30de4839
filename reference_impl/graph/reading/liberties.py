"""The closed list of what real clients send beyond the declared types, and what is made of each.

Everything else that the request schemas do not declare is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Made(Enum):
    """What is made of a liberty."""

    ABSENT = "a null counts as not sent"
    CONVERTED = "a text is read as the declared type"


@dataclass(frozen=True, slots=True)
class Liberty:
    """One member of one request in a shape it is not declared in; ``member`` is a dotted path, ``*`` any element."""

    request: str
    member: str
    made: Made
    client: str
    source: str


_CREATE: Final = "event.create"
_UPDATE: Final = "event.update"
_O365: Final = "O365 2.1.10"
_O365_EVENT: Final = "O365/calendar.py, Event.to_api_data"

LIBERTIES: Final = (
    Liberty(_CREATE, "isOnlineMeeting", Made.CONVERTED, _O365, _O365_EVENT),
    Liberty(_UPDATE, "isOnlineMeeting", Made.CONVERTED, _O365, _O365_EVENT),
    Liberty(_CREATE, "transactionId", Made.ABSENT, _O365, _O365_EVENT),
    Liberty(_CREATE, "attendees.*.emailAddress.name", Made.ABSENT, _O365, "O365/calendar.py, Attendees.to_api_data"),
    Liberty(_UPDATE, "attendees.*.emailAddress.name", Made.ABSENT, _O365, "O365/calendar.py, Attendees.to_api_data"),
)

BY_PLACE: Final = {(liberty.request, liberty.member): liberty.made for liberty in LIBERTIES}
