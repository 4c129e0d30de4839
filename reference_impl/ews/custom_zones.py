"""Zones that requests describe by their own rules, and the zone element of 2007 (DOC timezonedefinition)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.timezone import Transition, rules_of, zone
from reference_impl.domain.zonerules import (
    FARTHEST,
    LAST_WEEK,
    Era,
    YearlyChange,
    ZoneDefinition,
    definition_of,
    is_zone_text,
    zone_text,
)
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.times import format_duration, parse_duration, parse_time
from reference_impl.ews.tree import Element
from reference_impl.ews.zones import DAYS, write_definition

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
WEEKS: Final = ("First", "Second", "Third", "Fourth", "Last")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NAMELESS: Final = "Customized Time Zone"


def read_zone(element: Element) -> str:
    """The zone that a StartTimeZone, EndTimeZone or TimeZoneDefinition means: a name, or a definition for one.

    A known Id names its zone, whatever rules come with it. Raises ErrorCalendarInvalidTimeZone.
    """
    name = element.get("Id") or element.get("Name") or ""
    if _is_known(name):
        return name
    if element.find(t("Periods")) is None:
        raise _invalid(f"The time zone {name!r} is not known, and comes without rules.")
    return zone_text(ZoneDefinition(element.get("Name") or name or _NAMELESS, _eras(element)))


def read_meeting_zone(element: Element) -> str:
    """The zone that a MeetingTimeZone means. Raises ErrorCalendarInvalidTimeZone."""
    name = element.get("TimeZoneName", "")
    if _is_known(name):
        return name
    base = element.findtext(t("BaseOffset"))
    if base is None:
        raise _invalid(f"The time zone {name!r} is not known, and comes without rules.")
    standard = _offset(-parse_duration(base))
    changes = tuple(
        change
        for part in ("Standard", "Daylight")
        if (found := element.find(t(part))) is not None and (change := _meeting_change(found, standard)) is not None
    )
    if len(changes) == 1:
        raise _invalid("A zone changes its clock twice a year or never.")
    return zone_text(ZoneDefinition(name or _NAMELESS, (Era(None, standard, changes),)))


def _is_known(name: str) -> bool:
    try:
        zone(name)
    except NoSuchTimeZone:
        return False
    return not is_zone_text(name)


def _invalid(text: str) -> ResponseError:
    return ResponseError("ErrorCalendarInvalidTimeZone", text)


def _offset(offset: timedelta) -> timedelta:
    if abs(offset) > FARTHEST or offset % _MINUTE:
        raise _invalid("A zone is 14 hours away from UTC at most, in whole minutes.")
    return offset


def _eras(element: Element) -> tuple[Era, ...]:
    periods = {
        period.get("Id", ""): _offset(-parse_duration(period.get("Bias", "")))
        for period in element.iterfind(f"{t('Periods')}/{t('Period')}")
    }
    groups = {
        group.get("Id", ""): _group(group, periods)
        for group in element.iterfind(f"{t('TransitionsGroups')}/{t('TransitionsGroup')}")
    }
    transitions = element.find(t("Transitions"))
    if transitions is None:
        whole = next(iter(groups.values()), None)
        return (whole or Era(None, next(iter(periods.values()))),)
    eras = [_era(transition, groups, periods) for transition in transitions]
    first, *later = sorted(eras, key=lambda era: era.since or datetime.min)  # noqa: DTZ901  local by definition
    if any(era.since is None for era in later):
        raise _invalid("Only the first of a zone's transitions has no date.")
    return (Era(None, first.offset, first.changes), *later)


def _era(transition: Element, groups: Mapping[str, Era], periods: Mapping[str, timedelta]) -> Era:
    """What one of the Transitions leads to, and since when."""
    target = transition.find(t("To"))
    assert target is not None
    name, is_group = (target.text or "").strip(), target.get("Kind") == "Group"
    if name not in (groups if is_group else periods):
        raise _invalid(f"A transition leads to {name!r}, which the zone does not describe.")
    era = groups[name] if is_group else Era(None, periods[name])
    text = transition.findtext(t("DateTime"))
    return Era(None if text is None else parse_time(text).replace(tzinfo=None), era.offset, era.changes)


def _group(group: Element, periods: Mapping[str, timedelta]) -> Era:
    changes = tuple(_change(transition, periods) for transition in group)
    offsets = [offset for offset, _ in changes]
    yearly = tuple(change for _, change in changes if change is not None)
    if len(yearly) == 2:
        return Era(None, min(offsets), yearly)
    if len(changes) == 1:
        return Era(None, offsets[0])
    raise _invalid("A zone changes its clock twice a year or never.")


def _change(transition: Element, periods: Mapping[str, timedelta]) -> tuple[timedelta, YearlyChange | None]:
    name = (transition.findtext(t("To")) or "").strip()
    if name not in periods:
        raise _invalid(f"A transition leads to the period {name!r}, which the zone does not describe.")
    offset = periods[name]
    at = transition.findtext(t("TimeOffset"))
    if at is None:
        return offset, None
    month = int(transition.findtext(t("Month")) or "0")
    if local(transition.tag) == "RecurringDateTransition":
        day = int(transition.findtext(t("Day")) or "0")
        return offset, _checked(YearlyChange(offset, month, day, None, _time(at)), 31)
    occurrence = int(transition.findtext(t("Occurrence")) or "0")
    weekday = DAYS.index(transition.findtext(t("DayOfWeek")) or "")
    week = LAST_WEEK if occurrence == -1 else occurrence
    return offset, _checked(YearlyChange(offset, month, week, weekday, _time(at)), LAST_WEEK)


def _checked(change: YearlyChange, greatest: int) -> YearlyChange:
    if not (1 <= change.month <= 12 and 1 <= change.day <= greatest):
        raise _invalid("A change of the clock needs a month and a day or week of it.")
    return change


def _time(text: str) -> time:
    span = parse_duration(text)
    if not timedelta() <= span < _DAY:
        raise _invalid(f"A change of the clock comes within a day; got {text}.")
    return (datetime.min + span).time()  # noqa: DTZ901  only its clock is used


def _meeting_change(element: Element, standard: timedelta) -> YearlyChange | None:
    offset = _offset(standard - parse_duration(element.findtext(t("Offset")) or "PT0M"))
    text = (element.findtext(t("Time")) or "").strip()
    try:
        at = time.fromisoformat(text[:8])
    except ValueError:
        raise _invalid(f"A change of the clock comes within a day; got {text}.") from None
    yearly = element.find(t("RelativeYearlyRecurrence"))
    if yearly is None:
        return None
    day = yearly.findtext(t("DaysOfWeek")) or ""
    if day not in DAYS:
        raise ResponseError(
            "ErrorCalendarInvalidDayForTimeChangePattern", f"The clock changes on a day of the week; got {day!r}."
        )
    week = WEEKS.index(yearly.findtext(t("DayOfWeekIndex")) or "") + 1
    month = MONTHS.index(yearly.findtext(t("Month")) or "") + 1
    return YearlyChange(offset, month, week, DAYS.index(day), at)


def write_zone(element: str, name: str) -> str:
    """A zone by its id, which is enough to name it ([MS-OXWSMTGS] R713); one without a name by its rules."""
    if not is_zone_text(name):
        known = xml.attribute(name)
        return f'<t:{element} Id="{known}" Name="{known}"/>'
    definition = definition_of(name)
    return write_definition(element, definition, definition.name)


def write_meeting_zone(name: str, year: int) -> str:
    """The MeetingTimeZone of a series, with the rules of one year (R1053, R715)."""
    rules = rules_of(name, year)
    shown = definition_of(name).name if is_zone_text(name) else name
    content = f"<t:BaseOffset>{format_duration(timedelta(minutes=rules.bias_minutes))}</t:BaseOffset>"
    if rules.standard is not None and rules.daylight is not None:
        content += _meeting_part("Standard", rules.standard) + _meeting_part("Daylight", rules.daylight)
    return f'<t:MeetingTimeZone TimeZoneName="{xml.attribute(shown)}">{content}</t:MeetingTimeZone>'


def _meeting_part(element: str, change: Transition) -> str:
    return xml.node(
        element,
        f"<t:Offset>{format_duration(timedelta(minutes=change.bias_minutes))}</t:Offset><t:RelativeYearlyRecurrence>"
        f"<t:DaysOfWeek>{DAYS[change.weekday]}</t:DaysOfWeek><t:DayOfWeekIndex>{WEEKS[change.week - 1]}"
        f"</t:DayOfWeekIndex><t:Month>{MONTHS[change.month - 1]}</t:Month></t:RelativeYearlyRecurrence>"
        f"<t:Time>{change.at.isoformat(timespec='seconds')}</t:Time>",
    )
