"""Stories played before real servers: nothing differs between equals, and every fault of a state is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.equivalence import AREAS, SCENARIOS, compare, gap_of
from conformance.targets import Delivery
from conformance.wire import path as paths
from reference_impl.faults import FAULTS
from tests.conformance.equivalence.staged import REFERENCE, STORIES, played

# Fault: who speaks what, and a story that shows the fault.
SEEN = {
    "answer-not-noted": ("ews", "graph", "answer-accept"),
    "answer-time-not-noted": ("graph", "graph", "answer-accept"),
    "proposal-not-noted": ("ews", "graph", "propose-declining"),
    "answers-survive-new-time": ("graph", "graph", "update-time"),
    "cancellation-ignored": ("ews", "ews", "cancel"),
    "declined-copy-stays": ("ews", "graph", "answer-decline"),
    "older-requests-stay-current": ("ews", "graph", "update-subject"),
    "private-details-told": ("graph", "ews", "availability-private"),
    "proposals-always-allowed": ("ews", "graph", "propose-unwelcome"),
    "removed-not-told": ("ews", "graph", "update-people"),
    "request-stays-in-inbox": ("ews", "ews", "answer-accept"),
    "sent-copy-missing": ("ews", "graph", "call"),
    "sequence-stands-still": ("ews", "ews", "update-subject"),
    "stale-writer-wins": ("ews", "ews", "update-unseen"),
    "ews-cancelled-with-two-l": ("graph", "ews", "cancel"),
    "ews-merged-string-too-short": ("graph", "ews", "availability-private"),
    "graph-proposals-without-prefix": ("ews", "graph", "propose-declining"),
}
# Faults of the wire, which leave every mailbox as it should be.
UNSEEN = {
    "ews-no-version-header",
    "ews-proposals-never-offered",
    "ews-faults-as-success",
    "graph-no-etag",
    "graph-answers-of-acts-have-a-body",
    "graph-next-link-with-a-quote",
    "graph-start-in-another-zone",
}


def test_every_named_fault_is_seen_or_leaves_no_trace_in_a_mailbox():
    assert SEEN.keys() | UNSEEN == {fault.name for fault in FAULTS}


# Faults that the other protocol shows too.
SEEN_TOO = {
    "private-details-told": ("ews", "graph", "availability-private"),
    "stale-writer-wins": ("ews", "graph", "update-unseen"),
}


@pytest.mark.parametrize(("fault", "shown"), [*SEEN.items(), *SEEN_TOO.items()])
def test_a_fault_of_one_side_is_a_difference_at_true_places(fault, shown):
    left, right, story = shown
    ours, our_scene = played(story, left)
    theirs, their_scene = played(story, right, fault)
    found = compare(ours, theirs)
    assert found.problem == ""
    assert found.differences
    for difference in found.differences:
        assert difference.left != difference.right
        check_place(our_scene, difference.left_at, difference.left)
        check_place(their_scene, difference.right_at, difference.right)
    assert compare(played(story, left)[0], played(story, right)[0]).differences == ()


def check_place(scene, place, value):
    """The path leads to something in the answer of the exchange, unless the value is that there is nothing."""
    if not place.exchange:
        assert value == "absent"
        return
    observed = scene.exchanges[place.exchange - 1]
    assert observed.operation == place.operation
    if not place.path:
        return
    known = [path for path, _ in paths.leaves(observed.exchange.response.body)]
    assert any(path.startswith(place.path) for path in known) or value in {"no", "none", "absent"}


def test_an_answer_that_is_not_noted_is_told_in_the_words_of_meetings():
    found = compare(played("answer-accept", "ews")[0], played("answer-accept", "graph", "answer-not-noted")[0])
    told = next(one for one in found.differences if one.about == "meeting: attendee attendee0")
    assert (
        told.words == 'organizer0: calendar: meeting: attendee attendee0 is "accepted" on the left, "none" on the right'
    )
    assert (told.left_at.operation, told.right_at.operation) == ("GetItem", "GET calendar/events")
    assert told.left_at.path.endswith("/t:CalendarItem/t:RequiredAttendees/t:Attendee/t:ResponseType")
    assert told.right_at.path == "$.value[0].attendees[0].status.response"


def test_a_refusal_of_one_side_is_told_with_its_code():
    found = compare(
        played("update-unseen", "graph")[0], played("update-unseen", "ews", "stale-writer-wins")[0]
    ).differences
    assert found[0].words == (
        "the organizer writes over a change not seen: the outcome is"
        ' "refused (ErrorIrresolvableConflict)" on the left, "done" on the right'
    )


def test_deliveries_that_take_time_are_waited_for_and_leave_no_trace():
    target = replace(REFERENCE, delivery=Delivery.ASYNCHRONOUS)
    waiting, scene = played("cancel-removed", "graph", target=target)
    assert any(one.operation == "POST sendMail" for one in scene.exchanges), "markers were sent"
    assert compare(waiting, played("cancel-removed", "graph")[0]).differences == ()


def test_an_older_schema_tells_no_proposals_in_entries_and_that_is_a_gap():
    older = replace(REFERENCE, features=REFERENCE.features - {"exchange2016"})
    found = compare(played("propose-declining", "ews", target=older)[0], played("propose-declining", "ews")[0])
    assert found.differences == ()
    assert [gap.concept for gap in found.gaps] == ["proposal in an entry"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_story_belongs_to_an_area_and_names_its_people(scenario):
    assert scenario.area in AREAS
    assert scenario.people[0] == "organizer0"
    assert set(scenario.asks) <= set(scenario.people)
    assert all(step.words for step in scenario.steps)


def test_stories_have_names_of_their_own():
    assert len(STORIES) == len(SCENARIOS)
    assert {scenario.area for scenario in SCENARIOS} == set(AREAS)


@pytest.mark.parametrize(
    ("story", "concept"),
    [
        ("call-silently", "sending"),
        ("propose-accepting", "answer"),
        ("update-silently", "sending of changes"),
        ("delete-silently", "sending of a deletion"),
    ],
)
def test_what_graph_cannot_do_is_a_gap_with_its_source(story, concept):
    for protocols in (("ews", "graph"), ("graph", "graph")):
        gap = gap_of(STORIES[story], protocols)
        assert (gap.concept, gap.graph) == (concept, "")
        assert gap.source
    assert gap_of(STORIES[story], ("ews", "ews")) is None
