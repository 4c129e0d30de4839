"""exchangelib, unmodified, on what items are made of: attachments, extended properties, MIME, mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from exchangelib import Account, CalendarItem, ExtendedProperty, FileAttachment, ItemAttachment, Message
from exchangelib.errors import ErrorInvalidAttachmentId
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, SEND_TO_NONE, MeetingRequest

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
