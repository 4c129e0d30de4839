"""The outbox: messages on their way, in the order in which they were sent.

What one unit of work both sends and delivers is never written down: nobody could see it in between, and a transaction
that ends early undoes both.
"""

from __future__ import annotations

from collections import Counter, deque

from reference_impl.domain.items import Message
from reference_impl.store.codec import decode, encode
from reference_impl.store.columns import contents_of
from reference_impl.store.contents import Contents
from reference_impl.store.execution import Execution


class Outbox:
    """The outbox as one unit of work sees it."""

    def __init__(self, run: Execution, contents: Contents) -> None:
        self._run = run
        self._contents = contents
        self._sent: deque[Message] = deque()
        self._has_rows = True  # as far as is known

    def put(self, message: Message) -> None:
        """Send a message to the mailbox that its ``mailbox_id`` names."""
        self._sent.append(message)

    def take(self) -> Message | None:
        """The message that was sent first, which leaves the outbox; None if it is empty."""
        row = self._run("next_delivery").fetchone() if self._has_rows else None
        if row is None:
            self._has_rows = False
            return self._sent.popleft() if self._sent else None
        self._run("delivered", number=row[0])
        message = decode(Message, str(row[1]))
        self._contents.use(Counter(), instead_of=contents_of(message))
        return message

    def waiting(self) -> int:
        """How many messages it has."""
        return int(self._run("waiting").fetchone()[0]) + len(self._sent)

    def write(self) -> None:
        """Write down what waits at the end of a unit of work."""
        while self._sent:
            message = self._sent.popleft()
            self._contents.use(contents_of(message))
            self._run("enqueue", payload=encode(message))
