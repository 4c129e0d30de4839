"""Which item it is, where it lies, what may be done with it, and since when it is as it is."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from reference_impl.domain.attached import size_of
from reference_impl.domain.conversation import conversation_id_of
from reference_impl.domain.items import CalendarItem
from reference_impl.ews import ids, xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Field, Kind, Setter, Table, Writing
from reference_impl.ews.fields.readers import flag, folder_id, item_id, lasting, text, time
from reference_impl.ews.fields.setters import erase, set_flag, set_text, text_of
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.mapi.classes import CALENDAR_CLASS, NOTE_CLASS, TASK_CLASS, item_class_of
from reference_impl.service import folders

CULTURE: Final = "en-US"

_FOREIGN: Final = (
    (CALENDAR_CLASS, "CalendarItem"),
    ("IPM.Schedule.Meeting", "MeetingMessage"),
    ("IPM.Contact", "Contact"),
    ("IPM.DistList", "DistributionList"),
    ("IPM.Task", "Task"),
    ("IPM.Post", "PostItem"),
)
"""The classes that belong to one kind of item; every other is a message's."""


def _is_of(item_class: str, family: str) -> bool:
    folded, head = item_class.casefold(), family.casefold()
    return folded == head or folded.startswith(f"{head}.")


def _element_of(item_class: str) -> str:
    return next((element for family, element in _FOREIGN if _is_of(item_class, family)), "Message")


def _set_class(element: str) -> Setter:
    """A class within those of the same kind of item (DOC responsecode, ErrorObjectTypeChanged)."""

    def set_(_target: Any, given: Element, _writing: Writing) -> Mapping[str, Any]:
        asked = text_of(given).strip()
        if not asked or _element_of(asked) != element:
            raise ResponseError("ErrorObjectTypeChanged", f"{asked!r} is not the class of a {element}.")
        return {"item_class": "" if asked in {CALENDAR_CLASS, NOTE_CLASS, TASK_CLASS} else asked}

    return set_


def _parent(view: View) -> str:
    return folder_id("ParentFolderId", folders.folder_of(view.call.world, view.item))


def _rights(view: View) -> str:
    """What the caller may do with the item; nothing is made in one."""
    reach = view.reach
    told = dict.fromkeys(("CreateAssociated", "CreateContents", "CreateHierarchy"), False)
    told |= {"Delete": reach.deletes(view.item), "Modify": reach.edits(view.item), "Read": reach.reads(view.item)}
    if view.call.version.has("Exchange2010"):
        told["ViewPrivateItems"] = reach.sees_private
    return xml.node("EffectiveRights", "".join(xml.leaf(name, value) for name, value in told.items()))


def _key(view: View) -> str:
    return base64.b64encode(bytes.fromhex(view.item.id)).decode()


def _conversation(view: View) -> str | None:
    found = conversation_id_of(view.item)
    return f'<t:ConversationId Id="{base64.b64encode(bytes.fromhex(found)).decode()}"/>' if found else None


def _query_string(view: View, *, edits: bool) -> str:
    """What opens the item in a browser, behind the address of the web client; the later form knows no form to edit."""
    spelled = quote(ids.item_id(view.item.mailbox_id, view.item.id), safe="")
    if view.call.version.has("Exchange2013"):
        model = "ICalendarItemDetailsViewModelFactory" if isinstance(view.item, CalendarItem) else "ReadMessageItem"
        return f"?ItemID={spelled}&exvsurl=1&viewmodel={model}"
    action = "&s=Draft" if edits else ""
    return f"?ae=Item&a=Open&t={quote(item_class_of(view.item))}{action}&id={spelled}&exvsurl=1"


def _edit_form(view: View) -> str | None:
    if view.call.version.has("Exchange2013"):
        return None
    return xml.leaf("WebClientEditFormQueryString", _query_string(view, edits=True))


def identity_fields(element: str) -> Table:
    """The properties of this subject, for one kind of item."""
    set_class = _set_class(element)
    return (
        Field(
            uri="item:ItemClass",
            element="ItemClass",
            read=text("ItemClass", item_class_of),
            value=item_class_of,
            create=set_class,
            update=set_class,
        ),
        *_FIELDS,
    )


_FIELDS: Final[Table] = (
    Field(uri="item:ItemId", element="ItemId", read=lasting(lambda view: item_id("ItemId", view.item))),
    Field(uri="item:ParentFolderId", element="ParentFolderId", read=_parent),
    Field(
        uri="item:Size",
        element="Size",
        read=lambda view: xml.leaf("Size", size_of(view.item)),
        kind=Kind.NUMBER,
        value=size_of,
    ),
    Field(
        uri="item:DateTimeCreated",
        element="DateTimeCreated",
        read=time("DateTimeCreated", lambda item: item.created),
        kind=Kind.TIME,
        value=lambda item: item.created,
    ),
    Field(
        uri="item:Culture",
        element="Culture",
        read=text("Culture", lambda item: item.culture or CULTURE),
        value=lambda item: item.culture or CULTURE,
        create=set_text("culture"),
        update=set_text("culture"),
        delete=erase("culture", ""),
    ),
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
        read=flag("IsAssociated", lambda item: item.is_associated),
        since="Exchange2010",
        kind=Kind.FLAG,
        value=lambda item: item.is_associated,
        create=set_flag("is_associated"),
    ),
    Field(
        uri="item:WebClientReadFormQueryString",
        element="WebClientReadFormQueryString",
        read=lambda view: xml.leaf("WebClientReadFormQueryString", _query_string(view, edits=False)),
        since="Exchange2010",
        found=False,
    ),
    Field(
        uri="item:WebClientEditFormQueryString",
        element="WebClientEditFormQueryString",
        read=_edit_form,
        since="Exchange2010",
        found=False,
    ),
    Field(uri="item:ConversationId", element="ConversationId", read=_conversation, since="Exchange2010"),
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
)
