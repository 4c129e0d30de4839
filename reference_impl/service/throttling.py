"""How many requests a mailbox may make, of which each uses up a budget that fills up evenly, and how many at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock


class Throttle:
    """The budgets of all mailboxes of a server; the rate is asked for with every request, so that it may change."""

    def __init__(self) -> None:
        self._spent: dict[str, tuple[datetime, float]] = {}
        self._lock = Lock()

    def admit(self, mailbox_id: str, now: datetime, per_minute: int) -> timedelta | None:
        """Nothing where the request may be answered, else how long its sender should stay away.

        A budget holds a minute's requests; 0 a minute sets no limit.
        """
        if not per_minute:
            return None
        with self._lock:
            last, spent = self._spent.get(mailbox_id, (now, 0.0))
            spent = max(spent - (now - last).total_seconds() * per_minute / 60, 0.0)
            over = spent + 1 - per_minute
            self._spent[mailbox_id] = (now, spent if over > 0 else spent + 1)
        return timedelta(seconds=over * 60 / per_minute) if over > 0 else None


class Crowd:
    """The requests that are being answered at this moment, by mailbox."""

    def __init__(self) -> None:
        self._present: dict[str, int] = {}
        self._lock = Lock()

    def join(self, mailbox_id: str, most: int) -> bool:
        """Whether one more may be answered, which then is there until it leaves."""
        with self._lock:
            present = self._present.get(mailbox_id, 0)
            has_room = present < most
            if has_room:
                self._present[mailbox_id] = present + 1
        return has_room

    def leave(self, mailbox_id: str) -> None:
        """One that had joined is answered."""
        with self._lock:
            rest = self._present.pop(mailbox_id) - 1
            if rest:
                self._present[mailbox_id] = rest
