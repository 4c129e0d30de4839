from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model.record import CaseRecord, Check, ShownExchange, dump_record, load_record
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report import document, exit_code, html, junit, requirement_rows, table, write_report
from conformance.report.document import ReportInvalid

PASS, FAIL, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.ERROR
NOT_APPLICABLE, SKIPPED, INCONCLUSIVE = Verdict.NOT_APPLICABLE, Verdict.SKIPPED, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 2),
        ([PASS], 0),
        ([PASS, NOT_APPLICABLE, SKIPPED], 0),
        ([NOT_APPLICABLE], 2),
        ([SKIPPED], 2),
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
        "inconclusive": 0,
        "fail": 1,
        "error": 0,
    }
    assert [(one["id"], one["level"], one["verdict"], one["cases"]) for one in value["requirements"]] == [
        ("A-1", "MUST", "pass", ["x.a[ews-ews]", "x.b[ews-ews]"]),
        ("A-2", "SHOULD", "fail", ["x.b[ews-ews]"]),
    ]
    assert value["requirements"][0]["source"] == "MS-OXWSMTGS 3.1; ruling 0007, What holds"
    assert [(one["id"], one["pairing"], one["verdict"]) for one in value["cases"]] == [
        ("x.a", "ews-ews", "pass"),
        ("x.b", "ews-ews", "fail"),
    ]
    assert [(one["id"], one["verdict"]) for one in value["cases"][1]["requirements"]] == [
        ("A-1", "pass"),
        ("A-2", "fail"),
    ]


def test_a_document_against_its_schema_is_never_written(run_of, made):
    with pytest.raises(ReportInvalid, match="pairing"):
        document.text(run_of(made("x.a", "smtp-smtp", A_1=PASS)))
    with pytest.raises(ReportInvalid, match="started"):
        document.text(replace(run_of(made("x.a", A_1=PASS)), started="yesterday"))


def test_the_junit_file_has_a_child_for_every_verdict_but_a_pass(run_of, made):
    kinds = {PASS: None, FAIL: "failure", ERROR: "error", INCONCLUSIVE: "error", SKIPPED: "skipped"}
    kinds[NOT_APPLICABLE] = "skipped"
    run = run_of(*(made(f"x.{verdict.name.lower().replace('_', '')}", A_1=verdict) for verdict in kinds))
    (suite,) = ET.fromstring(junit.text(run).split("\n", 1)[1])
    children = {case.get("name"): [child.tag for child in case] for case in suite}
    assert children == {
        f"x.{verdict.name.lower().replace('_', '')}[ews-ews]": [tag] if tag else [] for verdict, tag in kinds.items()
    }
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "errors": "2",
        "skipped": "2",
    }


class Reader(HTMLParser):
    """Notes elements, links, ids and texts, and holds that what is opened is closed."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self):
        super().__init__()
        self.stack, self.tags, self.links, self.ids, self.texts = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def page(run_of, made):
    profile = {
        "name": "p",
        "title": "P",
        "result": "not conformant",
        "core": {"fail": 1, "not run": 2},
        "extended": {},
    }
    run = run_of(
        made("x.b", A_1=PASS, A_2=FAIL), made("x.a", "graph-graph", "availability", A_1=PASS), profiles=(profile,)
    )
    reader = Reader()
    reader.feed(html.text(run))
    assert reader.stack == []
    return reader


def test_the_page_needs_neither_network_nor_scripts(page):
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert {link for link in page.links if not link.startswith("#")} == {"report.json", "junit.xml"}


def test_every_link_within_the_page_leads_somewhere_and_no_id_is_given_twice(page):
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_tells_sentence_citation_expected_actual_and_exchanges(page):
    text = " ".join(" ".join(page.texts).split())
    for words in (
        "A <server>",
        "<A-2> holds & stays.",
        "MS-OXWSMTGS 3.1; ruling 0007, What holds",
        'expected "a" or "b"',
        'actual "<script>"',
        "exchange 1",
        "t:Body",
        "<a>&amp;</a>",
        "Recorded as x.b--ews-ews.yaml",
        "not conformant",
        "2 not run",
    ):
        assert words in text, words


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


def test_the_three_files_are_written_into_a_new_folder(run_of, made, tmp_path):
    write_report(run_of(made("x.a", A_1=PASS)), tmp_path / "new" / "report")
    assert sorted(path.name for path in (tmp_path / "new" / "report").iterdir()) == [
        "index.html",
        "junit.xml",
        "report.json",
    ]


TEXTS = st.text(max_size=20)
VERDICTS = st.sampled_from(Verdict)
RECORDS = st.builds(
    CaseRecord,
    st.builds(
        CaseResult,
        TEXTS,
        TEXTS,
        TEXTS,
        st.lists(st.builds(Outcome, TEXTS, VERDICTS, TEXTS), max_size=3).map(tuple),
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
        st.builds(ShownExchange, st.integers(1, 9), TEXTS, TEXTS, TEXTS, st.integers(100, 599), TEXTS, TEXTS),
        max_size=2,
    ).map(tuple),
    TEXTS,
)


@given(RECORDS)
def test_a_record_survives_its_way_from_a_worker(record):
    assert load_record(dump_record(record)) == record


def test_a_record_whose_evidence_was_lost_is_an_error(made):
    broken = made("x.a", A_1=PASS, A_2=FAIL).broken("After the case: the proxy is gone")
    assert [one.verdict for one in broken.result.outcomes] == [ERROR, ERROR]
    assert broken.result.message == "After the case: the proxy is gone"
