"""What every transport offers, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from conformance.model.exchange import Exchange, Request


class TransportFailed(Exception):
    """No answer came: the server was not reached, hung up, or took too long."""


def _to_the_end(_: bytes) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class StreamedRequest(Request):
    """A request whose answer is heard as it comes.

    ``hear`` is told each piece of a 200 answer's body. It says how much of the piece is wanted once it has heard
    enough, and None until then; what it does meanwhile may send other requests. ``patience`` is how many seconds of
    silence are borne.
    """

    hear: Callable[[bytes], int | None] = _to_the_end
    patience: float = 90.0


def heard(request: Request, piece: bytes) -> int | None:
    """What is wanted of a piece of an answer, told to whoever hears it; None for all of it and more."""
    return request.hear(piece) if isinstance(request, StreamedRequest) else None


class Transport(Protocol):
    """Carries one request at a time to a server and brings back the exchange."""

    def send(self, request: Request) -> Exchange:
        """Send a request and return it with its answer; ``TransportFailed`` when none came."""


@runtime_checkable
class Connected(Protocol):
    """A transport that has connections, of which a part can be kept for one person."""

    def apart(self) -> Transport:
        """The same way to the same server, over connections of its own; they end with this transport's."""


def apart(transport: Transport) -> Transport:
    """The transport over connections of its own, where it has any."""
    return transport.apart() if isinstance(transport, Connected) else transport
