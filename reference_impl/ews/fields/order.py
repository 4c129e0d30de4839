"""The order of elements within the blocks of properties that items are made of ([MS-OXWSCORE], [MS-OXWSMSG])."""

from __future__ import annotations

from typing import Final

from reference_impl.ews.fields.model import Field, Table

ITEM: Final = (
    "MimeContent",
    "ItemId",
    "ParentFolderId",
    "ItemClass",
    "Subject",
    "Sensitivity",
    "Body",
    "Attachments",
    "DateTimeReceived",
    "Size",
    "Categories",
    "Importance",
    "InReplyTo",
    "IsSubmitted",
    "IsDraft",
    "IsFromMe",
    "IsResend",
    "IsUnmodified",
    "InternetMessageHeaders",
    "DateTimeSent",
    "DateTimeCreated",
    "ResponseObjects",
    "ReminderDueBy",
    "ReminderIsSet",
    "ReminderNextTime",
    "ReminderMinutesBeforeStart",
    "DisplayCc",
    "DisplayTo",
    "DisplayBcc",
    "HasAttachments",
    "Culture",
    "EffectiveRights",
    "LastModifiedName",
    "LastModifiedTime",
    "IsAssociated",
    "WebClientReadFormQueryString",
    "WebClientEditFormQueryString",
    "ConversationId",
    "UniqueBody",
    "Flag",
    "StoreEntryId",
    "InstanceKey",
    "NormalizedBody",
    "Preview",
    "BlockStatus",
    "HasBlockedImages",
    "TextBody",
    "IconIndex",
)
"""The block that every item begins with; ExtendedProperty, which has no field, follows HasAttachments."""


def arranged(order: tuple[str, ...], *tables: Table) -> Table:
    """The fields of several tables in the order of their block; KeyError for an element that it does not have."""
    place = {element: number for number, element in enumerate(order)}
    fields: list[Field] = [field for table in tables for field in table]
    return tuple(sorted(fields, key=lambda field: place[field.element]))
