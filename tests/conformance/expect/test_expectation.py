from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import pytest

from conformance.expect import CaseStopped, Expectation, show


class Colour(StrEnum):
    RED = "red"


@pytest.fixture
def noted():
    return []


@pytest.fixture
def expect(noted):
    def make(actual, *, stops=False):
        return Expectation("the thing", actual, lambda *note: noted.append(note), stops)

    return make


@pytest.mark.parametrize(
    ("actual", "question", "arguments", "met"),
    [
        ("a", "equals", ("a",), True),
        ("a", "equals", ("b",), False),
        (None, "equals", ("b",), False),
        ("a", "differs_from", ("b",), True),
        ("a", "differs_from", ("a",), False),
        (None, "differs_from", ("a",), False),
        ("b", "is_one_of", ("a", "b"), True),
        ("c", "is_one_of", ("a", "b"), False),
        ("a", "is_present", (), True),
        (0, "is_present", (), True),
        (False, "is_present", (), True),
        (None, "is_present", (), False),
        ("", "is_present", (), False),
        ((), "is_present", (), False),
        (None, "is_absent", (), True),
        ([], "is_absent", (), True),
        (0, "is_absent", (), False),
        ("a", "is_absent", (), False),
        (True, "is_true", (), True),
        ("true", "is_true", (), False),
        (1, "is_true", (), False),
        (False, "is_false", (), True),
        (None, "is_false", (), False),
        (0, "is_false", (), False),
        ("hello world", "contains", ("hello", "world"), True),
        ("hello", "contains", ("hello", "world"), False),
        (["a", "b"], "contains", ("a",), True),
        (None, "contains", ("a",), False),
        (7, "contains", ("a",), False),
        ("hello", "lacks", ("world",), True),
        ("hello", "lacks", ("hell",), False),
        (None, "lacks", ("hell",), False),
        (["a", "b", "a"], "has_members", (["b", "a", "a"],), True),
        (["a", "b"], "has_members", (["a", "a"],), False),
        (["a", "b", "b"], "has_members", (["a", "b"],), False),
        ("ab", "has_members", (["a", "b"],), False),
        (None, "has_members", ([],), False),
        ("abc", "has_length", (3,), True),
        ("abc", "has_length", (2,), False),
        (None, "has_length", (0,), False),
        ("Accepted: x", "starts_with", ("Accepted:",), True),
        ("x", "starts_with", ("Accepted:",), False),
        (None, "starts_with", ("",), False),
        ("2026-01-05", "matches", (r"\d{4}-\d\d-\d\d",), True),
        ("2026-01-05T", "matches", (r"\d{4}-\d\d-\d\d",), False),
        (2026, "matches", (r"\d+",), False),
        (3, "is_at_least", (3,), True),
        (2, "is_at_least", (3,), False),
        (None, "is_at_least", (3,), False),
        (3, "is_at_most", (3,), True),
        (4, "is_at_most", (3,), False),
        (4, "is_more_than", (3,), True),
        (3, "is_more_than", (3,), False),
        (2, "is_less_than", (3,), True),
        (3, "is_less_than", (3,), False),
        ("x", "is_less_than", (3,), False),
        (4, "holds", (lambda n: n % 2 == 0, "an even number"), True),
        (5, "holds", (lambda n: n % 2 == 0, "an even number"), False),
        (None, "holds", (lambda n: n.name, "a name"), False),
    ],
)
def test_a_question_is_answered_and_noted(expect, noted, actual, question, arguments, met):
    assert getattr(expect(actual), question)(*arguments) is met
    (outcome, expected, shown) = noted[0]
    assert outcome is met
    assert expected
    assert all(expected)
    assert shown


def test_alternatives_are_told_one_by_one(expect, noted):
    expect("c").is_one_of("a", "b")
    assert noted == [(False, ('"a"', '"b"'), '"c"')]


def test_the_sentence_of_a_condition_is_what_was_expected(expect, noted):
    expect(5).holds(lambda n: n % 2 == 0, "an even number")
    assert noted == [(False, ("an even number",), "5")]


def test_an_unmet_requirement_that_stops_ends_the_case_after_it_is_noted(expect, noted):
    with pytest.raises(CaseStopped, match=r'the thing: expected "a", got nothing'):
        expect(None, stops=True).equals("a")
    assert len(noted) == 1


def test_a_met_requirement_that_stops_goes_on(expect):
    assert expect("a", stops=True).equals("a")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing"),
        ("two words", '"two words"'),
        ("a\nb", "'a\\nb'"),
        (Colour.RED, '"red"'),
        (datetime(2026, 1, 5, 8, tzinfo=UTC), "2026-01-05T08:00:00+00:00"),
        (["a", None], '["a", nothing]'),
        (("a",), '["a"]'),
        ({"k": "v"}, '{"k": "v"}'),
        ({"b", "a"}, '{"a", "b"}'),
        (b"x", "b'x'"),
        (True, "True"),
    ],
)
def test_a_value_is_shown_for_people(value, shown):
    assert show(value) == shown


def test_a_long_value_is_shortened_in_its_middle():
    shown = show("a" * 500 + "b" * 500)
    assert len(shown) < 450
    assert shown.startswith('"aaa')
    assert shown.endswith('bbb"')
    assert "more" in shown
