"""GetUserConfiguration: what clients keep for themselves beside the items of a folder ([MS-OXWSUSRCFG])."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Final

from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox
from reference_impl.domain.timezone import known_name
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import local, m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.tree import Element
from reference_impl.service.categories import categories


def get_user_configuration(request: Element, call: Call) -> str:
    """Answer a GetUserConfiguration; a configuration of this server has either a dictionary or a document."""
    name = request.find(m("UserConfigurationName"))
    assert name is not None
    asked = frozenset((request.findtext(m("UserConfigurationProperties")) or "").split())
    return each("GetUserConfiguration", [name], lambda named: _configuration(named, asked, call))


def _configuration(named: Element, asked: frozenset[str], call: Call) -> str:
    element = named[0]
    folder = folder_named(element, call)
    name = named.get("Name", "")
    key = (folder.role, name.casefold())
    tell, write = _DICTIONARIES.get(key), _DOCUMENTS.get(key)
    if tell is None and write is None:
        raise ResponseError("ErrorItemNotFound", f"The folder {folder.name} has no configuration {name!r}.")
    place = _folder_id(element, folder)
    content = f'<t:UserConfigurationName Name="{xml.attribute(name)}">{place}</t:UserConfigurationName>'
    if tell is not None and asked & {"Dictionary", "All"}:
        entries = tell(call.owner(folder.mailbox_id)).items()
        content += xml.node("Dictionary", "".join(_entry(key, value) for key, value in entries))
    if write is not None and asked & {"XmlData", "All"}:
        content += xml.leaf("XmlData", base64.b64encode(write(call, call.owner(folder.mailbox_id))).decode())
    return f"<m:UserConfiguration>{content}</m:UserConfiguration>"


def _folder_id(element: Element, folder: Folder) -> str:
    if local(element.tag) == "DistinguishedFolderId":
        return f'<t:DistinguishedFolderId Id="{element.get("Id")}"/>'
    return (
        f'<t:FolderId Id="{ids.folder_id(folder.mailbox_id, folder.id)}" ChangeKey="{ids.change_key(folder.version)}"/>'
    )


def _entry(key: str, value: str) -> str:
    return xml.node("DictionaryEntry", _object("DictionaryKey", key) + _object("DictionaryValue", value))


def _object(name: str, value: str) -> str:
    return xml.node(name, xml.leaf("Type", "String") + xml.leaf("Value", value))


def _options(owner: Mailbox) -> Mapping[str, str]:
    """The options of the web client, as far as mailboxes have them."""
    return {"timezone": known_name(owner.time_zone)}


def _category_list(call: Call, owner: Mailbox) -> bytes:
    """The list of categories as clients keep it ([MS-OXOCFG] 2.2.5.2.1); -1 is no colour."""
    entries = "".join(
        f'<category name="{xml.attribute(each.name)}" color="{-1 if each.color is None else each.color}" '
        f'keyboardShortcut="0" usageCount="0" guid="{{{each.id.upper()}}}" renameOnFirstUse="0"/>'
        for each in categories(call.world, owner)
    )
    return f'<?xml version="1.0"?><categories default="" xmlns="CategoryList.xsd">{entries}</categories>'.encode()


_DICTIONARIES: Final[Mapping[tuple[FolderRole | None, str], Callable[[Mailbox], Mapping[str, str]]]] = {
    (FolderRole.ROOT, "owa.useroptions"): _options,
}
"""(folder, case-folded name) -> the dictionary."""

_DOCUMENTS: Final[Mapping[tuple[FolderRole | None, str], Callable[[Call, Mailbox], bytes]]] = {
    (FolderRole.CALENDAR, "categorylist"): _category_list,
}
"""(folder, case-folded name) -> the document."""
