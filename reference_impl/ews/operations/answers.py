"""Response messages: one per asked item, in order; one item's failure leaves the others alone, but for a few."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from reference_impl.domain.errors import DomainError
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError, response_error
from reference_impl.ews.namespaces import local
from reference_impl.ews.tree import Element

NO_ITEMS = "<m:Items/>"
NO_FOLDERS = "<m:Folders/>"

STOPPING: Final = frozenset({"ErrorAccessDenied"})
"""Failures that are likely to meet all that follows too (DOC responsecode, ErrorBatchProcessingStopped)."""

_STOPPED: Final = ResponseError(
    "ErrorBatchProcessingStopped", "This was left undone: what failed before it is likely to fail here too."
)


class Refused(NamedTuple):
    """An answer that tells by its HTTP status too that the request failed, though it is no fault."""

    status: int
    content: str


def success(operation: str, payload: str = "", *, name: str = "ResponseMessage") -> str:
    """A response message of class Success."""
    opening, closing = _success(f"m:{operation}{name}")
    return opening + payload + closing


@functools.cache
def _success(element: str) -> tuple[str, str]:
    """What stands around the payload."""
    return f'<{element} ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>', f"</{element}>"


def problem(error: ResponseError) -> str:
    """The head of a response message that tells what went wrong; DescriptiveLinkKey is always 0."""
    paths = f"<m:MessageXml>{''.join(error.paths)}</m:MessageXml>" if error.paths else ""
    return (
        f"<m:MessageText>{xml.text(error.text)}</m:MessageText><m:ResponseCode>{error.code}</m:ResponseCode>"
        f"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{paths}"
    )


def failure(
    operation: str,
    error: ResponseError,
    payload: str = "",
    *,
    response_class: str = "Error",
    name: str = "ResponseMessage",
) -> str:
    """A response message of class Error, or Warning."""
    element = f"m:{operation}{name}"
    return f'<{element} ResponseClass="{response_class}">{problem(error)}{payload}</{element}>'


def response(operation: str, messages: Iterable[str]) -> str:
    """The response element around its response messages, or around parts of which these are made."""
    content = "".join(messages)
    return f"<m:{operation}Response><m:ResponseMessages>{content}</m:ResponseMessages></m:{operation}Response>"


def each(operation: str, entries: Iterable[Element], act: Callable[[Element], str], nothing: str = "") -> str:
    """The response to a request about several things: each is an act of its own, which makes its message's payload.

    ``nothing`` is the payload of messages that tell a failure. After a failure in STOPPING the rest is left undone.
    """
    messages: list[str] = []
    is_stopped = False
    opening, closing = _success(f"m:{operation}ResponseMessage")
    for entry in entries:
        if is_stopped:
            messages.append(failure(operation, _STOPPED, nothing, response_class="Warning"))
            continue
        try:
            messages += (opening, act(entry), closing)
        except (DomainError, ResponseError) as problem_met:
            error = _told(problem_met, local(entry.tag))
            messages.append(failure(operation, error, nothing))
            is_stopped = error.code in STOPPING
    return response(operation, messages)


def sole(operation: str, payload: Callable[[], str]) -> str:
    """The response element of an operation that has no response messages, but is one itself."""
    try:
        with speaking_of():
            return success(operation, payload(), name="Response")
    except ResponseError as error:
        return failure(operation, error, name="Response")


def _told(error: DomainError | ResponseError, response_object: str = "") -> ResponseError:
    return response_error(error, response_object) if isinstance(error, DomainError) else error


@contextlib.contextmanager
def speaking_of(response_object: str = "") -> Iterator[None]:
    """Turn domain errors into response errors, with the codes of a response object where it has its own."""
    try:
        yield
    except DomainError as error:
        raise response_error(error, response_object) from error
