"""Changes to series over EWS: exceptions, deletions, another pattern, and items that become series."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import t
from tests.reference_impl.ews.series.spoken import FIVE, at, id_of, master_of, occurrence, recurrence, series_of, view


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
    found = organizer.find("deleteditems", shape="AllProperties", paths=("calendar:OriginalStart",))
    (copy,) = found.all("CalendarItem")
    assert copy.findtext(t("Start")) == "2026-03-04T09:00:00Z"
    assert (copy.findtext(t("CalendarItemType")), copy.find(t("OriginalStart"))) == ("Single", None)


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
    ("uri", "inner"),
    [
        ("calendar:End", "<t:End>2026-03-04T09:00:01Z</t:End>"),
        ("calendar:Start", "<t:Start>2026-03-02T23:59:59Z</t:Start>"),
    ],
)
def test_an_occurrence_does_not_run_into_its_neighbours(organizer, tools, everything, uri, inner):
    master = series_of(organizer)
    second = occurrence(organizer, master, 2)
    before = everything()
    answer = organizer.update(second, tools.set_field(uri, inner))
    assert answer.code == "ErrorOccurrenceCrossingBoundary"
    assert everything() == before


def test_an_occurrence_may_end_where_the_next_one_starts(organizer, tools):
    second = occurrence(organizer, series_of(organizer), 2)
    answer = organizer.update(second, tools.set_field("calendar:End", "<t:End>2026-03-04T09:00:00Z</t:End>"))
    assert answer.code == "NoError"


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
