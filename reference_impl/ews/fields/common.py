"""The properties that every item has ([MS-OXWSCORE] ItemType), in schema order."""

from __future__ import annotations

from reference_impl.ews.fields.attachments import ATTACHMENTS
from reference_impl.ews.fields.body import BODY
from reference_impl.ews.fields.follow_up import follow_up_fields
from reference_impl.ews.fields.icons import ICON
from reference_impl.ews.fields.identity import identity_fields
from reference_impl.ews.fields.marks import MARKS
from reference_impl.ews.fields.mime import mime_fields
from reference_impl.ews.fields.model import Table
from reference_impl.ews.fields.offers import OFFERS
from reference_impl.ews.fields.order import ITEM, arranged
from reference_impl.ews.fields.reminders import CALENDAR_REMINDERS, MESSAGE_REMINDERS
from reference_impl.ews.fields.transport import transport_fields


def common_fields(element: str) -> Table:
    """The block of properties that items of one kind begin with."""
    is_message = element != "CalendarItem"
    return arranged(
        ITEM,
        identity_fields(element),
        MARKS,
        mime_fields(element),
        BODY,
        ATTACHMENTS,
        transport_fields(settable=is_message),
        MESSAGE_REMINDERS if is_message else CALENDAR_REMINDERS,
        OFFERS,
        follow_up_fields(settable=is_message),
        (ICON,),
    )
