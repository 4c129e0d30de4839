"""Every check is seen to fail: one altered answer on a golden tape turns exactly one requirement red."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.meta import together
from tests.meta.mutants import Mutant
from tests.meta.playing import play, playables, tape

TOGETHER = together.known_rows()
ROWS = json.loads(Path(__file__).with_name("mutations.json").read_text(encoding="utf-8"))


@pytest.mark.sampled(5)  # all of them are played by a run of the command in tests/golden
@pytest.mark.parametrize("stem", sorted(playables()))
def test_a_golden_tape_passes_its_case(stem):
    outcomes = play(playables()[stem], tape(stem))
    assert [one for one in outcomes if one.verdict.word not in {"pass", "not applicable"}] == []


@pytest.mark.sampled(4)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["red"])
def test_an_altered_answer_turns_exactly_its_requirement_red(row):
    fields = {name: value for name, value in row.items() if name != "red"}
    assert Mutant(**fields).reds() == {row["red"]}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("red", sorted(TOGETHER))
def test_an_altered_answer_turns_its_requirement_red_among_others(red):
    assert red in together.reds(TOGETHER[red])


def test_at_least_forty_requirements_are_seen_to_fail():
    assert len({row["red"] for row in ROWS}) >= 40
