"""SendItem: drafts of messages sent ([MS-OXWSCORE] SendItem operation)."""

from __future__ import annotations

from reference_impl.domain.acts import Delivery
from reference_impl.domain.errors import NoRecipients, StaleVersion
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.disposition import saved_in
from reference_impl.ews.operations.references import item_of, version_read
from reference_impl.ews.tree import Element
from reference_impl.service import messages


def send_item(request: Element, call: Call) -> str:
    """Answer a SendItem; the copy goes to SavedItemFolderId, else to Sent Items."""
    id_elements = request.find(m("ItemIds"))
    assert id_elements is not None
    return each("SendItem", id_elements, lambda element: _send(element, request, call))


def _send(element: Element, request: Element, call: Call) -> str:
    saves = request.get("SaveItemToFolder") in {"true", "1"}
    if request.find(m("SavedItemFolderId")) is not None and not saves:
        raise ResponseError(
            "ErrorInvalidSendItemSaveSettings", "SavedItemFolderId is given, although no copy is to be saved."
        )
    item = item_of(element, call)
    expected = version_read(element, call)
    delivery, folder = Delivery(send=True, save_copy=saves), saved_in(request, call)
    try:
        messages.send_draft(call.world, call.owner(item.mailbox_id), item.id, delivery, folder, expected, by=call.actor)
    except StaleVersion as error:
        raise ResponseError("ErrorStaleObject", str(error)) from None
    except NoRecipients as error:
        raise ResponseError("ErrorMissingRecipients", str(error)) from None
    return ""
