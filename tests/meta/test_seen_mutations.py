"""What any exchange is held to is seen to fail: an altered answer on a golden tape turns one requirement red, alone."""

from __future__ import annotations

import pytest

from tests.conformance.passive.test_passive_rules import ROWS as MADE
from tests.meta.seen import TABLE, Alteration, as_seen, checks, recording, reds_of, speaks_of_any_exchange
from tests.meta.tables import read_rows
from tests.recorded import REFERENCE

ROWS = read_rows(TABLE, Alteration)


@pytest.mark.parametrize("red", ROWS)
def test_an_altered_answer_turns_exactly_its_requirement_red(red):
    assert ROWS[red].reds() == {red}


@pytest.mark.parametrize("stem", sorted({row.stem for row in ROWS.values()}))
def test_the_tape_as_it_is_meets_every_requirement(stem):
    assert (REFERENCE / f"{stem}.yaml").is_file()
    assert reds_of(tuple(as_seen(one, number) for number, one in enumerate(recording(stem), start=1))) == frozenset()


def test_every_requirement_on_any_exchange_is_seen_to_fail():
    spoken = {one for check in checks() for one in check.requirements if speaks_of_any_exchange(one)}
    assert spoken == ROWS.keys() | MADE.keys()
