"""Every check is seen to fail: one altered answer on a golden tape turns exactly one requirement red."""

from __future__ import annotations

import pytest

from tests.meta import together
from tests.meta.mutants import Mutant
from tests.meta.playing import play, playables, tape
from tests.meta.tables import read_rows

TOGETHER = read_rows(together.TABLE, Mutant)
ROWS = read_rows(together.ALONE, Mutant)


@pytest.mark.sampled(5)  # all of them are played by a run of the command in tests/golden
@pytest.mark.parametrize("stem", sorted(playables()))
def test_a_golden_tape_passes_its_case(stem):
    outcomes = play(playables()[stem], tape(stem))
    assert [one for one in outcomes if one.verdict.word not in {"pass", "not applicable"}] == []


@pytest.mark.sampled(4)
@pytest.mark.parametrize("red", ROWS)
def test_an_altered_answer_turns_exactly_its_requirement_red(red):
    assert ROWS[red].reds() == {red}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("red", sorted(TOGETHER))
def test_an_altered_answer_turns_its_requirement_red_among_others(red):
    assert red in TOGETHER[red].own_reds()


def test_at_least_forty_requirements_are_seen_to_fail():
    assert len(ROWS) >= 40
