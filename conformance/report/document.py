"""report.json: the run as JSON values, held to its schema before it is written."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from conformance.catalogue import cite
from conformance.model.record import CaseRecord, Check
from conformance.report.run import RequirementRow, Run, exit_code, requirement_rows, verdict_counts
from conformance.wire.schemas import folder

TOOL = "meetproof"
FORMAT = 1


class ReportInvalid(AssertionError):
    """A report contradicts its schema: a mistake of ours."""


def document(run: Run) -> dict[str, Any]:
    """The whole report as JSON values."""
    records = run.sorted()
    return {
        "tool": TOOL,
        "version": run.version,
        "format": FORMAT,
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "target": {
            "name": run.target.name,
            "kind": run.target.kind,
            "ews": run.target.ews,
            "graph": run.target.graph,
            "version": run.target.version,
        },
        "profiles": [dict(profile) for profile in run.profiles],
        "exit_code": exit_code(records),
        "verdicts": verdict_counts(record.result.verdict for record in records),
        "requirements": [_requirement(row, run) for row in requirement_rows(run)],
        "cases": [_case(record) for record in records],
    }


def text(run: Run) -> str:
    """The report as it is written; ReportInvalid when it contradicts ``schemas/report.schema.json``."""
    value = document(run)
    schema = json.loads((folder() / "report.schema.json").read_text(encoding="utf-8"))
    problem = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if problem is not None:
        raise ReportInvalid(f"report.json at {problem.json_path}: {problem.message}")
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _requirement(row: RequirementRow, run: Run) -> dict[str, Any]:
    requirement = row.requirement
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "verdict": row.verdict.word,
        "cases": list(row.cases),
        "area": requirement.area,
        "tier": requirement.tier.value,
        "sentence": requirement.sentence,
        "source": cite(requirement, run.catalogue.rulings),
    }


def _case(record: CaseRecord) -> dict[str, Any]:
    result = record.result
    return {
        "id": result.id,
        "pairing": result.pairing,
        "scenario": result.scenario,
        "verdict": result.verdict.word,
        "seconds": result.seconds,
        "message": result.message,
        "cassette": record.cassette,
        "exchanges": len(record.exchanges),
        "requirements": [
            {"id": one.requirement, "verdict": one.verdict.word, "message": one.message} for one in result.outcomes
        ],
        "checks": [_check(check) for check in record.checks],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "requirement": check.requirement,
        "about": check.about,
        "verdict": check.verdict.word,
        "expected": list(check.expected),
        "actual": check.actual,
        "exchange": check.exchange,
        "path": check.path,
    }
