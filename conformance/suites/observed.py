"""The one place every exchange of a case passes: numbered, named and kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.client.protocol import Transport
from conformance.model.exchange import Exchange, Request

_BODY_CHILD = re.compile(rb"<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([A-Za-z]\w*)")


@dataclass(frozen=True, slots=True)
class Observed:
    """An exchange with its number (the case's first is 1), its protocol (empty for neither) and its operation."""

    number: int
    protocol: str
    operation: str
    exchange: Exchange


@dataclass(slots=True)
class ObservedTransport:
    """Passes requests on and keeps what came back."""

    transport: Transport
    seen: list[Observed] = field(default_factory=list)

    def send(self, request: Request) -> Exchange:
        """Send a request through the transport behind."""
        exchange = self.transport.send(request)
        protocol, operation = classify(exchange)
        self.seen.append(Observed(len(self.seen) + 1, protocol, operation, exchange))
        return exchange


def classify(exchange: Exchange) -> tuple[str, str]:
    """The protocol (``ews``, ``graph`` or empty) and the operation of an exchange."""
    request = exchange.request
    path = urlsplit(request.url).path
    first = path.strip("/").partition("/")[0].casefold()
    if first == "ews":
        return "ews", ews_operation(request)
    if first in {"v1.0", "beta"}:
        return "graph", f"{request.method} {path}"
    return "", f"{request.method} {path}"


def ews_operation(request: Request) -> str:
    """The operation an EWS request names, by its SOAP Body's first child; the method and path of anything else."""
    found = _BODY_CHILD.search(request.body)
    return found[1].decode() if found else f"{request.method} {urlsplit(request.url).path}"
