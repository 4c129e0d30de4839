"""The members of an event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.attached import shows_attachments
from reference_impl.domain.global_ids import global_object_id
from reference_impl.domain.items import Attendee, CalendarItem, Response
from reference_impl.domain.queries import Order
from reference_impl.domain.series import lasting_series_id
from reference_impl.domain.timezone import zone
from reference_impl.graph import ids
from reference_impl.graph.fields import text
from reference_impl.graph.fields.collections import ATTENDEES, EXTENDED
from reference_impl.graph.fields.field import ABSENT, BETA, Field, Table, View
from reference_impl.graph.fields.location import location, locations
from reference_impl.graph.fields.recurrence import TYPES, patterned
from reference_impl.graph.fields.values import (
    IMPORTANCE,
    NEVER,
    RESET,
    RESPONSES,
    ROLES,
    SENSITIVITY,
    SHOW_AS,
    email_address,
    floating,
    local,
    moment,
    recipient,
    zone_shown,
)
from reference_impl.graph.odata.filtering import Type
from reference_impl.service.item_ids import IdKind

OWA: Final = "https://outlook.office365.com/owa/"


def event_id(item: CalendarItem, view: View) -> str:
    """The wire id of an event."""
    return ids.of_item(item, lasting=view.lasting_ids)


def _series_id(item: CalendarItem, view: View) -> str | None:
    if item.series_id is None:
        return None
    if view.lasting_ids:
        return ids.spell(IdKind.LASTING_ITEM, item.mailbox_id, lasting_series_id(item) or "")
    return ids.spell(IdKind.ITEM, item.mailbox_id, item.series_id)


def _ical_uid(item: CalendarItem) -> str:
    """The UID of the meeting; each occurrence of a series has one of its own (Graph: event resource)."""
    return item.uid if item.day is None else global_object_id(item.uid, item.day).hex().upper()


def _original_start(item: CalendarItem) -> Any:
    """When an occurrence was to start by the pattern; what stands alone has no pattern."""
    return ABSENT if item.series_id is None or item.original_start is None else moment(item.original_start)


def _occurrence_id(item: CalendarItem, view: View) -> str | None:
    """How an occurrence is known within its series."""
    if item.day is None or item.series_id is None:
        return None
    return f"OID.{_series_id(item, view)}.{item.day.isoformat()}"


def cancelled_occurrences(master: CalendarItem, view: View) -> Iterator[str]:
    """The occurrence ids of the days on which nothing happens any more; nothing but the master of a series has any."""
    for day in master.deleted:
        yield f"OID.{event_id(master, view)}.{day.isoformat()}"


def event_link(item: CalendarItem, view: View) -> str:
    """Where a browser shows an event."""
    spelt = event_id(item, view).replace("=", "%3D")  # nothing else of an id is quoted
    return f"{OWA}?itemid={spelt}&exvsurl=1&path=/calendar/item"


def _edge(value: datetime, zone_name: str, item: CalendarItem, view: View) -> dict[str, str]:
    """A start or end; all-day items float: midnight of their own dates in whatever zone is asked for."""
    return floating(value.astimezone(zone(zone_name)), view) if item.is_all_day else local(value, view)


def _attendee(attendee: Attendee, view: View) -> dict[str, Any]:
    answered = moment(attendee.response_time) if attendee.response_time else NEVER
    shown: dict[str, Any] = {
        "type": ROLES[attendee.role],
        "status": {
            "response": RESPONSES[attendee.response],
            "time": RESET if attendee.response is Response.NOT_RESPONDED else answered,
        },
    }
    if attendee.proposal is not None:
        shown["proposedNewTime"] = {
            "start": local(attendee.proposal.start, view),
            "end": local(attendee.proposal.end, view),
        }
    return {**shown, "emailAddress": email_address(attendee.person)}


def _own_status(item: CalendarItem) -> dict[str, str]:
    answered = item.my_response not in {Response.ORGANIZER, Response.NONE, Response.NOT_RESPONDED}
    return {
        "response": RESPONSES[item.my_response],
        "time": moment(item.reply_time) if answered and item.reply_time else NEVER,
    }


def _is_draft(item: CalendarItem) -> bool:
    """Whether the organizer has changes that nobody was told of."""
    unsent = not item.request_sent or (item.sent_slot is not None and item.sent_slot != item.slot)
    return item.is_organizer and bool(item.attendees) and unsent


EVENT: Final[Table[CalendarItem]] = Table(
    (
        Field("@odata.etag", lambda e, _: ids.etag(e.version), always=True),
        Field("id", event_id, always=True),
        Field(
            "createdDateTime",
            lambda e, _: moment(e.created),
            filters=(("createdDateTime", Type.MOMENT, lambda e: e.created),),
            orders=(("createdDateTime", Order.CREATED),),
        ),
        Field(
            "lastModifiedDateTime",
            lambda e, _: moment(e.modified),
            filters=(("lastModifiedDateTime", Type.MOMENT, lambda e: e.modified),),
            orders=(("lastModifiedDateTime", Order.MODIFIED),),
        ),
        Field("changeKey", lambda e, _: ids.change_key(e.version)),
        Field(
            "categories",
            lambda e, _: list(e.categories),
            filters=(("categories", Type.TEXTS, lambda e: e.categories),),
        ),
        Field("transactionId", lambda e, _: e.transaction_id or ABSENT),
        Field("originalStartTimeZone", lambda e, _: zone_shown(e.start_zone)),
        Field("originalEndTimeZone", lambda e, _: zone_shown(e.end_zone)),
        Field("iCalUId", lambda e, _: _ical_uid(e), filters=(("iCalUId", Type.TEXT, _ical_uid),)),
        Field("occurrenceId", lambda e, v: _occurrence_id(e, v) or ABSENT, versions=frozenset({BETA})),
        Field("uid", lambda e, _: e.uid, versions=frozenset({BETA}), filters=(("uid", Type.TEXT, lambda e: e.uid),)),
        Field("reminderMinutesBeforeStart", lambda e, _: e.reminder_minutes),
        Field("isReminderOn", lambda e, _: e.reminder_is_set),
        Field(
            "hasAttachments",
            lambda e, _: shows_attachments(e),
            filters=(("hasAttachments", Type.BOOLEAN, shows_attachments),),
        ),
        Field(
            "subject",
            lambda e, _: e.subject,
            filters=(("subject", Type.TEXT, lambda e: e.subject),),
            orders=(("subject", Order.SUBJECT),),
        ),
        Field("bodyPreview", lambda e, _: text.preview(e.body)),
        Field(
            "importance",
            lambda e, _: IMPORTANCE[e.importance],
            filters=(("importance", Type.WORD, lambda e: IMPORTANCE[e.importance]),),
        ),
        Field(
            "sensitivity",
            lambda e, _: SENSITIVITY[e.sensitivity],
            filters=(("sensitivity", Type.WORD, lambda e: SENSITIVITY[e.sensitivity]),),
        ),
        Field("isAllDay", lambda e, _: e.is_all_day, filters=(("isAllDay", Type.BOOLEAN, lambda e: e.is_all_day),)),
        Field(
            "isCancelled",
            lambda e, _: e.is_cancelled,
            filters=(("isCancelled", Type.BOOLEAN, lambda e: e.is_cancelled),),
        ),
        Field(
            "isOrganizer",
            lambda e, _: e.is_organizer,
            filters=(("isOrganizer", Type.BOOLEAN, lambda e: e.is_organizer),),
        ),
        Field("responseRequested", lambda e, _: e.response_requested),
        Field("originalStart", lambda e, _: _original_start(e)),
        Field("seriesMasterId", _series_id),
        Field(
            "showAs",
            lambda e, _: SHOW_AS[e.show_as],
            filters=(("showAs", Type.WORD, lambda e: SHOW_AS[e.show_as]),),
        ),
        Field(
            "type",
            lambda e, _: TYPES[e.kind],
            filters=(("type", Type.WORD, lambda e: TYPES[e.kind]),),
        ),
        Field("webLink", event_link),
        Field("onlineMeetingUrl", lambda _e, _v: None),
        Field("isOnlineMeeting", lambda e, _: e.is_online_meeting),
        Field("onlineMeetingProvider", lambda e, _: e.online_meeting_provider),
        Field("allowNewTimeProposals", lambda e, _: e.allow_new_time_proposals),
        Field("isDraft", lambda e, _: _is_draft(e)),
        Field("hideAttendees", lambda e, _: e.hide_attendees),
        Field("recurrence", lambda e, _: patterned(e)),
        Field(
            "responseStatus",
            lambda e, _: _own_status(e),
            filters=(("responseStatus/response", Type.WORD, lambda e: RESPONSES[e.my_response]),),
        ),
        Field("body", lambda e, v: text.shown(e.body, v.preferences)),
        Field(
            "start",
            lambda e, v: _edge(e.start, e.start_zone, e, v),
            filters=(("start/dateTime", Type.LOCAL, lambda e: e.start),),
            orders=(("start/dateTime", Order.START),),
        ),
        Field(
            "end",
            lambda e, v: _edge(e.end, e.end_zone, e, v),
            filters=(("end/dateTime", Type.LOCAL, lambda e: e.end),),
        ),
        Field(
            "location",
            lambda e, _: location(e.location, e.place),
            filters=(("location/displayName", Type.TEXT, lambda e: e.location),),
        ),
        Field("locations", lambda e, _: locations(e)),
        Field("attendees", lambda e, v: [_attendee(each, v) for each in e.attendees]),
        Field(
            "organizer",
            lambda e, _: recipient(e.organizer),
            filters=(
                ("organizer/emailAddress/address", Type.TEXT, lambda e: e.organizer.address),
                ("organizer/emailAddress/name", Type.TEXT, lambda e: e.organizer.name),
            ),
        ),
        Field("onlineMeeting", lambda e, _: {"joinUrl": e.join_url} if e.join_url else None),
        Field("cancelledOccurrences", lambda e, v: list(cancelled_occurrences(e, v)), on_request=True),
    ),
    are_items=True,
    collections={**ATTENDEES, **EXTENDED},
)
"""An event's members, in the order the service writes them."""
