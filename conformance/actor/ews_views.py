"""EWS elements read into neutral views."""

from __future__ import annotations

from datetime import datetime

from conformance.actor.equivalence import EWS_KINDS, EWS_MESSAGES, EWS_REQUESTS, EWS_RESPONSES, EWS_SHOW_AS
from conformance.actor.ews_recurrence import read_recurrence
from conformance.actor.times import instant
from conformance.actor.views import (
    AttendeeView,
    BusyView,
    EventView,
    MeetingRef,
    MessageKind,
    MessageView,
    ResponseState,
    Role,
    ScheduleView,
    Slot,
)
from conformance.actor.xml import Node

ROLES = {
    "t:RequiredAttendees": Role.REQUIRED,
    "t:OptionalAttendees": Role.OPTIONAL,
    "t:Resources": Role.RESOURCE,
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def slot(node: Node, start: str, end: str) -> Slot | None:
    """The interval of two times below an element, where both are told."""
    first, last = node.text(start), node.text(end)
    return Slot(instant(first), instant(last)) if first and last else None


def flag(node: Node, path: str) -> bool | None:
    """A boolean below an element; None where it is not told."""
    return _TRUTH.get(node.text(path) or "")


def moment(node: Node, path: str) -> datetime | None:
    """A time below an element; None where it is not told."""
    told = node.text(path)
    return instant(told) if told else None


def attendee(node: Node, role: Role) -> AttendeeView:
    """An Attendee element."""
    time = node.text("t:LastResponseTime")
    return AttendeeView(
        address=node.text("t:Mailbox/t:EmailAddress") or "",
        role=role,
        response=EWS_RESPONSES.get(node.text("t:ResponseType") or "Unknown", ResponseState.NONE),
        time=instant(time) if time else None,
        proposal=slot(node, "t:ProposedStart", "t:ProposedEnd"),
        name=node.text("t:Mailbox/t:Name") or "",
    )


def attendees(node: Node) -> dict[str, AttendeeView]:
    """Everybody in the three lists of an item, by lower-case address."""
    people = (attendee(one, role) for path, role in ROLES.items() for one in node.all(f"{path}/t:Attendee"))
    return {person.address.casefold(): person for person in people}


def reference(node: Node) -> MeetingRef:
    """The id of an item, with the change key as far as it is told."""
    return MeetingRef(node.text("t:ItemId/@Id") or "", node.text("t:ItemId/@ChangeKey") or "")


def event(node: Node) -> EventView:
    """A CalendarItem element."""
    reply_time = node.text("t:AppointmentReplyTime")
    found = slot(node, "t:Start", "t:End")
    if found is None:
        raise ValueError(f"expected Start and End in {node.name}, got {', '.join(node.names())}")
    return EventView(
        id=node.text("t:ItemId/@Id") or "",
        change_key=node.text("t:ItemId/@ChangeKey") or "",
        uid=node.text("t:UID") or "",
        subject=node.text("t:Subject") or "",
        slot=found,
        location=node.text("t:Location") or "",
        body=node.text("t:Body") or "",
        organizer=node.text("t:Organizer/t:Mailbox/t:EmailAddress") or "",
        is_organizer=node.text("t:MyResponseType") == "Organizer",
        my_response=EWS_RESPONSES.get(node.text("t:MyResponseType") or "Unknown", ResponseState.NONE),
        reply_time=instant(reply_time) if reply_time else None,
        show_as=EWS_SHOW_AS.get(node.text("t:LegacyFreeBusyStatus") or ""),
        is_cancelled=flag(node, "t:IsCancelled") or False,
        allows_proposals=flag(node, "t:AllowNewTimeProposal"),
        kind=EWS_KINDS.get(node.text("t:CalendarItemType") or ""),
        recurrence=read_recurrence(node.one("t:Recurrence")),
        original_start=moment(node, "t:OriginalStart"),
        attendees=attendees(node),
    )


def message(node: Node) -> MessageView:
    """A Message, MeetingRequest, MeetingResponse or MeetingCancellation element."""
    kind = EWS_MESSAGES.get(node.local, MessageKind.NOTE)
    response = EWS_RESPONSES.get(node.text("t:ResponseType") or "") if kind is MessageKind.RESPONSE else None
    return MessageView(
        id=node.text("t:ItemId/@Id") or "",
        change_key=node.text("t:ItemId/@ChangeKey") or "",
        kind=kind,
        subject=node.text("t:Subject") or "",
        sender=node.text("t:From/t:Mailbox/t:EmailAddress") or node.text("t:Sender/t:Mailbox/t:EmailAddress") or "",
        body=node.text("t:Body") or "",
        event_id=node.text("t:AssociatedCalendarItemId/@Id"),
        event_change_key=node.text("t:AssociatedCalendarItemId/@ChangeKey") or "",
        slot=slot(node, "t:Start", "t:End"),
        response=response,
        proposal=slot(node, "t:ProposedStart", "t:ProposedEnd"),
        request_kind=EWS_REQUESTS.get(node.text("t:MeetingRequestType") or ""),
        is_out_of_date=flag(node, "t:IsOutOfDate"),
        allows_proposals=flag(node, "t:AllowNewTimeProposal"),
        event_kind=EWS_KINDS.get(node.text("t:CalendarItemType") or ""),
        recurrence=read_recurrence(node.one("t:Recurrence")),
        original_start=moment(node, "t:RecurrenceId"),
    )


def busy(node: Node) -> BusyView:
    """A CalendarEvent element; times without an offset are those of a request in UTC."""
    return BusyView(
        slot=Slot(instant(node.text("t:StartTime") or ""), instant(node.text("t:EndTime") or "")),
        show_as=EWS_SHOW_AS[node.text("t:BusyType") or ""],
        subject=node.text("t:CalendarEventDetails/t:Subject"),
        location=node.text("t:CalendarEventDetails/t:Location"),
    )


def schedule(address: str, node: Node) -> ScheduleView:
    """A FreeBusyResponse element, for the address asked at its position."""
    code = node.text("m:ResponseMessage/m:ResponseCode") or ""
    return ScheduleView(
        address=address,
        merged=node.text("m:FreeBusyView/t:MergedFreeBusy") or "",
        events=tuple(busy(one) for one in node.all("m:FreeBusyView/t:CalendarEventArray/t:CalendarEvent")),
        error=None if code == "NoError" else code,
    )
