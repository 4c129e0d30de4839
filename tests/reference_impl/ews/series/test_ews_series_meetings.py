"""Meetings in series over EWS: what attendees see, answer, and lose."""

import pytest

from reference_impl.ews.namespaces import t
from tests.reference_impl.ews.series.spoken import (
    ATTENDEES,
    ZONE,
    answers_of,
    at,
    master_of,
    occurrence,
    recurrence,
    series_of,
    view,
)


def test_attendees_receive_a_request_for_the_whole_series(organizer, attendee):
    series_of(organizer, attendees=ATTENDEES, zone=ZONE)
    request = attendee.get(attendee.only("inbox", "MeetingRequest"))
    item = request.one("MeetingRequest")
    assert item.findtext(t("CalendarItemType")) == "RecurringMaster"
    assert item.findtext(t("IsRecurring")) == "true"
    assert item.find(t("Recurrence")) is not None
    assert item.find(t("FirstOccurrence")).findtext(t("Start")) == "2026-03-02T09:00:00Z"
    assert item.find(t("LastOccurrence")).findtext(t("Start")) == "2026-03-06T09:00:00Z"
    shown = view(attendee, shape="AllProperties")
    assert shown.texts("LegacyFreeBusyStatus") == ["Tentative"] * 5
    assert set(shown.texts("MyResponseType")) == {"NoResponseReceived"}
    associated = item.find(t("AssociatedCalendarItemId")).get("Id")
    assert organizer is not attendee
    assert attendee.get(f'<t:ItemId Id="{associated}"/>').text("CalendarItemType") == "RecurringMaster"


@pytest.mark.requirement("EWS-MTG-267")
def test_exceptions_and_deletions_travel_with_a_request_for_the_series(organizer, tools, other):
    master = series_of(organizer, attendees=("attendee0@example.com",))
    organizer.update(
        occurrence(organizer, master, 2),
        tools.set_field("calendar:Location", "<t:Location>Roof</t:Location>"),
        sending="SendToNone",
    )
    organizer.delete(occurrence(organizer, master, 3))
    (now,) = organizer.get(master, shape="IdOnly").ids("CalendarItem")
    people = tools.attendee_list("OptionalAttendees", ["attendee1@example.com"])
    organizer.update(now, tools.set_field("calendar:OptionalAttendees", people))
    item = other.get(other.only("inbox", "MeetingRequest")).one("MeetingRequest")
    assert item.findtext(t("MeetingRequestType")) == "NewMeetingRequest"
    (modified,) = item.find(t("ModifiedOccurrences"))
    assert modified.findtext(t("OriginalStart")) == "2026-03-03T09:00:00Z"
    (deleted,) = item.find(t("DeletedOccurrences"))
    assert deleted.findtext(t("Start")) == "2026-03-04T09:00:00Z"
    shown = view(other, shape="Default")
    assert len(shown.all("CalendarItem")) == 4
    assert shown.texts("Location") == ["Roof"]


@pytest.mark.parametrize("before", ["moved", "answered"])
def test_somebody_added_to_a_series_gets_its_exceptions_too(organizer, attendee, other, tools, before):
    master = series_of(organizer, attendees=("attendee0@example.com",))
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    if before == "moved":
        start = tools.set_field("calendar:Start", "<t:Start>2026-03-03T11:00:00Z</t:Start>")
        end = tools.set_field("calendar:End", "<t:End>2026-03-03T12:00:00Z</t:End>")
        organizer.update(occurrence(organizer, master, 2), start + end)
    attendee.answer("TentativelyAcceptItem", view(attendee).ids("CalendarItem")[1])
    (now,) = organizer.get(master, shape="IdOnly").ids("CalendarItem")
    people = tools.attendee_list("RequiredAttendees", ATTENDEES)
    organizer.update(now, tools.set_field("calendar:RequiredAttendees", people))
    assert len(view(other).all("CalendarItem")) == 5
    assert answers_of(organizer, at(master, 2)) == ["Tentative", "Unknown"]


def test_a_change_of_one_occurrence_is_told_as_such(organizer, attendee, tools):
    master = series_of(organizer, attendees=ATTENDEES)
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    organizer.update(
        occurrence(organizer, master, 2),
        tools.set_field("calendar:Start", "<t:Start>2026-03-03T11:00:00Z</t:Start>")
        + tools.set_field("calendar:End", "<t:End>2026-03-03T12:00:00Z</t:End>"),
    )
    item = attendee.get(attendee.only("inbox", "MeetingRequest")).one("MeetingRequest")
    assert item.findtext(t("CalendarItemType")) == "Exception"
    assert item.findtext(t("OriginalStart")) == item.findtext(t("RecurrenceId")) == "2026-03-03T09:00:00Z"
    assert item.findtext(t("MeetingRequestType")) == "FullUpdate"
    assert item.find(t("Recurrence")) is None
    shown = view(attendee, shape="AllProperties")
    assert shown.texts("CalendarItemType") == ["Occurrence", "Exception", *["Occurrence"] * 3]
    assert shown.texts("MyResponseType") == ["Accept", "NoResponseReceived", *["Accept"] * 3]
    assert shown.texts("LegacyFreeBusyStatus") == ["Busy", "Tentative", *["Busy"] * 3]


@pytest.mark.requirement("EWS-MTG-147")
def test_an_answer_to_one_occurrence_leaves_the_others_alone(organizer, attendee):
    master = series_of(organizer, attendees=ATTENDEES)
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    copies = view(attendee).ids("CalendarItem")
    assert attendee.answer("TentativelyAcceptItem", copies[2]).code == "NoError"
    shown = view(attendee, shape="AllProperties")
    assert shown.texts("MyResponseType") == ["Accept", "Accept", "Tentative", "Accept", "Accept"]
    assert answers_of(organizer, at(master, 3)) == ["Tentative", "Unknown"]
    assert answers_of(organizer, at(master, 2)) == answers_of(organizer, master) == ["Accept", "Unknown"]
    response = organizer.find("inbox", shape="AllProperties").all("MeetingResponse")[-1]
    assert response.findtext(t("RecurrenceId")) == "2026-03-04T09:00:00Z"


def test_an_answer_to_the_series_keeps_what_was_answered_for_one_occurrence(organizer, attendee):
    master = series_of(organizer, attendees=ATTENDEES)
    request = attendee.only("inbox", "MeetingRequest")
    copies = view(attendee).ids("CalendarItem")
    attendee.answer("DeclineItem", copies[1])
    attendee.answer("TentativelyAcceptItem", copies[3])
    attendee.answer("AcceptItem", request)
    assert view(attendee, shape="AllProperties").texts("MyResponseType") == ["Accept", "Accept", "Tentative", "Accept"]
    assert [answers_of(organizer, at(master, number))[0] for number in range(1, 6)] == [
        "Accept",
        "Decline",
        "Accept",
        "Tentative",
        "Accept",
    ]


def test_a_declined_occurrence_leaves_the_attendees_series(organizer, attendee):
    master = series_of(organizer, attendees=ATTENDEES)
    copies = view(attendee).ids("CalendarItem")
    assert attendee.answer("DeclineItem", copies[1]).code == "NoError"
    assert len(view(attendee).all("CalendarItem")) == 4
    (copy,) = attendee.find("deleteditems", shape="AllProperties").all("CalendarItem")
    assert copy.findtext(t("RecurrenceId")) == "2026-03-03T09:00:00Z"
    assert answers_of(organizer, at(master, 2)) == ["Decline", "Unknown"]


def test_a_declined_occurrence_comes_back_when_its_time_changes(organizer, attendee, tools):
    master = series_of(organizer, attendees=ATTENDEES)
    attendee.answer("DeclineItem", view(attendee).ids("CalendarItem")[1])
    organizer.update(
        occurrence(organizer, master, 2),
        tools.set_field("calendar:Start", "<t:Start>2026-03-03T11:00:00Z</t:Start>")
        + tools.set_field("calendar:End", "<t:End>2026-03-03T12:00:00Z</t:End>"),
    )
    shown = view(attendee, shape="AllProperties")
    assert shown.texts("CalendarItemType") == ["Occurrence", "Exception", *["Occurrence"] * 3]
    assert shown.texts("MyResponseType") == ["NoResponseReceived"] * 5
    assert attendee.find("deleteditems").all("CalendarItem") == []


@pytest.mark.requirement("EWS-MTG-220")
def test_cancelling_one_occurrence_leaves_the_series_in_place(organizer, attendee):
    master = series_of(organizer, attendees=ATTENDEES)
    cancelled = organizer.answer("CancelCalendarItem", occurrence(organizer, master, 2))
    assert cancelled.code == "NoError"
    assert len(view(organizer).all("CalendarItem")) == 4
    (deleted,) = organizer.get(master).one("DeletedOccurrences")
    assert deleted.findtext(t("Start")) == "2026-03-03T09:00:00Z"
    (copy,) = organizer.find("deleteditems", shape="AllProperties").all("CalendarItem")
    assert copy.findtext(t("AppointmentState")) == "5"
    notice = attendee.only("inbox", "MeetingCancellation")
    assert attendee.get(notice).text("RecurrenceId") == "2026-03-03T09:00:00Z"
    shown = view(attendee, shape="AllProperties")
    assert shown.texts("IsCancelled") == ["false", "true", "false", "false", "false"]
    assert attendee.answer("RemoveItem", notice, disposition=None).code == "NoError"
    assert len(view(attendee).all("CalendarItem")) == 4


def test_deleting_an_occurrence_with_a_send_option_cancels_it(organizer, attendee):
    master = series_of(organizer, attendees=ATTENDEES)
    assert organizer.delete(at(master, 2), sending="SendOnlyToAll").code == "NoError"
    assert attendee.get(attendee.only("inbox", "MeetingCancellation")).text("CalendarItemType") == "Occurrence"
    assert organizer.find("sentitems").all("MeetingCancellation") == []


def test_cancelling_the_series_cancels_every_occurrence(organizer, attendee):
    master = series_of(organizer, attendees=ATTENDEES)
    organizer.answer("CancelCalendarItem", master)
    assert view(organizer).all("CalendarItem") == []
    shown = view(attendee, shape="AllProperties")
    assert shown.texts("IsCancelled") == ["true"] * 5
    assert set(shown.texts("AppointmentState")) == {"7"}
    notice = attendee.get(attendee.only("inbox", "MeetingCancellation"))
    assert notice.text("CalendarItemType") == "RecurringMaster"
    assert notice.all("Recurrence")


def test_an_attendee_invited_to_one_occurrence_has_it_alone(organizer, other, tools):
    master = series_of(organizer, attendees=("attendee0@example.com",))
    people = tools.attendee_list("OptionalAttendees", ["attendee1@example.com"])
    organizer.update(occurrence(organizer, master, 2), tools.set_field("calendar:OptionalAttendees", people))
    item = other.get(other.only("inbox", "MeetingRequest")).one("MeetingRequest")
    assert item.findtext(t("RecurrenceId")) == "2026-03-03T09:00:00Z"
    shown = view(other, shape="AllProperties")
    assert shown.texts("Start") == ["2026-03-03T09:00:00Z"]
    assert shown.texts("RecurrenceId") == ["2026-03-03T09:00:00Z"]
    assert other.answer("AcceptItem", other.only("inbox", "MeetingRequest")).code == "NoError"
    found = organizer.get(at(master, 2)).one("CalendarItem").find(t("OptionalAttendees"))
    assert found[0].findtext(t("ResponseType")) == "Accept"
    assert organizer.get(master).one("CalendarItem").find(t("OptionalAttendees")) is None


def test_an_attendee_left_out_of_one_occurrence_does_not_have_it(organizer, attendee, tools):
    master = series_of(organizer, attendees=ATTENDEES)
    people = tools.attendee_list("RequiredAttendees", ["attendee1@example.com"])
    organizer.update(occurrence(organizer, master, 2), tools.set_field("calendar:RequiredAttendees", people))
    notice = attendee.get(attendee.only("inbox", "MeetingCancellation"))
    assert notice.text("RecurrenceId") == "2026-03-03T09:00:00Z"
    (now,) = organizer.get(master, shape="IdOnly").ids("CalendarItem")
    organizer.update(now, tools.set_field("calendar:Location", "<t:Location>Roof</t:Location>"))
    request = attendee.get(attendee.find("inbox").ids("MeetingRequest")[-1]).one("MeetingRequest")
    (deleted,) = request.find(t("DeletedOccurrences"))
    assert deleted.findtext(t("Start")) == "2026-03-03T09:00:00Z"


@pytest.mark.requirement("EWS-MTG-151")
def test_a_proposal_is_offered_for_an_occurrence_and_not_for_the_series(organizer, attendee):
    series_of(organizer, attendees=ATTENDEES)
    request = attendee.only("inbox", "MeetingRequest")
    assert not attendee.get(request).all("ProposeNewTime")
    copy = view(attendee).ids("CalendarItem")[1]
    assert attendee.get(copy).all("ProposeNewTime")
    assert not attendee.get(master_of(copy)).all("ProposeNewTime")


def moved(tools, day):
    """The changes that put an occurrence on a day of March, at its hour."""
    return tools.set_field("calendar:End", f"<t:End>2026-03-{day}T10:00:00Z</t:End>") + tools.set_field(
        "calendar:Start", f"<t:Start>2026-03-{day}T09:00:00Z</t:Start>"
    )


def test_what_attendees_made_of_their_copies_does_not_bind_the_organizer(organizer, attendee, tools):
    weekly = "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>"
    master = series_of(organizer, attendees=ATTENDEES, rule=recurrence(pattern=weekly))
    (copy,) = attendee.find("calendar").ids("CalendarItem")
    own = attendee.update(occurrence(attendee, copy, 2), moved(tools, "13"), sending="SendToNone")
    assert own.code == "NoError"
    assert organizer.update(occurrence(organizer, master, 3), moved(tools, "12")).code == "NoError"
    assert view(attendee, paths=("calendar:Start",)).texts("Start") == [
        f"2026-03-{day}T09:00:00Z" for day in ("02", "12", "13", "23", "30")
    ]


def test_an_occurrence_follows_one_that_was_moved_in_silence(organizer, attendee, tools):
    weekly = "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>"
    master = series_of(organizer, attendees=ATTENDEES, rule=recurrence(pattern=weekly))
    silent = organizer.update(occurrence(organizer, master, 3), moved(tools, "20"), sending="SendToNone")
    assert silent.code == "NoError"
    assert organizer.update(occurrence(organizer, master, 2), moved(tools, "18")).code == "NoError"
    starts = view(attendee, paths=("calendar:Start",)).texts("Start")
    assert starts == [f"2026-03-{day}T09:00:00Z" for day in ("02", "16", "18", "23", "30")]
