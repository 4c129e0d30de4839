"""GetUserPhoto: nobody has a photo here."""

from __future__ import annotations

from http import HTTPStatus

from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.operations.answers import Refused, failure
from reference_impl.ews.tree import Element


def get_user_photo(_request: Element, _call: Call) -> Refused:
    """Answer a GetUserPhoto: clients take the status 404 to mean that there is no such photo, or no such person.

    The page of the operation has the status 500 for unknown people, and says of others nothing.
    """
    error = ResponseError("ErrorItemNotFound", "There is no photo.")
    return Refused(HTTPStatus.NOT_FOUND, failure("GetUserPhoto", error, name="Response"))
