"""Texts told by what a recording drew before it began, so that two recordings with other draws can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from conformance.model.exchange import Request

DATE = "date"  # the variable that the other dates of a recording are counted from
_DAY = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?=\Z|T|\D)")
_FAR = 400  # days from the variable date beyond which a date is one of its own
_SHORTEST = 3  # a shorter text would stand in others by chance


def by_variables(text: str, variables: Mapping[str, Any]) -> str:
    """The text with every drawn value replaced by its name, and dates by their distance in days from ``date``.

    What only ends a wait is marked by a draw read backwards.

    With ``{"token": "mp1f", "date": "2026-03-02"}``: ``mp1f at 2026-03-03T10:00`` is ``{token} at {date+1}T10:00``.
    """
    drawn = {name: value for name, value in variables.items() if isinstance(value, str) and len(value) >= _SHORTEST}
    base = _day(drawn.pop(DATE, ""))
    drawn |= {f"{name} reversed": value[::-1] for name, value in drawn.items()}
    for name, value in sorted(drawn.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(value, f"{{{name}}}")
    return text if base is None else _DAY.sub(lambda found: _distance(found[1], base), text)


def redrawn(request: Request, old: Mapping[str, Any], new: Mapping[str, Any]) -> Request:
    """A request as it would be with other draws: the drawn texts replaced, and dates as far from the new ``date``."""
    texts = {
        value: str(new[name])
        for name, value in old.items()
        if name != DATE and isinstance(value, str) and len(value) >= _SHORTEST and new.get(name, value) != value
    }
    texts |= {value[::-1]: other[::-1] for value, other in texts.items()}
    was, is_now = _day(str(old.get(DATE, ""))), _day(str(new.get(DATE, "")))

    def told(text: str) -> str:
        for value, other in sorted(texts.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(value, other)
        if was is None or is_now is None or was == is_now:
            return text
        return _DAY.sub(lambda found: _shifted(found[1], was, is_now), text)

    body = told(request.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return replace(request, url=told(request.url), body=body)


def _shifted(text: str, old: date, new: date) -> str:
    day = _day(text)
    return text if day is None or abs((day - old).days) > _FAR else (day + (new - old)).isoformat()


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
