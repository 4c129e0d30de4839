"""ResolveNames: the people and lists that an incomplete name may mean ([MS-OXWSRSLNM])."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reference_impl.domain.mailbox import FolderKind, Mailbox
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.entries import contact, entry
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import failure, response, speaking_of, success
from reference_impl.ews.tree import Element
from reference_impl.service.directory import resolve

_LIMIT: Final = 100
_PUNCTUATION: Final = frozenset(",-;.")
_DEFAULT_SCOPE: Final = "ActiveDirectoryContacts"


def resolve_names(request: Element, call: Call) -> str:
    """Answer a ResolveNames: one match is a success, several are a warning, none is an error."""
    try:
        with speaking_of():
            found = _found(request, call)
    except ResponseError as error:
        return response("ResolveNames", [failure("ResolveNames", error)])
    payload = _resolutions(found, request, call)
    if len(found) == 1:
        return response("ResolveNames", [success("ResolveNames", payload)])
    several = ResponseError("ErrorNameResolutionMultipleResults", "Multiple results were found.")
    return response("ResolveNames", [failure("ResolveNames", several, payload, response_class="Warning")])


def _found(request: Element, call: Call) -> Sequence[Mailbox]:
    """The matches in the places that SearchScope names; contacts folders are without contacts here."""
    name = (request.findtext(m("UnresolvedEntry")) or "").strip()
    scope = request.get("SearchScope", _DEFAULT_SCOPE)
    if "Contacts" in scope:
        _check_folders(request, call)
    if set(name) <= _PUNCTUATION:
        raise ResponseError("ErrorInvalidNameForNameResolution", f"{name!r} is no name that could be resolved.")
    found = resolve(call.world, name) if "ActiveDirectory" in scope else ()
    if not found:
        raise ResponseError("ErrorNameResolutionNoResults", "No results were found.")
    return found


def _check_folders(request: Element, call: Call) -> None:
    """At most one folder, and one for contacts (DOC responsecode)."""
    named = request.find(m("ParentFolderIds"))
    if named is None:
        return
    if len(named) > 1:
        raise ResponseError(
            "ErrorResolveNamesOnlyOneContactsFolderAllowed", f"One contacts folder can be searched; got {len(named)}."
        )
    if folder_named(named[0], call).kind is not FolderKind.CONTACTS:
        raise ResponseError("ErrorResolveNamesInvalidFolderType", "The folder is none for contacts.")


def _resolutions(found: Sequence[Mailbox], request: Element, call: Call) -> str:
    is_full = request.get("ReturnFullContactData") in {"true", "1"}
    shape = request.get("ContactDataShape", "Default") if is_full else None
    content = "".join(_resolution(mailbox, shape, call) for mailbox in found[:_LIMIT])
    is_last = "true" if len(found) <= _LIMIT else "false"
    attributes = f'TotalItemsInView="{len(found)}" IncludesLastItemInRange="{is_last}"'
    return f"<m:ResolutionSet {attributes}>{content}</m:ResolutionSet>"


def _resolution(mailbox: Mailbox, shape: str | None, call: Call) -> str:
    more = "" if shape is None else contact(mailbox, call.version, shape)
    return xml.node("Resolution", entry("Mailbox", mailbox) + more)
