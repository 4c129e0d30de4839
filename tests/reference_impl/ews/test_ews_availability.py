"""GetUserAvailability: views, digits, zones, permissions, limits."""

from dataclasses import replace

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.mailbox import FreeBusyAccess
from reference_impl.ews.namespaces import t
from reference_impl.service.world import Settings

UTC_ZONE = (
    "<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder>"
    "<t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>0</t:Bias>"
    "<t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    "</t:DaylightTime></t:TimeZone>"
)
PACIFIC_OF_2006 = (
    "<t:TimeZone><t:Bias>480</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder>"
    "<t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias>"
    "<t:Time>02:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>4</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    "</t:DaylightTime></t:TimeZone>"
)


def ask(
    *addresses,
    start="2026-06-25T00:00:00",
    end="2026-06-26T00:00:00",
    interval=60,
    view="DetailedMerged",
    zone=UTC_ZONE,
    options=None,
):
    data = "".join(
        f"<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType>"
        "</t:MailboxData>"
        for address in addresses
    )
    merged = (
        "" if interval is None else f"<t:MergedFreeBusyIntervalInMinutes>{interval}</t:MergedFreeBusyIntervalInMinutes>"
    )
    asked = "" if view is None else f"<t:RequestedView>{view}</t:RequestedView>"
    window = f"<t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>"
    default = f"<t:FreeBusyViewOptions>{window}{merged}{asked}</t:FreeBusyViewOptions>"
    return (
        f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray>{data}</m:MailboxDataArray>"
        f"{default if options is None else options}</m:GetUserAvailabilityRequest>"
    )


OWN = "organizer0@example.com"


@pytest.fixture
def day(organizer):
    """A day of the organizer's with one event of each status that others care about."""
    for start, end, status, subject in (
        ("10:00", "11:00", "Busy", "Budget"),
        ("11:30", "12:10", "Tentative", "Lunch"),
        ("14:59", "15:01", "OOF", "Errand"),
        ("20:00", "21:00", "Free", "Music"),
    ):
        organizer.create(
            sending="SendToNone",
            subject=subject,
            start=f"2026-06-25T{start}:00Z",
            end=f"2026-06-25T{end}:00Z",
            inner=f"<t:LegacyFreeBusyStatus>{status}</t:LegacyFreeBusyStatus><t:Location>Hall</t:Location>",
        )


def test_digits_tell_the_strongest_status_of_each_slot(organizer, day):
    answer = organizer(ask(OWN))
    assert answer.text("MergedFreeBusy") == "0" * 10 + "211" + "0" + "33" + "0" * 8


def test_a_slot_counts_what_only_touches_it(organizer, day):
    digits = organizer(ask(OWN, interval=30)).text("MergedFreeBusy")
    assert len(digits) == 48
    busy = {index: digit for index, digit in enumerate(digits) if digit != "0"}
    assert busy == {20: "2", 21: "2", 23: "1", 24: "1", 29: "3", 30: "3"}
    assert organizer(ask(OWN, interval=None)).text("MergedFreeBusy") == digits


def test_the_last_slot_may_be_cut(organizer):
    answer = organizer(ask(OWN, end="2026-06-25T23:59:59"))
    assert answer.text("MergedFreeBusy") == "0" * 24
    assert organizer(ask(OWN, end="2026-06-25T00:31:00", interval=30)).text("MergedFreeBusy") == "00"


VIEWS = {
    "MergedOnly": (True, False, False),
    "FreeBusy": (False, True, False),
    "FreeBusyMerged": (True, True, False),
    "Detailed": (False, True, True),
    "DetailedMerged": (True, True, True),
}


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_shows_its_parts(organizer, day, view):
    merged, events, details = VIEWS[view]
    answer = organizer(ask(OWN, view=view))
    assert answer.text("FreeBusyViewType") == view
    assert bool(answer.all("MergedFreeBusy")) is merged
    assert len(answer.all("CalendarEvent")) == (4 if events else 0)
    assert len(answer.all("CalendarEventDetails")) == (4 if details else 0)
    assert bool(answer.all("WorkingHours")) is events


def test_details_tell_the_event(organizer, day):
    answer = organizer(ask(OWN))
    event = answer.all("CalendarEvent")[0]
    details = event.find(t("CalendarEventDetails"))
    assert event.findtext(t("StartTime")) == "2026-06-25T10:00:00"
    assert event.findtext(t("BusyType")) == "Busy"
    assert [details.findtext(t(name)) for name in ("Subject", "Location", "IsMeeting", "IsPrivate")] == [
        "Budget",
        "Hall",
        "false",
        "false",
    ]
    hexadecimal = details.findtext(t("ID"))
    source = f'<t:AlternateId Format="HexEntryId" Id="{hexadecimal}" Mailbox="{OWN}"/>'
    converted = organizer(f'<m:ConvertId DestinationFormat="EwsId"><m:SourceIds>{source}</m:SourceIds></m:ConvertId>')
    found = converted.root.find(".//{*}AlternateId").get("Id")
    assert organizer.get(f'<t:ItemId Id="{found}"/>').text("Subject") == "Budget"


def test_others_see_only_the_times(attendee, organizer, day):
    answer = attendee(ask(OWN))
    assert answer.text("FreeBusyViewType") == "FreeBusyMerged"
    assert len(answer.all("CalendarEvent")) == 4
    assert not answer.all("CalendarEventDetails")
    assert b"Budget" not in answer.body
    assert attendee(ask(OWN, view="Detailed")).text("FreeBusyViewType") == "FreeBusy"


class TestAccess:
    """What a calendar's owner lets others see decides the view."""

    @pytest.fixture(params=list(FreeBusyAccess))
    def access(self, request):
        return request.param

    @pytest.fixture
    def world(self, settings, access, tools):
        population = tuple(
            replace(mailbox, default_access=access) if mailbox.address == OWN else mailbox
            for mailbox in default_population()
        )
        return tools.new_world(settings, population)

    def test_the_view_is_what_may_be_seen(self, organizer, attendee, day, access):
        private = "<t:Sensitivity>Private</t:Sensitivity>"
        organizer.create(
            sending="SendToNone",
            subject="Secret",
            before=private,
            start="2026-06-25T16:00:00Z",
            end="2026-06-25T17:00:00Z",
        )
        answer = attendee(ask(OWN))
        if access is FreeBusyAccess.NONE:
            assert answer.code == "ErrorNoFreeBusyAccess"
            return
        detailed = access in {FreeBusyAccess.FULL, FreeBusyAccess.TIME_SUBJECT_LOCATION}
        assert answer.text("FreeBusyViewType") == ("DetailedMerged" if detailed else "FreeBusyMerged")
        assert (b"Budget" in answer.body) is detailed
        assert b"Secret" not in answer.body
        assert len(answer.all("ID")) == (4 if access is FreeBusyAccess.FULL else 0)
        if detailed:
            private_flags = [details.findtext(t("IsPrivate")) for details in answer.all("CalendarEventDetails")]
            assert private_flags.count("true") == 1
        assert b"Secret" in organizer(ask(OWN)).body


def test_answers_stand_in_the_order_of_the_request(organizer, day):
    answer = organizer(ask("attendee0@example.com", "nobody@example.com", OWN))
    assert answer.codes == ["NoError", "ErrorMailRecipientNotFound", "NoError"]
    assert [found.text for found in answer.all("FreeBusyViewType")] == ["FreeBusyMerged", "None", "DetailedMerged"]
    old = organizer.at("Exchange2007_SP1")(ask("nobody@example.com"))
    assert not old.all("FreeBusyViewType")


def test_a_list_is_merged_into_one_stream(organizer, attendee, other):
    for speaker, hour in ((attendee, 10), (other, 12)):
        speaker.create(sending="SendToNone", start=f"2026-06-25T{hour}:00:00Z", end=f"2026-06-25T{hour + 1}:00:00Z")
    answer = organizer(ask("list0@example.com"))
    assert answer.text("FreeBusyViewType") == "MergedOnly"
    assert answer.text("MergedFreeBusy") == "0" * 10 + "202" + "0" * 11
    assert not answer.all("CalendarEvent")
    assert not answer.all("WorkingHours")


class TestSmallLists:
    """A list with more members than are expanded."""

    @pytest.fixture
    def settings(self):
        return Settings(free_busy_list_members=4)

    def test_a_list_too_large_is_not_expanded(self, organizer):
        assert organizer(ask("list0@example.com", OWN)).codes == ["ErrorFreeBusyDLLimitReached", "NoError"]


class TestFewMailboxes:
    """More mailboxes than may be asked about."""

    @pytest.fixture
    def settings(self):
        return Settings(free_busy_mailboxes=2)

    def test_too_many_mailboxes_are_a_fault(self, organizer):
        assert organizer(ask(OWN, OWN)).codes == ["NoError", "NoError"]
        assert organizer(ask(OWN, OWN, OWN)).fault == "ErrorMailboxDataArrayTooBig"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": "2026-08-06T00:00:00"}, None),
        ({"end": "2026-08-06T00:00:01"}, "ErrorTimeIntervalTooBig"),
        ({"end": "2026-06-25T00:00:00"}, "ErrorInvalidTimeInterval"),
        ({"end": "2026-06-24T00:00:00"}, "ErrorInvalidTimeInterval"),
        ({"interval": 4}, "ErrorInvalidMergedFreeBusyInterval"),
        ({"interval": 5}, None),
        ({"interval": 1440}, None),
        ({"interval": 1441}, "ErrorInvalidMergedFreeBusyInterval"),
        ({"interval": 0}, "ErrorInvalidMergedFreeBusyInterval"),
        ({"interval": -30}, "ErrorInvalidMergedFreeBusyInterval"),
        ({"view": "None"}, "ErrorInvalidFreeBusyViewType"),
        ({"view": None}, None),
        ({"options": ""}, "ErrorMissingArgument"),
        ({"start": "12026-06-25T00:00:00"}, "ErrorValueOutOfRange"),
        ({"zone": UTC_ZONE.replace("<t:Month>0<", "<t:Month>13<", 1)}, "ErrorTimeZone"),
        ({"zone": PACIFIC_OF_2006.replace("02:00:00", "2 a.m.", 1)}, "ErrorTimeZone"),
        ({"zone": PACIFIC_OF_2006.replace("Sunday", "Weekday", 1)}, "ErrorTimeZone"),
        ({"zone": PACIFIC_OF_2006.replace("480", "100000", 1)}, "ErrorTimeZone"),
        ({"zone": UTC_ZONE.replace("<t:Bias>0<", "<t:Bias>100000<", 1)}, "ErrorTimeZone"),
    ],
)
def test_what_concerns_the_whole_request_is_a_fault(organizer, changes, code):
    answer = organizer(ask(OWN, **changes))
    if code is None:
        assert answer.code == "NoError"
    else:
        assert answer.fault == code


def test_nobody_to_ask_about_is_a_fault(organizer):
    assert organizer(ask()).fault == "ErrorMailboxDataArrayEmpty"


def test_suggestions_alone_are_refused_by_name(organizer):
    options = (
        "<t:SuggestionsViewOptions><t:DetailedSuggestionsWindow><t:StartTime>2026-06-25T00:00:00</t:StartTime>"
        "<t:EndTime>2026-06-26T00:00:00</t:EndTime></t:DetailedSuggestionsWindow></t:SuggestionsViewOptions>"
    )
    answer = organizer(ask(OWN, options=options))
    assert answer.fault == "ErrorMeetingSuggestionGenerationFailed"
    assert "FreeBusyViewOptions" in answer.root.findtext(".//{*}Message")


class TestOnline:
    """The Online profile looks further ahead."""

    @pytest.fixture
    def settings(self):
        return Settings.online()

    def test_sixty_two_days_are_allowed(self, organizer):
        assert organizer(ask(OWN, end="2026-08-26T00:00:00")).code == "NoError"
        assert organizer(ask(OWN, end="2026-08-26T00:00:01")).fault == "ErrorTimeIntervalTooBig"


@pytest.mark.parametrize(
    ("start", "window_start", "shown"),
    [
        ("2026-06-25T14:00:00Z", "2026-06-25T00:00:00", "2026-06-25T07:00:00"),
        ("2026-12-25T14:00:00Z", "2026-12-25T00:00:00", "2026-12-25T06:00:00"),
        ("2026-10-30T14:00:00Z", "2026-10-30T00:00:00", "2026-10-30T06:00:00"),
    ],
)
def test_times_are_local_by_the_rules_of_the_request(organizer, start, window_start, shown):
    """The rules of the request end daylight time on the last Sunday of October, whatever the real zone does."""
    organizer.create(sending="SendToNone", start=start, end=start.replace("T14", "T15"))
    end = window_start.replace("T00:00:00", "T23:59:59")
    answer = organizer(ask(OWN, zone=PACIFIC_OF_2006, start=window_start, end=end))
    assert answer.text("StartTime") == shown


def test_the_context_is_the_zone_where_the_request_has_none(organizer, day):
    context = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Tokyo Standard Time"/></t:TimeZoneContext>'
    answer = organizer.saying(context)(ask(OWN, zone="", start="2026-06-25T19:00:00", end="2026-06-25T20:00:00"))
    assert (answer.text("StartTime"), answer.text("MergedFreeBusy")) == ("2026-06-25T19:00:00", "2")


def test_without_any_zone_times_are_utc(organizer, day):
    answer = organizer(ask(OWN, zone="", start="2026-06-25T10:00:00", end="2026-06-25T11:00:00"))
    assert answer.text("StartTime") == "2026-06-25T10:00:00Z"
    same = organizer(ask(OWN, zone="", start="2026-06-25T12:00:00+02:00", end="2026-06-25T13:00:00+02:00"))
    assert same.text("MergedFreeBusy") == "2"


def test_an_event_across_the_edge_is_whole(organizer, day):
    answer = organizer(ask(OWN, start="2026-06-25T10:30:00", end="2026-06-25T11:30:00"))
    assert (answer.text("StartTime"), answer.text("EndTime")) == ("2026-06-25T10:00:00", "2026-06-25T11:00:00")


def test_working_hours_have_the_rules_of_the_mailbox(world, tools):
    speaker = tools.speaker(world, "AlexW@contoso.com")
    hours = speaker(ask("AlexW@contoso.com")).one("WorkingHours")
    zone = hours.find(t("TimeZone"))
    assert zone.findtext(t("Bias")) == "480"
    daylight = [
        zone.findtext(f"{t('DaylightTime')}/{t(name)}") for name in ("Bias", "Time", "DayOrder", "Month", "DayOfWeek")
    ]
    assert daylight == ["-60", "02:00:00", "2", "3", "Sunday"]
    period = hours.find(f"{t('WorkingPeriodArray')}/{t('WorkingPeriod')}")
    assert [child.text for child in period] == ["Monday Tuesday Wednesday Thursday Friday", "480", "1020"]


def test_answers_to_meetings_show_in_free_busy(organizer, attendee, meeting):
    window = {"start": "2026-06-25T10:00:00", "end": "2026-06-25T11:00:00"}
    assert organizer(ask("attendee0@example.com", **window)).text("MergedFreeBusy") == "1"
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    assert organizer(ask("attendee0@example.com", **window)).text("MergedFreeBusy") == "2"


def test_zone_rules_out_of_order_are_a_schema_fault(organizer):
    zone = UTC_ZONE.replace("<t:Bias>0</t:Bias><t:StandardTime>", "<t:StandardTime>", 1)
    assert organizer(ask(OWN, zone=zone)).fault == "ErrorSchemaValidation"
