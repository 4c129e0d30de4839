"""Where the ids of Microsoft's list stand, from verdicts."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.catalogue import standard_catalogue
from conformance.catalogue.numbered import full_id, numbered_demands, unverified_reasons
from conformance.report.coverage import Standing, as_html, as_json, coverage

SAYING = {full_id(one): r.id for r in standard_catalogue().requirements.values() for one in r.microsoft}


def standing(found, identifier):
    return next(row for row in found.rows if row.demand.id == identifier)


def test_870_ids_of_the_list_bind_a_server_and_the_others_say_why_not():
    why = Counter(demand.why_not_counted for demand in numbered_demands().values())
    assert why == {"": 870, "informative": 208, "binds clients only": 98}


@pytest.mark.parametrize("verdict", ["pass", "warning", "fail", "not applicable", "skipped", None])
def test_an_id_is_verified_where_what_says_the_same_was_met_and_only_there(verdict):
    verdicts = {} if verdict is None else {"EWS-MTG-165": verdict}
    found = standing(coverage(standard_catalogue(), verdicts), "MS-OXWSMTGS_R6000")
    assert found.requirements == ("EWS-MTG-165",)
    expected = {"pass": Standing.VERIFIED, "warning": Standing.FAILED, "fail": Standing.FAILED}
    assert found.standing is expected.get(verdict, Standing.OPEN)


def test_one_requirement_that_is_unmet_outweighs_another_that_is_met():
    [first, second, *_] = standing(coverage(standard_catalogue(), {}), "MS-OXWSMTGS_R906").requirements
    found = coverage(standard_catalogue(), {first: "pass", second: "fail"})
    assert standing(found, "MS-OXWSMTGS_R906").standing is Standing.FAILED


def test_every_section_counts_its_ids_once_and_the_columns_add_up():
    found = coverage(standard_catalogue(), dict.fromkeys(standard_catalogue().requirements, "pass"))
    assert sum(row.total for row in found.sections()) == len(found.rows) == 870
    for word in Standing:
        assert sum(getattr(row, word.value) for row in found.sections()) == found.count(word)
    told = as_json(found)
    assert told["verified"] == found.count(Standing.VERIFIED) == sum(row["verified"] for row in told["sections"])
    assert [row.section for row in found.sections()][:3] == ["2.1", "2.2.4", "2.2.4.2"]


def test_the_page_names_every_id_with_what_says_the_same():
    page = as_html(coverage(standard_catalogue(), {"EWS-MTG-165": "pass"}), standard_catalogue())
    assert page.count('<tr id="MS-') == 870
    assert "<b>EWS-MTG-165</b> An update with SendToNone" in page


def test_requirements_name_only_ids_of_the_list():
    assert set(SAYING) - set(numbered_demands()) == set()


def test_a_reason_is_given_for_ids_that_bind_a_server_and_are_not_otherwise_spoken_for():
    for identifier, reason in unverified_reasons().items():
        assert numbered_demands()[identifier].why_not_counted == "", identifier
        assert reason.endswith("."), identifier
