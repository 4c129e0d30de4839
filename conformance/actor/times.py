"""Times as the two protocols write them, read as instants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

_FRACTION = re.compile(r"\.(\d{1,6})\d*")

WINDOWS_ZONES: Mapping[str, str] = {
    "UTC": "Etc/UTC",
    "Pacific Standard Time": "America/Los_Angeles",
    "Eastern Standard Time": "America/New_York",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Tokyo Standard Time": "Asia/Tokyo",
    "China Standard Time": "Asia/Shanghai",
    "India Standard Time": "Asia/Kolkata",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Lord Howe Standard Time": "Australia/Lord_Howe",
}
"""The Windows zone names that the cases use (CLDR windowsZones, territory 001)."""


@cache
def zone(name: str) -> tzinfo:
    """A zone by its Windows or IANA name, from the packaged zone data; LookupError where unknown."""
    key = WINDOWS_ZONES.get(name, name)
    *folders, leaf = key.split("/")
    place = resources.files("tzdata.zoneinfo").joinpath(*folders, leaf)
    if not place.is_file():
        raise LookupError(f"no time zone named {name!r}; known are IANA names and {', '.join(WINDOWS_ZONES)}")
    with place.open("rb") as data:
        return ZoneInfo.from_file(data, key=key)


def instant(text: str, assumed: tzinfo = UTC) -> datetime:
    """An ISO 8601 time, with 0 to 7 fractional digits, as an instant in UTC; ``assumed`` is used without an offset."""
    parsed = datetime.fromisoformat(_FRACTION.sub(lambda found: "." + found[1], text.strip()))
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=assumed)).astimezone(UTC)


def xml_time(moment: datetime) -> str:
    """An instant as EWS requests carry it: ``2026-01-05T08:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_time(moment: datetime, name: str = "UTC") -> str:
    """An instant as the clock of a zone shows it, without an offset."""
    return moment.astimezone(zone(name)).strftime("%Y-%m-%dT%H:%M:%S")
