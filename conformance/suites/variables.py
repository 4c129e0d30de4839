"""What a case draws before it begins: the same for a seed, fresh without one, and kept in the cassette's head."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

_FIRST_DAY = 7  # days from now to the earliest day a meeting is called for
_LIVE_DAYS = 1826  # a live target's meetings are spread over so many days, that few cases meet on one
_SATURDAY = 5


def draw(now: datetime, seed: str | None) -> dict[str, str]:
    """Token, reference date and present time of a case.

    ``token`` marks everything the case makes; ``date`` (ISO 8601) is a working day a week or more away;
    ``now`` is the time of the draw, in UTC. With a seed the token follows from it and the date from ``now``.
    """
    if seed is None:
        token, days = secrets.token_hex(5), _FIRST_DAY + secrets.randbelow(_LIVE_DAYS)
    else:
        token, days = hashlib.sha256(seed.encode()).hexdigest()[:10], _FIRST_DAY
    return {
        "token": f"mp{token}",
        "date": _working_day(now.astimezone(UTC).date() + timedelta(days=days)).isoformat(),
        "now": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def reference_date(variables: Mapping[str, str]) -> date:
    """The drawn date."""
    return date.fromisoformat(variables["date"])


def next_working_day(day: date) -> date:
    """The working day after a day."""
    return _working_day(day + timedelta(days=1))


def _working_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day
