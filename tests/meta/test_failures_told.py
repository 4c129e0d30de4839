"""A failure says which rule was broken, by what document, what was expected and what found, and in which exchanges."""

from __future__ import annotations

import pytest

from tests.meta.failures import FOLDER, SHOWN, record_of, told


def test_every_text_is_of_a_fault_that_is_shown():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(SHOWN)


@pytest.mark.parametrize("fault", SHOWN)
def test_a_terminal_shows_a_failure_as_it_is_written_down(fault):
    """``python -m tests.meta.failures`` writes the texts anew, where what is told is meant to change."""
    assert told(fault, SHOWN[fault]) == (FOLDER / f"{fault}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", SHOWN)
def test_every_failed_check_has_an_exchange_and_a_path(fault):
    failed = [check for check in record_of(fault, SHOWN[fault]).checks if check.verdict.word == "fail"]
    assert failed
    assert all(check.exchange and check.path for check in failed)
