"""Which item it is, where it lies, what may be done with it, and since when it is as it is."""

from __future__ import annotations

import base64
from typing import Final

from reference_impl.domain.attached import size_of
from reference_impl.domain.items import CalendarItem, Item
from reference_impl.ews import words, xml
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.readers import flag, folder_id, item_id, text, time
from reference_impl.ews.fields.setters import set_item_class
from reference_impl.ews.view import View
from reference_impl.service import folders

CULTURE: Final = "en-US"

_RIGHTS: Final = (
    ("CreateAssociated", False, None),
    ("CreateContents", False, None),
    ("CreateHierarchy", False, None),
    ("Delete", True, None),
    ("Modify", True, None),
    ("Read", True, None),
    ("ViewPrivateItems", True, "Exchange2010"),
)


def item_class_of(item: Item) -> str:
    """The item's class."""
    return words.CALENDAR_CLASS if isinstance(item, CalendarItem) else words.item_class(item)


def _parent(view: View) -> str:
    return folder_id("ParentFolderId", folders.folder_of(view.call.world, view.item))


def _rights(view: View) -> str:
    return xml.node(
        "EffectiveRights",
        "".join(xml.leaf(name, value) for name, value, since in _RIGHTS if view.call.version.has(since)),
    )


def _key(view: View) -> str:
    return base64.b64encode(bytes.fromhex(view.item.id)).decode()


def identity_fields(item_class: str) -> Table:
    """The properties of this subject, for items of one class."""
    set_class = set_item_class(item_class)
    return (
        Field(uri="item:ItemId", element="ItemId", read=lambda view: item_id("ItemId", view.item)),
        Field(uri="item:ParentFolderId", element="ParentFolderId", read=_parent),
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
