"""MessageDisposition: what becomes of a message that a request makes."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.acts import Delivery, FolderRef
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.tree import Element

_DELIVERIES: Final = {
    "SaveOnly": Delivery(send=False, save_copy=True),
    "SendOnly": Delivery(send=True, save_copy=False),
    "SendAndSaveCopy": Delivery(send=True, save_copy=True),
}


def saved_in(request: Element, call: Call) -> FolderRef | None:
    """The folder that SavedItemFolderId names, if it is there; raises the errors of folder ids."""
    saved = request.find(m("SavedItemFolderId"))
    return None if saved is None else FolderRef(id=folder_named(saved[0], call).id)


def disposition_of(request: Element) -> Delivery:
    """The disposition asked for. Raises ErrorMessageDispositionRequired (R1241, R1342)."""
    asked = request.get("MessageDisposition")
    if asked is None:
        raise ResponseError(
            "ErrorMessageDispositionRequired", "MessageDisposition is required for messages and response objects."
        )
    return _DELIVERIES[asked]
