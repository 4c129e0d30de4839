"""xs:dateTime and xs:duration, as EWS reads and writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from reference_impl.domain.era import absolute as in_era
from reference_impl.domain.errors import OutsideCalendar
from reference_impl.domain.items import TimeSlot
from reference_impl.ews.errors import ResponseError, response_error
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element

_DATE_TIME: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def parse_time(text: str) -> datetime:
    """An xs:dateTime as written: aware where it has Z or an offset, naive otherwise.

    Raises ErrorValueOutOfRange for moments that no calendar holds (years before 1 or after 9999).
    """
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        raise ResponseError("ErrorValueOutOfRange", f"{text!r} is not a moment between the years 1 and 9999.")
    try:
        return datetime.fromisoformat(match[0])
    except ValueError:
        return _beyond(match, text)


def _beyond(match: re.Match[str], text: str) -> datetime:
    """A moment of which clocks do not show the hour, the minute or the second, as 24:00:00, which xs:dateTime knows."""
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    micros = int((match[7] or "0")[:6].ljust(6, "0"))
    try:
        midnight = datetime(year, month, day)  # noqa: DTZ001  naive as written; the zone is decided by the caller
        moment = midnight + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    except (ValueError, OverflowError):
        raise ResponseError("ErrorValueOutOfRange", f"{text!r} is not a moment between the years 1 and 9999.") from None
    return moment if match[8] is None else moment.replace(tzinfo=_offset(match[8]))


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))


def absolute(moment: datetime, zone: tzinfo) -> datetime:
    """A moment in UTC; one written without an offset is local time of ``zone`` ([MS-OXWSMTGS], time zones).

    Raises ErrorValueOutOfRange for years that no calendar has.
    """
    try:
        return in_era(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))
    except OutsideCalendar as error:
        raise response_error(error) from None


@lru_cache(maxsize=8192)
def read_time(text: str, zone: tzinfo) -> datetime:
    """The moment of an xs:dateTime, in UTC; the same ones are read again and again.

    Raises ErrorValueOutOfRange.
    """
    return absolute(parse_time(text), zone)


def read_span(element: Element, zone: tzinfo) -> TimeSlot:
    """The StartTime and EndTime inside an element; the end may come first."""
    start, end = (read_time(element.findtext(t(name)) or "", zone) for name in ("StartTime", "EndTime"))
    return TimeSlot(start, end)


@lru_cache(maxsize=8192)
def in_utc(moment: datetime, milliseconds: bool) -> str:
    """A moment of UTC with Z; the same ones are written again and again."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds" if milliseconds else "seconds") + "Z"


def format_time(moment: datetime, zone: tzinfo | None = None, *, milliseconds: bool = False) -> str:
    """A moment with Z, or with the offset of ``zone``."""
    if zone is None and moment.tzinfo is UTC:
        return in_utc(moment, milliseconds)
    if zone is None:
        local = moment.astimezone(UTC)
    else:
        try:
            local = moment.astimezone(zone)
        except OverflowError:
            local = moment.astimezone(UTC)
    text = local.replace(tzinfo=None).isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return text + format_offset(local)


def format_offset(local: datetime) -> str:
    """The offset of a local time as it stands behind one: Z for none."""
    offset = local.utcoffset() or timedelta()
    if not offset:
        return "Z"
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def format_local(moment: datetime, zone: tzinfo) -> str:
    """A moment as a clock in ``zone`` shows it, without an offset."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


_DURATION: Final = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")


def parse_duration(text: str) -> timedelta:
    """An xs:duration of days, hours, minutes and seconds. Raises ErrorValueOutOfRange for months, years and excess."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ResponseError("ErrorValueOutOfRange", f"{text!r} is no duration in days, hours, minutes and seconds.")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    try:
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ResponseError("ErrorValueOutOfRange", f"{text!r} is too long a duration.") from None
    return -span if match[1] else span


def format_duration(span: timedelta) -> str:
    """An xs:duration in days, hours, minutes and seconds: PT2H, P1D, PT30M."""
    sign = "-" if span < timedelta() else ""
    rest = abs(span)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    days = f"{rest.days}D" if rest.days else ""
    clock = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number)
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}{'T' + clock if clock else ''}"
