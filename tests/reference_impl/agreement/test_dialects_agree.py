"""Whatever is done in EWS or in Graph, both tell the same of it, and it matters not in which of them it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store
from tests.reference_impl.agreement.dialects import ANSWERS, Ews, Graph, Plan, Slot

PEOPLE = ("organizer0@example.com", "attendee0@example.com", "attendee1@example.com")
ACTS = ("create", "move", "rename", "relocate", "invite", "mark", "respond", "cancel", "delete")

Speakers = dict[str, dict[str, Any]]


def new_office() -> Speakers:
    """The people, each speaking both dialects to one world."""
    world = World(store=open_store(), clock=SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC)), ids=SeededIds("both"))
    world.store.populate(default_population(), world.ids, world.clock.now())
    return {address: {"ews": Ews(world, address), "graph": Graph(world, address)} for address in PEOPLE}


COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.sampled_from(("ews", "graph")),
        st.integers(0, 2),  # who
        st.integers(0, 11),  # which of their events
        st.integers(1, 20),  # the day, and whatever else is to be chosen
    ),
    min_size=2,
    max_size=9,
)


def carried_out(office: Speakers, act: str, dialect: str, who: int, which: int, day: int) -> bool | None:
    """Whether an act was carried out; None where there is nothing to act on."""
    address = PEOPLE[who]
    speaker, slot = office[address][dialect], Slot(day, 9 + which)
    if act == "create":
        others = tuple(each for each in PEOPLE if each != address)[: which % 3]
        importance = ("low", "normal", "high")[day % 3]
        sensitivity = ("normal", "personal", "private")[which % 3]
        plan = Plan(slot, f"Plan {day}", others, 1 + which % 2 * 3, importance, sensitivity)
        return bool(speaker.create(plan))
    shown = sorted(office[address]["graph"].events().items(), key=lambda each: (each[1]["start"], each[1]["kind"]))
    if not shown:
        return None
    key, event = shown[which % len(shown)]
    if act == "respond":
        answer = ANSWERS[day % 3]
        sends = day % 4 != 0
        proposes = sends and answer != "accept" and day % 2 == 0
        return bool(speaker.respond(key, answer, slot if proposes else None, sends=sends))
    if act == "invite":
        return bool(speaker.invite(key, tuple(each for each in PEOPLE if each != address)[: day % 3]))
    if act in {"cancel", "delete"}:
        return bool(getattr(speaker, act)(key))
    moved = Slot(int(event["start"][8:10]), 9 + day % 12)
    name, is_new = {
        "move": (moved, not event["start"].startswith(moved.start[:16])),
        "rename": (f"Name {day}", event["subject"] != f"Name {day}"),
        "relocate": (f"Room {day}", event["location"] != f"Room {day}"),
        "mark": (("Red", "Blue")[day % 2], event["categories"] != [("Red", "Blue")[day % 2]]),
    }[act]
    return bool(getattr(speaker, act)(key, name)) if is_new else None  # EWS tells people of what is no change, too


@pytest.mark.requirement(
    "GRAPH-MIG-001",
    "GRAPH-MIG-002",
    "GRAPH-MIG-003",
    "GRAPH-MIG-005",
    "GRAPH-MIG-006",
    "GRAPH-MIG-007",
    "GRAPH-MIG-008",
)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(commands=COMMANDS)
def test_both_dialects_tell_the_same_whichever_was_spoken(commands: Sequence[tuple[Any, ...]]) -> None:
    office = new_office()
    carried_out(office, "create", commands[0][1], 0, 5, 3)
    for command in commands:
        carried_out(office, *command)
    for speakers in office.values():
        assert speakers["ews"].events() == speakers["graph"].events()
        assert speakers["ews"].messages() == speakers["graph"].messages()


UNLIKE = frozenset({"version", "uid", "event", "conversation", "place", "created", "modified", "sent"})
"""What depends on how many requests it took, and on ids."""


def story(office: Speakers) -> list[Any]:
    """All that the calendars and mailboxes hold, without what depends on the number of requests."""

    def plain(found: dict[str, dict[str, Any]]) -> list[str]:
        rows = ({name: value for name, value in each.items() if name not in UNLIKE} for each in found.values())
        return sorted(repr(_without_times(row)) for row in rows)

    return [
        (address, plain(speakers["graph"].events()), plain(speakers["graph"].messages()))
        for address, speakers in office.items()
    ]


def _without_times(row: dict[str, Any]) -> dict[str, Any]:
    """The row without the times of answers, of which only is told whether there are any."""
    changed = dict(row)
    if "own answer" in row:
        changed["own answer"] = (row["own answer"][0], row["own answer"][1] is not None)
        changed["people"] = [(*each[:3], bool(each[3]), *each[4:]) for each in row["people"]]
    return changed


@pytest.mark.requirement("GRAPH-MIG-001", "GRAPH-MIG-002", "GRAPH-MIG-003")
@settings(max_examples=25, deadline=None, derandomize=True)
@given(commands=COMMANDS)
def test_a_story_ends_the_same_in_both_dialects(commands: Sequence[tuple[Any, ...]]) -> None:
    offices = {"ews": new_office(), "graph": new_office()}
    for act, _, *rest in (("create", "", 0, 5, 3), *commands):
        outcomes = {dialect: carried_out(office, act, dialect, *rest) for dialect, office in offices.items()}
        assert len(set(outcomes.values())) == 1, (act, rest, outcomes)
    assert story(offices["ews"]) == story(offices["graph"])


@pytest.mark.requirement("GRAPH-MIG-004")
def test_an_acceptance_with_a_proposal_shows_in_graph_as_both() -> None:
    office = new_office()
    organizer, attendee = (office[address] for address in PEOPLE[:2])
    organizer["graph"].create(Plan(Slot(3, 9), "Plan", (PEOPLE[1],), 1, "normal", "normal"))
    (key,) = attendee["graph"].events()
    assert attendee["ews"].respond(key, "accept", Slot(4, 10), sends=True)
    (event,) = organizer["graph"].events().values()
    ((_, address, answer, _, start, end),) = event["people"]
    assert (address, answer) == (PEOPLE[1], "accepted")
    assert (start[:16], end[:16]) == (Slot(4, 10).start[:16], Slot(4, 10).end[:16])
    assert organizer["ews"].events() == organizer["graph"].events()
