"""Texts told by what a recording drew before it began, so that two recordings with other draws can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

DATE = "date"  # the variable that the other dates of a recording are counted from
_DAY = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?=\Z|T|\D)")
_FAR = 400  # days from the variable date beyond which a date is one of its own
_SHORTEST = 3  # a shorter text would stand in others by chance


def by_variables(text: str, variables: Mapping[str, Any]) -> str:
    """The text with every drawn value replaced by its name, and dates by their distance in days from ``date``.

    With ``{"token": "mp1f", "date": "2026-03-02"}``: ``mp1f at 2026-03-03T10:00`` is ``{token} at {date+1}T10:00``.
    """
    drawn = {name: value for name, value in variables.items() if isinstance(value, str) and len(value) >= _SHORTEST}
    base = _day(drawn.pop(DATE, ""))
    for name, value in sorted(drawn.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(value, f"{{{name}}}")
    return text if base is None else _DAY.sub(lambda found: _distance(found[1], base), text)


def _distance(text: str, base: date) -> str:
    day = _day(text)
    if day is None or abs((day - base).days) > _FAR:
        return text
    return f"{{{DATE}{(day - base).days:+}}}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
