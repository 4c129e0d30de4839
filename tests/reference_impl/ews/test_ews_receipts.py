"""Receipts: asked for, sent, suppressed."""

import pytest

RECIPIENT = "<t:ToRecipients><t:Mailbox><t:EmailAddress>{}</t:EmailAddress></t:Mailbox></t:ToRecipients>"
READ = "<t:IsReadReceiptRequested>true</t:IsReadReceiptRequested>"
DELIVERED = "<t:IsDeliveryReceiptRequested>true</t:IsDeliveryReceiptRequested>"


def send(speaker, asked, to="attendee0@example.com"):
    answer = speaker(
        '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message><t:Subject>News</t:Subject>'
        f"{RECIPIENT.format(to)}{asked}</t:Message></m:Items></m:CreateItem>"
    )
    assert answer.code == "NoError"


def mark(speaker, item_id, tools, value="true", rest=""):
    changed = tools.set_field("message:IsRead", f"<t:IsRead>{value}</t:IsRead>", "Message")
    return speaker.update(item_id, changed, sending=None, rest=f' MessageDisposition="SaveOnly"{rest}')


def reports(speaker):
    answer = speaker.find("inbox", shape="IdOnly", paths=("item:ItemClass", "item:Subject"))
    found = zip(answer.texts("ItemClass"), answer.texts("Subject"), strict=True)
    return sorted(pair for pair in found if pair[0].startswith("REPORT"))


def offers_suppression(speaker, item_id):
    return bool(speaker.get(item_id).all("SuppressReadReceipt"))


def test_a_delivery_receipt_comes_at_once(organizer, attendee):
    send(organizer, DELIVERED)
    assert reports(organizer) == [("REPORT.IPM.Note.DR", "Delivered: News")]
    assert not attendee.find("sentitems").all("Message")
    report = organizer.get(organizer.only("inbox", "Message"))
    assert report.text("InReplyTo") == attendee.get(attendee.only("inbox", "Message")).text("InternetMessageId")


def test_a_read_receipt_comes_once_when_the_message_is_read(organizer, attendee, tools):
    send(organizer, READ)
    item_id = attendee.only("inbox", "Message")
    assert attendee.get(item_id).text("IsReadReceiptRequested") == "true"
    assert reports(organizer) == []
    mark(attendee, item_id, tools)
    assert reports(organizer) == [("REPORT.IPM.Note.IPNRN", "Read: News")]
    for value in ("false", "true"):
        mark(attendee, item_id, tools, value)
    assert len(reports(organizer)) == 1
    assert attendee.get(item_id).text("IsReadReceiptRequested") == "true"


@pytest.mark.parametrize("rest", [' SuppressReadReceipts="true"', ' SuppressReadReceipts="1"'])
def test_an_update_can_suppress_the_receipt_for_good(organizer, attendee, tools, rest):
    send(organizer, READ)
    item_id = attendee.only("inbox", "Message")
    assert mark(attendee, item_id, tools, rest=rest).code == "NoError"
    for value in ("false", "true"):
        mark(attendee, item_id, tools, value)
    assert reports(organizer) == []


@pytest.mark.requirement("EWS-MTG-343")
def test_a_response_object_suppresses_the_receipt_once(organizer, attendee, tools):
    send(organizer, READ)
    item_id = attendee.only("inbox", "Message")
    assert offers_suppression(attendee, item_id)
    assert attendee.answer("SuppressReadReceipt", item_id, disposition=None).code == "NoError"
    assert not offers_suppression(attendee, item_id)
    again = attendee.answer("SuppressReadReceipt", item_id, disposition=None)
    assert again.code == "ErrorReadReceiptNotPending"
    mark(attendee, item_id, tools)
    assert reports(organizer) == []


def test_only_messages_with_a_pending_receipt_can_be_kept_quiet(organizer, attendee, meeting):
    send(organizer, "")
    quiet = attendee.answer("SuppressReadReceipt", attendee.only("inbox", "Message"), disposition=None)
    assert quiet.code == "ErrorReadReceiptNotPending"
    assert organizer.answer("SuppressReadReceipt", meeting, disposition=None).code == "ErrorInvalidReferenceItem"


def test_nothing_is_told_of_junk(organizer, attendee, tools):
    send(organizer, READ)
    moved = attendee(
        '<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="junkemail"/></m:ToFolderId><m:ItemIds>'
        f"{attendee.only('inbox', 'Message')}</m:ItemIds></m:MoveItem>"
    )
    (item_id,) = moved.ids("Message")
    assert not offers_suppression(attendee, item_id)
    assert attendee.answer("SuppressReadReceipt", item_id, disposition=None).code == "ErrorReadReceiptNotPending"
    mark(attendee, item_id, tools)
    assert reports(organizer) == []


@pytest.mark.parametrize("kind", ["HardDelete", "SoftDelete", "MoveToDeletedItems"])
def test_a_message_deleted_unread_is_reported_as_such(organizer, attendee, kind):
    send(organizer, READ)
    attendee.delete(attendee.only("inbox", "Message"), kind=kind, sending=None)
    assert reports(organizer) == [("REPORT.IPM.Note.IPNNRN", "Not read: News")]


def test_a_deletion_can_suppress_the_receipt(organizer, attendee, tools):
    send(organizer, READ)
    item_id = attendee.only("inbox", "Message")
    attendee(
        f'<m:DeleteItem DeleteType="MoveToDeletedItems" SuppressReadReceipts="true"><m:ItemIds>{item_id}</m:ItemIds>'
        "</m:DeleteItem>"
    )
    assert reports(organizer) == []
    mark(attendee, attendee.only("deleteditems", "Message"), tools)
    assert reports(organizer) == []


def test_a_read_message_is_deleted_without_a_word(organizer, attendee, tools):
    send(organizer, READ)
    item_id = attendee.only("inbox", "Message")
    mark(attendee, item_id, tools, rest=' SuppressReadReceipts="true"')
    attendee.delete(item_id, kind="HardDelete", sending=None)
    assert reports(organizer) == []


def test_nobody_waits_for_a_receipt_of_the_own_message(organizer, tools):
    send(organizer, READ + DELIVERED, to="organizer0@example.com")
    mark(organizer, organizer.only("inbox", "Message"), tools)
    assert reports(organizer) == []


def test_a_copy_brings_no_second_receipt(organizer, attendee, tools):
    send(organizer, READ)
    item_id = attendee.only("inbox", "Message")
    copied = attendee(
        '<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="drafts"/></m:ToFolderId><m:ItemIds>'
        f"{item_id}</m:ItemIds></m:CopyItem>"
    )
    mark(attendee, copied.ids("Message")[0], tools)
    assert reports(organizer) == []
    mark(attendee, item_id, tools)
    assert len(reports(organizer)) == 1


@pytest.mark.parametrize("element", ["IsReadReceiptRequested", "IsDeliveryReceiptRequested"])
def test_receipts_are_asked_for_before_a_message_is_sent(organizer, tools, element):
    send(organizer, "")
    changed = tools.set_field(f"message:{element}", f"<t:{element}>true</t:{element}>", "Message")
    sent = organizer.only("sentitems", "Message")
    late = organizer.update(sent, changed, sending=None, rest=' MessageDisposition="SaveOnly"')
    assert late.code == "ErrorInvalidPropertyUpdateSentMessage"
    assert organizer.get(sent).text(element) == "false"


def test_an_answer_to_a_meeting_can_ask_for_a_receipt(organizer, attendee, meeting, tools):
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"), before=READ)
    response_id = organizer.only("inbox", "MeetingResponse")
    assert offers_suppression(organizer, response_id)
    changed = tools.set_field("message:IsRead", "<t:IsRead>true</t:IsRead>", "MeetingResponse")
    organizer.update(response_id, changed, sending=None, rest=' MessageDisposition="SaveOnly"')
    assert reports(attendee) == [("REPORT.IPM.Note.IPNRN", "Read: Accepted: Budget")]
