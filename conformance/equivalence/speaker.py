"""What a person of a story can do and see, whichever protocol is spoken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from conformance.actor.acts import Actor, Changes, Draft
from conformance.actor.views import EventView, MeetingRef, MessageView, Slot
from conformance.equivalence.facts import Here, Thing
from conformance.equivalence.reading import Reading

Looking = Callable[[], Here]
"""Gives the latest exchange."""


class Speaker(Protocol):
    """The verbs of an actor, and those that only stories need. Every verb raises Refused where the server does."""

    @property
    def actor(self) -> Actor:
        """The plain meeting verbs of the same person."""

    def call(self, draft: Draft, *, sends: bool) -> None:
        """Call a meeting; not to send its invitations is what only EWS can."""

    def occurrences(self, token: str, window: Slot) -> tuple[EventView, ...]:
        """What a window of the calendar shows of a series, in time order."""

    def update(self, event: EventView, changes: Changes, *, sends: bool, to_changed: bool, guarded: bool) -> None:
        """Change a meeting.

        ``to_changed`` tells only people who came or went, ``guarded`` is refused where the item is no longer as seen.
        """

    def forward(self, event: EventView, to: Sequence[str], comment: str) -> None:
        """Pass a meeting on."""

    def delete(self, event: EventView | MeetingRef, *, sends: bool) -> None:
        """Delete a calendar item into Deleted Items."""

    def note(self, to: str, subject: str) -> None:
        """Send a plain message and keep no copy."""

    def discard(self, message: MessageView) -> None:
        """Delete a message for good."""

    def sight(self, reading: Reading, window: Slot | None, looking: Looking) -> tuple[Thing, ...]:
        """Everything that the mailbox shows of a play; ``window`` is where its series has occurrences."""

    def free_busy(self, address: str, window: Slot, reading: Reading, looking: Looking) -> Thing:
        """What is told of somebody's free and busy hours."""
