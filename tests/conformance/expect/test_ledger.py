from __future__ import annotations

import pytest

from conformance.catalogue import Catalogue, Ruling, UnknownRequirement
from conformance.expect import Ledger, Place, UndeclaredRequirement
from conformance.model.requirement import Level, Requirement, Source, Tier
from conformance.model.verdict import Verdict


def requirement(identifier, level=Level.MUST, **fields):
    sources = (Source("MS-OXWSMTGS", "3.1.4"),)
    return Requirement(identifier, f"{identifier} holds.", level, "area", Tier.DOCUMENTED, sources, **fields)


CATALOGUE = Catalogue(
    {
        "A-1": requirement("A-1", rulings=("0007",)),
        "A-2": requirement("A-2"),
        "A-3": requirement("A-3", since="Exchange2013"),
        "A-4": requirement("A-4", Level.SHOULD),
        "A-5": requirement("A-5", Level.MAY),
    },
    {"0007": Ruling("0007", "What holds", "0007-x.md")},
)


def verdicts(ledger, **ending):
    return {one.requirement: one.verdict for one in ledger.outcomes(**ending)}


def test_each_requirement_has_one_verdict_the_worst_of_its_checks():
    ledger = Ledger(CATALOGUE, ["A-1", "A-2"])
    ledger.expect("A-1", "first", 1).equals(1)
    ledger.expect("A-1", "second", 1).equals(2)
    ledger.expect("A-1", "third", 1).equals(1)
    ledger.expect("A-2", "fourth", 1).equals(1)
    assert verdicts(ledger) == {"A-1": Verdict.FAIL, "A-2": Verdict.PASS}
    assert [check.about for check in ledger.checks] == ["first", "second", "third", "fourth"]
    assert ledger.failed


@pytest.mark.parametrize(("is_strict", "verdict"), [(False, Verdict.WARNING), (True, Verdict.FAIL)])
def test_what_only_should_or_may_be_is_a_warning_unless_the_ledger_is_strict(is_strict, verdict):
    ledger = Ledger(CATALOGUE, ["A-1", "A-4", "A-5"], is_strict=is_strict)
    ledger.expect("A-1", "first", 1).equals(1)
    ledger.expect("A-4", "second", 1).equals(2)
    ledger.note("A-5", Verdict.FAIL, "third")
    assert verdicts(ledger) == {"A-1": Verdict.PASS, "A-4": verdict, "A-5": verdict}
    assert ledger.failed
    assert ledger.outcomes()[1].message.startswith("A-4 (SHOULD): A-4 holds.")


def test_a_failure_tells_rule_source_expected_actual_place_and_where_to_look():
    ledger = Ledger(CATALOGUE, ["A-1"], where=lambda: Place(7, "GetItem"), recorded="cassettes/x.yaml")
    ledger.expect("A-1", "attendee's item", "Unknown", at="t:MyResponseType").is_one_of("Accept", "Tentative")
    assert ledger.outcomes()[0].message == (
        "A-1 (MUST): A-1 holds.\n"
        "  source:   documented: MS-OXWSMTGS 3.1.4; ruling 0007, What holds\n"
        "  checked:  attendee's item\n"
        '  expected: "Accept"\n'
        '            or "Tentative"\n'
        '  actual:   "Unknown"\n'
        "  where:    exchange 7 (GetItem), t:MyResponseType\n"
        "  look at:  cassettes/x.yaml, interaction 7"
    )


def test_two_failures_of_one_requirement_tell_the_rule_once():
    ledger = Ledger(CATALOGUE, ["A-1"])
    ledger.expect("A-1", "first", 1).equals(2)
    ledger.expect("A-1", "second", 3).equals(4)
    message = ledger.outcomes()[0].message
    assert message.count("A-1 holds.") == 1
    assert message.count("checked:") == 2


def test_a_declared_requirement_that_is_never_checked_is_an_error():
    ledger = Ledger(CATALOGUE, ["A-1", "A-2"])
    ledger.expect("A-1", "x", 1).equals(1)
    assert verdicts(ledger) == {"A-1": Verdict.PASS, "A-2": Verdict.ERROR}
    assert "A-2 was never checked" in ledger.outcomes()[1].message


def test_an_expectation_without_a_question_checks_nothing():
    ledger = Ledger(CATALOGUE, ["A-1"])
    ledger.expect("A-1", "x", 1)
    assert verdicts(ledger) == {"A-1": Verdict.ERROR}


def test_a_case_that_stopped_leaves_the_unchecked_inconclusive():
    ledger = Ledger(CATALOGUE, ["A-1", "A-2"])
    ledger.expect("A-1", "x", 1).equals(2)
    assert verdicts(ledger, unchecked=Verdict.INCONCLUSIVE, why="stopped") == {
        "A-1": Verdict.FAIL,
        "A-2": Verdict.INCONCLUSIVE,
    }
    assert ledger.outcomes(Verdict.INCONCLUSIVE, "stopped")[1].message == "stopped"


def test_a_requirement_the_case_does_not_declare_is_refused():
    ledger = Ledger(CATALOGUE, ["A-1"])
    with pytest.raises(UndeclaredRequirement, match="A-2 but does not declare it: add it to verifies"):
        ledger.expect("A-2", "x", 1)
    with pytest.raises(UndeclaredRequirement):
        ledger.note("A-2", Verdict.PASS, "x")


def test_a_requirement_the_catalogue_does_not_hold_is_refused():
    with pytest.raises(UnknownRequirement):
        Ledger(CATALOGUE, ["A-9"])


@pytest.mark.parametrize(
    ("target", "asked", "verdict"),
    [
        ("Exchange2010", "", Verdict.NOT_APPLICABLE),
        ("Exchange2013_SP1", "", Verdict.FAIL),
        ("Exchange2013_SP1", "Exchange2010", Verdict.NOT_APPLICABLE),
        ("Exchange2010", "Exchange2013", Verdict.FAIL),
        ("", "", Verdict.FAIL),
    ],
)
def test_a_check_counts_where_its_requirement_applies_to_the_version_asked_for(target, asked, verdict):
    ledger = Ledger(CATALOGUE, ["A-3"], version=target, where=lambda: Place(1, "GetItem", asked))
    ledger.expect("A-3", "x", 1).equals(2)
    assert verdicts(ledger) == {"A-3": verdict}


def test_checks_that_do_not_count_hide_none_that_does():
    ledger = Ledger(CATALOGUE, ["A-3"], version="Exchange2013_SP1")
    ledger.expect("A-3", "x", 1, place=Place(1, "GetItem", "Exchange2010")).equals(2)
    ledger.expect("A-3", "x", 1, place=Place(2, "GetItem", "Exchange2013")).equals(1)
    assert verdicts(ledger) == {"A-3": Verdict.PASS}


def test_an_unchecked_requirement_of_a_later_version_is_not_applicable():
    ledger = Ledger(CATALOGUE, ["A-3"], version="Exchange2010")
    assert verdicts(ledger) == {"A-3": Verdict.NOT_APPLICABLE}
    assert ledger.outcomes()[0].message == "A-3 does not apply to Exchange2010."


def test_a_verdict_may_be_noted_with_its_reason():
    ledger = Ledger(CATALOGUE, ["A-1"])
    ledger.note("A-1", Verdict.NOT_APPLICABLE, "no room")
    (outcome,) = ledger.outcomes()
    assert outcome.verdict is Verdict.NOT_APPLICABLE
    assert "no room" in outcome.message


def test_the_exchange_may_be_named_when_it_is_not_the_latest():
    ledger = Ledger(CATALOGUE, ["A-1"], where=lambda: Place(9, "GetItem"))
    ledger.expect("A-1", "x", 1, place=Place(2, "CreateItem")).equals(2)
    assert "exchange 2 (CreateItem)" in ledger.outcomes()[0].message


def test_a_requirement_taken_on_later_is_judged_too():
    ledger = Ledger(CATALOGUE, ["A-1"])
    ledger.declare("A-2")
    ledger.expect("A-1", "x", 1).equals(1)
    ledger.expect("A-2", "x", 1).equals(1)
    assert verdicts(ledger) == {"A-1": Verdict.PASS, "A-2": Verdict.PASS}
