"""Private occurrences of series that are shown: hidden wherever the series itself is told of."""

import base64

import pytest
from lxml import etree

from reference_impl.ews.namespaces import m

DELEGATE, ATTENDEE, GUEST = "attendee1@example.com", "attendee2@example.com", "attendee3@example.com"
JUNE = '<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2026-07-01T00:00:00Z"/>'
DAYS = (
    "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence>"
    "<t:StartDate>2026-06-25</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence>"
    "</t:Recurrence>"
)


@pytest.fixture
def principal(attendee):
    return attendee


@pytest.fixture
def delegate(other):
    return other


@pytest.fixture
def guest(world, tools):
    return tools.speaker(world, GUEST)


@pytest.fixture
def made(principal, delegates):
    """Make the delegate one who may not see what is private."""

    def make(delivery=None):
        user = delegates.user(DELEGATE, copies="true", CalendarFolderPermissionLevel="Editor")
        answer = delegates.add(principal, user, delivery=delivery)
        assert [code.text for code in answer.root.iter(m("ResponseCode"))] == ["NoError", "NoError"]

    return make


def private_second(speaker, tools, **fields):
    """The ItemIds of a new series and of its second occurrence, which is private and called Hidden."""
    (made,) = speaker.create(after=DAYS, **fields).ids("CalendarItem")
    (second,) = speaker.get(second_of(made), shape="IdOnly").ids("CalendarItem")
    changes = tools.set_field("item:Sensitivity", "<t:Sensitivity>Private</t:Sensitivity>") + tools.set_field(
        "item:Subject", "<t:Subject>Hidden</t:Subject>"
    )
    assert speaker.update(second, changes, sending="SendToNone").code == "NoError"
    (series,) = speaker.get(made, shape="IdOnly").ids("CalendarItem")
    return series, second


def second_of(series):
    return f'<t:OccurrenceItemId RecurringMasterId="{etree.fromstring(series).get("Id")}" InstanceIndex="2"/>'


def mime_of(speaker, item_id):
    shape = "<t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent>"
    answer = speaker(f"<m:GetItem><m:ItemShape>{shape}</m:ItemShape><m:ItemIds>{item_id}</m:ItemIds></m:GetItem>")
    return base64.b64decode(answer.text("MimeContent"))


def ranges_of(series):
    named = f'Id="{etree.fromstring(series).get("Id")}"'
    return f"<t:RecurringMasterItemIdRanges {named}><t:Ranges><t:Range/></t:Ranges></t:RecurringMasterItemIdRanges>"


def test_a_private_occurrence_is_hidden_with_its_series_shown(principal, delegate, delegates, made, tools):
    made()
    series, second = private_second(principal, tools, sending="SendToNone")
    assert delegate.get(second).code == "ErrorItemNotFound"
    assert delegate.get(second_of(series)).code == "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
    shown = delegate.get(series)
    assert shown.all("ModifiedOccurrences") == []
    assert len(shown.all("DeletedOccurrence")) == 1
    assert b"Hidden" not in mime_of(delegate, series)
    assert b"Hidden" not in delegate.get(ranges_of(series)).body
    assert len(principal.get(series).one("ModifiedOccurrences")) == 1
    assert b"Hidden" in mime_of(principal, series)
    delegates.update(principal, delegates.user(DELEGATE, private="true"))
    assert len(delegate.get(series).one("ModifiedOccurrences")) == 1
    assert delegate.get(second).text("Subject") == "Hidden"


def test_a_private_occurrence_stays_when_others_change_copy_or_forward_the_series(
    principal, delegate, guest, made, tools
):
    made()
    series, second = private_second(principal, tools, attendees=(ATTENDEE,))
    location = tools.set_field("calendar:Location", "<t:Location>Roof</t:Location>")
    assert delegate.update(series, location, sending="SendToNone").code == "NoError"
    assert principal.get(second).text("Subject") == "Hidden"
    to = f"<t:ToRecipients><t:Mailbox><t:EmailAddress>{guest.address}</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    assert delegate.answer("ForwardItem", series, before=to).code == "NoError"
    assert b"Hidden" not in mime_of(guest, guest.only("inbox", "MeetingRequest"))
    assert b"Hidden" not in guest.find("calendar", view=JUNE, shape="AllProperties").body


def test_copies_of_a_request_for_a_series_keep_its_private_occurrences_back(
    organizer, principal, delegate, delegates, made, tools
):
    made("DelegatesOnly")
    series, _ = private_second(organizer, tools, sending="SendToNone")
    people = tools.attendee_list("RequiredAttendees", [principal.address])
    invite = tools.set_field("calendar:RequiredAttendees", people)
    assert organizer.update(series, invite).code == "NoError"
    copy = delegate.only("inbox", "MeetingRequest")
    assert delegate.get(copy).all("ModifiedOccurrences") == []
    assert b"Hidden" not in mime_of(delegate, copy)
    assert b"Hidden" in principal.find("calendar", view=JUNE, shape="Default").body
