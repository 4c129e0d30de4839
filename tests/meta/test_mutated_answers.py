"""Every check is seen to fail: one altered answer on a golden tape turns exactly one requirement red."""

from __future__ import annotations

import pytest

from conformance.catalogue import standard_catalogue
from tests.meta.mutants import Mutant
from tests.meta.playing import play, playables, tape
from tests.meta.reds import seen_red
from tests.meta.search import ALONE
from tests.meta.search import TOGETHER as AMONG_OTHERS
from tests.meta.tables import read_rows

TOGETHER = read_rows(AMONG_OTHERS, Mutant)
ROWS = read_rows(ALONE, Mutant)


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


def test_every_requirement_is_seen_to_fail():
    demanded = {one.id for one in standard_catalogue().requirements.values() if not one.waiver}
    assert sorted(demanded - seen_red()) == []
