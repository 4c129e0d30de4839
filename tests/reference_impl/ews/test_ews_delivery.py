"""What arrives in attendees' mailboxes ([MS-OXWSMTGS])."""

import pytest

from reference_impl.ews.namespaces import t


@pytest.fixture
def request_id(meeting, attendee):
    return attendee.only("inbox", "MeetingRequest")


@pytest.fixture
def copy_id(meeting, attendee):
    return attendee.only("calendar", "CalendarItem")


def test_the_request_tells_the_meeting(attendee, request_id, copy_id):
    shown = attendee.get(request_id)
    expected = {
        "ItemClass": "IPM.Schedule.Meeting.Request",
        "Subject": "Budget",
        "MeetingRequestType": "NewMeetingRequest",
        "IntendedFreeBusyStatus": "Busy",
        "Start": "2026-06-25T10:00:00Z",
        "End": "2026-06-25T11:00:00Z",
        "Duration": "PT1H",
        "IsMeeting": "true",
        "MeetingRequestWasSent": "true",
        "AppointmentState": "3",
        "AppointmentSequenceNumber": "0",
        "AllowNewTimeProposal": "true",
        "IsDelegated": "false",
        "IsOutOfDate": "false",
        "MyResponseType": "NoResponseReceived",
    }
    assert {name: shown.text(name) for name in expected} == expected
    assert shown.one("MeetingRequest").findtext(t("ResponseType")) == "NoResponseReceived"
    assert shown.one("Organizer").findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == "organizer0@example.com"
    assert shown.one("AssociatedCalendarItemId").attrib.items() == attendee.get(copy_id).one("ItemId").attrib.items()


def test_resources_and_when_never_reach_attendees(organizer, attendee, tools):
    organizer(
        tools.create_request(
            attendees=("attendee0@example.com",), resources=("room0@example.com",), inner="<t:When>noon</t:When>"
        )
    )
    for folder, kind in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        shown = attendee.get(attendee.only(folder, kind))
        assert not shown.all("Resources")
        assert not shown.all("When")


def test_the_copy_is_held_until_answered(attendee, copy_id):
    shown = attendee.get(copy_id)
    assert shown.text("MyResponseType") == "NoResponseReceived"
    assert shown.text("LegacyFreeBusyStatus") == "Tentative"
    assert shown.text("IntendedFreeBusyStatus") == "Busy"
    assert shown.text("AppointmentState") == "3"
    assert not shown.all("AppointmentReplyTime")


def test_a_free_meeting_stays_free(organizer, attendee):
    organizer.create(
        attendees=("attendee0@example.com",), inner="<t:LegacyFreeBusyStatus>Free</t:LegacyFreeBusyStatus>"
    )
    shown = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert shown.text("LegacyFreeBusyStatus") == "Free"


def test_neighbours_are_counted_and_listed(organizer, attendee, meeting):
    for start, end, subject in (
        ("2026-06-25T10:30:00Z", "2026-06-25T12:00:00Z", "Overlap"),
        ("2026-06-25T11:00:00Z", "2026-06-25T12:00:00Z", "Touch"),
        ("2026-06-25T12:00:00Z", "2026-06-25T13:00:00Z", "Apart"),
    ):
        attendee.create(sending="SendToNone", start=start, end=end, subject=subject)
    (request_id,) = attendee.find("inbox").ids("MeetingRequest")
    shown = attendee.get(request_id)
    assert (shown.text("ConflictingMeetingCount"), shown.text("AdjacentMeetingCount")) == ("1", "1")
    for name, subject in (("ConflictingMeetings", "Overlap"), ("AdjacentMeetings", "Touch")):
        (other,) = shown.one(name)
        assert other.findtext(t("Subject")) == subject
        assert [other.find(t(part)) is not None for part in ("ItemId", "Start", "End")] == [True] * 3
    assert not organizer.get(meeting).all("ConflictingMeetings")


def test_the_copy_in_sent_items_is_the_organizers(organizer, meeting):
    shown = organizer.get(organizer.only("sentitems", "MeetingRequest"))
    assert shown.text("IsFromMe") == "true"
    assert shown.text("IsOrganizer") == "true"
    assert not shown.all("ReceivedBy")


def test_the_answers_of_others_are_not_told_to_attendees(organizer, attendee, other, copy_id):
    other.answer("AcceptItem", other.only("inbox", "MeetingRequest"))
    shown = attendee.get(copy_id)
    assert set(shown.texts("ResponseType")) == {"Unknown"}
    assert not shown.all("LastResponseTime")


@pytest.mark.parametrize("version", ["Exchange2007", "Exchange2010_SP2"])
def test_before_2013_meeting_responses_have_no_elements_of_their_own(organizer, attendee, request_id, version):
    attendee.answer("AcceptItem", request_id)
    response_id = organizer.only("inbox", "MeetingResponse")
    own = {"Start", "End", "Location", "CalendarItemType", "ProposedStart"}
    old = organizer.at(version).get(response_id).one("MeetingResponse")
    assert not own & {child.tag.rpartition("}")[2] for child in old}
    new = organizer.at("Exchange2013").get(response_id).one("MeetingResponse")
    assert {"Start", "End", "CalendarItemType"} <= {child.tag.rpartition("}")[2] for child in new}


def test_a_list_is_delivered_to_its_members(organizer, attendee, other):
    organizer.create(attendees=("list0@example.com",))
    assert len(attendee.find("inbox").all("MeetingRequest")) == 1
    assert len(other.find("inbox").all("MeetingRequest")) == 1
