"""FindItem's views: pages, fractions, from a condition on, and the days of a calendar."""

from datetime import datetime, timedelta

import pytest

from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.ews.namespaces import t
from reference_impl.service.settings import Settings
from tests.reference_impl.ews.finding.asking import compare, find, fraction, group, order, page, search, seek, window


@pytest.mark.requirement("EWS-MTG-246")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_pages_follow_one_another_and_tell_where_the_next_begins(organizer, events, size):
    seen, offset = [], 0
    while True:
        found = find(organizer, view=page(offset, size))
        assert (found.TotalItemsInView, found.IndexedPagingOffset) == (5, offset + len(found.ids))
        seen += found.ids
        offset = found.IndexedPagingOffset
        assert found.IncludesLastItemInRange is (offset == 5)
        if found.IncludesLastItemInRange:
            break
    assert seen == events


@pytest.mark.requirement("EWS-MTG-246")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_pages_from_the_end_follow_one_another_backwards(organizer, events, size):
    seen, offset = [], 0
    while True:
        found = find(organizer, view=page(offset, size, "End"))
        seen = found.ids + seen
        assert (found.TotalItemsInView, found.IndexedPagingOffset) == (5, offset + len(found.ids))
        offset = found.IndexedPagingOffset
        if found.IncludesLastItemInRange:
            break
    assert seen == events


def test_a_page_beyond_everything_is_empty_and_the_last(organizer, events):
    for point in ("Beginning", "End"):
        found = find(organizer, view=page(9, 2, point))
        assert (found.ids, found.TotalItemsInView, found.IncludesLastItemInRange) == ([], 5, True)


def test_a_page_without_a_limit_goes_on_to_the_end(organizer, events):
    assert find(organizer, view=page(2)).subjects == ["C", "D", "E"]
    assert find(organizer, view=page(2, point="End")).subjects == ["A", "B", "C"]


def test_without_a_view_everything_is_answered(organizer, events):
    found = find(organizer)
    assert (found.ids, found.TotalItemsInView, found.IncludesLastItemInRange) == (events, 5, True)
    assert found.IndexedPagingOffset is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(0, 1, "ABCDE"), (2, 5, "CDE"), (1, 2, "CDE"), (2, 3, "DE"), (4, 5, "E"), (99, 100, "E"), (1, 1, ""), (7, 7, "")],
)
def test_fractions_start_where_they_say(organizer, events, numerator, denominator, expected):
    found = find(organizer, view=fraction(numerator, denominator))
    assert "".join(found.subjects) == expected
    assert (found.NumeratorOffset, found.AbsoluteDenominator, found.IncludesLastItemInRange) == (5, 5, True)


def test_fractional_pages_follow_one_another(organizer, events):
    seen, numerator, denominator = [], 0, 1
    while True:
        found = find(organizer, view=fraction(numerator, denominator, 2))
        seen += found.ids
        numerator, denominator = found.NumeratorOffset, found.AbsoluteDenominator
        if found.IncludesLastItemInRange:
            break
    assert seen == events


def test_a_fraction_is_one_of_what_a_restriction_lets_through(organizer, events):
    where = search(compare("IsEqualTo", "calendar:Location", "Room 0"))
    found = find(organizer, view=fraction(1, 3, 1), where=where)
    assert (found.subjects, found.TotalItemsInView) == (["C"], 3)


LATER = compare("IsGreaterThan", "item:DateTimeReceived", "2026-01-05T02:30:00Z")
BY_TIME = order(("item:DateTimeReceived", False))
BY_SIZE = order(("item:Size", False), ("item:DateTimeReceived", True))


def test_a_page_begins_at_the_first_item_that_meets_a_condition(organizer, mails):
    found = find(organizer, "inbox", view=seek(LATER, 2), sort=BY_TIME)
    assert found.subjects == ["budget", "Zebra crossing"]
    assert (found.TotalItemsInView, found.IndexedPagingOffset, found.IncludesLastItemInRange) == (6, 4, False)


def test_sought_from_the_end_a_page_ends_at_the_last_item_that_meets_a_condition(organizer, mails):
    earlier = f"<t:Not>{LATER}</t:Not>"
    found = find(organizer, "inbox", view=seek(earlier, 2, "End"), sort=BY_TIME)
    assert found.subjects == ["RE: Plan", "RE: budget"]
    assert (found.TotalItemsInView, found.IndexedPagingOffset, found.IncludesLastItemInRange) == (6, 6, True)
    assert find(organizer, "inbox", view=seek(earlier, 1, "End"), sort=BY_TIME).IncludesLastItemInRange is False


def test_a_condition_is_sought_among_what_a_restriction_lets_through_in_any_order(organizer, mails):
    where = search(compare("IsEqualTo", "message:IsRead", "false"))
    condition = compare("IsEqualTo", "item:Subject", "Plan")
    found = find(organizer, "inbox", view=seek(condition, 5), where=where, sort=BY_SIZE)
    everything = find(organizer, "inbox", where=where, sort=BY_SIZE).subjects
    assert found.subjects == everything[everything.index("Plan") :]
    assert found.TotalItemsInView == 3


@pytest.mark.parametrize("sort", ["", BY_TIME, BY_SIZE])
def test_where_nothing_meets_the_condition_nothing_is_shown(organizer, mails, sort):
    nowhere = compare("IsEqualTo", "item:Subject", "elsewhere")
    for point in ("Beginning", "End"):
        found = find(organizer, "inbox", view=seek(nowhere, 5, point), sort=sort)
        assert (found.ids, found.TotalItemsInView, found.IncludesLastItemInRange) == ([], 6, True)


def test_calendar_items_are_not_shown_from_a_condition_on(organizer, events):
    assert find(organizer, view=seek(LATER, 2)).code == "ErrorCalendarSeekToConditionNotSupported"
    assert find(organizer.at("Exchange2010_SP2"), "inbox", view=seek(LATER)).answer.fault == "ErrorSchemaValidation"


@pytest.mark.requirement("EWS-MTG-244", "EWS-MTG-247", "EWS-MTG-248", "EWS-MTG-249")
@pytest.mark.parametrize(
    ("view", "code"),
    [
        (page(0, 0), "ErrorInvalidPagingMaxRows"),
        (page(0, -1), "ErrorInvalidPagingMaxRows"),
        (page(-1, 5), "ErrorInvalidIndexedPagingParameters"),
        (page(-1, 5, "End"), "ErrorInvalidIndexedPagingParameters"),
        (fraction(3, 2), "ErrorInvalidFractionalPagingParameters"),
        (fraction(-1, 2), "ErrorInvalidFractionalPagingParameters"),
        (fraction(0, 0), "ErrorInvalidFractionalPagingParameters"),
        (fraction(0, -2), "ErrorInvalidFractionalPagingParameters"),
        (fraction(1, 2, 0), "ErrorInvalidPagingMaxRows"),
        (fraction(1, 1), "NoError"),
        (seek(LATER, 0), "ErrorInvalidPagingMaxRows"),
        ('<m:ContactsView MaxEntriesReturned="3" InitialName="K"/>', "ErrorInvalidOperation"),
        (window("2026-06-02T00:00:00Z", "2026-06-01T00:00:00Z"), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        (window("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z"), "NoError"),
        (window("2026-06-01T00:00:00Z", "2028-06-01T00:00:01Z"), "ErrorCalendarViewRangeTooBig"),
        (window("2026-06-01T00:00:00Z", "2028-06-01T00:00:00Z"), "NoError"),
        (window("2028-02-29T00:00:00Z", "2030-03-01T00:00:00Z"), "NoError"),
        (window("2028-02-29T00:00:00Z", "2030-03-01T00:00:01Z"), "ErrorCalendarViewRangeTooBig"),
        (window("0001-01-01T00:00:00Z", "2026-06-01T00:00:00Z"), "ErrorValueOutOfRange"),
        (window("0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"), "ErrorValueOutOfRange"),
        (window("9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), "ErrorValueOutOfRange"),
        (window("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", 0), "ErrorInvalidPagingMaxRows"),
    ],
)
def test_views_must_make_sense(organizer, view, code):
    folder = "inbox" if "Condition" in view else "calendar"
    assert find(organizer, folder, view=view).code == code


@pytest.mark.requirement("EWS-MTG-252")
def test_two_views_are_a_schema_fault(organizer):
    assert find(organizer, view=page(0, 5) + page(0, 5)).answer.fault == "ErrorSchemaValidation"
    days = window("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")
    assert find(organizer, view=page(0, 5) + days).answer.fault == "ErrorSchemaValidation"


# Calendars

WEEK = window("2026-06-08T00:00:00Z", "2026-06-15T00:00:00Z")


def daily(filler, **fields):
    """A series of an hour every day from 10 June, five times."""
    start = datetime.fromisoformat("2026-06-10T08:00:00+00:00")
    recurrence = Recurrence(frequency=Frequency.DAILY, start=start.date(), count=5)
    return filler.event("Daily", start=start, end=start + timedelta(hours=1), recurrence=recurrence, **fields)


def kinds(found):
    return [item.findtext(t("CalendarItemType")) for item in found.items]


KIND = ("calendar:CalendarItemType",)


@pytest.mark.requirement("EWS-MTG-240", "EWS-MTG-241")
def test_series_are_found_as_masters_and_in_a_calendar_view_as_occurrences(organizer, filler, events, tools):
    daily(filler)
    assert kinds(find(organizer, paths=KIND)) == ["Single"] * 5 + ["RecurringMaster"]
    second = find(organizer, view=WEEK).answer.ids("CalendarItem")[2]
    change = tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>")
    assert organizer.update(second, change, sending="SendToNone").code == "NoError"
    seen = find(organizer, view=WEEK, paths=KIND)
    assert kinds(seen) == ["Occurrence", "Single", "Exception", "Single", *["Occurrence", "Single"] * 3]
    assert seen.TotalItemsInView == 10
    assert kinds(find(organizer, paths=KIND)) == ["Single"] * 5 + ["RecurringMaster"]


@pytest.mark.requirement("EWS-MTG-242")
def test_a_calendar_view_holds_what_overlaps_it(organizer, events):
    found = find(organizer, view=window("2026-06-11T10:30:00Z", "2026-06-13T10:00:00Z"))
    assert found.ids == events[1:3]
    assert found.IndexedPagingOffset is None
    assert find(organizer, view=window("2026-06-11T10:30:00Z", "2026-06-13T10:00:01Z")).ids == events[1:4]
    assert find(organizer, view=window("2026-06-11T10:59:59Z", "2026-06-11T10:59:59Z")).ids == events[1:2]


@pytest.mark.requirement("EWS-MTG-243")
def test_a_cut_calendar_view_tells_how_much_there_is(organizer, filler, events):
    daily(filler)
    found = find(organizer, view=WEEK.replace("<m:CalendarView", '<m:CalendarView MaxEntriesReturned="3"'))
    assert found.subjects == ["Daily", "A", "Daily"]
    assert (found.TotalItemsInView, found.IncludesLastItemInRange) == (10, False)
    assert find(organizer, view=WEEK).IncludesLastItemInRange is True


@pytest.mark.requirement("EWS-MTG-245")
def test_a_calendar_view_needs_a_calendar(organizer):
    assert find(organizer, "inbox", view=WEEK).code == "ErrorCalendarFolderIsInvalidForCalendarView"


def test_a_calendar_view_reads_naive_times_in_the_context(organizer, events):
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Pacific Standard Time"/></t:TimeZoneContext>'
    naive = window("2026-06-11T03:30:00", "2026-06-12T02:00:00")
    assert find(organizer.saying(zone), view=naive).ids == events[1:2]


def at(text):
    return datetime.fromisoformat(f"2026-06-{text}:00+00:00")


def edges(filler):
    """Items that touch the tenth of June, singly and as occurrences of series."""
    for subject, start, end in (
        ("before", "09T22:00", "09T23:00"),
        ("until the start", "09T23:00", "10T00:00"),
        ("a point at the start", "10T00:00", "10T00:00"),
        ("from the start", "10T00:00", "10T01:00"),
        ("a point within", "10T12:00", "10T12:00"),
        ("until after the end", "10T23:00", "11T01:00"),
        ("a point at the end", "11T00:00", "11T00:00"),
        ("from the end", "11T00:00", "11T01:00"),
    ):
        filler.event(subject, start=at(start), end=at(end))
        once = Recurrence(frequency=Frequency.DAILY, start=at(start).date(), count=1)
        filler.event(f"{subject}, in a series", start=at(start), end=at(end), recurrence=once)


INSIDE = ["a point at the start", "from the start", "a point within", "until after the end"]


def test_what_ends_when_a_view_starts_is_not_in_it_but_what_has_no_length_is(organizer, filler):
    edges(filler)
    found = find(organizer, view=window("2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"))
    assert sorted(found.subjects) == sorted([*INSIDE, *(f"{subject}, in a series" for subject in INSIDE)])
    assert found.TotalItemsInView == 8


@pytest.mark.parametrize("settings", [Settings(views_touch_their_start=True)])
def test_servers_differ_in_what_ends_just_when_a_view_starts(organizer, filler):
    edges(filler)
    found = find(organizer, view=window("2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"))
    inside = ["until the start", *INSIDE]
    assert sorted(found.subjects) == sorted([*inside, *(f"{subject}, in a series" for subject in inside)])
    assert found.TotalItemsInView == 10


def test_whole_days_are_seen_on_their_days(organizer, filler):
    filler.event("whole day", start=at("10T00:00"), end=at("11T00:00"), is_all_day=True)
    days = {
        day: find(organizer, view=window(f"2026-06-{day:02}T00:00:00Z", f"2026-06-{day + 1:02}T00:00:00Z")).subjects
        for day in (9, 10, 11)
    }
    assert days == {9: [], 10: ["whole day"], 11: []}


BY_SUBJECT = order(("item:Subject", True))
IN_ROOM_ONE = search(compare("IsEqualTo", "calendar:Location", "Room 1"))
ABOUT_DAILY = search(compare("IsEqualTo", "item:Subject", "Daily"))


@pytest.mark.parametrize(
    "part", [{"where": IN_ROOM_ONE}, {"sort": BY_SUBJECT}, {"groups": group("item:Subject", "item:Subject")}]
)
def test_a_calendar_view_takes_no_search(organizer, events, part):
    assert find(organizer, view=WEEK, **part).code == "ErrorInvalidOperation"


@pytest.mark.parametrize("settings", [Settings(calendar_views_are_searched=True)])
def test_servers_differ_in_whether_calendar_views_are_searched(organizer, filler, events):
    daily(filler, location="Room 1")
    found = find(organizer, view=WEEK, where=IN_ROOM_ONE)
    assert (found.subjects, found.TotalItemsInView) == (["Daily", "Daily", "B", "Daily", "Daily", "D", "Daily"], 7)
    assert find(organizer, view=WEEK, sort=BY_SUBJECT).subjects == ["E", *["Daily"] * 5, "D", "C", "B", "A"]
    by_room = order(("calendar:Location", True), ("calendar:Start", True))
    short = WEEK.replace("<m:CalendarView", '<m:CalendarView MaxEntriesReturned="3"')
    cut = find(organizer, view=short, where=IN_ROOM_ONE, sort=by_room)
    assert (cut.subjects, cut.TotalItemsInView) == (["Daily", "D", "Daily"], 7)
    days = find(organizer, view=WEEK, where=ABOUT_DAILY, paths=("calendar:Start",)).items
    assert [item.findtext(t("Start"))[8:10] for item in days] == ["10", "11", "12", "13", "14"]
    assert find(organizer, view=WEEK, groups=group("item:Subject", "item:Subject")).code == "ErrorInvalidOperation"


# Shelves


@pytest.mark.parametrize("version", ["Exchange2007", "Exchange2007_SP1"])
def test_softly_deleted_items_are_found_apart_before_2010(organizer, events, version):
    speaker = organizer.at(version)
    for item_id in find(organizer).answer.ids("CalendarItem")[1:3]:
        assert organizer.delete(item_id, kind="SoftDelete").code == "NoError"
    assert find(speaker).subjects == ["A", "D", "E"]
    deleted = find(speaker, traversal="SoftDeleted", sort=BY_SUBJECT)
    assert (deleted.subjects, deleted.ids) == (["C", "B"], events[2:0:-1])
    assert find(speaker, traversal="SoftDeleted", view=page(1, 1)).subjects == ["C"]
    assert find(speaker, "inbox", traversal="SoftDeleted").ids == []
    assert find(speaker, traversal="SoftDeleted", where=search(compare("IsEqualTo", "item:Subject", "B"))).ids == []
    assert organizer.get(f'<t:ItemId Id="{events[1]}"/>').code == "ErrorItemNotFound"


@pytest.mark.parametrize("version", ["Exchange2010", "Exchange2013", "Exchange2016"])
def test_softly_deleted_items_are_not_found_since_2010(organizer, events, version):
    assert organizer.delete(find(organizer).answer.ids("CalendarItem")[0], kind="SoftDelete").code == "NoError"
    found = find(organizer.at(version), traversal="SoftDeleted")
    assert (found.ids, found.TotalItemsInView, found.IncludesLastItemInRange) == ([], 0, True)
    grouped = find(organizer.at(version), traversal="SoftDeleted", groups=group("item:Subject", "item:Subject"))
    assert (grouped.groups, grouped.TotalItemsInView) == ([], 0)


def test_what_is_deleted_for_good_is_found_nowhere(organizer, events):
    assert organizer.delete(find(organizer).answer.ids("CalendarItem")[0], kind="HardDelete").code == "NoError"
    assert find(organizer.at("Exchange2007_SP1"), traversal="SoftDeleted").ids == []
    assert find(organizer).subjects == ["B", "C", "D", "E"]


def test_every_folder_has_its_own_response_message(organizer, events):
    answer = find(
        organizer,
        '<t:DistinguishedFolderId Id="calendar"/><t:FolderId Id="AAAA"/><t:DistinguishedFolderId Id="inbox"/>',
    ).answer
    assert answer.codes == ["NoError", "ErrorInvalidIdMalformed", "NoError"]
    assert [element.get("Id") for element in answer.all("ItemId")] == events


def test_a_series_that_ends_with_a_point_at_the_start_of_a_view_is_in_it(organizer, filler):
    recurrence = Recurrence(frequency=Frequency.DAILY, start=at("08T00:00").date(), count=3)
    filler.event("points", start=at("08T14:00"), end=at("08T14:00"), recurrence=recurrence)
    assert find(organizer, view=window("2026-06-10T14:00:00Z", "2026-06-10T15:00:00Z")).subjects == ["points"]
