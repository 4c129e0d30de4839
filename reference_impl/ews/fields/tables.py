"""The field tables by element name, their base shapes, and the order in which an element's properties are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.ews.fields.calendar import CALENDAR_ITEM
from reference_impl.ews.fields.meetings import (
    MEETING_CANCELLATION,
    MEETING_MESSAGE,
    MEETING_REQUEST,
    MEETING_RESPONSE,
)
from reference_impl.ews.fields.messages import MESSAGE
from reference_impl.ews.fields.model import Field, Table
from reference_impl.ews.fields.tasks import TASK

TABLES: Final[Mapping[str, Table]] = {
    "Message": MESSAGE,
    "CalendarItem": CALENDAR_ITEM,
    "MeetingMessage": MEETING_MESSAGE,
    "MeetingRequest": MEETING_REQUEST,
    "MeetingResponse": MEETING_RESPONSE,
    "MeetingCancellation": MEETING_CANCELLATION,
    "Task": TASK,
}

BY_URI: Final[Mapping[str, Mapping[str, Field]]] = {
    element: {field.uri: field for field in table} for element, table in TABLES.items()
}

EXTENDED_AFTER: Final = "HasAttachments"
"""ExtendedProperty stands behind this element of the ItemType block."""

OF_STORED_ITEMS: Final = frozenset(
    {
        "ItemId",
        "ParentFolderId",
        "ResponseObjects",
        "EffectiveRights",
        "StoreEntryId",
        "InstanceKey",
        "ConversationId",
        "ConflictingMeetingCount",
        "AdjacentMeetingCount",
        "ConflictingMeetings",
        "AdjacentMeetings",
    }
)
"""What an item that lies in an attachment does not have: a place, and what follows from it."""

_MESSAGE_DEFAULT: Final = frozenset(
    {
        "item:ItemId",
        "item:Subject",
        "item:Sensitivity",
        "item:Body",
        "item:Size",
        "item:DateTimeSent",
        "item:DateTimeCreated",
        "item:ResponseObjects",
        "item:HasAttachments",
        "item:IsAssociated",
        "message:ToRecipients",
        "message:From",
        "message:IsReadReceiptRequested",
        "message:IsDeliveryReceiptRequested",
        "message:IsRead",
    }
)

_MEETING_MESSAGE_DEFAULT: Final = _MESSAGE_DEFAULT | {
    "meeting:AssociatedCalendarItemId",
    "meeting:IsDelegated",
    "meeting:IsOutOfDate",
    "meeting:HasBeenProcessed",
    "meeting:ResponseType",
}

DEFAULT_SHAPES: Final[Mapping[str, frozenset[str]]] = {
    "Message": _MESSAGE_DEFAULT,
    "CalendarItem": frozenset(
        {
            "item:ItemId",
            "item:Subject",
            "item:HasAttachments",
            "item:ResponseObjects",
            "item:IsAssociated",
            "calendar:Start",
            "calendar:End",
            "calendar:LegacyFreeBusyStatus",
            "calendar:Location",
            "calendar:CalendarItemType",
            "calendar:Organizer",
        }
    ),
    "MeetingRequest": _MEETING_MESSAGE_DEFAULT
    | {
        "meetingRequest:MeetingRequestType",
        "meetingRequest:IntendedFreeBusyStatus",
        "calendar:Start",
        "calendar:End",
        "calendar:Location",
        "calendar:Organizer",
        "calendar:RequiredAttendees",
        "calendar:OptionalAttendees",
        "calendar:AdjacentMeetingCount",
        "calendar:ConflictingMeetingCount",
    },
    "MeetingMessage": _MEETING_MESSAGE_DEFAULT,
    "MeetingResponse": _MEETING_MESSAGE_DEFAULT,
    "MeetingCancellation": _MEETING_MESSAGE_DEFAULT,
    "Task": frozenset(
        {
            "item:ItemId",
            "item:Subject",
            "item:HasAttachments",
            "item:IsAssociated",
            "task:DueDate",
            "task:PercentComplete",
            "task:StartDate",
            "task:Status",
        }
    ),
}
"""The Default shape of each element (DOC property sets)."""
