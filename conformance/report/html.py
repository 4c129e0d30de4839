"""index.html: one file that needs neither network nor scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conformance.catalogue import cite
from conformance.model.record import CaseRecord
from conformance.model.verdict import Verdict, worst
from conformance.report.run import Run, case_name, requirement_rows, verdict_counts
from conformance.report.table import matrix


def text(run: Run) -> str:
    """The report as an HTML document."""
    records = run.sorted()
    pairings, cells = matrix(records)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html.j2").render(
        run=run,
        verdicts=_counts(records),
        pairings=pairings,
        matrix=[(scenario, [_cell(row.get(pairing, [])) for pairing in pairings]) for scenario, row in cells.items()],
        scenarios=[
            (scenario, [_case(record, run) for pairing in pairings for record in row.get(pairing, [])])
            for scenario, row in cells.items()
        ],
        requirements=[
            {
                "row": row,
                "source": cite(row.requirement, run.catalogue.rulings),
                "cases": [(name, anchor(name)) for name in row.cases],
            }
            for row in requirement_rows(run)
        ],
        verdict_class=verdict_class,
    )


def anchor(name: str) -> str:
    """The fragment that leads to a case."""
    return "case-" + re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def verdict_class(word: str) -> str:
    """A verdict's style class."""
    return "v-" + word.replace(" ", "-")


def _counts(records: Iterable[CaseRecord]) -> dict[str, int]:
    counted = verdict_counts(record.result.verdict for record in records)
    return {word: count for word, count in counted.items() if count}


def _cell(records: list[CaseRecord]) -> dict[str, Any] | None:
    if not records:
        return None
    ordered = sorted(records, key=lambda record: -record.result.verdict)
    return {
        "verdict": worst(record.result.verdict for record in records).word,
        "counts": _counts(records),
        "href": anchor(case_name(ordered[0])),
    }


def _case(record: CaseRecord, run: Run) -> dict[str, Any]:
    name = case_name(record)
    return {
        "name": name,
        "anchor": anchor(name),
        "record": record,
        "verdict": record.result.verdict.word,
        "open": record.result.verdict > Verdict.SKIPPED,
        "outcomes": [
            {
                "requirement": requirement,
                "verdict": outcome.verdict.word,
                "source": cite(requirement, run.catalogue.rulings),
                "message": outcome.message,
                "checks": [check for check in record.checks if check.requirement == outcome.requirement],
            }
            for outcome in sorted(record.result.outcomes, key=lambda one: -one.verdict)
            if (requirement := run.catalogue.requirements.get(outcome.requirement)) is not None
        ],
    }
