"""How what is read is told: without the marks, the days and the addresses by which one play differs from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from conformance.actor.views import Slot

NOTHING = "none"
_TRUTH = {True: "yes", False: "no", None: NOTHING}


def told(value: bool | None) -> str:
    """A truth in a word."""
    return _TRUTH[value]


def seen(value: str | None) -> str:
    """A text, blanks run together, or that there is none."""
    return " ".join((value or "").split()) or NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """One play as its reader knows it: the mark of its items, its first day, and who is who by lower-case address.

    Without a mark texts are told as they are, without a day moments by their dates.
    """

    token: str
    day: date | None
    names: Mapping[str, str]

    def moment(self, when: datetime) -> str:
        """An instant as the clock of UTC shows it, counted from the play's first day."""
        here = when.astimezone(UTC)
        if self.day is None:
            return f"{here:%Y-%m-%d %H:%M}"
        days = (here.date() - self.day).days
        return f"{here:%H:%M}" + (f" ({days:+d} day{'s' * (abs(days) != 1)})" if days else "")

    def slot(self, slot: Slot | None) -> str:
        """An interval, or that there is none."""
        return f"{self.moment(slot.start)} to {self.moment(slot.end)}" if slot else NOTHING

    def text(self, text: str | None) -> str:
        """A text without the play's mark."""
        for mark in filter(None, (self.token, self.token[::-1])):  # read backwards it marks what only ends a wait
            text = (text or "").replace(mark, "")
        return seen(text)

    def person(self, address: str | None) -> str:
        """A person by role."""
        return self.names.get((address or "").casefold(), address or NOTHING)

    def people(self, addresses: Iterable[str]) -> str:
        """Several people, in no order."""
        return ", ".join(sorted(self.person(address) for address in addresses)) or NOTHING
