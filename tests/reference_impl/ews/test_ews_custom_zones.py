"""Zones that come with their own rules: StartTimeZone and TimeZoneContext definitions, and MeetingTimeZone of 2007."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reference_impl.domain.timezone import zone
from reference_impl.ews.custom_zones import read_meeting_zone, read_zone, write_meeting_zone, write_zone
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import TYPES, t
from reference_impl.ews.zones import server_zone

PERIODS = (
    '<t:Periods><t:Period Bias="-PT3H30M" Name="Standard" Id="std"/>'
    '<t:Period Bias="-PT4H30M" Name="Daylight" Id="dlt"/></t:Periods>'
)
YEARLY = (
    '<t:RecurringDayTransition><t:To Kind="Period">std</t:To><t:TimeOffset>PT3H</t:TimeOffset><t:Month>10</t:Month>'
    "<t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition>"
    '<t:RecurringDateTransition><t:To Kind="Period">dlt</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>4</t:Month>'
    "<t:Day>1</t:Day></t:RecurringDateTransition>"
)
GROUPS = (
    f'<t:TransitionsGroups><t:TransitionsGroup Id="a"><t:Transition><t:To Kind="Period">std</t:To></t:Transition>'
    f'</t:TransitionsGroup><t:TransitionsGroup Id="b">{YEARLY}</t:TransitionsGroup></t:TransitionsGroups>'
)
TRANSITIONS = (
    '<t:Transitions><t:Transition><t:To Kind="Group">a</t:To></t:Transition><t:AbsoluteDateTransition>'
    '<t:To Kind="Group">b</t:To><t:DateTime>2020-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition></t:Transitions>'
)
RULES = PERIODS + GROUPS + TRANSITIONS


def element(name, content="", **attributes):
    shown = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return etree.fromstring(f'<t:{name} xmlns:t="{TYPES}"{shown}>{content}</t:{name}>')


def written(text):
    return etree.fromstring(text.replace(" ", f' xmlns:t="{TYPES}" ', 1))


def test_a_definition_follows_its_rules_in_every_era():
    made = zone(read_zone(element("StartTimeZone", RULES, Id="Somewhere", Name="Somewhere")))
    moments = {
        datetime(2019, 7, 1, 12, tzinfo=UTC): "15:30",
        datetime(2020, 3, 31, 22, 29, tzinfo=UTC): "01:59",
        datetime(2020, 3, 31, 22, 30, tzinfo=UTC): "03:00",
        datetime(2020, 7, 1, 12, tzinfo=UTC): "16:30",
        datetime(2020, 10, 24, 22, 29, tzinfo=UTC): "02:59",
        datetime(2020, 10, 24, 22, 30, tzinfo=UTC): "02:00",
        datetime(2020, 12, 1, 12, tzinfo=UTC): "15:30",
    }
    assert {moment: f"{moment.astimezone(made):%H:%M}" for moment in moments} == moments


@given(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001  made aware below
def test_a_definition_and_utc_are_inverse(moment):
    made = zone(read_zone(element("StartTimeZone", RULES, Id="Somewhere")))
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    assert aware.astimezone(made).astimezone(UTC) == aware


def test_a_definition_is_answered_as_the_same_zone():
    name = read_zone(element("StartTimeZone", RULES, Id="Somewhere", Name="Somewhere"))
    answer = written(write_zone("StartTimeZone", name))
    assert answer.get("Id") == "Somewhere"
    answer.set("Id", "Elsewhere")
    again = zone(read_zone(answer))
    for month in range(1, 13):
        for year in (2018, 2019, 2020, 2026):
            moment = datetime(year, month, 15, 12, tzinfo=UTC)
            assert moment.astimezone(again).utcoffset() == moment.astimezone(zone(name)).utcoffset()


@pytest.mark.parametrize(
    "name", ["Romance Standard Time", "Pacific Standard Time", "India Standard Time", "Russian Standard Time"]
)
@pytest.mark.parametrize("year", [2004, 2026])
def test_the_definitions_of_the_server_can_be_sent_back(name, year):
    sent = written(server_zone(name, 2026, full=True))
    sent.set("Id", "Mine")
    sent.set("Name", "Mine")
    made, real = zone(read_zone(sent)), zone(name)
    for day in range(1, 366):
        moment = datetime.fromordinal(datetime(year, 1, 1).toordinal() + day - 1).replace(hour=12, tzinfo=UTC)  # noqa: DTZ001
        assert moment.astimezone(made).utcoffset() == moment.astimezone(real).utcoffset()


def test_a_known_name_outweighs_the_rules_beside_it():
    assert read_zone(element("StartTimeZone", RULES, Id="UTC")) == "UTC"


@pytest.mark.parametrize(
    "content",
    [
        "",
        PERIODS + GROUPS + TRANSITIONS.replace(">b<", ">c<"),
        PERIODS + GROUPS.replace(">dlt<", ">none<") + TRANSITIONS,
        PERIODS + GROUPS.replace("<t:Day>1<", "<t:Day>40<") + TRANSITIONS,
        PERIODS + GROUPS.replace("<t:TimeOffset>PT3H<", "<t:TimeOffset>PT30H<") + TRANSITIONS,
        PERIODS.replace("-PT3H30M", "-PT30H") + GROUPS + TRANSITIONS,
        PERIODS.replace("-PT3H30M", "-PT14H1M") + GROUPS + TRANSITIONS,
        PERIODS.replace("-PT3H30M", "-PT3H30M5S") + GROUPS + TRANSITIONS,
        PERIODS + GROUPS + TRANSITIONS.replace("<t:DateTime>2020-01-01T00:00:00</t:DateTime>", ""),
    ],
)
def test_rules_that_describe_no_zone_are_refused(content):
    with pytest.raises(ResponseError, match="ErrorCalendarInvalidTimeZone"):
        read_zone(element("StartTimeZone", content, Id="Somewhere"))


@pytest.mark.parametrize("name", ["Romance Standard Time", "Pacific Standard Time", "India Standard Time"])
def test_the_meeting_zone_of_2007_can_be_sent_back(name):
    sent = written(write_meeting_zone(name, 2026))
    assert read_meeting_zone(sent) == name
    sent.set("TimeZoneName", "Mine")
    made, real = zone(read_meeting_zone(sent)), zone(name)
    for month in range(1, 13):
        moment = datetime(2026, month, 15, 12, tzinfo=UTC)
        assert moment.astimezone(made).utcoffset() == moment.astimezone(real).utcoffset()


def test_a_meeting_zone_changes_its_clock_on_days_of_the_week():
    sent = written(write_meeting_zone("Romance Standard Time", 2026))
    sent.set("TimeZoneName", "Mine")
    next(sent.iter(t("DaysOfWeek"))).text = "Weekday"
    with pytest.raises(ResponseError, match="ErrorCalendarInvalidDayForTimeChangePattern"):
        read_meeting_zone(sent)


@pytest.mark.parametrize(("name", "wrong"), [("Time", "24:00:00"), ("BaseOffset", "PT14H1M"), ("BaseOffset", "P1D")])
def test_a_meeting_zone_stays_within_a_day_and_fourteen_hours(name, wrong):
    sent = written(write_meeting_zone("Romance Standard Time", 2026))
    sent.set("TimeZoneName", "Mine")
    next(sent.iter(t(name))).text = wrong
    with pytest.raises(ResponseError, match="ErrorCalendarInvalidTimeZone"):
        read_meeting_zone(sent)


@pytest.mark.requirement("EWS-MTG-276")
def test_a_start_without_an_offset_is_read_in_a_zone_that_has_no_name(organizer):
    zones = f'<t:StartTimeZone Id="Somewhere" Name="Somewhere">{RULES}</t:StartTimeZone>'
    answer = organizer.create(start="2026-07-01T12:00:00", end="2026-07-01T13:00:00Z", after=zones)
    item = organizer.get(answer.ids("CalendarItem")[0])
    assert item.text("Start") == "2026-07-01T07:30:00Z"
    assert item.text("StartTimeZoneId") == "Somewhere"
    assert item.text("StartWallClock") == "2026-07-01T12:00:00+04:30"
    assert len(item.one("StartTimeZone").find(t("Periods"))) == 3


def test_a_context_may_describe_its_zone(organizer):
    context = (
        f'<t:TimeZoneContext><t:TimeZoneDefinition Id="Somewhere">{RULES}</t:TimeZoneDefinition></t:TimeZoneContext>'
    )
    speaker = organizer.saying(context)
    answer = speaker.create(start="2026-07-01T12:00:00", end="2026-07-01T13:00:00")
    assert organizer.get(answer.ids("CalendarItem")[0]).text("Start") == "2026-07-01T07:30:00Z"
    assert speaker.get(answer.ids("CalendarItem")[0]).text("Start") == "2026-07-01T12:00:00+04:30"
    assert organizer.saying(context.replace(">b<", ">c<")).find("calendar").fault == "ErrorTimeZone"


@pytest.mark.requirement("EWS-MTG-277")
def test_2007_reads_a_start_in_its_meeting_zone(organizer):
    sent = write_meeting_zone("Romance Standard Time", 2026).replace("Romance Standard Time", "Mine")
    old = organizer.at("Exchange2007_SP1")
    answer = old.create(start="2026-07-01T12:00:00", end="2026-07-01T13:00:00", after=sent)
    assert old.get(answer.ids("CalendarItem")[0]).text("Start") == "2026-07-01T10:00:00Z"
