"""Copies of frozen values are those that dataclasses make."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, EventChanges, SeriesException
from reference_impl.domain.mailbox import Person

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENT = CalendarItem(
    id="i",
    mailbox_id="m",
    folder_id="f",
    version=1,
    uid="u",
    start=NOON,
    end=NOON + timedelta(hours=1),
    organizer=Person("a@b.example"),
    created=NOON,
    modified=NOON,
    exceptions=(SeriesException(date(2026, 3, 3), EventChanges(subject="Another")),),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "version": st.integers(),
        "subject": st.text(),
        "is_cancelled": st.booleans(),
        "categories": st.just(("red", "blue")),
        "organizer": st.builds(Person, st.text(), st.text()),
        "exceptions": st.just(()),
    },
)


@given(CHANGES)
def test_a_copy_differs_in_what_is_changed_alone(changes):
    before = dataclasses.asdict(EVENT)
    assert replace(EVENT, **changes) == dataclasses.replace(EVENT, **changes)
    assert dataclasses.asdict(EVENT) == before


def test_a_copy_is_as_frozen_as_what_it_is_made_from():
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(EVENT, version=2).version = 3


def test_there_is_no_copy_with_an_attribute_that_its_class_lacks():
    with pytest.raises(KeyError, match="colour"):
        replace(EVENT, colour="red")


def test_a_class_whose_constructor_does_more_is_refused():
    @dataclasses.dataclass(frozen=True, slots=True)
    class Checked:
        size: int

        def __post_init__(self):
            assert self.size > 0

    with pytest.raises(AssertionError, match="constructor of its own"):
        replace(Checked(1), size=2)
