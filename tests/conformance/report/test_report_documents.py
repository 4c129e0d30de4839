from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Catalogue, anchor
from conformance.model.record import (
    CaseRecord,
    Check,
    ShownExchange,
    ShownMessage,
    dump_record,
    load_record,
)
from conformance.model.requirement import Level, Requirement, Source, Tier
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report import (
    ReportUnreadable,
    Run,
    RunTarget,
    document,
    exit_code,
    junit,
    markdown,
    read_report,
    requirement_rows,
    table,
    write_report,
)
from conformance.report.document import ReportInvalid, check
from conformance.report.reading import run_of as run_of_value
from conformance.report.run import unmet_rows

CATALOGUE = Catalogue(
    {name: Requirement(name, "It holds.", Level.MUST, "area", Tier.RULED, (Source("X"),)) for name in ("A-1", "A-2")},
    {},
)
ANCHOR = anchor(Source("MS-OXWSMTGS", "3.1"))
PASS, FAIL, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.ERROR
NOT_APPLICABLE, SKIPPED, INCONCLUSIVE = Verdict.NOT_APPLICABLE, Verdict.SKIPPED, Verdict.INCONCLUSIVE
WARNING = Verdict.WARNING


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 2),
        ([PASS], 0),
        ([PASS, NOT_APPLICABLE, SKIPPED], 0),
        ([NOT_APPLICABLE], 2),
        ([SKIPPED], 2),
        ([WARNING], 0),
        ([PASS, WARNING], 0),
        ([WARNING, INCONCLUSIVE], 2),
        ([WARNING, FAIL], 1),
        ([PASS, INCONCLUSIVE], 2),
        ([PASS, ERROR], 2),
        ([PASS, FAIL], 1),
        ([FAIL, ERROR], 1),
    ],
)
def test_the_exit_code_follows_from_the_cases(made, verdicts, code):
    assert exit_code([made(f"x.c{number}", A_1=verdict) for number, verdict in enumerate(verdicts)]) == code


def test_a_failure_beside_an_error_in_one_case_still_counts(made):
    assert exit_code([made("x.a", A_1=FAIL, A_2=ERROR)]) == 1


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ([PASS, PASS], PASS),
        ([PASS, NOT_APPLICABLE], PASS),
        ([PASS, SKIPPED], PASS),
        ([NOT_APPLICABLE, SKIPPED], SKIPPED),
        ([PASS, WARNING, NOT_APPLICABLE], WARNING),
        ([WARNING, FAIL], FAIL),
        ([PASS, INCONCLUSIVE], INCONCLUSIVE),
        ([PASS, FAIL, INCONCLUSIVE], FAIL),
        ([FAIL, ERROR], ERROR),
    ],
)
def test_a_requirement_takes_the_worst_verdict_of_the_cases_it_concerns(run_of, made, verdicts, verdict):
    run = run_of(*(made(f"x.c{number}", A_1=one) for number, one in enumerate(verdicts)))
    (row,) = requirement_rows(run)
    assert (row.verdict, row.cases) == (verdict, tuple(f"x.c{number}[ews-ews]" for number in range(len(verdicts))))


def test_a_case_that_something_does_not_concern_is_judged_by_the_rest(made):
    assert made("x.a", A_1=PASS, A_2=NOT_APPLICABLE).result.verdict is PASS
    assert made("x.a", A_2=NOT_APPLICABLE).result.verdict is NOT_APPLICABLE


def test_the_document_holds_target_verdicts_requirements_and_cases_in_order(run_of, made):
    value = json.loads(document.text(run_of(made("x.b", A_1=PASS, A_2=FAIL), made("x.a", A_1=PASS))))
    assert (value["tool"], value["version"], value["exit_code"]) == ("meetproof", "0.1.0", 1)
    assert value["target"]["name"] == "A <server>"
    assert value["verdicts"] == {
        "pass": 1,
        "not applicable": 0,
        "skipped": 0,
        "warning": 0,
        "inconclusive": 0,
        "fail": 1,
        "error": 0,
    }
    assert [(one["id"], one["level"], one["verdict"], one["cases"]) for one in value["requirements"]] == [
        ("A-1", "MUST", "pass", ["x.a[ews-ews]", "x.b[ews-ews]"]),
        ("A-2", "SHOULD", "fail", ["x.b[ews-ews]"]),
    ]
    first = value["requirements"][0]
    assert (first["sources"], first["microsoft"]) == (
        [{"document": "MS-OXWSMTGS", "section": "3.1", "anchor": ANCHOR}],
        ["R218"],
    )
    assert (first["rulings"], value["rulings"]) == (["0007"], {"0007": "What holds"})
    assert [(one["id"], one["pairing"], one["verdict"]) for one in value["cases"]] == [
        ("x.a", "ews-ews", "pass"),
        ("x.b", "ews-ews", "fail"),
    ]
    assert [(one["id"], one["verdict"]) for one in value["cases"][1]["requirements"]] == [
        ("A-1", "pass"),
        ("A-2", "fail"),
    ]


def test_a_document_against_its_schema_is_never_written(run_of, made):
    with pytest.raises(ReportInvalid, match=r"case x.a at \$.pairing: 'smtp-smtp'"):
        document.text(run_of(made("x.a", "smtp-smtp", A_1=PASS)))
    with pytest.raises(ReportInvalid, match="started"):
        document.text(replace(run_of(made("x.a", A_1=PASS)), started="yesterday"))


def test_the_junit_file_has_a_child_for_every_verdict_but_a_pass(run_of, made):
    kinds = {
        PASS: None,
        WARNING: "system-out",
        FAIL: "failure",
        ERROR: "error",
        INCONCLUSIVE: "error",
        SKIPPED: "skipped",
    }
    kinds[NOT_APPLICABLE] = "skipped"
    run = run_of(*(made(f"x.{verdict.name.lower().replace('_', '')}", A_1=verdict) for verdict in kinds))
    (suite,) = ET.fromstring(junit.text(run).split("\n", 1)[1])
    children = {case.get("name"): [child.tag for child in case] for case in suite}
    assert children == {
        f"x.{verdict.name.lower().replace('_', '')}[ews-ews]": [tag] if tag else [] for verdict, tag in kinds.items()
    }
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7",
        "failures": "1",
        "errors": "2",
        "skipped": "2",
    }


def test_the_table_has_a_row_for_each_scenario_and_a_column_for_each_pairing(run_of, made):
    words = table.text(
        run_of(made("x.b", A_1=FAIL), made("x.c", A_1=PASS), made("x.a", "graph-graph", "availability", A_1=PASS))
    )
    lines = [line.split() for line in words.splitlines() if line.startswith("│")]
    assert lines == [
        ["│", "availability", "│", "│", "1", "pass", "│"],
        ["│", "wire", "│", "1", "pass,", "1", "fail", "│", "│"],
    ]
    assert "1 requirement: 1 fail" in words
    assert "\x1b[" not in words
    assert "\x1b[" in table.text(run_of(made("x.b", A_1=FAIL)), colour=True)


def test_warnings_are_told_once_for_a_requirement_with_the_cases_they_are_in(run_of, made):
    cases = [made(f"x.c{number}", A_1=PASS, A_2=WARNING) for number in range(8)]
    known = replace(cases[0].result.outcomes[1], known="Bug 1.")
    cases[7] = replace(cases[7], result=replace(cases[7].result, outcomes=(known,)))
    words = table.warnings(run_of(*cases, made("x.d", A_3=PASS)))
    assert words.splitlines() == [
        "x.c0[ews-ews]",
        "A_2 said <so>\x00",
        "  also in:  x.c1[ews-ews], x.c2[ews-ews], x.c3[ews-ews], x.c4[ews-ews], x.c5[ews-ews] and 1 more",
    ]
    assert table.warnings(run_of(made("x.d", A_1=FAIL, A_3=PASS))) == ""


def test_a_profile_tells_how_many_of_its_cases_bear_warnings(run_of, made):
    profile = {"name": "p", "title": "P", "result": "conformant", "core": {"warning": 1, "pass": 3}, "extended": {}}
    run = run_of(made("x.b", A_1=WARNING), profiles=(profile, profile | {"name": "q", "extended": {"warning": 1}}))
    for told in (table.text(run), markdown.text(run)):
        assert "profile p: conformant, warnings in 1 case\n" in told
        assert "profile q: conformant, warnings in 2 cases\n" in told


def test_failures_stand_before_warnings(run_of, made):
    run = run_of(made("x.b", A_1=WARNING, A_2=FAIL, A_3=ERROR))
    assert [row.requirement.id for row in unmet_rows(run)] == ["A-3", "A-2", "A-1"]
    assert re.findall(r"^### (.*)$", markdown.text(run), re.MULTILINE) == ["A-3: error", "A-2: fail", "A-1: warning"]


def test_recordings_of_no_case_leave_a_run_undecided_and_are_told_everywhere(run_of, made, tmp_path):
    run = run_of(made("a", A_1=Verdict.PASS))
    assert run.exit_code == 0
    run = replace(run, orphans=("gone--ews-ews.yaml",))
    assert run.exit_code == 2
    assert replace(run, records=(made("a", A_1=Verdict.FAIL),)).exit_code == 1
    write_report(run, tmp_path)
    assert read_report(tmp_path).orphans == run.orphans
    assert "recorded of no case there is: gone--ews-ews.yaml" in table.text(run)
    for name in ("index.html", "summary.md", "report.json"):
        assert "gone--ews-ews.yaml" in (tmp_path / name).read_text()


def test_a_report_says_whether_it_was_strict(run_of, made):
    run = run_of(made("x.b", A_1=PASS))
    assert not run_of_document(run).is_strict
    assert run_of_document(replace(run, is_strict=True)).is_strict
    assert ("strict" in markdown.text(run), "strict" in markdown.text(replace(run, is_strict=True))) == (False, True)


def run_of_document(run):
    return run_of_value(json.loads(document.text(run)))


def every_object(value, path=()):
    """The paths of all objects in a JSON value."""
    if isinstance(value, dict):
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield from every_object(each, (*path, name))


FREE = {"names", "rulings", "verdicts", "core", "extended"}  # objects whose members are not fixed


def test_the_schema_knows_every_member_of_a_report_and_needs_it(run_of, made):
    profile = {"name": "p", "title": "P", "result": "partial", "core": {"fail": 1}, "extended": {}}
    whole = document.document(run_of(made("x.b", A_1=FAIL), profiles=(profile,)))
    check(whole)
    tried = 0
    for path in every_object(whole):
        if FREE & set(path):
            continue
        for change in (lambda one: one.update(unknown=1), lambda one: one.pop(next(iter(one)))):
            altered = copy.deepcopy(whole)
            at = altered
            for step in path:
                at = at[step]
            change(at)
            with pytest.raises(ReportInvalid):
                check(altered)
            tried += 1
    assert tried >= 20


def test_a_report_has_one_requirement_and_one_case_a_line(run_of, made):
    lines = document.text(run_of(made("x.b", A_1=PASS, A_2=FAIL), made("x.a", A_1=PASS))).splitlines()
    assert sum(line.startswith(' {"id": "A-') for line in lines) == 2
    assert sum(line.startswith(' {"id": "x.') for line in lines) == 2
    assert json.loads(document.text(run_of()))["cases"] == []


def test_all_files_are_written_into_a_new_folder(run_of, made, tmp_path):
    write_report(run_of(made("x.a", A_1=PASS)), tmp_path / "new" / "report")
    assert sorted(path.name for path in (tmp_path / "new" / "report").iterdir()) == [
        "coverage.html",
        "index.html",
        "junit.xml",
        "report.json",
        "summary.md",
    ]


def test_what_no_file_can_hold_is_written_as_an_escape(run_of, made, tmp_path):
    record = made("x.a", message="half \ud800 a pair", A_1=FAIL)
    write_report(run_of(record), tmp_path)
    assert "half \ud800 a pair" in read_report(tmp_path).records[0].result.message
    assert "half \\ud800 a pair" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_report_is_read_from_its_file_or_its_folder(run_of, made, tmp_path):
    write_report(run_of(made("x.a", A_1=PASS)), tmp_path)
    assert read_report(tmp_path) == read_report(tmp_path / "report.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "No such file"),
        ("[", "is not JSON"),
        ("[]", "no report of format 3, but of None"),
        ('{"format": 2}', "no report of format 3, but of 2: run the suite again"),
        ('{"format": 3}', r"report.json at \$: 'tool' is a required property"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_report_is_told(tmp_path, text, told):
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(ReportUnreadable, match=told):
        read_report(tmp_path)


TEXTS = st.text(max_size=20)
VERDICTS = st.sampled_from(Verdict)
SPANS = st.tuples(st.integers(1, 9), st.integers(1, 9))
MESSAGES = st.builds(ShownMessage, st.text(min_size=1, max_size=9), st.lists(SPANS, max_size=2).map(tuple)) | st.just(
    ShownMessage()
)
RECORDS = st.builds(
    CaseRecord,
    st.builds(
        CaseResult,
        TEXTS,
        TEXTS,
        TEXTS,
        st.lists(st.builds(Outcome, TEXTS | st.sampled_from(["A-1", "A-2"]), VERDICTS, TEXTS), max_size=3).map(tuple),
        st.floats(0, 100),
        TEXTS,
    ),
    st.lists(
        st.builds(
            Check, TEXTS, TEXTS, VERDICTS, st.lists(TEXTS, max_size=2).map(tuple), TEXTS, st.integers(0, 9), TEXTS
        ),
        max_size=3,
    ).map(tuple),
    st.lists(
        st.builds(
            ShownExchange,
            st.integers(1, 9),
            TEXTS,
            st.sampled_from(["ews", "graph", "oauth", "other"]),
            TEXTS,
            TEXTS,
            TEXTS,
            st.integers(100, 599),
            TEXTS,
            st.booleans(),
            MESSAGES,
            MESSAGES,
        ),
        max_size=2,
    ).map(tuple),
    TEXTS,
    st.dictionaries(TEXTS, st.text(min_size=1, max_size=9), max_size=2),
)


@given(RECORDS)
def test_a_record_survives_its_way_from_a_worker(record):
    assert load_record(dump_record(record)) == record


def test_a_record_of_half_a_surrogate_pair_survives_it_too():
    check = Check("A-1", "a subject", Verdict.FAIL, ("x",), "'\ud83d'", 1)
    record = CaseRecord(CaseResult("case", "ews-ews", "scenario", (), 0.0, ""), (check,))
    assert load_record(dump_record(record)) == record


@given(st.lists(RECORDS, max_size=2))
def test_a_run_survives_its_way_through_a_report(records):
    run = Run("0.1.0", RunTarget("x", "live"), "2026-01-05T08:00:00Z", 1.5, tuple(records), CATALOGUE)
    written = document.document(run)
    again = run_of_value(written)
    assert sorted(map(repr, again.records)) == sorted(map(repr, records))
    assert document.document(again) == written
    assert again.catalogue.requirements.items() <= CATALOGUE.requirements.items()


def test_a_record_whose_evidence_was_lost_is_an_error(made):
    broken = made("x.a", A_1=PASS, A_2=FAIL).broken("After the case: the proxy is gone")
    assert [one.verdict for one in broken.result.outcomes] == [ERROR, ERROR]
    assert broken.result.message == "After the case: the proxy is gone"
