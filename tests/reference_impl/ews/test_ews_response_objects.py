"""Which response objects an item offers, by role and state, and ids that name nothing."""

import pytest
from lxml import etree

ANSWERS = {"AcceptItem", "TentativelyAcceptItem", "DeclineItem"}
MAIL = {"ReplyToItem", "ReplyAllToItem", "ForwardItem"}
WEEKLY = (
    "<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Thursday</t:DaysOfWeek>"
    "</t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-06-25</t:StartDate><t:NumberOfOccurrences>3"
    "</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>"
)
TO = "<t:ToRecipients><t:Mailbox><t:EmailAddress>{}@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"


def offered(speaker, item_id, version="Exchange2016"):
    shown = speaker.at(version).get(item_id, shape="IdOnly", paths=("item:ResponseObjects",)).all("ResponseObjects")
    return {child.tag.rpartition("}")[2] for element in shown for child in element}


def only(speaker, folder, kind):
    return offered(speaker, speaker.only(folder, kind))


@pytest.mark.requirement("EWS-MTG-238")
def test_an_appointment_can_be_forwarded_and_no_more(organizer):
    (item_id,) = organizer.create(sending="SendToNone").ids("CalendarItem")
    assert offered(organizer, item_id) == {"ForwardItem"}


@pytest.mark.requirement("EWS-MTG-237")
def test_a_meeting_can_be_called_off_by_its_organizer_once_it_was_sent(organizer, meeting):
    assert offered(organizer, meeting) == {"CancelCalendarItem", "ForwardItem"}
    (unsent,) = organizer.create(attendees=("attendee0@example.com",), sending="SendToNone").ids("CalendarItem")
    assert offered(organizer, unsent) == {"ForwardItem"}
    assert only(organizer, "sentitems", "MeetingRequest") == {"ForwardItem"}


@pytest.mark.requirement("EWS-MTG-236", "EWS-MTG-148")
def test_an_invitation_can_be_answered_from_the_inbox_and_from_the_calendar(attendee, meeting):
    for folder, kind in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        item_id = attendee.only(folder, kind)
        assert offered(attendee, item_id) == ANSWERS | MAIL | {"ProposeNewTime"}
        for version in ("Exchange2013", "Exchange2010", "Exchange2007_SP1"):
            assert offered(attendee, item_id, version) == ANSWERS | MAIL


@pytest.mark.requirement("EWS-MTG-149")
def test_no_time_is_proposed_where_the_organizer_does_not_want_it(organizer, attendee):
    fixed = "<t:AllowNewTimeProposal>false</t:AllowNewTimeProposal>"
    organizer.create(attendees=("attendee0@example.com",), after=fixed)
    for folder, kind in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        assert only(attendee, folder, kind) == ANSWERS | MAIL


@pytest.mark.requirement("EWS-MTG-151")
def test_a_time_is_proposed_for_one_occurrence_and_not_for_a_series(organizer, attendee):
    organizer.create(attendees=("attendee0@example.com",), after=WEEKLY)
    assert only(attendee, "inbox", "MeetingRequest") == ANSWERS | MAIL
    master = attendee.only("calendar", "CalendarItem")
    assert offered(attendee, master) == ANSWERS | MAIL
    identity = etree.fromstring(master).get("Id")
    second = f'<t:OccurrenceItemId RecurringMasterId="{identity}" InstanceIndex="2"/>'
    assert offered(attendee, second) == ANSWERS | MAIL | {"ProposeNewTime"}


def test_what_is_out_of_date_or_called_off_can_only_be_written_about(organizer, attendee, meeting, tools):
    old = attendee.only("inbox", "MeetingRequest")
    moved = tools.set_field("calendar:End", "<t:End>2026-06-25T12:00:00Z</t:End>")
    organizer.update(meeting, moved)
    assert offered(attendee, old) == MAIL
    organizer.answer("CancelCalendarItem", organizer.only("calendar", "CalendarItem"))
    assert offered(attendee, attendee.only("calendar", "CalendarItem")) == MAIL
    assert only(attendee, "inbox", "MeetingCancellation") == MAIL | {"RemoveItem"}
    assert only(organizer, "sentitems", "MeetingCancellation") == {"ForwardItem"}


def test_an_answer_can_only_be_written_about(organizer, attendee, meeting):
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    assert only(organizer, "inbox", "MeetingResponse") == MAIL
    assert only(attendee, "sentitems", "MeetingResponse") == {"ForwardItem"}
    assert only(attendee, "calendar", "CalendarItem") == ANSWERS | MAIL | {"ProposeNewTime"}


def test_mail_offers_mail_and_a_draft_nothing(organizer, attendee):
    for disposition in ("SendAndSaveCopy", "SaveOnly"):
        organizer(
            f'<m:CreateItem MessageDisposition="{disposition}"><m:Items><t:Message>{TO.format("attendee0")}'
            "<t:IsReadReceiptRequested>true</t:IsReadReceiptRequested></t:Message></m:Items></m:CreateItem>"
        )
    assert only(attendee, "inbox", "Message") == MAIL | {"SuppressReadReceipt"}
    assert only(organizer, "sentitems", "Message") == {"ForwardItem"}
    draft = organizer.only("drafts", "Message")
    assert offered(organizer, draft) == set()
    for kind in MAIL:
        refused = organizer.answer(kind, draft, before=TO.format("attendee1"))
        assert refused.code == "ErrorInvalidReferenceItem"


def test_the_organizer_does_not_write_back_to_the_own_meeting(organizer, meeting):
    for kind in ("ReplyToItem", "ReplyAllToItem"):
        assert organizer.answer(kind, meeting).code == "ErrorInvalidReferenceItem"


@pytest.mark.requirement("EWS-MTG-153")
@pytest.mark.parametrize("kind", ["ProposeNewTime", "AddItemToMyCalendar"])
def test_what_only_tells_something_is_never_sent(attendee, meeting, kind):
    answer = attendee.answer(kind, attendee.only("inbox", "MeetingRequest"))
    assert answer.fault == "ErrorSchemaValidation"


@pytest.mark.requirement("EWS-MTG-239")
@pytest.mark.parametrize(
    ("text", "code"),
    [("", "ErrorInvalidIdEmpty"), ("AAAA", "ErrorInvalidIdMalformed"), ("not base64!", "ErrorInvalidIdMalformed")],
)
def test_ids_that_are_none_are_refused(organizer, text, code):
    assert organizer.get(f'<t:ItemId Id="{text}"/>').code == code


@pytest.mark.requirement("EWS-MTG-239")
def test_what_is_gone_is_not_found(organizer, meeting):
    organizer.delete(meeting, kind="HardDelete")
    assert organizer.get(meeting).code == "ErrorItemNotFound"


@pytest.mark.requirement("EWS-MTG-077")
def test_the_folder_asked_for_holds_the_calendar_item_and_not_the_request(organizer, attendee, tools):
    made = organizer(
        '<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderId><m:Folders>'
        "<t:CalendarFolder><t:DisplayName>Team</t:DisplayName></t:CalendarFolder></m:Folders></m:CreateFolder>"
    )
    folder_id = etree.tostring(made.one("FolderId"), with_tail=False).decode()
    folder = f"<m:SavedItemFolderId>{folder_id}</m:SavedItemFolderId>"
    answer = organizer(tools.create_request(attendees=("attendee0@example.com",), folder=folder))
    parent = organizer.get(answer.ids("CalendarItem")[0]).one("ParentFolderId")
    assert parent.get("Id") == made.one("FolderId").get("Id")
    assert organizer.only("sentitems", "MeetingRequest")
    assert attendee.only("inbox", "MeetingRequest")
