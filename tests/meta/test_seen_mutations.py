"""What any exchange is held to is seen to fail: an altered answer on a golden tape turns one requirement red, alone."""

from __future__ import annotations

import json

import pytest

from tests.conformance.passive.test_passive_rules import ROWS as MADE
from tests.meta.playing import REFERENCE
from tests.meta.seen import TABLE, Alteration, as_seen, checks, recording, reds_of, speaks_of_any_exchange

ROWS = json.loads(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["red"])
def test_an_altered_answer_turns_exactly_its_requirement_red(row):
    fields = {name: value for name, value in row.items() if name != "red"}
    assert Alteration(**fields).reds() == {row["red"]}


@pytest.mark.parametrize("stem", sorted({row["stem"] for row in ROWS}))
def test_the_tape_as_it_is_meets_every_requirement(stem):
    assert (REFERENCE / f"{stem}.yaml").is_file()
    assert reds_of(tuple(as_seen(one, number) for number, one in enumerate(recording(stem), start=1))) == frozenset()


def test_every_requirement_on_any_exchange_is_seen_to_fail():
    spoken = {one for check in checks() for one in check.requirements if speaks_of_any_exchange(one)}
    assert spoken == {row["red"] for row in ROWS} | MADE.keys()
