"""What a case draws before it begins: the same for a seed, fresh without one, and kept in the cassette's head."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

_FIRST_DAY = 7  # days from now to the day a meeting is called for
_SATURDAY = 5
_BOOKING_DAYS = 90


def draw(now: datetime, seed: str) -> dict[str, str]:
    """Token, reference date and present time of a case before a server of its own.

    ``token`` marks everything the case makes, and follows from the seed; ``date`` (ISO 8601) is a working day a week
    or more away; ``now`` is the time of the draw, in UTC.
    """
    day = _working_day(now.astimezone(UTC).date() + timedelta(days=_FIRST_DAY))
    return _drawn(hashlib.sha256(seed.encode()).hexdigest()[:10], day, now)


def draw_live(now: datetime, weeks: Sequence[date]) -> dict[str, str]:
    """The same before a server that others use too: a token like no other, and the Monday of the first of some weeks.

    ``further`` holds the Mondays of the others, for a case that finds the first week taken.
    """
    further = " ".join(monday.isoformat() for monday in weeks[1:])
    return {**_drawn(secrets.token_hex(5), weeks[0], now), "further": further}


def _drawn(token: str, day: date, now: datetime) -> dict[str, str]:
    return {
        "token": f"mp{token}",
        "date": day.isoformat(),
        "now": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def reference_date(variables: Mapping[str, str]) -> date:
    """The drawn date."""
    return date.fromisoformat(variables["date"])


def moved_on(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables with the next working day as their date; after a week's last one, a day of the next week drawn."""
    day = _working_day(reference_date(variables) + timedelta(days=1))
    further = variables.get("further", "").split()
    if day.weekday() == 0 and further:
        return {**variables, "date": further[0], "further": " ".join(further[1:])}
    return {**variables, "date": day.isoformat()}


def near(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables with a date within the months for which rooms can usually be booked, and none drawn beyond."""
    begun = datetime.fromisoformat(variables["now"]).date()
    spread = int(variables["token"][-2:], 16) % _BOOKING_DAYS
    day = _working_day(begun + timedelta(days=_BOOKING_DAYS // 4 + spread + 1))
    return {**variables, "date": day.isoformat(), "further": ""}


def _working_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day
