"""The EWS endpoint: one HTTP request in, one HTTP answer out."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from email.message import Message
from functools import lru_cache
from typing import Final

from reference_impl.ews.envelope import Request, read_request, write_answer, write_fault, write_streamed
from reference_impl.ews.errors import SoapFault
from reference_impl.ews.headers import call_of
from reference_impl.ews.namespaces import local, m
from reference_impl.ews.operations.answers import Refused
from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.ews.tree import Element
from reference_impl.ews.versions import OLDEST, Version, build_of
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service.directory import mailbox_by_id
from reference_impl.service.world import World

log = logging.getLogger("meetproof.server")

_XML: Final = (("Content-Type", "text/xml; charset=utf-8"),)
_TEXT: Final = (("Content-Type", "text/plain; charset=utf-8"),)
_BUSY: Final = "The server cannot service this request right now. Try again later."
_OWN_MISTAKE: Final = ("ErrorInternalServerError", "An internal server error occurred. The operation failed.")


class EwsEndpoint:
    """EWS over one world. Raises ValueError for settings that name no version."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._build = build_of(world.settings.server_version, world.settings.newest_schema)
        self._names = frozenset(OPERATIONS)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The SOAP answer, or a SOAP fault with status 500 ([MS-OXWSMTGS] 2.1, SOAP 1.1 section 6.2)."""
        assert request.actor is not None, "the shell lets nobody in without credentials"
        asked = OLDEST
        settings = self._world.settings
        busy = self._world.throttle.admit(request.actor.id, self._world.clock.now(), settings.requests_per_minute)
        if busy is not None and settings.busy_is_unavailable:
            return HttpAnswer(503, (("Retry-After", str(math.ceil(busy.total_seconds()))), *_TEXT), _BUSY.encode())
        try:
            soap = read_request(
                request.body,
                soap_action=request.headers.get("soapaction", ""),
                charset=_charset(request.headers.get("content-type", "")),
                operations=self._names,
                newest=self._build.newest,
            )
            asked = soap.version
            _let_in(busy)
            _check_batch(soap.parts, settings.batch)
            content = self._content(soap, request)
        except SoapFault as fault:
            address = request.origin + request.path
            return HttpAnswer(500, _XML, write_fault(self._build, fault.asked or asked, fault, address))
        except Exception:  # the last line of defence: clients of SOAP expect a fault, the log has the reason
            log.exception("an EWS request failed")
            return self.failed(request)
        if isinstance(content, str):
            return HttpAnswer(200, _XML, write_answer(self._build, asked, content))
        if isinstance(content, Refused):
            return HttpAnswer(content.status, _XML, write_answer(self._build, asked, content.content))
        return HttpAnswer(200, _XML, chunks=self._envelopes(asked, content))

    async def _envelopes(self, asked: Version, contents: AsyncGenerator[str, None]) -> AsyncGenerator[bytes, None]:
        """Whole envelopes, one after another in one answer."""
        async with aclosing(contents):
            try:
                async for content in contents:
                    yield write_streamed(self._build, asked, content)
            except Exception:  # the last line of defence here too, though the status is already sent
                log.exception("an EWS answer in several envelopes failed")
                yield write_fault(self._build, asked, SoapFault(*_OWN_MISTAKE))

    def failed(self, _request: HttpRequest) -> HttpAnswer:
        """The fault that owns up to a mistake of this server."""
        return self._fault(500, *_OWN_MISTAKE)

    def too_large(self, _request: HttpRequest, limit: int) -> HttpAnswer:
        """The fault for a body of more than ``limit`` bytes, which was not read."""
        return self._fault(413, "ErrorMessageSizeExceeded", f"A request may have {limit} bytes at most.")

    def _fault(self, status: int, code: str, text: str) -> HttpAnswer:
        return HttpAnswer(status, _XML, write_fault(self._build, OLDEST, SoapFault(code, text)))

    def _content(self, soap: Request, request: HttpRequest) -> str | Refused | AsyncGenerator[str, None]:
        assert request.actor is not None
        actor = mailbox_by_id(self._world, request.actor.id) or request.actor  # logins outlive changes of mailboxes
        call = call_of(soap, self._world, actor, application=request.application, client_id=request.client_id)
        return OPERATIONS[soap.name](soap.operation, call)


_BATCHES: Final = frozenset(
    m(name)
    for name in (
        "AttachmentIds",
        "Attachments",
        "DelegateUsers",
        "FolderChanges",
        "FolderIds",
        "Folders",
        "ItemChanges",
        "ItemIds",
        "Items",
        "ParentFolderIds",
        "ReminderItemActions",
        "SourceIds",
        "UserIds",
    )
)
"""The parts of requests that name things to be done with one by one."""


def _check_batch(parts: list[Element], limit: int) -> None:
    """Raise ErrorTooManyObjectsOpened for a request about more things than one may be about."""
    for part in parts:
        if len(part) > limit and part.tag in _BATCHES:
            raise SoapFault(
                "ErrorTooManyObjectsOpened",
                f"{local(part.tag)} may have {limit} entries at most; got {len(part)}. Send them in several requests.",
            )


def _let_in(busy: timedelta | None) -> None:
    """Raise ErrorServerBusy with the time to stay away, if there is one."""
    if busy is not None:
        back_off = math.ceil(busy / timedelta(milliseconds=1))
        raise SoapFault("ErrorServerBusy", _BUSY, values={"BackOffMilliseconds": back_off})


@lru_cache(maxsize=64)
def _charset(content_type: str) -> str:
    """The charset parameter of a media type, which outweighs what the text says of itself (RFC 7303 section 3)."""
    message = Message()
    message["content-type"] = content_type
    return str(message.get_content_charset("utf-8"))
