"""Playing cases before the second server, in this process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from conformance.client.protocol import Transport
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Outcome
from conformance.suites.stage import EMBEDDED_START, Stage
from conformance.suites.variables import draw
from conformance.targets import Account, Delivery, Endpoint, Target, TargetKind
from tests.meta.playing import performed, playables
from tests.second.server import PASSWORD, SecondServer

PEOPLE = {
    "ada@second.example": "Ada",
    "ben@second.example": "Ben",
    "cem@second.example": "Cem",
    "dot@second.example": "Dot",
    "eva@second.example": "Eva",
    "fay@second.example": "Fay",
}
TARGET = Target(
    "A second server",
    TargetKind.LIVE,
    tuple(
        Account(address, name, "attendee" if number else "organizer", secret=PASSWORD)
        for number, (address, name) in enumerate(PEOPLE.items())
    ),
    Endpoint("ews", "http://second.example/EWS/Exchange.asmx", "basic"),
    delivery=Delivery.SYNCHRONOUS,
)


class InProcess:
    """Requests to the server without a network."""

    def __init__(self, server: SecondServer) -> None:
        self._server = server

    def send(self, request: Request) -> Exchange:
        headers = {name.lower(): value for name, value in request.headers}
        status, told, body = self._server.answer(request.method, headers, request.body)
        return Exchange(request, Response(status, "", tuple(told), body))


def played(stem: str, without: Iterable[str] = ()) -> tuple[tuple[Outcome, ...], str]:
    """What a case finds of a fresh second server that gets some things wrong."""
    playable = playables()[stem]
    transport: Transport = InProcess(SecondServer(PEOPLE, frozenset(without)))
    stage = Stage(transport, TARGET, draw(datetime.fromisoformat(EMBEDDED_START), stem))
    scene, ending = performed(playable, stage)
    return scene.conclude(ending)
