"""What a server sends of its own accord, as cases hear it: from the suite's own listener, or from a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from conformance.client.listener import Answering, Listener, listening, plain
from conformance.client.playback import TapeTransport
from conformance.model.exchange import Exchange, Request, Response
from conformance.targets import Target, TargetKind

ALIAS = "https://listener.example"
"""What recordings of an embedded server call the listener."""

RESULT = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<m:SendNotificationResult xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
    "<m:SubscriptionStatus>{}</m:SubscriptionStatus></m:SendNotificationResult></s:Body></s:Envelope>"
)


class Ear(Protocol):
    """Where a server tells things; ``origin`` is what its URLs begin with."""

    @property
    def origin(self) -> str:
        """The origin, and perhaps a path, that the server reaches."""

    def answer_by(self, answering: Answering) -> None:
        """Answer what comes from now on in this way."""

    def next(self, seconds: float) -> Exchange | None:
        """The next request that came, with its answer; None where none came in time."""


@dataclass
class LiveEar:
    """The listener of a case before a server; what it hears is handed to the recording proxy, if there is one."""

    listener: Listener
    origin: str
    hand_in: Callable[[Exchange], None] | None = None

    def answer_by(self, answering: Answering) -> None:
        """Answer what comes from now on in this way."""
        self.listener.answering = answering

    def next(self, seconds: float) -> Exchange | None:
        """The next request that came."""
        heard = self.listener.next(seconds)
        if heard is not None and self.hand_in is not None:
            self.hand_in(heard)
        return heard


@dataclass
class TapeEar:
    """The listener of a recorded case: what was heard stands on the tape."""

    tape: TapeTransport
    origin: str

    def answer_by(self, answering: Answering) -> None:
        """Nothing: what was answered is on the tape too."""

    def next(self, seconds: float) -> Exchange | None:  # noqa: ARG002  nothing is waited for
        """The next exchange of the tape, if the listener heard it."""
        return self.tape.next_to(self.origin)


@contextmanager
def open_ear(target: Target) -> Iterator[tuple[Listener, str] | None]:
    """A listener before a target, and the URL by which the server reaches it; None where it cannot be reached."""
    if target.kind is TargetKind.EMBEDDED:
        with listening() as listener:
            yield listener, listener.origin
    elif target.notify is not None:
        with listening(*target.notify.place) as listener:
            yield listener, target.notify.url
    else:
        yield None


def proving(request: Request) -> Response:
    """How a listener of Graph and of EWS answers: it proves itself, takes what it is told and wants more."""
    query = parse_qs(urlsplit(request.url).query)
    if "validationToken" in query:
        return plain(200, query["validationToken"][0].encode())
    if request.body.lstrip()[:1] == b"<":
        return plain(200, RESULT.format("OK").encode(), "text/xml; charset=utf-8")
    return plain(202)


def unwilling(request: Request) -> Response:
    """How a listener answers that proves nothing, takes nothing, and wants no more."""
    if request.body.lstrip()[:1] == b"<":
        return plain(200, RESULT.format("Unsubscribe").encode(), "text/xml; charset=utf-8")
    return plain(403)
