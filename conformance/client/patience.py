"""Waiting where a server asks for it: 429 and 503 with Retry-After (RFC 9110, section 10.2.3), and EWS's back-off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.client.protocol import Transport, TransportFailed, apart
from conformance.model.exchange import Exchange, Request, Response

LONGEST = 60.0
"""Seconds: a server that asks for more is not waited for."""

_TRIES = 5
_BACK_OFF = re.compile(rb"""Name=["']BackOffMilliseconds["'][^>]*>\s*([0-9]{1,9})\s*<""")


class Patience:
    """How long somebody waits: ``longest`` seconds at once, ``total`` in all; ``sleep`` and ``now`` are the clock's."""

    def __init__(
        self,
        sleep: Callable[[float], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        longest: float = LONGEST,
        total: float = 5 * LONGEST,
    ) -> None:
        self._sleep, self.now = sleep, now
        self._longest, self._left = longest, total

    def wait(self, pause: float) -> None:
        """Wait; TransportFailed where it is too long."""
        if pause > self._longest:
            raise TransportFailed(f"asks to wait {pause:g} s; more than {self._longest:g} s are not waited")
        if pause > self._left:
            raise TransportFailed(f"asks to wait another {pause:g} s; enough has been waited in this case")
        self._left -= pause
        self._sleep(pause)


class PatientTransport:
    """Sends a request again after the pause that the server asked for.

    TransportFailed where patience ends, or where the server still asks the fifth time.
    """

    def __init__(self, transport: Transport, patience: Patience) -> None:
        self._transport = transport
        self._patience = patience

    def send(self, request: Request) -> Exchange:
        """Send a request, as often as it takes."""
        about = f"{request.method} {request.url}: the server"
        for number in range(_TRIES):
            exchange = self._transport.send(request)
            pause = asked_pause(exchange.response, self._patience.now(), number)
            if pause is None:
                return exchange
            try:
                self._patience.wait(pause)
            except TransportFailed as problem:
                raise TransportFailed(f"{about} answers {exchange.response.status} and {problem}") from None
        raise TransportFailed(f"{about} asked to wait {_TRIES} times in a row")

    def apart(self) -> PatientTransport:
        """The same over connections of its own."""
        return PatientTransport(apart(self._transport), self._patience)


def asked_pause(response: Response, now: datetime, number: int = 0) -> float | None:
    """The seconds after which an answer wants its request again; None where it does not.

    A 429 that says nothing is taken for 1 s, then 2, then 4, by the ``number`` of earlier ones.
    """
    told = _retry_after(response, now) if response.status in {429, 503} else None
    if told is None and response.status == 429:
        return float(2**number)
    if told is None and b"BackOffMilliseconds" in response.body:
        found = _BACK_OFF.search(response.body)
        return int(found[1]) / 1000 if found else None
    return told


def _retry_after(response: Response, now: datetime) -> float | None:
    value = (response.header("Retry-After") or "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
