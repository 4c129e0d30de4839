"""Durations in request bodies."""

from __future__ import annotations

import re
from typing import Final

from reference_impl.graph.reading.liberties import FREEDOMS, Freedom
from reference_impl.graph.refusals import BodyInvalid

_DURATION: Final = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,10})(?:\.0{1,7})?S)?)?")
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")


def read_minutes(text: str, where: str) -> int:
    """The whole minutes of a duration (ISO 8601, days to seconds; or hours, minutes and seconds with colons).

    Raises BodyInvalid, also for what leaves seconds over.
    """
    spelt = text.strip().upper()
    if Freedom.DURATIONS in FREEDOMS and (match := _CLOCK.fullmatch(spelt)):
        days, hours, minutes, seconds = "0", *match.groups(default="0")
    elif (match := _DURATION.fullmatch(spelt)) and spelt[-1] not in "PT":
        days, hours, minutes, seconds = match.groups(default="0")
    else:
        raise BodyInvalid(reason=f"{where}: expected a duration such as PT1H30M, got {text!r}.")
    whole, rest = divmod(int(seconds), 60)
    if rest:
        raise BodyInvalid(reason=f"{where}: expected whole minutes, got {text!r}.")
    return int(days) * 1440 + int(hours) * 60 + int(minutes) + whole
