"""The members of a mailboxSettings in a request body, read into changes of the domain's settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.errors import NoSuchTimeZone, OofDurationInvalid
from reference_impl.domain.items import TimeSlot
from reference_impl.domain.mailbox import WorkingHours
from reference_impl.domain.oof import OofSettings, OofState, ReplyText
from reference_impl.domain.timezone import zone
from reference_impl.domain.zonerules import Era, YearlyChange, ZoneDefinition, is_zone_text, zone_text
from reference_impl.graph.fields.mailbox_settings import AUDIENCE, DELIVERY, STATUS, audience_of
from reference_impl.graph.fields.working_hours import DAYS
from reference_impl.graph.reading.values import read_moment, read_word
from reference_impl.graph.refusals import ArgumentInvalid, BodyInvalid, ZoneInvalid
from reference_impl.service.mailbox_settings import MailboxSettings

_TIME_OF_DAY: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d{1,7})?)?")
_FORMAT: Final = {
    "dateFormat": re.compile(r"(?:d{1,4}|M{1,4}|y{1,4}|g{1,2}|[\s./,-]|'[^']*')+"),
    "timeFormat": re.compile(r"(?:h{1,2}|H{1,2}|m{1,2}|s{1,2}|t{1,2}|[\s.:]|'[^']*')+"),
}
_MINUTE: Final = timedelta(minutes=1)


def changed(before: MailboxSettings, sent: Mapping[str, Any]) -> MailboxSettings:
    """The settings with those members changed that were sent.

    Raises ZoneInvalid, ArgumentInvalid, BodyInvalid, OofDurationInvalid.
    """
    for member, read in _READERS.items():
        if member in sent:
            before = read(before, sent[member])
    return before


def _zone(before: MailboxSettings, name: str) -> MailboxSettings:
    """Another zone for the mailbox; the clock of its working hours is a setting of its own, and stays."""
    hours = replace(before.working_hours, zone=before.working_hours.zone or before.time_zone)
    return replace(before, time_zone=_known_zone(name), working_hours=hours)


def _known_zone(name: str) -> str:
    if is_zone_text(name):
        raise ZoneInvalid(name=name)
    try:
        zone(name)
    except NoSuchTimeZone:
        raise ZoneInvalid(name=name) from None
    return name


def _format(member: str, attribute: str) -> Callable[[MailboxSettings, str], MailboxSettings]:
    def read(before: MailboxSettings, text: str) -> MailboxSettings:
        if not _FORMAT[member].fullmatch(text):
            raise ArgumentInvalid(reason=f"{member}: {text!r} is no format of a {member.removesuffix('Format')}.")
        changes: dict[str, Any] = {attribute: text}
        return replace(before, **changes)

    return read


def _language(before: MailboxSettings, given: Mapping[str, Any]) -> MailboxSettings:
    return replace(before, language=given.get("locale", before.language))


def _delivery(before: MailboxSettings, literal: str) -> MailboxSettings:
    return replace(before, delivery=read_word(DELIVERY, literal))


def _absence(before: MailboxSettings, given: Mapping[str, Any]) -> MailboxSettings:
    """What was not sent stays as it was told before."""
    absence = before.absence
    said: dict[str, Any] = {}
    if "status" in given:
        said["state"] = read_word(STATUS, given["status"])
    if "externalAudience" in given:
        said["audience"] = read_word(AUDIENCE, given["externalAudience"])
    for member, attribute in (("internalReplyMessage", "internal"), ("externalReplyMessage", "external")):
        if member in given:
            said[attribute] = ReplyText(given[member] or "")
    if "scheduledStartDateTime" in given or "scheduledEndDateTime" in given:
        said["slot"] = _slot(absence, given)
    if not said:
        return before
    after = replace(absence, **{"audience": audience_of(absence), **said})
    if after.state is not OofState.DISABLED:
        after = replace(after, internal=after.internal or ReplyText(), external=after.external or ReplyText())
    return replace(before, absence=after)


def _slot(absence: OofSettings, given: Mapping[str, Any]) -> TimeSlot:
    """The new times of an absence; what is not sent of them is as before."""
    edges = {"start": "scheduledStartDateTime", "end": "scheduledEndDateTime"}
    sent = {
        edge: read_moment(given[member], f"automaticRepliesSetting.{member}")[0]
        for edge, member in edges.items()
        if member in given
    }
    if absence.slot is not None:
        return replace(absence.slot, **sent)
    if len(sent) < len(edges):
        raise OofDurationInvalid
    return TimeSlot(**sent)


def _hours(before: MailboxSettings, given: Mapping[str, Any]) -> MailboxSettings:
    said: dict[str, Any] = {}
    if "daysOfWeek" in given:
        said["days"] = frozenset(_day(day) for day in given["daysOfWeek"])
    for member, attribute in (("startTime", "start_minute"), ("endTime", "end_minute")):
        if member in given:
            said[attribute] = _minute(given[member], f"workingHours.{member}")
    if given.get("timeZone") is not None:
        said["zone"] = read_zone(given["timeZone"])
    hours: WorkingHours = replace(before.working_hours, **said)
    return replace(before, working_hours=hours)


def _day(name: str) -> int:
    if name.lower() not in DAYS:
        raise ArgumentInvalid(reason=f"workingHours.daysOfWeek: expected one of {', '.join(DAYS)}, got {name!r}.")
    return DAYS.index(name.lower())


def _minute(text: str, where: str) -> int:
    """Minutes after midnight; seconds are not kept."""
    match = _TIME_OF_DAY.fullmatch(text.strip())
    if match is None:
        raise BodyInvalid(reason=f"{where}: expected a time of day such as 08:30:00, got {text!r}.")
    return int(match[1]) * 60 + int(match[2])


def read_zone(given: Mapping[str, Any]) -> str:
    """The zone of a timeZoneBase or customTimeZone: a name, or a definition in place of one. Raises ZoneInvalid."""
    if given.get("bias") is None:
        return _known_zone(given["name"])
    standard = given["bias"] * _MINUTE
    offsets = given.get("standardOffset") or {}, given.get("daylightOffset") or {}
    lead = (offsets[1].get("daylightBias") or 0) * _MINUTE
    if not all(abs(offset) < timedelta(days=1) for offset in (standard, standard + lead)):
        raise ZoneInvalid(name=given["name"])
    months = [offset.get("month") or 0 for offset in offsets]
    changes: tuple[YearlyChange, ...] = ()
    if all(months):
        changes = (_change(given, offsets[0], standard), _change(given, offsets[1], standard + lead))
    elif any(months):
        raise ZoneInvalid(name=given["name"])
    return zone_text(ZoneDefinition(given["name"], (Era(None, standard, changes),)))


def _change(given: Mapping[str, Any], offset: Mapping[str, Any], after: timedelta) -> YearlyChange:
    """A change that comes every year alike."""
    month, week, day = offset["month"], offset.get("dayOccurrence") or 0, str(offset.get("dayOfWeek")).lower()
    if not (1 <= month <= 12 and 1 <= week <= 5 and day in DAYS) or offset.get("year"):
        raise ZoneInvalid(name=given["name"])
    minutes = _minute(offset.get("time") or "00:00", "timeZone.time")
    return YearlyChange(after, month, week, DAYS.index(day), time(minutes // 60, minutes % 60))


_READERS: Final[Mapping[str, Callable[[MailboxSettings, Any], MailboxSettings]]] = {
    "timeZone": _zone,
    "workingHours": _hours,
    "language": _language,
    "dateFormat": _format("dateFormat", "date_format"),
    "timeFormat": _format("timeFormat", "time_format"),
    "automaticRepliesSetting": _absence,
    "delegateMeetingMessageDeliveryOptions": _delivery,
}
