"""A run as report.json tells of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.catalogue import Catalogue, Ruling
from conformance.model.record import CaseRecord, Check, ShownExchange, message
from conformance.model.requirement import Kind, Level, Requirement, Role, Source, Tier
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report.document import FORMAT, ReportInvalid, check
from conformance.report.run import Expectations, Run, RunTarget

_VERDICTS = {verdict.word: verdict for verdict in Verdict}
_NOT_KEPT: Mapping[str, Any] = {"text": "", "matters": []}


class ReportUnreadable(ValueError):
    """There is no report of a known format in a file; the message says why."""


def read_report(path: Path) -> Run:
    """The run that a report is of, from the file or from the folder it is in.

    Its catalogue holds what the report speaks of. ReportUnreadable where the file is missing or is no such report.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ReportUnreadable(f"{file}: {problem.strerror}") from None
    except (ValueError, RecursionError) as problem:
        raise ReportUnreadable(f"{file} is not JSON: {problem}") from None
    found = value.get("format") if isinstance(value, dict) else None
    if found != FORMAT:
        raise ReportUnreadable(f"{file} is no report of format {FORMAT}, but of {found!r}: run the suite again")
    try:
        check(value)
    except ReportInvalid as problem:
        raise ReportUnreadable(f"{file}: {problem}") from None
    return run_of(value)


def run_of(value: Mapping[str, Any]) -> Run:
    """The run behind a document that meets the schema."""
    rulings = {number: Ruling(number, title, "") for number, title in value["rulings"].items()}
    requirements = {one["id"]: _requirement(one) for one in value["requirements"]}
    return Run(
        version=value["version"],
        target=RunTarget(**value["target"]),
        started=value["started"],
        seconds=value["seconds"],
        records=tuple(_record(one) for one in value["cases"]),
        catalogue=Catalogue(requirements, rulings),
        profiles=tuple(value["profiles"]),
        expectations=_expectations(value["expectations"]),
        is_strict=value["strict"],
        orphans=tuple(value["orphans"]),
    )


def _expectations(value: Mapping[str, Any] | None) -> Expectations | None:
    return None if value is None else Expectations(value["file"], tuple(value["stale"]))


def _requirement(value: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=value["id"],
        sentence=value["sentence"],
        level=Level(value["level"]),
        area=value["area"],
        tier=Tier(value["tier"]),
        sources=tuple(Source(**source) for source in value["sources"]),
        since=value["since"],
        until=value["until"],
        rulings=tuple(value["rulings"]),
        microsoft=tuple(value["microsoft"]),
        kind=Kind(value["kind"]),
        role=Role(value["role"]),
        needs=tuple(value["needs"]),
    )


def _record(value: Mapping[str, Any]) -> CaseRecord:
    outcomes = tuple(
        Outcome(one["id"], _VERDICTS[one["verdict"]], one["message"], one["known"]) for one in value["requirements"]
    )
    return CaseRecord(
        CaseResult(value["id"], value["pairing"], value["scenario"], outcomes, value["seconds"], value["message"]),
        tuple(
            Check(**{**one, "verdict": _VERDICTS[one["verdict"]], "expected": tuple(one["expected"])})
            for one in value["checks"]
        ),
        tuple(_exchange(one) for one in value["exchanges"]),
        value["cassette"],
        value["names"],
        tuple(value["problems"]),
    )


def _exchange(value: Mapping[str, Any]) -> ShownExchange:
    messages = {name: message(value.get(name, _NOT_KEPT)) for name in ("request", "response")}
    return ShownExchange(**{**value, **messages})
