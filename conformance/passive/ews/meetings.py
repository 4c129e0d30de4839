"""What the properties of one shown meeting say of each other: times, role, state, answers and proposals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import (
    CALENDAR_ITEM,
    CANCELLATION,
    REQUEST,
    RESPONSE,
    Item,
    is_whole_days,
    items,
    moment,
)
from conformance.wire.namespaces import t

_MEETING, _RECEIVED, _CANCELLED = 1, 2, 4  # the bits of AppointmentState (MS-OXOCAL 2.2.1.10)
_ANSWERS = frozenset({"Accept", "Tentative", "Decline"})
_UNANSWERED = frozenset({"Unknown", "NoResponseReceived"})
_AS_ATTENDEE = _ANSWERS | {"NoResponseReceived"}
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_WITH_ZONE = (
    *("DateTimeReceived", "DateTimeSent", "DateTimeCreated", "LastModifiedTime", "ReminderDueBy", "Start", "End"),
    *("OriginalStart", "RecurrenceId", "DateTimeStamp", "AppointmentReplyTime", "ProposedStart", "ProposedEnd"),
)
_CLASSES: Mapping[str, tuple[str, ...]] = {
    CALENDAR_ITEM: ("IPM.Appointment", "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"),
    REQUEST: ("IPM.Schedule.Meeting.Request",),
    RESPONSE: ("IPM.Schedule.Meeting.Resp",),
    CANCELLATION: ("IPM.Schedule.Meeting.Canceled",),
}
_ANSWER_OF_CLASS = {
    "IPM.Schedule.Meeting.Resp.Pos": "Accept",
    "IPM.Schedule.Meeting.Resp.Tent": "Tentative",
    "IPM.Schedule.Meeting.Resp.Neg": "Decline",
}
_PROPOSALS = ("ProposedStart", "ProposedEnd")


# Times


def _end_after_start(item: Item) -> Iterator[Reading]:
    start, end = item.moment("Start"), item.moment("End")
    if start is not None and end is not None:
        yield Reading(end >= start, "End", f"not before {item.text('Start')}", item.text("End"), item.element)


def _duration(item: Item) -> Iterator[Reading]:
    start, end, told = item.moment("Start"), item.moment("End"), item.text("Duration")
    if start is None or end is None or told is None or item.flag("IsAllDayEvent"):
        return
    yield Reading(_length(told) == end - start, "Duration", f"End less Start, {end - start}", told, item.element)


def _length(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] else length


def _whole_days(item: Item) -> Iterator[Reading]:
    start, end = item.moment("Start"), item.moment("End")
    if item.flag("IsAllDayEvent") and start is not None and end is not None:
        is_met = end > start and is_whole_days(end - start)
        yield Reading(is_met, "the length of an all-day event", "whole days", end - start, item.element)


def _zones(item: Item) -> Iterator[Reading]:
    for name in _WITH_ZONE:
        if told := item.texts.get(name):
            yield Reading(moment(told) is not None, name, "a time with Z or an offset", told, item.properties[name])


# Role and state


def _is_meeting(item: Item) -> Iterator[Reading]:
    yield from _bit(item, _MEETING, "IsMeeting")


def _is_cancelled(item: Item) -> Iterator[Reading]:
    yield from _bit(item, _CANCELLED, "IsCancelled")


def _bit(item: Item, bit: int, name: str) -> Iterator[Reading]:
    state, flag = item.number("AppointmentState"), item.flag(name)
    if item.kind in {CALENDAR_ITEM, REQUEST} and state is not None and flag is not None:
        expected = f"{'true' if state & bit else 'false'}, for AppointmentState is {state}"
        yield Reading(bool(state & bit) == flag, name, expected, item.text(name), item.element)


def _request_state(item: Item) -> Iterator[Reading]:
    state = item.number("AppointmentState")
    if item.kind == REQUEST and state is not None:
        is_met = state & (_MEETING | _RECEIVED) == _MEETING | _RECEIVED
        yield Reading(is_met, "AppointmentState of a meeting request", "3", state, item.element)


def _request_is_sent(item: Item) -> Iterator[Reading]:
    for name in ("IsMeeting", "MeetingRequestWasSent"):
        found = item.flag(name)
        if item.kind == REQUEST and found is not None:
            yield Reading(found, f"{name} of a meeting request", "true", item.text(name), item.element)


def is_organizers(item: Item) -> bool | None:
    """Whether a calendar item is the organizer's own, as AppointmentState tells; None where it is no meeting."""
    state = item.number("AppointmentState")
    if item.kind != CALENDAR_ITEM or state is None or not state & _MEETING:
        return None
    return not state & _RECEIVED


def _organizers_response(item: Item) -> Iterator[Reading]:
    told = item.text("MyResponseType")
    if told and is_organizers(item) is True:
        yield Reading(told == "Organizer", "MyResponseType of the organizer", "Organizer", told, item.element)


def _attendees_response(item: Item) -> Iterator[Reading]:
    told = item.text("MyResponseType")
    if told and is_organizers(item) is False:
        yield Reading(told != "Organizer", "MyResponseType of an attendee", "not Organizer", told, item.element)


def _role(item: Item) -> Iterator[Reading]:
    flag, told, owns = item.flag("IsOrganizer"), item.text("MyResponseType"), is_organizers(item)
    if item.kind != CALENDAR_ITEM or flag is None:
        return
    if told in _AS_ATTENDEE or told == "Organizer":
        yield Reading(flag == (told == "Organizer"), "IsOrganizer", f"as MyResponseType, {told}", flag, item.element)
    if owns is not None:
        state = item.number("AppointmentState")
        yield Reading(flag == owns, "IsOrganizer", f"as AppointmentState, {state}", flag, item.element)


def _cancelled_is_free(item: Item) -> Iterator[Reading]:
    told = item.text("LegacyFreeBusyStatus")
    if told is not None and item.flag("IsCancelled") and is_organizers(item) is False:
        yield Reading(told == "Free", "LegacyFreeBusyStatus of a cancelled meeting", "Free", told, item.element)


# Answers and proposals


def _answer_time(item: Item) -> Iterator[Reading]:
    for _, attendee in item.attendees:
        told = (attendee.findtext(t("ResponseType")) or "Unknown").strip()
        when = attendee.findtext(t("LastResponseTime"))
        if told in _UNANSWERED:
            yield Reading(when is None, f"LastResponseTime where ResponseType is {told}", "absent", when, attendee)


def _proposals(item: Item) -> Iterator[Reading]:
    for holder in (item.element, *(attendee for _, attendee in item.attendees)):
        start, end = (holder.findtext(t(name)) for name in _PROPOSALS)
        if start is not None or end is not None:
            about = "ProposedStart and ProposedEnd"
            yield Reading(start is not None and end is not None, about, "both", f"{start} and {end}", holder)


def _proposal_in_order(item: Item) -> Iterator[Reading]:
    for holder in (item.element, *(attendee for _, attendee in item.attendees)):
        start, end = (moment(holder.findtext(t(name))) for name in _PROPOSALS)
        if start is not None and end is not None:
            yield Reading(end > start, "ProposedEnd", f"after {start.isoformat()}", end.isoformat(), holder)


def _class(item: Item) -> Iterator[Reading]:
    told = item.text("ItemClass")
    if told:
        expected = _CLASSES[item.kind]
        is_met = any(_is_class(told, one) for one in expected)
        yield Reading(is_met, f"ItemClass of a {item.kind}", " or ".join(expected), told, item.element)


def _is_class(told: str, expected: str) -> bool:
    """Whether a class is another or one below it; classes are compared without case (MS-OXCMSG 2.2.1.3)."""
    head, tail = told[: len(expected)], told[len(expected) :]
    return head.casefold() == expected.casefold() and (not tail or tail.startswith("."))


def _response_of_class(item: Item) -> Iterator[Reading]:
    told, response = item.text("ItemClass"), item.text("ResponseType")
    if item.kind == RESPONSE and told in _ANSWER_OF_CLASS and response:
        expected = _ANSWER_OF_CLASS[told]
        yield Reading(response == expected, f"ResponseType of a {told}", expected, response, item.element)


CHECK: PassiveCheck = by_rules(
    "ews-meetings",
    items,
    {
        "EWS-SEEN-030": _end_after_start,
        "EWS-SEEN-031": _duration,
        "EWS-SEEN-032": _whole_days,
        "EWS-SEEN-033": _zones,
        "EWS-SEEN-034": _is_meeting,
        "EWS-SEEN-035": _is_cancelled,
        "EWS-SEEN-036": _request_state,
        "EWS-SEEN-037": _request_is_sent,
        "EWS-SEEN-038": _organizers_response,
        "EWS-SEEN-039": _attendees_response,
        "EWS-SEEN-040": _role,
        "EWS-SEEN-041": _answer_time,
        "EWS-SEEN-042": _proposals,
        "EWS-SEEN-043": _proposal_in_order,
        "EWS-SEEN-044": _class,
        "EWS-SEEN-045": _response_of_class,
        "EWS-SEEN-047": _cancelled_is_free,
    },
)
