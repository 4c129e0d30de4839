"""An exchange as passive checks see it: numbered, named, and parsed once however many of them look."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

import orjson
from lxml import etree

from conformance.model.exchange import Exchange
from conformance.wire import batch, ews
from conformance.wire.operation import Protocol, operation, protocol
from conformance.wire.validate import Violation, is_notification, notification_violations, violations

_PUSHED, _STREAMED = "SendNotification", "GetStreamingEvents"
_SEVERAL = 2


@dataclass(frozen=True, eq=False)
class Seen:
    """An exchange with its number (the first of a recording is 1) and, where they are known, who spoke and over what.

    ``is_open`` holds answers to no more than what is published (``wire.validate``).
    """

    exchange: Exchange
    number: int = 1
    actor: str = ""
    connection: str = ""
    is_open: bool = False
    within: int | None = None  # the place among the answers of a batch

    @functools.cached_property
    def protocol(self) -> Protocol:
        """What the request speaks; what a server sends to a listener asks nothing of it."""
        spoken = protocol(self.exchange.request)
        return Protocol.OTHER if spoken is Protocol.EWS and self.operation == _PUSHED else spoken

    @functools.cached_property
    def sent(self) -> Protocol:
        """What a server speaks that sends this to a listener of its own accord; ``OTHER`` where nobody did."""
        if self.protocol is not Protocol.OTHER:
            return Protocol.OTHER
        if protocol(self.exchange.request) is Protocol.EWS:
            return Protocol.EWS
        return Protocol.GRAPH if is_notification(self.exchange.request) else Protocol.OTHER

    @property
    def parts(self) -> tuple[Seen, ...]:
        """The envelopes of a streamed answer, each as an answer of its own; a batch and then its parts, as if alone.

        Any other exchange as it is.
        """
        if self.protocol is Protocol.GRAPH:
            within = (replace(self, exchange=part, within=place) for place, part in batch.parts(self.exchange))
            return (self, *within)
        if not self.is_streamed:
            return (self,)
        response = self.exchange.response
        pieces = ews.documents(response.body)
        if len(pieces) < _SEVERAL:
            return (self,)
        return tuple(
            replace(self, exchange=replace(self.exchange, response=replace(response, body=piece))) for piece in pieces
        )

    def whole(self, path: str) -> str:
        """A path of a part as one of the whole exchange."""
        if self.within is None:
            return path
        side, inner = path[: len("response")], path[len("response") :]
        if side != "response":
            return path
        inner = f".body{inner.removeprefix('$')}" if inner.startswith("$") or not inner else inner
        return f"response$.responses[{self.within}]{inner}"

    @functools.cached_property
    def operation(self) -> str:
        """The operation that the request names."""
        return operation(self.exchange.request)

    @property
    def is_streamed(self) -> bool:
        """Whether the answer is several documents one after another."""
        return self.operation == _STREAMED

    @functools.cached_property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.exchange.response.status

    @functools.cached_property
    def asked(self) -> ews.Envelope | None:
        """The SOAP envelope of an EWS request; None where there is none."""
        return _envelope(self.exchange.request.body) if self.protocol is Protocol.EWS else None

    @functools.cached_property
    def answered(self) -> ews.Envelope | None:
        """The SOAP envelope of an EWS answer; None where there is none."""
        return _envelope(self.exchange.response.body) if self.protocol is Protocol.EWS else None

    @property
    def question(self) -> etree._Element | None:
        """The content of the request's SOAP body, such as ``m:CreateItem``."""
        return None if self.asked is None else self.asked.content

    @property
    def answer(self) -> etree._Element | None:
        """The content of the answer's SOAP body, such as ``m:CreateItemResponse`` or ``s:Fault``."""
        return None if self.answered is None else self.answered.content

    @functools.cached_property
    def messages(self) -> tuple[ews.ResponseMessage, ...]:
        """The response messages of an EWS answer, in order."""
        return () if self.answered is None else ews.response_messages(self.answered)

    @functools.cached_property
    def version(self) -> str:
        """The schema version an EWS request asks for; empty outside EWS and where there is no envelope."""
        return "" if self.asked is None else self.asked.version

    @functools.cached_property
    def wanted(self) -> Any:
        """The JSON document of a Graph request; None where there is none."""
        return _json(self.exchange.request.body) if self.protocol is Protocol.GRAPH else None

    @functools.cached_property
    def document(self) -> Any:
        """The JSON document of a Graph answer; None where there is none."""
        return _json(self.exchange.response.body) if self.protocol is Protocol.GRAPH else None

    @functools.cached_property
    def violations(self) -> tuple[Violation, ...]:
        """What of the answer breaks its schema, or of what a server sent to a listener."""
        if self.sent is not Protocol.OTHER:
            return notification_violations(self.exchange.request, is_open=self.is_open)
        return violations(self.exchange, is_open=self.is_open)


def _envelope(body: bytes) -> ews.Envelope | None:
    try:
        return ews.read_envelope(body)
    except ews.NotXml:
        return None


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
