"""Calendar items from iCalendar objects ([MS-OXCICAL] 2.1.3, the way in)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar

from reference_impl.domain.acts import Called, EventDraft, NewAttachment
from reference_impl.domain.copying import replace
from reference_impl.domain.items import (
    Body,
    BodyType,
    EventChanges,
    Importance,
    Sensitivity,
    SeriesException,
    ShowAs,
    TimeSlot,
)
from reference_impl.domain.timezone import widened_to_days, zone
from reference_impl.mime import words
from reference_impl.mime.errors import MimeUnconvertible
from reference_impl.mime.moments import Clock, Moment
from reference_impl.mime.people import read_attendee, read_person
from reference_impl.mime.recurrences import read_rule

PROPERTIES: Final = frozenset(
    {
        "start",
        "end",
        "subject",
        "body",
        "start_zone",
        "end_zone",
        "is_all_day",
        "location",
        "show_as",
        "attendees",
        "response_requested",
        "allow_new_time_proposals",
        "do_not_forward",
        "sensitivity",
        "importance",
        "categories",
        "reminder_is_set",
        "reminder_minutes",
        "recurrence",
        "attachments",
    }
)
"""What a calendar says of an item."""

OF_NEW_ITEMS: Final = frozenset({"uid", "called", "exceptions", "deleted"})
"""What it says beside that of an item that is to be made."""

_TIMES: Final = frozenset({"start", "end"})
_METHODS: Final = frozenset({"", words.PUBLISH, words.REQUEST})
_UNKEPT: Final = frozenset({"RDATE", "EXRULE"})
_X: Final = "X-MICROSOFT-"
_ESCAPED: Final = re.compile(r"\\(.)")
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """What a calendar holds: an item, or one occurrence of a series that is not there."""

    draft: EventDraft
    is_occurrence: bool


def read_calendar(text: str, floating: str) -> ReadEvent:
    """The one event of an iCalendar object; ``floating`` is the zone of times and days that name none.

    Raises MimeUnconvertible for what is no iCalendar object, and for what no calendar item can be.
    """
    try:
        return _read(text, floating)
    except (ValueError, OverflowError) as error:
        raise MimeUnconvertible(str(error)) from None


def _read(text: str, floating: str) -> ReadEvent:
    calendar = _parsed(text)
    if calendar.name != "VCALENDAR":
        raise MimeUnconvertible("this is no iCalendar object")
    return _Reading(Clock(calendar, floating), _text(calendar, "METHOD").upper()).event()


def _parsed(text: str) -> Any:
    try:
        return Calendar.from_ical(text)
    except AttributeError:
        # The library takes whatever is closed by END:VTIMEZONE for a whole time zone.
        raise MimeUnconvertible("its components do not close one another") from None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One calendar on its way in."""

    clock: Clock
    method: str

    def event(self) -> ReadEvent:
        if self.method not in _METHODS:
            raise MimeUnconvertible(f"a calendar with the method {self.method} is no calendar item")
        events = self.clock.calendar.walk("VEVENT")
        if len({_text(event, "UID") for event in events}) != 1:
            raise MimeUnconvertible("a calendar item is made of one event")
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        changed = [event for event in events if "RECURRENCE-ID" in event]
        if len(masters) == 1:
            return ReadEvent(self._series(masters[0], changed), is_occurrence=False)
        if not masters and len(changed) == 1:
            return ReadEvent(self._draft(changed[0]), is_occurrence=True)
        raise MimeUnconvertible("a calendar item is made of one event")

    def _series(self, master: Any, changed: list[Any]) -> EventDraft:
        draft = self._draft(master)
        if "RRULE" not in master:
            if changed:
                raise MimeUnconvertible("only series have occurrences that differ")
            return draft
        if isinstance(master["RRULE"], list) or any(name in master for name in _UNKEPT):
            raise MimeUnconvertible("a series recurs by one rule")
        series_zone = zone(draft.start_zone)
        start = draft.start.astimezone(series_zone).date()
        return replace(
            draft,
            recurrence=read_rule(master["RRULE"], start, series_zone),
            exceptions=tuple(sorted((self._exception(draft, event) for event in changed), key=lambda one: one.day)),
            deleted=tuple(
                sorted(
                    {_day(moment, draft) for prop in _all(master, "EXDATE") for moment in self.clock.read_list(prop)}
                )
            ),
        )

    def _exception(self, series: EventDraft, event: Any) -> SeriesException:
        """What of an occurrence is other than in its series."""
        own = self._draft(event)
        changes = EventChanges(
            {
                name: getattr(own, name)
                for name in PROPERTIES - {"recurrence"}
                if name in _TIMES or getattr(own, name) != getattr(series, name)
            }
        )
        return SeriesException(_day(self.clock.read_property(event["RECURRENCE-ID"]), series), changes)

    def _draft(self, event: Any) -> EventDraft:
        if "DTSTART" not in event:
            raise MimeUnconvertible("the event does not say when it begins")
        start = self.clock.read_property(event["DTSTART"])
        end = self.clock.end(event, start)
        is_all_day = start.is_date or _x(event, "CDO-ALLDAYEVENT") == "TRUE"
        slot = TimeSlot(start.at, end.at)
        if is_all_day and slot.end >= slot.start:
            slot = widened_to_days(slot, start.zone)
        draft = EventDraft(
            start=slot.start,
            end=slot.end,
            subject=_text(event, "SUMMARY"),
            body=_body(event),
            start_zone=start.zone,
            end_zone=start.zone if is_all_day else end.zone,
            is_all_day=is_all_day,
            location=_text(event, "LOCATION"),
            show_as=_show_as(event),
            allow_new_time_proposals=_x(event, "DISALLOW-COUNTER") != "TRUE",
            do_not_forward=_x(event, "DONOTFORWARDMEETING") == "TRUE",
            sensitivity=words.CLASSES_OF.get(_text(event, "CLASS").upper(), Sensitivity.NORMAL),
            importance=_importance(event),
            categories=_categories(event),
            uid=_text(event, "UID") or None,
            attachments=_files(event),
            **_reminder(event, slot),
        )
        return self._with_people(draft, event)

    def _with_people(self, draft: EventDraft, event: Any) -> EventDraft:
        """A meeting is what people are invited to; whatever else is published is the reader's own appointment."""
        invited = [read_attendee(value) for value in _all(event, "ATTENDEE")]
        if not invited and self.method != words.REQUEST:
            return draft
        organizer = _first(event, "ORGANIZER")
        called = (
            None
            if organizer is None
            else Called(
                organizer=read_person(organizer),
                sequence=_number(event, "SEQUENCE"),
                intended_show_as=words.BUSY_OF.get(_x(event, "CDO-INTENDEDSTATUS"), ShowAs.BUSY),
                is_cancelled=_text(event, "STATUS").upper() == "CANCELLED",
            )
        )
        return replace(
            draft,
            attendees=tuple(one.entry for one in invited),
            response_requested=any(one.asks for one in invited) or not invited,
            called=called,
        )


def _day(moment: Moment, series: EventDraft) -> date:
    """The day of a moment in the zone of a series; a date is that day in any zone."""
    return moment.day if moment.is_date else moment.at.astimezone(zone(series.start_zone)).date()


def _all(component: Any, name: str) -> list[Any]:
    value = component.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _first(component: Any, name: str) -> Any:
    return next(iter(_all(component, name)), None)


def _text(component: Any, name: str) -> str:
    value = _first(component, name)
    return "" if value is None else words.clean(str(value))


def _x(component: Any, name: str) -> str:
    return _text(component, _X + name).upper()


def _number(component: Any, name: str) -> int:
    text = _text(component, name)
    return int(text) if text.isascii() and text.isdigit() else 0


def _body(event: Any) -> Body:
    for value in _all(event, "X-ALT-DESC"):
        if str(value.params.get("FMTTYPE", "")).lower() == "text/html":
            return Body(words.clean(_ESCAPED.sub(_unescaped, str(value))), BodyType.HTML)
    return Body(_text(event, "DESCRIPTION"))


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def _show_as(event: Any) -> ShowAs:
    told = words.BUSY_OF.get(_x(event, "CDO-BUSYSTATUS"))
    if told is not None:
        return told
    if _text(event, "TRANSP").upper() == "TRANSPARENT":
        return ShowAs.FREE
    return ShowAs.TENTATIVE if _text(event, "STATUS").upper() == "TENTATIVE" else ShowAs.BUSY


def _importance(event: Any) -> Importance:
    number = _x(event, "CDO-IMPORTANCE")
    if number in {"0", "1", "2"}:
        return words.IMPORTANCES[int(number)]
    return words.importance_of(_number(event, "PRIORITY"))


def _categories(event: Any) -> tuple[str, ...]:
    names = (words.clean(str(name)) for value in _all(event, "CATEGORIES") for name in value.cats)
    return tuple(dict.fromkeys(name for name in names if name))


def _files(event: Any) -> tuple[NewAttachment, ...]:
    """Files that came along; what only a link leads to is not one of them."""
    return tuple(
        NewAttachment(
            name=words.line(str(value.params.get("X-FILENAME", ""))) or f"attachment{number}",
            content=value.bytes,
            content_type=words.line(str(value.params.get("FMTTYPE", ""))),
        )
        for number, value in enumerate(_all(event, "ATTACH"), 1)
        if str(value.params.get("VALUE", "")).upper() == "BINARY"
    )


def _reminder(event: Any, slot: TimeSlot) -> Mapping[str, Any]:
    """The first alarm that is not a mail; without one there is no reminder."""
    for alarm in event.walk("VALARM"):
        if _text(alarm, "ACTION").upper() != "EMAIL" and "TRIGGER" in alarm:
            before = slot.start - _signal(_first(alarm, "TRIGGER"), slot)
            return {"reminder_is_set": True, "reminder_minutes": max(before // _MINUTE, 0)}
    return {"reminder_is_set": False}


def _signal(trigger: Any, slot: TimeSlot) -> datetime:
    """When an alarm goes off: at a moment of its own, or so long from the start or the end."""
    if isinstance(trigger.dt, timedelta):
        is_from_end = str(trigger.params.get("RELATED", "")).upper() == "END"
        return (slot.end if is_from_end else slot.start) + trigger.dt
    if not isinstance(trigger.dt, datetime):
        raise MimeUnconvertible(f"{trigger} is no time of an alarm")
    return trigger.dt if trigger.dt.tzinfo is not None else trigger.dt.replace(tzinfo=UTC)
