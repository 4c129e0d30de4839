"""report.json: the run as JSON values, from which every other report is made; held to its schema.

One requirement and one case a line, so that a report of any size is written and compared piece by piece.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from conformance.catalogue import anchor
from conformance.model.record import CaseRecord, Check, ShownExchange, ShownMessage
from conformance.report.run import RequirementRow, Run, requirement_rows, verdict_counts
from conformance.wire.schemas import folder

TOOL = "meetproof"
FORMAT = 3

# The lists that are written, and checked, entry by entry, with the schema of an entry.
_ENTRIES = {"requirements": "requirement", "cases": "case"}


class ReportInvalid(AssertionError):
    """A report contradicts its schema: a mistake of ours where we wrote it."""


def document(run: Run) -> dict[str, Any]:
    """The whole report as JSON values."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in _members(run)}


def pieces(run: Run) -> Iterator[str]:
    """The report as it is written, piece by piece; ReportInvalid where ``schemas/report.schema.json`` is not met."""
    checked: dict[str, Any] = {}
    before = "{\n"
    for name, value in _members(run):
        yield f"{before}{json.dumps(name)}: "
        before = ",\n"
        if not isinstance(value, Iterator):
            checked[name] = value
            yield _written(value)
            continue
        checked[name] = []
        between = "[\n "
        for entry in value:
            check(entry, _ENTRIES[name])
            yield between + _written(entry)
            between = ",\n "
        yield "[]" if between == "[\n " else "\n]"
    check(checked)
    yield "\n}\n"


def text(run: Run) -> str:
    """The report as it is written; ReportInvalid where it contradicts its schema."""
    return "".join(pieces(run))


def check(value: Any, part: str = "") -> None:
    """ReportInvalid unless a value meets the schema of reports, or of a part of one.

    Where jsonschema-rs is installed it passes what is good, at a fraction of the time.
    """
    quick = _quick(part)
    if quick is not None and quick(value):
        return
    if not _validator(part).is_valid(value):
        problem = best_match(_validator(part).iter_errors(value))
        words = problem.message if len(problem.message) <= 300 else f"{problem.message[:300]} …"
        where = f"{part} {value.get('id', '')}" if part and isinstance(value, Mapping) else "report.json"
        raise ReportInvalid(f"{where.strip()} at {problem.json_path}: {words}")


@functools.cache
def _schema(part: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((folder() / "report.schema.json").read_text(encoding="utf-8"))
    return {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]} if part else schema


@functools.cache
def _validator(part: str) -> Draft202012Validator:
    return Draft202012Validator(_schema(part))


@functools.cache
def _quick(part: str) -> Callable[[Any], bool] | None:
    try:
        import jsonschema_rs
    except ImportError:
        return None
    is_valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(_schema(part)).is_valid
    return is_valid


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _members(run: Run) -> Iterator[tuple[str, Any]]:
    """The report's members in order; lists of any length as iterators."""
    records = run.sorted()
    rows = requirement_rows(run)
    cited = sorted({number for row in rows for number in row.requirement.rulings} & run.catalogue.rulings.keys())
    yield "tool", TOOL
    yield "version", run.version
    yield "format", FORMAT
    yield "started", run.started
    yield "seconds", round(run.seconds, 3)
    yield "target", asdict(run.target)
    yield "profiles", [dict(profile) for profile in run.profiles]
    yield "strict", run.is_strict
    yield "exit_code", run.exit_code
    yield "expectations", _expectations(run)
    yield "orphans", list(run.orphans)
    yield "verdicts", verdict_counts(record.result.verdict for record in records)
    yield "rulings", {number: run.catalogue.rulings[number].title for number in cited}
    yield "requirements", map(_requirement, rows)
    yield "cases", map(_case, records)


def _expectations(run: Run) -> dict[str, Any] | None:
    if run.expectations is None:
        return None
    return {
        "file": run.expectations.file,
        "known": run.known,
        "stale": list(run.expectations.stale),
        "problems": list(run.problems),
    }


def _requirement(row: RequirementRow) -> dict[str, Any]:
    requirement = row.requirement
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "verdict": row.verdict.word,
        "area": requirement.area,
        "tier": requirement.tier.value,
        "sentence": requirement.sentence,
        "kind": requirement.kind.value,
        "role": requirement.role.value,
        "needs": list(requirement.needs),
        "sources": [{**asdict(source), "anchor": anchor(source)} for source in requirement.sources],
        "microsoft": list(requirement.microsoft),
        "rulings": list(requirement.rulings),
        "since": requirement.since,
        "until": requirement.until,
        "cases": list(row.cases),
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
        "requirements": [
            {"id": one.requirement, "verdict": one.verdict.word, "message": one.message, "known": one.known}
            for one in result.outcomes
        ],
        "checks": [_check(one) for one in record.checks],
        "exchanges": [_exchange(one) for one in record.exchanges],
        "names": dict(record.names),
        "problems": list(record.problems),
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


def _exchange(exchange: ShownExchange) -> dict[str, Any]:
    """An exchange; its messages only where they were kept."""
    value = {name: getattr(exchange, name) for name in _EXCHANGE}
    for name in ("request", "response"):
        message: ShownMessage = getattr(exchange, name)
        if message.text:
            value[name] = {"text": message.text, "matters": [list(span) for span in message.matters]}
    return value


_EXCHANGE = ("number", "who", "protocol", "operation", "method", "url", "status", "code", "acts")
