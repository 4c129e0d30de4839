"""What is kept of items belongs to one object, and there is no more of it than there is room for."""

from datetime import UTC, datetime

from reference_impl.domain.copying import replace
from reference_impl.domain.fragments import Fragments
from reference_impl.domain.items import CalendarItem
from reference_impl.domain.mailbox import Person

MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
SOMEBODY = Person("somebody@example.com", "Somebody")


def item(number):
    return CalendarItem(
        id=str(number),
        mailbox_id="m",
        folder_id="f",
        version=number,
        uid="u",
        start=MOMENT,
        end=MOMENT,
        organizer=SOMEBODY,
        created=MOMENT,
        modified=MOMENT,
    )


def test_fragments_are_of_one_object_in_one_way():
    fragments, one = Fragments(10), item(1)
    fragments.keep(one, "way", "written")
    assert fragments.find(one, "way") == "written"
    assert fragments.find(one, "another way") is None
    assert fragments.find(replace(one), "way") is None


def test_the_oldest_fragments_make_room():
    fragments, items = Fragments(3), [item(number) for number in range(5)]
    for each in items:
        fragments.keep(each, None, each.id)
    assert len(fragments) == 3
    assert [fragments.find(each, None) for each in items] == [None, None, "2", "3", "4"]


def test_of_an_occurrence_nothing_is_kept():
    fragments, occurrence = Fragments(10), replace(item(1), series_id="0")
    fragments.keep(occurrence, "way", "written")
    assert len(fragments) == 0
