"""Who is who: people are told apart by their addresses alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.mailbox import Person

PEOPLE = st.builds(Person, st.text("aAsSß@.", max_size=4), st.text(max_size=1))


@given(PEOPLE, PEOPLE)
def test_people_are_the_same_where_their_addresses_are_whatever_the_case_and_the_name(one, other):
    assert one.is_same(other) == (one.key == other.key)


@given(PEOPLE)
def test_everybody_is_the_same_in_capitals_and_under_another_name(person):
    assert person.is_same(Person(person.address.upper(), "somebody"))
