"""GetUserConfiguration: what clients keep for themselves beside the items of a folder ([MS-OXWSUSRCFG])."""

from __future__ import annotations

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


def get_user_configuration(request: Element, call: Call) -> str:
    """Answer a GetUserConfiguration; of the configurations of this server only the dictionary has something in it."""
    name = request.find(m("UserConfigurationName"))
    assert name is not None
    asked = frozenset((request.findtext(m("UserConfigurationProperties")) or "").split())
    return each("GetUserConfiguration", [name], lambda named: _configuration(named, asked, call))


def _configuration(named: Element, asked: frozenset[str], call: Call) -> str:
    element = named[0]
    folder = folder_named(element, call)
    name = named.get("Name", "")
    tell = _KNOWN.get((folder.role, name.casefold()))
    if tell is None:
        raise ResponseError("ErrorItemNotFound", f"The folder {folder.name} has no configuration {name!r}.")
    place = _folder_id(element, folder)
    content = f'<t:UserConfigurationName Name="{xml.attribute(name)}">{place}</t:UserConfigurationName>'
    if asked & {"Dictionary", "All"}:
        entries = tell(call.owner(folder.mailbox_id)).items()
        content += xml.node("Dictionary", "".join(_entry(key, value) for key, value in entries))
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


_KNOWN: Final[Mapping[tuple[FolderRole | None, str], Callable[[Mailbox], Mapping[str, str]]]] = {
    (FolderRole.ROOT, "owa.useroptions"): _options,
}
"""(folder, case-folded name) -> the dictionary."""
