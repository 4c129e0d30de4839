"""EWS's words for the domain's choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.domain.items import (
    BodyType,
    Importance,
    MessageKind,
    RequestKind,
    Response,
    Sensitivity,
    ShowAs,
    TaskStatus,
)

SHOW_AS: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "Free",
    ShowAs.TENTATIVE: "Tentative",
    ShowAs.BUSY: "Busy",
    ShowAs.OOF: "OOF",
    ShowAs.WORKING_ELSEWHERE: "WorkingElsewhere",
    ShowAs.NO_DATA: "NoData",
}

SENSITIVITY: Final[Mapping[Sensitivity, str]] = {value: value.value.capitalize() for value in Sensitivity}
IMPORTANCE: Final[Mapping[Importance, str]] = {value: value.value.capitalize() for value in Importance}
BODY_TYPE: Final[Mapping[BodyType, str]] = {BodyType.TEXT: "Text", BodyType.HTML: "HTML"}

OWN_RESPONSE: Final[Mapping[Response, str]] = {
    Response.NONE: "Unknown",
    Response.ORGANIZER: "Organizer",
    Response.TENTATIVE: "Tentative",
    Response.ACCEPTED: "Accept",
    Response.DECLINED: "Decline",
    Response.NOT_RESPONDED: "NoResponseReceived",
}
"""The answer as its own mailbox shows it ([MS-OXWSMTGS] 2.2.5.11)."""

ATTENDEE_RESPONSE: Final[Mapping[Response, str]] = {**OWN_RESPONSE, Response.NOT_RESPONDED: "Unknown"}
"""The answer as the organizer's attendee list shows it: an awaited answer is Unknown (R79)."""

REQUEST_KIND: Final[Mapping[RequestKind, str]] = {
    RequestKind.NEW: "NewMeetingRequest",
    RequestKind.FULL_UPDATE: "FullUpdate",
    RequestKind.INFORMATIONAL_UPDATE: "InformationalUpdate",
    RequestKind.SILENT_UPDATE: "SilentUpdate",
    RequestKind.OUTDATED: "Outdated",
    RequestKind.PRINCIPAL_COPY: "PrincipalWantsCopy",
}

BEFORE_2010: Final[Mapping[RequestKind, RequestKind]] = {
    RequestKind.SILENT_UPDATE: RequestKind.INFORMATIONAL_UPDATE,
    RequestKind.PRINCIPAL_COPY: RequestKind.FULL_UPDATE,
}

ELEMENTS: Final[Mapping[MessageKind, str]] = {
    MessageKind.NOTE: "Message",
    MessageKind.REQUEST: "MeetingRequest",
    MessageKind.RESPONSE: "MeetingResponse",
    MessageKind.CANCELLATION: "MeetingCancellation",
    MessageKind.FORWARD_NOTICE: "MeetingMessage",
    MessageKind.AUTOMATIC_REPLY: "Message",
    MessageKind.TASK: "Task",
}

TASK_STATUS: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.NOT_STARTED: "NotStarted",
    TaskStatus.IN_PROGRESS: "InProgress",
    TaskStatus.COMPLETED: "Completed",
    TaskStatus.WAITING: "WaitingOnOthers",
    TaskStatus.DEFERRED: "Deferred",
}


SHOW_AS_OF: Final[Mapping[str, ShowAs]] = {word: value for value, word in SHOW_AS.items()}
SENSITIVITY_OF: Final[Mapping[str, Sensitivity]] = {word: value for value, word in SENSITIVITY.items()}
IMPORTANCE_OF: Final[Mapping[str, Importance]] = {word: value for value, word in IMPORTANCE.items()}
TASK_STATUS_OF: Final[Mapping[str, TaskStatus]] = {word: value for value, word in TASK_STATUS.items()}
BODY_TYPE_OF: Final[Mapping[str, BodyType]] = {word: value for value, word in BODY_TYPE.items()}
