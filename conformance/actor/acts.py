"""What actors are asked to do, and the protocol that both dialects fulfil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from conformance.actor.recurrence import Recurrence
from conformance.actor.views import (
    Answer,
    EventView,
    Folder,
    MeetingRef,
    MessageView,
    ScheduleView,
    ShowAs,
    Slot,
)
from conformance.model.exchange import Exchange


class Refused(Exception):
    """A server answered a meeting verb with an error; ``code`` is the protocol's own."""

    def __init__(self, act: str, code: str, exchange: Exchange, words: str = "") -> None:
        self.act = act
        self.code = code
        self.exchange = exchange
        detail = f": {words}" if words else ""
        super().__init__(
            f"{act}: expected success, got {code}{detail} "
            f"(HTTP {exchange.response.status} of {exchange.request.method} {exchange.request.url})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A meeting to be called; times are instants, people are SMTP addresses.

    ``zone`` is the Windows name of the zone in which it is called and in which a series keeps its hours.
    """

    subject: str
    slot: Slot
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    location: str = ""
    body: str = ""
    show_as: ShowAs = ShowAs.BUSY
    allows_proposals: bool = True
    zone: str = "UTC"
    recurrence: Recurrence | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an organizer changes; None leaves a property as it is, an empty tuple clears a list of people."""

    subject: str | None = None
    slot: Slot | None = None
    location: str | None = None
    required: tuple[str, ...] | None = None
    optional: tuple[str, ...] | None = None
    rooms: tuple[str, ...] | None = None
    recurrence: Recurrence | None = None


@runtime_checkable
class Actor(Protocol):
    """One person at one mailbox, speaking one protocol. Every verb raises :class:`Refused` where the server does."""

    @property
    def address(self) -> str:
        """The SMTP address of the mailbox."""

    @property
    def protocol(self) -> str:
        """``ews`` or ``graph``."""

    def schedule(self, draft: Draft) -> MeetingRef:
        """Call a meeting and invite everybody, keeping a copy in Sent Items."""

    def look(self, event: MeetingRef | EventView) -> EventView:
        """Read one calendar item of the own mailbox."""

    def look_message(self, message: MessageView) -> MessageView:
        """Read one message of the own mailbox again."""

    def find_event(self, token: str) -> EventView | None:
        """The calendar item whose subject holds the token, if the calendar has one."""

    def view(self, token: str, window: Slot) -> tuple[EventView, ...]:
        """What takes place in a window, occurrences of series among it, of what holds the token; by start."""

    def find_request(self, token: str) -> MessageView | None:
        """The latest invitation in the Inbox whose subject holds the token."""

    def messages(self, folder: Folder, token: str) -> tuple[MessageView, ...]:
        """The messages of a folder whose subjects hold the token, latest first."""

    def respond(
        self,
        answer: Answer,
        invitation: MessageView | EventView | MeetingRef,
        *,
        comment: str = "",
        proposal: Slot | None = None,
        send: bool = True,
    ) -> None:
        """Answer an invitation, by its request or by the calendar item; ``send`` tells the organizer."""

    def update(self, event: MeetingRef | EventView, changes: Changes) -> MeetingRef:
        """Change the own meeting and tell everybody concerned."""

    def cancel(self, event: MeetingRef | EventView, comment: str = "") -> None:
        """Call the own meeting off and tell everybody."""

    def remove(self, cancellation: MessageView) -> None:
        """Take a cancelled meeting off the own calendar, by the cancellation received."""

    def availability(self, addresses: Sequence[str], window: Slot, interval_minutes: int) -> tuple[ScheduleView, ...]:
        """Free/busy of several people, one entry for each address asked, in the order asked."""


def ref(event: MeetingRef | EventView) -> MeetingRef:
    """A calendar item as something to act upon."""
    return event if isinstance(event, MeetingRef) else MeetingRef(event.id, event.change_key)
