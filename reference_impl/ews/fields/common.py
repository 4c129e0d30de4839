"""The properties that every item has ([MS-OXWSCORE] ItemType), in schema order."""

from __future__ import annotations

from reference_impl.ews import words
from reference_impl.ews.fields.attachments import ATTACHMENTS
from reference_impl.ews.fields.body import BODY
from reference_impl.ews.fields.identity import identity_fields
from reference_impl.ews.fields.marks import MARKS
from reference_impl.ews.fields.model import Table
from reference_impl.ews.fields.offers import OFFERS
from reference_impl.ews.fields.order import ITEM, arranged
from reference_impl.ews.fields.reminders import CALENDAR_REMINDERS, MESSAGE_REMINDERS
from reference_impl.ews.fields.transport import TRANSPORT


def common_fields(item_class: str) -> Table:
    """The block of properties that items of one class begin with."""
    reminders = CALENDAR_REMINDERS if item_class == words.CALENDAR_CLASS else MESSAGE_REMINDERS
    return arranged(ITEM, identity_fields(item_class), MARKS, BODY, ATTACHMENTS, TRANSPORT, reminders, OFFERS)
