"""The one place every exchange of a case passes: numbered, named and kept."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace

from conformance.catalogue import EWS_VERSIONS
from conformance.client.protocol import Transport, apart
from conformance.expect import Place
from conformance.model.exchange import Exchange, Request
from conformance.wire.ews import NotXml, read_envelope
from conformance.wire.operation import Protocol, operation, protocol
from conformance.wire.urls import split_url


@dataclass(frozen=True)
class Observed:
    """An exchange with its number (the case's first is 1), its protocol, its operation, and the role that spoke."""

    number: int
    protocol: Protocol
    operation: str
    exchange: Exchange
    who: str = ""
    is_heard: bool = False  # sent by the server of its own accord, and answered by the suite

    @functools.cached_property
    def place(self) -> Place:
        """This exchange as a check tells of it."""
        return Place(self.number, self.operation, self._version())

    def _version(self) -> str:
        """The RequestServerVersion an EWS request names; empty where it names none, or none that is known."""
        body = self.exchange.request.body
        if self.protocol is not Protocol.EWS or b"RequestServerVersion" not in body:
            return ""
        try:
            version = read_envelope(body).version
        except NotXml:
            return ""
        return version if version in EWS_VERSIONS else ""


@dataclass(slots=True)
class ObservedTransport:
    """Passes requests on and keeps what came back."""

    transport: Transport
    seen: list[Observed] = field(default_factory=list)
    unrecorded: frozenset[str] = frozenset()
    who: str = ""

    def spoken_by(self, who: str) -> ObservedTransport:
        """The same way for one of the case's people, what passes it kept among the rest."""
        return replace(self, who=who)

    def send(self, request: Request) -> Exchange:
        """Send a request through the transport behind; what goes to an ``unrecorded`` origin is not counted."""
        exchange = self.transport.send(request)
        if self.unrecorded and split_url(request.url)[0] in self.unrecorded:
            return exchange
        spoken, name = protocol(request), operation(request)
        self.seen.append(Observed(len(self.seen) + 1, spoken, name, exchange, self.who))
        return exchange

    def keep_heard(self, exchange: Exchange) -> None:
        """Keep what the server sent of its own accord."""
        spoken, name = protocol(exchange.request), operation(exchange.request)
        self.seen.append(Observed(len(self.seen) + 1, spoken, name, exchange, is_heard=True))

    def apart(self) -> ObservedTransport:
        """Connections of their own, what passes them kept among the rest."""
        return replace(self, transport=apart(self.transport))
