"""Where messages stand in their conversations."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.conversation import PREFIXES, conversation_of, first_index, next_index, topic_of

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  aware by timezones


@given(moments, st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=900)), max_size=5))
def test_each_answer_is_one_level_deeper_and_later_ones_compare_greater(began, pauses):
    index, moment = first_index(conversation_of("x"), began), began
    assert len(index) == 22
    assert index[6:].hex() == conversation_of("x")
    siblings = []
    for pause in pauses:
        moment += pause
        siblings.append(next_index(index, moment))
    assert [len(sibling) for sibling in siblings] == [27] * len(pauses)
    assert siblings == sorted(siblings)
    for sibling in siblings:
        assert sibling[:22] == index


def test_an_answer_years_later_has_its_level_in_coarser_steps():
    index = first_index(conversation_of("x"), FIRST)
    near, far = next_index(index, FIRST + timedelta(days=1)), next_index(index, FIRST + timedelta(days=2000))
    assert (near[22] >> 7, far[22] >> 7) == (0, 1)


def test_what_is_in_no_conversation_has_no_answers_place():
    assert next_index(b"", FIRST) == b""


@given(st.lists(st.sampled_from(PREFIXES), max_size=4), st.text(max_size=10))
def test_a_topic_is_what_answers_and_forwards_have_in_common(prefixes, subject):
    assert topic_of("".join(prefixes) + subject) == topic_of(subject)
