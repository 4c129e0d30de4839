"""Two plays laid side by side: what corresponds, what differs, what is a gap, what cannot be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.equivalence import Deed, Fact, Here, Played, Thing, compare

HERE = Here(3, "GetItem")
PEOPLE = {"organizer0": "ann@left.example", "attendee0": "bob@left.example"}


def thing(folder="calendar", kind="meeting", here=HERE, **facts):
    told = {name.replace("_", " "): Fact(value, f"/{name}") for name, value in facts.items()}
    return Thing(folder, kind, told, here, "/item")


def side(*things, protocol="ews", deeds=(), people=PEOPLE, problem=""):
    return Played(protocol, people, deeds, {"organizer0": things}, problem)


def words(*sides):
    return [one.words for one in compare(*sides).differences]


def test_equals_do_not_differ():
    assert compare(side(thing(subject="Plan")), side(thing(subject="Plan"))).differences == ()


def test_a_fact_is_told_with_both_places():
    left = side(thing(subject="Plan"))
    right = side(thing(here=Here(7, "GET events"), subject="Party"), protocol="graph")
    (found,) = compare(left, right).differences
    assert found.words == 'ann: calendar: meeting: subject is "Plan" on the left, "Party" on the right'
    assert (found.left_at.exchange, found.left_at.path) == (3, "/subject")
    assert (found.right_at.exchange, found.right_at.operation, found.right_at.path) == (7, "GET events", "/subject")


def test_people_are_called_by_name_where_both_sides_have_the_name_and_by_role_elsewhere():
    other = {"organizer0": "ann@right.example", "attendee0": "rob@right.example"}
    left, right = side(thing(sender="attendee0")), side(thing(sender="organizer0"), people=other)
    assert words(left, right) == ['ann: calendar: meeting: sender is "attendee0" on the left, "ann" on the right']
    left, right = side(thing(sender="attendee0")), side(thing(sender="organizer0"))
    assert words(left, right) == ['ann: calendar: meeting: sender is "bob" on the left, "ann" on the right']


def test_what_one_side_lacks_is_absent():
    notice = thing("inbox", "cancellation", subject="Canceled: Plan")
    assert words(side(notice), side()) == ["ann: inbox: cancellation is only on the left"]
    assert words(side(), side(notice)) == ["ann: inbox: cancellation is only on the right"]


def test_an_attendee_who_is_not_listed_is_told_once():
    listed = {"attendee_bob": "accepted", "attendee_bob:_role": "required", "attendee_bob:_answered": "yes"}
    assert words(side(thing(**listed)), side(thing())) == [
        'ann: calendar: meeting: attendee bob is "accepted" on the left, absent on the right'
    ]


def test_those_that_differ_least_correspond():
    left = side(thing("inbox", "request", text="a", time="10"), thing("inbox", "request", text="b", time="11"))
    right = side(thing("inbox", "request", text="b", time="11"), thing("inbox", "request", text="a", time="12"))
    assert words(left, right) == ['ann: inbox: request: time is "10" on the left, "12" on the right']


def test_occurrences_correspond_by_their_original_start():
    left = side(thing(kind="occurrence", original_start="10:00", time="10:00"))
    right = side(thing(kind="exception", original_start="10:00", time="14:00"))
    assert words(left, right) == [
        'ann: calendar: occurrence of 10:00: kind is "occurrence" on the left, "exception" on the right',
        'ann: calendar: occurrence of 10:00: time is "10:00" on the left, "14:00" on the right',
    ]
    right = side(thing(kind="occurrence", original_start="11:00", time="10:00"))
    assert words(left, right) == [
        "ann: calendar: occurrence of 10:00 is only on the left",
        "ann: calendar: occurrence of 11:00 is only on the right",
    ]


GAPS = [
    ("sequence number", thing(subject="Plan", sequence_number="2"), thing(subject="Plan")),
    ("deleted calendar item", thing("deleted items"), None),
    ("response after a reset, at the organizer", thing(attendee_bob="none"), thing(attendee_bob="not responded")),
    ("message acted upon", thing("deleted items", "request"), thing("inbox", "request")),
    ("message acted upon", thing("deleted items", "cancellation"), thing("inbox", "cancellation")),
]


@pytest.mark.parametrize(("concept", "ews", "graph"), GAPS)
def test_what_the_equivalence_map_has_is_a_gap_between_protocols_and_a_difference_within_one(concept, ews, graph):
    told = [side(*([one] if one else []), protocol=name) for one, name in ((ews, "ews"), (graph, "graph"))]
    for sides in (told, told[::-1]):
        found = compare(*sides)
        assert ([gap.concept for gap in found.gaps], found.differences) == ([concept], ())
        assert all(gap.source for gap in found.gaps)
    plain = [side(*([one] if one else [])) for one in (ews, graph)]
    assert compare(*plain).gaps == ()
    assert compare(*plain).differences


def test_a_gap_hides_no_other_difference_of_the_same_thing():
    ews = side(thing("deleted items", "request", subject="Plan"))
    graph = side(thing("inbox", "request", subject="Party"), protocol="graph")
    assert words(ews, graph) == ['ann: deleted items: request: subject is "Plan" on the left, "Party" on the right']


def test_a_reset_is_a_gap_in_one_direction_only():
    ews = side(thing(attendee_bob="not responded"))
    graph = side(thing(attendee_bob="none"), protocol="graph")
    assert words(ews, graph) == [
        'ann: calendar: meeting: attendee bob is "not responded" on the left, "none" on the right'
    ]


def deed(outcome="done", code="", *, may_be_refused=False):
    return Deed("bob accepts", outcome, code, HERE, may_be_refused)


def test_an_act_that_went_otherwise_is_the_whole_difference():
    left = side(thing(subject="Plan"), deeds=(deed(),))
    right = side(thing(subject="Party"), deeds=(deed("refused", "ErrorAccessDenied"),))
    assert words(left, right) == [
        'bob accepts: the outcome is "done" on the left, "refused (ErrorAccessDenied)" on the right'
    ]


def test_an_act_that_may_be_refused_hides_nothing():
    left = side(thing(subject="Plan"), deeds=(deed(may_be_refused=True),))
    right = side(thing(subject="Party"), deeds=(deed("refused", "X", may_be_refused=True),))
    assert words(left, right) == [
        'bob accepts: the outcome is "done" on the left, "refused (X)" on the right',
        'ann: calendar: meeting: subject is "Plan" on the left, "Party" on the right',
    ]


def test_two_refusals_by_other_codes_are_alike_where_the_story_goes_on():
    sides = [side(deeds=(deed("refused", code, may_be_refused=True),)) for code in ("ErrorX", "ErrorY")]
    assert compare(*sides) == compare(side(), side())


def test_a_story_that_nobody_can_tell_to_its_end_tells_nothing():
    stuck = side(deeds=(deed("refused", "ErrorAccessDenied"),))
    assert compare(stuck, stuck).problem == "both sides: bob accepts: refused (ErrorAccessDenied)"
    assert compare(side(problem="no answer"), side()).problem == "left: no answer"
    assert compare(side(problem="a"), side(problem="b")).problem == "left: a; right: b"


FACTS = st.dictionaries(
    st.sampled_from(["subject", "time", "attendee bob", "attendee bob: role"]), st.text("ab", max_size=2)
)
THINGS = st.lists(
    st.builds(
        lambda folder, kind, facts: Thing(
            folder, kind, {name: Fact(value, f"/{name}") for name, value in facts.items()}, HERE, "/item"
        ),
        st.sampled_from(["calendar", "inbox", "deleted items"]),
        st.sampled_from(["meeting", "request", "cancellation"]),
        FACTS,
    ),
    max_size=4,
)


@given(THINGS, THINGS)
def test_what_differs_differs_from_either_side(left, right):
    assert compare(side(*left), side(*left)).differences == ()
    forth = sorted((one.about, one.left, one.right) for one in compare(side(*left), side(*right)).differences)
    back = sorted((one.about, one.right, one.left) for one in compare(side(*right), side(*left)).differences)
    assert len(forth) == len(back)
    if sorted(map(repr, left)) != sorted(map(repr, right)):
        assert forth or any(": " in name for one in (*left, *right) for name in one.facts)
