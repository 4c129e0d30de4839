"""Graph resources read into neutral views."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conformance.actor.equivalence import (
    GRAPH_KINDS,
    GRAPH_MESSAGES,
    GRAPH_REQUESTS,
    GRAPH_RESPONSES,
    GRAPH_SHOW_AS,
    NO_TIME,
)
from conformance.actor.graph_recurrence import read_recurrence
from conformance.actor.times import instant, zone
from conformance.actor.views import (
    AttendeeView,
    BusyView,
    EventView,
    MessageKind,
    MessageView,
    ResponseState,
    Role,
    ScheduleView,
    Slot,
)

Resource = Mapping[str, Any]


def moment(value: Resource | None) -> datetime | None:
    """A dateTimeTimeZone as an instant."""
    if not value:
        return None
    return instant(str(value["dateTime"]), zone(str(value.get("timeZone") or "UTC")))


def slot(value: Resource | None, start: str = "start", end: str = "end") -> Slot | None:
    """The interval of two dateTimeTimeZone members, where both are told."""
    first, last = (moment(value.get(start)), moment(value.get(end))) if value else (None, None)
    return Slot(first, last) if first and last else None


def answer_time(value: str | None) -> datetime | None:
    """A responseStatus time; None for the two dates that mean there is none."""
    return None if not value or value.startswith(NO_TIME) else instant(value)


def original_start(value: Resource) -> datetime | None:
    """When the pattern of its series has an occurrence; None of anything else."""
    told = value.get("originalStart")
    return instant(str(told)) if told else None


def address(value: Resource | None) -> str:
    """The address of a recipient."""
    return str(((value or {}).get("emailAddress") or {}).get("address") or "")


def attendee(value: Resource) -> AttendeeView:
    """An attendee."""
    status = value.get("status") or {}
    return AttendeeView(
        address=address(value),
        role=Role(value.get("type") or "required"),
        response=GRAPH_RESPONSES.get(str(status.get("response") or "none"), ResponseState.NONE),
        time=answer_time(status.get("time")),
        proposal=slot(value.get("proposedNewTime")),
        name=str((value.get("emailAddress") or {}).get("name") or ""),
    )


def event(value: Resource) -> EventView:
    """An event."""
    status = value.get("responseStatus") or {}
    found = slot(value)
    if found is None:
        raise ValueError(f"expected start and end in an event, got {', '.join(value)}")
    people = (attendee(one) for one in value.get("attendees") or ())
    return EventView(
        id=str(value.get("id") or ""),
        change_key=str(value.get("changeKey") or ""),
        uid=str(value.get("iCalUId") or ""),
        subject=str(value.get("subject") or ""),
        slot=found,
        location=str((value.get("location") or {}).get("displayName") or ""),
        body=str((value.get("body") or {}).get("content") or ""),
        organizer=address(value.get("organizer")),
        is_organizer=value.get("isOrganizer"),
        my_response=GRAPH_RESPONSES.get(str(status.get("response") or "none"), ResponseState.NONE),
        reply_time=answer_time(status.get("time")),
        show_as=GRAPH_SHOW_AS.get(str(value.get("showAs"))),
        is_cancelled=bool(value.get("isCancelled")),
        allows_proposals=value.get("allowNewTimeProposals"),
        kind=GRAPH_KINDS.get(str(value.get("type"))),
        recurrence=read_recurrence(value.get("recurrence")),
        original_start=original_start(value),
        attendees={person.address.casefold(): person for person in people},
    )


def message_kind(value: Resource) -> MessageKind:
    """What a message is, by its type and, for cancellations, by its meetingMessageType."""
    kind = str(value.get("@odata.type") or "").rpartition(".")[2]
    if kind == "eventMessage" and value.get("meetingMessageType") != "meetingCancelled":
        return MessageKind.NOTE
    return GRAPH_MESSAGES.get(kind, MessageKind.NOTE)


def message(value: Resource, event_of_it: Resource | None = None) -> MessageView:
    """A message; ``event_of_it`` is the event it belongs to, where that was read too."""
    linked = event_of_it or value.get("event") or {}
    response = value.get("responseType")
    return MessageView(
        id=str(value.get("id") or ""),
        change_key=str(value.get("changeKey") or ""),
        kind=message_kind(value),
        subject=str(value.get("subject") or ""),
        sender=address(value.get("from")),
        body=str((value.get("body") or {}).get("content") or ""),
        event_id=linked.get("id"),
        event_change_key=str(linked.get("changeKey") or ""),
        slot=slot(value, "startDateTime", "endDateTime"),
        response=GRAPH_RESPONSES.get(str(response)) if response else None,
        proposal=slot(value.get("proposedNewTime")),
        request_kind=GRAPH_REQUESTS.get(str(value.get("meetingRequestType") or "")),
        is_out_of_date=value.get("isOutOfDate"),
        allows_proposals=value.get("allowNewTimeProposals"),
        event_kind=GRAPH_KINDS.get(str(value.get("type"))),
        recurrence=read_recurrence(value.get("recurrence")),
        original_start=original_start(linked),
    )


def busy(value: Resource) -> BusyView:
    """A scheduleItem."""
    found = slot(value)
    if found is None:
        raise ValueError(f"expected start and end in a scheduleItem, got {', '.join(value)}")
    return BusyView(
        slot=found,
        show_as=GRAPH_SHOW_AS[str(value.get("status"))],
        subject=value.get("subject"),
        location=value.get("location"),
    )


def schedule(value: Resource) -> ScheduleView:
    """A scheduleInformation."""
    error = value.get("error")
    return ScheduleView(
        address=str(value.get("scheduleId") or ""),
        merged=str(value.get("availabilityView") or ""),
        events=tuple(busy(one) for one in value.get("scheduleItems") or ()),
        error=str(error.get("responseCode") or "error") if error else None,
    )
