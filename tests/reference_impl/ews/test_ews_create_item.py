"""CreateItem of calendar items and messages."""

import pytest

from reference_impl.ews.namespaces import t

PEOPLE = ("attendee0@example.com",)


def created(answer):
    assert answer.code == "NoError", answer.body.decode()
    (item_id,) = answer.ids("CalendarItem")
    return item_id


def test_the_answer_holds_the_id_and_nothing_else(organizer):
    answer = organizer.create(sending="SendToNone")
    assert [child.tag for child in answer.one("CalendarItem")] == [t("ItemId")]


def test_an_item_without_attendees_is_an_appointment(organizer):
    shown = organizer.get(created(organizer.create(sending="SendToNone")))
    assert (shown.text("IsMeeting"), shown.text("AppointmentState")) == ("false", "0")
    assert [child.tag for child in shown.one("ResponseObjects")] == [t("ForwardItem")]


def test_an_item_with_attendees_is_a_meeting_of_its_organizer(organizer, meeting):
    shown = organizer.get(meeting)
    assert (shown.text("IsMeeting"), shown.text("AppointmentState")) == ("true", "1")
    assert shown.text("MyResponseType") == "Organizer"
    assert shown.text("MeetingRequestWasSent") == "true"
    assert shown.text("AppointmentSequenceNumber") == "0"
    assert {child.tag for child in shown.one("ResponseObjects")} == {t("ForwardItem"), t("CancelCalendarItem")}


@pytest.mark.parametrize(
    ("sending", "is_sent", "keeps_copy"),
    [("SendToNone", False, False), ("SendOnlyToAll", True, False), ("SendToAllAndSaveCopy", True, True)],
)
def test_requests_go_out_and_are_kept_as_asked(organizer, attendee, sending, is_sent, keeps_copy):
    item_id = created(organizer.create(attendees=PEOPLE, sending=sending))
    assert len(attendee.find("inbox").all("MeetingRequest")) == is_sent
    assert len(attendee.find("calendar").all("CalendarItem")) == is_sent
    assert len(organizer.find("sentitems").all("MeetingRequest")) == keeps_copy
    assert organizer.get(item_id).text("MeetingRequestWasSent") == str(is_sent).lower()


def test_attendees_come_back_resolved_in_their_lists(organizer, tools):
    request = tools.create_request(
        attendees=("ATTENDEE0@example.com",), optional=("nobody@elsewhere.example",), resources=("room0@example.com",)
    )
    shown = organizer.get(created(organizer(request)))
    names = [
        [mailbox.findtext(t(part)) for part in ("Name", "EmailAddress", "RoutingType")]
        for name in ("RequiredAttendees", "OptionalAttendees", "Resources")
        for mailbox in shown.one(name).iter(t("Mailbox"))
    ]
    assert names == [
        ["Attendee 0", "attendee0@example.com", "SMTP"],
        ["nobody@elsewhere.example", "nobody@elsewhere.example", "SMTP"],
        ["room0@example.com", "room0@example.com", "SMTP"],
    ]
    assert set(shown.texts("ResponseType")) == {"Unknown"}
    assert not shown.all("LastResponseTime")


def test_send_meeting_invitations_is_required(organizer, tools, everything):
    before = everything()
    assert organizer(tools.create_request(sending=None)).code == "ErrorSendMeetingInvitationsRequired"
    assert everything() == before


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-06-25T10:00:00Z", "2026-06-25T09:00:00Z", "ErrorCalendarEndDateIsEarlierThanStartDate"),
        ("2026-06-25T10:00:00Z", "2031-06-25T10:00:01Z", "ErrorCalendarDurationIsTooLong"),
        ("2026-06-25T10:00:00Z", "2031-06-25T10:00:00Z", "NoError"),
        ("2026-06-25T10:00:00Z", "2026-06-25T10:00:00Z", "NoError"),
        ("12026-06-25T10:00:00Z", "12026-06-25T11:00:00Z", "ErrorValueOutOfRange"),
        ("0001-01-01T00:00:00+14:00", "2026-06-25T11:00:00Z", "ErrorValueOutOfRange"),
        ("9999-12-31T23:00:00-14:00", "9999-12-31T23:30:00-14:00", "ErrorValueOutOfRange"),
    ],
)
def test_times_must_make_sense(organizer, everything, start, end, code):
    before = everything()
    assert organizer.create(sending="SendToNone", start=start, end=end).code == code
    if code != "NoError":
        assert everything() == before


@pytest.mark.parametrize("missing", ["Start", "End"])
def test_a_calendar_item_needs_its_times(organizer, missing):
    other = "End" if missing == "Start" else "Start"
    answer = organizer(
        '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>'
        f"<t:{other}>2026-06-25T10:00:00Z</t:{other}></t:CalendarItem></m:Items></m:CreateItem>"
    )
    assert answer.code == "ErrorRequiredPropertyMissing"
    assert answer.one("FieldURI").get("FieldURI") == f"calendar:{missing}"


def saved_in(folder):
    return f'<m:SavedItemFolderId><t:DistinguishedFolderId Id="{folder}"/></m:SavedItemFolderId>'


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("calendar", "NoError"),
        ("inbox", "ErrorCannotCreateCalendarItemInNonCalendarFolder"),
        ("voicemail", "ErrorFolderNotFound"),
    ],
)
def test_calendar_items_belong_into_calendars(organizer, folder, code):
    assert organizer.create(sending="SendToNone", folder=saved_in(folder)).code == code


@pytest.mark.parametrize("kind", ["MeetingMessage", "MeetingRequest", "MeetingResponse", "MeetingCancellation"])
def test_meeting_messages_cannot_be_created(organizer, kind):
    answer = organizer(f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:{kind}/></m:Items></m:CreateItem>')
    assert answer.code == "ErrorInvalidItemForOperationCreateItem"


READ_ONLY = {
    "IsMeeting": ("inner", "<t:IsMeeting>true</t:IsMeeting>", "calendar:IsMeeting"),
    "ItemId": ("item", '<t:ItemId Id="AAAA"/>', "item:ItemId"),
    "ParentFolderId": ("item", '<t:ParentFolderId Id="AAAA"/>', "item:ParentFolderId"),
    "Size": ("before", "<t:Size>5</t:Size>", "item:Size"),
    "DateTimeReceived": (
        "before",
        "<t:DateTimeReceived>2026-01-01T00:00:00Z</t:DateTimeReceived>",
        "item:DateTimeReceived",
    ),
    "DisplayTo": ("before", "<t:DisplayTo>x</t:DisplayTo>", "item:DisplayTo"),
    "Preview": ("before", "<t:Preview>x</t:Preview>", "item:Preview"),
}


@pytest.mark.parametrize("name", READ_ONLY)
def test_read_only_properties_are_refused_by_name(organizer, tools, everything, name):
    where, text, uri = READ_ONLY[name]
    if where == "item":
        request = tools.create_request(sending="SendToNone").replace("<t:Subject>", text + "<t:Subject>")
    else:
        request = tools.create_request(sending="SendToNone", **{where: text})
    before = everything()
    answer = organizer(request)
    assert answer.code == "ErrorInvalidPropertySet"
    assert answer.one("FieldURI").get("FieldURI") == uri
    assert everything() == before


def test_is_online_meeting_is_read_only_since_2016(organizer, tools):
    online = "<t:IsOnlineMeeting>true</t:IsOnlineMeeting>"
    request = tools.create_request(sending="SendToNone", after=online)
    assert organizer.at("Exchange2016")(request).code == "ErrorInvalidPropertySet"
    item_id = created(organizer.at("Exchange2013_SP1")(request))
    assert organizer.get(item_id).text("IsOnlineMeeting") == "true"


def test_online_meeting_settings_of_a_request_are_ignored(organizer):
    online = (
        "<t:JoinOnlineMeetingUrl>http://x.example</t:JoinOnlineMeetingUrl><t:OnlineMeetingSettings>"
        "<t:LobbyBypass>Disabled</t:LobbyBypass><t:AccessLevel>Everyone</t:AccessLevel>"
        "<t:Presenters>Disabled</t:Presenters></t:OnlineMeetingSettings>"
    )
    item_id = created(organizer.create(sending="SendToNone", after=online))
    assert not organizer.get(item_id).all("JoinOnlineMeetingUrl")


def test_a_store_entry_id_is_ignored(organizer, tools):
    request = tools.create_request(sending="SendToNone", before="<t:StoreEntryId>AAAA</t:StoreEntryId>")
    assert organizer(request).code == "NoError"


def test_every_settable_property_round_trips(organizer):
    before = (
        '<t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="HTML">&lt;p&gt;Hi&lt;/p&gt;</t:Body>'
        "<t:Categories><t:String>Red</t:String><t:String>Blue &amp; green</t:String></t:Categories>"
        "<t:Importance>High</t:Importance><t:ReminderIsSet>false</t:ReminderIsSet>"
        "<t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>"
    )
    inner = (
        "<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus><t:Location>Room 1</t:Location><t:When>noon</t:When>"
        "<t:IsResponseRequested>false</t:IsResponseRequested>"
    )
    after = (
        '<t:StartTimeZone Id="Pacific Standard Time"/><t:EndTimeZone Id="UTC"/><t:ConferenceType>2</t:ConferenceType>'
        "<t:AllowNewTimeProposal>false</t:AllowNewTimeProposal><t:MeetingWorkspaceUrl>http://w</t:MeetingWorkspaceUrl>"
        "<t:NetShowUrl>http://n</t:NetShowUrl>"
    )
    shown = organizer.get(created(organizer.create(sending="SendToNone", before=before, inner=inner, after=after)))
    expected = {
        "Sensitivity": "Private",
        "Body": "<p>Hi</p>",
        "Importance": "High",
        "ReminderIsSet": "false",
        "ReminderMinutesBeforeStart": "30",
        "LegacyFreeBusyStatus": "OOF",
        "Location": "Room 1",
        "When": "noon",
        "IsResponseRequested": "false",
        "ConferenceType": "2",
        "AllowNewTimeProposal": "false",
        "MeetingWorkspaceUrl": "http://w",
        "NetShowUrl": "http://n",
    }
    assert {name: shown.text(name) for name in expected} == expected
    assert shown.texts("String") == ["Red", "Blue & green"]
    assert shown.one("StartTimeZone").get("Id") == "Pacific Standard Time"
    assert shown.one("EndTimeZone").get("Id") == "UTC"


def test_a_given_uid_is_kept_everywhere(organizer, attendee, tools):
    request = tools.create_request(attendees=PEOPLE).replace("<t:Start>", "<t:UID>my-own-uid</t:UID><t:Start>")
    assert organizer.get(created(organizer(request))).text("UID") == "my-own-uid"
    for folder, kind in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        assert attendee.get(attendee.only(folder, kind)).text("UID") == "my-own-uid"


def test_server_made_uids_are_unique_and_shared_by_all_copies(organizer, attendee, meeting):
    own = organizer.get(meeting).text("UID")
    assert attendee.get(attendee.only("calendar", "CalendarItem")).text("UID") == own
    second = organizer.get(created(organizer.create(sending="SendToNone"))).text("UID")
    assert second != own


def test_an_address_that_is_none_is_refused(organizer, everything):
    before = everything()
    assert organizer.create(attendees=("nobody at home",)).code == "ErrorInvalidRecipients"
    assert everything() == before


def test_a_recipient_needs_an_address_and_smtp(organizer, tools):
    request = tools.create_request(attendees=PEOPLE)
    no_address = request.replace("<t:EmailAddress>attendee0@example.com</t:EmailAddress>", "<t:Name>A</t:Name>")
    assert organizer(no_address).code == "ErrorMissingInformationEmailAddress"
    fax = request.replace("</t:EmailAddress>", "</t:EmailAddress><t:RoutingType>FAX</t:RoutingType>")
    assert organizer(fax).code == "ErrorInvalidRoutingType"


def test_one_bad_entry_leaves_the_others_alone(organizer, tools):
    good = tools.create_request(sending="SendToNone")
    entry = good[good.index("<t:CalendarItem>") : good.index("</m:Items>")]
    bad = entry.replace("2026-06-25T11:00:00Z", "2026-06-25T01:00:00Z")
    answer = organizer(good.replace(entry, entry + bad + entry))
    assert answer.codes == ["NoError", "ErrorCalendarEndDateIsEarlierThanStartDate", "NoError"]
    assert len(organizer.find("calendar").all("CalendarItem")) == 2


def message(inner, disposition="SaveOnly", folder=""):
    asked = f' MessageDisposition="{disposition}"' if disposition else ""
    return f"<m:CreateItem{asked}>{folder}<m:Items><t:Message>{inner}</t:Message></m:Items></m:CreateItem>"


TO = "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"


def test_a_message_needs_a_disposition(organizer):
    assert organizer(message("<t:Subject>x</t:Subject>", "")).code == "ErrorMessageDispositionRequired"


def test_a_saved_message_has_an_id_and_a_sent_one_has_none(organizer, attendee):
    saved = organizer(message("<t:Subject>Draft</t:Subject>" + TO))
    (item_id,) = saved.ids("Message")
    assert organizer.get(item_id).text("IsDraft") == "true"
    assert attendee.find("inbox").all("Message") == []
    for disposition, copies in (("SendOnly", 0), ("SendAndSaveCopy", 1)):
        sent = organizer(message("<t:Subject>Mail</t:Subject>" + TO, disposition))
        assert (sent.code, sent.all("Message")) == ("NoError", [])
        assert len(organizer.find("sentitems").all("Message")) == copies
    assert len(attendee.find("inbox").all("Message")) == 2


def test_a_message_is_saved_where_it_is_asked_to_be(organizer):
    saved = organizer(message("<t:Subject>Note</t:Subject>", folder=saved_in("inbox")))
    (item_id,) = saved.ids("Message")
    assert organizer.find("inbox").ids("Message") == [item_id]
    assert organizer.find("drafts").all("Message") == []


def test_a_message_to_nobody_cannot_be_sent(organizer):
    assert organizer(message("<t:Subject>x</t:Subject>", "SendOnly")).code == "ErrorInvalidRecipients"


def test_a_message_in_another_name_is_refused(organizer):
    author = "<t:From><t:Mailbox><t:EmailAddress>attendee1@example.com</t:EmailAddress></t:Mailbox></t:From>"
    assert organizer(message(TO + author, "SendOnly")).code == "ErrorSendAsDenied"


def test_a_message_that_reminds_is_refused(organizer):
    reminder = "<t:ReminderIsSet>true</t:ReminderIsSet>"
    assert organizer(message(f"<t:Subject>x</t:Subject>{reminder}")).code == "ErrorInvalidPropertySet"


def test_a_class_of_another_kind_is_refused(organizer, tools):
    for wanted, code in (("IPM.Note", "ErrorObjectTypeChanged"), ("IPM.Appointment.Mine", "NoError")):
        request = tools.create_request(sending="SendToNone").replace(
            "<t:Subject>", f"<t:ItemClass>{wanted}</t:ItemClass><t:Subject>"
        )
        assert organizer(request).code == code
