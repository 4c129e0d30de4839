"""Meetings passed on: the new recipient's request, the organizer's notice, and what it says."""

import pytest

from reference_impl.ews.namespaces import t

TO = "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee5@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"


@pytest.mark.requirement("EWS-MTG-341")
def test_a_forwarded_meeting_is_a_request_for_the_new_recipient_and_a_notice_for_the_organizer(
    organizer, attendee, meeting, world, tools
):
    request = attendee.only("inbox", "MeetingRequest")
    answer = attendee.answer("ForwardItem", request, before=TO)
    assert answer.code == "NoError"
    newcomer = tools.speaker(world, "attendee5@example.com")
    received = newcomer.get(newcomer.only("inbox", "MeetingRequest"))
    assert received.text("MeetingRequestType") == "NewMeetingRequest"
    assert (
        received.one("MeetingRequest").findtext(f".//{t('Organizer')}//{t('EmailAddress')}") == "organizer0@example.com"
    )
    notice = organizer.get(organizer.only("inbox", "MeetingMessage"))
    assert notice.text("ItemClass") == "IPM.Schedule.Meeting.Notification.Forward"
    assert notice.text("Subject") == "Meeting Forward Notification: Budget"
    assert "Attendee 5" in notice.text("Body")
    associated = notice.one("AssociatedCalendarItemId").get("Id")
    item = organizer.get(f'<t:ItemId Id="{associated}"/>').one("CalendarItem")
    (added,) = item.find(t("OptionalAttendees"))
    assert added.findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == "attendee5@example.com"
    assert added.findtext(t("ResponseType")) == "Unknown"


def test_a_notice_offers_what_mail_offers(organizer, attendee, meeting):
    attendee.answer("ForwardItem", attendee.only("inbox", "MeetingRequest"), before=TO)
    offered = organizer.get(organizer.only("inbox", "MeetingMessage")).one("ResponseObjects")
    assert {element.tag for element in offered} == {t("ReplyToItem"), t("ReplyAllToItem"), t("ForwardItem")}
