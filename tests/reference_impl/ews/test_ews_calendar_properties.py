"""Properties of calendar items beside times and people: places, reminders by mail, forwarding, what is passed over."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import t

ADDRESS = (
    "<t:PostalAddress><t:Street>Main 1</t:Street><t:City>Ribe</t:City><t:State>S</t:State><t:Country>DK</t:Country>"
    "<t:PostalCode>6760</t:PostalCode><t:PostOfficeBox>7</t:PostOfficeBox><t:Type>Business</t:Type>"
    "<t:Latitude>55.33</t:Latitude><t:Longitude>8.77</t:Longitude><t:Accuracy>12.5</t:Accuracy>"
    "<t:Altitude>-3.0</t:Altitude><t:AltitudeAccuracy>1.0</t:AltitudeAccuracy>"
    "<t:FormattedAddress>Main 1, Ribe</t:FormattedAddress><t:LocationUri>urn:x</t:LocationUri>"
    "<t:LocationSource>PhonebookServices</t:LocationSource></t:PostalAddress>"
)
PLACE = (
    "<t:EnhancedLocation><t:DisplayName>Hall</t:DisplayName><t:Annotation>second door</t:Annotation>"
    f"{ADDRESS}</t:EnhancedLocation>"
)


def flat(element):
    """An element's inside as (name, text) pairs in order."""
    return [(child.tag.rpartition("}")[2], child.text) for child in element.iter() if not len(child)]


PLACE_PAIRS = flat(etree.fromstring(PLACE.replace("<t:EnhancedLocation", '<t:EnhancedLocation xmlns:t="x"', 1)))


@pytest.mark.requirement("EWS-MTG-079")
def test_a_place_comes_back_whole_and_names_the_location(organizer):
    (item_id,) = organizer.create(sending="SendToNone", after=PLACE).ids("CalendarItem")
    shown = organizer.get(item_id)
    assert flat(shown.one("EnhancedLocation")) == PLACE_PAIRS
    assert shown.text("Location") == "Hall"
    assert not organizer.at("Exchange2010_SP2").get(item_id).all("EnhancedLocation")


@pytest.mark.parametrize("nowhere", ["INF", "-INF", "NaN"])
def test_what_is_no_number_of_degrees_is_not_kept(organizer, nowhere):
    odd = PLACE.replace("55.33", nowhere)
    (item_id,) = organizer.create(sending="SendToNone", after=odd).ids("CalendarItem")
    assert flat(organizer.get(item_id).one("EnhancedLocation")) == [
        pair for pair in PLACE_PAIRS if pair[0] != "Latitude"
    ]


def test_a_plain_location_is_a_place_with_nothing_but_a_name(organizer, tools):
    (item_id,) = organizer.create(sending="SendToNone", inner="<t:Location>Hall</t:Location>").ids("CalendarItem")
    assert flat(organizer.get(item_id).one("EnhancedLocation")) == [("DisplayName", "Hall")]
    organizer.update(item_id, tools.delete_field("calendar:Location"), sending="SendToNone")
    assert not organizer.get(item_id).all("EnhancedLocation")


def test_another_location_leaves_nothing_of_the_old_place(organizer, tools):
    (item_id,) = organizer.create(sending="SendToNone", after=PLACE).ids("CalendarItem")
    moved = tools.set_field("calendar:Location", "<t:Location>Garden</t:Location>")
    organizer.update(item_id, moved, sending="SendToNone")
    assert flat(organizer.get(item_id).one("EnhancedLocation")) == [("DisplayName", "Garden")]
    back = tools.set_field("calendar:EnhancedLocation", PLACE)
    organizer.update(item_id, back, sending="SendToNone")
    assert flat(organizer.get(item_id).one("EnhancedLocation")) == PLACE_PAIRS
    organizer.update(item_id, tools.delete_field("calendar:EnhancedLocation"), sending="SendToNone")
    assert not organizer.get(item_id).all("Location")


def test_the_place_travels_with_the_meeting(organizer, attendee):
    (item_id,) = organizer.create(attendees=("attendee0@example.com",), after=PLACE).ids("CalendarItem")
    request_id = attendee.only("inbox", "MeetingRequest")
    for shown in (attendee.get(request_id), attendee.get(attendee.only("calendar", "CalendarItem"))):
        assert flat(shown.one("EnhancedLocation")) == PLACE_PAIRS
    attendee.answer("AcceptItem", request_id)
    assert flat(organizer.get(organizer.only("inbox", "MeetingResponse")).one("EnhancedLocation")) == PLACE_PAIRS
    organizer.answer("CancelCalendarItem", item_id)
    assert flat(attendee.get(attendee.only("inbox", "MeetingCancellation")).one("EnhancedLocation")) == PLACE_PAIRS


GUID = "c11ff724-aa03-4555-9952-8fa248a11c3e"
REMINDERS = (
    f"<t:InboxReminders><t:InboxReminder><t:Id>{GUID}</t:Id><t:ReminderOffset>60</t:ReminderOffset>"
    "<t:Message>Bring cake</t:Message><t:IsOrganizerReminder>true</t:IsOrganizerReminder>"
    "<t:OccurrenceChange>Added</t:OccurrenceChange><t:SendOption>AllAttendees</t:SendOption></t:InboxReminder>"
    "<t:InboxReminder><t:ReminderOffset>5</t:ReminderOffset></t:InboxReminder></t:InboxReminders>"
)


def test_reminders_by_mail_are_kept_and_taken_away(organizer, attendee, tools):
    answer = organizer(
        tools.create_request(attendees=("attendee0@example.com",)).replace(
            "</t:CalendarItem>", f"{REMINDERS}</t:CalendarItem>"
        )
    )
    (item_id,) = answer.ids("CalendarItem")
    first, second = organizer.get(item_id).all("InboxReminder")
    assert flat(first) == [
        ("Id", GUID),
        ("ReminderOffset", "60"),
        ("Message", "Bring cake"),
        ("IsOrganizerReminder", "true"),
        ("OccurrenceChange", "Added"),
        ("SendOption", "AllAttendees"),
    ]
    assert len(second.findtext(t("Id"))) == len(GUID)
    assert (second.findtext(t("OccurrenceChange")), second.findtext(t("SendOption"))) == ("None", "NotSet")
    assert not organizer.at("Exchange2013_SP1").get(item_id).all("InboxReminders")
    assert not attendee.get(attendee.only("calendar", "CalendarItem")).all("InboxReminders")
    organizer.update(item_id, tools.delete_field("calendar:InboxReminders"), sending="SendToNone")
    assert not organizer.get(item_id).all("InboxReminders")


def test_a_meeting_that_is_not_to_be_forwarded_is_not(organizer, attendee):
    online = organizer.at("V2017_01_07")
    closed = "<t:DoNotForwardMeeting>true</t:DoNotForwardMeeting>"
    (item_id,) = online.create(attendees=("attendee0@example.com",), after=closed).ids("CalendarItem")
    reader = attendee.at("V2017_01_07")
    to = (
        "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee1@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    )
    for folder, kind in (("calendar", "CalendarItem"), ("inbox", "MeetingRequest")):
        found = reader.only(folder, kind)
        shown = reader.get(found)
        assert (shown.text("DoNotForwardMeeting"), shown.all("ForwardItem")) == ("true", [])
        assert shown.all("ReplyToItem")
        assert reader.answer("ForwardItem", found, before=to).code == "ErrorInvalidReferenceItem"
    assert online.get(item_id).all("ForwardItem")
    assert online.answer("ForwardItem", item_id, before=to).code == "NoError"
    assert not organizer.get(item_id).all("DoNotForwardMeeting")


def test_only_the_organizer_closes_a_meeting_to_others(organizer, attendee, meeting, tools):
    closed = tools.set_field("calendar:DoNotForwardMeeting", "<t:DoNotForwardMeeting>true</t:DoNotForwardMeeting>")
    copy_id = attendee.only("calendar", "CalendarItem")
    assert attendee.at("V2017_01_07").update(copy_id, closed).code == "ErrorInvalidPropertySet"
    assert organizer.at("V2017_01_07").update(meeting, closed).code == "NoError"
    assert attendee.at("V2017_01_07").get(copy_id).text("DoNotForwardMeeting") == "true"


@pytest.mark.requirement("EWS-MTG-071")
def test_what_online_meetings_are_given_is_passed_over(organizer):
    given = (
        "<t:JoinOnlineMeetingUrl>http://x/</t:JoinOnlineMeetingUrl><t:OnlineMeetingSettings>"
        "<t:LobbyBypass>Disabled</t:LobbyBypass><t:AccessLevel>Everyone</t:AccessLevel>"
        "<t:Presenters>Everyone</t:Presenters></t:OnlineMeetingSettings>"
    )
    activity = (
        "<t:CalendarActivityData><t:ActivityAction>x</t:ActivityAction><t:ClientId>y</t:ClientId>"
        f"<t:CasRequestId>{GUID}</t:CasRequestId><t:IndexSelected>1</t:IndexSelected></t:CalendarActivityData>"
    )
    answer = organizer.create(sending="SendToNone", after=given + activity)
    assert answer.code == "NoError"
    shown = organizer.get(answer.ids("CalendarItem")[0])
    for name in ("JoinOnlineMeetingUrl", "OnlineMeetingSettings", "CalendarActivityData"):
        assert not shown.all(name)


@pytest.mark.requirement("EWS-MTG-070")
def test_being_online_is_decided_by_the_server_since_2016(organizer):
    online = "<t:IsOnlineMeeting>true</t:IsOnlineMeeting>"
    assert organizer.create(sending="SendToNone", after=online).code == "ErrorInvalidPropertySet"
    (item_id,) = organizer.at("Exchange2013").create(sending="SendToNone", after=online).ids("CalendarItem")
    assert organizer.get(item_id).text("IsOnlineMeeting") == "true"


@pytest.mark.requirement("EWS-MTG-078")
@pytest.mark.parametrize("kind", ["0", "1", "2"])
def test_conference_types_are_kept(organizer, kind):
    older = organizer.at("Exchange2013")
    (item_id,) = older.create(sending="SendToNone", after=f"<t:ConferenceType>{kind}</t:ConferenceType>").ids(
        "CalendarItem"
    )
    assert older.get(item_id).text("ConferenceType") == kind


@pytest.mark.requirement("EWS-MTG-074")
@pytest.mark.parametrize(("minutes", "is_legal"), [("0", True), ("2629800", True), ("-1", False), ("2629801", False)])
def test_reminders_come_at_most_five_years_before(organizer, minutes, is_legal):
    before = f"<t:ReminderMinutesBeforeStart>{minutes}</t:ReminderMinutesBeforeStart>"
    answer = organizer.create(sending="SendToNone", before=before)
    if is_legal:
        assert organizer.get(answer.ids("CalendarItem")[0]).text("ReminderMinutesBeforeStart") == minutes
    else:
        assert answer.fault == "ErrorSchemaValidation"


@pytest.mark.requirement("EWS-MTG-073")
def test_an_all_day_item_is_widened_to_whole_days(organizer):
    whole = "<t:IsAllDayEvent>true</t:IsAllDayEvent>"
    (item_id,) = organizer.create(
        sending="SendToNone", start="2026-06-25T10:00:00Z", end="2026-06-26T11:00:00Z", inner=whole
    ).ids("CalendarItem")
    shown = organizer.get(item_id)
    assert (shown.text("Start"), shown.text("End")) == ("2026-06-25T00:00:00Z", "2026-06-27T00:00:00Z")


@pytest.mark.requirement("EWS-MTG-076")
def test_attendees_come_back_resolved(organizer):
    (item_id,) = organizer.create(attendees=("ATTENDEE0@example.com",)).ids("CalendarItem")
    mailbox = organizer.get(item_id).one("RequiredAttendees").find(f"{t('Attendee')}/{t('Mailbox')}")
    assert [child.text for child in mailbox] == ["Attendee 0", "attendee0@example.com", "SMTP"]


def test_icons_tell_what_an_item_is(organizer, attendee, meeting):
    def icon(speaker, folder, kind):
        return speaker.get(speaker.only(folder, kind), shape="IdOnly", paths=("item:IconIndex",)).text("IconIndex")

    assert icon(organizer, "calendar", "CalendarItem") == "AppointmentMeet"
    assert icon(attendee, "inbox", "MeetingRequest") == "AppointmentMeet"
    attendee.answer("DeclineItem", attendee.only("inbox", "MeetingRequest"))
    assert icon(organizer, "inbox", "MeetingResponse") == "AppointmentMeetNo"
    organizer.answer("ReplyToItem", organizer.only("inbox", "MeetingResponse"))
    assert icon(attendee, "inbox", "Message") == "MailUnread"


def test_an_invitation_shows_the_conference_and_the_addresses_that_the_organizer_gave(organizer, attendee):
    given = (
        "<t:ConferenceType>1</t:ConferenceType><t:IsOnlineMeeting>true</t:IsOnlineMeeting>"
        "<t:MeetingWorkspaceUrl>http://w</t:MeetingWorkspaceUrl><t:NetShowUrl>http://n</t:NetShowUrl>"
    )
    organizer.at("Exchange2013").create(attendees=("attendee0@example.com",), after=given)
    for kind, folder in (("MeetingRequest", "inbox"), ("CalendarItem", "calendar")):
        shown = attendee.get(attendee.only(folder, kind))
        assert shown.text("ConferenceType") == "1"
        assert shown.text("IsOnlineMeeting") == "true"
        assert shown.text("MeetingWorkspaceUrl") == "http://w"
        assert shown.text("NetShowUrl") == "http://n"


def test_an_invitation_is_silent_about_conferences_that_there_are_not(organizer, attendee):
    organizer.create(attendees=("attendee0@example.com",))
    shown = attendee.get(attendee.only("inbox", "MeetingRequest"))
    for name in ("ConferenceType", "IsOnlineMeeting", "MeetingWorkspaceUrl", "NetShowUrl", "MeetingTimeZone"):
        assert not shown.all(name)
