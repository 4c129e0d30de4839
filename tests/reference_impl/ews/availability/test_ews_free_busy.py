"""GetUserAvailability: views, digits, zones, limits."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from reference_impl.domain.acts import Audience, Disposal, EventDraft, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.domain.series import occurrence_id
from reference_impl.ews.namespaces import t
from reference_impl.service import events
from reference_impl.service.directory import find_mailbox
from reference_impl.service.items import delete_item
from reference_impl.service.settings import Settings

OWN = "organizer0@example.com"


@pytest.mark.requirement("EWS-MTG-285", "EWS-MTG-286")
def test_digits_tell_the_strongest_status_of_each_slot(organizer, day, ask):
    answer = organizer(ask(OWN))
    assert answer.text("MergedFreeBusy") == "0" * 10 + "211" + "0" + "33" + "0" * 8


@pytest.mark.requirement("EWS-MTG-286", "EWS-MTG-288")
def test_a_slot_counts_what_only_touches_it(organizer, day, ask):
    digits = organizer(ask(OWN, interval=30)).text("MergedFreeBusy")
    assert len(digits) == 48
    busy = {index: digit for index, digit in enumerate(digits) if digit != "0"}
    assert busy == {20: "2", 21: "2", 23: "1", 24: "1", 29: "3", 30: "3"}
    assert organizer(ask(OWN, interval=None)).text("MergedFreeBusy") == digits


@pytest.mark.requirement("EWS-MTG-285")
def test_the_last_slot_may_be_cut(organizer, ask):
    answer = organizer(ask(OWN, end="2026-06-25T23:59:59"))
    assert answer.text("MergedFreeBusy") == "0" * 24
    assert organizer(ask(OWN, end="2026-06-25T00:31:00", interval=30)).text("MergedFreeBusy") == "00"


def test_only_the_default_calendar_is_told(organizer, day, ask):
    made = organizer(
        '<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderId>'
        "<m:Folders><t:CalendarFolder><t:DisplayName>Plans</t:DisplayName></t:CalendarFolder></m:Folders>"
        "</m:CreateFolder>"
    )
    plans = f'<m:SavedItemFolderId><t:FolderId Id="{made.one("FolderId").get("Id")}"/></m:SavedItemFolderId>'
    moment = {"start": "2026-06-25T20:00:00Z", "end": "2026-06-25T21:00:00Z"}
    assert organizer.create(sending="SendToNone", folder=plans, **moment).code == "NoError"
    assert organizer(ask(OWN)).text("MergedFreeBusy")[20] == "0"


VIEWS = {
    "MergedOnly": (True, False, False),
    "FreeBusy": (False, True, False),
    "FreeBusyMerged": (True, True, False),
    "Detailed": (False, True, True),
    "DetailedMerged": (True, True, True),
}


@pytest.mark.requirement("EWS-MTG-290", "EWS-MTG-291", "EWS-MTG-292", "EWS-MTG-302")
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_shows_its_parts(organizer, day, view, ask):
    merged, events, details = VIEWS[view]
    answer = organizer(ask(OWN, view=view))
    assert answer.text("FreeBusyViewType") == view
    assert bool(answer.all("MergedFreeBusy")) is merged
    assert len(answer.all("CalendarEvent")) == (4 if events else 0)
    assert len(answer.all("CalendarEventDetails")) == (4 if details else 0)
    assert bool(answer.all("WorkingHours")) is events


def test_a_view_of_events_without_any_has_an_empty_array(organizer, ask):
    """DOC calendareventarray: without items in the window the element has no children."""
    answer = organizer(ask(OWN, view="FreeBusy"))
    assert len(answer.one("CalendarEventArray")) == 0
    assert not organizer(ask(OWN, view="MergedOnly")).all("CalendarEventArray")


@pytest.mark.requirement("EWS-MTG-292")
def test_details_tell_the_event(organizer, day, ask):
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


@pytest.mark.requirement("EWS-MTG-283", "EWS-MTG-284")
def test_answers_stand_in_the_order_of_the_request(organizer, day, ask):
    answer = organizer(ask("attendee0@example.com", "nobody@example.com", OWN))
    assert answer.codes == ["NoError", "ErrorMailRecipientNotFound", "NoError"]
    assert [found.text for found in answer.all("FreeBusyViewType")] == ["FreeBusyMerged", "None", "DetailedMerged"]
    old = organizer.at("Exchange2007_SP1")(ask("nobody@example.com"))
    assert not old.all("FreeBusyViewType")


class TestFewMailboxes:
    """More mailboxes than may be asked about."""

    @pytest.fixture
    def settings(self):
        return Settings(free_busy_mailboxes=2)

    @pytest.mark.requirement("EWS-MTG-299")
    def test_too_many_mailboxes_are_a_fault(self, organizer, ask):
        assert organizer(ask(OWN, OWN)).codes == ["NoError", "NoError"]
        assert organizer(ask(OWN, OWN, OWN)).fault == "ErrorMailboxDataArrayTooBig"


@pytest.mark.requirement("EWS-MTG-287", "EWS-MTG-289", "EWS-MTG-297", "EWS-MTG-298", "EWS-MTG-303")
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
    ],
)
def test_what_concerns_the_whole_request_is_a_fault(organizer, changes, code, ask):
    answer = organizer(ask(OWN, **changes))
    if code is None:
        assert answer.code == "NoError"
    else:
        assert answer.fault == code


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("utc", "<t:Month>0<", "<t:Month>13<"),
        ("pacific_of_2006", "02:00:00", "2 a.m."),
        ("pacific_of_2006", "Sunday", "Weekday"),
        ("pacific_of_2006", "480", "100000"),
        ("utc", "<t:Bias>0<", "<t:Bias>100000<"),
    ],
)
def test_a_zone_that_names_no_moment_is_a_fault(organizer, ask, zones, name, old, new):
    assert organizer(ask(OWN, zone=getattr(zones, name).replace(old, new, 1))).fault == "ErrorTimeZone"


@pytest.mark.requirement("EWS-MTG-297", "EWS-MTG-299")
def test_limits_tell_what_is_allowed_and_what_was_asked(organizer, ask):
    def words(request):
        answer = organizer(request)
        assert answer.fault.endswith("TooBig")
        return re.findall(r"\d+", answer.root.findtext(".//{*}Message"))

    assert words(ask(OWN, end="2026-08-08T00:00:00")) == ["44", "42"]
    assert words(ask(*(f"a{number}@example.com" for number in range(101)))) == ["101", "100"]


@pytest.mark.requirement("EWS-MTG-299")
def test_a_hundred_mailboxes_may_be_asked_about(organizer, ask):
    answer = organizer(ask(*(f"a{number}@example.com" for number in range(100))))
    assert answer.codes == ["ErrorMailRecipientNotFound"] * 100


@pytest.mark.requirement("EWS-MTG-297")
def test_six_weeks_by_the_own_clock_are_allowed_also_when_it_changes(organizer, ask, zones):
    autumn = {"zone": zones.berlin, "start": "2026-10-01T00:00:00", "view": "MergedOnly"}
    answer = organizer(ask(OWN, end="2026-11-12T00:00:00", **autumn))
    assert len(answer.text("MergedFreeBusy")) == 42 * 24 + 1
    assert organizer(ask(OWN, end="2026-11-12T00:00:01", **autumn)).fault == "ErrorTimeIntervalTooBig"


@pytest.mark.parametrize("view", ["FreeBusy", "Detailed"])
def test_an_interval_that_is_not_used_may_exceed_the_window(organizer, ask, view):
    """DOC mergedfreebusyintervalinminutes: the value is used only where a merged view is asked for."""
    brief = {"end": "2026-06-25T00:10:00", "interval": None}
    assert organizer(ask(OWN, view=view, **brief)).code == "NoError"
    assert organizer(ask(OWN, view=f"{view}Merged", **brief)).fault == "ErrorInvalidMergedFreeBusyInterval"


def test_nobody_to_ask_about_is_a_fault(organizer, ask):
    assert organizer(ask()).fault == "ErrorMailboxDataArrayEmpty"


class TestOnline:
    """The Online profile looks further ahead."""

    @pytest.fixture
    def settings(self):
        return Settings.online()

    @pytest.mark.requirement("EWS-MTG-297")
    def test_sixty_two_days_are_allowed(self, organizer, ask):
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
def test_times_are_local_by_the_rules_of_the_request(organizer, start, window_start, shown, ask, zones):
    """The rules of the request end daylight time on the last Sunday of October, whatever the real zone does."""
    organizer.create(sending="SendToNone", start=start, end=start.replace("T14", "T15"))
    end = window_start.replace("T00:00:00", "T23:59:59")
    answer = organizer(ask(OWN, zone=zones.pacific_of_2006, start=window_start, end=end))
    assert answer.text("StartTime") == shown


def test_the_context_takes_no_zones_place_before_exchange_2010(organizer, ask):
    context = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Tokyo Standard Time"/></t:TimeZoneContext>'
    old = organizer.at("Exchange2007_SP1").saying(context)
    answer = old(ask(OWN, zone="", start="2026-06-25T10:00:00", end="2026-06-25T11:00:00"))
    assert answer.fault == "ErrorSchemaValidation"


def test_the_context_is_the_zone_where_the_request_has_none(organizer, day, ask):
    context = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Tokyo Standard Time"/></t:TimeZoneContext>'
    answer = organizer.saying(context)(ask(OWN, zone="", start="2026-06-25T19:00:00", end="2026-06-25T20:00:00"))
    assert (answer.text("StartTime"), answer.text("MergedFreeBusy")) == ("2026-06-25T19:00:00", "2")


def test_without_any_zone_times_are_utc(organizer, day, ask):
    answer = organizer(ask(OWN, zone="", start="2026-06-25T10:00:00", end="2026-06-25T11:00:00"))
    assert answer.text("StartTime") == "2026-06-25T10:00:00Z"
    same = organizer(ask(OWN, zone="", start="2026-06-25T12:00:00+02:00", end="2026-06-25T13:00:00+02:00"))
    assert same.text("MergedFreeBusy") == "2"


@pytest.mark.requirement("EWS-MTG-296")
def test_an_event_across_the_edge_is_whole(organizer, day, ask):
    answer = organizer(ask(OWN, start="2026-06-25T10:30:00", end="2026-06-25T11:30:00"))
    assert (answer.text("StartTime"), answer.text("EndTime")) == ("2026-06-25T10:00:00", "2026-06-25T11:00:00")


@pytest.mark.requirement("EWS-MTG-302")
def test_working_hours_have_the_rules_of_the_mailbox(world, tools, ask):
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


@pytest.mark.requirement("EWS-MTG-295")
def test_a_series_is_told_as_its_occurrences(organizer, world, ask):
    """Monday to Friday at ten, on Wednesday an hour later, on Thursday not at all."""
    me = find_mailbox(world, OWN)
    days = [date(2026, 6, 22) + timedelta(days=number) for number in range(5)]
    draft = EventDraft(
        start=datetime(2026, 6, 22, 10, tzinfo=UTC),
        end=datetime(2026, 6, 22, 11, tzinfo=UTC),
        subject="Stand-up",
        recurrence=Recurrence(frequency=Frequency.DAILY, start=days[0], count=5),
    )
    master = events.create_event(world, me, draft, Sending(Audience.NOBODY))
    later = {"start": datetime(2026, 6, 24, 11, tzinfo=UTC), "end": datetime(2026, 6, 24, 12, tzinfo=UTC)}
    moved = occurrence_id(master.id, days[2])
    events.update_event(world, me, moved, lambda item: replace(item, **later), Sending(Audience.NOBODY))
    delete_item(world, me, occurrence_id(master.id, days[3]), Disposal.TO_DELETED_ITEMS, Sending(Audience.NOBODY))
    answer = organizer(ask(OWN, start="2026-06-22T00:00:00", end="2026-06-27T00:00:00"))
    assert answer.texts("StartTime")[:4] == [
        "2026-06-22T10:00:00",
        "2026-06-23T10:00:00",
        "2026-06-24T11:00:00",
        "2026-06-26T10:00:00",
    ]
    assert answer.texts("IsRecurring") == ["true"] * 4
    assert answer.texts("IsException") == ["false", "false", "true", "false"]
    assert len(set(answer.texts("ID"))) == 4
    busy = [index for index, digit in enumerate(answer.text("MergedFreeBusy")) if digit == "2"]
    assert busy == [10, 24 + 10, 48 + 11, 96 + 10]


@pytest.mark.requirement("EWS-MTG-307")
def test_answers_to_meetings_show_in_free_busy(organizer, attendee, meeting, ask):
    window = {"start": "2026-06-25T10:00:00", "end": "2026-06-25T11:00:00"}
    assert organizer(ask("attendee0@example.com", **window)).text("MergedFreeBusy") == "1"
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    assert organizer(ask("attendee0@example.com", **window)).text("MergedFreeBusy") == "2"


@pytest.mark.requirement("EWS-MTG-308")
def test_zone_rules_out_of_order_are_a_schema_fault(organizer, ask, zones):
    zone = zones.utc.replace("<t:Bias>0</t:Bias><t:StandardTime>", "<t:StandardTime>", 1)
    assert organizer(ask(OWN, zone=zone)).fault == "ErrorSchemaValidation"
