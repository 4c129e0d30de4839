"""ExpandDL: who is on a distribution list, one level deep ([MS-OXWSDLIST])."""

from __future__ import annotations

from collections.abc import Sequence

from reference_impl.domain.mailbox import Mailbox, Person
from reference_impl.ews.call import Call
from reference_impl.ews.entries import entry
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.references import item_of
from reference_impl.ews.tree import Element
from reference_impl.service.directory import lists_called, members


def expand_dl(request: Element, call: Call) -> str:
    """Answer an ExpandDL; lists on the list are members like others."""
    mailbox = request.find(m("Mailbox"))
    assert mailbox is not None
    return each("ExpandDL", [mailbox], lambda named: _expansion(_members(named, call)))


def _expansion(found: Sequence[Mailbox | Person]) -> str:
    content = "".join(entry("Mailbox", member) for member in found)
    attributes = f'TotalItemsInView="{len(found)}" IncludesLastItemInRange="true"'
    return f"<m:DLExpansion {attributes}>{content}</m:DLExpansion>"


def _members(mailbox: Element, call: Call) -> Sequence[Mailbox | Person]:
    item_id = mailbox.find(t("ItemId"))
    if item_id is not None:
        item_of(item_id, call)
        raise ResponseError("ErrorInvalidItemForOperationExpandDL", "The item is no private distribution list.")
    name = (mailbox.findtext(t("EmailAddress")) or "").strip()
    if not name:
        raise ResponseError("ErrorMissingInformationEmailAddress", "The list is named by no e-mail address and no id.")
    found = lists_called(call.world, name)
    if len(found) > 1:
        raise ResponseError("ErrorNameResolutionMultipleResults", "Multiple results were found.")
    if found:
        return members(call.world, found[0])
    if call.world.settings.unknown_list_is_empty:
        return ()
    raise ResponseError("ErrorNameResolutionNoResults", "No results were found.")
