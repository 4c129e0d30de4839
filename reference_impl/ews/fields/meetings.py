"""The properties of meeting requests, responses and cancellations ([MS-OXWSMTGS]), in schema order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import Item, TimeSlot
from reference_impl.ews import xml
from reference_impl.ews.fields.common import common_fields
from reference_impl.ews.fields.messages import READ_ONLY_CONTENT, message_fields
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.places import place_field
from reference_impl.ews.fields.readers import flag, item_id, text, time
from reference_impl.ews.fields.recurrence import recurrence_field
from reference_impl.ews.fields.requests import request_fields
from reference_impl.ews.fields.told import answer, do_not_forward, end, item_type, location, message_of, of, start
from reference_impl.ews.view import View


def _stamp(item: Item) -> datetime:
    return message_of(item).sent or item.created


def _associated(view: View) -> str | None:
    event = view.associated
    return None if event is None else item_id("AssociatedCalendarItemId", event)


def _is_organizer(view: View) -> str:
    return xml.leaf("IsOrganizer", view.facts.organizer.key == view.owner.person.key)


def _meeting_message_fields() -> Table:
    return (
        Field(
            uri="meeting:AssociatedCalendarItemId",
            element="AssociatedCalendarItemId",
            read=_associated,
        ),
        Field(
            uri="meeting:IsDelegated",
            element="IsDelegated",
            read=flag("IsDelegated", lambda item: message_of(item).is_delegated),
            kind=Kind.FLAG,
            value=lambda item: message_of(item).is_delegated,
        ),
        Field(
            uri="meeting:IsOutOfDate",
            element="IsOutOfDate",
            read=flag("IsOutOfDate", lambda item: message_of(item).is_out_of_date),
            kind=Kind.FLAG,
            value=lambda item: message_of(item).is_out_of_date,
        ),
        Field(
            uri="meeting:HasBeenProcessed",
            element="HasBeenProcessed",
            read=flag("HasBeenProcessed", lambda item: message_of(item).has_been_processed),
            kind=Kind.FLAG,
            value=lambda item: message_of(item).has_been_processed,
        ),
        Field(
            uri="meeting:ResponseType",
            element="ResponseType",
            read=lambda view: xml.leaf("ResponseType", answer(view)),
            kind=Kind.CHOICE,
        ),
        Field(
            uri="calendar:UID",
            element="UID",
            read=text("UID", of(lambda facts: facts.uid)),
            value=of(lambda facts: facts.uid),
        ),
        Field(
            uri="calendar:RecurrenceId",
            element="RecurrenceId",
            read=time("RecurrenceId", of(lambda facts: facts.original_start)),
            kind=Kind.TIME,
            value=of(lambda facts: facts.original_start),
        ),
        Field(
            uri="calendar:DateTimeStamp",
            element="DateTimeStamp",
            read=time("DateTimeStamp", _stamp),
            kind=Kind.TIME,
            value=_stamp,
        ),
        Field(
            uri="calendar:IsOrganizer",
            element="IsOrganizer",
            read=_is_organizer,
            since="Exchange2013",
        ),
    )


def _proposal(element: str, moment: Callable[[TimeSlot], datetime]) -> Field:
    value = of(lambda facts: None if facts.proposal is None else moment(facts.proposal))
    return Field(
        uri=f"meeting:{element}",
        element=element,
        read=time(element, value),
        since="Exchange2013",
        kind=Kind.TIME,
        value=value,
    )


def _received_content(table: Table) -> Table:
    """A received message's content stands; only its reader's own marks can be set."""
    return tuple(
        field
        if field.uri == "message:IsRead"
        else replace(field, create=None, update=READ_ONLY_CONTENT.get(field.uri), append=None, delete=None)
        for field in table
    )


def _message_of_meeting(element: str) -> Table:
    return _received_content((*common_fields(element), *message_fields(), *_meeting_message_fields()))


MEETING_MESSAGE: Final[Table] = _message_of_meeting("MeetingMessage")
"""MeetingMessage, in schema order: a forward notification, or whatever is no request, response or cancellation."""

MEETING_REQUEST: Final[Table] = (*_message_of_meeting("MeetingRequest"), *request_fields())
"""MeetingRequest, in schema order."""

_SINCE_2013: Final = "Exchange2013"

MEETING_RESPONSE: Final[Table] = (
    *_message_of_meeting("MeetingResponse"),
    start(_SINCE_2013),
    end(_SINCE_2013),
    location(_SINCE_2013),
    recurrence_field(lambda view: view.facts.recurrence, since=_SINCE_2013),
    item_type(_SINCE_2013),
    _proposal("ProposedStart", lambda proposal: proposal.start),
    _proposal("ProposedEnd", lambda proposal: proposal.end),
    place_field(lambda view: view.facts),
)
"""MeetingResponse, in schema order; its own elements came with Exchange2013."""

MEETING_CANCELLATION: Final[Table] = (
    *_message_of_meeting("MeetingCancellation"),
    start(_SINCE_2013),
    end(_SINCE_2013),
    location(_SINCE_2013),
    recurrence_field(lambda view: view.facts.recurrence, since=_SINCE_2013),
    item_type(_SINCE_2013),
    place_field(lambda view: view.facts),
    do_not_forward(),
)
"""MeetingCancellation, in schema order; its own elements came with Exchange2013."""
