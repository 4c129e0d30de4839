"""ResolveNames: the people and lists that an incomplete name may mean ([MS-OXWSRSLNM])."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import failure, response, success
from reference_impl.ews.tree import Element
from reference_impl.service.directory import people

_LIMIT: Final = 100
_PUNCTUATION: Final = frozenset(",-;.")


def resolve_names(request: Element, call: Call) -> str:
    """Answer a ResolveNames: one match is a success, several are a warning, none is an error."""
    entry = (request.findtext(m("UnresolvedEntry")) or "").strip()
    is_full = request.get("ReturnFullContactData") in {"true", "1"}
    if not entry or set(entry) <= _PUNCTUATION:
        error = ResponseError("ErrorInvalidNameForNameResolution", f"{entry!r} is no name that could be resolved.")
        return response("ResolveNames", [failure("ResolveNames", error)])
    found = [mailbox for mailbox in people(call.world) if _matches(mailbox, entry)]
    if not found:
        error = ResponseError("ErrorNameResolutionNoResults", f"Nobody is called {entry!r}.")
        return response("ResolveNames", [failure("ResolveNames", error)])
    payload = _resolutions(found, is_full=is_full)
    if len(found) == 1:
        return response("ResolveNames", [success("ResolveNames", payload)])
    several = ResponseError("ErrorNameResolutionMultipleResults", f"{entry!r} may mean {len(found)} people.")
    return response("ResolveNames", [failure("ResolveNames", several, payload, response_class="Warning")])


def _matches(mailbox: Mailbox, entry: str) -> bool:
    """Whether the entry begins the address, the display name or one of its words; an address prefix is dropped."""
    wanted = entry.casefold().removeprefix("smtp:").removeprefix("=")
    name = mailbox.person.name.casefold()
    return any(text.startswith(wanted) for text in (mailbox.person.key, name, *name.split()))


def _resolutions(found: list[Mailbox], *, is_full: bool) -> str:
    content = "".join(_resolution(mailbox, is_full=is_full) for mailbox in found[:_LIMIT])
    is_last = "true" if len(found) <= _LIMIT else "false"
    attributes = f'TotalItemsInView="{len(found)}" IncludesLastItemInRange="{is_last}"'
    return f"<m:ResolutionSet {attributes}>{content}</m:ResolutionSet>"


def _resolution(mailbox: Mailbox, *, is_full: bool) -> str:
    name = xml.leaf("Name", mailbox.person.name or mailbox.address)
    kind = "PublicDL" if mailbox.kind is MailboxKind.LIST else "Mailbox"
    address = xml.leaf("EmailAddress", mailbox.address) + xml.leaf("RoutingType", "SMTP")
    contact = ""
    if is_full:
        entry = f'<t:Entry Key="EmailAddress1">{xml.text(mailbox.address)}</t:Entry>'
        contact = xml.node(
            "Contact",
            xml.leaf("DisplayName", mailbox.person.name or mailbox.address)
            + xml.node("EmailAddresses", entry)
            + xml.leaf("ContactSource", "ActiveDirectory"),
        )
    return xml.node("Resolution", xml.node("Mailbox", name + address + xml.leaf("MailboxType", kind)) + contact)
