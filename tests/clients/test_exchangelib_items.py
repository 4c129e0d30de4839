"""exchangelib, unmodified, on what items are made of: attachments, extended properties, MIME, mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from exchangelib import Account, CalendarItem, FileAttachment, ItemAttachment, Message
from exchangelib.errors import ErrorInvalidAttachmentId
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, MeetingRequest

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
