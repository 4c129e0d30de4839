"""Series over EWS: patterns and ranges, occurrences and their ids, views, zones, and what is refused."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import m, t
from tests.reference_impl.ews.series.spoken import (
    DAILY,
    FIVE,
    MONTHLY,
    PATTERNS,
    RANGES,
    START,
    ZONE,
    at,
    id_of,
    master_of,
    occurrence,
    recurrence,
    series_of,
    view,
)


@pytest.mark.requirement("EWS-MTG-257")
@pytest.mark.parametrize("extent", RANGES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_and_range_comes_back_as_it_was_given(organizer, pattern, extent):
    given = recurrence(f"<t:{pattern}>{PATTERNS[pattern]}</t:{pattern}>", f"<t:{extent}>{RANGES[extent]}</t:{extent}>")
    master = series_of(organizer, rule=given)
    found = organizer.get(master).one("Recurrence")
    assert etree.tostring(found, method="c14n").decode().count(">") == given.count(">")
    texts = [(element.tag.rpartition("}")[2], (element.text or "").strip()) for element in found.iter()]
    expected = etree.fromstring(given.replace("<t:Recurrence>", f'<t:Recurrence xmlns:t="{found.nsmap["t"]}">'))
    assert texts == [(element.tag.rpartition("}")[2], (element.text or "").strip()) for element in expected.iter()]


@pytest.mark.requirement("EWS-MTG-256")
def test_a_series_is_a_master_that_tells_its_first_and_last_occurrence(organizer):
    answer = organizer.get(series_of(organizer))
    assert answer.text("CalendarItemType") == "RecurringMaster"
    item = answer.one("CalendarItem")
    first, last = item.find(t("FirstOccurrence")), item.find(t("LastOccurrence"))
    assert first.findtext(t("Start")) == first.findtext(t("OriginalStart")) == "2026-03-02T09:00:00Z"
    assert last.findtext(t("Start")) == "2026-03-06T09:00:00Z"
    assert last.findtext(t("End")) == "2026-03-06T10:00:00Z"
    assert item.find(t("ModifiedOccurrences")) is None
    assert item.find(t("DeletedOccurrences")) is None


def test_a_series_without_end_has_no_last_occurrence(organizer):
    master = series_of(organizer, rule=recurrence(extent=f"<t:NoEndRecurrence>{START}</t:NoEndRecurrence>"))
    item = organizer.get(master).one("CalendarItem")
    assert item.find(t("FirstOccurrence")) is not None
    assert item.find(t("LastOccurrence")) is None


@pytest.mark.requirement("EWS-MTG-258", "EWS-MTG-259")
def test_an_occurrence_is_found_by_its_place_in_the_series(organizer):
    master = series_of(organizer)
    for number in (1, 3, 5):
        answer = organizer.get(at(master, number))
        day = f"2026-03-0{1 + number}T09:00:00Z"
        assert answer.text("CalendarItemType") == "Occurrence"
        assert answer.text("OriginalStart") == answer.text("RecurrenceId") == answer.text("Start") == day
        assert answer.text("IsRecurring") == "true"
        assert answer.text("Subject") == "Budget"
        assert not answer.all("Recurrence")
    item_id = occurrence(organizer, master, 2)
    assert organizer.get(item_id).text("Start") == "2026-03-03T09:00:00Z"


@pytest.mark.requirement("EWS-MTG-260")
@pytest.mark.parametrize("number", [0, -1, 6, 2**31 - 1])
def test_a_place_beyond_the_series_is_refused(organizer, number):
    answer = organizer.get(at(series_of(organizer), number))
    assert answer.code == "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"


@pytest.mark.requirement("EWS-MTG-261")
def test_a_deleted_occurrence_is_told_as_such(organizer):
    master = series_of(organizer)
    assert organizer.delete(at(master, 2)).code == "NoError"
    assert organizer.get(at(master, 2)).code == "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
    assert organizer.get(at(master, 3)).code == "NoError"


@pytest.mark.requirement("EWS-MTG-262")
def test_an_occurrence_leads_to_its_master(organizer):
    master = series_of(organizer)
    answer = organizer.get(master_of(occurrence(organizer, master, 4)))
    assert answer.text("CalendarItemType") == "RecurringMaster"
    assert answer.ids("CalendarItem")[0] == master


@pytest.mark.requirement("EWS-MTG-263", "EWS-MTG-264")
@pytest.mark.parametrize("operation", ["get", "delete", "update"])
def test_ids_of_the_wrong_kind_are_refused(organizer, tools, operation):
    master, single = series_of(organizer), organizer.create().ids("CalendarItem")[0]
    acts = {
        "get": organizer.get,
        "delete": organizer.delete,
        "update": lambda item_id: organizer.update(
            item_id, tools.set_field("item:Subject", "<t:Subject>New</t:Subject>")
        ),
    }
    act = acts[operation]
    assert act(master_of(master)).code == "ErrorCalendarCannotUseIdForRecurringMasterId"
    assert act(master_of(single)).code == "ErrorCalendarCannotUseIdForRecurringMasterId"
    assert act(at(single, 1)).code == "ErrorCalendarCannotUseIdForOccurrenceId"
    assert act(at(occurrence(organizer, master, 1), 1)).code == "ErrorCalendarCannotUseIdForOccurrenceId"


@pytest.mark.requirement("EWS-MTG-240", "EWS-MTG-241")
def test_a_calendar_view_shows_occurrences_and_other_views_the_master(organizer, tools):
    master = series_of(organizer)
    organizer.create(start="2026-03-04T08:00:00Z", end="2026-03-04T08:30:00Z", subject="Single")
    key = f' ChangeKey="{etree.fromstring(master).get("ChangeKey")}"'
    organizer.update(at(master, 4, key), tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>"))
    shown = view(organizer, paths=("calendar:CalendarItemType", "item:Subject"))
    assert shown.texts("CalendarItemType") == [
        "Occurrence",
        "Occurrence",
        "Single",
        "Occurrence",
        "Exception",
        "Occurrence",
    ]
    assert shown.texts("Subject") == ["Budget", "Budget", "Single", "Budget", "Other", "Budget"]
    assert shown.root.find(f".//{m('RootFolder')}").get("TotalItemsInView") == "6"
    listed = organizer.find("calendar", paths=("calendar:CalendarItemType",))
    assert sorted(listed.texts("CalendarItemType")) == ["RecurringMaster", "Single"]


def test_a_calendar_view_cuts_off_occurrences_too(organizer):
    series_of(organizer)
    cut = '<m:CalendarView StartDate="2026-03-03T00:00:00Z" EndDate="2026-03-31T00:00:00Z" MaxEntriesReturned="2"/>'
    answer = organizer.find("calendar", view=cut, paths=("calendar:Start",))
    root = answer.root.find(f".//{m('RootFolder')}")
    assert answer.texts("Start") == ["2026-03-03T09:00:00Z", "2026-03-04T09:00:00Z"]
    assert (root.get("TotalItemsInView"), root.get("IncludesLastItemInRange")) == ("4", "false")


@pytest.mark.parametrize(
    ("pattern", "extent", "code"),
    [
        pytest.param(
            "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Tuesday</t:DaysOfWeek></t:WeeklyRecurrence>",
            f"<t:EndDateRecurrence>{START}<t:EndDate>2026-03-02</t:EndDate></t:EndDateRecurrence>",
            "ErrorRecurrenceHasNoOccurrence",
            marks=pytest.mark.requirement("EWS-MTG-270"),
        ),
        pytest.param(
            DAILY,
            f"<t:EndDateRecurrence>{START}<t:EndDate>4500-09-02</t:EndDate></t:EndDateRecurrence>",
            "ErrorRecurrenceEndDateTooBig",
            marks=pytest.mark.requirement("EWS-MTG-271"),
        ),
        pytest.param(
            "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek></t:WeeklyRecurrence>",
            FIVE,
            "ErrorCalendarInvalidDayForWeeklyRecurrence",
            marks=pytest.mark.requirement("EWS-MTG-272"),
        ),
        ("<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>", FIVE, "ErrorCalendarOutOfRange"),
        (
            "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek></t:DaysOfWeek></t:WeeklyRecurrence>",
            FIVE,
            "ErrorCalendarInvalidRecurrence",
        ),
        (
            MONTHLY.replace(">2<", ">32<"),
            FIVE,
            "ErrorCalendarOutOfRange",
        ),
        (DAILY, FIVE.replace(">5<", ">1000<"), "ErrorCalendarOutOfRange"),
    ],
)
def test_a_recurrence_that_cannot_be_is_refused(organizer, everything, pattern, extent, code):
    before = everything()
    answer = organizer.create(
        start="2026-03-02T09:00:00Z", end="2026-03-02T10:00:00Z", after=recurrence(pattern, extent)
    )
    assert answer.code == code
    assert everything() == before


def test_occurrences_that_would_overlap_are_refused(organizer):
    answer = organizer.create(start="2026-03-02T09:00:00Z", end="2026-03-04T09:00:00Z", after=recurrence())
    assert answer.code == "ErrorOccurrenceTimeSpanTooBig"


@pytest.mark.requirement("EWS-MTG-272")
def test_before_2013_sp1_a_wrong_weekly_day_is_a_recurrence_that_cannot_be_built(organizer):
    weekly = "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Day</t:DaysOfWeek></t:WeeklyRecurrence>"
    answer = organizer.at("Exchange2013").create(after=recurrence(weekly))
    assert answer.code == "ErrorCalendarInvalidRecurrence"


@pytest.mark.requirement("EWS-MTG-274")
def test_the_first_day_of_the_week_came_with_2010(organizer):
    rule = recurrence(f"<t:WeeklyRecurrence>{PATTERNS['WeeklyRecurrence']}</t:WeeklyRecurrence>")
    assert organizer.at("Exchange2010").create(after=rule).code == "NoError"
    assert organizer.at("Exchange2007_SP1").create(after=rule).fault == "ErrorSchemaValidation"
    master = series_of(organizer, rule=rule)
    assert organizer.at("Exchange2010").get(master).all("FirstDayOfWeek")
    assert not organizer.at("Exchange2007_SP1").get(master).all("FirstDayOfWeek")


@pytest.mark.requirement("EWS-MTG-273")
def test_the_meeting_time_zone_is_told_of_series_and_by_2007_alone(organizer):
    master = series_of(organizer, zone=ZONE)
    old, new = organizer.at("Exchange2007_SP1"), organizer.at("Exchange2010")
    zone = old.get(master).one("MeetingTimeZone")
    assert zone.get("TimeZoneName") == "Romance Standard Time"
    assert zone.findtext(t("BaseOffset")) == "-PT1H"
    assert zone.find(t("Daylight")).findtext(t("Offset")) == "-PT1H"
    assert not new.get(master).all("MeetingTimeZone")
    assert not old.get(at(master, 1)).all("MeetingTimeZone")
    single = organizer.create().ids("CalendarItem")[0]
    assert not old.get(single).all("MeetingTimeZone")


def test_occurrences_keep_their_hour_across_the_change_of_the_clock(organizer):
    weekly = "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>"
    master = series_of(
        organizer, rule=recurrence(weekly), zone=ZONE, start="2026-03-02T09:00:00", end="2026-03-02T10:00:00"
    )
    starts = [organizer.get(at(master, number)).text("Start") for number in (1, 4, 5)]
    assert starts == ["2026-03-02T08:00:00Z", "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"]


def test_ranges_of_a_series_are_answered_with_the_occurrences_in_them(organizer, tools):
    master = series_of(organizer)
    key = f' ChangeKey="{etree.fromstring(master).get("ChangeKey")}"'
    organizer.update(
        at(master, 2, key),
        tools.set_field("calendar:End", "<t:End>2026-03-03T23:00:00Z</t:End>")
        + tools.set_field("calendar:Start", "<t:Start>2026-03-03T22:00:00Z</t:Start>"),
    )

    def asked(ranges):
        given = "".join(f"<t:Range {attributes}/>" for attributes in ranges)
        wanted = f"<t:Ranges>{given}</t:Ranges>" if given else ""
        return organizer.get(
            f'<t:RecurringMasterItemIdRanges Id="{id_of(master)}">{wanted}</t:RecurringMasterItemIdRanges>',
            shape="IdOnly",
            paths=("calendar:CalendarItemType", "calendar:Start"),
        ).texts("CalendarItemType")

    assert asked([]) == ["RecurringMaster"]
    whole = 'Start="2026-03-01T00:00:00Z" End="2027-01-01T00:00:00Z"'
    assert asked([whole]) == ["RecurringMaster", "Occurrence", "Exception", "Occurrence", "Occurrence", "Occurrence"]
    assert asked([f'{whole} Count="2"']) == ["RecurringMaster", "Occurrence", "Exception"]
    morning = 'Start="2026-03-03T08:00:00Z" End="2026-03-03T10:00:00Z"'
    assert asked([morning]) == ["RecurringMaster"]
    assert asked([f'{morning} CompareOriginalStartTime="true"']) == ["RecurringMaster", "Exception"]
    assert asked([morning, whole, 'Count="1"'])[1:] == [
        "Occurrence",
        "Exception",
        "Occurrence",
        "Occurrence",
        "Occurrence",
    ]
    answer = organizer.at("Exchange2010_SP2").get(f'<t:RecurringMasterItemIdRanges Id="{id_of(master)}"/>')
    assert answer.fault == "ErrorSchemaValidation"


@pytest.mark.parametrize("zone", ["UTC", "Tokyo Standard Time", "Pacific Standard Time"])
@pytest.mark.parametrize("day", ["0001-01-01", "1600-12-31", "4501-01-01", "9999-12-30", "9999-12-31"])
@pytest.mark.parametrize("clock", ["00:30:00", "23:00:00"])
def test_a_series_begins_in_the_years_that_calendars_have(organizer, tools, everything, zone, day, clock):
    before = everything()
    zones = f'<t:StartTimeZone Id="{zone}"/><t:EndTimeZone Id="{zone}"/>'
    endless = f"<t:NoEndRecurrence><t:StartDate>{day}</t:StartDate></t:NoEndRecurrence>"
    times = {"start": f"2026-03-02T{clock}", "end": "2026-03-03T00:00:00"}
    made = organizer.create(sending="SendToNone", after=recurrence(extent=endless) + zones, **times)
    assert made.code == "ErrorValueOutOfRange"
    assert everything() == before
    single = organizer.create(sending="SendToNone", after=zones, **times).ids("CalendarItem")[0]
    before = everything()
    changed = organizer.update(single, tools.set_field("calendar:Recurrence", recurrence(extent=endless)))
    assert changed.code == "ErrorValueOutOfRange"
    assert everything() == before


def test_a_series_may_not_wait_for_its_first_occurrence_beyond_them(organizer):
    yearly = PATTERNS["AbsoluteYearlyRecurrence"]
    rule = f"<t:AbsoluteYearlyRecurrence>{yearly}</t:AbsoluteYearlyRecurrence>"
    endless = "<t:NoEndRecurrence><t:StartDate>4500-12-01</t:StartDate></t:NoEndRecurrence>"
    assert organizer.create(after=recurrence(rule, endless)).code == "ErrorValueOutOfRange"
