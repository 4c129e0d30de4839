"""Message classes: what tells one kind of item from another ([MS-OXCMSG] 2.2.1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.domain.items import CalendarItem, Item, Message, MessageKind, Response

_CLASSES: Final[Mapping[MessageKind, str]] = {
    MessageKind.NOTE: "IPM.Note",
    MessageKind.REQUEST: "IPM.Schedule.Meeting.Request",
    MessageKind.CANCELLATION: "IPM.Schedule.Meeting.Canceled",
    MessageKind.FORWARD_NOTICE: "IPM.Schedule.Meeting.Notification.Forward",
    MessageKind.AUTOMATIC_REPLY: "IPM.Note.Rules.OofTemplate.Microsoft",
    MessageKind.TASK: "IPM.Task",
}

_RESPONSE_CLASSES: Final[Mapping[Response | None, str]] = {
    Response.ACCEPTED: "IPM.Schedule.Meeting.Resp.Pos",
    Response.TENTATIVE: "IPM.Schedule.Meeting.Resp.Tent",
    Response.DECLINED: "IPM.Schedule.Meeting.Resp.Neg",
}

CALENDAR_CLASS: Final = "IPM.Appointment"
NOTE_CLASS: Final = "IPM.Note"
TASK_CLASS: Final = "IPM.Task"


def item_class_of(item: Item) -> str:
    """The item's class: the one it was given, else that of every item of its kind."""
    if item.item_class:
        return item.item_class
    return CALENDAR_CLASS if isinstance(item, CalendarItem) else _class_of(item)


def _class_of(message: Message) -> str:
    """The message class ([MS-OXWSMTGS] R490, R1091)."""
    if message.kind is MessageKind.RESPONSE:
        return _RESPONSE_CLASSES[message.meeting.response if message.meeting is not None else None]
    return _CLASSES[message.kind]
