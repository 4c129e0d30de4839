from __future__ import annotations

import pytest

from conformance.catalogue import Catalogue
from conformance.model.requirement import Level, Requirement, Source, Tier
from conformance.model.verdict import Verdict
from conformance.report import markdown

PASS, FAIL, SKIPPED, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.SKIPPED, Verdict.ERROR


def test_the_summary_tells_result_table_profiles_and_what_was_not_met(run_of, made):
    profile = {"name": "p", "title": "P", "result": "not conformant", "core": {"fail": 1}, "extended": {}}
    run = run_of(
        made("x.b", A_1=PASS, A_2=FAIL), made("x.a", "graph-graph", "availability", A_1=PASS), profiles=(profile,)
    )
    assert markdown.text(run) == (
        "# A \\<server\\>: not conformant\n"
        "\n"
        "2 requirements: 1 pass, 1 fail; 2 cases: 1 pass, 1 fail.\n"
        "Meetproof 0.1.0, live, Exchange2013\\_SP1, 2026-01-05T08:00:00Z, 1.5 s.\n"
        "\n"
        "| scenario | ews-ews | graph-graph |\n"
        "| --- | --- | --- |\n"
        "| availability |  | 1 pass |\n"
        "| wire | 1 fail |  |\n"
        "\n"
        "- profile p: not conformant\n"
        "\n"
        "## Not met\n"
        "\n"
        "### A-2: fail\n"
        "\n"
        "\\<A-2\\> holds \\& stays. (SHOULD, documented)\n"
        "\n"
        "MS-OXWSMTGS 3.1; Microsoft's R218; ruling 0007, What holds\n"
        "\n"
        '- `x.b[ews-ews]`: the thing, expected `"a"` or `"b"`, got `"<script>"`, exchange 2, `t:Body`\n'
    )


@pytest.mark.parametrize(
    ("verdict", "told"),
    [(PASS, "conformant"), (Verdict.WARNING, "conformant"), (FAIL, "not conformant"), (ERROR, "could not be told")],
)
def test_the_first_line_is_the_result(run_of, made, verdict, told):
    assert markdown.text(run_of(made("x.a", A_1=verdict))).splitlines()[0].endswith(f": {told}")


def test_a_run_of_nothing_has_a_summary(run_of):
    assert "0 requirements: none; 0 cases: none." in markdown.text(run_of())


def many(count):
    name = "R-{:04}".format
    requirements = {
        name(number): Requirement(name(number), "A sentence. " * 9, Level.MUST, "area", Tier.DOCUMENTED, (Source("D"),))
        for number in range(count)
    }
    return Catalogue(requirements, {})


@pytest.mark.parametrize("limit", [4_000, markdown.LIMIT])
def test_a_summary_is_never_longer_than_its_limit_and_counts_what_it_leaves_out(run_of, made, limit):
    verdicts = {f"R_{number:04}": FAIL for number in range(600)}
    run = run_of(made("x.a", **verdicts), catalogue=many(600))
    text = markdown.text(run, limit)
    assert limit - 1_500 < len(text) <= limit
    told = text.count("### R-")
    assert f"{600 - told} more requirements are told of in index.html." in text


def test_of_one_requirement_a_few_failures_are_told(run_of, made):
    run = run_of(*(made(f"x.c{number}", A_1=FAIL) for number in range(9)))
    text = markdown.text(run)
    assert text.count("- `x.c") == 5
    assert "- and 4 more" in text


@pytest.mark.parametrize(
    ("value", "told"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a\nb", "`a b`"), ("x" * 400, "`" + "x" * 300 + " …`")],
)
def test_a_value_is_code_on_one_line_whatever_it_holds(value, told):
    assert markdown._code(value) == told
