"""Expectation files: what is known counts no more, and what no longer holds fails."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.known import ExpectationsInvalid, KnownFailure, KnownFailures, finding, read_expectations, updated
from conformance.known.reading import expectations_of
from conformance.model.record import CaseRecord, Check, dump_record, load_record
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report import exit_code

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "schemas" / "expectations.schema.json").read_text(encoding="utf-8"))
FAIL, PASS = Verdict.FAIL, Verdict.PASS


def record(case="accept", pairing="ews-ews", actual='"x"', **verdicts):
    """A case's record; a failure is found by one check."""
    outcomes = tuple(Outcome(name, verdict, "why" * (verdict is not PASS)) for name, verdict in verdicts.items())
    checks = tuple(Check(one.requirement, "the code", one.verdict, ('"a"',), actual, 2) for one in outcomes)
    return CaseRecord(CaseResult(case, pairing, "wire", outcomes), checks)


def known(*entries):
    return KnownFailures(entries, "mine.toml")


def entry(requirement="A", case="accept", message="the code: expected", reason="Bug 1.", **more):
    return KnownFailure(requirement, case, message, reason, **more)


def test_the_reference_server_has_no_known_failures():
    file = ROOT / "cassettes" / "reference" / "expectations.toml"
    assert read_expectations(file).entries == ()


def test_a_known_failure_does_not_count_but_is_told():
    judged = known(entry()).judged(record(A=FAIL, B=PASS))
    assert [one.known for one in judged.result.outcomes] == ["Bug 1.", ""]
    assert (judged.result.verdict, judged.problems) == (FAIL, ())
    assert (exit_code([record(A=FAIL)]), exit_code([judged], judged.problems)) == (1, 0)


def test_another_failure_of_the_same_case_counts():
    judged = known(entry()).judged(record(A=FAIL, B=FAIL))
    assert exit_code([judged], judged.problems) == 1


def test_what_is_known_of_another_case_or_pairing_says_nothing():
    for other in (entry(case="decline"), entry(pairing="graph-graph")):
        assert known(other).judged(record(A=FAIL)) == record(A=FAIL)


def test_an_entry_for_the_pairing_goes_before_one_for_all():
    judged = known(entry(reason="One."), entry(reason="All.", pairing="ews-ews")).judged(record(A=FAIL))
    assert judged.result.outcomes[0].known == "All."


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (record(A=PASS), "A in accept[ews-ews] passes, but is known to fail: Bug 1."),
        (
            record(A=FAIL, actual='"b"'),
            'fails in another way: known to begin "the code: expected "a", got "x"", but is:',
        ),
        (record(A=Verdict.INCONCLUSIVE), "is known to be fail, but is inconclusive"),
        (record(A=Verdict.ERROR), "is known to be fail, but is error"),
    ],
)
def test_what_no_longer_holds_is_a_problem_that_fails_the_run(told, words):
    judged = known(entry(message='the code: expected "a", got "x"')).judged(told)
    (problem,) = judged.problems
    assert words in problem
    assert exit_code([judged], judged.problems) == 1
    assert all(one.known == "" for one in judged.result.outcomes)


def test_an_entry_is_stale_where_no_pairing_judges_its_requirement():
    cases = {("accept", "ews-ews"), ("accept", "graph-graph")}
    other = record(pairing="graph-graph", A=FAIL)
    assert known(entry()).stale(cases, [record(B=PASS), other]) == ()
    assert known(entry()).stale(cases, [record(B=PASS)]) == (
        "A in accept is stale: the case does not judge this requirement.",
    )
    for entries in (known(entry()), known(entry(pairing="ews-ews"))):
        (problem,) = entries.stale(cases, [record(A=Verdict.NOT_APPLICABLE)])
        assert problem.endswith("is stale: it does not concern the target.")
    assert known(entry()).stale(cases, [record(A=Verdict.NOT_APPLICABLE), other]) == ()


def test_what_was_skipped_says_nothing():
    judged = known(entry()).judged(record(A=Verdict.SKIPPED))
    assert judged.problems == ()


def test_an_inconclusive_requirement_can_be_known_too():
    judged = known(entry(verdict=Verdict.INCONCLUSIVE)).judged(record(A=Verdict.INCONCLUSIVE, B=PASS))
    assert exit_code([judged], judged.problems) == 0
    assert exit_code([record(A=Verdict.INCONCLUSIVE, B=PASS)]) == 2


def test_a_warning_that_is_listed_is_known_as_the_failure_it_is_in_a_strict_run():
    judged = known(entry()).judged(record(A=Verdict.WARNING))
    assert (judged.result.outcomes[0].known, judged.problems) == ("Bug 1.", ())


def test_an_update_adds_no_warning_and_keeps_one_that_is_listed():
    cases = frozenset({("accept", "ews-ews")})
    assert updated("", "mine.toml", [record(A=Verdict.WARNING)], cases) == ""
    text = updated("", "mine.toml", [record(A=FAIL)], cases)
    assert updated(text, "mine.toml", [record(A=Verdict.WARNING)], cases) == text


def test_an_entry_of_a_case_that_does_not_exist_is_stale():
    listed = known(entry(), entry(case="gone"), entry(pairing="graph-graph"))
    assert listed.stale({("accept", "ews-ews")}, []) == (
        "A in gone is stale: there is no such case.",
        "A in accept[graph-graph] is stale: there is no such case.",
    )


def test_a_finding_is_the_first_check_that_failed_else_the_reason():
    told = record(A=FAIL)
    assert finding(told, told.result.outcomes[0]) == 'the code: expected "a", got "x"'
    bare = CaseRecord(told.result)
    assert finding(bare, bare.result.outcomes[0]) == "why"


def test_what_is_known_travels_with_the_record():
    judged = known(entry(), entry("B")).judged(record(A=FAIL, B=PASS))
    assert load_record(dump_record(judged)) == judged
    assert judged.unknown() == record(A=FAIL, B=PASS)


GOOD = """
[[expected]]
requirement = "A"
case = "accept"
message = "the code"
reason = "Bug 1."
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[expected", "is not TOML"),
        ("other = 1", "'other' is unknown; expected [[expected]] tables"),
        ("expected = 1", "must be an array of tables"),
        (GOOD.replace("reason", "because"), "expected[0].because is unknown; expected one of requirement, case"),
        (GOOD.replace('reason = "Bug 1."', ""), "expected[0].reason is missing"),
        (GOOD.replace('message = "the code"', ""), "expected[0].message is missing"),
        (GOOD.replace('"accept"', "1"), "expected[0].case must be a string, got 1"),
        (GOOD + 'pairing = "ews"', "expected[0].pairing must be one of ews-ews"),
        (GOOD + 'verdict = "error"', "expected[0].verdict must be one of fail, inconclusive"),
        (GOOD + GOOD, "expected[1]: A in accept is listed twice"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_file_and_entry(tmp_path, text, told):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationsInvalid) as caught:
        read_expectations(file)
    assert told in str(caught.value)
    assert "mine.toml" in str(caught.value)
    if "TOML" not in told and "twice" not in told:
        assert not Draft202012Validator(SCHEMA).is_valid(tomllib.loads(text))


@pytest.mark.parametrize(
    "text", ["", GOOD, GOOD + 'pairing = "ews-ews"\nverdict = "inconclusive"', GOOD.replace("the code", "")]
)
def test_a_file_that_can_be_used_meets_the_schema(text):
    assert Draft202012Validator(SCHEMA).is_valid(tomllib.loads(text))
    assert len(expectations_of(text, "x").entries) == text.count("[[expected]]")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ExpectationsInvalid, match="there is no such file"):
        read_expectations(tmp_path / "absent.toml")


FILE = """\
# What my server gets wrong.

# The clock is being mended.
[[expected]]
requirement = "A"    # see the ticket
case = "accept"
message = "the code: expected"
reason = "Bug 1."

# Nobody knows why.
[[expected]]
requirement = "B"
case = "accept"
message = "another"
reason = "Bug 2."

# A remark that stands apart.

[[expected]]
requirement = "C"
case = "elsewhere"
message = ""
reason = "Bug 3."
"""
CASES = {("accept", "ews-ews"), ("accept", "graph-graph"), ("elsewhere", "ews-ews")}


def test_a_file_that_holds_is_not_changed():
    assert updated(FILE, "x", [record(A=FAIL, B=FAIL, actual="1")], CASES).count("[[expected]]") == 3
    exact = FILE.replace('"another"', '"the code"')
    assert updated(exact, "x", [record(A=FAIL, B=FAIL)], CASES) == exact


def test_what_fails_in_another_way_gets_its_new_message_and_keeps_its_reason_and_comments():
    text = updated(FILE, "x", [record(A=FAIL, B=FAIL)], CASES)
    assert text == FILE.replace('"another"', '\'the code: expected "a", got "x"\'') or tomllib.loads(text)["expected"][
        1
    ] == {
        "requirement": "B",
        "case": "accept",
        "message": 'the code: expected "a", got "x"',
        "reason": "Bug 2.",
    }
    assert [line for line in text.splitlines() if "#" in line] == [line for line in FILE.splitlines() if "#" in line]


def test_what_passes_goes_with_the_comment_right_above_it_and_others_stay():
    text = updated(FILE, "x", [record(A=FAIL, B=PASS)], CASES)
    assert [one["requirement"] for one in tomllib.loads(text)["expected"]] == ["A", "C"]
    assert "Nobody knows why." not in text
    assert "# What my server gets wrong." in text
    assert "# A remark that stands apart." in text
    assert 'requirement = "A"    # see the ticket' in text


def test_what_is_stale_goes_and_what_was_not_played_stays():
    text = updated(FILE, "x", [], {("elsewhere", "ews-ews")})
    assert [one["requirement"] for one in tomllib.loads(text)["expected"]] == ["C"]
    assert updated(FILE, "x", [], CASES) == FILE


def test_what_is_new_is_added_without_what_changes_from_run_to_run():
    told = record(A=FAIL, actual='"Plan mp0123456789"')
    told = [told, record(case="decline", A=Verdict.INCONCLUSIVE)]
    text = updated("# Mine.\n", "x", told, CASES | {("decline", "ews-ews")})
    assert text.startswith("# Mine.\n")
    assert tomllib.loads(text)["expected"] == [
        {
            "requirement": "A",
            "case": "accept",
            "pairing": "ews-ews",
            "message": 'the code: expected "a", got "Plan',
            "reason": "Not explained yet.",
        },
        {
            "requirement": "A",
            "case": "decline",
            "pairing": "ews-ews",
            "verdict": "inconclusive",
            "message": 'the code: expected "a", got "x"',
            "reason": "Not explained yet.",
        },
    ]


def test_an_entry_for_all_pairings_that_holds_in_one_becomes_one_for_it():
    told = [record(A=FAIL), record(pairing="graph-graph", A=PASS)]
    text = updated(FILE, "x", told, CASES)
    (one,) = [each for each in tomllib.loads(text)["expected"] if each["requirement"] == "A"]
    assert (one["pairing"], one["reason"]) == ("ews-ews", "Bug 1.")


def test_entries_that_are_no_tables_of_their_own_cannot_be_rewritten():
    text = 'expected = [{ requirement = "A", case = "accept", message = "", reason = "Bug." }]\n'
    with pytest.raises(ExpectationsInvalid, match=r"write each entry as an \[\[expected\]\] table"):
        updated(text, "x", [], CASES)


VERDICTS = st.sampled_from([PASS, FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE, Verdict.SKIPPED])
RUNS = st.dictionaries(
    st.sampled_from(sorted(CASES)), st.dictionaries(st.sampled_from("ABC"), VERDICTS, min_size=1), max_size=3
)


@given(RUNS, st.sampled_from([FILE, GOOD, ""]))
def test_after_an_update_the_same_run_meets_the_file(run, text):
    records = [record(case, pairing, **verdicts) for (case, pairing), verdicts in run.items()]
    renewed = updated(text, "x", records, CASES)
    listed = expectations_of(renewed, "x")
    judged = [listed.judged(one) for one in records]
    assert [problem for one in judged for problem in one.problems] == []
    assert listed.stale(CASES, judged) == ()
    assert not any(
        outcome.verdict in {FAIL, Verdict.INCONCLUSIVE} and not outcome.known
        for one in judged
        for outcome in one.result.outcomes
    )
    assert updated(renewed, "x", records, CASES) == renewed
