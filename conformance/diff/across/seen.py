"""A recording as it is read: what everybody in it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from conformance.diff.across.ews import take_ews
from conformance.diff.across.graph import take_graph
from conformance.diff.across.mailbox import Mailbox
from conformance.diff.outcome import Recording
from conformance.equivalence.facts import Here
from conformance.equivalence.reading import Reading
from conformance.model.exchange import Exchange
from conformance.tape.actors import actor_of
from conformance.wire.operation import Protocol, operation, protocol


@dataclass(slots=True)
class Seen:
    """The mailboxes by person, as far as a recording has been read."""

    reading: Reading
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)

    def take(self, number: int, exchange: Exchange, base: str) -> None:
        """Read one exchange, the ``number``-th; ``base`` is where its answer stands."""
        spoken = protocol(exchange.request)
        if spoken not in {Protocol.EWS, Protocol.GRAPH}:
            return
        mailbox = self.mailboxes.setdefault(called(exchange, self.reading), Mailbox())
        here = Here(number, operation(exchange.request))
        if spoken is Protocol.EWS:
            take_ews(mailbox, exchange, here, self.reading)
        else:
            take_graph(mailbox, exchange, here, self.reading, base)


def called(exchange: Exchange, reading: Reading) -> str:
    """What somebody who asks is called; nothing where it is not known who it was."""
    actor = actor_of(exchange)
    return reading.person(actor) if actor else ""


def reading_of(recording: Recording, names: Mapping[str, str]) -> Reading:
    """How a recording is read: without the mark and the days that it drew, people by the names given."""
    variables = recording.head.get("variables") or {}
    day = variables.get("date")
    return Reading(str(variables.get("token", "")), date.fromisoformat(day) if isinstance(day, str) else None, names)
