"""Series over EWS: patterns and ranges, occurrences and their ids, exceptions, deletions, and what attendees see."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import m, t

DAILY = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
START = "<t:StartDate>2026-03-02</t:StartDate>"
FIVE = f"<t:NumberedRecurrence>{START}<t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence>"
PATTERNS = {
    "DailyRecurrence": "<t:Interval>3</t:Interval>",
    "WeeklyRecurrence": "<t:Interval>2</t:Interval><t:DaysOfWeek>Monday Thursday</t:DaysOfWeek>"
    "<t:FirstDayOfWeek>Monday</t:FirstDayOfWeek>",
    "AbsoluteMonthlyRecurrence": "<t:Interval>1</t:Interval><t:DayOfMonth>2</t:DayOfMonth>",
    "RelativeMonthlyRecurrence": "<t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek>"
    "<t:DayOfWeekIndex>Last</t:DayOfWeekIndex>",
    "AbsoluteYearlyRecurrence": "<t:DayOfMonth>2</t:DayOfMonth><t:Month>March</t:Month>",
    "RelativeYearlyRecurrence": "<t:DaysOfWeek>Monday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex>"
    "<t:Month>March</t:Month>",
}
MONTHLY = f"<t:AbsoluteMonthlyRecurrence>{PATTERNS['AbsoluteMonthlyRecurrence']}</t:AbsoluteMonthlyRecurrence>"
RANGES = {
    "NoEndRecurrence": "<t:StartDate>2026-03-02Z</t:StartDate>",
    "EndDateRecurrence": "<t:StartDate>2026-03-02Z</t:StartDate><t:EndDate>2030-03-02Z</t:EndDate>",
    "NumberedRecurrence": "<t:StartDate>2026-03-02Z</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences>",
}
ZONE = '<t:StartTimeZone Id="Romance Standard Time"/><t:EndTimeZone Id="Romance Standard Time"/>'
ATTENDEES = ("attendee0@example.com", "attendee1@example.com")


def recurrence(pattern=DAILY, extent=FIVE):
    return f"<t:Recurrence>{pattern}{extent}</t:Recurrence>"


def series_of(speaker, *, rule=None, zone="", attendees=(), **fields):
    """The ItemId of a new series at nine, from Monday the second of March."""
    fields = {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"} | fields
    answer = speaker.create(attendees=attendees, after=(rule or recurrence()) + zone, **fields)
    assert answer.code == "NoError", answer.body.decode()
    (item_id,) = answer.ids("CalendarItem")
    return item_id


def id_of(item_id):
    return etree.fromstring(item_id).get("Id")


def at(master, number, key=""):
    return f'<t:OccurrenceItemId RecurringMasterId="{id_of(master)}" InstanceIndex="{number}"{key}/>'


def master_of(occurrence):
    return f'<t:RecurringMasterItemId OccurrenceId="{id_of(occurrence)}"/>'


def occurrence(speaker, master, number):
    """The ItemId of one occurrence, as the server gives it."""
    (item_id,) = speaker.get(at(master, number), shape="IdOnly").ids("CalendarItem")
    return item_id


def view(speaker, first="2026-03-01T00:00:00Z", last="2026-03-31T00:00:00Z", **more):
    return speaker.find("calendar", view=f'<m:CalendarView StartDate="{first}" EndDate="{last}"/>', **more)


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


@pytest.mark.requirement("EWS-MTG-265", "EWS-MTG-268")
def test_a_changed_occurrence_becomes_an_exception_of_its_master(organizer, tools):
    master = series_of(organizer)
    second = occurrence(organizer, master, 2)
    answer = organizer.update(
        second,
        tools.set_field("calendar:Start", "<t:Start>2026-03-03T11:00:00Z</t:Start>")
        + tools.set_field("calendar:End", "<t:End>2026-03-03T12:00:00Z</t:End>"),
    )
    assert answer.code == "NoError"
    assert etree.fromstring(answer.ids("CalendarItem")[0]).get("Id") == id_of(second)
    changed = organizer.get(second)
    assert changed.text("CalendarItemType") == "Exception"
    assert (changed.text("Start"), changed.text("OriginalStart")) == ("2026-03-03T11:00:00Z", "2026-03-03T09:00:00Z")
    whole = organizer.get(master)
    (listed,) = whole.one("ModifiedOccurrences")
    assert listed.find(t("ItemId")).get("Id") == id_of(second)
    assert listed.findtext(t("Start")) == "2026-03-03T11:00:00Z"
    assert listed.findtext(t("OriginalStart")) == "2026-03-03T09:00:00Z"
    key = etree.fromstring(whole.ids("CalendarItem")[0]).get("ChangeKey")
    assert key != etree.fromstring(master).get("ChangeKey")
    assert key == listed.find(t("ItemId")).get("ChangeKey")


@pytest.mark.requirement("EWS-MTG-266")
def test_a_deleted_occurrence_is_listed_by_its_start(organizer):
    master = series_of(organizer)
    organizer.delete(occurrence(organizer, master, 3))
    (listed,) = organizer.get(master).one("DeletedOccurrences")
    assert listed.findtext(t("Start")) == "2026-03-04T09:00:00Z"
    assert len(view(organizer).all("CalendarItem")) == 4
    (copy,) = organizer.find("deleteditems", shape="AllProperties").all("CalendarItem")
    assert copy.findtext(t("Start")) == "2026-03-04T09:00:00Z"


def test_deleting_the_master_deletes_the_series(organizer):
    master = series_of(organizer)
    assert organizer.delete(master_of(occurrence(organizer, master, 2)), kind="HardDelete").code == "NoError"
    assert organizer.get(master).code == "ErrorItemNotFound"
    assert view(organizer).all("CalendarItem") == []


def test_a_series_whose_last_occurrence_is_deleted_is_gone(organizer):
    master = series_of(organizer)
    for number in range(1, 6):
        assert organizer.delete(at(master, number), kind="HardDelete").code == "NoError"
    assert organizer.get(master).code == "ErrorItemNotFound"


@pytest.mark.requirement("EWS-MTG-269")
def test_an_occurrence_stays_between_its_neighbours(organizer, tools, everything):
    master = series_of(organizer)
    second = occurrence(organizer, master, 2)
    before = everything()
    for day in ("01", "02", "04", "09"):
        answer = organizer.update(
            second,
            tools.set_field("calendar:Start", f"<t:Start>2026-03-{day}T09:00:00Z</t:Start>")
            + tools.set_field("calendar:End", f"<t:End>2026-03-{day}T09:30:00Z</t:End>"),
        )
        assert answer.code == "ErrorOccurrenceCrossingBoundary"
    assert everything() == before


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


def test_a_single_item_becomes_a_series_and_a_series_a_single_item(organizer, tools):
    single = organizer.create(start="2026-03-02T09:00:00Z", end="2026-03-02T10:00:00Z").ids("CalendarItem")[0]
    answer = organizer.update(single, tools.set_field("calendar:Recurrence", recurrence()))
    assert answer.code == "NoError"
    assert len(view(organizer).all("CalendarItem")) == 5
    (now,) = answer.ids("CalendarItem")
    back = organizer.update(now, tools.delete_field("calendar:Recurrence"))
    assert back.code == "NoError"
    assert view(organizer, paths=("calendar:CalendarItemType",)).texts("CalendarItemType") == ["Single"]


def test_an_occurrence_takes_no_recurrence(organizer, tools):
    master = series_of(organizer)
    answer = organizer.update(occurrence(organizer, master, 2), tools.set_field("calendar:Recurrence", recurrence()))
    assert answer.code == "ErrorInvalidPropertySet"


def test_another_pattern_drops_exceptions_and_deletions(organizer, tools):
    master = series_of(organizer)
    organizer.update(occurrence(organizer, master, 2), tools.set_field("item:Subject", "<t:Subject>X</t:Subject>"))
    organizer.delete(occurrence(organizer, master, 3))
    (now,) = organizer.get(master, shape="IdOnly").ids("CalendarItem")
    organizer.update(now, tools.set_field("calendar:Recurrence", recurrence(extent=FIVE.replace(">5<", ">4<"))))
    item = organizer.get(master).one("CalendarItem")
    assert item.find(t("ModifiedOccurrences")) is None
    assert item.find(t("DeletedOccurrences")) is None
    assert len(view(organizer).all("CalendarItem")) == 4


def test_another_subject_reaches_every_occurrence_that_has_none_of_its_own(organizer, tools):
    master = series_of(organizer)
    organizer.update(occurrence(organizer, master, 2), tools.set_field("item:Subject", "<t:Subject>X</t:Subject>"))
    (now,) = organizer.get(master, shape="IdOnly").ids("CalendarItem")
    organizer.update(now, tools.set_field("item:Subject", "<t:Subject>Y</t:Subject>"))
    assert view(organizer, shape="Default").texts("Subject") == ["Y", "X", "Y", "Y", "Y"]


@pytest.mark.requirement("EWS-MTG-254")
def test_an_occurrence_cannot_be_moved(organizer):
    master = series_of(organizer)
    answer = organizer(
        '<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="inbox"/></m:ToFolderId>'
        f"<m:ItemIds>{at(master, 1)}</m:ItemIds></m:MoveItem>"
    )
    assert answer.code == "ErrorCalendarCannotMoveOrCopyOccurrence"


# Meetings


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


def answers_of(speaker, item_id):
    item = speaker.get(item_id).one("CalendarItem")
    return [entry.findtext(t("ResponseType")) for entry in item.find(t("RequiredAttendees"))]


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
