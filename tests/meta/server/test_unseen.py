"""Nothing is said to be unseen by something that could not see: hidden among what nobody sees, mutants are found."""

from __future__ import annotations

import logging

import pytest

from tests.meta.server import unseen
from tests.meta.server.search import read
from tests.meta.server.tables import ServerMutant
from tests.meta.server.unseen import Look, first_guilty, seen, together

KNOWN = read()
UNSEEN = sorted(one for one, finding in KNOWN.items() if not finding.stem and finding.is_loadable)
HIDDEN = [
    ServerMutant("domain.correspondence:RESPONSE_PREFIXES", "declined", "dropped"),
    ServerMutant("ews.words:OWN_RESPONSE", "declined", "dropped"),
]
STEM = "handling-meetings.answer.decline--ews-ews"


@pytest.fixture(autouse=True)
def quiet():
    """No word of what the altered server does wrong."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("look", [Look(STEM), Look(STEM, 0)], ids=["in a case", "in a random sequence"])
def test_mutants_hidden_among_those_that_nobody_sees_are_found_and_no_others(look):
    assert all(KNOWN[one].is_found for one in HIDDEN)
    group = [UNSEEN[0], HIDDEN[0], UNSEEN[200], HIDDEN[1]]
    assert set(seen(group, [look])) == {(one, look) for one in HIDDEN}


def test_groups_hold_every_mutant_once_and_no_row_twice():
    some = [one for one in UNSEEN if one.table.startswith("domain.m")][:20]
    groups = list(together(some))
    assert sorted(one for group in groups for one in group) == some
    for group in groups:
        assert len({(one.table, one.row) for one in group}) == len(group)


@pytest.mark.parametrize("guilty", [{0}, {4}, {9}, {2, 7}])
def test_the_first_by_which_it_goes_wrong_is_found(guilty):
    assert first_guilty(range(10), lambda some: bool(guilty & set(some))) == min(guilty)


def test_what_can_be_made_beside_another_alone_is_looked_at_once_that_one_is_found(monkeypatch):
    table = "graph.errors:ERRORS"
    first, needy, other = (ServerMutant(table, row, "dropped") for row in ("first", "needy", "other"))
    seeing = {Look("a"): {first, needy}}

    def possible(mutants):
        left = [one for one in mutants if one is not needy or other not in mutants or first in mutants]
        return left, [one for one in mutants if one not in left]

    def differs(look, mutants):
        assert possible(mutants)[1] == [], "such a server cannot be made"
        return bool(seeing[look] & set(mutants))

    monkeypatch.setattr(unseen, "_possible", possible)
    monkeypatch.setattr(unseen, "is_loadable", lambda mutants: True)
    monkeypatch.setattr(unseen, "differs", differs)
    monkeypatch.setattr(
        unseen,
        "_first_different",
        lambda mutants, every, begin: next(
            (at for at in range(begin, len(every)) if differs(every[at], mutants)), None
        ),
    )
    assert list(seen([first, other, needy], [Look("a")])) == [(first, Look("a")), (needy, Look("a"))]
