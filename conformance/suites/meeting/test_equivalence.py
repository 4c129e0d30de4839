"""The same story told wholly over EWS and wholly over Graph leaves the same mailboxes."""

from __future__ import annotations

import pytest

from conformance.equivalence import SCENARIOS, Difference, Scenario, compare, gap_of, play
from conformance.expect import CaseStopped
from conformance.suites.case import case
from conformance.suites.casting import cast_of
from conformance.suites.scene import Scene
from conformance.suites.steps import free_day

SCENARIO = "cross-protocol"
# One server plays both stories, so the pairing tells which protocol has which: EWS the first, Graph the second.
BOTH = ("ews-graph",)

WEEKS = 3
"""How many weeks two plays need."""

_APART = 14  # days between the two plays, which so are held on the same day of the week
_NEXT = 1  # where hours are asked for: a free day is followed by another
_CALENDARS = frozenset({"", "calendar"})
_ANSWERS = frozenset({"free/busy"})


def stories(area: str) -> tuple[Scenario, ...]:
    """The scenarios of an area that both protocols can tell and no other holds."""
    chosen = (one for one in SCENARIOS if one.area == area and not one.is_part)
    return tuple(one for one in chosen if gap_of(one, ("ews", "graph")) is None)


def told_twice(scene: Scene, scenario: Scenario) -> tuple[Difference, ...]:
    """What differs between the mailboxes that the two plays leave; the case stops where they do not come so far."""
    ews = play(scenario, cast_of(scene, "ews"))
    graph = play(scenario, cast_of(scene, "graph", _NEXT if scenario.asks else _APART))
    compared = compare(ews, graph)
    if compared.problem:
        raise CaseStopped(compared.problem)
    return compared.differences


def judge(scene: Scene, requirement: str, what: str, differences: list[Difference]) -> None:
    """Each difference fails the requirement at its place in the answer of Graph; none meets it."""
    for one in differences:
        place = one.right_at if one.right_at.exchange else one.left_at
        exchange = scene.exchanges[place.exchange - 1].exchange if place.exchange else None
        about = ": ".join(part for part in (one.mailbox, one.folder, one.about) if part)
        scene.expect(requirement, f"{about} over Graph", one.right, at=place.path, exchange=exchange).equals(one.left)
    if not differences:
        scene.expect(requirement, f"differences in {what}", differences).is_absent()


def _compare(scene: Scene, scenario: Scenario, calendars: str, mail: str) -> None:
    differences = told_twice(scene, scenario)
    judge(scene, calendars, "calendars", [one for one in differences if one.folder in _CALENDARS])
    judge(scene, mail, "mail folders", [one for one in differences if one.folder not in _CALENDARS | _ANSWERS])


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-001", "CROSS-EQV-002"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("call"), ids=[one.name for one in stories("call")])
def test_a_call_ends_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-001", "CROSS-EQV-002")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-003", "CROSS-EQV-004"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("answer"), ids=[one.name for one in stories("answer")])
def test_answers_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-003", "CROSS-EQV-004")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-005", "CROSS-EQV-006"),
    pairings=BOTH,
    needs=("propose-new-time",),
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("propose"), ids=[one.name for one in stories("propose")])
def test_proposals_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-005", "CROSS-EQV-006")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-007", "CROSS-EQV-008"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("update"), ids=[one.name for one in stories("update")])
def test_updates_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-007", "CROSS-EQV-008")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-009", "CROSS-EQV-010"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("cancel"), ids=[one.name for one in stories("cancel")])
def test_cancellations_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-009", "CROSS-EQV-010")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-011", "CROSS-EQV-012"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("forward"), ids=[one.name for one in stories("forward")])
def test_forwards_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-011", "CROSS-EQV-012")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-013", "CROSS-EQV-014"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("delete"), ids=[one.name for one in stories("delete")])
def test_deletions_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-013", "CROSS-EQV-014")


@case(
    "cross-protocol.same-end",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-015", "CROSS-EQV-016"),
    pairings=BOTH,
    weeks=WEEKS,
)
@pytest.mark.parametrize("story", stories("series"), ids=[one.name for one in stories("series")])
def test_series_end_the_same(scene: Scene, story: Scenario) -> None:
    _compare(scene, story, "CROSS-EQV-015", "CROSS-EQV-016")


@case(
    "cross-protocol.same-hours",
    scenario=SCENARIO,
    verifies=("CROSS-EQV-017",),
    pairings=BOTH,
    needs=("availability",),
)
@pytest.mark.parametrize("story", stories("availability"), ids=[one.name for one in stories("availability")])
def test_the_same_hours_are_free(scene: Scene, story: Scenario) -> None:
    free_day(scene, "ews", *story.asks)
    differences = told_twice(scene, story)
    judge(scene, "CROSS-EQV-017", "free and busy hours", [one for one in differences if one.folder in _ANSWERS])
