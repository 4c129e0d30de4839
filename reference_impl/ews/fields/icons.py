"""IconIndex: the picture with which clients list an item ([MS-OXWSCORE] IconIndexType)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.domain.items import CalendarItem, EventKind, Item, MessageKind, Response
from reference_impl.ews.fields.model import Field, Kind
from reference_impl.ews.fields.readers import text

_OF_KINDS: Final[Mapping[MessageKind, str]] = {
    MessageKind.REQUEST: "AppointmentMeet",
    MessageKind.CANCELLATION: "AppointmentMeetCancel",
    MessageKind.FORWARD_NOTICE: "AppointmentMeetInfo",
}
_OF_RESPONSES: Final[Mapping[Response | None, str]] = {
    Response.ACCEPTED: "AppointmentMeetYes",
    Response.TENTATIVE: "AppointmentMeetMaybe",
    Response.DECLINED: "AppointmentMeetNo",
}


def icon_of(item: Item) -> str:
    """The name of an item's icon."""
    if isinstance(item, CalendarItem):
        is_series = item.kind is EventKind.RECURRING_MASTER
        if item.is_meeting:
            return "AppointmentMeetRecur" if is_series else "AppointmentMeet"
        return "AppointmentRecur" if is_series else "AppointmentItem"
    if item.kind is MessageKind.RESPONSE and item.meeting is not None:
        return _OF_RESPONSES[item.meeting.response]
    return _OF_KINDS.get(item.kind) or ("MailRead" if item.is_read else "MailUnread")


ICON: Final = Field(
    uri="item:IconIndex", element="IconIndex", read=text("IconIndex", icon_of), since="Exchange2013", kind=Kind.CHOICE
)
"""The one property of this subject."""
