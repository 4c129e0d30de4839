"""The golden run verifies most of the ids of Microsoft's list that bind a server, and what it leaves has a reason.

An id counts only where what it speaks of was judged in the run, and where the verdict is seen to turn red: by an
altered answer, by a fault of the server, or, for the rules of the catalogue's tables, by damage to each of them.
"""

from __future__ import annotations

import pytest

from conformance.catalogue import standard_catalogue
from conformance.catalogue.numbered import unverified_reasons
from conformance.passive import passive_requirements
from conformance.report.coverage import Standing, coverage
from tests.meta.reds import seen_red

LEAST = 600

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("golden")]


@pytest.fixture(scope="module")
def found(whole):
    verdicts = {row["id"]: row["verdict"] for row in whole.report["requirements"]}
    return coverage(standard_catalogue(), {one: word for one, word in verdicts.items() if one in seen_red()})


def test_the_golden_run_verifies_at_least_six_hundred_of_microsofts_ids(found):
    assert found.count(Standing.FAILED) == 0
    assert found.count(Standing.VERIFIED) >= LEAST


def test_no_reason_is_kept_for_what_is_verified(found):
    verified = {row.demand.id for row in found.rows if row.standing is Standing.VERIFIED}
    assert sorted(verified & unverified_reasons().keys()) == []


def test_every_requirement_has_a_case_or_a_check_or_says_why_not(whole):
    assert len(standard_catalogue().requirements) >= 600
    judged = {row["id"] for row in whole.report["requirements"]} | passive_requirements()
    waived = {one.id for one in standard_catalogue().requirements.values() if one.waiver}
    assert sorted(standard_catalogue().requirements.keys() - judged - waived) == []
    assert sorted(waived & judged) == []


def test_every_id_that_is_not_verified_has_a_reason(found):
    assert [(row.demand.id, row.requirements) for row in found.rows if row.standing is Standing.OPEN] == []
