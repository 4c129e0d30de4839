"""The outbox: messages on their way, in the order in which they were sent.

What one unit of work both sends and delivers is never written down: nobody could see it in between, and a transaction
that ends early undoes both.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime

from reference_impl.domain.items import Message
from reference_impl.store.codec import decode, encode
from reference_impl.store.columns import contents_of
from reference_impl.store.contents import Contents
from reference_impl.store.execution import Execution
from reference_impl.store.schema import NEVER, moment, time_of


class Outbox:
    """The outbox as one unit of work sees it."""

    def __init__(self, run: Execution, contents: Contents) -> None:
        self._run = run
        self._contents = contents
        self._sent: deque[tuple[int, Message]] = deque()
        self._has_rows = True  # as far as is known

    def put(self, message: Message, due: datetime) -> None:
        """Send a message to the mailbox that its ``mailbox_id`` names, where it is due at this time."""
        self._sent.append((moment(due), message))

    def take(self, until: datetime | None) -> Message | None:
        """The message that was sent first of those due by then, or of all; it leaves the outbox. None if none is."""
        latest = NEVER if until is None else moment(until)
        row = self._run("next_delivery", until=latest).fetchone() if self._has_rows else None
        if row is None:
            self._has_rows = False
            first = next((sent for sent in self._sent if sent[0] <= latest), None)
            if first is None:
                return None
            self._sent.remove(first)
            return first[1]
        self._run("delivered", number=row[0])
        message = decode(Message, str(row[1]))
        self._contents.use(Counter(), instead_of=contents_of(message))
        return message

    def waiting(self) -> int:
        """How many messages it has."""
        return int(self._run("waiting").fetchone()[0]) + len(self._sent)

    def next_due(self) -> datetime | None:
        """When the first of its messages is due; None if it is empty."""
        (row,) = self._run("next_due").fetchone()
        times = [due for due, _ in self._sent] + ([] if row is None else [int(row)])
        return time_of(min(times)) if times else None

    def write(self) -> None:
        """Write down what waits at the end of a unit of work."""
        while self._sent:
            due, message = self._sent.popleft()
            self._contents.use(contents_of(message))
            self._run("enqueue", due=due, payload=encode(message))
