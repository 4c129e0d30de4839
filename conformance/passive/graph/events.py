"""What the members of one shown event, or of one meeting message, say of each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.graph.entities import (
    Entity,
    events,
    instant,
    last_step,
    local_moment,
    meeting_messages,
    moment,
    option,
)
from conformance.passive.http import preferences
from conformance.wire.path import member

_AS_ATTENDEE = frozenset({"accepted", "tentativelyaccepted", "declined", "notresponded"})
_ANSWERED = frozenset({"accepted", "tentativelyaccepted", "declined"})
_NEVER = ("0001-01-01T00:00:00", "4501-01-01T00:00:00")  # two ways to write that there was no answer
_DAY = timedelta(days=1)
_OF_SERIES = frozenset({"occurrence", "exception"})
_PREVIEW = 255  # characters (Microsoft Graph documentation, event)
_VIEWS = frozenset({"calendarview", "instances"})
_ANSWERS_OF = {
    "meetingaccepted": "accepted",
    "meetingtenativelyaccepted": "tentativelyaccepted",  # as v1.0 spells it
    "meetingtentativelyaccepted": "tentativelyaccepted",
    "meetingdeclined": "declined",
}
_REQUEST, _RESPONSE = "#microsoft.graph.eventmessagerequest", "#microsoft.graph.eventmessageresponse"


def _low(value: Any) -> str:
    """An enumeration value for comparison; how it is spelled is a matter of the schema."""
    return value.casefold() if isinstance(value, str) else ""


def _end_after_start(event: Entity) -> Iterator[Reading]:
    yield from _in_order(event, "start", "end")


def _in_order(entity: Entity, first: str, last: str) -> Iterator[Reading]:
    """Two times of one zone, the second not before the first."""
    start, end = local_moment(entity.value.get(first)), local_moment(entity.value.get(last))
    if start is not None and end is not None and entity.within(first, "timeZone") == entity.within(last, "timeZone"):
        yield Reading(end >= start, last, f"not before {start.isoformat()}", end.isoformat(), entity.at(last))


def _whole_days(event: Entity) -> Iterator[Reading]:
    start, end = local_moment(event.value.get("start")), local_moment(event.value.get("end"))
    if event.value.get("isAllDay") is True and start is not None and end is not None:
        is_met = start.time() == end.time() == time() and end - start >= _DAY
        actual = f"{start.isoformat()} to {end.isoformat()}"
        yield Reading(is_met, "an event of all day", "from midnight to a later midnight", actual, event.at("start"))


def _role(event: Entity) -> Iterator[Reading]:
    owns, told = event.value.get("isOrganizer"), event.within("responseStatus", "response")
    if isinstance(owns, bool) and (_low(told) in _AS_ATTENDEE or _low(told) == "organizer"):
        expected = f"{str(_low(told) == 'organizer').lower()}, for responseStatus is {told}"
        is_met = owns == (_low(told) == "organizer")
        yield Reading(is_met, "isOrganizer", expected, str(owns).lower(), event.at("isOrganizer"))


def _series(event: Entity) -> Iterator[Reading]:
    kind = _low(event.value.get("type"))
    for name, expected in (("seriesMasterId", kind in _OF_SERIES), ("recurrence", kind == "seriesmaster")):
        if kind and name in event.value:
            found = event.value[name]
            words = "present" if expected else "null"
            actual = "null" if found is None else found
            yield Reading((found is not None) == expected, f"{name} of a {kind}", words, actual, event.at(name))


def _kind_in_list(event: Entity) -> Iterator[Reading]:
    kind, step = _low(event.value.get("type")), last_step(event.seen)
    if not kind or event.seen.exchange.request.method.upper() != "GET":
        return
    if step in _VIEWS:
        wanted = "occurrence or exception" if step == "instances" else "anything but seriesMaster"
        is_met = kind in _OF_SERIES if step == "instances" else kind != "seriesmaster"
    elif step == "events":
        wanted, is_met = "singleInstance or seriesMaster", kind not in _OF_SERIES
    else:
        return
    yield Reading(is_met, f"the type of an event in {step}", wanted, event.value["type"], event.at("type"))


def _in_the_window(event: Entity) -> Iterator[Reading]:
    if last_step(event.seen) not in _VIEWS or event.value.get("isAllDay") is True:
        return
    first, last = _bound(event, "startDateTime"), _bound(event, "endDateTime")
    start, end = moment(event.value.get("start")), moment(event.value.get("end"))
    if first is None or last is None or start is None or end is None:
        return
    expected = f"within or across {first.isoformat()} to {last.isoformat()}"
    actual = f"{start.isoformat()} to {end.isoformat()}"
    is_met = start <= last and end >= first
    yield Reading(is_met, "the time of an event in a view", expected, actual, event.at("start"))


def _bound(event: Entity, name: str) -> datetime | None:
    """A bound of the window; one without an offset is in UTC."""
    text = option(event.seen, name)
    if not text:
        return None
    # In a query a plus sign stands for a blank.
    text = text.replace(" ", "+")
    return instant(text) or instant(f"{text}Z")


def _unanswered(event: Entity) -> Iterator[Reading]:
    for place, attendee in _attendees(event):
        status = attendee.get("status")
        told = _low(status.get("response")) if isinstance(status, dict) else ""
        when = status.get("time") if isinstance(status, dict) else None
        if told in {"none", "notresponded"} and isinstance(when, str):
            is_met = when.startswith(_NEVER)
            yield Reading(is_met, f"the time of a status {told}", " or ".join(_NEVER), when, f"{place}.status.time")


def _proposals(event: Entity) -> Iterator[Reading]:
    for place, attendee in _attendees(event):
        if isinstance(attendee.get("proposedNewTime"), dict):
            status = attendee.get("status")
            told = status.get("response") if isinstance(status, dict) else None
            about = "the response of an attendee who proposed a new time"
            yield Reading(_low(told) in _ANSWERED, about, "an answer", told, f"{place}.status.response")


def _attendees(event: Entity) -> Iterator[tuple[str, dict[str, Any]]]:
    found = event.value.get("attendees")
    for place, attendee in enumerate(found if isinstance(found, list) else ()):
        if isinstance(attendee, dict):
            yield f"{event.at('attendees')}[{place}]", attendee


def _preview(event: Entity) -> Iterator[Reading]:
    found = event.text("bodyPreview")
    if found is not None:
        is_met = len(found) <= _PREVIEW
        about = "the length of bodyPreview"
        yield Reading(is_met, about, f"{_PREVIEW} or fewer", len(found), event.at("bodyPreview"))


def _range(event: Entity) -> Iterator[Reading]:
    told = event.within("recurrence", "range")
    if not isinstance(told, dict):
        return
    place = event.at("recurrence") + member("range")
    if _low(told.get("type")) == "enddate":
        start, end = _day(told.get("startDate")), _day(told.get("endDate"))
        if start is not None and end is not None:
            yield Reading(end >= start, "endDate of a series", f"not before {start}", end, f"{place}.endDate")
    elif _low(told.get("type")) == "numbered":
        count = told.get("numberOfOccurrences")
        is_met = isinstance(count, int) and count > 0
        about = "numberOfOccurrences of a series"
        yield Reading(is_met, about, "1 or more", count, f"{place}.numberOfOccurrences")


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _one_location(event: Entity) -> Iterator[Reading]:
    several, one = event.value.get("locations"), event.within("location", "displayName")
    if isinstance(several, list) and len(several) == 1 and isinstance(several[0], dict) and isinstance(one, str):
        found = several[0].get("displayName")
        yield Reading(found == one, "the only one of locations", one, found, event.at("locations"))


def _zone(event: Entity) -> Iterator[Reading]:
    if event.seen.exchange.request.method.upper() != "GET" or "outlook.timezone" in _preferred(event):
        return
    for name in ("start", "end"):
        told = event.within(name, "timeZone")
        if isinstance(told, str):
            yield Reading(told == "UTC", f"the zone of {name} where none is preferred", "UTC", told, event.at(name))


def _body_type(entity: Entity) -> Iterator[Reading]:
    told = entity.within("body", "contentType")
    if entity.seen.exchange.request.method.upper() == "GET" and isinstance(told, str):
        wanted = _preferred(entity).get("outlook.body-content-type", "html").casefold()
        if wanted in {"html", "text"}:
            place = entity.at("body") + ".contentType"
            yield Reading(_low(told) == wanted, "the content type of a body", wanted, told, place)


def _cancelled_is_free(event: Entity) -> Iterator[Reading]:
    told = event.text("showAs")
    if told is not None and event.value.get("isCancelled") is True and event.value.get("isOrganizer") is False:
        yield Reading(_low(told) == "free", "showAs of a cancelled meeting", "free", told, event.at("showAs"))


def _preferred(entity: Entity) -> dict[str, str]:
    return preferences(entity.seen.exchange.request.headers, "prefer")


# Meeting messages


def _marked(message: Entity) -> Iterator[Reading]:
    found = message.value.get("@odata.type")
    is_met = _low(found).startswith("#microsoft.graph.eventmessage")
    yield Reading(is_met, "@odata.type of a meeting message", "a type of eventMessage", found, message.path)


def _type_of_message(message: Entity) -> Iterator[Reading]:
    kind, told = _low(message.value.get("@odata.type")), _low(message.value.get("meetingMessageType"))
    if not kind or not told:
        return
    is_met = (kind == _REQUEST) == (told == "meetingrequest") and (kind == _RESPONSE) == (told in _ANSWERS_OF)
    actual = message.value["meetingMessageType"]
    yield Reading(is_met, f"meetingMessageType of {kind}", "one of this type", actual, message.at("meetingMessageType"))


def _response_of_message(message: Entity) -> Iterator[Reading]:
    kind, told = _low(message.value.get("meetingMessageType")), message.text("responseType")
    if kind in _ANSWERS_OF and told is not None:
        expected = _ANSWERS_OF[kind]
        about = f"responseType where meetingMessageType is {kind}"
        yield Reading(_low(told) == expected, about, expected, told, message.at("responseType"))


def _message_ends_later(message: Entity) -> Iterator[Reading]:
    yield from _in_order(message, "startDateTime", "endDateTime")


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules(
        "graph-events",
        events,
        {
            "GRAPH-SEEN-030": _end_after_start,
            "GRAPH-SEEN-031": _whole_days,
            "GRAPH-SEEN-032": _role,
            "GRAPH-SEEN-033": _series,
            "GRAPH-SEEN-034": _kind_in_list,
            "GRAPH-SEEN-035": _in_the_window,
            "GRAPH-SEEN-036": _unanswered,
            "GRAPH-SEEN-037": _proposals,
            "GRAPH-SEEN-038": _preview,
            "GRAPH-SEEN-039": _range,
            "GRAPH-SEEN-040": _one_location,
            "GRAPH-SEEN-041": _zone,
            "GRAPH-SEEN-042": _body_type,
            "GRAPH-SEEN-043": _cancelled_is_free,
        },
    ),
    by_rules(
        "graph-messages",
        meeting_messages,
        {
            "GRAPH-SEEN-050": _marked,
            "GRAPH-SEEN-051": _type_of_message,
            "GRAPH-SEEN-052": _response_of_message,
            "GRAPH-SEEN-053": _message_ends_later,
        },
    ),
)
