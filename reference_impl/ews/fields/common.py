"""The properties that every item has ([MS-OXWSCORE] ItemType), in schema order."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from reference_impl.domain.items import CalendarItem, Item, Message, Role
from reference_impl.ews import bodies, ids, words, xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Field, Kind, Setter, Table, Writing
from reference_impl.ews.fields.readers import flag, item_id, text, time
from reference_impl.ews.fields.setters import (
    append_body,
    erase,
    flag_of,
    set_body,
    set_categories,
    set_choice,
    set_flag,
    set_item_class,
    set_nothing,
    set_text,
    text_of,
)
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View

CULTURE: Final = "en-US"
_REMINDER_UNSET: Final = 1525252321

_RESPONSE_OBJECTS: Final = (
    ("accept", "AcceptItem"),
    ("tentative", "TentativelyAcceptItem"),
    ("decline", "DeclineItem"),
    ("propose", "ProposeNewTime"),
    ("reply", "ReplyToItem"),
    ("reply_all", "ReplyAllToItem"),
    ("forward", "ForwardItem"),
    ("cancel", "CancelCalendarItem"),
    ("remove", "RemoveItem"),
)

_RIGHTS: Final = (
    ("CreateAssociated", False, None),
    ("CreateContents", False, None),
    ("CreateHierarchy", False, None),
    ("Delete", True, None),
    ("Modify", True, None),
    ("Read", True, None),
    ("ViewPrivateItems", True, "Exchange2010"),
)


def _parent(view: View) -> str:
    folder = ids.folder_id(view.item.mailbox_id, view.item.folder_id)
    return f'<t:ParentFolderId Id="{folder}" ChangeKey="{ids.FOLDER_CHANGE_KEY}"/>'


def item_class_of(item: Item) -> str:
    """The item's class."""
    return words.CALENDAR_CLASS if isinstance(item, CalendarItem) else words.item_class(item)


def received(item: Item) -> datetime:
    """When the item came into the mailbox."""
    return item.received or item.created if isinstance(item, Message) else item.created


def sent(item: Item) -> datetime:
    """When the item was sent, or made."""
    return item.sent or item.created if isinstance(item, Message) else item.created


def size(item: Item) -> int:
    """The item's size in bytes: its texts and a fixed share for everything else."""
    return 1024 + 2 * (len(item.subject) + len(item.body.content))


def display_to(item: Item) -> str:
    """The names in the To line."""
    people = item.to if isinstance(item, Message) else _invited(item, Role.REQUIRED)
    return "; ".join(person.name or person.address for person in people)


def display_cc(item: Item) -> str:
    """The names in the Cc line."""
    people = item.cc if isinstance(item, Message) else _invited(item, Role.OPTIONAL)
    return "; ".join(person.name or person.address for person in people)


def _invited(item: CalendarItem, role: Role) -> list[Any]:
    return [entry.person for entry in item.attendees if entry.role is role]


def _response_objects(view: View) -> str | None:
    offers_proposals = view.call.version.has("Exchange2013_SP1") or (
        view.call.version.has("Exchange2013") and view.call.world.settings.propose_before_2013_sp1
    )
    offered = view.offered if offers_proposals else view.offered - {"propose"}
    content = "".join(f"<t:{element}/>" for word, element in _RESPONSE_OBJECTS if word in offered)
    return xml.node("ResponseObjects", content) if content else None


def _categories(view: View) -> str | None:
    content = "".join(xml.leaf("String", name) for name in view.item.categories)
    return xml.node("Categories", content) if content else None


def _rights(view: View) -> str:
    return xml.node(
        "EffectiveRights",
        "".join(xml.leaf(name, value) for name, value, since in _RIGHTS if view.call.version.has(since)),
    )


def _is_draft(item: Item) -> bool:
    return isinstance(item, Message) and item.is_draft


def _from_me(item: Item) -> bool:
    return isinstance(item, Message) and item.from_me


def _due(item: Item) -> datetime | None:
    return item.start if isinstance(item, CalendarItem) else None


def _reminds(item: Item) -> bool:
    return isinstance(item, CalendarItem) and item.reminder_is_set


def _reminder_minutes(item: Item) -> int:
    return item.reminder_minutes if isinstance(item, CalendarItem) else 0


def _next_reminder(item: Item) -> datetime | None:
    if not isinstance(item, CalendarItem) or not item.reminder_is_set:
        return None
    try:
        return item.start - timedelta(minutes=item.reminder_minutes)
    except OverflowError:
        return None


def _key(view: View) -> str:
    return base64.b64encode(bytes.fromhex(view.item.id)).decode()


def _set_reminder(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """Minutes; the reserved value means that none are set ([MS-OXWSCDATA] ReminderMinutesBeforeStartType)."""
    minutes = int(text_of(element))
    return {} if minutes == _REMINDER_UNSET else {"reminder_minutes": minutes}


def _set_no_reminder(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """Messages remind nobody: only that can be said of them."""
    if flag_of(element):
        raise ResponseError("ErrorInvalidPropertySet", "Messages have no reminders.")
    return {}


def common_fields(item_class: str, only: Mapping[str, Setter] | None = None) -> Table:
    """The table of one kind of item. ``only`` replaces the setters, for kinds that can hardly be written."""
    writable: Mapping[str, Setter] = {
        "item:ItemClass": set_item_class(item_class),
        "item:Subject": set_text("subject"),
        "item:Sensitivity": set_choice("sensitivity", words.SENSITIVITY_OF),
        "item:Body": set_body,
        "item:Categories": set_categories,
        "item:Importance": set_choice("importance", words.IMPORTANCE_OF),
    }
    if only is not None:
        writable = only
    reminders: Mapping[str, Setter] = (
        {
            "item:ReminderIsSet": set_flag("reminder_is_set"),
            "item:ReminderMinutesBeforeStart": _set_reminder,
        }
        if item_class == words.CALENDAR_CLASS
        else {"item:ReminderIsSet": _set_no_reminder, "item:ReminderMinutesBeforeStart": set_nothing}
    )
    setters = {**writable, **reminders}
    return tuple(_with_setters(field, setters) for field in _FIELDS)


def _with_setters(field: Field, setters: Mapping[str, Setter]) -> Field:
    setter = setters.get(field.uri)
    if setter is None:
        return replace(field, append=None, delete=None)
    return replace(field, create=setter, update=setter)


_FIELDS: Final[Table] = (
    Field(uri="item:MimeContent", element="MimeContent", read=lambda _view: None, named_only=True, found=False),
    Field(uri="item:ItemId", element="ItemId", read=lambda view: item_id("ItemId", view.item)),
    Field(uri="item:ParentFolderId", element="ParentFolderId", read=_parent),
    Field(
        uri="item:ItemClass",
        element="ItemClass",
        read=text("ItemClass", item_class_of),
        value=item_class_of,
    ),
    Field(
        uri="item:Subject",
        element="Subject",
        read=text("Subject", lambda item: item.subject),
        value=lambda item: item.subject,
        delete=erase("subject", ""),
    ),
    Field(
        uri="item:Sensitivity",
        element="Sensitivity",
        read=text("Sensitivity", lambda item: words.SENSITIVITY[item.sensitivity]),
        kind=Kind.CHOICE,
        value=lambda item: words.SENSITIVITY[item.sensitivity],
    ),
    Field(
        uri="item:Body",
        element="Body",
        read=lambda view: bodies.write_body("Body", bodies.body_as(view.item.body, view.body_type)),
        found=False,
        value=lambda item: bodies.as_text(item.body),
        append=append_body,
        delete=lambda target: {"body": type(target.body)("", target.body.type)},
    ),
    Field(
        uri="item:DateTimeReceived",
        element="DateTimeReceived",
        read=time("DateTimeReceived", received),
        kind=Kind.TIME,
        value=received,
    ),
    Field(
        uri="item:Size",
        element="Size",
        read=lambda view: xml.leaf("Size", size(view.item)),
        kind=Kind.NUMBER,
        value=size,
    ),
    Field(
        uri="item:Categories",
        element="Categories",
        read=_categories,
        value=lambda item: item.categories,
        delete=erase("categories", ()),
    ),
    Field(
        uri="item:Importance",
        element="Importance",
        read=text("Importance", lambda item: words.IMPORTANCE[item.importance]),
        kind=Kind.CHOICE,
        value=lambda item: words.IMPORTANCE[item.importance],
    ),
    Field(uri="item:InReplyTo", element="InReplyTo", read=lambda _view: None),
    Field(uri="item:IsSubmitted", element="IsSubmitted", read=flag("IsSubmitted", lambda _item: False)),
    Field(uri="item:IsDraft", element="IsDraft", read=flag("IsDraft", _is_draft), kind=Kind.FLAG, value=_is_draft),
    Field(uri="item:IsFromMe", element="IsFromMe", read=flag("IsFromMe", _from_me), kind=Kind.FLAG, value=_from_me),
    Field(uri="item:IsResend", element="IsResend", read=flag("IsResend", lambda _item: False)),
    Field(
        uri="item:IsUnmodified",
        element="IsUnmodified",
        read=flag("IsUnmodified", lambda item: isinstance(item, Message) and not item.is_draft),
    ),
    Field(
        uri="item:DateTimeSent",
        element="DateTimeSent",
        read=time("DateTimeSent", sent),
        kind=Kind.TIME,
        value=sent,
    ),
    Field(
        uri="item:DateTimeCreated",
        element="DateTimeCreated",
        read=time("DateTimeCreated", lambda item: item.created),
        kind=Kind.TIME,
        value=lambda item: item.created,
    ),
    Field(uri="item:ResponseObjects", element="ResponseObjects", read=_response_objects, found=False),
    Field(
        uri="item:ReminderDueBy",
        element="ReminderDueBy",
        read=time("ReminderDueBy", _due),
        kind=Kind.TIME,
        value=_due,
    ),
    Field(
        uri="item:ReminderIsSet",
        element="ReminderIsSet",
        read=flag("ReminderIsSet", _reminds),
        kind=Kind.FLAG,
        value=_reminds,
    ),
    Field(
        uri="item:ReminderNextTime",
        element="ReminderNextTime",
        read=time("ReminderNextTime", _next_reminder),
        since="Exchange2013",
    ),
    Field(
        uri="item:ReminderMinutesBeforeStart",
        element="ReminderMinutesBeforeStart",
        read=lambda view: xml.leaf("ReminderMinutesBeforeStart", _reminder_minutes(view.item)),
        kind=Kind.NUMBER,
        value=_reminder_minutes,
    ),
    Field(
        uri="item:DisplayCc",
        element="DisplayCc",
        read=lambda view: xml.leaf("DisplayCc", display_cc(view.item)),
        value=display_cc,
    ),
    Field(
        uri="item:DisplayTo",
        element="DisplayTo",
        read=lambda view: xml.leaf("DisplayTo", display_to(view.item)),
        value=display_to,
    ),
    Field(uri="item:DisplayBcc", element="DisplayBcc", read=lambda _view: None, since="Exchange2016"),
    Field(
        uri="item:HasAttachments",
        element="HasAttachments",
        read=flag("HasAttachments", lambda _item: False),
        kind=Kind.FLAG,
        value=lambda _item: False,
    ),
    Field(uri="item:Culture", element="Culture", read=text("Culture", lambda _item: CULTURE)),
    Field(uri="item:EffectiveRights", element="EffectiveRights", read=_rights, since="Exchange2007_SP1"),
    Field(
        uri="item:LastModifiedName",
        element="LastModifiedName",
        read=lambda view: xml.leaf("LastModifiedName", view.owner.person.name or view.owner.address),
        since="Exchange2007_SP1",
    ),
    Field(
        uri="item:LastModifiedTime",
        element="LastModifiedTime",
        read=time("LastModifiedTime", lambda item: item.modified),
        since="Exchange2007_SP1",
        kind=Kind.TIME,
        value=lambda item: item.modified,
    ),
    Field(
        uri="item:IsAssociated",
        element="IsAssociated",
        read=flag("IsAssociated", lambda _item: False),
        since="Exchange2010",
        kind=Kind.FLAG,
        value=lambda _item: False,
    ),
    Field(
        uri="item:ConversationId",
        element="ConversationId",
        read=lambda view: f'<t:ConversationId Id="{view.conversation}"/>' if view.conversation else None,
        since="Exchange2010",
    ),
    Field(
        uri="item:UniqueBody",
        element="UniqueBody",
        read=lambda view: bodies.write_body("UniqueBody", view.item.body),
        since="Exchange2010",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:StoreEntryId",
        element="StoreEntryId",
        read=lambda view: xml.leaf("StoreEntryId", _key(view)),
        since="Exchange2010_SP2",
        ignored=True,
    ),
    Field(
        uri="item:InstanceKey",
        element="InstanceKey",
        read=lambda view: xml.leaf("InstanceKey", _key(view)),
        since="Exchange2013",
    ),
    Field(
        uri="item:NormalizedBody",
        element="NormalizedBody",
        read=lambda view: bodies.write_body("NormalizedBody", bodies.body_as(view.item.body, "HTML")),
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:Preview",
        element="Preview",
        read=text("Preview", lambda item: bodies.preview(item.body)),
        since="Exchange2013",
    ),
    Field(
        uri="item:TextBody",
        element="TextBody",
        read=lambda view: bodies.write_body("TextBody", bodies.body_as(view.item.body, "Text")),
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
)
