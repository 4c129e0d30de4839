"""How iCalendar spells what the domain knows, and what its other spellings mean (RFC 5545, [MS-OXCICAL] 2.1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reference_impl.domain.items import (
    EventKind,
    Importance,
    MessageKind,
    Response,
    Role,
    Sensitivity,
    ShowAs,
)

REQUEST: Final = "REQUEST"
PUBLISH: Final = "PUBLISH"

METHODS: Final[Mapping[MessageKind, str]] = {
    MessageKind.REQUEST: REQUEST,
    MessageKind.RESPONSE: "REPLY",
    MessageKind.CANCELLATION: "CANCEL",
}
"""What messages of meetings ask a calendar to do; a response with a proposal is a COUNTER."""

CLASSES: Final[Mapping[Sensitivity, str]] = {
    Sensitivity.NORMAL: "PUBLIC",
    Sensitivity.PERSONAL: "X-PERSONAL",
    Sensitivity.PRIVATE: "PRIVATE",
    Sensitivity.CONFIDENTIAL: "CONFIDENTIAL",
}
CLASSES_OF: Final[Mapping[str, Sensitivity]] = {name: value for value, name in CLASSES.items()}

PRIORITIES: Final[Mapping[Importance, int]] = {Importance.HIGH: 1, Importance.NORMAL: 5, Importance.LOW: 9}
IMPORTANCES: Final = (Importance.LOW, Importance.NORMAL, Importance.HIGH)
"""By the number that Exchange writes."""

BUSY: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "FREE",
    ShowAs.TENTATIVE: "TENTATIVE",
    ShowAs.BUSY: "BUSY",
    ShowAs.OOF: "OOF",
    ShowAs.WORKING_ELSEWHERE: "WORKINGELSEWHERE",
    ShowAs.NO_DATA: "BUSY",
}
BUSY_OF: Final[Mapping[str, ShowAs]] = {name: value for value, name in BUSY.items()} | {"BUSY": ShowAs.BUSY}

ANSWERS: Final[Mapping[Response, str]] = {
    Response.NONE: "NEEDS-ACTION",
    Response.ORGANIZER: "ACCEPTED",
    Response.NOT_RESPONDED: "NEEDS-ACTION",
    Response.TENTATIVE: "TENTATIVE",
    Response.ACCEPTED: "ACCEPTED",
    Response.DECLINED: "DECLINED",
}
ANSWERS_OF: Final[Mapping[str, Response]] = {
    "TENTATIVE": Response.TENTATIVE,
    "ACCEPTED": Response.ACCEPTED,
    "DECLINED": Response.DECLINED,
}

ROLES: Final[Mapping[Role, str]] = {
    Role.REQUIRED: "REQ-PARTICIPANT",
    Role.OPTIONAL: "OPT-PARTICIPANT",
    Role.RESOURCE: "NON-PARTICIPANT",
}

INSTANCES: Final[Mapping[EventKind, str]] = {
    EventKind.SINGLE: "0",
    EventKind.RECURRING_MASTER: "1",
    EventKind.OCCURRENCE: "2",
    EventKind.EXCEPTION: "3",
}

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS: Final = re.compile(r"[\t\n\r\x85\u2028\u2029]+")


def importance_of(priority: int) -> Importance:
    """The importance that a PRIORITY stands for; 0 and 5 are neither high nor low."""
    if 1 <= priority < PRIORITIES[Importance.NORMAL]:
        return Importance.HIGH
    return Importance.LOW if priority > PRIORITIES[Importance.NORMAL] else Importance.NORMAL


def clean(text: str) -> str:
    """A text that came from outside, without what no XML can hold; lines end in line feeds."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """A text that fits into one line."""
    return _BREAKS.sub(" ", _ILLEGAL.sub("", text)).strip()
