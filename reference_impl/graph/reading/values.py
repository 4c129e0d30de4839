"""Graph's spelling of times, people and enumerations, read into the domain's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from reference_impl.domain.era import absolute
from reference_impl.domain.items import Body, BodyType, TimeSlot
from reference_impl.domain.mailbox import Person
from reference_impl.domain.timezone import zone
from reference_impl.graph.refusals import BodyInvalid

_LOCAL: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?\s*(Z|z|[+-]\d{2}:?\d{2})?"
)

Word = TypeVar("Word")


def parse_moment(text: str) -> tuple[datetime, bool] | None:
    """A date and time, and whether it names its own offset; naive without; None where it is none.

    No fraction or one to seven digits; the seventh is below what is kept.
    """
    match = _LOCAL.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, seconds, fraction, offset = match.groups()
    spelt = f"{day}T{clock or '00:00'}:{seconds or '00'}.{(fraction or '').ljust(6, '0')[:6]}"
    try:
        value = datetime.fromisoformat(spelt + (offset or "").upper())
    except ValueError:
        return None
    return value, value.tzinfo is not None


def read_moment(given: Mapping[str, Any], where: str) -> tuple[datetime, str]:
    """A dateTimeTimeZone as aware UTC and the zone's name as given; NoSuchTimeZone, OutsideCalendar or BodyInvalid."""
    name = given.get("timeZone") or "UTC"
    named = zone(name)
    parsed = parse_moment(given["dateTime"])
    if parsed is None:
        expected = "a date and time such as 2026-01-31T09:00:00"
        raise BodyInvalid(reason=f"{where}.dateTime: expected {expected}, got {given['dateTime']!r}.")
    value, has_offset = parsed
    return absolute(value if has_offset else value.replace(tzinfo=named)), name


def read_slot(given: Mapping[str, Any], where: str) -> TimeSlot:
    """A timeSlot as absolute times."""
    start, _ = read_moment(given["start"], f"{where}.start")
    end, _ = read_moment(given["end"], f"{where}.end")
    return TimeSlot(start, end)


def read_body(given: Mapping[str, Any] | None) -> Body:
    """An itemBody; the format is text unless it is said to be html."""
    if given is None:
        return Body()
    return Body(given.get("content") or "", BodyType(given.get("contentType", "text")))


def read_person(given: Mapping[str, Any]) -> Person:
    """A recipient's person; the name is empty where none is given."""
    address = given["emailAddress"]
    return Person(address["address"].strip(), address.get("name", ""))


def read_word(words: Mapping[Word, str], literal: str) -> Word:
    """The domain's word for an enumeration literal in its written case."""
    return {spelt: word for word, spelt in words.items()}[literal]
