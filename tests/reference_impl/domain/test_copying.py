"""Copies of frozen values, Structs and dataclasses, differ in what is changed alone."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, EventChanges, SeriesException
from reference_impl.domain.mailbox import Person
from reference_impl.domain.permissions import Rights

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
OPEN = Rights()
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
    before = msgspec.structs.asdict(EVENT)
    assert msgspec.structs.asdict(replace(EVENT, **changes)) == before | changes
    assert msgspec.structs.asdict(EVENT) == before


@pytest.mark.parametrize("value", [EVENT, OPEN])
def test_a_copy_is_as_frozen_as_what_it_is_made_from(value):
    name = "subject" if value is EVENT else "reads"
    with pytest.raises(AttributeError):
        setattr(replace(value), name, None)


@pytest.mark.parametrize("value", [EVENT, OPEN])
def test_there_is_no_copy_with_an_attribute_that_its_class_lacks(value):
    with pytest.raises(TypeError, match="colour"):
        replace(value, colour="red")


def test_a_dataclass_is_copied_too():
    assert replace(OPEN, is_owner=True) == dataclasses.replace(OPEN, is_owner=True) != OPEN
