"""MessageDisposition: what becomes of a message that a request makes."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.acts import Delivery
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.tree import Element

_DELIVERIES: Final = {
    "SaveOnly": Delivery(send=False, save_copy=True),
    "SendOnly": Delivery(send=True, save_copy=False),
    "SendAndSaveCopy": Delivery(send=True, save_copy=True),
}


def disposition_of(request: Element) -> Delivery:
    """The disposition asked for. Raises ErrorMessageDispositionRequired (R1241, R1342)."""
    asked = request.get("MessageDisposition")
    if asked is None:
        raise ResponseError(
            "ErrorMessageDispositionRequired", "MessageDisposition is required for messages and response objects."
        )
    return _DELIVERIES[asked]
