"""What the shapes show of each kind of item: every property of the shape that the item always has a value of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Node, m, t
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
_ALWAYS = {
    "MeetingRequest": (*_ITEM, *_MESSAGE, *_MEETING_MESSAGE, *_MEETING, "MeetingRequestType", "Preview"),
    "CalendarItem": (*_ITEM, *_MEETING, *_CALENDAR_ITEM),
    "MeetingResponse": (*_ITEM, *_MESSAGE, *_MEETING_MESSAGE),
    "MeetingCancellation": (*_ITEM, *_MESSAGE, *_MEETING_MESSAGE, "Preview"),
    "Message": (*_ITEM, *_MESSAGE),
    "MeetingMessage": (
        *(*_ITEM, *_MESSAGE, "Preview", "AssociatedCalendarItemId", "IsDelegated", "IsOutOfDate", "HasBeenProcessed"),
        *("ResponseType", "UID", "DateTimeStamp", "IsOrganizer"),
    ),
}
# What no store keeps in a row of its folders, or what is worked out for a single item alone.
_NOT_IN_ROWS = frozenset(
    {
        *("Body", "ResponseObjects", "EnhancedLocation", "InternetMessageHeaders", "WebClientReadFormQueryString"),
        *("ToRecipients", "RequiredAttendees", "ConflictingMeetingCount", "AdjacentMeetingCount"),
    }
)
_DEFAULT_MESSAGE = (
    *("ItemId", "Subject", "Sensitivity", "Body", "Size", "DateTimeSent", "DateTimeCreated", "ResponseObjects"),
    *("HasAttachments", "IsAssociated", "ToRecipients", "From", "IsReadReceiptRequested"),
    *("IsDeliveryReceiptRequested", "IsRead"),
)
_DEFAULT_MEETING_MESSAGE = (
    *_DEFAULT_MESSAGE,
    *("AssociatedCalendarItemId", "IsDelegated", "IsOutOfDate", "HasBeenProcessed", "ResponseType"),
)
_DEFAULT = {
    "MeetingRequest": (
        *_DEFAULT_MEETING_MESSAGE,
        *("MeetingRequestType", "IntendedFreeBusyStatus", "Start", "End", "Location", "Organizer"),
        *("RequiredAttendees", "AdjacentMeetingCount", "ConflictingMeetingCount"),
    ),
    "CalendarItem": (
        *("ItemId", "Subject", "HasAttachments", "ResponseObjects", "IsAssociated", "Start", "End"),
        *("LegacyFreeBusyStatus", "Location", "CalendarItemType", "Organizer"),
    ),
    "MeetingResponse": _DEFAULT_MEETING_MESSAGE,
    "MeetingCancellation": _DEFAULT_MEETING_MESSAGE,
    "Message": _DEFAULT_MESSAGE,
    "MeetingMessage": _DEFAULT_MEETING_MESSAGE,
}

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
    for reader, _, what in _each_kind(scene):
        item = read_item(reader, what)
        _expect(scene, _REQUIREMENTS[item.local], item, _ALWAYS[item.local])


_REQUIREMENTS = {
    "MeetingRequest": "EWS-PROP-079",
    "CalendarItem": "EWS-PROP-080",
    "MeetingResponse": "EWS-PROP-081",
    "MeetingCancellation": "EWS-PROP-082",
    "Message": "EWS-PROP-083",
}


def _each_kind(scene: Scene) -> Iterator[tuple[EwsClient, str, MeetingRef]]:
    """An item of each kind, as soon as there is one: who reads it, in which folder, and its id."""
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    yield attendee, "inbox", request
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    yield attendee, "calendar", first_listed(scene, attendee, "calendar", "CalendarItem")
    yield organizer, "inbox", first_listed(scene, organizer, "inbox", "MeetingResponse")
    organizer.call(ask.cancel(present(organizer, meeting))).succeed("CancelCalendarItem")
    yield attendee, "inbox", first_listed(scene, attendee, "inbox", "MeetingCancellation")
    organizer.call(ask.send_note(f"Note {token(scene)}", (address(scene, "attendee0"),))).succeed("CreateItem")
    yield attendee, "inbox", first_listed(scene, attendee, "inbox", "Message")


def _expect(scene: Scene, requirement: str, item: Node, names: Iterable[str]) -> None:
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


@case(
    "properties.shapes-of-each-kind",
    scenario=SCENARIO,
    verifies=("EWS-PROP-087", "EWS-PROP-088"),
    pairings=EWS,
)
def test_the_default_shape_and_find_item_show_what_each_kind_has(scene: Scene) -> None:
    for reader, folder, what in _each_kind(scene):
        _expect_shapes(scene, "EWS-PROP-087", "EWS-PROP-088", reader, folder, what)


def _expect_shapes(scene: Scene, short: str, wide: str, reader: EwsClient, folder: str, what: MeetingRef) -> None:
    """An item in the shape Default, and in the list of its folder, for a requirement each."""
    item = read_item(reader, what, base="Default")
    missing = sorted(set(_DEFAULT[item.local]) - set(item.names()))
    scene.expect(short, f"what the Default shape of a {item.local} lacks", missing).equals([])
    subject = t("FieldURI", FieldURI="item:Subject")
    modes = {"ContainmentMode": "Substring", "ContainmentComparison": "IgnoreCase"}
    ours = m("Restriction", t("Contains", subject, t("Constant", Value=token(scene)), **modes))
    listed = reader.call(ask.find_item(folder, base="AllProperties", fields=(), restriction=ours))
    items = listed.messages[0].node.all("m:RootFolder/t:Items/*") if listed.messages else ()
    entry = next((one for one in items if one.text("t:ItemId/@Id") == what.id), None)
    missing = sorted(set(_ALWAYS[item.local]) - _NOT_IN_ROWS - set(entry.names() if entry else ()))
    scene.expect(wide, f"what a {item.local} in a list lacks", missing).equals([])


@case(
    "properties.forward-notification",
    scenario=SCENARIO,
    verifies=("EWS-PROP-086", "EWS-PROP-093", "EWS-PROP-094", "EWS-PROP-095"),
    pairings=EWS,
)
def test_the_notification_of_a_forward_shows_what_it_has(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    invited(scene)
    own = first_listed(scene, attendee, "calendar", "CalendarItem")
    attendee.call(ask.forward(own, (address(scene, "attendee1"),))).succeed("ForwardItem")
    notice = first_listed(scene, organizer, "inbox", "MeetingMessage", requirement="EWS-PROP-093")
    item = read_item(organizer, notice)
    scene.expect("EWS-PROP-086", "the icon of the notification", item.text("t:IconIndex")).equals("AppointmentMeetInfo")
    missing = sorted(set(_ALWAYS[item.local]) - set(item.names()))
    scene.expect("EWS-PROP-093", "the properties that the notification lacks", missing).equals([])
    _expect_shapes(scene, "EWS-PROP-094", "EWS-PROP-095", organizer, "inbox", notice)
