"""index.html: one file that needs no network, and its script only to filter; what it tells is there without."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from conformance.catalogue import citations
from conformance.model.record import CaseRecord, Check, ShownExchange, ShownMessage
from conformance.model.verdict import Outcome, Verdict, worst
from conformance.report.diagram import exchange_verdict, outcome_of, svg
from conformance.report.run import RequirementRow, Run, case_name, requirement_rows, unmet_rows, verdict_counts
from conformance.report.table import matrix
from conformance.report.templates import templates


def text(run: Run) -> str:
    """The report as an HTML document."""
    return "".join(pieces(run))


def pieces(run: Run) -> Iterator[str]:
    """The document piece by piece, one case at a time."""
    records = run.sorted()
    pairings, cells = matrix(records)
    rows = requirement_rows(run)
    page, case = _templates()
    yield from page.generate(
        run=run,
        verdicts=_counts(records),
        pairings=pairings,
        matrix=[(scenario, [_cell(row.get(pairing, [])) for pairing in pairings]) for scenario, row in cells.items()],
        scenarios=(
            (scenario, (_rendered(case, record, run) for pairing in pairings for record in row.get(pairing, [])))
            for scenario, row in cells.items()
        ),
        areas=sorted({row.requirement.area for row in rows}),
        known=[verdict.word for verdict in Verdict],
        failed=[_requirement(row, run) for row in unmet_rows(run)],
        requirements=(_requirement(row, run) for row in rows),
    )


@functools.cache
def _templates() -> tuple[Template, Template]:
    """The page, and the case of which it has many."""
    environment = templates(Path(__file__).parent / "page")
    environment.globals["verdict_class"] = verdict_class
    return environment.get_template("index.html.j2"), environment.get_template("case.html.j2")


def anchor(name: str) -> str:
    """The fragment that leads to a case."""
    return "case-" + re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def verdict_class(word: str) -> str:
    """A verdict's style class."""
    return "v-" + word.replace(" ", "-")


def folds(message: ShownMessage) -> Iterator[tuple[bool, int, str]]:
    """A message in parts: whether one matters, how many lines it has, its text."""
    lines = message.text.split("\n")
    end = 0
    for first, last in (*message.matters, (len(lines) + 1, len(lines))):
        if first > end + 1:
            yield False, first - end - 1, "\n".join(lines[end : first - 1])
        if last >= first:
            yield True, last - first + 1, "\n".join(lines[first - 1 : last])
        end = last


def _counts(records: Iterable[CaseRecord]) -> dict[str, int]:
    counted = verdict_counts(record.result.verdict for record in records)
    return {word: count for word, count in counted.items() if count}


def _cell(records: list[CaseRecord]) -> Mapping[str, Any] | None:
    if not records:
        return None
    ordered = sorted(records, key=lambda record: -record.result.verdict)
    return {
        "verdict": worst(record.result.verdict for record in records).word,
        "counts": _counts(records),
        "href": anchor(case_name(ordered[0])),
    }


def _requirement(row: RequirementRow, run: Run) -> Mapping[str, Any]:
    return {
        "row": row,
        "verdict": row.verdict.word,
        "cited": list(citations(row.requirement, run.catalogue.rulings)),
        "cases": [(name, anchor(name)) for name in row.cases],
    }


def _rendered(template: Template, record: CaseRecord, run: Run) -> Markup:
    return Markup(template.render(case=_case(record, run)))  # noqa: S704  the template escapes


def _case(record: CaseRecord, run: Run) -> Mapping[str, Any]:
    name = case_name(record)
    outcomes = [
        _outcome(record, outcome, run)
        for outcome in sorted(record.result.outcomes, key=lambda one: -one.verdict)
        if outcome.requirement in run.catalogue.requirements
    ]
    return {
        "name": name,
        "anchor": anchor(name),
        "record": record,
        "verdict": record.result.verdict.word,
        "open": record.result.verdict > Verdict.SKIPPED,
        "areas": sorted({one["requirement"].area for one in outcomes}),
        "told": [one for one in outcomes if one["verdict"] != Verdict.PASS.word],
        "met": [one for one in outcomes if one["verdict"] == Verdict.PASS.word],
        "diagram": Markup(svg(record, anchor(name))) if record.exchanges else "",  # noqa: S704  the diagram escapes
        "exchanges": [_exchange(record, one) for one in record.exchanges],
    }


def _outcome(record: CaseRecord, outcome: Outcome, run: Run) -> Mapping[str, Any]:
    requirement = run.catalogue.requirements[outcome.requirement]
    checks = [check for check in record.checks if check.requirement == outcome.requirement]
    return {
        "requirement": requirement,
        "verdict": outcome.verdict.word,
        "cited": list(citations(requirement, run.catalogue.rulings)),
        "message": outcome.message,
        "known": outcome.known,
        "unmet": [check for check in checks if check.verdict is not Verdict.PASS],
        "met": [_met(check) for check in checks if check.verdict is Verdict.PASS],
    }


def _met(check: Check) -> Mapping[str, Any]:
    expected = " or ".join(check.expected)
    return {"about": check.about, "actual": check.actual, "expected": "" if expected == check.actual else expected}


def _exchange(record: CaseRecord, exchange: ShownExchange) -> Mapping[str, Any]:
    verdict = exchange_verdict(record, exchange.number)
    telling = any(check.exchange == exchange.number and check.verdict > Verdict.SKIPPED for check in record.checks)
    return {
        "row": exchange,
        "outcome": outcome_of(exchange, ""),
        "verdict": verdict,
        "open": telling,
        "messages": [
            (label, list(folds(message)))
            for label, message in (("Request", exchange.request), ("Answer", exchange.response))
            if message.text
        ],
    }
