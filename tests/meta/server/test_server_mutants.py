"""Nearly every row of the server's tables, dropped or altered, is noticed by the suite, and for the right requirement.

``mutants.json`` says which case finds each mutant, and what it finds; `make mutants` looks for that anew.
"""

from __future__ import annotations

import logging

import pytest

from conformance.catalogue import standard_catalogue
from tests.meta.playing import playables
from tests.meta.server.loading import altered_server
from tests.meta.server.playing import played, watched
from tests.meta.server.search import read
from tests.meta.server.survivors import needless_reasons, reason_of
from tests.meta.server.tables import altering, kinds, mutants, needless, unlisted

KNOWN = read()
FOUND = sorted(one for one, finding in KNOWN.items() if finding.is_found)
SURVIVING = sorted(one for one, finding in KNOWN.items() if finding.stem and not finding.is_found)
LEAST = 0.95  # what is missing stands in survivors.toml
PLAYED = 5  # mutants of each kind; --thorough plays all


def test_every_table_is_altered_or_left_alone_for_a_reason():
    assert unlisted() == []
    assert needless() == []


def test_every_mutant_of_every_table_is_known():
    every = {one for table in kinds() for one in mutants(table)}
    assert every == KNOWN.keys(), "python -m tests.meta.server.search --open"


def test_nearly_all_mutants_that_are_seen_are_found():
    assert len(FOUND) >= LEAST * (len(FOUND) + len(SURVIVING))


def test_every_mutant_that_is_seen_and_not_found_has_a_reason():
    assert [one for one in SURVIVING if reason_of(one) is None] == []
    assert needless_reasons(SURVIVING) == []


def test_a_mutant_is_found_by_a_case_for_requirements_that_it_verifies():
    for one in FOUND:
        finding = KNOWN[one]
        verified = set(playables()[finding.stem].case.verifies)
        for requirement in (*finding.reds, *finding.undecided):
            area = standard_catalogue().requirement(requirement).area
            assert requirement in verified or area.startswith(("passive-", "wire-")) or "structure" in area, one


def test_a_mutant_of_one_protocol_is_found_where_that_protocol_is_spoken():
    for one in FOUND:
        protocol = one.table.partition(".")[0]
        spoken = playables()[KNOWN[one].stem].pairing.split("-")
        assert protocol not in {"ews", "graph"} or protocol in spoken, one


@pytest.fixture
def quiet():
    """No word of what the altered server does wrong."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("kind", dict.fromkeys(kinds().values()))
def test_a_mutant_turns_exactly_its_requirements_red(kind, quiet, pytestconfig):
    every = [one for one in FOUND if kinds()[one.table] == kind]
    step = 1 if pytestconfig.getoption("--thorough") else max(1, len(every) // PLAYED)
    for mutant in every[::step]:
        finding = KNOWN[mutant]
        own = set(playables()[finding.stem].case.verifies)
        look = played if own & {*finding.reds, *finding.undecided} else watched
        true = look(finding.stem)
        with altered_server(altering([mutant])):
            assert found_by(finding, look(finding.stem), true), mutant


def found_by(finding, now, true):
    """Whether a case finds what is written down."""
    undecided = {one for one, _ in now.undecided} - {one for one, _ in true.undecided}
    return set(finding.reds) == now.reds if finding.reds else set(finding.undecided) == undecided
