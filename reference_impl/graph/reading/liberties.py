"""The closed list of what real clients send beyond the declared types, and what is made of each.

Some are taken by one client with one member, some by many with all members of a sort. Everything else that the request
schemas do not declare is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
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


class Freedom(Enum):
    """What may be written otherwise wherever it stands."""

    NAMES = "members are named in any case, as in Start and DateTime"
    WORDS = "literals of enumerations are written in any case, as in HTML and Required"
    PARAMETERS = 'a parameter of an action is a text that reads as its type, as in "true" and "15"'
    ADDRESSES = "the address of a request in a batch is absolute, as long as it is one of this service and version"
    COMMAS = "a text among a function's arguments may be followed by the next one without a comma"
    DURATIONS = "a duration is hours, minutes and seconds between colons, as in 1:00:00"


FREEDOMS: Final[Mapping[Freedom, str]] = {
    Freedom.NAMES: "founding document, steps 2 and 5; metadata, parameters of actions; event-forward, request",
    Freedom.WORDS: "user-post-events, requests; founding document, step 1",
    Freedom.PARAMETERS: "founding document, step 2; outlook-get-free-busy-schedule and user-findmeetingtimes, requests",
    Freedom.ADDRESSES: "msgraph-core 1.5, BatchRequestItem, which takes the address of its request as it is",
    Freedom.COMMAS: "msgraph-sdk 1.65.0 (std-uritemplate), which writes no comma in reminderView(...)",
    Freedom.DURATIONS: "msgraph-sdk 1.65.0, which writes a timedelta as Python does",
}
"""Where each is seen."""

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
