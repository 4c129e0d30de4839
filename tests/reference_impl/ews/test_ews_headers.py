"""Header blocks: impersonation, time zones, precision, and those that are passed over."""

import pytest

from reference_impl.ews.namespaces import t
from reference_impl.service.directory import find_mailbox, security_id

FOLDER = (
    "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    '<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>'
)
PACIFIC = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Pacific Standard Time"/></t:TimeZoneContext>'


def acting_for(inner):
    return f"<t:ExchangeImpersonation><t:ConnectingSID>{inner}</t:ConnectingSID></t:ExchangeImpersonation>"


def test_impersonation_acts_in_the_other_mailbox(organizer, attendee):
    other = organizer.saying(acting_for("<t:PrimarySmtpAddress>attendee0@example.com</t:PrimarySmtpAddress>"))
    (item_id,) = other.create(sending="SendToNone").ids("CalendarItem")
    assert attendee.get(item_id).one("Organizer").findtext(f"{t('Mailbox')}/{t('Name')}") == "Attendee 0"
    assert organizer.find("calendar").all("CalendarItem") == []


def test_the_other_may_be_named_by_security_id(organizer, attendee):
    sid = f"<t:SID>{security_id(find_mailbox(organizer.world, attendee.address))}</t:SID>"
    (item_id,) = organizer.saying(acting_for(sid)).create(sending="SendToNone").ids("CalendarItem")
    assert attendee.get(item_id).code == "NoError"


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("", "ErrorInvalidExchangeImpersonationHeaderData"),
        ("<t:PrimarySmtpAddress> </t:PrimarySmtpAddress>", "ErrorInvalidExchangeImpersonationHeaderData"),
        ("<t:PrimarySmtpAddress>nobody@example.com</t:PrimarySmtpAddress>", "ErrorNonExistentMailbox"),
        ("<t:SmtpAddress>list0@example.com</t:SmtpAddress>", "ErrorNonExistentMailbox"),
        ("<t:PrincipalName>nobody</t:PrincipalName>", "ErrorInvalidUserPrincipalName"),
        ("<t:SID>S-1-5-21-1</t:SID>", "ErrorInvalidUserSid"),
    ],
)
def test_impersonation_that_cannot_be_is_a_fault(organizer, inner, code):
    assert organizer.saying(acting_for(inner))(FOLDER).fault == code


def test_impersonation_needs_the_right(attendee):
    header = acting_for("<t:PrimarySmtpAddress>attendee1@example.com</t:PrimarySmtpAddress>")
    assert attendee.saying(header)(FOLDER).fault == "ErrorImpersonateUserDenied"


def test_an_application_may_act_for_anybody(attendee, world, tools):
    header = acting_for("<t:PrimarySmtpAddress>attendee1@example.com</t:PrimarySmtpAddress>")
    speaker = tools.speaker(world, attendee.address, application=True, headers=(header,))
    assert speaker(FOLDER).code == "NoError"


def test_two_access_modes_are_one_too_many(organizer):
    header = acting_for("<t:PrimarySmtpAddress>attendee0@example.com</t:PrimarySmtpAddress>")
    assert organizer.saying(header, header)(FOLDER).fault == "ErrorMoreThanOneAccessModeSpecified"
    context = "<t:SerializedSecurityContext/>"
    assert organizer.saying(header, context)(FOLDER).fault == "ErrorMoreThanOneAccessModeSpecified"


def test_two_ways_to_name_one_person_are_a_schema_fault(organizer):
    inner = "<t:PrimarySmtpAddress>a@example.com</t:PrimarySmtpAddress><t:SID>S-1</t:SID>"
    assert organizer.saying(acting_for(inner))(FOLDER).fault == "ErrorSchemaValidation"


def test_unknown_headers_are_passed_over_unless_they_must_be_understood(organizer):
    header = '<x:Trace xmlns:x="urn:x" s:mustUnderstand="{}">1</x:Trace>'
    assert organizer.saying(header.format(0))(FOLDER).code == "NoError"
    assert organizer.saying(header.format(1))(FOLDER).fault == "ErrorInvalidRequest"


def test_known_headers_may_be_marked(organizer):
    header = '<t:MailboxCulture s:mustUnderstand="1">de-DE</t:MailboxCulture>'
    assert organizer.saying(header)(FOLDER).code == "NoError"


def test_headers_younger_than_the_version_are_passed_over(organizer):
    header = "<t:DateTimePrecision>Milliseconds</t:DateTimePrecision>"
    assert organizer.at("Exchange2010").saying(header)(FOLDER).code == "NoError"


def test_a_header_outside_its_schema_is_a_fault(organizer):
    header = "<t:DateTimePrecision>Days</t:DateTimePrecision>"
    assert organizer.saying(header)(FOLDER).fault == "ErrorSchemaValidation"


def test_an_unknown_zone_is_a_fault(organizer):
    header = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Mars Standard Time"/></t:TimeZoneContext>'
    assert organizer.saying(header)(FOLDER).fault == "ErrorTimeZone"


@pytest.mark.parametrize(
    ("precision", "expected"), [("Milliseconds", "2026-06-25T10:00:00.000Z"), ("Seconds", "2026-06-25T10:00:00Z")]
)
def test_the_precision_of_times_is_as_asked(organizer, meeting, precision, expected):
    speaker = organizer.saying(f"<t:DateTimePrecision>{precision}</t:DateTimePrecision>")
    assert speaker.get(meeting).text("Start") == expected
    assert speaker.find("calendar", paths=("calendar:Start",)).text("Start") == expected


def test_answers_show_the_offset_of_the_context(organizer, meeting):
    assert organizer.get(meeting).text("Start") == "2026-06-25T10:00:00Z"
    assert organizer.saying(PACIFIC).get(meeting).text("Start") == "2026-06-25T03:00:00-07:00"
    assert organizer.at("Exchange2007_SP1").saying(PACIFIC).get(meeting).text("Start") == "2026-06-25T10:00:00Z"


TOKYO, ROMANCE = "Tokyo Standard Time", "Romance Standard Time"
ZONES = {
    "nothing": ("Exchange2016", (), "", "10:00:00", "11:00:00", "UTC"),
    "context": ("Exchange2016", (PACIFIC,), "", "17:00:00", "18:00:00", "Pacific Standard Time"),
    "elements": (
        "Exchange2016",
        (),
        f'<t:StartTimeZone Id="{TOKYO}"/><t:EndTimeZone Id="{ROMANCE}"/>',
        "01:00:00",
        "09:00:00",
        TOKYO,
    ),
    "elements before context": (
        "Exchange2010",
        (PACIFIC,),
        f'<t:StartTimeZone Id="{TOKYO}"/><t:EndTimeZone Id="{TOKYO}"/>',
        "01:00:00",
        "02:00:00",
        TOKYO,
    ),
    "a start zone alone, the end in the context": (
        "Exchange2016",
        (PACIFIC,),
        f'<t:StartTimeZone Id="{TOKYO}"/>',
        "01:00:00",
        "18:00:00",
        TOKYO,
    ),
    "a start zone alone, the end in UTC": (
        "Exchange2016",
        (),
        f'<t:StartTimeZone Id="{TOKYO}"/>',
        "01:00:00",
        "11:00:00",
        TOKYO,
    ),
    "2007 with a context": ("Exchange2007_SP1", (PACIFIC,), "", "10:00:00", "11:00:00", "UTC"),
    "2007 with its own element": (
        "Exchange2007_SP1",
        (),
        f'<t:MeetingTimeZone TimeZoneName="{TOKYO}"/>',
        "01:00:00",
        "02:00:00",
        TOKYO,
    ),
}


@pytest.mark.parametrize("name", ZONES)
def test_times_without_an_offset_are_read_in_the_right_zone(organizer, name):
    version, headers, after, start, end, zone = ZONES[name]
    answer = (
        organizer.at(version)
        .saying(*headers)
        .create(sending="SendToNone", start="2026-06-25T10:00:00", end="2026-06-25T11:00:00", after=after)
    )
    shown = organizer.get(answer.ids("CalendarItem")[0])
    assert (shown.text("Start"), shown.text("End")) == (f"2026-06-25T{start}Z", f"2026-06-25T{end}Z")
    assert shown.one("StartTimeZone").get("Id") == zone


@pytest.mark.parametrize("zone", [f'<t:StartTimeZone Id="{TOKYO}"/><t:EndTimeZone Id="{TOKYO}"/>', ""])
def test_times_with_an_offset_are_taken_as_written(organizer, zone):
    answer = organizer.saying(PACIFIC).create(
        sending="SendToNone", start="2026-06-25T10:00:00+02:00", end="2026-06-25T11:00:00Z", after=zone
    )
    shown = organizer.get(answer.ids("CalendarItem")[0])
    assert (shown.text("Start"), shown.text("End")) == ("2026-06-25T08:00:00Z", "2026-06-25T11:00:00Z")


def test_all_day_items_run_from_midnight_to_midnight_of_their_zone(organizer):
    zone = f'<t:StartTimeZone Id="{TOKYO}"/><t:EndTimeZone Id="{TOKYO}"/>'
    answer = organizer.create(
        sending="SendToNone",
        start="2026-06-25T10:00:00",
        end="2026-06-25T11:00:00",
        inner="<t:IsAllDayEvent>true</t:IsAllDayEvent>",
        after=zone,
    )
    shown = organizer.get(answer.ids("CalendarItem")[0])
    assert (shown.text("Start"), shown.text("End")) == ("2026-06-24T15:00:00Z", "2026-06-25T15:00:00Z")
    assert shown.text("StartWallClock") == "2026-06-25T00:00:00+09:00"
    assert shown.text("Duration") == "P1D"


def test_a_zone_nobody_knows_is_refused(organizer, everything):
    before = everything()
    answer = organizer.create(sending="SendToNone", after='<t:StartTimeZone Id="Mars"/>')
    assert answer.code == "ErrorCalendarInvalidTimeZone"
    assert everything() == before


def test_the_zone_text_is_for_recurring_items_since_2016(organizer, meeting):
    assert organizer.at("Exchange2013_SP1").get(meeting).text("TimeZone") == "UTC"
    assert not organizer.at("Exchange2016").get(meeting).all("TimeZone")


def test_a_changed_time_is_read_in_the_zone_changed_with_it(organizer, meeting, tools):
    zones = [
        tools.set_field(f"calendar:{name}TimeZone", f'<t:{name}TimeZone Id="{TOKYO}"/>') for name in ("Start", "End")
    ]
    times = [
        tools.set_field("calendar:Start", "<t:Start>2026-06-25T08:00:00</t:Start>"),
        tools.set_field("calendar:End", "<t:End>2026-06-25T09:00:00</t:End>"),
    ]
    organizer.saying(PACIFIC).update(meeting, "".join(times + zones))
    shown = organizer.get(meeting)
    assert (shown.text("Start"), shown.text("End")) == ("2026-06-24T23:00:00Z", "2026-06-25T00:00:00Z")
    assert shown.one("StartTimeZone").get("Id") == TOKYO


def test_a_changed_time_alone_is_read_in_the_context(organizer, meeting, tools):
    later = tools.set_field("calendar:End", "<t:End>2026-06-25T05:00:00</t:End>")
    organizer.saying(PACIFIC).update(meeting, later)
    assert organizer.get(meeting).text("End") == "2026-06-25T12:00:00Z"
