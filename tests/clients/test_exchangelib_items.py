"""exchangelib, unmodified, on what items are made of: attachments, extended properties, MIME, mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from exchangelib import Account, CalendarItem, ExtendedProperty, FileAttachment, HTMLBody, ItemAttachment, Message
from exchangelib.errors import ErrorInvalidAttachmentId
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, SEND_TO_NONE, MeetingRequest
from icalendar import Calendar

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def meeting(organizer: Account, *attendees: str, **fields: object) -> CalendarItem:
    zone = organizer.default_timezone
    return CalendarItem(
        account=organizer,
        folder=organizer.calendar,
        subject="Budget",
        start=START.astimezone(zone),
        end=(START + timedelta(hours=1)).astimezone(zone),
        required_attendees=list(attendees),
        **fields,
    )


def test_attachments_are_created_read_and_deleted(account):
    organizer = account("organizer0@example.com")
    draft = Message(account=organizer, folder=organizer.drafts, subject="Papers")
    agenda = FileAttachment(name="agenda.txt", content=b"First, second", is_inline=False, content_id="a@b")
    draft.attach(agenda)
    draft.save()
    draft.attach(ItemAttachment(name="Note", item=Message(subject="Inner", body="Text", folder=organizer.drafts)))

    found = organizer.drafts.get(subject="Papers")
    note, file = sorted(found.attachments, key=lambda attachment: attachment.name)
    assert (file.content, file.name, file.content_type, file.content_id) == (
        b"First, second",
        "agenda.txt",
        "text/plain",
        "a@b",
    )
    assert (note.item.subject, note.item.body) == ("Inner", "Text")
    assert found.has_attachments

    gone = file.attachment_id
    found.detach(file)
    found.refresh()
    assert [one.name for one in found.attachments] == ["Note"]
    with pytest.raises(ErrorInvalidAttachmentId):
        FileAttachment(parent_item=found, attachment_id=gone).detach()


def test_attachments_reach_the_attendee(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    item = meeting(organizer, "attendee0@example.com")
    item.attach(FileAttachment(name="agenda.txt", content=b"First, second"))
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    request = next(one for one in attendee.inbox.all() if isinstance(one, MeetingRequest))
    assert [one.content for one in request.attachments] == [b"First, second"]
    (copy,) = attendee.calendar.all()
    assert [one.content for one in copy.attachments] == [b"First, second"]


class Shoe(ExtendedProperty):
    """A string by name."""

    property_set_id = "c11ff724-aa03-4555-9952-8fa248a11c3e"
    property_name = "Shoe"
    property_type = "String"


class Sizes(ExtendedProperty):
    """Several numbers by a number."""

    distinguished_property_set_id = "Meeting"
    property_id = 851
    property_type = "IntegerArray"


class BusyStatus(ExtendedProperty):
    """PidLidBusyStatus, which mirrors LegacyFreeBusyStatus."""

    distinguished_property_set_id = "Appointment"
    property_id = 0x8205
    property_type = "Integer"


@pytest.fixture
def registered():
    names = {"shoe": Shoe, "sizes": Sizes, "busy_status": BusyStatus}
    for name, kind in names.items():
        CalendarItem.register(name, kind)
    yield
    for name in names:
        CalendarItem.deregister(name)


@pytest.mark.usefixtures("registered")
def test_extended_properties_are_kept_searched_and_changed(account):
    organizer = account("organizer0@example.com")
    meeting(organizer, shoe="left", sizes=[38, 39]).save(send_meeting_invitations=SEND_TO_NONE)
    found = organizer.calendar.get(shoe="left")
    assert (found.shoe, found.sizes, found.busy_status) == ("left", [38, 39], 2)
    found.shoe = "right"
    found.busy_status = 3
    found.save(update_fields=["shoe", "busy_status"], send_meeting_invitations=SEND_TO_NONE)
    found.refresh()
    assert (found.shoe, found.legacy_free_busy_status) == ("right", "OOF")
    assert not organizer.calendar.filter(shoe="left").exists()


CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:abc@elsewhere\r\nSUMMARY:From a file\r\n"
    "DTSTART:20260707T090000Z\r\nDTEND:20260707T100000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_calendar_items_are_made_of_calendars_and_told_as_such(account):
    organizer = account("organizer0@example.com")
    start = datetime(2026, 7, 7, 9, tzinfo=UTC).astimezone(organizer.default_timezone)
    CalendarItem(
        account=organizer,
        folder=organizer.calendar,
        mime_content=CALENDAR.encode(),
        start=start,  # which exchangelib asks for itself
        end=start + timedelta(hours=1),
    ).save(send_meeting_invitations=SEND_TO_NONE)
    found = organizer.calendar.get(subject="From a file")
    found.refresh()
    assert (found.subject, found.recurrence.pattern.interval, found.recurrence.boundary.number) == ("From a file", 1, 3)
    (event,) = Calendar.from_ical(found.mime_content).walk("VEVENT")
    assert (event["SUMMARY"], event["UID"], event["RRULE"]["COUNT"]) == ("From a file", "abc@elsewhere", [3])


def test_messages_are_made_of_messages_and_told_as_such(account):
    organizer = account("organizer0@example.com")
    mail = b"Subject: From a file\r\nTo: attendee0@example.com\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"
    Message(account=organizer, folder=organizer.drafts, mime_content=mail).save()
    found = organizer.drafts.get(subject="From a file")
    assert (found.to_recipients[0].email_address, found.body.strip()) == ("attendee0@example.com", "<p>Hello</p>")
    told = message_from_bytes(found.mime_content, policy=policy.default)
    assert told["Subject"] == "From a file"
    assert told.get_body(("plain",)).get_content().strip() == "Hello"


def test_a_message_is_sent_and_kept(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    message = Message(
        account=organizer,
        folder=organizer.sent,
        subject="News",
        body=HTMLBody("<html><body><p>Hello</p></body></html>"),
        to_recipients=["attendee0@example.com"],
        cc_recipients=["attendee1@example.com"],
        importance="High",
    )
    message.attach(FileAttachment(name="a.txt", content=b"abc"))
    message.send_and_save()
    arrived = attendee.inbox.get(subject="News")
    assert (arrived.importance, arrived.sender.email_address, arrived.is_read) == (
        "High",
        organizer.primary_smtp_address,
        False,
    )
    assert [one.content for one in arrived.attachments] == [b"abc"]
    assert arrived.text_body == "Hello"
    assert organizer.sent.get(subject="News").message_id == arrived.message_id


def test_a_draft_is_changed_and_then_sent(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    draft = Message(
        account=organizer, folder=organizer.drafts, subject="Draft", to_recipients=["attendee0@example.com"]
    )
    draft.save()
    draft.subject = "Final"
    draft.save(update_fields=["subject"])
    draft.send()
    assert attendee.inbox.get(subject="Final").is_draft is False
    assert not organizer.drafts.all().exists()
    assert organizer.sent.get(subject="Final")


def test_messages_are_answered_and_passed_on(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    other = account("attendee1@example.com")
    Message(
        account=organizer,
        folder=organizer.sent,
        subject="News",
        body="Hello",
        to_recipients=["attendee0@example.com"],
        cc_recipients=["attendee1@example.com"],
    ).send_and_save()
    arrived = attendee.inbox.get(subject="News")
    arrived.reply(subject="RE: News", body="Thanks")
    arrived.reply_all(subject="RE: News to all", body="Thanks all")
    arrived.forward(subject="FW: News", body="Look", to_recipients=["attendee1@example.com"])
    first = organizer.inbox.get(subject="RE: News")
    assert (first.conversation_id, first.conversation_topic) == (arrived.conversation_id, "News")
    assert "Hello" in first.text_body
    assert organizer.inbox.get(subject="RE: News to all")
    assert {one.subject for one in other.inbox.all()} == {"News", "RE: News to all", "FW: News"}


def test_items_are_copied_moved_and_exported_by_their_contents(account):
    organizer = account("organizer0@example.com")
    Message(account=organizer, folder=organizer.drafts, subject="Papers").save()
    found = organizer.drafts.get(subject="Papers")
    found.copy(to_folder=organizer.inbox)
    found.move(to_folder=organizer.trash)
    assert organizer.inbox.get(subject="Papers").id != found.id
    assert organizer.trash.get(subject="Papers").id == found.id
    assert not organizer.drafts.all().exists()
