"""SendItem, CopyItem, drafts sent by UpdateItem, and what replies and forwards carry."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import m

TO = "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"
FILE = "<t:FileAttachment><t:Name>agenda.txt</t:Name><t:Content>Zmlyc3Q=</t:Content></t:FileAttachment>"
HEADERS = (
    '<t:InternetMessageHeaders><t:InternetMessageHeader HeaderName="X-A">a</t:InternetMessageHeader>'
    "</t:InternetMessageHeaders>"
)
NOTES = '<m:SavedItemFolderId><t:DistinguishedFolderId Id="notes"/></m:SavedItemFolderId>'


def draft(speaker, inner=TO, subject="News"):
    answer = speaker(
        f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>{subject}</t:Subject>{inner}'
        "</t:Message></m:Items></m:CreateItem>"
    )
    (item_id,) = answer.ids("Message")
    return item_id


def send_item(speaker, item_id, *, saves="true", folder=""):
    return speaker(f'<m:SendItem SaveItemToFolder="{saves}"><m:ItemIds>{item_id}</m:ItemIds>{folder}</m:SendItem>')


def subjects(speaker, folder):
    return speaker.find(folder, shape="IdOnly", paths=("item:Subject",)).texts("Subject")


def test_a_sent_draft_leaves_its_folder_and_is_kept_in_sent_items(organizer, attendee):
    item_id = draft(organizer, f"<t:Attachments>{FILE}</t:Attachments>{TO}")
    assert send_item(organizer, item_id).code == "NoError"
    assert (subjects(organizer, "drafts"), subjects(organizer, "sentitems")) == ([], ["News"])
    assert subjects(attendee, "inbox") == ["News"]
    received = attendee.get(attendee.only("inbox", "Message"))
    assert (received.text("IsDraft"), received.text("IsRead"), received.texts("Name")[0]) == (
        "false",
        "false",
        "agenda.txt",
    )
    assert organizer.get(item_id).code == "ErrorItemNotFound"
    assert send_item(organizer, item_id).code == "ErrorItemNotFound"


@pytest.mark.parametrize(
    ("saves", "folder", "kept"), [("true", NOTES, "notes"), ("1", "", "sentitems"), ("false", "", None)]
)
def test_the_copy_goes_where_the_request_says(organizer, attendee, saves, folder, kept):
    assert send_item(organizer, draft(organizer), saves=saves, folder=folder).code == "NoError"
    for name in ("sentitems", "notes", "drafts"):
        assert subjects(organizer, name) == (["News"] if name == kept else [])
    assert subjects(attendee, "inbox") == ["News"]


def test_a_folder_for_a_copy_that_is_not_wanted_is_refused(organizer, everything):
    item_id = draft(organizer)
    before = everything()
    answer = send_item(organizer, item_id, saves="false", folder=NOTES)
    assert answer.code == "ErrorInvalidSendItemSaveSettings"
    nowhere = NOTES.replace("notes", "voicemail")
    assert send_item(organizer, item_id, folder=nowhere).code == "ErrorFolderNotFound"
    assert everything() == before


def test_a_draft_for_nobody_is_not_sent(organizer, everything):
    item_id = draft(organizer, "")
    before = everything()
    assert send_item(organizer, item_id).code == "ErrorMissingRecipients"
    assert everything() == before


def test_only_what_the_client_has_seen_is_sent(organizer, attendee, tools):
    item_id = draft(organizer)
    changed = tools.set_field("item:Subject", "<t:Subject>Newer</t:Subject>", "Message")
    organizer.update(item_id, changed, sending=None, rest=' MessageDisposition="SaveOnly"')
    assert send_item(organizer, item_id).code == "ErrorStaleObject"
    identity = etree.fromstring(item_id)
    without = f'<t:ItemId Id="{identity.get("Id")}"/>'
    assert send_item(organizer, without).code == "ErrorChangeKeyRequiredForWriteOperations"
    assert subjects(attendee, "inbox") == []


@pytest.mark.requirement("EWS-MTG-255")
def test_calendar_items_and_sent_messages_cannot_be_sent(organizer, attendee, meeting):
    assert send_item(organizer, meeting).code == "ErrorInvalidItemForOperationSendItem"
    send_item(organizer, draft(organizer))
    for speaker, folder in ((organizer, "sentitems"), (attendee, "inbox")):
        found = speaker.find(folder)
        for item_id in found.ids("Message") + found.ids("MeetingRequest"):
            assert send_item(speaker, item_id).code == "ErrorInvalidItemForOperationSendItem"


def update(speaker, item_id, changes, disposition, *, folder="", resolution="AutoResolve"):
    return speaker(
        f'<m:UpdateItem ConflictResolution="{resolution}" MessageDisposition="{disposition}">{folder}<m:ItemChanges>'
        f"<t:ItemChange>{item_id}<t:Updates>{changes}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )


@pytest.mark.parametrize(
    ("disposition", "folder", "kept"),
    [("SendOnly", "", None), ("SendAndSaveCopy", "", "sentitems"), ("SendAndSaveCopy", NOTES, "notes")],
)
def test_an_update_can_send_the_draft(organizer, attendee, tools, disposition, folder, kept):
    item_id = draft(organizer)
    changed = tools.set_field("item:Subject", "<t:Subject>Newer</t:Subject>", "Message")
    answer = update(organizer, item_id, changed, disposition, folder=folder)
    assert answer.code == "NoError"
    assert len(answer.ids("Message")) == (kept is not None)
    for name in ("sentitems", "notes", "drafts"):
        assert subjects(organizer, name) == (["Newer"] if name == kept else [])
    assert subjects(attendee, "inbox") == ["Newer"]


def test_an_update_that_cannot_send_changes_nothing(organizer, attendee, tools, everything):
    nobody, stale = draft(organizer, ""), draft(organizer)
    changed = tools.set_field("item:Subject", "<t:Subject>Newer</t:Subject>", "Message")
    update(organizer, stale, changed, "SaveOnly")
    before = everything()
    assert update(organizer, nobody, changed, "SendOnly").code == "ErrorInvalidRecipients"
    assert update(organizer, stale, changed, "SendOnly").code == "ErrorIrresolvableConflict"
    assert everything() == before
    assert update(organizer, stale, changed, "SendOnly", resolution="AlwaysOverwrite").code == "NoError"
    received = attendee.only("inbox", "Message")
    assert update(attendee, received, changed, "SendOnly").code == "ErrorInvalidOperation"


def test_a_drafted_answer_counts_when_it_is_sent(organizer, attendee, meeting):
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"), disposition="SaveOnly")
    drafted = attendee.only("drafts", "MeetingResponse")
    assert not organizer.find("inbox").all("MeetingResponse")
    assert send_item(attendee, drafted).code == "NoError"
    assert organizer.only("inbox", "MeetingResponse")
    assert "Accept" in organizer.get(meeting).texts("ResponseType")
    assert subjects(attendee, "sentitems") == ["Accepted: Budget"]


def test_a_drafted_answer_lies_in_the_folder_asked_for(attendee, meeting):
    reference = attendee.only("inbox", "MeetingRequest").replace("t:ItemId", "t:ReferenceItemId")
    attendee(
        f'<m:CreateItem MessageDisposition="SaveOnly">{NOTES}<m:Items><t:DeclineItem>{reference}</t:DeclineItem>'
        "</m:Items></m:CreateItem>"
    )
    assert subjects(attendee, "notes") == ["Declined: Budget"]


def test_a_drafted_forward_invites_and_is_told_when_it_is_sent(organizer, attendee, other, meeting):
    third = (
        "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee4@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    )
    attendee.answer("ForwardItem", attendee.only("inbox", "MeetingRequest"), disposition="SaveOnly", before=third)
    drafted = attendee.only("drafts", "MeetingRequest")
    assert not organizer.find("inbox").all("MeetingMessage")
    assert send_item(attendee, drafted).code == "NoError"
    newcomer = type(attendee)(attendee.world, "attendee4@example.com")
    assert newcomer.only("inbox", "MeetingRequest")
    assert newcomer.only("calendar", "CalendarItem")
    assert organizer.only("inbox", "MeetingMessage")


def test_a_drafted_cancellation_reaches_attendees_when_it_is_sent(organizer, attendee, meeting):
    organizer.answer("CancelCalendarItem", meeting, disposition="SaveOnly")
    assert not attendee.find("inbox").all("MeetingCancellation")
    send_item(organizer, organizer.only("drafts", "MeetingCancellation"))
    assert attendee.only("inbox", "MeetingCancellation")
    assert attendee.get(attendee.only("calendar", "CalendarItem")).text("IsCancelled") == "true"


def copy_item(speaker, item_id, folder="notes", rest=""):
    return speaker(
        f'<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="{folder}"/></m:ToFolderId><m:ItemIds>{item_id}'
        f"</m:ItemIds>{rest}</m:CopyItem>"
    )


def test_a_copy_has_an_id_of_its_own_and_is_like_what_it_was_made_of(organizer):
    item_id = draft(organizer, f"<t:Attachments>{FILE}</t:Attachments>{TO}")
    (copy_id,) = copy_item(organizer, item_id).ids("Message")
    assert copy_id != item_id
    original, copy = organizer.get(item_id), organizer.get(copy_id)
    for name in ("Subject", "DisplayTo", "HasAttachments", "IsDraft", "Name"):
        assert original.texts(name) == copy.texts(name)
    organizer.delete(item_id, kind="HardDelete", sending=None)
    (attachment,) = organizer.get(copy_id).all("AttachmentId")
    wanted = f'<t:AttachmentId Id="{attachment.get("Id")}"/>'
    got = organizer(f"<m:GetAttachment><m:AttachmentIds>{wanted}</m:AttachmentIds></m:GetAttachment>")
    assert got.text("Content") == "Zmlyc3Q="


def test_the_ids_of_copies_can_be_left_out(organizer):
    answer = copy_item(organizer, draft(organizer), rest="<m:ReturnNewItemIds>false</m:ReturnNewItemIds>")
    assert (answer.code, len(answer.root.find(f".//{m('Items')}"))) == ("NoError", 0)
    assert subjects(organizer, "notes") == ["News"]


@pytest.mark.requirement("EWS-MTG-254")
def test_occurrences_are_not_copied_and_masters_are(organizer):
    daily = (
        "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence>"
        "<t:StartDate>2026-06-25</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences></t:NumberedRecurrence>"
        "</t:Recurrence>"
    )
    (master,) = organizer.create(sending="SendToNone", after=daily).ids("CalendarItem")
    identity = etree.fromstring(master).get("Id")
    second = f'<t:OccurrenceItemId RecurringMasterId="{identity}" InstanceIndex="2"/>'
    assert copy_item(organizer, second).code == "ErrorCalendarCannotMoveOrCopyOccurrence"
    (copy_id,) = copy_item(organizer, master).ids("CalendarItem")
    assert organizer.get(copy_id).text("CalendarItemType") == "RecurringMaster"


def test_answers_are_noted_on_the_meeting_and_not_on_a_copy_of_it(organizer, attendee, meeting):
    (copy_id,) = copy_item(organizer, meeting).ids("CalendarItem")
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    assert "Accept" in organizer.get(meeting).texts("ResponseType")
    assert "Accept" not in organizer.get(copy_id).texts("ResponseType")


def test_copies_go_to_folders_that_there_are(organizer, everything):
    item_id = draft(organizer)
    before = everything()
    assert copy_item(organizer, item_id, "voicemail").code == "ErrorFolderNotFound"
    assert everything() == before


def forward(speaker, item_id, inner=TO):
    return speaker.answer("ForwardItem", item_id, before=inner)


def test_a_forwarded_message_brings_its_attachments_and_a_reply_does_not(organizer, attendee, other):
    send_item(organizer, draft(organizer, f"<t:Attachments>{FILE}</t:Attachments>{TO}"))
    received = attendee.only("inbox", "Message")
    forward(attendee, received, TO.replace("attendee0", "attendee1"))
    assert other.get(other.only("inbox", "Message")).texts("Name")[0] == "agenda.txt"
    attendee.answer("ReplyToItem", received)
    assert organizer.get(organizer.only("inbox", "Message")).text("HasAttachments") == "false"


def test_a_forwarded_meeting_brings_its_attachments(organizer, attendee, other):
    organizer.create(attendees=("attendee0@example.com",), before=f"<t:Attachments>{FILE}</t:Attachments>")
    forward(attendee, attendee.only("calendar", "CalendarItem"), TO.replace("attendee0", "attendee1"))
    for folder, kind in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        assert other.get(other.only(folder, kind)).text("HasAttachments") == "true"


@pytest.mark.requirement("EWS-MTG-341")
def test_a_forwarded_meeting_is_a_request_to_everybody_named(organizer, attendee, other, meeting):
    copies = TO.replace("attendee0", "attendee4") + TO.replace("attendee0", "attendee5").replace("To", "Cc")
    forward(attendee, attendee.only("calendar", "CalendarItem"), copies)
    for name in ("attendee4", "attendee5"):
        newcomer = type(attendee)(attendee.world, f"{name}@example.com")
        request = newcomer.get(newcomer.only("inbox", "MeetingRequest"))
        assert (request.text("MeetingRequestType"), request.text("Subject")) == ("NewMeetingRequest", "FW: Budget")
    forwarded = newcomer.get(newcomer.only("inbox", "MeetingRequest"))
    assert (forwarded.text("DisplayTo"), forwarded.text("DisplayCc")) == ("Attendee 4", "Attendee 5")


@pytest.mark.requirement("EWS-MTG-342")
def test_a_reply_to_all_of_a_request_reaches_everybody_as_plain_mail(organizer, attendee, other, meeting):
    new = '<t:NewBodyContent BodyType="Text">Who brings cake?</t:NewBodyContent>'
    attendee.answer("ReplyAllToItem", attendee.only("inbox", "MeetingRequest"), after=new)
    for speaker in (organizer, other):
        mail = speaker.get(speaker.only("inbox", "Message"))
        assert (mail.text("ItemClass"), mail.text("Subject")) == ("IPM.Note", "RE: Budget")
        assert mail.text("Body").startswith(
            "Who brings cake?\r\n\r\n-----Original Message-----\r\nFrom: Organizer 0\r\n"
        )


def test_replies_and_forwards_go_where_the_request_says(organizer, attendee):
    send_item(organizer, draft(organizer))
    reference = attendee.only("inbox", "Message").replace("t:ItemId", "t:ReferenceItemId")
    attendee(
        f'<m:CreateItem MessageDisposition="SendAndSaveCopy">{NOTES}<m:Items><t:ReplyToItem>{reference}</t:ReplyToItem>'
        "</m:Items></m:CreateItem>"
    )
    assert (subjects(attendee, "notes"), subjects(attendee, "sentitems")) == (["RE: News"], [])


def test_nobody_replies_in_the_name_of_another(organizer, attendee):
    send_item(organizer, draft(organizer))
    author = "<t:From><t:Mailbox><t:EmailAddress>{}</t:EmailAddress></t:Mailbox></t:From>"
    received = attendee.only("inbox", "Message")
    refused = attendee.answer("ReplyToItem", received, before=author.format("organizer0@example.com"))
    assert refused.code == "ErrorSendAsDenied"
    assert attendee.answer("ReplyToItem", received, before=author.format("attendee0@example.com")).code == "NoError"


@pytest.mark.requirement("EWS-MTG-145")
def test_an_answer_carries_what_its_response_object_says(organizer, attendee, other, meeting):
    heading = (
        "<t:Sensitivity>Private</t:Sensitivity>"
        f'<t:Body BodyType="HTML">&lt;b&gt;Gladly&lt;/b&gt;</t:Body><t:Attachments>{FILE}</t:Attachments>'
        + TO.replace("attendee0", "attendee1").replace("To", "Cc")
    )
    attendee.answer("TentativelyAcceptItem", attendee.only("inbox", "MeetingRequest"), before=heading)
    response = organizer.get(organizer.only("inbox", "MeetingResponse"))
    assert (response.text("Sensitivity"), response.text("Body")) == ("Private", "<b>Gladly</b>")
    assert (response.text("HasAttachments"), response.text("DisplayCc")) == ("true", "Attendee 1")
    assert other.only("inbox", "MeetingResponse")
    assert "Tentative" in organizer.get(meeting).texts("ResponseType")


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("<t:ItemClass>IPM.Schedule.Meeting.Resp.Pos</t:ItemClass>", "NoError"),
        ("<t:ItemClass>IPM.Note</t:ItemClass>", "ErrorObjectTypeChanged"),
        (HEADERS, "ErrorInvalidPropertySet"),
    ],
)
def test_an_answer_cannot_be_what_it_is_not(attendee, meeting, everything, heading, code):
    before = everything()
    answer = attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"), before=heading)
    assert answer.code == code
    assert (everything() == before) is (code != "NoError")
