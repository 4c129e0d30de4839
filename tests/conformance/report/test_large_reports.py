"""Six hundred requirements and five hundred cases are an ordinary run: reports grow with it, their making does not."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

from conformance.catalogue import Catalogue
from conformance.model.record import CaseRecord, Check, ShownExchange, ShownMessage
from conformance.model.requirement import Level, Requirement, Source, Tier
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report import document, html, junit, markdown, read_report, write_report
from conformance.suites.shown import CASE_LIMIT

FAIL, PASS = Verdict.FAIL, Verdict.PASS
EACH, CHECKS, EXCHANGES = 8, 20, 12
KEPT = CASE_LIMIT + 16_000  # characters of the messages of a case, those of its failed checks among them
LINE = "<t:Subject>Some text of a message, as long as lines usually are</t:Subject>\n"
TEXT = (LINE * (KEPT // EXCHANGES // 2 // len(LINE))).rstrip()


@pytest.fixture
def large(run_of):
    """A run of so many cases over so many requirements, in which every case fails or none."""

    def make(cases, requirements, *, fails):
        names = [f"R-{number:04}" for number in range(requirements)]
        plain = Requirement("", "What a server must do. " * 6, Level.MUST, "area", Tier.DOCUMENTED, (Source("D", "1"),))
        catalogue = Catalogue({name: replace(plain, id=name) for name in names}, {})
        return run_of(*(case(number, names, fails) for number in range(cases)), catalogue=catalogue)

    return make


def case(number, names, fails):
    mine = [names[(number * EACH + place) % len(names)] for place in range(EACH)]
    worst = FAIL if fails else PASS
    outcomes = tuple(Outcome(name, worst if name == mine[0] else PASS, "why " * 50 if fails else "") for name in mine)
    checks = tuple(
        Check(
            mine[place % EACH],
            "the thing that was looked at",
            worst if place % EACH == 0 else PASS,
            ('"an expected value"',),
            '"an actual value"',
            1 + place % EXCHANGES,
            "/m:X/t:Y",
        )
        for place in range(CHECKS)
    )
    message = ShownMessage(TEXT, ((1, 3),)) if fails else ShownMessage()
    exchanges = tuple(
        ShownExchange(
            place, "organizer", "ews", "GetItem", "POST", "https://x.example", 200, "", False, message, message
        )
        for place in range(1, EXCHANGES + 1)
    )
    result = CaseResult(f"case.number-{number}", "ews-ews", f"scenario-{number % 12}", outcomes, 0.1)
    return CaseRecord(result, checks, exchanges, "x.yaml")


def test_a_large_run_is_reported_whole_and_read_again(large, tmp_path):
    run = large(500, 600, fails=False)
    write_report(run, tmp_path)
    again = read_report(tmp_path)
    assert len(again.records) == 500
    assert len(again.catalogue.requirements) == 600
    assert (tmp_path / "index.html").stat().st_size < 8_000_000


def test_a_case_that_fails_takes_so_many_bytes_and_no_more(large):
    run = large(20, 100, fails=True)
    assert len(html.text(run)) / 20 < 2.5 * KEPT
    assert len(document.text(run)) / 20 < 2 * KEPT
    assert len(junit.text(run)) / 20 < 2_000
    assert len(markdown.text(run)) <= markdown.LIMIT


@pytest.mark.parametrize("pieces", [document.pieces, html.pieces])
def test_what_is_made_of_a_run_is_never_in_memory_as_a_whole(large, pieces):
    peaks = []
    for cases in (10, 40):
        run = large(cases, 100, fails=True)
        run.sorted()
        for _ in pieces(large(1, 100, fails=True)):
            pass  # what is read once and kept
        tracemalloc.start()
        size = sum(len(piece) for piece in pieces(run))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert size > 40 * KEPT
    assert peaks[1] < size / 4
    assert peaks[1] < 1.5 * peaks[0]
