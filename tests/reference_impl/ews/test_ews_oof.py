"""GetUserOofSettings, SetUserOofSettings, and the automatic reply as a client finds it."""

import pytest
from lxml import etree

from reference_impl.domain.oof import ExternalAudience
from reference_impl.ews.namespaces import MESSAGES, SOAP, m, t
from reference_impl.ews.versions import NAMES
from reference_impl.service.settings import Settings

OWN = "organizer0@example.com"
DURATION = (
    "<t:Duration><t:StartTime>2026-02-01T00:00:00Z</t:StartTime>"
    "<t:EndTime>2026-02-08T00:00:00Z</t:EndTime></t:Duration>"
)
REPLIES = (
    '<t:InternalReply xml:lang="en-US"><t:Message>Inside &amp; away</t:Message></t:InternalReply>'
    "<t:ExternalReply><t:Message>&lt;p&gt;Outside&lt;/p&gt;</t:Message></t:ExternalReply>"
)


def get(speaker, address=OWN):
    return speaker(
        f"<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>{address}</t:Address></t:Mailbox>"
        "</m:GetUserOofSettingsRequest>"
    )


def put(speaker, state="Enabled", audience="All", rest=DURATION + REPLIES, address=OWN):
    return speaker(
        f"<m:SetUserOofSettingsRequest><t:Mailbox><t:Name>Me</t:Name><t:Address>{address}</t:Address>"
        f"<t:RoutingType>SMTP</t:RoutingType></t:Mailbox><t:UserOofSettings><t:OofState>{state}</t:OofState>"
        f"<t:ExternalAudience>{audience}</t:ExternalAudience>{rest}</t:UserOofSettings></m:SetUserOofSettingsRequest>"
    )


def told(answer):
    """The leaves of the settings, by their names and those above them."""
    (settings,) = answer.all("OofSettings")
    above = {leaf: [etree.QName(up).localname for up in leaf.iterancestors()] for leaf in settings.iter()}
    return {
        "/".join([*reversed(names[: names.index("OofSettings")]), etree.QName(leaf).localname]): leaf.text or ""
        for leaf, names in above.items()
        if not len(leaf)
    }


@pytest.mark.requirement("EWS-MTG-311")
def test_a_new_mailbox_is_not_away(organizer):
    answer = get(organizer)
    assert answer.code == "NoError"
    (root,) = answer.root.iter(m("GetUserOofSettingsResponse"))
    assert [child.tag for child in root] == [m("ResponseMessage"), t("OofSettings"), m("AllowExternalOof")]
    assert told(answer) == {
        "OofState": "Disabled",
        "ExternalAudience": "All",
        "InternalReply/Message": "",
        "ExternalReply/Message": "",
    }
    assert root.findtext(m("AllowExternalOof")) == "All"


@pytest.mark.requirement("EWS-MTG-309")
@pytest.mark.parametrize("version", ["Exchange2007", "Exchange2010", "Exchange2016"])
@pytest.mark.parametrize("state", ["Disabled", "Enabled", "Scheduled"])
@pytest.mark.parametrize("audience", ["None", "Known", "All"])
def test_what_is_set_is_what_is_told(organizer, version, state, audience):
    speaker = organizer.at(version)
    assert put(speaker, state, audience).code == "NoError"
    answer = get(speaker)
    assert told(answer) == {
        "OofState": state,
        "ExternalAudience": audience,
        "Duration/StartTime": "2026-02-01T00:00:00Z",
        "Duration/EndTime": "2026-02-08T00:00:00Z",
        "InternalReply/Message": "Inside & away",
        "ExternalReply/Message": "<p>Outside</p>",
    }
    assert answer.one("InternalReply").get("{http://www.w3.org/XML/1998/namespace}lang") == "en-US"


def test_times_without_an_offset_are_universal(organizer):
    put(organizer, "Scheduled", rest=DURATION.replace("Z<", "<") + REPLIES)
    assert told(get(organizer))["Duration/StartTime"] == "2026-02-01T00:00:00Z"


@pytest.mark.requirement("EWS-MTG-310")
@pytest.mark.parametrize(
    "duration",
    [
        "",
        DURATION.replace("02-08", "02-01"),
        DURATION.replace("02-08", "01-31"),
        DURATION.replace("2026", "2025"),
    ],
    ids=["absent", "empty", "backwards", "over"],
)
def test_a_scheduled_absence_needs_a_time_to_come(organizer, duration):
    assert put(organizer, "Scheduled", rest=duration + REPLIES).code == "ErrorInvalidScheduledOofDuration"
    assert told(get(organizer))["OofState"] == "Disabled"
    assert put(organizer, "Enabled", rest=duration + REPLIES).code == "NoError"


@pytest.mark.parametrize(
    ("state", "audience", "replies", "code"),
    [
        ("Enabled", "All", "", "ErrorInvalidUserOofSettings"),
        (
            "Enabled",
            "All",
            "<t:InternalReply><t:Message>a</t:Message></t:InternalReply>",
            "ErrorInvalidUserOofSettings",
        ),
        (
            "Enabled",
            "All",
            "<t:ExternalReply><t:Message>a</t:Message></t:ExternalReply>",
            "ErrorInvalidUserOofSettings",
        ),
        ("Enabled", "None", "<t:InternalReply><t:Message>a</t:Message></t:InternalReply>", "NoError"),
        ("Enabled", "All", "<t:InternalReply/><t:ExternalReply/>", "NoError"),
        ("Disabled", "All", "", "NoError"),
    ],
)
def test_an_absence_needs_words(organizer, state, audience, replies, code):
    assert put(organizer, state, audience, replies).code == code


@pytest.mark.parametrize("version", [name for name in NAMES if name >= "Exchange2010"])
def test_another_persons_settings_are_denied(organizer, version):
    speaker = organizer.at(version)
    assert get(speaker, "attendee0@example.com").code == "ErrorAccessDenied"
    assert put(speaker, address="attendee0@example.com").code == "ErrorAccessDenied"


@pytest.mark.parametrize("version", ["Exchange2007", "Exchange2007_SP1", "Exchange2009", None])
@pytest.mark.parametrize("act", [get, put])
def test_at_first_another_persons_settings_were_a_fault_of_the_client(organizer, version, act):
    answer = act(organizer.at(version), address="attendee0@example.com")
    assert answer.status == 500
    fault = answer.root.find(f".//{{{SOAP}}}Fault")
    assert fault.findtext("faultcode") == "s:Client"
    assert fault.nsmap["s"] == SOAP
    assert "User is not mailbox owner." in fault.findtext("faultstring")
    assert fault.findtext("faultactor") == "/EWS/Exchange.asmx"
    assert fault.findtext(f"detail/{{{MESSAGES}}}ErrorCode") == "-2146233088"


@pytest.mark.parametrize("version", ["Exchange2007_SP1", "Exchange2016"])
def test_nobodys_settings_are_not_found(organizer, version):
    assert get(organizer.at(version), "nobody@example.com").code == "ErrorMailRecipientNotFound"
    assert put(organizer.at(version), address="nobody@example.com").code == "ErrorMailRecipientNotFound"


def test_whoever_acts_for_somebody_sets_their_absence(organizer, attendee):
    acting = organizer.saying(
        "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>attendee0@example.com</t:PrimarySmtpAddress>"
        "</t:ConnectingSID></t:ExchangeImpersonation>"
    )
    assert put(acting, address="attendee0@example.com").code == "NoError"
    assert told(get(attendee, "attendee0@example.com"))["OofState"] == "Enabled"
    assert told(get(organizer))["OofState"] == "Disabled"


@pytest.mark.parametrize("settings", [Settings(external_replies=ExternalAudience.KNOWN)])
def test_the_server_tells_whom_it_lets_be_told(organizer):
    assert get(organizer).root.findtext(f".//{m('AllowExternalOof')}") == "Known"


PLAN = (
    "<t:DeclineMeetingReply><t:Message>No</t:Message></t:DeclineMeetingReply>"
    "<t:DeclineEventsForScheduledOOF>true</t:DeclineEventsForScheduledOOF>"
    "<t:DeclineAllEventsForScheduledOOF>{all}</t:DeclineAllEventsForScheduledOOF>"
    "<t:CreateOOFEvent>true</t:CreateOOFEvent><t:OOFEventSubject>Ski</t:OOFEventSubject>"
    "<t:AutoDeclineFutureRequestsWhenOOF>false</t:AutoDeclineFutureRequestsWhenOOF>{named}"
)
PLANNED = {
    "DeclineMeetingReply/Message": "No",
    "DeclineEventsForScheduledOOF": "true",
    "DeclineAllEventsForScheduledOOF": "false",
    "CreateOOFEvent": "true",
    "OOFEventSubject": "Ski",
    "AutoDeclineFutureRequestsWhenOOF": "false",
}


def test_a_plan_for_the_calendar_is_kept_and_told_since_2016(organizer):
    put(organizer, "Scheduled", rest=DURATION + REPLIES + PLAN.format(all="false", named=""))
    assert told(get(organizer)).items() >= PLANNED.items()
    assert not PLANNED.keys() & told(get(organizer.at("Exchange2013_SP1"))).keys()
    assert organizer.find("calendar").ids("CalendarItem") == []
    old = put(organizer.at("Exchange2013"), rest=DURATION + REPLIES + PLAN.format(all="false", named=""))
    assert old.fault == "ErrorSchemaValidation"


@pytest.mark.parametrize("settings", [Settings.online()])
def test_online_the_calendar_follows_the_plan(organizer, attendee):
    attendee.create(attendees=(OWN,), start="2026-02-03T10:00:00Z", end="2026-02-03T11:00:00Z")
    (meeting,) = organizer.find("calendar").ids("CalendarItem")
    named = (
        "<t:EventsToDeleteIDs><t:EventToDeleteID>"
        f"{etree.fromstring(meeting).get('Id')}</t:EventToDeleteID></t:EventsToDeleteIDs>"
    )
    answer = put(organizer, "Scheduled", rest=DURATION + REPLIES + PLAN.format(all="false", named=named))
    assert answer.code == "NoError"
    (event,) = organizer.find("calendar", shape="Default").all("CalendarItem")
    assert (event.findtext(t("Subject")), event.findtext(t("LegacyFreeBusyStatus"))) == ("Ski", "OOF")
    assert told(get(organizer))["OOFEventID"] == event.find(t("ItemId")).get("Id")
    (response,) = attendee.find("inbox").ids("MeetingResponse")
    assert attendee.get(response).text("ResponseType") == "Decline"


@pytest.mark.parametrize("settings", [Settings.online()])
@pytest.mark.parametrize(
    ("event_id", "code"),
    [("", "ErrorInvalidIdEmpty"), ("AAAA", "ErrorInvalidIdMalformed"), (None, "ErrorItemNotFound")],
)
def test_events_are_named_by_ids_of_the_own_mailbox(organizer, attendee, event_id, code):
    if event_id is None:
        (theirs,) = attendee.create().ids("CalendarItem")
        event_id = etree.fromstring(theirs).get("Id")
    named = f"<t:EventsToDeleteIDs><t:EventToDeleteID>{event_id}</t:EventToDeleteID></t:EventsToDeleteIDs>"
    answer = put(organizer, "Scheduled", rest=DURATION + REPLIES + PLAN.format(all="false", named=named))
    assert answer.code == code
    assert told(get(organizer))["OofState"] == "Disabled"


@pytest.mark.parametrize("settings", [Settings.online()])
def test_online_a_contradictory_plan_is_refused(organizer):
    answer = put(organizer, "Enabled", rest=REPLIES + PLAN.format(all="true", named=""))
    assert answer.code == "ErrorInvalidUserOofSettings"


def test_the_automatic_reply_is_a_message_of_its_own_class(organizer, attendee):
    put(organizer)
    attendee(
        '<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:Message><t:Subject>Numbers</t:Subject><t:ToRecipients>'
        f"<t:Mailbox><t:EmailAddress>{OWN}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items>"
        "</m:CreateItem>"
    )
    (reply,) = attendee.find("inbox").ids("Message")
    answer = attendee.get(reply)
    assert answer.text("ItemClass") == "IPM.Note.Rules.OofTemplate.Microsoft"
    assert answer.text("Subject") == "Automatic reply: Numbers"
    assert answer.text("Body") == "Inside & away"
    assert organizer.find("sentitems").ids("Message") == []


@pytest.mark.parametrize("settings", [Settings(message_bytes=5000)])
def test_a_reply_too_long_for_a_message_stops_nobody_from_writing(organizer, attendee, tools):
    words = f"<t:Message>{'away ' * 2000}</t:Message>"
    rest = f"<t:InternalReply>{words}</t:InternalReply><t:ExternalReply>{words}</t:ExternalReply>"
    assert put(organizer, rest=rest).code == "NoError"
    assert attendee(tools.create_request(attendees=(OWN,))).code == "NoError"
    assert len(organizer.find("inbox").ids("MeetingRequest")) == 1
    assert len(attendee.find("inbox").ids("Message")) == 1
