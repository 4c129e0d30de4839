"""Dates and times of iCalendar as moments in named zones (RFC 5545 section 3.3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from icalendar import Calendar

from reference_impl.domain.timezone import zone
from reference_impl.mime.errors import MimeUnconvertible
from reference_impl.mime.zones import read_zone

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on a clock: a moment in UTC and the zone's name; or a whole day, which begins at that moment."""

    at: datetime
    zone: str
    is_date: bool

    @property
    def day(self) -> date:
        """The day in its own zone."""
        return self.at.astimezone(zone(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of a calendar are read: ``floating`` is the zone of those that name none."""

    calendar: Calendar
    floating: str

    def read(self, value: date | datetime, tzid: str) -> Moment:
        """A value and the zone that its property names, if it does. Raises MimeUnconvertible for unknown zones."""
        if not isinstance(value, datetime):
            name = self.floating
            return Moment(_in_utc(datetime.combine(value, time()), name), name, is_date=True)
        if tzid:
            name = read_zone(tzid, self.calendar)
        elif value.tzinfo is not None:
            return Moment(value.astimezone(UTC), "UTC", is_date=False)
        else:
            name = self.floating
        return Moment(_in_utc(value.replace(tzinfo=None), name), name, is_date=False)

    def read_property(self, prop: Any) -> Moment:
        """A property of one time. Raises MimeUnconvertible for what is none."""
        value = getattr(prop, "dt", None)
        if not isinstance(value, date):
            raise MimeUnconvertible(f"{prop} is no time")
        return self.read(value, str(prop.params.get("TZID", "")))

    def read_list(self, prop: Any) -> list[Moment]:
        """A property of several times."""
        tzid = str(prop.params.get("TZID", ""))
        return [self.read(value.dt, str(value.params.get("TZID", "")) or tzid) for value in prop.dts]

    def end(self, event: Any, start: Moment) -> Moment:
        """The end that an event has: given, or by its length; without either a day, or no time at all."""
        if "DTEND" in event:
            return self.read_property(event["DTEND"])
        if "DURATION" not in event:
            return self._later(start, _DAY) if start.is_date else start
        length = event["DURATION"].dt
        if not isinstance(length, timedelta):
            raise MimeUnconvertible(f"{event['DURATION']} is no duration")
        return self._later(start, length)

    def _later(self, start: Moment, length: timedelta) -> Moment:
        """Days are counted on the clock, hours as they pass."""
        days = timedelta(days=length.days)
        wall = start.at.astimezone(zone(start.zone)).replace(tzinfo=None) + days
        return Moment(_in_utc(wall, start.zone) + (length - days), start.zone, start.is_date)


def _in_utc(wall: datetime, name: str) -> datetime:
    return wall.replace(tzinfo=zone(name)).astimezone(UTC)
