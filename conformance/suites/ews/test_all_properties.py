"""What the shape AllProperties shows of each kind of item: every property that the item always has a value of."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.views import Answer, MeetingRef
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, present, read_item, token

SCENARIO = "properties"

_ITEM = (
    *("ItemId", "ParentFolderId", "ItemClass", "Subject", "Sensitivity", "Body", "DateTimeReceived", "Size"),
    *("Importance", "IsSubmitted", "IsDraft", "IsFromMe", "IsResend", "IsUnmodified", "DateTimeSent"),
    *("DateTimeCreated", "ResponseObjects", "ReminderIsSet", "ReminderMinutesBeforeStart", "DisplayCc", "DisplayTo"),
    *("HasAttachments", "Culture", "EffectiveRights", "LastModifiedName", "LastModifiedTime", "IsAssociated"),
    *("WebClientReadFormQueryString", "ConversationId", "Flag", "StoreEntryId", "InstanceKey", "IconIndex"),
)
_MESSAGE = (
    *("InternetMessageHeaders", "Sender", "ToRecipients", "IsReadReceiptRequested", "IsDeliveryReceiptRequested"),
    *("ConversationIndex", "ConversationTopic", "From", "InternetMessageId", "IsRead", "IsResponseRequested"),
    *("ReceivedBy", "ReceivedRepresenting"),
)
_MEETING_MESSAGE = (
    *("AssociatedCalendarItemId", "IsDelegated", "IsOutOfDate", "HasBeenProcessed", "ResponseType", "UID"),
    *("DateTimeStamp", "IsOrganizer", "Start", "End", "Location", "CalendarItemType", "EnhancedLocation"),
)
_MEETING = (
    *("IsAllDayEvent", "IsMeeting", "IsCancelled", "IsRecurring", "MeetingRequestWasSent", "MyResponseType"),
    *("Organizer", "RequiredAttendees", "ConflictingMeetingCount", "AdjacentMeetingCount", "Duration", "TimeZone"),
    *("AppointmentSequenceNumber", "AppointmentState", "StartTimeZone", "EndTimeZone", "AllowNewTimeProposal"),
    *("StartWallClock", "EndWallClock", "StartTimeZoneId", "EndTimeZoneId", "IntendedFreeBusyStatus"),
)
_CALENDAR_ITEM = (
    *("ReminderDueBy", "ReminderNextTime", "UID", "DateTimeStamp", "Start", "End", "LegacyFreeBusyStatus", "Location"),
    *("IsResponseRequested", "CalendarItemType", "AppointmentReplyTime", "IsOnlineMeeting", "EnhancedLocation"),
    *("IsOrganizer", "Preview"),
)

_MAIL = ("ReplyToItem", "ReplyAllToItem", "ForwardItem")
OFFERED = {
    "MeetingRequest": ("AcceptItem", "TentativelyAcceptItem", "DeclineItem", "ProposeNewTime", *_MAIL),
    "MeetingResponse": _MAIL,
    "MeetingCancellation": ("RemoveItem", *_MAIL),
    "Message": _MAIL,
}
ICONS = {
    "MeetingRequest": "AppointmentMeet",
    "MeetingResponse": "AppointmentMeetYes",
    "MeetingCancellation": "AppointmentMeetCancel",
}


@case(
    "properties.all-of-each-kind",
    scenario=SCENARIO,
    verifies=(
        "EWS-PROP-079",
        "EWS-PROP-080",
        "EWS-PROP-081",
        "EWS-PROP-082",
        "EWS-PROP-083",
        "EWS-PROP-084",
        "EWS-PROP-085",
        "EWS-PROP-086",
    ),
    pairings=EWS,
)
def test_all_properties_are_shown(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    _expect(
        scene,
        "EWS-PROP-079",
        attendee,
        request,
        (*_ITEM, *_MESSAGE, *_MEETING_MESSAGE, *_MEETING, "MeetingRequestType", "Preview"),
    )
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    own = first_listed(scene, attendee, "calendar", "CalendarItem")
    _expect(scene, "EWS-PROP-080", attendee, own, (*_ITEM, *_MEETING, *_CALENDAR_ITEM))
    response = first_listed(scene, organizer, "inbox", "MeetingResponse")
    _expect(scene, "EWS-PROP-081", organizer, response, (*_ITEM, *_MESSAGE, *_MEETING_MESSAGE))
    organizer.call(ask.cancel(present(organizer, meeting))).succeed("CancelCalendarItem")
    cancellation = first_listed(scene, attendee, "inbox", "MeetingCancellation")
    _expect(scene, "EWS-PROP-082", attendee, cancellation, (*_ITEM, *_MESSAGE, *_MEETING_MESSAGE))
    organizer.call(ask.send_note(f"Note {token(scene)}", (address(scene, "attendee0"),))).succeed("CreateItem")
    note = first_listed(scene, attendee, "inbox", "Message")
    _expect(scene, "EWS-PROP-083", attendee, note, (*_ITEM, *_MESSAGE))


def _expect(scene: Scene, requirement: str, reader: EwsClient, what: MeetingRef, names: Iterable[str]) -> None:
    item = read_item(reader, what)
    if item.local in OFFERED:
        offered = item.names("t:ResponseObjects")
        scene.expect("EWS-PROP-084", f"the response objects of a {item.local}", offered).has_members(
            OFFERED[item.local]
        )
    if item.local in ICONS:
        topic = item.text("t:ConversationTopic")
        scene.expect("EWS-PROP-085", f"the topic of a {item.local}", topic).equals(draft(scene).subject)
        scene.expect("EWS-PROP-086", f"the icon of a {item.local}", item.text("t:IconIndex")).equals(ICONS[item.local])
    missing = sorted(set(names) - set(item.names()))
    scene.expect(requirement, f"the properties that a {item.local} lacks", missing).equals([])
