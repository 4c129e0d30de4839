"""The outbox: messages on their way, in the order in which they were sent.

What one unit of work both sends and delivers is never written down: nobody could see it in between, and a transaction
that ends early undoes both.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime
from typing import Any

from reference_impl.domain.items import Message
from reference_impl.store.codec import decode, encode
from reference_impl.store.columns import contents_of
from reference_impl.store.contents import Contents
from reference_impl.store.execution import Execution
from reference_impl.store.schema import NEVER, moment, time_of

_NEVER_DUE = NEVER + 1


class Outbox:
    """The outbox as one unit of work sees it."""

    def __init__(self, run: Execution, contents: Contents) -> None:
        self._run = run
        self._contents = contents
        self._sent: deque[tuple[int, Message]] = deque()

    def put(self, message: Message, due: datetime) -> None:
        """Send a message to the mailbox that its ``mailbox_id`` names, where it is due at this time."""
        self._sent.append((moment(due), message))

    def take(self, until: datetime | None) -> Message | None:
        """The message that was sent first of those due by then, or of all; it leaves the outbox. None if none is."""
        latest = NEVER if until is None else moment(until)
        row = self._first_row(latest)
        if row is None:
            first = next((sent for sent in self._sent if sent[0] <= latest), None)
            if first is None:
                return None
            self._sent.remove(first)
            return first[1]
        self._run("delivered", number=row[0])
        message = decode(Message, str(row[1]))
        self._contents.use(Counter(), instead_of=contents_of(message))
        return message

    def _first_row(self, latest: int) -> Any:
        if self._first_due() > latest:
            return None
        self._run.known.next_due = None
        return self._run("next_delivery", until=latest).fetchone()

    def _first_due(self) -> int:
        """When the first of those that are written down is due; later than ever if there is none."""
        known = self._run.known
        if known.next_due is None:
            (due,) = self._run.aside("next_due").fetchone()
            known.next_due = _NEVER_DUE if due is None else int(due)
        return known.next_due

    def waiting(self) -> int:
        """How many messages it has."""
        return int(self._run("waiting").fetchone()[0]) + len(self._sent)

    def next_due(self) -> datetime | None:
        """When the first of its messages is due; None if it is empty."""
        first = min([self._first_due(), *(due for due, _ in self._sent)])
        return None if first == _NEVER_DUE else time_of(first)

    def write(self) -> None:
        """Write down what waits at the end of a unit of work."""
        while self._sent:
            due, message = self._sent.popleft()
            self._contents.use(contents_of(message))
            self._run.known.next_due = min(due, self._first_due())
            self._run("enqueue", due=due, payload=encode(message))
