"""UpdateItem, DeleteItem and MoveItem."""

import base64

import pytest

from reference_impl.ews import ids
from reference_impl.ews.namespaces import t
from reference_impl.service.settings import Settings


def rename(tools, text="Renamed"):
    return tools.set_field("item:Subject", f"<t:Subject>{text}</t:Subject>")


def one_id(answer, kind="CalendarItem"):
    assert answer.code == "NoError", answer.body.decode()
    (item_id,) = answer.ids(kind)
    return item_id


def addresses(shown, name):
    return [element.findtext(t("EmailAddress")) for found in shown.all(name) for element in found.iter(t("Mailbox"))]


def test_the_answer_has_the_same_id_a_new_key_and_a_count(organizer, meeting, tools):
    answer = organizer.update(meeting, rename(tools))
    changed = answer.one("ItemId")
    assert f'Id="{changed.get("Id")}"' in meeting
    assert changed.get("ChangeKey") not in meeting
    assert answer.text("Count") == "0"
    assert organizer.get(one_id(answer)).text("Subject") == "Renamed"


@pytest.mark.parametrize(
    ("sending", "told", "copies"),
    [
        ("SendToNone", 0, 0),
        ("SendOnlyToAll", 1, 0),
        ("SendOnlyToChanged", 0, 0),
        ("SendToAllAndSaveCopy", 1, 1),
        ("SendToChangedAndSaveCopy", 0, 0),
    ],
)
def test_updates_go_out_and_are_kept_as_asked(organizer, attendee, meeting, tools, sending, told, copies):
    assert organizer.update(meeting, rename(tools), sending=sending).code == "NoError"
    assert len(attendee.find("inbox").all("MeetingRequest")) == 1 + told
    assert len(organizer.find("sentitems").all("MeetingRequest")) == 1 + copies
    copy = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert copy.text("Subject") == ("Renamed" if told else "Budget")


def test_the_sending_attribute_is_required_for_calendar_items(organizer, meeting, tools, everything):
    before = everything()
    answer = organizer.update(meeting, rename(tools), sending=None)
    assert answer.code == "ErrorSendMeetingInvitationsOrCancellationsRequired"
    assert everything() == before


def test_conflict_resolution_is_required_by_the_schema(organizer, meeting, tools):
    request = (
        f'<m:UpdateItem SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>{meeting}'
        f"<t:Updates>{rename(tools)}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )
    assert organizer(request).fault == "ErrorSchemaValidation"


def test_attendees_come_and_go_and_each_is_told(organizer, attendee, other, meeting, world, tools):
    newcomer = tools.speaker(world, "attendee3@example.com")
    changes = tools.set_field(
        "calendar:RequiredAttendees", tools.attendee_list("RequiredAttendees", ["attendee0@example.com"])
    ) + tools.set_field(
        "calendar:OptionalAttendees",
        tools.attendee_list("OptionalAttendees", ["attendee3@example.com"]),
        verb="AppendToItemField",
    )
    assert organizer.update(meeting, changes, sending="SendOnlyToChanged").code == "NoError"
    shown = organizer.get(meeting)
    assert addresses(shown, "RequiredAttendees") == ["attendee0@example.com"]
    assert addresses(shown, "OptionalAttendees") == ["attendee3@example.com"]
    assert len(attendee.find("inbox").all("MeetingRequest")) == 1
    removed = other.get(other.only("inbox", "MeetingCancellation"))
    assert removed.text("Subject") == "Canceled: Budget"
    arrived = newcomer.get(newcomer.only("inbox", "MeetingRequest"))
    assert arrived.text("MeetingRequestType") == "NewMeetingRequest"


def test_appending_keeps_who_is_there(organizer, meeting, tools):
    changes = tools.set_field(
        "calendar:RequiredAttendees",
        tools.attendee_list("RequiredAttendees", ["attendee4@example.com", "ATTENDEE0@example.com"]),
        verb="AppendToItemField",
    )
    organizer.update(meeting, changes)
    assert set(addresses(organizer.get(meeting), "RequiredAttendees")) == {
        f"attendee{number}@example.com" for number in (0, 1, 4)
    }


def test_answers_are_kept_by_a_small_change_and_asked_again_after_a_new_time(organizer, attendee, meeting, tools):
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    organizer.update(meeting, tools.set_field("calendar:Location", "<t:Location>Hall</t:Location>"))
    assert "Accept" in organizer.get(meeting).texts("ResponseType")
    update = attendee.get(attendee.only("inbox", "MeetingRequest"))
    assert update.text("MeetingRequestType") == "InformationalUpdate"
    highlights = update.one("ChangeHighlights")
    assert highlights.findtext(t("HasLocationChanged")) == "true"
    assert highlights.findtext(t("HasStartTimeChanged")) == "false"
    later = tools.set_field("calendar:Start", "<t:Start>2026-06-25T10:30:00Z</t:Start>")
    organizer.update(meeting, later)
    shown = organizer.get(meeting)
    assert "Accept" not in shown.texts("ResponseType")
    assert not shown.all("LastResponseTime")
    assert shown.text("AppointmentSequenceNumber") == "2"
    newest = [attendee.get(item_id) for item_id in attendee.find("inbox").ids("MeetingRequest")][-1]
    assert newest.text("MeetingRequestType") == "FullUpdate"
    assert newest.one("ChangeHighlights").findtext(t("Start")) == "2026-06-25T10:00:00Z"
    copy = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert copy.text("MyResponseType") == "NoResponseReceived"


def test_a_meeting_saved_first_is_sent_by_an_update(organizer, attendee, tools):
    item_id = one_id(organizer.create(attendees=("attendee0@example.com",), sending="SendToNone"))
    organizer.update(item_id, rename(tools), sending="SendOnlyToAll")
    shown = attendee.get(attendee.only("inbox", "MeetingRequest"))
    assert (shown.text("MeetingRequestType"), shown.text("Subject")) == ("NewMeetingRequest", "Renamed")


def test_stale_keys_meet_the_asked_resolution(organizer, meeting, tools, everything):
    organizer.update(meeting, rename(tools, "Second"))
    before = everything()
    refused = organizer.update(meeting, rename(tools, "Third"), resolution="NeverOverwrite")
    assert refused.code == "ErrorIrresolvableConflict"
    assert everything() == before
    assert organizer.update(meeting, rename(tools, "Third"), resolution="AlwaysOverwrite").code == "NoError"
    other_field = tools.set_field("calendar:Location", "<t:Location>Hall</t:Location>")
    assert organizer.update(meeting, other_field, resolution="AutoResolve").text("Count") == "0"
    assert organizer.update(meeting, rename(tools, "Fourth"), resolution="AutoResolve").text("Count") == "1"


def without_key(item_id):
    return item_id[: item_id.index(" ChangeKey")] + "/>"


def test_a_change_key_is_required_and_must_be_readable(organizer, meeting, tools):
    assert organizer.update(without_key(meeting), rename(tools)).code == "ErrorChangeKeyRequiredForWriteOperations"
    for key in ("AAGUomp", "####", base64.b64encode(bytes(12)).decode()):
        broken = without_key(meeting).replace("/>", f' ChangeKey="{key}"/>')
        assert organizer.update(broken, rename(tools)).code == "ErrorInvalidChangeKey"


class TestLenientKeys:
    """The switch for servers that take writes without a key."""

    @pytest.fixture
    def settings(self):
        return Settings(change_key_required=False)

    def test_a_change_key_may_be_absent(self, organizer, meeting, tools):
        assert organizer.update(without_key(meeting), rename(tools)).code == "NoError"


BAD_CHANGES = {
    "another property than the path": (
        lambda tools: tools.set_field("item:Subject", "<t:Location>x</t:Location>"),
        "ErrorUpdatePropertyMismatch",
    ),
    "an item of another kind": (
        lambda tools: tools.set_field("item:Subject", "<t:Subject>x</t:Subject>", kind="Message"),
        "ErrorUpdatePropertyMismatch",
    ),
    "two properties": (
        lambda tools: tools.set_field("item:Subject", "<t:Subject>x</t:Subject><t:Importance>Low</t:Importance>"),
        "ErrorIncorrectUpdatePropertyCount",
    ),
    "no property": (lambda tools: tools.set_field("item:Subject", ""), "ErrorIncorrectUpdatePropertyCount"),
    "appending to a subject": (
        lambda tools: tools.set_field("item:Subject", "<t:Subject>x</t:Subject>", verb="AppendToItemField"),
        "ErrorInvalidPropertyAppend",
    ),
    "appending another type of body": (
        lambda tools: tools.set_field("item:Body", '<t:Body BodyType="HTML">x</t:Body>', verb="AppendToItemField"),
        "ErrorInvalidPropertyAppend",
    ),
    "deleting the id": (lambda tools: tools.delete_field("item:ItemId"), "ErrorInvalidPropertyDelete"),
    "deleting the start": (lambda tools: tools.delete_field("calendar:Start"), "ErrorInvalidPropertyDelete"),
    "setting a calculated property": (
        lambda tools: tools.set_field("calendar:IsRecurring", "<t:IsRecurring>true</t:IsRecurring>"),
        "ErrorInvalidPropertySet",
    ),
    "a property of messages": (
        lambda tools: tools.set_field("message:IsRead", "<t:IsRead>true</t:IsRead>", kind="Message"),
        "ErrorInvalidPropertyRequest",
    ),
    "a start after the end": (
        lambda tools: tools.set_field("calendar:Start", "<t:Start>2026-06-25T12:00:00Z</t:Start>"),
        "ErrorCalendarEndDateIsEarlierThanStartDate",
    ),
    "six years": (
        lambda tools: tools.set_field("calendar:End", "<t:End>2032-06-25T12:00:00Z</t:End>"),
        "ErrorCalendarDurationIsTooLong",
    ),
    "a zone nobody knows": (
        lambda tools: tools.set_field("calendar:StartTimeZone", '<t:StartTimeZone Id="Mars"/>'),
        "ErrorCalendarInvalidTimeZone",
    ),
    "an address that is none": (
        lambda tools: tools.set_field(
            "calendar:RequiredAttendees", tools.attendee_list("RequiredAttendees", ["no address"])
        ),
        "ErrorInvalidRecipients",
    ),
    "a message header": (
        lambda _tools: (
            '<t:SetItemField><t:IndexedFieldURI FieldURI="item:InternetMessageHeader" FieldIndex="X"/>'
            "<t:CalendarItem/></t:SetItemField>"
        ),
        "ErrorInvalidPropertySet",
    ),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_a_change_that_cannot_be_is_refused_and_leaves_all_as_it_was(organizer, tools, everything, name):
    body = '<t:Body BodyType="Text">Text</t:Body>'
    item_id = one_id(organizer.create(attendees=("attendee0@example.com",), before=body))
    make, code = BAD_CHANGES[name]
    before = everything()
    answer = organizer.update(item_id, rename(tools, "First") + make(tools))
    assert answer.code == code
    assert everything() == before


def test_property_errors_name_the_property(organizer, meeting, tools):
    answer = organizer.update(meeting, tools.delete_field("calendar:Start"))
    assert answer.one("FieldURI").get("FieldURI") == "calendar:Start"


def test_the_base_item_may_carry_a_property_of_items(organizer, meeting, tools):
    change = tools.set_field("item:Subject", "<t:Subject>Plain</t:Subject>", kind="Item")
    assert organizer.update(meeting, change).code == "NoError"
    assert organizer.get(meeting).text("Subject") == "Plain"


def test_changes_apply_in_the_given_order(organizer, meeting, tools):
    changes = rename(tools, "First") + tools.delete_field("item:Subject") + rename(tools, "Last")
    organizer.update(meeting, changes)
    assert organizer.get(meeting).text("Subject") == "Last"


def test_a_body_is_appended_and_a_location_deleted(organizer, tools):
    item_id = one_id(
        organizer.create(
            sending="SendToNone", before='<t:Body BodyType="Text">One</t:Body>', inner="<t:Location>Hall</t:Location>"
        )
    )
    more = tools.set_field("item:Body", '<t:Body BodyType="Text"> and two</t:Body>', verb="AppendToItemField")
    organizer.update(item_id, more + tools.delete_field("calendar:Location"))
    shown = organizer.get(item_id)
    assert shown.text("Body") == "One and two"
    assert not shown.all("Location")


def test_attendee_lists_are_deleted_role_by_role(organizer, tools):
    request = tools.create_request(attendees=("attendee0@example.com",), resources=("room0@example.com",))
    item_id = one_id(organizer(request))
    organizer.update(item_id, tools.delete_field("calendar:Resources"))
    shown = organizer.get(item_id)
    assert not shown.all("Resources")
    assert addresses(shown, "RequiredAttendees") == ["attendee0@example.com"]


def test_an_all_day_change_widens_the_times(organizer, meeting, tools):
    organizer.update(meeting, tools.set_field("calendar:IsAllDayEvent", "<t:IsAllDayEvent>true</t:IsAllDayEvent>"))
    shown = organizer.get(meeting)
    assert (shown.text("Start"), shown.text("End")) == ("2026-06-25T00:00:00Z", "2026-06-26T00:00:00Z")


def test_attendees_may_not_allow_what_the_organizer_did_not(organizer, attendee, meeting, tools):
    copy_id = attendee.only("calendar", "CalendarItem")
    allow = tools.set_field("calendar:AllowNewTimeProposal", "<t:AllowNewTimeProposal>false</t:AllowNewTimeProposal>")
    assert attendee.update(copy_id, allow, sending="SendToNone").code == "ErrorInvalidPropertySet"
    assert organizer.update(meeting, allow, sending="SendToNone").code == "NoError"


def test_an_attendees_own_marks_stay_local(organizer, attendee, meeting, tools):
    copy_id = attendee.only("calendar", "CalendarItem")
    marks = tools.set_field("item:Categories", "<t:Categories><t:String>Mine</t:String></t:Categories>")
    assert attendee.update(copy_id, marks, sending="SendToNone").code == "NoError"
    assert not organizer.get(meeting).all("Categories")


def test_a_message_needs_a_disposition_to_be_changed(attendee, meeting, tools):
    request_id = attendee.only("inbox", "MeetingRequest")
    read = tools.set_field("message:IsRead", "<t:IsRead>true</t:IsRead>", kind="MeetingRequest")
    assert attendee.update(request_id, read, sending=None).code == "ErrorMessageDispositionRequired"
    save = ' MessageDisposition="SaveOnly"'
    assert attendee.update(request_id, read, sending=None, rest=save).code == "NoError"
    assert attendee.get(request_id).text("IsRead") == "true"
    inbox = "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>"
    counted = attendee(inbox + '<t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>')
    assert counted.text("UnreadCount") == "0"


def test_a_sent_meeting_request_cannot_be_rewritten(organizer, attendee, meeting, tools):
    save = ' MessageDisposition="SaveOnly"'
    change = tools.set_field("item:Subject", "<t:Subject>x</t:Subject>", kind="MeetingRequest")
    for speaker, folder in ((organizer, "sentitems"), (attendee, "inbox")):
        answer = speaker.update(speaker.only(folder, "MeetingRequest"), change, sending=None, rest=save)
        assert answer.code == "ErrorSentMeetingRequestUpdate"


def test_updates_of_deleted_items_cannot_be_sent(organizer, meeting, tools):
    organizer.delete(meeting)
    deleted = organizer.only("deleteditems", "CalendarItem")
    assert organizer.update(deleted, rename(tools)).code == "ErrorCalendarCannotUpdateDeletedItem"
    assert organizer.update(deleted, rename(tools), sending="SendToNone").code == "NoError"


@pytest.mark.parametrize(
    ("sending", "told", "copies"), [("SendToNone", 0, 0), ("SendOnlyToAll", 1, 0), ("SendToAllAndSaveCopy", 1, 1)]
)
@pytest.mark.parametrize("kind", ["HardDelete", "SoftDelete", "MoveToDeletedItems"])
def test_deleting_a_meeting_calls_it_off_as_asked(organizer, attendee, meeting, kind, sending, told, copies):
    assert organizer.delete(meeting, kind=kind, sending=sending).code == "NoError"
    assert len(attendee.find("inbox").all("MeetingCancellation")) == told
    assert len(organizer.find("sentitems").all("MeetingCancellation")) == copies
    assert organizer.find("calendar").all("CalendarItem") == []
    kept = organizer.find("deleteditems").ids("CalendarItem")
    assert len(kept) == (kind == "MoveToDeletedItems")
    assert meeting not in kept
    assert organizer.delete(meeting).code == "ErrorItemNotFound"


def test_deleting_a_calendar_item_needs_to_be_told_whom_to_tell(organizer, meeting, everything):
    before = everything()
    assert organizer.delete(meeting, sending=None).code == "ErrorSendMeetingCancellationsRequired"
    assert everything() == before


def test_an_attendees_deletion_tells_nobody(organizer, attendee, meeting):
    copy_id = attendee.only("calendar", "CalendarItem")
    assert attendee.delete(copy_id, sending="SendToAllAndSaveCopy").code == "NoError"
    assert organizer.find("inbox").all("MeetingResponse") == []


def test_one_bad_id_leaves_the_other_deletions_alone(organizer, meeting):
    answer = organizer.delete(f'<t:ItemId Id="AAAA"/>{meeting}<t:ItemId Id=""/>')
    assert answer.codes == ["ErrorInvalidIdMalformed", "NoError", "ErrorInvalidIdEmpty"]


def move(speaker, item_id, folder, rest=""):
    return speaker(
        f'<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="{folder}"/></m:ToFolderId>'
        f"<m:ItemIds>{item_id}</m:ItemIds>{rest}</m:MoveItem>"
    )


def test_a_moved_item_has_a_new_id(attendee, meeting):
    request_id = attendee.only("inbox", "MeetingRequest")
    answer = move(attendee, request_id, "drafts")
    assert answer.ids("MeetingRequest") == attendee.find("drafts").ids("MeetingRequest")
    assert attendee.get(request_id).code == "ErrorItemNotFound"
    back = move(attendee, answer.ids("MeetingRequest")[0], "inbox", "<m:ReturnNewItemIds>false</m:ReturnNewItemIds>")
    assert (back.code, back.all("MeetingRequest")) == ("NoError", [])


def test_a_move_to_nowhere_is_refused(attendee, meeting, everything):
    before = everything()
    assert move(attendee, attendee.only("inbox", "MeetingRequest"), "voicemail").code == "ErrorFolderNotFound"
    assert everything() == before


def test_another_mailboxes_items_are_not_found(attendee, meeting, tools):
    assert attendee.get(meeting).code == "ErrorItemNotFound"
    assert attendee.delete(meeting).code == "ErrorItemNotFound"
    assert attendee.update(meeting, rename(tools)).code == "ErrorItemNotFound"


def test_a_folders_id_is_no_items_id(organizer, meeting):
    folder = organizer.get(meeting).one("ParentFolderId").get("Id")
    assert organizer.get(f'<t:ItemId Id="{folder}"/>').code == "ErrorCannotUseFolderIdForItemId"


def test_an_endless_id_is_too_long(organizer):
    endless = base64.b64encode(bytes(ids.ID_LIMIT)).decode()
    assert organizer.get(f'<t:ItemId Id="{endless}"/>').code == "ErrorInvalidIdMonikerTooLong"
