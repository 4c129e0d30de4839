"""The gate between two runs: only what got worse counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Catalogue
from conformance.cli import run_command
from conformance.model.record import CaseRecord
from conformance.model.requirement import Level, Requirement, Source, Tier
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report import Run, RunTarget, document
from conformance.report.gate import changes, judged
from tests.conformance.conftest import one_line

WORDS = {verdict.word: verdict for verdict in Verdict}
CATALOGUE = Catalogue(
    {
        name: Requirement(name, "It holds.", Level.MUST, "area", Tier.DOCUMENTED, (Source("MS-OXWSMTGS", "3.1"),))
        for name in ("EWS-1", "EWS-2")
    },
    {},
)


def report(**cases):
    """A run; a case is given as ``name={requirement: verdict}``."""
    records = tuple(
        CaseRecord(
            CaseResult(
                name,
                "ews-ews",
                "wire",
                tuple(Outcome(identifier, WORDS[word]) for identifier, word in outcomes.items()),
            )
        )
        for name, outcomes in cases.items()
    )
    return Run("0.1.0", RunTarget("x", "live"), "2026-01-05T08:00:00Z", 1.0, records, CATALOGUE)


def gated(old, new):
    return changes(judged(old), judged(new))


GOOD = report(accept={"EWS-1": "pass", "EWS-2": "pass"}, decline={"EWS-1": "pass"})


def test_the_same_run_is_not_worse():
    found = gated(GOOD, GOOD)
    assert (found.worse, found.better, dict(found.new), dict(found.vanished), found.exit_code) == ((), (), {}, {}, 0)


def test_a_requirement_that_fails_now_is_worse_and_so_is_its_case():
    found = gated(GOOD, report(accept={"EWS-1": "pass", "EWS-2": "fail"}, decline={"EWS-1": "pass"}))
    assert [(one.what, one.was, one.now, one.where) for one in found.worse] == [
        ("EWS-2", Verdict.PASS, Verdict.FAIL, ("accept[ews-ews]",)),
        ("accept[ews-ews]", Verdict.PASS, Verdict.FAIL, ()),
    ]
    assert found.exit_code == 1
    assert gated(report(accept={"EWS-2": "fail"}), report(accept={"EWS-2": "fail"})).exit_code == 0


def test_what_fails_already_counts_no_more_but_another_failure_does():
    old = report(accept={"EWS-1": "fail"}, decline={"EWS-1": "pass"})
    new = report(accept={"EWS-1": "fail"}, decline={"EWS-1": "fail"})
    found = gated(old, new)
    assert [one.what for one in found.worse] == ["decline[ews-ews]"]
    assert found.exit_code == 1


def test_what_is_better_is_told_and_passes():
    found = gated(report(accept={"EWS-1": "fail"}), report(accept={"EWS-1": "pass"}))
    assert [one.what for one in found.better] == ["EWS-1", "accept[ews-ews]"]
    assert found.exit_code == 0


def test_a_new_case_that_fails_makes_no_requirement_worse():
    found = gated(GOOD, replace(GOOD, records=(*GOOD.records, *report(cancel={"EWS-1": "fail"}).records)))
    assert found.worse == ()
    assert dict(found.new) == {"cancel[ews-ews]": Verdict.FAIL}
    assert found.exit_code == 0


def test_a_vanished_case_is_told():
    found = gated(GOOD, report(accept={"EWS-1": "pass", "EWS-2": "pass"}))
    assert dict(found.vanished) == {"decline[ews-ews]": Verdict.PASS}
    assert (found.worse, found.exit_code) == ((), 0)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("pass", 0),
        ("not applicable", 1),
        ("skipped", 1),
        ("warning", 1),
        ("inconclusive", 2),
        ("fail", 1),
        ("error", 2),
    ],
)
def test_verdicts_are_ordered_and_what_is_undecided_is_said_to_be(now, code):
    assert gated(report(accept={"EWS-1": "pass"}), report(accept={"EWS-1": now})).exit_code == code


def test_runs_without_a_common_case_cannot_be_compared():
    assert gated(GOOD, report(cancel={"EWS-1": "pass"})).exit_code == 2
    assert gated(report(), report()).exit_code == 2


RUNS = st.dictionaries(
    st.sampled_from(["accept", "decline", "cancel"]),
    st.dictionaries(st.sampled_from(["EWS-1", "EWS-2"]), st.sampled_from(sorted(WORDS)), min_size=1),
    min_size=1,
)


@given(RUNS, RUNS)
def test_what_is_worse_one_way_is_better_the_other_way(one, other):
    forth, back = gated(report(**one), report(**other)), gated(report(**other), report(**one))
    assert {change.what for change in forth.worse} == {change.what for change in back.better}
    assert forth.new.keys() == back.vanished.keys()
    assert gated(report(**one), report(**one)).exit_code == 0


@pytest.fixture
def files(tmp_path):
    def write(name, value):
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else document.text(value), encoding="utf-8")
        return str(path)

    return write


def test_the_command_tells_a_short_table(files, capsys):
    bad = report(accept={"EWS-1": "fail", "EWS-2": "pass"}, cancel={"EWS-1": "fail"})
    assert run_command(["gate", "--baseline", files("old.json", GOOD), files("new.json", bad)]) == 1
    told = capsys.readouterr().out
    assert [word in told for word in ("what got worse", "EWS-1", "pass", "fail")] == [True] * 4
    assert told.splitlines()[-5:] == [
        "worse: 1 requirement, 1 case",
        "better: no requirements, no cases",
        "new: 1 case: cancel[ews-ews] (fail)",
        "vanished: 1 case: decline[ews-ews] (pass)",
        "1 case in both runs",
    ]
    assert run_command(["gate", "--baseline", files("old.json", GOOD), files("new.json", GOOD)]) == 0
    assert "what got worse" not in capsys.readouterr().out


@pytest.mark.parametrize(("text", "told"), [("{", "is not JSON"), ("{}", "is no report of format")])
def test_a_file_that_is_no_report_is_a_mistake_of_the_users(files, capsys, text, told):
    assert run_command(["gate", "--baseline", files("old.json", GOOD), files("new.json", text)]) == 64
    assert run_command(["gate", "--baseline", files("old.json", text), files("new.json", GOOD)]) == 64
    assert told in one_line(capsys.readouterr().err)
    assert run_command(["gate", "--baseline", "absent.json", files("new.json", GOOD)]) == 64
    assert run_command(["gate", files("new.json", GOOD)]) == 64
