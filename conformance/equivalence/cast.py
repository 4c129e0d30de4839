"""Who plays a story: people on one server who all speak one protocol, with the play's mark and days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from conformance.actor.views import Folder, MessageView, Slot
from conformance.equivalence.facts import Here
from conformance.equivalence.reading import Reading
from conformance.equivalence.speaker import Speaker

Eventually = Callable[[Callable[[], Any], str], Any]
"""Looks until something is found, as far as deliveries take time; gives what was found last, or nothing."""

ORGANIZER = "organizer0"
ROOM = "room0"


class NotThere(LookupError):
    """What a step acts upon has not come: the message tells what."""


@dataclass(frozen=True)
class Cast:
    """The people of one play. People are called by role (``organizer0``, ``attendee1``); ``day`` is its first day.

    ``waits`` tells that deliveries take time here; ``here`` gives the latest exchange.
    """

    protocol: str
    token: str
    day: date
    speaker: Callable[[str], Speaker]
    address: Callable[[str], str]
    eventually: Eventually
    here: Callable[[], Here]
    waits: bool = False

    def at(self, hour: int, days: int = 0) -> datetime:
        """An instant of the first day, or of some days later, in UTC."""
        return datetime.combine(self.day + timedelta(days=days), time(hour), UTC)

    def slot(self, hour: int, days: int = 0, hours: int = 1) -> Slot:
        """An interval of whole hours."""
        start = self.at(hour, days)
        return Slot(start, start + timedelta(hours=hours))

    def addresses(self, roles: Iterable[str]) -> tuple[str, ...]:
        """The addresses of several people."""
        return tuple(self.address(role) for role in roles)

    def found(self, look: Callable[[], Any], what: str) -> Any:
        """What a look finds; NotThere where it finds nothing, for as long as deliveries may take."""
        seen = self.eventually(look, what)
        if not seen:
            raise NotThere(f"there is no {what}")
        return seen

    def reading(self, roles: Iterable[str]) -> Reading:
        """How this play's mailboxes are read."""
        names = {self.address(role).casefold(): role for role in roles}
        return Reading(self.token, self.day, names)

    def settle(self, sender: str, others: Iterable[str]) -> None:
        """Wait until a later message of the sender has reached the others; its traces are removed."""
        if not self.waits:
            return
        for number, role in enumerate(others):
            mark = f"Marker {number} {self.token[::-1]}"
            self.speaker(sender).note(self.address(role), mark)
            for message in self._arrived(role, mark):
                self.speaker(role).discard(message)

    def _arrived(self, role: str, mark: str) -> tuple[MessageView, ...]:
        actor = self.speaker(role).actor
        arrived: tuple[MessageView, ...] = self.found(
            lambda: actor.messages(Folder.INBOX, mark), f"marker in the Inbox of {role}"
        )
        return arrived
